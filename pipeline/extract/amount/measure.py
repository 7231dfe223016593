"""Level, growth, change, multiple or share; and the sign that words give to a number."""

from decimal import Decimal

from pipeline.extract.amount.effects import effect_on
from pipeline.extract.amount.lead import Lead, rise_in, with_right
from pipeline.extract.amount.percentages import is_moving, set_percent
from pipeline.extract.amount.units import reads_as_percent
from pipeline.extract.frame import Frame, Reading
from pipeline.extract.metric.meant import just_before
from pipeline.extract.metric.phrases import costs_points
from pipeline.extract.metric.unsaid import BOOKED
from pipeline.extract.place import Place, words_in
from pipeline.extract.reading import Mark
from pipeline.lexicon.metrics import MetricMatch
from pipeline.patterns import regex

# Costs and ratios of cost: better is lower, worse is higher.
_COSTS = regex(r"expense|cost|ratio|churn|tax|loss|research|selling|days|debt")


def set_measure(
    reading: Reading, place: Place, frame: Frame, lead: Lead, metric: MetricMatch | None
) -> None:
    """Decide measure and sign, and fill in value, ends and unit; ``lead`` is what comes before."""
    lead = with_right(lead, place, frame)
    effect = effect_on(place)
    reading.losing = lead.loss
    quantity = place.quantity
    kind = place.kind
    if kind == "percent" or reads_as_percent(quantity):
        set_percent(reading, lead, place, frame)
    elif kind == "points":
        _points(reading, lead, place)
        if effect:
            reading.measure, lead.direction = "change", effect
    elif kind == "multiple":
        reading.measure = "level" if reading.family == "x" else "multiple"
    else:
        _amount(reading, lead, place, frame)
        if effect and kind == "money":
            reading.measure, lead.direction = "change", effect
        elif (sign := _goes_on_moving(reading, place, frame)) != 0:
            reading.measure, lead.direction = "change", sign
    if reading.metric == "tenure":
        reading.measure, lead.direction = "level", 0
    if reading.metric == "stores" and (closed := _CLOSED.search(place.lead)) is not None:
        reading.measure = "change"
        lead.direction = 1 if closed[1] else -1
    _apply_sign(reading, lead, metric, place)


# 存货周转天数快了20天: of days that pass, faster is less.
_FASTER = regex(r"快了?(?:约|近|超过?)?$")
# 净关店37家, 净开店120家: so many more or fewer of them.
_CLOSED = regex(r"净(?:(开|新开|增)|关|减)(?:店|门店|闭)?(?:数)?(?:约|近|超过?|达)?$")
# Rates so small that points are their unit: a cost of risk of 12 basis points, 利差 1.3 個百分點.
_TOLD_IN_POINTS = frozenset(
    {"expected_credit_losses", "interest_spread", "net_charge_off_rate", "yield_spread",
     "price_spread", "take_rate", "expense_ratio", "cost_of_risk", "share_price_discount"}
)  # fmt: skip


# "A benefit of 50 basis points" is the size of a move.
_FELT = regex(
    r"\b(?:benefit|headwind|tailwind|drag|impact|hit|pressure|lift|uplift) of (?:[a-z]+ )?$"
)

# "Price contributed 2.5 points".
_CONTRIBUTED = regex(
    r"\b(?:contribut(?:ed|es|ing)|added|adds|adding|gave us|brought)(?: (?:about|around|roughly"
    r"|nearly"
    r"|another|some|a little over|over|just over))? $"
)
# 四季度会影响一个点左右: points are taken away.
_AFFECTS = regex(r"(?<!正面)(?<!积极)影响[了到在]?(?:毛利率|利润率|净利率)?(?:大概|大约|约)?$")


# 其中新业务贡献了4个点: how far it moved a rate or a growth.
_ADDED = regex(r"(?:贡献|占|带来|拉动)了?(?:大概|大约|约|近)?$")


def _points(reading: Reading, lead: Lead, place: Place) -> None:
    if not lead.direction and "影响" in place.lead and _AFFECTS.search(place.lead):
        lead.direction = -1
    share = lead.share and _ADDED.search(place.lead) is None
    told = share or lead.to or lead.base or lead.be or reading.metric in _TOLD_IN_POINTS
    before = just_before(place, 40)
    felt = " of " in before and _FELT.search(before)
    if felt or (place.spaced and _CONTRIBUTED.search(just_before(place, 24))):
        told = False
    reading.measure = "change" if is_moving(reading, lead) or not told else "level"


_LOST = regex(r"\b(?:lost|losing|lose)(?: (?:about|over|nearly|around|roughly|some))? $")


_COSTLY = ("_cost", "_expense", "_expenses")
_COSTS_ALL_OF_IT = frozenset({"catastrophe_losses", "depreciation"})
_COSTS_US = regex(
    r"\bcosts?(?: us| the company| them| it)?(?: (?:an?|about|around|roughly|nearly|over|some"
    r"|another|approximately|up to|almost|additional|extra))? $"
    r"|(?:吃掉|啃掉|侵蚀|蚕食|拖累|冲击|造成)了?约?\s?$"
)


def _amount(reading: Reading, lead: Lead, place: Place, frame: Frame) -> None:
    reading.measure = "level"
    if lead.to or lead.base:
        return
    if lead.loss and reading.metric in _PROFITS and _LOST.search(place.lead):
        return  # "we lost $1.4 billion" is a result
    counts = reading.quantity.kind in ("count", "measure")
    if reading.metric in ("job_cuts", "time_saved", "net_additions"):
        return  # "it plans to shed 4,000 jobs", "saves three hours"
    if "metric from words" in reading.doubts and BOOKED.search(just_before(place, 72)):
        return
    metric = reading.metric
    costly = metric in _BURDENS or (
        place.ascii and (metric.endswith(_COSTLY) or metric in _COSTS_ALL_OF_IT)
    )
    if costly and _COSTS_US.search(just_before(place, 24)):
        # "Tariffs will cost us $18 million", 關稅吃掉 3 億: the cost itself.
        lead.direction = 0
        return
    moved = (
        (lead.direction and (_moves_by(place) or _says_again(place, frame) or rise_in(place)))
        or _adds_up(place)
        or _is_effect(place)
    )
    if moved or (counts and (lead.additional or _are_new(place))):
        reading.measure = "change"


# "R&D went up $42 million and SG&A $51 million".
_JOINED = regex(r",? and (?:[\w&]+ ){1,4}$")
_JOINT, _TWO = 4, 2
_ANOTHER = regex(r"\b(?:another|a further|an additional)\s*$")


def _goes_on_moving(reading: Reading, place: Place, frame: Frame) -> int:
    """The sign of the move that "another" goes on with: "interest cost 4 cents, fees another 3"."""
    last = frame.last
    if last is None or last.mark is None or last.measure != "change":
        return 0
    if last.mark is not place.previous():
        return 0
    if last.quantity.kind != place.kind:
        return 0
    if place.kind in ("money", "number") and last.sentence == reading.sentence:
        named = [m for m in place.back()[:_JOINT] if m.start >= last.mark.end]
        only = len(named) == _TWO and {m.kind for m in named} == {"metric", "break"}
        if only and _JOINED.match(place.gap_before(last.mark)) is not None:
            return last.sign
    alike = last.metric == reading.metric
    return last.sign if alike and _ANOTHER.search(just_before(place, 16)) else 0


_OR = regex(r"\s*,? ?\(?or (?:by )?$|[，,、]?(?:或|亦即|即|也就是|约合)$")


def _says_again(place: Place, frame: Frame) -> bool:
    """Whether an amount tells a rate of growth once more: "grew 33%, or $7.2 million"."""
    last, previous = frame.last, place.previous()
    if last is None or previous is None or last.mark is not previous:
        return False
    moves = last.measure == "growth" and place.kind in ("money", "count", "measure")
    return moves and _OR.match(place.gap_before(previous)) is not None


# 影響單季營收約 22 億元: what something moves a metric by.
_EFFECT = regex(r"(?:影响|拖累|侵蚀|挹注|增厚)(?:了|到)?[^，。；,;:0-9的]{0,6}$")


def _is_effect(place: Place) -> bool:
    """Whether an amount is told as what something does to the metric right before it."""
    if place.kind != "money":
        return False
    named = next((m for m in place.before() if m.kind == "metric"), None)
    if named is None or getattr(named.value, "loss", False):
        return False
    if place.gap_before(named).strip() not in _HEDGES:
        return False
    start = max(place.sentence.start, named.start - 12)
    return _EFFECT.search(place.sentence.folded, start, named.start) is not None


# 净新增门店 536 家: what a metric's own words say has been added.
_NEW = regex(r"净?新增|净增|新开|增开|新设|新建")


def _are_new(place: Place) -> bool:
    for mark in place.before():
        if mark.kind == "metric":
            return _NEW.match(place.sentence.folded, mark.start) is not None
    return False


def _adds_up(place: Place) -> bool:
    """Whether a plus sign makes an amount the size of a move: 環比+21億美元."""
    return place.signed and place.kind == "money" and "+" in place.said


def _moves_by(place: Place) -> bool:
    """Whether an amount is the size of a move: "up $212 million", "$317 billion more"."""
    if place.next == "o" and _RAISED.match(place.sentence.folded, place.mark.end):
        return False
    start = max(place.sentence.start, place.mark.start - _BY_REACH)
    if (
        place.sentence.folded.find(" by", start, place.mark.start) >= 0
        and _BY.search(place.sentence.folded, start, place.mark.start) is not None
    ):
        return True
    for mark, kinds in place.cues_before():
        gap = place.gap_before(mark).strip()
        if "up" in kinds or "down" in kinds:
            return gap in _RIGHT_BEFORE or _only_names(place, mark)
        # 增加了: the particle of the past stands between.
        if not kinds <= _SEE_THROUGH or words_in(gap) > 1:
            break
    if place.next in "amhbglfw" and _THAN_THEN.match(place.sentence.folded, place.mark.end):
        return True
    for mark, kinds in place.cues_after():
        if kinds & {"up_after", "down_after"} and _SIZE_OF_MOVE.match(_text(place, mark)):
            gap = place.gap_after(mark)
            return words_in(gap) == 0 or _ALL_IN_ALL.fullmatch(gap) is not None
        break
    return False


def _only_names(place: Place, verb: Mark) -> bool:
    """Whether only what it moves parts a Chinese verb from an amount: 增加 EPS 0.1 元."""
    moved = next((m for m in place.before() if m.kind == "metric"), None)
    if moved is None or place.quantity.text.isascii():
        return False
    before = place.sentence.folded[verb.end : moved.start].strip()
    return not before and place.gap_before(moved).strip() in _HEDGES


# "5 cents more than a year ago": the words may be part of the time.
_THAN_THEN = regex(
    r" (?:a share )?(?:more|higher|better|greater|less|lower|fewer|worse) than (?:a year|last|in"
    r"|the|we|it"
    r"|year|prior|our|at|this)\b"
)
_HEDGES = ("", "约", "近", "逾", "共", "达")
_RIGHT_BEFORE = frozenset(
    {"", "by", "of", "了", "by about", "约", "about", "that", "another", "an", "加", "加了", "掉",
     "掉了"}
)  # fmt: skip
# "We will cut inventory by $200 million".
_BY = regex(
    r"(?<!led)(?<!driven)(?<!helped)(?<!offset)(?<!followed)(?<!supported)(?<!aided)(?<!backed)"
    r" by (?:(?:about|around|roughly|approximately|nearly|some|another|over|an additional"
    r"|an incremental|an extra|a further|up to|at least|more than|as much as|close to) )?$"
)
_BY_REACH = 32
# "Raised $2 billion of debt": what is raised from lenders and owners is no move.
_RAISED = regex(
    r"\s*of (?:[\w-]+ ){0,3}(?:debt|notes|bonds|capital|equity|financing|loans|paper)\b"
)
# "This $0.28 cumulative decrease".
_ALL_IN_ALL = regex(
    r" (?:cumulative|total|net|aggregate|combined|sequential|annual|quarterly|pre-tax|pretax"
    r"|year[- ]over[- ]year|per share) "
)
_SEE_THROUGH = frozenset({"by", "past", "happened", "additional", "forward"})
# "$317 billion more" is the size of a move, a "$253 million gain" or charge an amount of its own.
_SIZE_OF_MOVE = regex(
    r"more|higher|lower|less|fewer|above|below|better|worse|increase|decrease|decline|headwind|drag"
    r"|tailwind|improvement|shortfall|reduction|的?增|的?降|的?减"
)


def _text(place: Place, mark: Mark) -> str:
    return place.sentence.folded[mark.start : mark.end]


def _apply_sign(reading: Reading, lead: Lead, metric: MetricMatch | None, place: Place) -> None:
    told = reading.quantity.__dict__  # each for itself would take longer
    value, low, high = told["value"], told["low"], told["high"]
    sign = 1
    if reading.measure in ("growth", "change"):
        below = low is not None and high is not None and (low < 0 or high < 0)
        sign = _sign_of_move(reading, lead, place, signed=place.signed or below)
    elif reading.measure == "level" and not place.signed and not lead.gain:
        losing = metric is not None and metric.loss
        if losing or (lead.loss and reading.metric in _PROFITS):
            sign = -1
    if sign < 0 and (low is not None or high is not None):
        low, high = high, low
    reading.value = _signed(value, reading.factor, sign)
    reading.low = _signed(low, reading.factor, sign)
    reading.high = _signed(high, reading.factor, sign)
    first = reading.value if reading.value is not None else reading.low
    first = first if first is not None else reading.high
    reading.sign = -1 if first is not None and first < _NOTHING else 1


_NOTHING = Decimal(0)


def _signed(amount: Decimal | None, factor: Decimal, sign: int) -> Decimal | None:
    if amount is None:
        return None
    return -(amount * factor) if sign < 0 else amount * factor


def _sign_of_move(reading: Reading, lead: Lead, place: Place, *, signed: bool) -> int:
    """Which way an amount moved: by its own sign (``signed``), or by the words around it."""
    quantity, metric = reading.quantity, reading.metric
    folded, end = place.sentence.folded, place.mark.end
    sign = lead.direction or (-1 if metric in _BURDENS else 1)
    ratio = place.kind == "points" and metric in _EXPENSES
    if (ratio or metric in _LESS_IS_BETTER) and (
        _gets_better(place) or _BETTER_BEHIND.match(folded, end)
    ):
        sign = -1
    if metric in _LESS_IS_BETTER and place.unit == "day" and _FASTER.search(place.lead):
        sign = -1
    if metric == "savings" or signed:
        sign = 1
    if not place.signed and costs_points(place):
        sign = -1
    if quantity.worded and _MINUS.search(place.lead):
        sign = -1  # "volumes -LSD"
    elif quantity.worded and place.lead.endswith("+"):
        sign = 1
    if place.next in "bi" and _BETTER_THAN.match(folded, end) and _COSTS.search(metric):
        sign = -1
    if place.next == "w" and _WORSE.match(folded[end : end + 8]) and _COSTS.search(metric):
        sign = 1
    return sign


_MINUS = regex(r"(?:^|[\s(,/])[-\u2212\u2013]$")
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
     "cost_per_unit", "impaired_loan_ratio", "delinquency_rate", "debt_to_assets",
     "labor_cost", "food_cost", "occupancy_cost", "turnover_rate"}
)  # fmt: skip
_BETTER = regex(
    r"(?:\bimprov(?:ed|es?|ing|ement(?: of)?)(?: by| of)?(?: about| roughly| nearly)?|改善|优化)"
    r"(?:了|约)*\s*$"
)


_BETTER_BEHIND = regex(
    r"\s*(?:(?:year[- ]over[- ]year|sequential|yoy|y/y|basis point|point) )?"
    r"(?:improvement|better)\b"
)


def _gets_better(place: Place) -> bool:
    """Whether a word of improvement stands right before the number."""
    start = max(place.sentence.start, place.mark.start - 32)
    return _BETTER.search(place.sentence.folded, start, place.mark.start) is not None


_BETTER_THAN = regex(r"\s*(?:better|improvement)\b")
_WORSE = regex(r"\s*worse")
# So many points of margin are what these cost, where no direction is told.
_BURDENS = frozenset({"tariff_cost"})
_PROFITS = frozenset(
    {"net_income", "operating_income", "adjusted_net_income", "adjusted_operating_income",
     "profit_before_tax", "operating_cash_flow", "free_cash_flow", "ebitda", "adjusted_ebitda",
     "operating_margin", "net_margin", "eps", "adjusted_eps", "profit_per_order",
     "adjusted_ebita", "adjusted_profit_before_tax", "adjusted_ebitda_margin", "ebitda_margin",
     "adjusted_net_margin", "contribution_profit", "contribution_margin", "free_cash_flow_margin",
     "gross_margin", "underwriting_income", "investment_income", "net_additions", "fx_impact",
     "non_operating_income", "associates_profit",
     "profit_per_unit", "profit_per_store", "gross_profit_per_unit", "gross_profit"}
)  # fmt: skip
