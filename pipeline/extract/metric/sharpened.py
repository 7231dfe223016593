"""What the words at a quantity make of its metric: a price, what is left, what goes to owners."""

from dataclasses import replace

from pipeline.extract.frame import Frame
from pipeline.extract.metric.meaning import OF_POWER, unnamed
from pipeline.extract.metric.meant import just_before
from pipeline.extract.metric.ratios import multiple_of, on_basis, still_valued
from pipeline.extract.metric.whole import SUBSIDIARIES
from pipeline.extract.place import Place, words_in
from pipeline.extract.reading import Mark
from pipeline.lexicon.metrics import MetricMatch, related
from pipeline.lexicon.scopes import ScopeMatch
from pipeline.patterns import regex

# "$5 a month", "NT$199 per user": what one of something costs.
_PRICE = regex(
    r"\s*(?:a|per|each|/)\s*(?:month|user|seat|person|week|gallon|ton|unit|barrel|kilo)|/月|/人"
)
# "$85 million drawn on our $200 million revolver", "$300 million available under the facility".
_FACILITY_NAME = (
    r"(?:[\w$.-]+ ){0,4}(?:revolvers?|revolving credit|credit facilit(?:y|ies)|lines? of credit|"
    r"facilit(?:y|ies)|term loans?|credit agreement|credit lines?|abl)\b"
)
_BORROWED = regex(
    r" (?:was |is |were |of )?(?:(?:drawn|outstanding|borrowed|borrowings)|"
    r"(?P<open>available|undrawn|availability|of availability|unused))"
    rf" (?:on|under|against|from) {_FACILITY_NAME}"
)
_FACILITY = regex(
    r" (?:senior |secured |unsecured |new |five-year |undrawn )*"
    r"(?:revolver|revolving credit facility|credit facility|abl facility|line of credit"
    r"|credit line)\b"
)
# "We sold two older vessels for $41 million".
_SOLD_FOR = regex(
    r"\b(?:sold|acquired|divested|purchased|bought"
    r"|(?:to|will) (?:sell|acquire|divest|buy))(?! back) (?!.*\bshares?\b)[^,;.]{2,56} for"
    r"(?: about| approximately| roughly| nearly| just over)? $"
)
_EACH = regex(r" (?:each|apiece)\b")
_NOT_EACH = frozenset({"revenue", "orders", "bookings", "deal_value"})
# "We raised $43 billion of capital".
_RAISES = regex(r"\brais(?:ed?|ing) (?:about |over |nearly |some |more than |approximately )?$")
_CAPITAL = regex(
    r" (?:of|in) (?:[\w-]+ ){0,3}"
    r"(?:capital|equity|funds|commitments|financing|proceeds)\b"
)
# What is told for each of something by its own name.
_OF_ONE = regex(r"margin|cost|expense|spread|profit|price|rate|yield|breakeven|arpu|per_unit")
# What is "left" or "remaining" of a buyback is the authorization.
_LEFT = regex(
    r"[^.;。；]{0,30}\b(?:left|remaining|remains|available|unused)\b|[^，。；]{0,6}(?:剩余|未使用)?额度"
)
# "About $8 billion is left under the program", "remains on our authorization", "3bn left on auth".
_UNDER_PROGRAM = regex(
    r"\s*(?:is |was |still )*(?:(?:remains|remained|remaining) available|left|remaining|remains"
    r"|remained|available|unused) "
    r"(?:(?:under|on|in|of|for) )?(?:(?:the|our|this|that|its) )?(?:[\w'’-]+ ){0,2}"
    r"(?:program|programme|auth|authorization|authorisation|repurchase|buyback|bb)\b"
)
_AUTHORIZED = regex(r"(?:\bauthoriz(?:ed|ing|es)\b|\bapproved\b|授权|批准)[^,，;；]{0,20}$")
_OF_GDP_BEFORE = regex(r"gdp(?: ?的| 中)?\s*$")
_OF_GDP_BEHIND = regex(r"\s*of (?:the )?(?:[\w.']+ )?gdp\b")
# "a $35 billion run rate for gross sales": the rate of what.
_RATE_OF = regex(r"\s*(?:(?:for|of|in)\s+(?:our |its |the |their )?)?$")
# "+4% on the day": a share's; "trades at 33x": times its earnings.
_THAT_DAY = regex(r"\s*(?:on the day|in after-?hours|after hours|pre-?market)\b")
_TRADED_AT = regex(r"\b(?:on|at)\s*$")
_NO_MORE = regex(r"\s*(?:(?:forward|fwd|trailing|ntm|ltm)\b|p/?e\b|earnings|[,.;)]|$)")
_HOW_OFTEN = regex(r"(?P<day>每天|每日|日均|daily)|每月|月均|monthly")
_OWN_SHARES = frozenset({"share_repurchases", "shares_repurchased", "shares_outstanding"})
_TO_OWNERS = regex(r"\s*(?:of capital |in cash )?to (?:our )?(?:share|stock)holders")
# Unit -> the metric that a quantity has where nothing names one.
BY_UNIT = {"W": "power_capacity", "bit/s": "data_rate"}
PROFITS = frozenset(
    {"net_income", "operating_income", "adjusted_net_income", "adjusted_operating_income",
     "profit_before_tax", "adjusted_profit_before_tax", "ebitda", "adjusted_ebitda", "net_loss",
     "adjusted_ebita", "profit_per_order", "profit_per_unit", "profit_per_store", "eps",
     "adjusted_eps", "operating_loss"}
)  # fmt: skip


# "On $17 billion of revenue", "$3 million of sales".
OF_REVENUE = regex(
    r" of (?:total |net |annual |annualized |quarterly |our |reported )?"
    r"(?:revenues?|sales)(?! (?:growth|force|team|synerg|run|and marketing|headwind|tailwind))"
    r"(?![a-z])"
)


_PRICES = frozenset({"share_price", "target_price", "valuation"})


def _is_sum(place: Place) -> bool:
    """Whether a quantity is money, or a spoken amount that is of nothing else."""
    return place.kind == "money" or (place.kind == "number" and place.scaled)


def sharpened(
    chosen: MetricMatch | None, place: Place, frame: Frame | None = None
) -> MetricMatch | None:
    """Give what the words at the number make of a metric: itself where they say no more."""
    if (of_unit := BY_UNIT.get(place.unit)) is not None:
        sold = chosen is not None and (not chosen.weak or chosen.metric.id == "units")
        here = any(m.value is chosen for m in (*place.before(breaks=3), *place.after()))
        by_power = (
            sold
            and (here or not place.ascii)
            and chosen is not None
            and chosen.metric.id in OF_POWER
        )
        return chosen if by_power else unnamed(of_unit)
    told = _of_amount(chosen, place, frame) if _is_sum(place) else _of_rate(chosen, place)
    if told is not None:
        return told
    if chosen is not None and chosen.metric.id == "compute_capacity" and chosen.weak:
        chosen = _capacity(place) or chosen
    if place.kind == "multiple" and (of := multiple_of(chosen, place)) is not None:
        return of
    priced = chosen is not None and chosen.metric.id in _PRICES
    if priced and frame is not None and (valued := still_valued(place, frame)) is not None:
        return valued
    if chosen is not None and chosen.metric.id == "revenue_run_rate":
        return _rate_of(place) or chosen
    if chosen is not None:
        chosen = on_basis(chosen, place)
        if frame is not None:
            chosen = _of_what_went_before(chosen, place, frame)
    return _narrowed(chosen, place, frame)


def _of_amount(chosen: MetricMatch | None, place: Place, frame: Frame | None) -> MetricMatch | None:
    """The metric that the words at an amount of money name, whatever was chosen."""
    folded, end = place.sentence.folded, place.mark.end
    of_revenue = priced = None
    if place.next in "oape/":
        own = chosen is not None and not chosen.weak and _OF_ONE.search(chosen.metric.id)
        of_revenue = None if own or place.next != "o" else OF_REVENUE.match(folded, end)
        priced = None if own or place.next == "o" else _PRICE.match(folded, end)
    if place.kind != "money":
        return unnamed("revenue") if of_revenue else None
    if priced:
        return unnamed("price")
    borrowed = _BORROWED.match(folded, end) if place.next in "wiodbau" else None
    if borrowed is not None:
        return unnamed("liquidity" if borrowed["open"] else "debt")
    last = frame.last.metric if frame is not None and frame.last is not None else ""
    before = just_before(place, 72) if place.spaced else ""
    if " for" in before and last not in _OWN_SHARES and _SOLD_FOR.search(before):
        return unnamed("deal_value")
    if place.next in "surnflca" and _FACILITY.match(folded, end):
        return unnamed("credit_facility")
    if place.next in "ea" and _EACH.match(folded, end):
        if chosen is not None and chosen.weak and chosen.metric.id == "operating_expenses":
            return unnamed("cost_per_unit")
        if chosen is None or chosen.metric.id in _NOT_EACH:
            return unnamed("price")
    capital = place.next in "oi" and _CAPITAL.match(folded, end)
    if capital and _RAISES.search(just_before(place, 32)):
        return unnamed("financing")
    if place.next in "pa/" and _A_DAY.match(folded, end) and _is_daily(chosen, place):
        return unnamed(last if last in _DAILY else "daily_rate")
    if of_revenue:
        return unnamed("revenue")
    to_owners = place.next in "oit" and _TO_OWNERS.match(folded, end)
    return unnamed("shareholder_returns") if to_owners else None


def _of_rate(chosen: MetricMatch | None, place: Place) -> MetricMatch | None:
    """The metric that the words at a percentage or a multiple name, whatever was chosen."""
    folded, end = place.sentence.folded, place.mark.end
    if place.kind == "percent":
        if (place.next == "o" and _OF_GDP_BEHIND.match(folded, end)) or (
            "gdp" in place.lead and _OF_GDP_BEFORE.search(place.lead)
        ):
            return unnamed("gdp_share")
        that_day = place.next in "oiap" and _THAT_DAY.match(folded, end)
        return unnamed("share_price") if that_day else None
    traded = (
        place.kind == "multiple"
        and (chosen is None or chosen.metric.family != "x")
        and _TRADED_AT.search(place.lead)
        and _NO_MORE.match(folded, end)
    )
    return unnamed("price_to_earnings") if traded else None


def _narrowed(chosen: MetricMatch | None, place: Place, frame: Frame | None) -> MetricMatch | None:
    """The narrower metric that the words at the number make of the one chosen."""
    money = place.kind == "money"
    name = chosen.metric.id if chosen is not None else ""
    if money and name == "share_repurchases":
        left = _LEFT.match(place.sentence.folded, place.mark.end)
        if left or _AUTHORIZED.search(just_before(place, 40)):
            return unnamed("repurchase_authorization")
    if money and "兑" in place.lead and _EXCHANGED.search(place.lead):
        return unnamed("exchange_rate")
    revalued = place.kind in ("money", "percent") and "值" in place.lead
    if revalued and _REVALUED.search(place.lead):
        return unnamed("exchange_rate")
    if name in _PAID_OR_PRICED and place.quantity.text.endswith(_RATE_OF_INTEREST):
        return unnamed("dividend_yield")
    if money and not place.ascii and _is_saved(just_before(place, _CLAUSE)):
        return unnamed("savings")
    if name == "net_additions":
        return _total_of(place, frame) or chosen
    if chosen is not None and chosen.weak and name == "ownership" and _moves(place):
        return unnamed("share_price")
    if chosen is not None and _is_paid_out(chosen, place):
        return unnamed("dividend_payout_ratio")
    under_program = money and place.next in "iwslrau"
    if under_program and _UNDER_PROGRAM.match(place.sentence.folded, place.mark.end):
        return unnamed("repurchase_authorization")
    if name == "users" and (often := _HOW_OFTEN.search(place.lead)) is not None:
        return unnamed("daily_active_users" if often["day"] else "monthly_active_users")
    return chosen


# "23,368 homes at an average of $365,600", "2 million shares at an average price of $97".
_AVERAGE = regex(
    r"\b(?:at|for) an average (?:(?:purchase |selling |sales |closing )?price |cost )?(?:of )?"
    r"(?:about |approximately |roughly |just over |just under )?$"
)
_SOLD_EACH = frozenset({"units", "orders", "homes_backlog", "bookings", "contracts", "vehicles"})
# "The LR2s earned $31,200 per day", "a rig at $450,000 a day": what one of them earns.
_A_DAY = regex(r"\s*(?:per|a|/) ?day\b")
_EARNS = regex(
    r"\b(?:earn(?:ed|s|ing)?|averag(?:ed|ing|e)|rates?|tces?|charter(?:ed|s)?|fixed|booked|at"
    r"|achieved|made|realized"
    r"|contract(?:ed)?|dayrates?)\b[^,;]{0,40}$"
)
_DAILY = frozenset({"time_charter_equivalent", "charter_rate", "day_rate"})
_DAYLY_MOST = 1_000_000
_OF_EARNINGS = frozenset({"revenue", "net_income", "operating_income", "price", "bookings"})


def of_each(place: Place, frame: Frame) -> str | None:
    """The price of one of what was just counted, where an amount is told as its average."""
    if place.kind != "money":
        return None
    last = frame.last
    before = just_before(place, 60) if place.spaced else ""
    if last is None or "average" not in before or _AVERAGE.search(before) is None:
        return None
    if last.metric in _OWN_SHARES:
        return "average_repurchase_price"
    return "average_selling_price" if last.metric in _SOLD_EACH else None


# Where "capacity" is that to compute; else it is that of seats, ships, mills and plants.
_COMPUTING = regex(
    r"\b(?:ai|compute|computing|gpus?|cloud|data ?cent(?:er|re)s?|training|inferenc\w+|chips?"
    r"|trainium\d?|aws|azure|gcp|servers?|models?|hyperscal\w+|power)\b|算力|智算|数据中心|云|芯片|模型|推理|训练|机房"
)


def _capacity(place: Place) -> MetricMatch | None:
    sentence = place.sentence
    reach = max(sentence.start, place.mark.start - 300)
    if _COMPUTING.search(sentence.folded, reach, min(sentence.end, place.mark.end + 120)):
        return None
    return unnamed("capacity" if place.kind == "percent" else "production_capacity")


def _is_daily(chosen: MetricMatch | None, place: Place) -> bool:
    named = chosen is not None and any(m.value is chosen for m in place.before())
    if named and chosen and not chosen.weak and chosen.metric.id not in _OF_EARNINGS:
        return False
    amount = place.quantity.value if place.quantity.value is not None else place.quantity.low
    small = amount is not None and abs(amount) < _DAYLY_MOST
    return small and _EARNS.search(just_before(place, 60)) is not None


# 以 1 美元兌 30.2 元計算: what one unit of a currency is worth.
_EXCHANGED = regex(r"(?:元|镑|圆|法郎) ?兑 ?(?:约|为)? ?$")
# 新台幣升值 6%: what moved is the exchange rate.
_REVALUED = regex(r"(?:升值|贬值)(?:了|约|近|逾|幅度|达|超过)*$")
# 派息 2.3 港元，現價計約 4.6 厘: hundredths of a price are its yield.
_RATE_OF_INTEREST = ("厘", "釐")
_PAID_OR_PRICED = frozenset({"dividend_per_share", "dividends", "share_price", "target_price"})
# 每年節省營運成本 5 億元: what is saved is no cost.
_SAVES = regex(r"(?:节省|节约|减省|省下|可省|悭)[^，。；;,0-9]{0,12}$")


def _is_saved(before: str) -> bool:
    saved = "省" in before or "节约" in before or "悭" in before
    return saved and _SAVES.search(before) is not None


def _total_of(place: Place, frame: Frame | None) -> MetricMatch | None:
    """What net additions bring the total of to a figure: 後付客戶淨增 3 萬至 350 萬名."""
    cue, kinds = place.nearest_cue()
    if cue is None or "to" not in kinds or place.gap_before(cue).strip() or frame is None:
        return None
    for mark in reversed(frame.metrics):
        match = mark.value
        if isinstance(match, MetricMatch) and match.metric.id != "net_additions":
            return match if match.metric.family == "count" else None
    return unnamed("subscribers")


def _moves(place: Place) -> bool:
    """Whether a clause tells that its 股份 rose or fell: the shares, not a stake."""
    cue, kinds = place.nearest_cue()
    if cue is None or not kinds & {"up", "down"} or words_in(place.gap_before(cue)) > 1:
        return False
    named = next((m for m in place.before() if m.kind == "metric"), None)
    folded = place.sentence.folded
    return named is not None and folded[named.start : named.end] == "股份"


# 股利政策是當年度盈餘 30%～50%, "dividends of 40% of net income".
_PART_OF_EARNINGS = regex(r"(?:盈余|净利润?|溢利|获利|纯益|盈利)的? ?(?:约|近|逾|至少|不低于)?$")
_OF_EARNINGS_EN = regex(r"\s*of (?:[\w-]+ ){0,2}(?:earnings|net income|profits?)\b")
_PAYS = regex(r"股利|股息|派息|派发|分红|配发|现金红利|dividend")


def _is_paid_out(chosen: MetricMatch, place: Place) -> bool:
    """Whether a percentage is the part of earnings that goes out as dividends."""
    if place.kind != "percent" or place.signed:
        return False
    folded, start = place.sentence.folded, place.sentence.start
    lead = place.lead
    earned = not place.ascii and ("利" in lead or "盈" in lead or "益" in lead)
    before = earned and _PART_OF_EARNINGS.search(lead)
    if not before and not (place.next == "o" and _OF_EARNINGS_EN.match(folded, place.mark.end)):
        return False
    if chosen.metric.id in ("dividends", "dividend_per_share"):
        return True
    reach = max(start, place.mark.start - _CLAUSE)
    return _PAYS.search(folded, reach, place.mark.start) is not None


_CLAUSE = 24


# "Labor was 33.9%, and occupancy 7.0%": a restaurant's line of costs.
_COST_LINE = regex(r"_cost$|^operating_expense|^cost_of_revenue$|^labor$")
# A bare "margin" goes on with the one that was told of just before.
_MARGINS = frozenset(
    {"gross_margin", "ebitda_margin", "adjusted_ebitda_margin", "store_level_margin",
     "contribution_margin", "net_margin"}
)  # fmt: skip
_PARAGRAPH = 400


def _of_what_went_before(chosen: MetricMatch, place: Place, frame: Frame) -> MetricMatch:
    """What an ambiguous metric is where the figure before tells: watts of power, own shares.

    "We added 4 gigawatts, and capacity will double"; "the share count fell 2%. In all we put in $5
    billion".
    """
    if chosen.metric.id == "operating_margin" and chosen.weak and frame.lends:
        return unnamed("net_interest_margin") or chosen
    last = frame.last
    bare_margin = chosen.metric.id == "operating_margin" and chosen.weak
    bare_margin = bare_margin and not (frame.scope and frame.scope_is_line)
    house = unnamed(frame.margin) if bare_margin and frame.margin else None
    if last is None:
        return house or chosen
    if chosen.metric.id == "conversion_rate" and last.metric.endswith("cash_flow"):
        return unnamed("free_cash_flow_conversion") or chosen
    if chosen.metric.id == "occupancy" and _COST_LINE.search(last.metric):
        same_line = last.sentence == (place.sentence.start, place.sentence.end)
        return (unnamed("occupancy_cost") or chosen) if same_line else chosen
    if bare_margin:
        near = 0 <= place.sentence.start - last.sentence[0] <= _PARAGRAPH
        if near and last.metric in _MARGINS and place.kind in ("percent", "points"):
            return unnamed(last.metric) or chosen
        if near and last.metric == "gross_profit":
            return unnamed("gross_margin") or chosen
        of_last = related(last.metric, "of_revenue")
        here = last.sentence == (place.sentence.start, place.sentence.end)
        return house or ((unnamed(of_last.id) or chosen) if of_last and here else chosen)
    if chosen.metric.id == "production_capacity" and last.unit == "W":
        same = last.sentence == (place.sentence.start, place.sentence.end)
        return (unnamed("power_capacity") or chosen) if same else chosen
    spent = chosen.metric.id == "investment" and chosen.weak and place.kind == "money"
    if spent and frame.inherited is not None and frame.inherited.metric.id in _OWN_SHARES:
        return unnamed("share_repurchases") or chosen
    return chosen


def _rate_of(place: Place) -> MetricMatch | None:
    """What a run rate behind the number is the rate of, where that is not revenue as a whole."""
    run_rate = None
    for mark in place.after():
        if mark.kind != "metric" or not isinstance(mark.value, MetricMatch):
            continue
        if mark.value.metric.id == "revenue_run_rate":
            run_rate = mark
        elif run_rate is not None and mark.value.metric.family == "money":
            gap = place.sentence.folded[run_rate.end : mark.start]
            named = mark.value.metric.id != "revenue" and _RATE_OF.match(gap)
            return mark.value if named else None
    return None


def _cue_of_profit(place: Place) -> Mark | None:
    """The 盈利, 賺 or 虧損 at the number, or before what it moved from: 虧損從 3 億元收斂到…."""
    for mark, kinds in place.cues_before():
        near = words_in(place.gap_before(mark))
        if kinds & {"gain", "loss"}:
            return mark if near <= 1 else None
        if "from" not in kinds or near > 1:
            return None
    return None


# What may be a gain or a loss without being the profit.
_GAINS_OR_LOSES = frozenset(
    {"fx_impact", "non_operating_income", "investment_income", "other_income",
     "associates_profit", "underwriting_income", "disposal_gain", "fair_value_gain"}
)  # fmt: skip


def profit_or_loss(place: Place, frame: Frame, chosen: MetricMatch | None) -> MetricMatch | None:
    """The profit that a bare 盈利, 赚 or 亏 at the number speaks of, where another metric stands.

    The one that the sentence named last, else the next that it names, else the operating income of
    a business and the net income of a company.
    """
    if chosen is not None and chosen.metric.id in PROFITS:
        return None
    if OF_REVENUE.match(place.sentence.folded, place.mark.end):
        return None
    cue, folded = _cue_of_profit(place), place.sentence.folded
    if cue is None:
        return None
    if chosen is not None and (
        chosen.metric.id.endswith("cash_flow") or chosen.metric.id in _GAINS_OR_LOSES
    ):
        return None
    if any(m.value is chosen and m.end >= cue.end and m.start <= cue.start for m in place.before()):
        return None
    marks = place.sentence.marks
    metrics = [*reversed(frame.metrics), *(m for m in marks[place.at :] if m.kind == "metric")]
    for mark in metrics:
        if not isinstance(mark.value, MetricMatch) or mark.value.metric.id not in PROFITS:
            continue
        # 虧損 15 億元，撇除重估的基本溢利 6 億元: what comes later adjusted is another profit.
        if mark.start < place.mark.start or not mark.value.metric.id.startswith("adjusted"):
            return mark.value
    if frame.used is not None and frame.used.metric.id in PROFITS:
        return frame.used
    earned = _earned(frame)
    if earned is not None and place.gap_before(cue).strip() and _LOSS.match(folded, cue.start):
        return replace(earned, loss=True)  # what it narrows to is a loss too
    return earned


_LOSS = regex(r"亏|蚀")


# 亏损从上年的5.2亿元扩大到7.8亿元, 四季度亏损收窄至1亿元以内: a loss and where it moves.
_LOSS_MOVES = regex(
    r"亏损额?(?:规模)?[^，。；,;0-9]{0,8}?(?:由|从|自|扩大|收窄|缩窄|缩小|减少|增加|放大|压缩|控制|降)"
    r"[^，。；,;0-9]{0,10}$"
)
_LOSS_REACH = 28


def loss_that_moves(place: Place, frame: Frame) -> MetricMatch | None:
    """The loss that a bare 亏损 before a base or an end of its move speaks of."""
    if place.kind != "money":
        return None
    folded, end = place.sentence.folded, place.mark.start
    start = max(place.sentence.start, end - _LOSS_REACH)
    if folded.find("亏损", start, end) < 0 or _LOSS_MOVES.search(folded, start, end) is None:
        return None
    earned = _earned(frame)
    return replace(earned, weak=False, loss=True) if earned is not None else None


def profit_that_moves(place: Place, frame: Frame) -> MetricMatch | None:
    """The profit that a clause without a metric calls 获利 or 盈利 where it tells a rate of it.

    前三季獲利年增 12%, 海外獲利占三成.
    """
    if place.kind not in ("percent", "multiple"):
        return None
    for mark in place.before():
        if mark.kind == "metric":
            return None
        if mark.kind == "cue" and _PROFIT.fullmatch(place.sentence.folded, mark.start, mark.end):
            return _earned(frame)
    return None


def _earned(frame: Frame) -> MetricMatch | None:
    """What a business of a company earns is told before interest and tax: 国际业务亏损 4 亿元."""
    business = frame.scope_mark.value if frame.scope_mark is not None else None
    of_business = isinstance(business, ScopeMatch) and business.known and business.kind == "line"
    if of_business and SUBSIDIARIES.search(getattr(business, "scope", "")):
        of_business = False
    return unnamed("operating_income" if of_business else "net_income")


_PROFIT = regex(r"获利|盈利|盈余")
