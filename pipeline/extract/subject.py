"""Which metric, scope and company a quantity is about."""

import re

from pipeline.extract.frame import Frame, Reading, Setting
from pipeline.extract.naming import counted_name
from pipeline.extract.place import Place, words_in
from pipeline.extract.cues import Cue
from pipeline.extract.reading import Mark, Sentence
from pipeline.lexicon.companies import company
from pipeline.lexicon.counted import counted_metric
from pipeline.lexicon.metrics import MetricMatch, metric
from pipeline.lexicon.scopes import ScopeMatch
from pipeline.normalize.script import fold
from schemas import CompanyMention, Entity, Quantity

PROFITS = frozenset(
    {"net_income", "operating_income", "adjusted_net_income", "adjusted_operating_income",
     "profit_before_tax", "adjusted_profit_before_tax", "ebitda", "adjusted_ebitda",
     "adjusted_ebita", "profit_per_order", "eps", "adjusted_eps", "net_loss", "operating_loss"}
)  # fmt: skip

# Between a quantity and the metric behind it that it belongs to: "$7.2 billion of total revenue",
# "a 29 percent margin", 39% 的 Azure 增速.
_BOUND_EN = re.compile(
    r"^[\s-]*(?:increase |decrease |growth |decline |rise |improvement |reduction |drop )?"
    r"(?:(?:of|in|for|worth of)\s)?\s*(?:the |our |its |their |a |an )?(?:[\w&'/-]+\s+){0,2}$"
)
_BREAKING = re.compile(
    r"\b(?:and|on|from|with|by|to|versus|vs|than|as|was|were|is|are|had|has|we|which|at)\b"
)
_BOUND_ZH = re.compile(r"^\s*(?:左右|以上|以下|多)?\s*(?:的)?[^，。；,;、：]{0,4}$")
# Unit -> the metric that a quantity has where nothing names one.
_BY_UNIT = {"W": "power_capacity", "bit/s": "data_rate", "token": "tokens_processed"}


def choose_metric(
    reading: Reading, place: Place, frame: Frame, setting: Setting
) -> MetricMatch | None:
    """Settle the reading's metric; give the match it came from where words named it."""
    quantity = place.quantity
    if (held := _held_by_base(place, frame)) is not None:
        reading.metric, reading.family, reading.nature = held.metric, held.family, held.nature
        return frame.used
    behind = _metric_behind(place)
    ahead = _metric_ahead(place, frame)
    if behind is not None and not _fits(behind, quantity):
        behind = None
    chosen: MetricMatch | None = None
    if behind is not None and (ahead is None or _binds_tighter(place, behind, ahead)):
        chosen = behind
    elif ahead is not None:
        chosen = ahead
    if quantity.kind in ("count", "measure") and quantity.counted:
        found = counted_metric(fold(quantity.counted))
        if found is not None and not (
            found.weak and chosen is not None and _fits(chosen, quantity)
        ):
            reading.metric, reading.family = found.metric.id, found.metric.family
            reading.nature = found.metric.nature
            if reading.metric == "shares_outstanding" and _buys_back(place):
                reading.metric = "shares_repurchased"
            reading.unit, reading.scope = found.unit, found.scope
            return None
    if quantity.kind == "money":
        chosen = _profit_or_loss(place, frame, chosen) or chosen
    if chosen is None:
        chosen = _inherited(quantity, frame, setting)
        if chosen is not None:
            reading.doubts.append("metric inherited")
    if chosen is None:
        _without_words(reading, quantity, frame, setting)
        return None
    reading.metric, reading.family = chosen.metric.id, chosen.metric.family
    reading.nature = chosen.metric.nature
    _by_unit(reading, place)
    if chosen.weak:
        reading.doubts.append("weak metric")
    return chosen


def _buys_back(place: Place) -> bool:
    marks = place.sentence.marks
    return any(
        isinstance(m.value, MetricMatch) and m.value.metric.id == "share_repurchases" for m in marks
    )


def _held_by_base(place: Place, frame: Frame) -> Reading | None:
    """The reading before, where this quantity is the base that it is compared with.

    "$5.87 per diluted share, compared to $5.29": the same metric, whatever else was named earlier.
    """
    last, previous = frame.last, place.previous()
    if last is None or previous is not last.mark:
        return None
    cue, kinds = next(place.cues_before(breaks=1), (None, frozenset[str]()))
    if (
        cue is None
        or "from" not in kinds
        or any(m.kind == "metric" for m in place.before(breaks=1))
    ):
        return None
    same = last.quantity.kind == place.quantity.kind or place.quantity.kind == "number"
    return last if same else None


def _profit_or_loss(place: Place, frame: Frame, chosen: MetricMatch | None) -> MetricMatch | None:
    """The profit that a bare 盈利, 赚 or 亏 at the number speaks of, where another metric stands.

    The one that the sentence named last, else the next that it names, else net income.
    """
    if chosen is not None and chosen.metric.id in PROFITS:
        return None
    cue, kinds = next(place.cues_before(), (None, frozenset[str]()))
    if cue is None or not kinds & {"gain", "loss"} or words_in(place.gap_before(cue)) > 1:
        return None
    if chosen is not None and chosen.metric.id.endswith("cash_flow"):
        return None
    marks = place.sentence.marks
    metrics = [*reversed(frame.metrics), *(m for m in marks[place.at :] if m.kind == "metric")]
    for mark in metrics:
        if isinstance(mark.value, MetricMatch) and mark.value.metric.id in PROFITS:
            return mark.value
    if frame.used is not None and frame.used.metric.id in PROFITS:
        return frame.used
    return named_metric("net_income")


def is_whole(sentence: Sentence, at: int) -> bool:
    """Whether a metric is named only as the whole that a share is of: 占营收 30.9%, 44% of revenue."""
    mark = sentence.marks[at]
    earlier = sentence.marks[at - 1] if at else None
    if earlier is None:
        return False
    gap = sentence.folded[earlier.end : mark.start]
    if isinstance(earlier.value, Cue) and "share" in earlier.value.kinds:
        return len(gap.strip()) <= 2
    if isinstance(earlier.value, Quantity) and earlier.value.kind == "percent":
        return _OF_WHOLE.match(gap) is not None
    return (
        re.search(
            r"(?:percentage|percent|%) of (?:our |total |net )*$", sentence.folded[: mark.start]
        )
        is not None
    )


_OF_WHOLE = re.compile(r"^\s*of\s+(?:the |our |its |total |net )*$")


def _fits(match: MetricMatch, quantity: Quantity) -> bool:
    """Whether a quantity of this kind can be an amount, growth or share of the metric."""
    family = match.metric.family
    kind = quantity.kind
    if kind in ("percent", "multiple"):
        return True
    if kind == "points":
        return True
    if kind == "money" or (kind in ("number", "count") and _bare_money(quantity, family)):
        if match.metric.id in _IN_MONEY:
            return True
        if quantity.unit is not None and quantity.unit.endswith("/share"):
            return family in ("money_per_share", "any") or match.metric.id in _PER_SHARE
        if family == "money_per_share":
            amount = quantity.value if quantity.value is not None else quantity.low
            return amount is not None and abs(amount) < 10000
        return family in ("money", "any")
    if kind == "count":
        return family in ("count", "any", "token")
    if kind == "number":
        return _number_fits(quantity, family)
    unit = quantity.unit or ""
    if unit in ("h", "min", "day", "week", "month", "quarter", "year", "person_year"):
        return family == "time" or (unit == "day" and match.metric.id in _IN_DAYS)
    return family in (unit, "any")


# What a metric is called when it is counted by the share or in days.
_PER_SHARE = {
    "net_income": "eps", "adjusted_net_income": "adjusted_eps", "dividends": "dividend_per_share",
    "funds_from_operations": "ffo_per_share", "operating_income": "eps", "share_repurchases": "price",
    "adjusted_operating_income": "adjusted_eps",
}  # fmt: skip
_IN_DAYS = {"accounts_receivable": "days_sales_outstanding", "inventory": "inventory_days"}
_SMALL = 1000


def _by_unit(reading: Reading, place: Place) -> None:
    quantity = place.quantity
    metric_id = reading.metric
    if quantity.kind == "money" and metric_id in _PER_SHARE:
        amount = quantity.value if quantity.value is not None else quantity.low
        small = amount is not None and abs(amount) < _SMALL
        folded = place.sentence.folded
        before = folded[max(place.sentence.start, place.mark.start - 10) : place.mark.start]
        per_share = (quantity.unit or "").endswith("/share") or "每股" in before
        if per_share or (small and metric_id == "dividends"):
            reading.metric, reading.family = _PER_SHARE[metric_id], "money_per_share"
    elif quantity.kind == "money" and metric_id in _IN_MONEY:
        reading.metric, reading.family = _IN_MONEY[metric_id], "money"
    elif quantity.unit == "day" and metric_id in _IN_DAYS:
        reading.metric, reading.family = _IN_DAYS[metric_id], "time"


# What an amount of money of a thing that is counted is called.
_IN_MONEY = {
    "orders": "bookings",
    "contracts": "bookings",
    "shares_outstanding": "share_repurchases",
}
_LARGE = 100_000


def _number_fits(quantity: Quantity, family: str) -> bool:
    """Whether a number without a unit can be a level of this family."""
    amount = quantity.value if quantity.value is not None else quantity.low
    if amount is None:
        return False
    if family in ("percent", "money_per_share", "x"):
        return abs(amount) < _SMALL
    return family == "any" or (family == "count" and amount == amount.to_integral_value())


def _bare_money(quantity: Quantity, family: str) -> bool:
    """Whether a large number without a unit is money, as speech has it ("revenue of 11.5 billion")."""
    amount = quantity.value if quantity.value is not None else quantity.low
    return (
        family == "money" and not quantity.counted and amount is not None and abs(amount) >= _LARGE
    )


def _metric_behind(place: Place) -> MetricMatch | None:
    for mark in place.after():
        if mark.kind == "metric" and isinstance(mark.value, MetricMatch):
            gap = _without_scopes(place, mark)
            if place.sentence.folded[mark.start : mark.end].isascii():
                bound = _BOUND_EN.match(gap) and not _BREAKING.search(gap)
            else:
                bound = _BOUND_ZH.match(gap)
            return mark.value if bound else None
        if mark.kind == "break":
            return None
    return None


def _without_scopes(place: Place, metric_mark: Mark) -> str:
    """The gap between quantity and metric, less the scopes, companies and bases in it."""
    folded = place.sentence.folded
    pieces, at = [], place.mark.end
    for mark in place.after():
        if mark.start >= metric_mark.start:
            break
        if mark.kind in ("scope", "company", "basis", "period") and mark.start >= at:
            pieces.append(folded[at : mark.start])
            at = mark.end
    pieces.append(folded[at : metric_mark.start])
    return "".join(pieces)


def _metric_ahead(place: Place, frame: Frame) -> MetricMatch | None:
    """The best of the metrics that the sentence has named so far."""
    quantity = place.quantity
    best: tuple[float, MetricMatch] | None = None
    for order, mark in enumerate(reversed(frame.metrics)):
        match = mark.value
        if not isinstance(match, MetricMatch) or not _fits(match, quantity):
            continue
        if quantity.kind == "number" and words_in(place.gap_before(mark)) > 8:
            continue
        at_home = match.metric.family == quantity.kind
        cost = order + (0.0 if not match.weak else 0.5 if at_home else 1.5)
        if best is None or cost < best[0]:
            best = (cost, match)
    return best[1] if best else None


def _binds_tighter(place: Place, behind: MetricMatch, ahead: MetricMatch) -> bool:
    """Whether the metric behind the number takes it from the one before it."""
    folded = place.sentence.folded
    tail = next((m for m in place.after() if m.value is behind), None)
    if tail is not None and _without_scopes(place, tail).strip() == "的":
        return True
    after = folded[place.mark.end : place.mark.end + 4]
    kind = place.quantity.kind
    if kind == "percent" and re.match(r"\s*of\b", after):
        return False
    if kind == "percent" and behind.metric.family == "money" and "增" not in after:
        tail = next((m for m in place.after() if m.value is behind), None)
        gap = place.gap_after(tail) if tail else ""
        return bool(re.search(r"growth|increase|decline|decrease|的", gap)) or not ahead
    if kind == "percent" and behind.metric.family == "percent" and tail is not None:
        return words_in(place.gap_after(tail)) == 0 or ahead.metric.family != "percent"
    if ahead.weak and not behind.weak:
        return True
    nearest = next((m for m in place.before() if m.kind == "metric"), None)
    if nearest is None:
        return not behind.weak
    return words_in(place.gap_before(nearest)) > 3


def _inherited(quantity: Quantity, frame: Frame, setting: Setting) -> MetricMatch | None:
    for match in (
        setting.metric if not frame.last else None,
        frame.used,
        frame.inherited,
        setting.metric,
    ):
        if match is not None and _fits(match, quantity):
            if quantity.kind == "number" and (frame.last is None or frame.used is not match):
                continue
            if (
                quantity.kind in ("count", "measure")
                and quantity.counted
                and match.metric.family != "count"
            ):
                continue
            return match
    return None


def _without_words(reading: Reading, quantity: Quantity, frame: Frame, setting: Setting) -> None:
    """Name the metric of a quantity that no word names: by its unit, else by what is counted."""
    reading.doubts.append("metric not named")
    unit = quantity.unit or ""
    if unit.endswith("/share"):
        reading.metric, reading.family = "eps", "money_per_share"
    elif unit in _BY_UNIT:
        reading.metric, reading.family = _BY_UNIT[unit], unit
    elif quantity.kind in ("count", "measure"):
        reading.metric, reading.family = counted_name(quantity), "count"
    else:
        reading.metric, reading.family = "revenue", "money"
    del frame, setting


def choose_scope(reading: Reading, place: Place, frame: Frame, setting: Setting) -> None:
    """Settle scope and company."""
    behind = _scope_behind(place)
    if behind is not None:
        reading.scope = behind
    elif frame.scope is not None and not (frame.scope_inherited and frame.metrics):
        reading.scope = frame.scope
    else:
        reading.scope = setting.scope
    reading.entity = frame.entity or setting.about


_IN_PLACE = re.compile(
    r"^\s*(?:in|for|at|from|of|for the|in the|from the|of the|at the|within)\s+(?:the |our )?$"
)


def _scope_behind(place: Place) -> str | None:
    for mark in place.after():
        if mark.kind == "scope" and isinstance(mark.value, ScopeMatch):
            gap = place.gap_after(mark)
            if mark.value.known and (_IN_PLACE.match(gap) or gap.strip() in ("", "的", "来自")):
                return mark.value.scope
            return None
        if mark.kind in ("metric", "break", "period", "cue"):
            return None
    return None


def entity_of(mention: CompanyMention) -> Entity:
    """The entity of a company mention, under its canonical name."""
    known = company(mention.company.id)
    return Entity(id=known.id, name=known.name) if known else mention.company


def named_metric(metric_id: str) -> MetricMatch | None:
    """A match for a metric that no words name in full."""
    known = metric(metric_id)
    return MetricMatch(0, 0, known, weak=True, loss=False, adjusted=False) if known else None
