"""Level, growth, change, multiple or share; and the sign that words give to a number."""

import re
from dataclasses import dataclass
from decimal import Decimal

from pipeline.extract.drivers import is_driver
from pipeline.extract.frame import Frame, Reading
from pipeline.extract.phrases import loses_value
from pipeline.extract.place import Place, words_in
from pipeline.extract.reading import Mark
from pipeline.extract.units import reads_as_percent
from pipeline.lexicon.metrics import MetricMatch, related
from pipeline.normalize.script import fold
from schemas import Quantity

# Metrics in percent that are rates of growth themselves: "same-store sales of 5%" is growth.
GROWTH_METRICS = frozenset(
    {
        "same_store_sales",
        "market_growth",
        "average_ticket",
        "same_store_noi",
        "rent_growth",
        "same_store_gallons",
        "premium_rate_increase",
        "renewal_premium_change",
    }
)
# Costs and ratios of cost: better is lower, worse is higher.
_COSTS = re.compile(r"expense|cost|ratio|churn|tax|loss|research|selling|days|debt")
# How many words a cue reaches over to its number.
_REACH = 9
_PARALLEL = re.compile(
    r"^(?:\s*(?:as reported|reported|on a reported basis|nominally))?"
    r"[\s,，、(（]*(?:or|and|to|or about|及|和|与|或|即|以及|also)?[\s(（]*$"
)
# "100 basis points below last year: about 60 of that is markdowns".
_PART_OF_MOVE = re.compile(r" of (?:that|those|which|it)\b")
# "down mid single digits and home 3.5 percent": the verb is left out, the name is not.
_ELLIPSIS = re.compile(
    r"^\s*(?:,|;|and|,? while|，|；)\s*(?:and |in |at )?(?:[^\s,，;；]+\s*){1,3}$"
)
_OF_WHOLE = re.compile(r"^\s*(?:of|in)\s+(?:the\s+|our\s+|its\s+|all\s+|total\s+|net\s+)*$")


@dataclass(slots=True)
class Lead:
    """What the words around a number say of it: its direction, and whether it is a level.

    ``direction`` is +1 or -1, 0 where none is said; ``to``: the number is where the move ended;
    ``base``: where it started; ``share``: a part of a whole; ``rate``: a noun of growth governs it;
    ``additional``: it comes on top.
    """

    direction: int = 0
    to: bool = False
    base: bool = False
    share: bool = False
    rate: bool = False
    additional: bool = False
    loss: bool = False
    gain: bool = False
    be: bool = False


def _with_right(lead: Lead, place: Place, frame: Frame) -> Lead:
    """Add to what the cues before a quantity say what those behind it do."""
    right = _right(place)
    lead.direction = lead.direction or right.direction
    lead.share = lead.share or right.share
    lead.rate = lead.rate or right.rate
    lead.additional = lead.additional or right.additional
    if not (lead.direction or lead.to or lead.base):
        lead.direction = _parallel_direction(place, frame)
    return lead


_LEAST_LIKE, _MOST_LIKE = Decimal("0.4"), Decimal("2.5")


def stands_bracketed(place: Place) -> bool:
    """Whether a bare figure in brackets is what the like one before it was: "2.3m (1.6m)"."""
    previous = place.previous()
    if previous is None or not isinstance(previous.value, Quantity):
        return False
    folded, quantity, like = place.sentence.folded, place.quantity, previous.value
    own = quantity.text[:1] in "(（"
    gap = folded[previous.end : place.mark.start].strip()
    if gap != ("" if own else "(") or (
        not own and folded[place.mark.end : place.mark.end + 1] != ")"
    ):
        return False
    if quantity.kind != like.kind or quantity.signed or like.signed or quantity.worded:
        return False
    first, second = _first(like), _first(quantity)
    return bool(first) and _LEAST_LIKE <= abs(second / first) <= _MOST_LIKE


def _first(quantity: Quantity) -> Decimal:
    amounts = (quantity.value, quantity.low, quantity.high)
    return next((amount for amount in amounts if amount is not None), Decimal(0))


def _parallel_direction(place: Place, frame: Frame) -> int:
    """Give the direction of the figure that this one only joins: "up $212 million, or 14%"."""
    last, previous = frame.last, place.previous()
    if last is None or previous is None or last.mark != previous:
        return 0
    if _PART_OF_MOVE.match(place.sentence.folded, place.mark.end):
        return last.sign if last.measure in ("growth", "change") else 0
    gap = place.gap_before(previous)
    joined = _PARALLEL.match(gap) is not None or (
        _ELLIPSIS.match(gap) is not None
        and any(mark.kind in ("scope", "metric") for mark in place.before(breaks=3))
        and not any(
            mark.kind == "cue"
            or (isinstance(mark.value, MetricMatch) and not _of_volume(mark.value))
            for mark in place.before(breaks=3)
        )
        and last.quantity.kind == place.quantity.kind
    )
    return last.sign if joined and last.measure in ("growth", "change") else 0


def lead_before(place: Place) -> Lead:
    """Read the cues before a quantity."""
    lead = Lead()
    settled = falls = False
    for mark, kinds in place.cues_before():
        near = words_in(place.gap_before(mark))
        if near > _REACH:
            break
        lead.loss |= "loss" in kinds and near <= 3
        lead.gain |= "gain" in kinds and near <= 3
        lead.be |= "be" in kinds and near == 0
        lead.rate |= "rate" in kinds
        falls |= "rate" in kinds and "down" in kinds
        lead.additional |= "additional" in kinds and near <= 4
        lead.share |= "share" in kinds and near <= 5
        if settled:
            continue
        settled = True
        if "from" in kinds and near <= 6:
            lead.base = True
        elif "to" in kinds and near <= 2:
            lead.to = True
        elif "up" in kinds or "down" in kinds:
            lead.direction = 1 if "up" in kinds else -1
        else:
            settled = False
    if falls and (lead.to or lead.base) and not lead.direction:
        # 降幅将收窄至5%: where a fall ends is a fall.
        lead.direction = -1
    if not settled and (told := _RATE_BEFORE.search(_clause(place))) is not None:
        lead.rate, lead.direction = True, -1 if told[1][0] in "降跌减" else 1
    lead.base = lead.base or stands_bracketed(place)
    return lead


# 精装修市场的降幅更大，接近三成: a rate of growth whose size the next clause tells.
_RATE_BEFORE = re.compile(r"(降幅|跌幅|减幅|增幅|涨幅|升幅|增速)[^，。；;,0-9]{0,6}[，,]\s*$")


def _clause(place: Place) -> str:
    """The words of two clauses before the quantity, as far as they may tell its rate."""
    return place.sentence.folded[
        max(place.sentence.start, place.mark.start - 14) : place.mark.start
    ]


def _of_volume(match: MetricMatch) -> bool:
    """Whether a metric is an amount, whose percentage can only be a move."""
    return match.metric.family in ("count", "money", "any") or match.metric.id in GROWTH_METRICS


# A time may hold the words: "21% more than a year earlier".
_THAN = re.compile(r"\s*(?:(?P<up>more|higher|greater|better|above)|fewer|less|lower|below)\b")


def _right(place: Place) -> Lead:
    direction, share, rate, additional = 0, False, False, False
    for mark, kinds in place.cues_after():
        gap = place.gap_after(mark)
        near = words_in(gap)
        if near > 3:
            break
        share = share or ("share" in kinds and near == 0)
        rate = rate or ("rate" in kinds and near <= 1)
        if not direction and "up_after" in kinds and near <= 2:
            direction = 1
            rate = rate or "rate" in kinds
        elif not direction and "down_after" in kinds and near <= 2:
            direction = -1
        additional = additional or ("additional" in kinds and near <= 1)
    if not direction and (than := _THAN.match(place.sentence.folded, place.mark.end)):
        direction = 1 if than["up"] else -1
    return Lead(direction=direction, share=share, rate=rate, additional=additional)


def set_measure(
    reading: Reading, place: Place, frame: Frame, lead: Lead, metric: MetricMatch | None
) -> None:
    """Decide measure and sign, and fill in value, ends and unit; ``lead`` is what comes before."""
    lead = _with_right(lead, place, frame)
    reading.losing = lead.loss
    quantity = place.quantity
    kind = quantity.kind
    if kind == "percent" or reads_as_percent(quantity):
        _percent(reading, lead, place, frame)
    elif kind == "points":
        _points(reading, lead)
    elif kind == "multiple":
        reading.measure = "level" if reading.family == "x" else "multiple"
    else:
        _amount(reading, lead, place)
    _apply_sign(reading, lead, metric, place)


def _percent(reading: Reading, lead: Lead, place: Place, frame: Frame) -> None:
    last = frame.last
    if (
        lead.base
        and not lead.rate
        and last is not None
        and last.mark is place.previous()
        and (last.measure == "share" or (last.measure == "level" and last.unit == "percent"))
        and last.metric == reading.metric
    ):
        reading.measure = last.measure
        return
    of_revenue = "metric inherited" in reading.doubts and _share_of_revenue(place)
    if reading.family == "percent" and not of_revenue:
        stands = lead.to or lead.base or lead.share
        moves = lead.direction != 0 and not stands and _moves(place)
        grows = reading.metric in GROWTH_METRICS or moves
        reading.measure = "growth" if grows else "level"
        if moves and fold(reading.quantity.text).endswith("pct"):
            # A margin that rises by 4.1pct rises by points, in the shorthand of Chinese notes.
            reading.measure, reading.unit = "change", _POINTS
    elif lead.to and _ends_move_of_share(reading, place, frame):
        reading.measure = "share"
    elif _share_of_revenue(place):
        _part_of_revenue(reading)
    elif lead.direction and loses_value(place):
        reading.measure = "growth"
    elif (_followed_by_whole(place) and not _moved_in(place, lead)) or (
        lead.share and not _moving(reading, lead)
    ):
        reading.measure = "share"
    elif reading.metric in _OF_PRICES or _grows(reading, lead, place, frame):
        reading.measure = "growth"
    elif "metric from words" in reading.doubts and not lead.share:
        reading.measure = "level"
    else:
        reading.measure = "share"
        reading.doubts.append("no direction")


def _ends_move_of_share(reading: Reading, place: Place, frame: Frame) -> bool:
    """Whether a share is where a move of points ended: 占比下降2.3个百分点至36.2%."""
    last = frame.last
    return (
        last is not None
        and last.mark is place.previous()
        and last.measure == "change"
        and last.unit == _POINTS
        and last.metric == reading.metric
    )


# Of these no part is told in percent, only how far they move: "potential upside of 16%".
_OF_PRICES = frozenset({"share_price", "target_price"})


def _moving(reading: Reading, lead: Lead) -> bool:
    return lead.direction != 0 or reading.quantity.signed


def _part_of_revenue(reading: Reading) -> None:
    """Name what a cost or cash flow is of revenue: a ratio of its own where it has one."""
    reading.measure = "share"
    ratio = related(reading.metric, "of_revenue")
    if ratio is not None:
        reading.metric, reading.family, reading.measure = ratio.id, ratio.family, "level"
    elif reading.family not in ("money", "any"):
        reading.metric, reading.family = "revenue", "money"


def _grows(reading: Reading, lead: Lead, place: Place, frame: Frame) -> bool:
    """Whether a percentage of an amount is its growth: a direction, a basis or its row says so."""
    quantity = reading.quantity
    if lead.direction and not (_FRACTION.search(quantity.text) and not _moves(place)):
        return True
    if quantity.signed or quantity.worded or _MOVING_TEXT.search(quantity.text):
        return True
    if is_driver(place) or _RATE_NAMED.match(place.sentence.folded, place.mark.end):
        return True
    if lead.rate or frame.of_rates or (frame.rate is not None and (lead.to or lead.base)):
        return True
    if _has_basis(place) or _at_rates(place):
        return True
    last = frame.last
    if last is not None and last.metric == reading.metric and _restates_move(place, last):
        return True
    return (
        last is not None
        and "%" in fold(quantity.text)
        and (last.measure == "growth" or (last.measure == "change" and last.unit == _POINTS))
        and last.metric == reading.metric
        and last.sentence == reading.sentence
    )


# "10% annual rate base growth", "8% EBITDA growth".
_RATE_NAMED = re.compile(r" (?:[\w&/-]+ ){1,4}(?:growth|cagr)\b")


def _restates_move(place: Place, last: Reading) -> bool:
    """Whether a percentage says again how far an amount has moved: "So that is 12%"."""
    if last.measure != "change" or last.quantity.kind == "points":
        return False
    if any(mark.kind in ("metric", "scope") for mark in place.before()):
        return False
    start = max(place.sentence.start, place.mark.start - 24)
    return _THAT_IS.search(place.sentence.folded, start, place.mark.start) is not None


# "That's about 12%", 也就是12%: what has just been told, in another measure.
_THAT_IS = re.compile(
    r"\b(?:that|which|it)(?:'s| is| was| works out to| equates to| amounts to)"
    r"(?: about| roughly| around| nearly| some)? $"
    r"|(?:相当于|也就是|就是|等于|折合|那是|这是)约?\s?$"
)
_POINTS = "percentage_points"
# A range may hold its directions itself: 季持平至季增 6%.
_MOVING_TEXT = re.compile(r"[增減减升降跌漲涨]|持平|flat")
# Half, a third, 一半, 三分之一: parts, unless a direction stands right before them.
_FRACTION = re.compile(r"half|third|quarter|fifth|半|分之")


def _moves(place: Place) -> bool:
    """Whether the direction stands right at the number ("margin up 2%", not "improving: 42%")."""
    mark, _ = place.nearest_cue()
    return mark is not None and words_in(place.gap_before(mark)) <= 1


def _followed_by_whole(place: Place) -> bool:
    for mark in place.after():
        if mark.kind == "metric" and _OF_WHOLE.match(place.gap_after(mark)):
            return True
        if mark.kind in ("metric", "break"):
            return False
    return _OF_THE.match(place.sentence.folded, place.mark.end) is not None


_IN = re.compile(r"\s*in\b")


def _moved_in(place: Place, lead: Lead) -> bool:
    """Whether a move is told in one measure of several: "flat in dollars, down 4% in units"."""
    moved = lead.direction != 0 and _moves(place)
    return moved and _IN.match(place.sentence.folded, place.mark.end) is not None


_OF_THE = re.compile(r"\s*of (?:the|our|its|all|total|that|this|them|those)\b")


_SHARE_BEFORE = re.compile(r"占(?:总|公司)?(?:营|收入|销售|营业收入)|占收入比")
_SHARE_AFTER = re.compile(r"\s*of (?:our |total |net )*(?:rev|revenue|revenues|sales)\b")


def _share_of_revenue(place: Place) -> bool:
    before = place.sentence.folded[
        max(place.sentence.start, place.mark.start - 12) : place.mark.start
    ]
    after = place.sentence.folded[place.mark.end : place.mark.end + 24]
    return bool(_SHARE_BEFORE.search(before) or _SHARE_AFTER.match(after))


def _has_basis(place: Place) -> bool:
    return any(mark.kind == "basis" for mark in place.before()) or any(
        mark.kind == "basis" for mark in place.after()
    )


# Growth is what is told "in constant currency".
_CONSTANT = re.compile(
    r"constant (?:currenc|exchange|rate)|\bcer\b|\bcc\b|local currenc|固定汇率|恒定汇率|不变汇率"
)


def _at_rates(place: Place) -> bool:
    sentence = place.sentence
    first = max(sentence.start, place.mark.start - 14)
    return (
        _CONSTANT.search(sentence.folded, first, min(sentence.end, place.mark.end + 24)) is not None
    )


# Rates so small that points are their unit: a cost of risk of 12 basis points, 利差 1.3 個百分點.
_TOLD_IN_POINTS = frozenset(
    {"expected_credit_losses", "interest_spread", "net_charge_off_rate", "yield_spread",
     "price_spread", "take_rate", "expense_ratio", "cost_of_risk", "share_price_discount"}
)  # fmt: skip


def _points(reading: Reading, lead: Lead) -> None:
    told = lead.share or lead.to or lead.base or lead.be or reading.metric in _TOLD_IN_POINTS
    reading.measure = "change" if _moving(reading, lead) or not told else "level"


def _amount(reading: Reading, lead: Lead, place: Place) -> None:
    reading.measure = "level"
    if lead.to or lead.base:
        return
    counts = reading.quantity.kind in ("count", "measure")
    moved = (lead.direction and _moves_by(place)) or _adds_up(place)
    if moved or (lead.additional and counts):
        reading.measure = "change"


def _adds_up(place: Place) -> bool:
    """Whether a plus sign makes an amount the size of a move: 環比+21億美元."""
    quantity = place.quantity
    return quantity.signed and quantity.kind == "money" and "+" in fold(quantity.text)


def _moves_by(place: Place) -> bool:
    """Whether an amount is the size of a move: "up $212 million", "$317 billion more"."""
    if _RAISED.match(place.sentence.folded, place.mark.end):
        return False
    start = max(place.sentence.start, place.mark.start - _BY_REACH)
    if _BY.search(place.sentence.folded, start, place.mark.start) is not None:
        return True
    for mark, kinds in place.cues_before():
        gap = place.gap_before(mark).strip()
        if "up" in kinds or "down" in kinds:
            return gap in _RIGHT_BEFORE or _only_names(place, mark)
        # 增加了: the particle of the past stands between.
        if not kinds <= _SEE_THROUGH or words_in(gap) > 1:
            break
    for mark, kinds in place.cues_after():
        if kinds & {"up_after", "down_after"} and _SIZE_OF_MOVE.match(_text(place, mark)):
            return words_in(place.gap_after(mark)) == 0
        break
    return False


def _only_names(place: Place, verb: Mark) -> bool:
    """Whether only what it moves parts a Chinese verb from an amount: 增加 EPS 0.1 元."""
    moved = next((m for m in place.before() if m.kind == "metric"), None)
    if moved is None or place.quantity.text.isascii():
        return False
    before = place.sentence.folded[verb.end : moved.start].strip()
    return not before and place.gap_before(moved).strip() in _HEDGES


_HEDGES = ("", "约", "近", "逾", "共", "达")
_RIGHT_BEFORE = frozenset(
    {"", "by", "of", "了", "by about", "约", "about", "that", "another", "an", "加", "加了", "掉",
     "掉了"}
)  # fmt: skip
# "We will cut inventory by $200 million".
_BY = re.compile(
    r"(?<!led)(?<!driven)(?<!helped)(?<!offset)(?<!followed)(?<!supported)(?<!aided)(?<!backed)"
    r" by (?:(?:about|around|roughly|approximately|nearly|some|another|over|an additional) )?$"
)
_BY_REACH = 32
# "Raised $2 billion of debt": what is raised from lenders and owners is no move.
_RAISED = re.compile(
    r"\s*of (?:[\w-]+ ){0,3}(?:debt|notes|bonds|capital|equity|financing|loans|paper)\b"
)
_SEE_THROUGH = frozenset({"by", "past", "happened", "additional", "forward"})
# "$317 billion more" is the size of a move, a "$253 million gain" or charge an amount of its own.
_SIZE_OF_MOVE = re.compile(
    r"more|higher|lower|less|fewer|above|below|better|worse|increase|decrease|decline|headwind|drag"
    r"|tailwind|improvement|shortfall|reduction|的?增|的?降|的?减"
)


def _text(place: Place, mark: Mark) -> str:
    return place.sentence.folded[mark.start : mark.end]


def _apply_sign(reading: Reading, lead: Lead, metric: MetricMatch | None, place: Place) -> None:
    quantity = reading.quantity
    sign = 1
    explicit = quantity.signed
    if reading.measure in ("growth", "change"):
        sign = lead.direction or (-1 if reading.metric in _BURDENS else 1)
        ratio = quantity.kind == "points" and reading.metric in _EXPENSES
        better = _gets_better(place) or _BETTER_BEHIND.match(place.sentence.folded, place.mark.end)
        if (ratio or reading.metric in _LESS_IS_BETTER) and better:
            sign = -1
        if reading.metric == "savings":
            sign = 1
        if explicit or _already_signed(quantity):
            sign = 1
        if _COSTS.search(reading.metric) and _BETTER_THAN.match(
            place.sentence.folded, place.mark.end
        ):
            sign = -1
        worse = _WORSE.match(place.sentence.folded[place.mark.end : place.mark.end + 8])
        if worse and _COSTS.search(reading.metric):
            sign = 1
    elif reading.measure == "level" and not explicit:
        losing = metric is not None and metric.loss
        if (losing or (lead.loss and reading.metric in _PROFITS)) and not lead.gain:
            sign = -1
    amounts = [
        None if amount is None else amount * reading.factor
        for amount in (quantity.value, quantity.low, quantity.high)
    ]
    if sign < 0:
        value, low, high = (None if a is None else -a for a in amounts)
        if low is not None or high is not None:
            low, high = high, low
        amounts = [value, low, high]
    reading.value, reading.low, reading.high = amounts
    first = next((a for a in amounts if a is not None), None)
    reading.sign = -1 if first is not None and first < 0 else 1


# Days that money or goods are tied up, and ratios of cost: they improve by falling.
_LESS_IS_BETTER = frozenset(
    {"days_sales_outstanding", "inventory_days", "days_payable_outstanding", "delivery_time",
     "cash_conversion_cycle", "combined_ratio", "loss_ratio", "cost_income_ratio", "churn",
     "operating_expense_ratio", "efficiency_ratio", "leverage", "gearing_ratio", "lead_time",
     "debt_to_capital", "operating_ratio", "medical_loss_ratio", "expense_ratio", "dwell_time",
     "unit_cost_ex_fuel", "net_charge_off_rate", "delinquency_rate", "cancellation_rate",
     "impaired_loan_ratio", "cost_per_unit", "attrition_rate"}
)  # fmt: skip
_EXPENSES = frozenset(
    {"selling_general_administrative", "research_and_development", "operating_expenses",
     "financial_expense_ratio", "staff_cost", "fulfillment_cost", "cost_of_revenue",
     "cost_per_unit", "impaired_loan_ratio", "delinquency_rate", "debt_to_assets"}
)  # fmt: skip
_BETTER = re.compile(
    r"(?:\bimprov(?:ed|es?|ing|ement(?: of)?)(?: by| of)?(?: about| roughly| nearly)?|改善|优化)"
    r"(?:了|约)*\s*$"
)


_BETTER_BEHIND = re.compile(
    r"\s*(?:(?:year[- ]over[- ]year|sequential|yoy|y/y|basis point|point) )?"
    r"(?:improvement|better)\b"
)


def _gets_better(place: Place) -> bool:
    """Whether a word of improvement stands right before the number."""
    start = max(place.sentence.start, place.mark.start - 32)
    return _BETTER.search(place.sentence.folded, start, place.mark.start) is not None


_BETTER_THAN = re.compile(r"\s*(?:better|improvement)\b")
_WORSE = re.compile(r"\s*worse")
# So many points of margin are what these cost, where no direction is told.
_BURDENS = frozenset({"tariff_cost"})
_PROFITS = frozenset(
    {"net_income", "operating_income", "adjusted_net_income", "adjusted_operating_income",
     "profit_before_tax", "operating_cash_flow", "free_cash_flow", "ebitda", "adjusted_ebitda",
     "operating_margin", "net_margin", "eps", "adjusted_eps", "profit_per_order"}
)  # fmt: skip


def _already_signed(quantity: object) -> bool:
    low = getattr(quantity, "low", None)
    high = getattr(quantity, "high", None)
    return low is not None and high is not None and (low < 0 or high < 0)
