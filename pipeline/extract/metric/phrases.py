"""The metric that a turn of phrase around a number names, where no noun of the tables does.

"The cuts should save $8 billion", "its share of the American market fell to 42%", "two lines ran
at 96% of capacity".
"""

from pipeline.extract.metric.meaning import TIME_UNITS, unnamed
from pipeline.extract.metric.stakes import of_stake
from pipeline.extract.metric.states import in_a_state
from pipeline.extract.metric.things import part_of_things
from pipeline.extract.place import Place
from pipeline.lexicon.metrics import MetricMatch
from pipeline.patterns import regex

_ABOUT = (
    r"(?:(?: by| of| to| at)?"
    r"(?: about| around| roughly| nearly| some| up to| over| almost| an?)?\s*)$"
)
_WINDOW = 64

_SAVED = regex(
    r"\bsav(?:e|es|ed|ing)(?: us| them| it| you| customers| the (?:company|group|bank))?" + _ABOUT
)
# "The market will be worth $95 billion by 2030": of the industry, not of a company on the market.
_MARKET = regex(
    r"(?<!stock )(?<!equity )(?<!bond )\bmarket (?:for [^,.;]{1,30} )?(?:(?:that|which) )?"
    r"(?:will|would|could|should|may|might|is|was|to|opportunity)\b[^,.;]{0,24}"
    r"\b(?:worth|reach(?:es)?|hit|be|total|exceed|approach|at|to|valued at|size of)" + _ABOUT
)
_OF_SALES = regex(
    r"\s*(?:of|in) (?:(?:annual|new|net|total|incremental|product|extra|additional|quarterly|global"
    r"|worldwide|yearly) )*(?:sales|turnover)\b(?! force| team| staff| people| price| tax| and)"
)
_OF_CAPITAL = regex(r"\s*of (?:growth |gross |net )?capital\b(?! return| gain| market| raise)")
_SPENT = regex(r"\b(?:spen[dt]|spending|invest|invested|investing|deploy\w*)" + _ABOUT)
_ON_PLANT = regex(
    r"\s*(?:on|in|into|to build|to expand|building|expanding)\b[^,.;]{0,48}"
    r"\b(?:plants?|factor(?:y|ies)|data ?cent(?:er|re)s|fabs?|mills?|capacity"
    r"|facilit(?:y|ies)|equipment|infrastructure|networks?|construction|sites?|warehouses"
    r"|refiner(?:y|ies)|smelters?|mines?|terminals?|shipyards?)\b"
)
_TO_HOLDERS = regex(
    r"\s*(?:of capital |in cash )?to (?:(?:its|our|the|their) )?(?:share|stock)?holders\b"
)
# "A new $30bn auth.", "the $50 billion buyback authorization".
_AUTHORIZED = regex(
    r"\s*(?:(?:still )?(?:left |remaining |available |open )?(?:on|under|in|of) (?:the|our|its"
    r"|that|this) )?"
    r"(?:(?:new|share|stock|buyback|repurchase|remaining|existing|current|board) )*"
    r"(?:auth\b|authori[sz]ations?\b)"
    r"|\s(?:now |still |currently )?authori[sz]ed\b"
    r"|\s(?:added )?to (?:the|its|our) (?:buyback|auth\w*)\b"
)
_AUTHORITY = ("auth", "buyback")
_GIVEN_BACK = regex(
    r"\b(?:hand(?:ed|ing|s)? back|giv(?:e|es|ing) back|gave back|send|sent"
    r"|pa(?:y|ys|id|ying)(?: out| back)?|return(?:ed|s|ing)?|distribut\w+|hand(?:ed|ing)? over)"
    + _ABOUT
)
_MARKET_GROWS = regex(
    r"\b(?:market|industry|sector)\b(?! (?:share|rent|price|rate|cap|value))[^,.;%]{0,36}"
    r"\b(?:grow(?:s|n|ing)?|grew|expand(?:s|ed|ing)?|shrink(?:s|ing)?|shrank|contract(?:s|ed|ing)?"
    r"|rose|fell|ris(?:e|es|ing)|fall(?:s|ing)?)(?: by)?" + _ABOUT
)
# "It cost us five points of margin", "49% of custs on six or more modules".
_OF_MARGIN = regex(r"\s*of (?:(?:our|its|the) )?(?:operating |ebit |(?P<gross>gross ))?margin\b")
_OF_PEOPLE = regex(
    r"\s*of (?:(?:our|its|the|all|total|new|active|existing) )*(?:customers|custs?|clients)"
    r"(?=\s*(?:[,.;:)]|$|(?:on|us(?:e|es|ing)|ha(?:ve|s)|are|is|with|who|that|in|now|already|buy"
    r"|run"
    r"|pay|were|by|at|adopt\w*|took|take)\b))"
)
_SHARE_OF_MARKET = regex(
    r"\bshare (?:of|in) (?:the |its |our |that |this )?(?:[\w.'’&-]+ ){0,4}?market[^,.;]{0,40}$"
)
# "We hold 38% of the sparkling market".
_HOLDS = regex(
    r"\b(?:hold|holds|held|have|has|had|own|owns|command|commands|control|controls)" + _ABOUT
)
_OF_MARKET = regex(r"\s*of (?:the |that |this |its )?(?:[\w.'’&-]+ ){0,4}?market\b")
# "A billion-dollar business", "a $3 billion brand": so much is what it sells.
_BUSINESS_OF = regex(
    r"[ -](?:plus )?(?:a[- ]year |annual |annualized |global )?(?:business|brand|franchise)\b"
)
_RUNNING = regex(
    r"\b(?:ran|runs?|running|operat\w+|worked|works?|working|utili[sz]ed|filled"
    r"|loaded)\b[^.;]{0,24}$"
)
_OF_CAPACITY = regex(
    r"\s*(?:of )?(?:(?:its|their|our|the|full|total|nameplate|installed|rated|available) )*"
    r"(?:capacity|utili[sz]ation)\b"
)
_CAPACITY = ("capacity", "utili")
_OF_ITS_VALUE = regex(
    r"\s*of (?:its|their|the|his|her)(?: stock)?(?: market)? (?:value|worth|capitali[sz]ation)\b"
)
_DEALT = regex(
    r"\b(?:bought|buy|buying|invested|investing|issued|position|stake|sold|selling|trad(?:es?|ed"
    r"|ing)|clos(?:es?|ed|ing)"
    r"|changed hands|quoted)\b[^.;]{0,40}\b(?:at|for|around|near)\s*$"
)
_LET_GO = regex(
    r"\b(?:let(?:ting|s)? go|la(?:y|id|ying) off|cut(?:ting|s)?|shed(?:ding|s)?|axed?|axing"
    r"|eliminat(?:e|es|ed|ing)|fir(?:e|es|ed|ing)|dismiss(?:ed|es|ing)?|slash(?:ed|es|ing)?"
    r"|mak(?:e|es|ing) redundant|part(?:ed|ing) with|redundancies of|layoffs of|reduction of"
    r"|say(?:ing|s)? goodbye to)"
    r"(?: of)?" + _ABOUT
)
_GOES = regex(
    r"[^,.;]{0,28}\b(?:(?:jobs|roles|heads|positions|posts) going|(?:will|to) (?:go|leave)"
    r"|(?:are|were) (?:going|leaving|departing)"
    r"|(?:were|are|be|being) (?:cut|let go|laid off|eliminated|made redundant|axed))\b"
)


# "A 2% price increase", "20% cheaper than peers", "3% of price".
_PRICE_MOVE = regex(
    r"\s*(?:(?:(?:menu|list|average|annual|across-the-board|net) )?"
    r"pric(?:e|ing) (?:increases?|hikes?|rises?|cuts?|reductions?|decreases?|actions?)\b"
    r"|(?:increases?|hikes?|rises?|cuts?|reductions?) in (?:[a-z]+ )?prices\b"
    r"|(?:cheaper|pricier|more expensive|less expensive)\b)"
)


_TURNOVER = regex(
    r"\bturnover (?:rate )?(?:was|is|at|of|stood at|ran at|(?:dropped|fell|improved|came down"
    r"|declined"
    r"|went|rose|increased|got down|is down|down|is now|is at)(?: (?:to|below|at|under))?)" + _ABOUT
)
# "$5 billion of transformers and breakers on order".
_ON_ORDER = regex(r"\s*(?:of|in|worth of) (?:[a-z-]+,? ){1,5}on order\b")
_AT_A_COST = regex(
    r"\b(?:at|for) (?:a|an) (?:(?:total|estimated|expected|projected|all-in|capital) )*"
    r"(?:cost|price tag|investment|budget|outlay) of" + _ABOUT
)
_TO_WORK = regex(r"\s*(?:of capital )?to work\b")
# "We bought out the 30% that two cooperatives held", "it owns 60% of the venture".
_STAKE = regex(
    r"\s*(?:(?:that|which) [a-z ]{3,30}\b(?:held|owned|had)|(?:equity )?(?:stake|interest"
    r"|holding)\b"
    r"|(?:of|in) (?:the|our|its|this|that|a) (?:[a-z-]+ ){0,2}(?:venture|joint venture|jv"
    r"|company|business"
    r"|project|plant|partnership|mine|field|consortium|entity|subsidiary)\b|we (?:did|didn't"
    r"|don't|do) )"
)
_HELD = regex(
    r"\b(?:own(?:s|ed|ing)?|h[eo]ld(?:s|ing)?|bought(?: out)?|buy(?:ing)?(?: out)?|acquir(?:e|ed"
    r"|ing)"
    r"|sold|sell(?:ing)?|retain(?:s|ed)?|kept|keep|took|take|with|remaining|its|our|their)"
    r"(?: (?:the|a|an|our|its|their|remaining|other|about|roughly|another))* $"
)
# "A $140 million building in Tampa", "the $2 billion expansion of the mill".
_A_PLANT = regex(
    r"\s*(?:[a-z-]+ ){0,2}(?:building|plant|facility|factory|mine|mill|refinery|warehouse|hospital"
    r"|campus|data center|terminal|pipeline|distribution center|expansion|modernization|development"
    r"|smelter|fab|headquarters|power plant|substation|transmission line)\b"
    r"(?! (?:costs?|charge|closure|closing|sale|loan|facility|credit|borrowing))"
)
_ARTICLE_BEFORE = regex(
    r"\b(?:a|an|the|our|this|that|new|its|one|another)"
    r"(?: (?:about|roughly|planned|new|nearly|proposed|over))? $"
)
_BEFORE_A_PLANT = (
    "a ", "an ", "the ", "our ", "this ", "that ", "new ", "its ", "one ", "another ", "about ",
    "roughly ", "planned ", "nearly ", "proposed ", "over ",
)  # fmt: skip
# "Members spend twice as much as everybody else", "they spend 30% more".
_SPEND = regex(
    r"\b(?:customers?|members?|guests?|users?|shoppers?|they|who|households?|clients|subscribers"
    r"|travelers|cardholders|buyers|visitors|drivers) (?:[a-z]+ly )?(?:spend|spends|spent)" + _ABOUT
)
# "We took five percent of price", "carrying three points of menu price".
OF_PRICE = regex(
    r"\s*(?:of|in) (?:(?:menu|net|list|annual|additional|incremental) )*(?:price|pricing)\b"
)
_TAKEN = regex(
    r"\b(?:tak(?:e|es|en|ing)|took|carr(?:y|ied|ying)|have|had|has|with|need|put|roll(?:ed|ing)?"
    r"|pass(?:ed)?"
    r"|push(?:ed|ing)?|add(?:ed|ing)?|expect\w*|get(?:ting)?|got)\b[^.;]{0,24}$"
)
_RIVALS_CHARGE = regex(
    r"\s*(?:below|above|less than|more than|cheaper than|lower than|higher than|under"
    r"|over) (?:what )?"
    r"(?:(?:our|the|its|most|other|local) )*(?:peers?|competitors?|competition|rivals|market"
    r"|industry"
    r"|others)(?: (?:is|are|average))?(?:\b[^.;,]{0,16}\bcharg(?:e|es|ing)\b| prices?\b| pricing\b)"
)


def told_by_phrase(place: Place) -> MetricMatch | None:
    """Give the metric that the words right around a quantity tell; None where they tell none."""
    kind = place.kind
    start = max(place.sentence.start, place.mark.start - _WINDOW)
    before = place.sentence.folded[start : place.mark.start]
    if not before.isascii():
        return None
    if kind == "money":
        return _told_of_money(place, before)
    if kind == "measure":
        saved = place.quantity.unit in TIME_UNITS and _SAVED.search(before)
        return unnamed("time_saved") if saved else None
    summed = kind == "number" and place.scaled
    if summed and _is_authorized(place):
        return unnamed("repurchase_authorization")
    if (stake := of_stake(place)) is not None:
        return stake
    if kind == "percent":
        return _told_of_percent(place, before)
    if kind == "points":
        return _told_of_points(place, before)
    if kind == "multiple":
        return unnamed("spend_per_user") if _SPEND.search(before) else None
    to_holders = summed and place.next in "oibt"
    if to_holders and _BACK_TO_HOLDERS.match(place.sentence.folded, place.mark.end):
        return unnamed("shareholder_returns")
    return None


def _told_of_money(place: Place, before: str) -> MetricMatch | None:
    """The metric of a sum; of small ones only what they are paid for each of something."""
    folded, end = place.sentence.folded, place.mark.end
    if place.unit.endswith("/share"):
        dealt = not any(m.kind == "metric" for m in place.before()) and _DEALT.search(before)
        return unnamed("share_price") if dealt else None
    if ("spen" in before or "pay" in before) and _SPEND_EACH.search(before):
        return unnamed("spend_per_user")
    if not place.scaled:
        return None
    if (place.next in "oi" and _OF_SALES.match(folded, end)) or is_size_of_business(place):
        return unnamed("revenue")
    if place.next == "o" and _is_spent(before) and _OF_CAPITAL.match(folded, end):
        return unnamed("capex")
    if place.next in "oit" and _TO_HOLDERS.match(folded, end) and _GIVEN_BACK.search(before):
        return unnamed("shareholder_returns")
    if _is_authorized(place):
        return unnamed("repurchase_authorization")
    if "sav" in before and _SAVED.search(before):
        return unnamed("savings")
    return of_stake(place) or _told_of_outlay(place, before)


def _is_authorized(place: Place) -> bool:
    """Whether a sum is what a company may buy of its own shares."""
    may_be = place.next in "slraouinbect" and _follows(place, _AUTHORITY)
    return may_be and _AUTHORIZED.match(place.sentence.folded, place.mark.end) is not None


def _is_spent(before: str) -> bool:
    """Whether a verb of spending leads up to a sum."""
    return any(word in before for word in _WORDS_SPENT) and _SPENT.search(before) is not None


def _told_of_outlay(place: Place, before: str) -> MetricMatch | None:
    """What a sum is put into, or for what it is agreed; else the size of a market."""
    folded, end = place.sentence.folded, place.mark.end
    if place.next in "fodb" and _FROM_CURRENCY.match(folded, end):
        return unnamed("fx_impact")
    if any(word in before for word in _WORDS_SIGNED) and _SIGNED.search(before):
        return unnamed("bookings")
    if place.next in "oiw" and _ON_ORDER.match(folded, end):
        return unnamed("supply_commitments")
    if " of" in before and " a" in before and _AT_A_COST.search(before):
        return unnamed("capex")
    if place.next in "ot" and _TO_WORK.match(folded, end):
        return unnamed("investment")
    built = (
        before.endswith(_BEFORE_A_PLANT)
        and _A_PLANT.match(folded, end)
        and _ARTICLE_BEFORE.search(before)
    )
    if built or (place.next in "oitbe" and _is_spent(before) and _ON_PLANT.match(folded, end)):
        return unnamed("capex")
    return unnamed("market_size") if "market " in before and _MARKET.search(before) else None


def _told_of_points(place: Place, before: str) -> MetricMatch | None:
    folded, end = place.sentence.folded, place.mark.end
    if OF_PRICE.match(folded, end):
        return unnamed("price") if _TAKEN.search(before) else None
    if (felt := _felt_by(place) or _points_of(place)) is not None:
        return felt
    if (of := _OF_MARGIN.match(folded, end)) is not None:
        return unnamed("gross_margin" if of["gross"] else "operating_margin")
    return None


def _told_of_percent(place: Place, before: str) -> MetricMatch | None:
    folded, end = place.sentence.folded, place.mark.end
    if (state := in_a_state(place)) is not None:
        return state
    if place.next in "twehiso" and _STAKE.match(folded, end) and _HELD.search(before):
        return unnamed("ownership")
    if "turnover" in before and _TURNOVER.search(before):
        return unnamed("turnover_rate")
    if "spen" in before and _SPEND.search(before):
        return unnamed("spend_per_user")
    if place.next in "oi" and OF_PRICE.match(folded, end):
        return unnamed("price") if _TAKEN.search(before) else None
    if place.next in "balmchuo" and _RIVALS_CHARGE.match(folded, end):
        return unnamed("price")
    if (told := _told_of_rate(place, before)) is not None:
        return told
    if place.next in "mlanpirhcr" and _PRICE_MOVE.match(folded, end):
        return unnamed("price")
    return _told_of_part(place, before)


def _told_of_part(place: Place, before: str) -> MetricMatch | None:
    """Of whom, of what or of which market a percentage is a part."""
    folded, end = place.sentence.folded, place.mark.end
    if place.next == "o" and _OF_PEOPLE.match(folded, end):
        return unnamed("customers")
    if place.next == "o" and (things := part_of_things(place)) is not None:
        return things
    if (place.next == "o" and _OF_MARKET.match(folded, end)) or (
        "share " in before and _SHARE_OF_MARKET.search(before)
    ):
        return unnamed("market_share")
    if any(word in before for word in _MARKETS) and _MARKET_GROWS.search(before):
        return unnamed("market_growth")
    more = _PEOPLE_MORE.match(folded, end) if place.next in "mfl" else None
    if more is not None:
        return unnamed(_PEOPLE[more["who"]])
    may_be = place.next in "oiatfcunr" and _follows(place, _CAPACITY)
    if may_be and _OF_CAPACITY.match(folded, end) and _RUNNING.search(before):
        return unnamed("utilization")
    return None


def _follows(place: Place, words: tuple[str, str]) -> bool:
    """Whether one of two words stands anywhere behind a quantity."""
    folded, start, end = place.sentence.folded, place.mark.end, place.sentence.end
    return folded.find(words[0], start, end) >= 0 or folded.find(words[1], start, end) >= 0


def is_size_of_business(place: Place) -> bool:
    """Whether an amount is what a thing named in its clause sells: "a billion-dollar business"."""
    summed = place.kind == "money" and place.next in "-pagbf" and place.scaled
    return summed and _BUSINESS_OF.match(place.sentence.folded, place.mark.end) is not None


# "With 4% fewer people", "21% more customers than a year ago": a move of who is counted.
_PEOPLE_MORE = regex(
    r"\s*(?:more|fewer|less) (?:[a-z-]+ )?(?P<who>people|staff|employees|workers|heads|users"
    r"|customers|clients|subscribers|members|visitors|merchants|sellers|patients|students|guests)\b"
)
_PEOPLE = {
    **dict.fromkeys(("people", "staff", "employees", "workers", "heads"), "headcount"),
    **dict.fromkeys(("customers", "clients"), "customers"),
    **dict.fromkeys(("merchants", "sellers"), "sellers"),
    **dict.fromkeys(("subscribers", "members"), "subscribers"),
    **dict.fromkeys(("users", "visitors", "guests", "students"), "users"),
    "patients": "patients",
}


_COST_POINTS = regex(
    r"\bcost(?:s|ing)?(?: us| it| them)?(?: about| around| roughly| some| c\.?)?\s*$"
)


def costs_points(place: Place) -> bool:
    """Whether something costs so many points of a margin: "the mix cost 200bps"."""
    if place.kind != "points":
        return False
    folded, end = place.sentence.folded, place.mark.start
    start = max(place.sentence.start, end - 24)
    return folded.find("cost", start, end) >= 0 and bool(_COST_POINTS.search(folded, start, end))


_MOST_STAFF, _SOME_USERS = 5_000_000, 10_000
_FLOWN = regex(r"\b(?:fl(?:ew|y|ies|own|ying)|carr(?:y|ies|ied|ying)|transport\w*)" + _ABOUT)
_USING = regex(
    r"[^,.;]{0,16}\b(?:use|uses|used|using|visit\w*|watch\w*|log(?:ged)? (?:in|on)"
    r"|shop(?:ped)?|listen\w*"
    r"|open(?:ed)?|play(?:ed)?|search\w*|sign(?:ed)? up)\b(?P<often>[^.;]{0,60})"
)
_DAILY = regex(r"\b(?:every day|each day|a day|daily|per day)\b")
_MONTHLY = regex(r"\b(?:every month|each month|a month|monthly|per month)\b")


def other_people(place: Place) -> str | None:
    """Name what people are counted as who are too many to be staff: passengers, users."""
    folded = place.sentence.folded
    before = folded[max(place.sentence.start, place.mark.start - _WINDOW) : place.mark.start]
    if _FLOWN.search(before):
        return "passengers"
    amount = place.quantity.value if place.quantity.value is not None else place.quantity.low
    using = _USING.match(folded, place.mark.end)
    if amount is None or abs(amount) < (_SOME_USERS if using else _MOST_STAFF):
        return None
    often = using["often"] if using else folded[place.mark.end : place.mark.end + _WINDOW]
    if _DAILY.search(often):
        return "daily_active_users"
    return "monthly_active_users" if _MONTHLY.search(often) else "users"


def lets_go(place: Place) -> bool:
    """Whether the people who are counted lose their work: "letting go 9,000 people"."""
    folded = place.sentence.folded
    before = folded[max(place.sentence.start, place.mark.start - _WINDOW) : place.mark.start]
    return bool(_LET_GO.search(before)) or bool(_GOES.match(folded, place.mark.end))


def loses_value(place: Place) -> bool:
    """Whether a part is what a share has lost: "lost half of its value"."""
    return place.next == "o" and bool(_OF_ITS_VALUE.match(place.sentence.folded, place.mark.end))


# "Tariffs were a two point hit to gross margin".
_FELT_BY = regex(
    r"\s*(?:hit|drag|benefit|headwind|tailwind|lift|improvement|impact|boost|uplift|burden)"
    r" (?:to|on|for) (?:our |the |its )?"
)


def _felt_by(place: Place) -> MetricMatch | None:
    """The rate right behind that so many points of help or burden are told to be of."""
    found = _FELT_BY.match(place.sentence.folded, place.mark.end)
    if found is None:
        return None
    for mark in place.after():
        if isinstance(mark.value, MetricMatch):
            return mark.value if mark.start == found.end() else None
    return None


# "Offset by 1.9 points of volume": the measure right behind.
_POINTS_OF = regex(
    r" (?:of|off) (?:(?:our|the|its|net|organic|higher|lower|positive|negative|menu"
    r"|same-store) )?"
)
_BOUND_BEHIND = frozenset(
    {"units", "price", "combined_ratio", "loss_ratio", "expense_ratio", "average_ticket", "traffic",
     "transactions", "fx_impact", "mix", "same_store_sales", "cost_inflation", "operating_ratio"}
)  # fmt: skip


def _points_of(place: Place) -> MetricMatch | None:
    """The measure that so many points right before it are told of."""
    found = _POINTS_OF.match(place.sentence.folded, place.mark.end) if place.next == "o" else None
    if found is None:
        return None
    for mark in place.after():
        if isinstance(mark.value, MetricMatch):
            near = mark.start <= found.end()
            return mark.value if near and mark.value.metric.id in _BOUND_BEHIND else None
    return None


# "Including $95 million from currency".
_FROM_CURRENCY = regex(
    r"\s*(?:from|of|due to|because of) (?:(?:favorable|unfavorable|adverse|foreign|positive) )*"
    r"(?:currency|currencies|fx|foreign exchange|exchange rates?|translation)\b"
)
_BACK_TO_HOLDERS = regex(
    r"\s*(?:of (?:cash|capital) |in cash )?(?:back )?to (?:our |the )?(?:share|stock)(?:holders"
    r"|owners)\b"
)
# "Toothpaste share in the U.S. is 33.9%".
_SHARE_IS = regex(
    r"\b(?!market |per |a |one |each |our |wallet )[a-z-]+ share(?: (?:in|across"
    r"|within) [a-z. ]{2,24})?"
    r" (?:was|is|stood at|stands at|reached|hit|(?:rose|fell|grew|climbed|slipped|improved) to)"
    + _ABOUT
)
# Lists, as the compiled loop over a tuple is slower.
_MARKETS = ["market", "industry", "sector"]
# "We sold 7% more pizza".
_SOLD_MORE = regex(
    r"\b(?:sold|sell|shipped|ship|delivered|deliver|moved|carried|served|handled|processed|poured"
    r"|hauled|built|made)" + _ABOUT
)
_MORE = regex(r" (?:more|fewer|less) (?!than)")
_WE_GREW = regex(
    r"\bwe(?:'ve| have)? (?:actually |still |also |already )?(?:grew|grow|grown)(?: by| at)?"
    + _ABOUT
)
# "One large deal, $60 million over five years".
_SIGNED = regex(
    r"\b(?:large deal|big deal|contract|order|award|renewal|contract win|bookings win),?"
    r"(?: (?:of|worth|valued at|for|at|is|was))?" + _ABOUT
)
_WORDS_SPENT = ["spen", "invest", "deploy"]
_WORDS_SIGNED = ["deal", "contract", "order", "award", "renewal", "win"]
_SPEND_EACH = regex(
    r"\b(?:customers?|clients?|accounts?|members?|them|who|that) (?:spend|spends|spending|spent"
    r"|pay|pays"
    r"|paying)(?: (?:more than|over|at least|upwards of|between))?" + _ABOUT
)


def _told_of_rate(place: Place, before: str) -> MetricMatch | None:
    """What the words before a percentage name: a share of a market, goods sold, "we grew"."""
    if " share" in before and _SHARE_IS.search(before):
        return unnamed("market_share")
    more = place.next in "mfl" and _MORE.match(place.sentence.folded, place.mark.end)
    if more and _SOLD_MORE.search(before):
        return unnamed("units")
    return unnamed("revenue") if " gr" in before and _WE_GREW.search(before) else None
