"""What a growth, change or multiple is measured against: the year before, the quarter before, …"""

from collections.abc import Iterator

from pipeline.extract.cues import Cue
from pipeline.extract.frame import Frame, Reading, Setting
from pipeline.extract.place import Place, words_in
from pipeline.extract.reading import Mark
from pipeline.normalize.periods import (
    comparisons_in,
    period_of,
    quarter_before,
    year_before,
)
from pipeline.normalize.script import fold
from pipeline.patterns import regex
from schemas import Period, PeriodMention

MOVES = frozenset({"growth", "change", "multiple"})
# "last year" beside a quarter's number is the same quarter of that year.
LAST_YEAR = regex(r"(?:the )?(?:last|prior|previous) year(?:'s)?|去年|上年|上一年|前一年")
_YEAR_AGO = regex(r"year (?:ago|earlier)|(?:去年|上年)同期|一年前|^ly$")
# 預估較上季成長兩成: of a quarter to come the one before it, whichever is reported on.
_LAST_QUARTER = regex(r"^(?:上|前)(?:一|1)?(?:个|個)?季度?$")
_QUARTER = range(88, 94)
# Prices move within days and forecasts by revision, neither over the reporting year.
_PRICES = frozenset({"share_price", "target_price"})
# "doubled in two years", 半年翻了两番: the stretch itself says from when.
_WITHIN = regex(
    r"\s*(?:in|over|within) (?:just )?(?:the (?:past|last) )?(?:half )?\w+ "
    r"(?:years|months|year|decade)\b"
)
_WITHIN_BEFORE = regex(
    r"(?:半年|一年多|[两二三四五六七八九十\d]年|[一两二三\d]个月)(?:内|间|来|里)?$"
)
# What a product does for its users is compared with doing without it.
_EFFECTS = frozenset({"productivity", "price_performance", "performance", "conversion_rate"})
_PARTS = regex(r"cost us|headwind|tailwind|\bdrag|impact of|dilution|拖低|拖累|摊薄")
# "twice the size of", "50% below replacement cost": measured against a thing.
_OF_A_THING = regex(
    r"\s*(?:(?:higher|lower|greater|better|worse|more|less|ahead) (?:than|of) (?:the|our|that)\b"
    r"|(?:the|that of|what|as (?:long|much|many|fast|large|big)|below|above|than)\b"
    # "Down 20% from its peak", but "up 47% from increased purchase transactions": a cause
    r"|from (?:[a-z'-]+ ){0,2}(?:peaks?|highs?|lows?|trough|bottom|records?|levels?|price|value"
    r"|cost|average|norm|baseline|run rate|that|those|what)\b)"
)
_THING_REACH = 8
_GROWS_THAT = regex(
    r"\b(?:grew|grow|growing|grown|increased|raised|added to|cut|reduced) (?:that|it|this)"
    r"(?: by)?(?: about| roughly| around| another| nearly)? $"
    r"|在(?:此|这|这个|该)(?:一)?基础上(?:再|又|还)?(?:增长|增加|成长|提升|下降|减少)了?约?\s?$"
)


def grows_from_there(place: Place, frame: Frame) -> bool:
    """Whether a move starts from the figure before: "we had $9 billion and grew that 12%"."""
    last = frame.last
    if last is None or last.mark is not place.previous() or last.measure != "level":
        return False
    start = max(place.sentence.start, place.mark.start - 24)
    return _GROWS_THAT.search(place.sentence.folded, start, place.mark.start) is not None


# One of these stands in any comparison.
_MAY_COMPARE = regex(r"[年季比a-z]")


def own_basis(place: Place) -> str | None:
    """yoy or qoq where the clause says so, the nearest first; right of the number counts less."""
    # 持平至季增 6%: the basis stands in the range itself, which only Chinese has
    if not place.ascii and not place.said.isascii() and _MAY_COMPARE.search(place.said):
        inside = comparisons_in(place.said)
        if inside:
            return inside[-1][2]
    for mark in place.before():
        if mark.kind == "basis":
            return str(mark.value)
    for mark in place.after():
        if mark.kind == "basis":
            return str(mark.value)
        if mark.kind == "metric":
            break
    return _basis_ahead(place)


# "On a sequential basis, revenue grew 4%", 環比來看，收入增長 4%.
_AHEAD = regex(r"(?:\b(?:on an?|and|but)|[，,。;；])?\s*$")
_AHEAD_REACH = 8
_ENDS_AHEAD = regex(r"(?:来看|来说|计算?|而言|口径|方面|看|basis|terms)?[,，]")


def _basis_ahead(place: Place) -> str | None:
    """The basis that a phrase of its own names at the head of the clause, before its comma."""
    for mark in place.before(breaks=1):
        if mark.kind == "basis":
            folded = place.sentence.folded
            start = max(place.sentence.start, mark.start - _AHEAD_REACH)
            opens = start == mark.start or _AHEAD.search(folded, start, mark.start)
            return str(mark.value) if opens and _ENDS_AHEAD.match(folded, mark.end) else None
    return None


def comparison(
    reading: Reading,
    place: Place,
    frame: Frame,
    setting: Setting,
    mention: PeriodMention | None,
    versus: PeriodMention | None,
    own: str | None,
) -> str | None:
    """Settle what a reading whose period is known is compared with; None for a level.

    ``own`` is the basis that its clause names.
    """
    if reading.measure not in MOVES:
        return None
    if own is not None and (versus is None or versus.relation == "since"):
        return own
    if versus is not None and reading.modality == "forward" and _LAST_QUARTER.search(versus.text):
        return "qoq"
    if versus is not None and reading.period is not None:
        return _against(reading.period, versus)
    last = frame.last
    if (
        last is not None
        and last.period is not None
        and reading.period is not None
        and last.period.end < reading.period.end
        and grows_from_there(place, frame)
    ):
        return _named(reading.period, last.period)
    if reading.metric in _PRICES or _revised(place) or _within_a_stretch(place):
        return None
    if (base := _base_before(reading, place, frame)) is not None and reading.period is not None:
        return _named(reading.period, base)
    if _against_a_thing(place) or reading.metric in _EFFECTS or _is_a_part(place):
        return None
    open_time = mention is None or mention.relation == "by"
    if reading.measure == "multiple" and reading.modality == "forward" and open_time:
        return None
    if reading.measure == "change" and place.kind in ("count", "measure"):
        return None
    return frame.basis or setting.basis


def next_quarter(own: str | None, versus: PeriodMention | None, setting: Setting) -> Period | None:
    """The quarter to come where what is expected is told against the one before it."""
    reporting = setting.reporting
    if reporting is None or (reporting.end - reporting.start).days not in _QUARTER:
        return None
    against = versus is not None and _LAST_QUARTER.search(versus.text) is not None
    return quarter_before(reporting, -1) if own == "qoq" or against else None


def _against(period: Period, versus: PeriodMention) -> str:
    said = fold(versus.text)
    if _YEAR_AGO.search(said):
        return "yoy"
    if LAST_YEAR.fullmatch(said) and (period.end - period.start).days < 300:
        return "yoy"
    span = versus.period
    if span.start < period.start and span.end >= period.end:
        # "over the past five quarters": against the quarter before them
        first = period_of(span.start, span.start)
        return f"vs:{quarter_before(first).label}"
    return _named(period, span)


def _named(period: Period, base: Period) -> str:
    before = year_before(period)
    if (base.start, base.end) == (before.start, before.end):
        return "yoy"
    before = quarter_before(period)
    of_a_quarter = (period.end - period.start).days in _QUARTER
    if of_a_quarter and (base.start, base.end) == (before.start, before.end):
        return "qoq"
    return f"vs:{base.label}"


def _base_before(reading: Reading, place: Place, frame: Frame) -> Period | None:
    """The time of an earlier level right before the change: 上一季 33%，快了 6 个百分点."""
    last = frame.last
    if last is None or reading.measure == "growth" or place.previous() is not last.mark:
        return None
    if last.measure in MOVES:
        return None
    looked_back = (
        last.period is not None
        and reading.period is not None
        and last.period.end < reading.period.end
    )
    if reading.measure == "multiple":
        return last.period if looked_back and last.base else None
    return last.period if looked_back and last.unit != reading.unit else None


def _behind(place: Place) -> Iterator[Mark]:
    """The marks behind a number up to the end of its clause."""
    for mark in place.onward():
        if mark.kind == "break":
            return
        yield mark


def _revised(place: Place) -> bool:
    """Whether an estimate is moved: 盈利预测上调 2%."""
    return any(
        "revise" in kinds and kinds & {"up", "down"} and words_in(place.gap_before(mark)) <= 1
        for mark, kinds in place.cues_before()
    )


def _within_a_stretch(place: Place) -> bool:
    folded = place.sentence.folded
    if place.next in "iow" and _WITHIN.match(folded, place.mark.end):
        return True
    ahead = folded[max(place.sentence.start, place.mark.start - 8) : place.mark.start]
    ahead = ahead.rstrip(" 了增长翻提升")
    return ahead[-1:] in "年多月内间来里" and _WITHIN_BEFORE.search(ahead) is not None


def _is_a_part(place: Place) -> bool:
    """Whether a change is what one cause adds or takes away: "FX cost us five points"."""
    if place.kind != "points":
        return False
    folded = place.sentence.folded
    start = max(place.sentence.start, place.mark.start - 16)
    return _PARTS.search(folded, start, place.mark.end + 16) is not None


def _against_a_thing(place: Place) -> bool:
    """Whether the other side of the comparison is no time: 比国内低五个百分点."""
    behind = place.next in "hlgbwmtaf" and _OF_A_THING.match(place.sentence.folded, place.mark.end)
    if behind and not any(m.kind in ("period", "basis", "quantity") for m in _behind(place)):
        return True
    if place.kind == "multiple" and place.sentence.folded[: place.mark.start].endswith("的"):
        return not any(m.kind in ("period", "basis") for m in place.before())
    for mark in place.before():
        if mark.kind in ("period", "basis"):
            return False
        if isinstance(mark.value, Cue) and "from" in mark.value.kinds:
            near = words_in(place.gap_before(mark)) <= _THING_REACH
            return near and not _says_whence(place, mark)
    return False


# "Growth from annuals was 5.6%".
_VERB_BEHIND = regex(r"\b(?:was|were|is|are|came in|totaled|reached)\b")


def _says_whence(place: Place, mark: Mark) -> bool:
    """Whether "from" only says whose a metric is: "revenue from new businesses rose 14%"."""
    if place.sentence.folded[mark.start : mark.end] != "from":
        return False
    if _VERB_BEHIND.search(place.gap_before(mark)):
        return True
    return any(m.kind == "metric" and m.end + 1 == mark.start for m in place.before())


# 比市场预期少了3美分: by how much a result differs from what was expected.
_BY_SO_MUCH = regex(
    r"(?:[少多高低差好超短]|高出|超出|超过|多出)(?:了|出|过)?(?:近|约|整整|将近|大约)?$"
)


def differs_by_it(place: Place, mark: Mark) -> bool:
    """Whether the number is how far a result lies from the expectation before it."""
    gap = place.gap_before(mark)
    return not gap.isascii() and _BY_SO_MUCH.search(gap) is not None
