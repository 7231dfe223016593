"""Which metric a quantity is an amount of."""

import re
from dataclasses import replace

from pipeline.extract.cues import Cue
from pipeline.extract.frame import Frame, Reading, Setting
from pipeline.extract.meaning import meaning, unnamed
from pipeline.extract.measure import GROWTH_METRICS
from pipeline.extract.naming import counted_name, snake_case, subject_of
from pipeline.extract.place import Place, words_in
from pipeline.extract.reading import Mark, Sentence
from pipeline.lexicon.counted import counted_metric
from pipeline.lexicon.metrics import Metric, MetricMatch, metric
from pipeline.normalize.script import fold
from schemas import Quantity

PROFITS = frozenset(
    {"net_income", "operating_income", "adjusted_net_income", "adjusted_operating_income",
     "profit_before_tax", "adjusted_profit_before_tax", "ebitda", "adjusted_ebitda", "net_loss",
     "adjusted_ebita", "profit_per_order", "eps", "adjusted_eps", "operating_loss"}
)  # fmt: skip
# Between a quantity and the metric behind it that it belongs to: "$7.2 billion of total revenue",
# "a 29 percent margin", 39% 的 Azure 增速.
_BOUND_EN = re.compile(
    r"^[\s-]*(?:(?:increase|decrease|growth|decline|rise|improvement|reduction|drop) "
    r"(?:in|of) (?:[\w&'/-]+\s+){0,4}|the number of (?:[\w&'/-]+\s+){0,2}"
    r"|(?:(?:of|in|for|worth of)\s)?\s*(?:the |our |its |their |a |an )?(?:[\w&'/-]+\s+){0,2})$"
)
_BREAKING = re.compile(
    r"\b(?:o/w|incl|including|excluding|ex|and|on|from|with|by|to|versus|vs|than|as|was|were|is|"
    r"are|had|has|we|which|at|while|but)\b"
)
_BOUND_ZH = re.compile(r"^\s*(?:左右|以上|以下|多)?\s*(?:的)?[^，。；,;、：]{0,4}$")
_OF_WHOLE = re.compile(r"^\s*of\s+(?:the |our |its |total |net )*$")
_MOVE_WORDS = re.compile(r"growth|increase|decline|decrease|的")
# "$5 a month", "NT$199 per user": what one of something costs.
_PRICE = re.compile(
    r"\s*(?:a|per|each|/)\s*(?:month|user|seat|person|week|gallon|ton|unit|barrel|kilo)|/月|/人"
)
_LARGE = re.compile(r"million|billion|trillion|亿")
# What is "left" or "remaining" of a buyback is the authorization.
_LEFT = re.compile(
    r"[^.;。；]{0,30}\b(?:left|remaining|remains|available|unused)\b|[^，。；]{0,6}(?:剩余|未使用)?额度"
)


def _is_left(place: Place) -> bool:
    return place.quantity.kind == "money" and bool(
        _LEFT.match(place.sentence.folded, place.mark.end)
    )


# Items and products are units where they are sold, selection where they are on offer.
_GOODS = frozenset({"selection", "products"})
_SOLD = re.compile(r"purchased|bought|sold|delivered|shipped|ordered|卖出|售出|销售了|交付|出货")
_TO_OWNERS = re.compile(r"\s*(?:of capital |in cash )?to (?:our )?(?:share|stock)holders")
_HOW_OFTEN = re.compile(r"(?P<day>每天|每日|日均|daily)|每月|月均|monthly")
# How many words may part a bare number from the metric that gives it its unit.
_FAR, _CLOSE = 8, 2
_NEAR = 3
# "33x '26E EPS" is a price over earnings.
_EARNINGS = frozenset({"eps", "adjusted_eps"})
# Unit -> the metric that a quantity has where nothing names one.
_BY_UNIT = {"W": "power_capacity", "bit/s": "data_rate"}


def choose_metric(
    reading: Reading, place: Place, frame: Frame, setting: Setting
) -> MetricMatch | None:
    """Settle the reading's metric; give the match that says so, None where nothing names one."""
    quantity = place.quantity
    chosen = (
        _held_by_base(place, frame)
        or _counted(reading, place, frame, setting)
        or _nearby(place, frame, setting)
    )
    if (chosen is None or _far(chosen, place, frame)) and (said := _own_subject(place)) is not None:
        subject, moves = said
        reading.doubts.append("metric from words")
        if moves:
            reading.metric, reading.family = "revenue", "money"
            reading.business = subject.title()
        else:
            reading.metric, reading.family = snake_case(subject), "any"
        return None
    chosen = chosen or _inherited(reading, place, frame, setting)
    if quantity.kind == "money" and not reading.doubts:
        chosen = _profit_or_loss(place, frame, chosen) or chosen
    if (of_unit := _BY_UNIT.get(quantity.unit or "")) is not None:
        chosen = unnamed(of_unit)
    elif _PRICE.match(place.sentence.folded, place.mark.end) and quantity.kind == "money":
        chosen = unnamed("price")
    elif _TO_OWNERS.match(place.sentence.folded, place.mark.end) and quantity.kind == "money":
        chosen = unnamed("shareholder_returns")
    elif chosen is not None and chosen.metric.id == "share_repurchases" and _is_left(place):
        chosen = unnamed("repurchase_authorization")
    meant = _meant(chosen, place, setting) if chosen else None
    if chosen is None or meant is None:
        _without_words(reading, place)
        return None
    _settle(reading, meant)
    if chosen.weak:
        reading.doubts.append("weak metric")
    return chosen


def _far(chosen: MetricMatch, place: Place, frame: Frame) -> bool:
    """Whether a metric was named in another clause of the sentence, or before the sentence."""
    return chosen is frame.used or not any(
        mark.value is chosen for mark in (*place.before(), *place.after())
    )


def _own_subject(place: Place) -> tuple[str, bool] | None:
    """What an English clause is about where no list knows it: "deposit costs averaged"."""
    if place.quantity.kind not in ("percent", "points", "money"):
        return None
    start = place.sentence.start
    for mark in place.before(breaks=0):
        if mark.kind in ("metric", "scope", "company"):
            return None
    for k in range(place.at - 1, -1, -1):
        mark = place.sentence.marks[k]
        if mark.kind in ("break", "quantity"):
            start = mark.end
            break
    return subject_of(place.sentence.folded[start : place.mark.start].lstrip())


def _settle(reading: Reading, meant: Metric) -> None:
    reading.metric, reading.family, reading.nature = meant.id, meant.family, meant.nature


def _per_share(place: Place) -> bool:
    return "每股" in _just_before(place)


def _just_before(place: Place, reach: int = 10) -> str:
    start = max(place.sentence.start, place.mark.start - reach)
    return place.sentence.folded[start : place.mark.start]


def _meant(match: MetricMatch, place: Place, setting: Setting) -> Metric | None:
    return meaning(match, place.quantity, per_share=_per_share(place), scaled=setting.scale != 1)


def _means(match: MetricMatch, place: Place, setting: Setting) -> bool:
    return _meant(match, place, setting) is not None


def _nearby(place: Place, frame: Frame, setting: Setting) -> MetricMatch | None:
    behind = _metric_behind(place)
    ahead = _metric_ahead(place, frame, setting)
    if behind is not None and not _means(behind, place, setting):
        behind = None
    if behind is not None and place.quantity.kind == "multiple" and behind.metric.id in _EARNINGS:
        return unnamed("price_to_earnings")
    if behind is not None and (ahead is None or _binds_tighter(place, behind, ahead)):
        return behind
    return ahead


def _counted(reading: Reading, place: Place, frame: Frame, setting: Setting) -> MetricMatch | None:
    """The metric that what is counted tells: 440,000 shares, 3,508座."""
    quantity = place.quantity
    if quantity.kind not in ("count", "measure") or not quantity.counted:
        return None
    found = counted_metric(fold(quantity.counted))
    if found is None:
        return None
    meant = found.metric
    if found.weak:
        better = _nearby(place, frame, setting)
        if better is not None and (not better.weak or _leads_up(better, place)):
            return None
    if meant.id in _GOODS and _SOLD.search(_just_before(place, 24)):
        goods = unnamed("units")
        meant = goods.metric if goods else meant
    if meant.id == "shares_outstanding" and _names(place, "share_repurchases"):
        bought = unnamed("shares_repurchased")
        meant = bought.metric if bought else meant
    if meant.id == "users" and (often := _HOW_OFTEN.search(_just_before(place))):
        active = unnamed("daily_active_users" if often["day"] else "monthly_active_users")
        meant = active.metric if active else meant
    reading.scope = found.scope
    reading.unit = found.unit
    return MetricMatch(0, 0, meant, weak=found.weak, loss=False, adjusted=False)


def _leads_up(match: MetricMatch, place: Place) -> bool:
    """Whether a counted metric stands right before its number: 衛星數量擴展至 150 餘顆."""
    mark = next((m for m in place.before() if m.value is match), None)
    near = mark is not None and words_in(place.gap_before(mark)) <= _NEAR
    return near and match.metric.family == "count"


def _names(place: Place, metric_id: str) -> bool:
    return any(
        isinstance(m.value, MetricMatch) and m.value.metric.id == metric_id
        for m in place.sentence.marks
    )


def _held_by_base(place: Place, frame: Frame) -> MetricMatch | None:
    """The metric of the reading before, where this quantity is the base that it is compared with.

    "$5.87 per diluted share, compared to $5.29": the same metric, whatever else was named earlier.
    """
    last, previous = frame.last, place.previous()
    if last is None or previous != last.mark or frame.used is None:
        return None
    cue, kinds = next(place.cues_before(breaks=1), (None, frozenset[str]()))
    if (
        cue is None
        or "from" not in kinds
        or any(m.kind == "metric" for m in place.before(breaks=1))
    ):
        return None
    if last.quantity.kind != place.quantity.kind and place.quantity.kind != "number":
        return None
    same = unnamed(last.metric)
    return replace(same, weak=False, loss=frame.used.loss) if same else frame.used


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
    return unnamed("net_income")


def is_whole(sentence: Sentence, at: int) -> bool:
    """Whether a metric is only the whole that a share is of: 占营收 30.9%, 44% of revenue."""
    mark = sentence.marks[at]
    later = sentence.marks[at + 1] if at + 1 < len(sentence.marks) else None
    if later is not None and isinstance(later.value, Quantity):
        # 貸款總額的 40 個基點, 流水的七成: what stands before 的 is the whole.
        parts = later.value.kind in ("percent", "points") and not later.value.signed
        if parts and sentence.folded[mark.end : later.start].strip() == "的":
            return True
    earlier = sentence.marks[at - 1] if at else None
    if earlier is None:
        return False
    gap = sentence.folded[earlier.end : mark.start]
    if isinstance(earlier.value, Cue) and "share" in earlier.value.kinds:
        # "a fifth of revenue arpu there is $4": a cue that names its whole has none behind it.
        named = _NAMES_WHOLE.search(sentence.folded[earlier.start : earlier.end]) is not None
        return len(gap.strip()) <= 2 and not named
    if isinstance(earlier.value, Quantity) and earlier.value.kind == "percent":
        return _OF_WHOLE.match(gap) is not None
    return re.search(r"(?:percentage|percent|%) of (?:our |total |net )*$", gap) is not None


def _metric_behind(place: Place) -> MetricMatch | None:
    for mark in place.after():
        if mark.kind == "metric" and isinstance(mark.value, MetricMatch):
            gap = _without_names(place, mark)
            if place.sentence.folded[mark.start : mark.end].isascii():
                bound = bool(_BOUND_EN.match(gap)) and not _BREAKING.search(gap)
            else:
                bound = bool(_BOUND_ZH.match(gap))
            return mark.value if bound else None
        if mark.kind == "break":
            return None
    return None


def _without_names(place: Place, metric_mark: Mark) -> str:
    """The gap between quantity and metric, less the scopes, companies, times and bases in it."""
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


def _metric_ahead(place: Place, frame: Frame, setting: Setting) -> MetricMatch | None:
    """The best of the metrics that the sentence has named so far, or the one used just before."""
    quantity = place.quantity
    if (same := _continued(place, frame, setting)) is not None:
        return same
    best: tuple[float, MetricMatch] | None = None
    here = [m.value for m in place.before() if isinstance(m.value, MetricMatch)]
    clear = any(not match.weak and _means(match, place, setting) for match in here)
    for order, mark in enumerate(reversed(frame.metrics)):
        match = mark.value
        if not isinstance(match, MetricMatch) or not _means(match, place, setting):
            continue
        large = quantity.kind == "number" and "," in quantity.text
        reach = _FAR if match.metric.family != "count" or large else _CLOSE
        if quantity.kind == "number" and words_in(place.gap_before(mark)) > reach:
            continue
        # An ambiguous word of this clause beats a clear one of another; within a clause it yields.
        own = match in here and not clear
        at_home = match.metric.family == quantity.kind
        cost = order + (0.0 if not match.weak else 0.4 if own or at_home else 1.5)
        if best is None or cost < best[0]:
            best = (cost, match)
    if best is not None and best[1].weak:
        return _pointed_to(best[1], place, frame) or best[1]
    return best[1] if best else None


_POINTING = re.compile(r"(?:\b(?:these|those|this|such|that)|该|这些|此|上述)\s*$")


def _pointed_to(match: MetricMatch, place: Place, frame: Frame) -> MetricMatch | None:
    """The metric that an ambiguous word points back to: "These investments were $54 billion"."""
    mark = next((m for m in frame.metrics if m.value is match), None)
    earlier = frame.used
    if mark is None or earlier is None or earlier.metric.family != match.metric.family:
        return None
    before = place.sentence.folded[place.sentence.start : mark.start]
    return earlier if _POINTING.search(before) else None


# Revenues that are one business's by name; beside another business's name they are plain revenue.
_OF_ONE_BUSINESS = frozenset({"advertising_revenue", "subscription_revenue", "ai_revenue"})
# How far a growth rate may stand behind the count that it is of: "116,007 台，同比增长149.3%".
_COUNT_REACH = 8


def _continued(place: Place, frame: Frame, setting: Setting) -> MetricMatch | None:
    """The metric of the figure before, where no other is named in between."""
    last, previous = frame.last, place.previous()
    if last is None or previous is None or previous != last.mark or place.quantity.kind == "number":
        return None
    between = _between(place, previous)
    # What a count counts is named right behind it and names no other measure.
    counts = isinstance(previous.value, Quantity) and previous.value.counted is not None
    noun = previous.end + 1 if counts else 0
    if any(m.kind == "metric" and m.start > noun for m in between):
        return None
    match = frame.used
    if frame.counted is not None:
        far = any(m.kind == "break" and m.weight > 1 for m in between)
        if far or words_in(place.gap_before(previous)) > _COUNT_REACH:
            return None
        match = frame.counted
    if match is None or not _means(match, place, setting):
        return None
    rated = match.metric.family == "percent" and match.metric.id not in GROWTH_METRICS
    if rated and place.quantity.signed and any(m.kind == "basis" for m in between):
        # A rate moves by points; what grows by +150% beside it is the business.
        return unnamed("revenue")
    if match.metric.id in _OF_ONE_BUSINESS and any(m.kind == "scope" for m in between):
        return unnamed("revenue")
    read = metric(last.metric)
    return replace(match, metric=read) if read and last.measure == "level" else match


def _between(place: Place, left: Mark | None) -> list[Mark]:
    start = left.end if left else place.sentence.start
    return [m for m in place.sentence.marks[: place.at] if m.start >= start]


def _binds_tighter(place: Place, behind: MetricMatch, ahead: MetricMatch) -> bool:
    """Whether the metric behind the number takes it from the one before it."""
    folded = place.sentence.folded
    tail = next((m for m in place.after() if m.value is behind), None)
    if tail is None:
        return False
    if _without_names(place, tail).strip() in ("的", "用于", "用来", "用作"):
        return True
    after = folded[place.mark.end : place.mark.end + 4]
    kind = place.quantity.kind
    gap = place.gap_after(tail)
    if kind == "percent" and re.match(r"\s*of\b", after):
        return False
    if kind == "percent" and behind.metric.family == "money":
        return _MOVE_WORDS.search(gap) is not None and not behind.weak
    if kind == "percent" and behind.metric.family == "percent":
        return words_in(gap) == 0 or ahead.metric.family != "percent"
    if ahead.weak and not behind.weak:
        return True
    nearest = next((m for m in place.before() if m.kind == "metric"), None)
    if nearest is None:
        return not behind.weak
    return words_in(place.gap_before(nearest)) > 3 and not behind.weak


def _inherited(
    reading: Reading, place: Place, frame: Frame, setting: Setting
) -> MetricMatch | None:
    """The metric of the sentence before, of the heading or of the segment's label."""
    quantity = place.quantity
    if setting.metric is None and _business_alone(place, frame):
        return unnamed("revenue")
    first = setting.metric if frame.last is None else None
    for match in (first, frame.used, frame.inherited, setting.metric):
        if match is None or not _means(match, place, setting):
            continue
        if quantity.kind == "number" and (frame.last is None or frame.used is not match):
            continue
        counting = quantity.kind in ("count", "measure") and quantity.counted
        if counting and match.metric.family != "count":
            continue
        reading.doubts.append("metric inherited")
        return replace(match, weak=False)
    return None


def _business_alone(place: Place, frame: Frame) -> bool:
    """Whether only a business stands before an amount: 直播 96 亿, "Semis $9.2bn".

    It is its revenue, unless the sentence goes through the businesses of another metric.
    """
    kind = place.quantity.kind
    moved = False
    for mark in place.before():
        if mark.kind == "cue" and kind == "percent" and isinstance(mark.value, Cue):
            moved |= bool(mark.value.kinds & {"up", "down", "rate"})
        elif mark.kind == "scope":
            near = words_in(place.gap_before(mark)) <= (1 if kind == "money" else _NEAR)
            last = frame.last
            alone = last is None or last.sentence != (place.sentence.start, place.sentence.end)
            return alone and near and (kind == "money" or moved)
        elif mark.kind in ("metric", "cue"):
            return False
    return False


def _without_words(reading: Reading, place: Place) -> None:
    """Name the metric of a quantity that no word names: by its unit, else by what is counted."""
    quantity = place.quantity
    reading.doubts.append("metric not named")
    unit = quantity.unit or ""
    cents = quantity.kind == "money" and _in_cents(quantity) and not _is_price_of(place)
    if unit.endswith("/share") or cents:
        reading.metric, reading.family = "eps", "money_per_share"
    elif unit in _BY_UNIT:
        reading.metric, reading.family = _BY_UNIT[unit], unit
    elif quantity.kind in ("number", "count") and not quantity.counted and _spoken_money(place):
        reading.metric, reading.family = "revenue", "money"
    elif quantity.kind in ("count", "measure", "number"):
        reading.metric, reading.family = counted_name(quantity), "count"
    else:
        reading.metric, reading.family = "revenue", "money"


def _is_price_of(place: Place) -> bool:
    """Whether a product named in the clause has this price: "the hot dog combo is still $1.50"."""
    return any(mark.kind == "scope" for mark in place.before())


def _in_cents(quantity: Quantity) -> bool:
    """Whether an amount is told to the cent: guidance of "$14.08 to $14.12" is of each share."""
    amount = quantity.value if quantity.value is not None else quantity.low
    if amount is None or not quantity.text.isascii():
        return False
    return abs(amount) < _DOLLARS and amount != amount.to_integral_value()


_DOLLARS = 200
_NAMES_WHOLE = re.compile(r"(?:revenues?|sales|total)$")


def _spoken_money(place: Place) -> bool:
    """Whether captions speak of money without its currency: "we're at roughly twelve billion"."""
    spoken = place.sentence.text.islower() and place.sentence.text.isascii()
    return spoken and _LARGE.search(fold(place.quantity.text)) is not None
