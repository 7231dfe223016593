"""What an amount was spent on, or what was multiplied: by the verb before it and its object.

"We put $1.3 billion into capital projects and $2.5 billion into our own stock"; "the board has
tripled the technology budget".
"""

from pipeline.extract.frame import Frame
from pipeline.extract.metric.meaning import unnamed
from pipeline.extract.place import Place
from pipeline.lexicon.metrics import Metric, MetricMatch
from pipeline.patterns import regex

_HEDGE = (
    r"(?: (?:about|around|roughly|nearly|approximately|some|up to|over|almost|another|just|only|a"
    r"|an additional|a further|a total of))*\s*$"
)
_SPENT = regex(
    r"\b(?:put|puts|putting|plow(?:ed|ing)?|plough(?:ed|ing)?|pour(?:ed|ing)?|sank|sunk|spen[dt]"
    r"|spending|invest(?:ed|ing|s)?|deploy(?:ed|ing)?|allocat(?:e|ed|ing)|direct(?:ed|ing)?"
    r"|commit(?:ted|ting)?|return(?:ed|ing)?|us(?:ed|ing)|devot(?:ed|ing)|channel(?:l?ed|l?ing)?"
    r"|fund(?:ed|ing)|went|goes|going|go)" + _HEDGE
)
_OWN_SHARES = regex(
    r"\s*(?:(?:back )?(?:on|in|into|to|toward|towards|for|through|via) |of |worth of )"
    r"(?:(?:our|its|their|the|own|company|common|buying back|repurchasing|retiring|open-market"
    r"|share"
    r"|stock|accelerated) ){0,3}"
    r"(?:(?<=our )stock|(?<=own )stock|(?<=its )stock|(?<=our )shares|(?<=own )shares"
    r"|(?<=its )shares"
    r"|(?<=back )stock|(?<=back )shares|(?<=repurchasing )shares|(?<=repurchasing )stock"
    r"|repurchases?"
    r"|(?<=retiring )shares|buy-?backs?)\b(?!-| based| price)"
)
_FIXED_ASSETS = regex(
    r"\s*(?:back )?(?:on|in|into|to|toward|towards) (?:(?:our|its|the|new|more|these|various|growth"
    r"|maintenance|other) ){0,3}(?:capital (?:projects?|expenditures?|investments?|programs?)"
    r"|real estate|land|property|tractors"
    r"|trucks|trailers|vehicles|service centers|tooling|machinery|buildings"
    r"|plant and equipment|property(?:, plant)?|capex|(?:new |existing )?(?:plants?|factor(?:y|ies)"
    r"|mines?|networks?|fleet|warehouses?|distribution centers?|data centers?|rigs|refiner(?:y|ies)"
    r"|stores?|restaurants?|clubs?|hospitals?|facilit(?:y|ies)|remodels?|remodeling|track|equipment"
    r"|infrastructure|grid|pipelines?|terminals?|fabs?))\b"
)
_REACH = 48


def spent_on(place: Place) -> MetricMatch | None:
    """The metric of money whose object is the company's own stock or its plant."""
    if place.kind not in ("money", "number") or place.next not in "boitfvw":
        return None
    folded, start = place.sentence.folded, place.mark.start
    shares = _OWN_SHARES.match(folded, place.mark.end)
    plant = None if shares else _FIXED_ASSETS.match(folded, place.mark.end)
    if shares is None and plant is None:
        return None
    if not _SPENT.search(folded, max(place.sentence.start, start - _REACH), start):
        return None
    return unnamed("share_repurchases" if shares else "capex")


# "Since 2011 we have retired half of our shares".
_OF_SHARES = regex(
    r"\s*of (?:(?:our|its|the|all|outstanding|total|own|company's) )*"
    r"(?:shares|stock|share count|shares outstanding)\b(?! price)"
)
_TAKEN_BACK = regex(
    r"\b(?:retir|bought|buy|repurchas|cancel|taken|shr[aiu]nk|reduc)[a-z]*\b[^.;]{0,40}$"
)


def part_of_shares(place: Place) -> MetricMatch | None:
    """The shares that a part of them was bought back of."""
    if place.kind != "percent" or place.next != "o":
        return None
    if not _OF_SHARES.match(place.sentence.folded, place.mark.end):
        return None
    start = max(place.sentence.start, place.mark.start - _REACH)
    taken = _TAKEN_BACK.search(place.sentence.folded, start, place.mark.start)
    return unnamed("shares_repurchased" if taken else "shares_outstanding")


# "Tripled the technology budget", "we doubled our output of mid-size trucks".
_MULTIPLIES = regex(r"(?:doubl|trebl|tripl|quadrupl|halv)[a-z]*|[a-z]+-?fold(?: increase in)?")
_OBJECT = regex(
    r" (?:the |our |its |their |that |this )(?P<name>(?:[a-z][a-z/&'-]* ){0,3}?[a-z][a-z/&'-]*?)"
    r"(?=\s*(?:[,.;:!?)]|$)| (?:since|in|over|within|last|this|next|from|to|by|between|and|while"
    r"|with"
    r"|for|at|on|again|as|through|during|year|before|after|because|so|compared|versus|of|we|it"
    r"|now|here|there|already|that|which)\b)"
)
_NO_OBJECT = frozenset(
    ("number", "amount", "size", "rate", "pace", "level", "value", "same", "time", "figure", "whole"
     , "year", "quarter", "result", "total", "base")
)  # fmt: skip


def object_multiplied(place: Place) -> str | None:
    """What an English verb of multiplying has for its object, where no list knows it."""
    if place.kind != "multiple" or not _MULTIPLIES.fullmatch(place.said.lower()):
        return None
    found = _OBJECT.match(place.sentence.folded, place.mark.end)
    if found is None:
        return None
    start, end = found.span("name")
    if any(m.kind in ("metric", "scope") and start <= m.start < end for m in place.after()):
        return None
    words = found["name"].split()
    return None if words[-1] in _NO_OBJECT else " ".join(words)


# "A dividend of 15 cents a share for a total of $36 million".
_IN_ALL = regex(
    r"\b(?:for|or|in|,)? ?(?:an? )?(?:total(?:ing|ling|s)?(?: (?:of|cost of|consideration of"
    r"|outlay of|payout of))?|aggregate(?: of)?|all told)(?: (?:about|around|roughly|nearly"
    r"|some))* $"
)
_PAID = {
    "dividend_per_share": "dividends", "shares_repurchased": "share_repurchases",
    "average_repurchase_price": "share_repurchases",
}  # fmt: skip


def paid_in_all(place: Place, frame: Frame) -> MetricMatch | None:
    """The sum of what was told for each share just before."""
    last = frame.last
    if last is None or last.metric not in _PAID or last.mark is not place.previous():
        return None
    start = max(place.sentence.start, place.mark.start - _REACH)
    if place.kind not in ("money", "number") or not _IN_ALL.search(
        place.sentence.folded, start, place.mark.start
    ):
        return None
    return unnamed(_PAID[last.metric])


# "A burrito bowl at ten bucks", "the basic plan starts at $7.99".
_PRICED = regex(
    r"(?:\ban? (?P<one>(?:[a-z-]+ ){0,2}[a-z-]{3,}) (?:at|for|is)"
    r"|\b(?:the|our|an?) (?P<what>(?:[a-z-]+ ){0,2}[a-z-]{3,}) (?:costs|sells (?:for|at)"
    r"|retails (?:for|at)"
    r"|(?:is|are) priced at|starts (?:at|from)|goes for|is (?:now )?listed at))"
    r"(?: (?:just|only|still|about|around|under|less than|roughly|now))* $"
)
_NO_PRODUCT = regex(
    r"(?:quarter|year|share|price|cost|average|rate|range|midpoint|basis|margin|loss|profit|gain"
    r"|charge"
    r"|dividend|level|deal|total|time|value|base|high|low|record|barrel|ounce|pound|ton|gallon"
    r"|foot|month"
    r"|week|day|unit|stock|earnings|lot|bit|number|company|market|move|discount|premium|clip)$"
)
_DEAREST = 5000


def product_priced(place: Place) -> str | None:
    """The product that a small sum of money is the price of, where no list knows it."""
    if place.kind != "money" or not place.spaced or place.unit.endswith("/share"):
        return None
    if not 0 < place.size < _DEAREST or any(
        mark.kind in ("metric", "scope", "quantity") for mark in place.before()
    ):
        return None
    start = max(place.sentence.start, place.mark.start - _REACH)
    found = _PRICED.search(place.sentence.folded, start, place.mark.start)
    named = (found["one"] or found["what"]) if found is not None else None
    return None if named is None or _NO_PRODUCT.search(named) else named


# "The new equipment is in 350 restaurants", "our app is now live in 60 countries".
_PUT_INTO = regex(
    r"(?:^|[,.;] |\b(?:and|but|so|uh|um) )(?:the |our |this |that |now |also )*"
    r"(?P<what>(?:[a-z0-9&-]+ ){0,3}[a-z0-9&-]{3,}) (?:is|are|was|were|has been"
    r"|have been) (?:now |already"
    r" |currently |also |only |live |available |installed |deployed |rolled out |operating "
    r"|running |up"
    r" and running |being tested |being piloted |sold |offered |used |being used )*(?:in|at"
    r"|across|to)"
    r"(?: (?:about|around|roughly|nearly|over|almost|some|more than|only|just))* $"
)
_NOT_PUT = regex(
    r"\b(?:we|it|they|that|this|which|there|he|she|you|i|who|what|company|business|team|results"
    r"|sales"
    r"|revenue|growth|demand|strength|weakness|increase|decline|decrease|improvement|customers"
    r"|people"
    r"|employees|most|many|some|all|half|rest|one|ones|those|these|stores|restaurants|locations)$"
)
_PUT_REACH = 72


def put_into(place: Place) -> str | None:
    """What is told to be in so many shops, plants or countries: their count is of its spread."""
    if place.kind != "count" or not place.spaced or not place.quantity.counted:
        return None
    if any(mark.kind in ("scope", "company", "quantity") for mark in place.before()):
        return None
    start = max(place.sentence.start, place.mark.start - _PUT_REACH)
    begin = max((m.end for m in place.back() if m.kind in ("break", "quantity")), default=start)
    found = _PUT_INTO.search(place.sentence.folded, max(start, begin), place.mark.start)
    if found is None or _NOT_PUT.search(found["what"]):
        return None
    return found["what"]


# "FPL drew down $97 million of its reserve and has about $218 million left".
_LEFT = regex(r"\s*(?:still )?(?:left|remaining|to go)\b(?! (?:on|under|in|of))")


_LEFT_AT_ALL = regex(r"\s*(?:is |was |still )*(?:left|remaining|remains|to go|available)\b")


def left_of_last(place: Place, frame: Frame) -> MetricMatch | None:
    """The metric of the figure before, of which so much is told to be left."""
    last = frame.last
    if last is None or last.mark is not place.previous() or not last.metric:
        return None
    if last.metric == "share_repurchases" and _LEFT_AT_ALL.match(
        place.sentence.folded, place.mark.end
    ):
        return unnamed("repurchase_authorization")
    if place.kind != last.quantity.kind or "metric from words" not in last.doubts:
        return None
    if _LEFT.match(place.sentence.folded, place.mark.end) is None:
        return None
    same = Metric(last.metric, last.family, "stock")
    return MetricMatch(0, 0, same, weak=False, loss=False, adjusted=False)
