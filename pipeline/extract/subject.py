"""Which metric, scope and company a quantity is about."""

import re

from pipeline.extract.frame import Frame, Reading, Setting
from pipeline.extract.naming import counted_name
from pipeline.extract.place import Place, words_in
from pipeline.extract.reading import Mark
from pipeline.lexicon.companies import company
from pipeline.lexicon.counted import counted_metric
from pipeline.lexicon.metrics import MetricMatch
from pipeline.lexicon.scopes import ScopeMatch
from pipeline.normalize.script import fold
from schemas import CompanyMention, Entity, Quantity

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
            reading.unit, reading.scope = found.unit, found.scope
            return None
    if chosen is None:
        chosen = _inherited(quantity, frame, setting)
        if chosen is not None:
            reading.doubts.append("metric inherited")
    if chosen is None:
        _without_words(reading, quantity, frame, setting)
        return None
    reading.metric, reading.family = chosen.metric.id, chosen.metric.family
    if chosen.weak:
        reading.doubts.append("weak metric")
    return chosen


def _fits(match: MetricMatch, quantity: Quantity) -> bool:
    """Whether a quantity of this kind can be an amount, growth or share of the metric."""
    family = match.metric.family
    kind = quantity.kind
    if kind in ("percent", "multiple"):
        return True
    if kind == "points":
        return True
    if kind == "money":
        if quantity.unit is not None and quantity.unit.endswith("/share"):
            return family in ("money_per_share", "any")
        if family == "money_per_share":
            amount = quantity.value if quantity.value is not None else quantity.low
            return amount is not None and abs(amount) < 10000
        return family in ("money", "any")
    if kind == "count":
        return family in ("count", "any", "token")
    if kind == "number":
        return family in ("percent", "money_per_share", "count", "x", "any")
    unit = quantity.unit or ""
    if unit in ("h", "min", "day", "week", "month", "quarter", "year", "person_year"):
        return family == "time"
    return family in (unit, "any")


def _metric_behind(place: Place) -> MetricMatch | None:
    for mark in place.after():
        if mark.kind == "metric" and isinstance(mark.value, MetricMatch):
            gap = _without_scopes(place, mark)
            if place.sentence.folded[mark.start : mark.end].isascii():
                bound = _BOUND_EN.match(gap) and not _BREAKING.search(gap)
            else:
                bound = _BOUND_ZH.match(gap)
            return mark.value if bound else None
        if mark.kind in ("break", "period"):
            return None
    return None


def _without_scopes(place: Place, metric_mark: Mark) -> str:
    """The gap between quantity and metric, less the scopes, companies and bases in it."""
    folded = place.sentence.folded
    pieces, at = [], place.mark.end
    for mark in place.after():
        if mark.start >= metric_mark.start:
            break
        if mark.kind in ("scope", "company", "basis") and mark.start >= at:
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
        cost = order * 1.0 + (1.5 if match.weak else 0.0)
        if best is None or cost < best[0]:
            best = (cost, match)
    return best[1] if best else None


def _binds_tighter(place: Place, behind: MetricMatch, ahead: MetricMatch) -> bool:
    """Whether the metric behind the number takes it from the one before it."""
    folded = place.sentence.folded
    after = folded[place.mark.end : place.mark.end + 4]
    kind = place.quantity.kind
    if kind == "percent" and re.match(r"\s*of\b", after):
        return False
    if kind == "percent" and behind.metric.family == "money" and "增" not in after:
        tail = next((m for m in place.after() if m.value is behind), None)
        gap = place.gap_after(tail) if tail else ""
        return bool(re.search(r"growth|increase|decline|decrease|的", gap)) or not ahead
    if ahead.weak and not behind.weak:
        return True
    nearest = next((m for m in place.before(breaks=0) if m.kind == "metric"), None)
    if nearest is None:
        return not behind.weak
    gap = place.gap_before(nearest)
    if not gap.isascii() and words_in(gap) <= 2:
        return False
    return words_in(gap) > 3 or behind.metric.family == place.quantity.kind


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
