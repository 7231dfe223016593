"""When a quantity holds, what it is compared with, and whether it has happened."""

import re
from datetime import date

from pipeline.extract.cues import Cue
from pipeline.extract.frame import Frame, Reading, Setting
from pipeline.extract.place import Place, words_in
from pipeline.extract.reading import Mark
from pipeline.normalize.periods import period_of, quarter_before, year_before
from pipeline.normalize.script import fold
from schemas import Period, PeriodMention


def set_time(reading: Reading, place: Place, frame: Frame, setting: Setting) -> None:
    """Settle period, comparison and modality of a reading whose measure is known."""
    basis = _basis(place, frame, setting)
    moves = reading.measure in ("growth", "change", "multiple")
    mention, versus = _mentions(place, frame, moves=moves, base=reading.base)
    if mention is None and not reading.base and reading.nature == "flow":
        mention = frame.here
    elif mention is not None and not reading.base and _sets_the_time(place, mention, setting):
        frame.here = mention
    expected = _expected(place)
    forward = _forward(place, frame, setting, mention) or expected
    revised = reading.base and _revises(place)
    if reading.base and not revised and not expected:
        forward = False
    reading.period = _period(reading, mention, basis, forward or revised, expected, frame, setting)
    if reading.period is not None and mention is not None and not expected and not revised:
        if setting.reporting is not None and reading.period.end < setting.reporting.end:
            forward = False
        elif setting.day is not None and reading.period.start > setting.day:
            forward = True
    reading.modality = (
        "question" if setting.asked else "forward" if (forward or revised) else "actual"
    )
    _time_prices(reading, mention, setting)
    reading.expected = expected
    reading.comparison = _comparison(reading, basis, versus)
    frame.basis = basis if _own_basis(place) else frame.basis


def _sets_the_time(place: Place, mention: PeriodMention, setting: Setting) -> bool:
    """Whether a time holds for what follows in the sentence too: not one that is looked back at."""
    reporting = setting.reporting
    if mention.relation in ("versus", "since"):
        return False
    looked_back = reporting is not None and mention.period.end < reporting.end
    return not looked_back or place.previous() is None


def _own_basis(place: Place) -> str | None:
    """yoy or qoq where the clause says so, the nearest first; right of the number counts less."""
    for mark in place.before():
        if mark.kind == "basis":
            return str(mark.value)
    for mark in place.after():
        if mark.kind == "basis":
            return str(mark.value)
        if mark.kind == "metric":
            break
    return None


def _basis(place: Place, frame: Frame, setting: Setting) -> str:
    return _own_basis(place) or frame.basis or setting.basis


def _mentions(
    place: Place, frame: Frame, *, moves: bool, base: bool
) -> tuple[PeriodMention | None, PeriodMention | None]:
    """The time that the quantity is for, and the time that it is compared with."""
    versus: PeriodMention | None = None
    for mark in place.before(breaks=2):
        if isinstance(mark.value, PeriodMention) and mark.start not in frame.spent:
            if ":" in place.gap_before(mark) and not _labels(place, mark):
                continue
            if mark.value.relation == "since" and moves:
                versus = versus or mark.value
            elif moves and not base and _is_base_of_move(place, mark):
                versus = versus or mark.value
            elif mark.value.relation == "versus" and not base and not _leads(place, mark):
                versus = versus or mark.value
            else:
                return mark.value, versus
    for mark in place.after():
        if isinstance(mark.value, PeriodMention):
            if mark.value.relation in ("versus", "since") and not base:
                versus = versus or mark.value
                frame.spent.add(mark.start)
                break
            if _own_quantity_follows(place, mark):
                break
            frame.spent.add(mark.start)
            return mark.value, versus
        if mark.kind == "metric" and not base:
            break
    return None, versus


def _labels(place: Place, mark: Mark) -> bool:
    """Whether a time before a colon holds for what follows it: "(2Q: $4.4bn)", "FQ4 guide: rev"."""
    gap = place.gap_before(mark)
    return len(gap.strip()) <= 1 or mark.start - place.sentence.start <= 6


def _is_base_of_move(place: Place, mark: Mark) -> bool:
    """Whether a time before a growth or multiple is what it is measured against.

    比去年同期低了12.9个百分点, 去年的兩倍, "compared with last year, up 5%".
    """
    if isinstance(mark.value, PeriodMention) and mark.value.relation == "versus":
        return True
    folded = place.sentence.folded
    if place.quantity.kind == "multiple" and folded[mark.end : place.mark.start].strip() == "的":
        return True
    return folded[max(0, mark.start - 2) : mark.start].strip()[-1:] in ("比", "较")


def _leads(place: Place, mark: Mark) -> bool:
    """Whether a time stands right before the number as its own: 去年同期 15.94 元, "LY 90%"."""
    return words_in(place.gap_before(mark)) <= 2


def _own_quantity_follows(place: Place, mark: Mark) -> bool:
    """Whether the time behind a number rather belongs to the next one: "+8% 去年同期 5%"."""
    for later in place.sentence.marks[place.at + 1 :]:
        if later.kind == "quantity":
            to_next = len(place.sentence.folded[mark.end : later.start].strip())
            return to_next < len(place.gap_after(mark).strip())
        if later.start > mark.end and later.kind == "break":
            return False
    return False


_EXPECTED_NEAR = 4


def _expected(place: Place) -> bool:
    """Whether somebody's expectation of this very figure is quoted: consensus, guidance."""
    for mark, kinds in place.cues_before():
        if "expectation" in kinds and words_in(place.gap_before(mark)) <= _EXPECTED_NEAR:
            return True
    for mark, kinds in place.cues_after():
        if "expectation" in kinds and words_in(place.gap_after(mark)) <= 2:
            return True
    return False


def _revises(place: Place) -> bool:
    """Whether the base is a guidance before its revision: 由約 420 億調高至 430 億."""
    for mark in place.sentence.marks:
        if isinstance(mark.value, Cue) and "revise" in mark.value.kinds:
            return any(
                isinstance(m.value, Cue) and "forward" in m.value.kinds
                for m in place.sentence.marks[: place.at]
            )
    return False


def _forward(place: Place, frame: Frame, setting: Setting, mention: PeriodMention | None) -> bool:
    for mark, kinds in place.cues_before(breaks=2):
        if "forward" in kinds and words_in(place.gap_before(mark)) <= 14:
            return True
        if "past" in kinds and mark.value.kinds <= _PAST_ALONE:  # type: ignore[union-attr]
            break
    previous = place.previous()
    last = frame.last
    if last is not None and previous is last.mark and last.modality == "forward":
        breaks = [
            m.weight
            for m in place.sentence.marks[: place.at]
            if m.kind == "break" and m.start >= previous.end
        ]
        if not last.expected and max(breaks, default=0) < 2 and mention in (None, frame.here):
            return True
    past = _past(place)
    if _ranges_ahead(place) and not past and (mention is None or _future(mention.period, setting)):
        return True
    for mark, kinds in place.cues_after():
        if "forward" in kinds and words_in(place.gap_after(mark)) <= 3:
            return True
    if mention is not None and _future(mention.period, setting):
        return not past and (_ahead(mention, setting) or setting.outlook)
    return setting.outlook and (mention is None or mention.relation == "by")


_WHOLE_YEAR = re.compile(r"全年|full|fy|year|财年|\d年$")


# Cues that say past and nothing else; "up" and 突破 are said of the future too.
_PAST_ALONE = frozenset({"past", "be"})


def _ahead(mention: PeriodMention, setting: Setting) -> bool:
    """Whether a time that is not over speaks of what is to come.

    A quarter after the reported one does; of a year under way only the whole of it ("full year"),
    for "this year" may as well be the year so far.
    """
    reporting = setting.reporting
    if reporting is None or mention.period.start > reporting.end:
        return True
    return _WHOLE_YEAR.search(fold(mention.text)) is not None and "this year" not in fold(
        mention.text
    )


def _past(place: Place) -> bool:
    """Whether the clause says that it has happened."""
    return any("past" in kinds for _, kinds in place.cues_before(breaks=1))


def _ranges_ahead(place: Place) -> bool:
    """Whether the quantity is a range of money: results are figures, outlooks are ranges."""
    quantity = place.quantity
    return quantity.qualifier == "between" and quantity.kind == "money" and not quantity.worded


def _time_prices(reading: Reading, mention: PeriodMention | None, setting: Setting) -> None:
    """A share price is of the day it is told; a target price is of no day, and to come."""
    if reading.metric == "target_price":
        reading.period, reading.modality = None, "question" if setting.asked else "forward"
    elif reading.metric == "share_price" and mention is None and setting.day is not None:
        reading.period = period_of(setting.day, setting.day)


def _future(period: Period, setting: Setting) -> bool:
    """Whether a time lies ahead of the call, or is not over yet."""
    if setting.reporting is not None and period.end <= setting.reporting.end:
        return False
    day: date | None = setting.day or (setting.reporting.end if setting.reporting else None)
    return day is not None and period.end > day


def _period(
    reading: Reading,
    mention: PeriodMention | None,
    basis: str,
    forward: bool,
    expected: bool,
    frame: Frame,
    setting: Setting,
) -> Period | None:
    if mention is not None:
        frame.period = mention
        return mention.period
    reporting = setting.period.period if setting.period else setting.reporting
    if reading.base and not forward and reporting is not None:
        before = frame.last.period if frame.last and frame.last.period else reporting
        return quarter_before(before) if basis == "qoq" else year_before(before)
    if expected:
        return reporting
    if forward:
        if setting.period is not None:
            return setting.period.period
        if frame.period is not None and _future(frame.period.period, setting):
            return frame.period.period
        return None
    return reporting


def _comparison(reading: Reading, basis: str, versus: PeriodMention | None) -> str | None:
    if reading.measure not in ("growth", "change", "multiple"):
        return None
    if versus is not None and reading.period is not None:
        if _same(versus.period, year_before(reading.period)):
            return "yoy"
        if _same(versus.period, quarter_before(reading.period)):
            return "qoq"
        return f"vs:{versus.period.label}"
    if reading.measure == "multiple" and reading.modality == "forward":
        return None
    return basis


def _same(a: Period, b: Period) -> bool:
    return (a.start, a.end) == (b.start, b.end)
