"""Link each quantity of a segment to what it measures: one sweep, left to right."""

from collections.abc import Iterator
from dataclasses import replace

from pipeline.extract.amount.drivers import is_driver
from pipeline.extract.amount.lead import lead_before
from pipeline.extract.amount.measure import set_measure
from pipeline.extract.amount.neighbours import lend_unit
from pipeline.extract.amount.rows import rows_of
from pipeline.extract.amount.units import settle_unit
from pipeline.extract.cues import Cue
from pipeline.extract.frame import Frame, Reading, Setting
from pipeline.extract.judge import is_fact
from pipeline.extract.metric.background import (
    dashed_aside,
    is_cause,
    is_excepted,
    is_where,
    is_whole,
)
from pipeline.extract.metric.carried import OF_SOME_LINES
from pipeline.extract.metric.meaning import unnamed
from pipeline.extract.metric.subject import choose_metric
from pipeline.extract.metric.whole import BY_LINE
from pipeline.extract.place import Place
from pipeline.extract.reading import (
    Mark,
    Sentence,
    lead_in_metric,
    lead_in_scope,
    opening_scope,
    sentences,
)
from pipeline.extract.scope.pairs import note_named, take_one_of_two
from pipeline.extract.scope.scoping import choose_scope, note_metric, note_scope
from pipeline.extract.scope.whose import note_company
from pipeline.extract.table import is_row, read_row
from pipeline.extract.time.modality import note_topic
from pipeline.extract.time.timing import set_time, set_year
from pipeline.extract.time.yearly import years_in_a_row
from pipeline.extract.unpunctuated import SENTENCE, with_breaks
from pipeline.lexicon.metrics import MetricMatch, related
from pipeline.lexicon.scopes import ScopeMatch
from pipeline.patterns import regex
from schemas import NormalizedSegment, Period, PeriodMention

_RESPECTIVELY = regex(r"respectively|分别|各")


def link(segment: NormalizedSegment, setting: Setting, frame: Frame) -> Iterator[Reading | None]:
    """Read every quantity of a segment, in order; None for one that is judged to be no fact.

    ``frame`` carries what an elided subject refers to from segment to segment.
    """
    if is_row(segment):
        yield from read_row(segment, setting, frame)
        return
    text = segment.text
    frame.next_segment(ascii_only=text.isascii())
    frame.of_rates = setting.of_rates
    about = setting.about.id if setting.about else None
    of_point = segment.kind == "bullet"
    for unbroken in sentences(segment):
        sentence = with_breaks(unbroken)
        frame.next_sentence(lead_in_metric(sentence), lead_in_scope(sentence, text, about))
        if frame.scope is None and sentence.first is not None:
            frame.open_with(opening_scope(sentence, text, about))
        if frame.so_far is not None and sentence.lead_in is not None:
            start, end = (segment.start + at for at in sentence.lead_in)
            if any(start <= named.start < end for named in segment.periods):
                frame.so_far = None
        note_topic(frame, sentence, segment)
        shares = _respectively(sentence)
        years = years_in_a_row(sentence)
        read = sentence
        aside = dashed_aside(sentence)
        for at, mark in enumerate(sentence.marks):
            if aside is not None and aside[0] <= mark.start < aside[1]:
                continue
            if mark.kind == "quantity":
                place = lend_unit(Place(read, at), frame, setting)
                read = place.sentence
                yield _read(place, frame, setting, shares.get(at), years.get(at))
            else:
                _hear(frame, sentence, at, setting, of_point=of_point)


def _hear(frame: Frame, sentence: Sentence, at: int, setting: Setting, *, of_point: bool) -> None:
    """Take note of a mark that is no quantity; ``of_point``: in a point of a list."""
    mark = sentence.marks[at]
    kind = mark.kind
    if kind == "break":
        _heed_break(frame, mark)
        if of_point and (mark.weight == 3 or sentence.ascii):
            frame.basis = None
    elif kind == "cue":
        _heed_cue(frame, sentence, mark)
    elif kind == "metric":
        if is_whole(sentence, at) or is_where(sentence, at):
            return
        note_metric(frame, sentence, at)
        if not (is_excepted(sentence, at) or is_cause(sentence, mark)):
            frame.metrics.append(mark)
    elif kind == "scope":
        note_named(frame, mark)
        note_scope(frame, sentence, at, setting.about)
    elif kind == "company":
        note_named(frame, mark)
        note_company(frame, sentence, at, setting.about)


def _read(
    place: Place, frame: Frame, setting: Setting, subject: Mark | None, year: Period | None
) -> Reading | None:
    reading = Reading(place.quantity, (place.sentence.start, place.sentence.end), place.mark)
    held = frame.metrics, frame.scope
    if subject is not None and isinstance(subject.value, MetricMatch):
        frame.metrics, frame.subject = [subject], subject.value
    elif subject is not None and isinstance(subject.value, ScopeMatch):
        frame.scope, frame.scope_inherited = subject.value.scope, False
    elif subject is not None and isinstance(subject.value, PeriodMention):
        year = year or subject.value.period
    chosen = choose_metric(reading, place, frame, setting)
    lead = lead_before(place)
    reading.base = lead.base and not is_driver(place)
    settle_unit(reading, place, frame, setting)
    set_measure(reading, place, frame, lead, chosen)
    if subject is not None:
        _move_alike(reading, place, frame)
    _lose_alike(reading, place, frame)
    choose_scope(reading, place, frame, setting)
    if subject is not None:
        frame.metrics, frame.scope = held
        frame.subject = None
    set_time(reading, place, frame, setting)
    if year is not None:
        set_year(reading, year, setting)
    _name_losses(reading, chosen)
    if not is_fact(reading, place, frame):
        return None
    told = frame.last
    frame.last = reading
    if reading.metric == "tenure" and told is not None and told.sentence == reading.sentence:
        # 同比增长60%，连续五个季度保持在六成上下: what follows goes on with what was told before.
        frame.last = replace(told, mark=place.mark)
    if frame.head is None and place.kind == "money" and reading.measure == "level":
        frame.head = chosen or (unnamed("revenue") if reading.metric == "revenue" else None)
    _note_counted(place, frame, chosen)
    _note_line(reading, frame, chosen)
    by_noun = chosen is not None and chosen.end == 0 and place.kind in ("count", "measure")
    frame.counted = chosen if by_noun else None
    if chosen is not None and not by_noun and reading.metric != "tenure":
        frame.used = chosen
    return reading


def _move_alike(reading: Reading, place: Place, frame: Frame) -> None:
    """Read a figure of a row as the one before it was: 分别增长 33%/15%, 分别下降 3%、5%."""
    last, previous = frame.last, place.previous()
    if last is None or previous is None or last.mark is not previous or place.quantity.signed:
        return
    alike = last.quantity.kind == place.kind and last.measure in ("growth", "change")
    if not alike or _ROW_JOINT.fullmatch(place.gap_before(previous)) is None:
        return
    reading.measure = last.measure
    if last.sign < 0 and reading.value is not None and reading.value > 0:
        reading.value, reading.sign = -reading.value, -1


def _lose_alike(reading: Reading, place: Place, frame: Frame) -> None:
    """Read what a loss is held against as a loss: "loss $217m vs $436m"."""
    last, previous = frame.last, place.previous()
    if not reading.base or last is None or previous is None or last.mark is not previous:
        return
    alike = last.metric == reading.metric and last.measure == reading.measure == "level"
    if not alike or last.value is None or last.value >= 0 or place.quantity.signed:
        return
    if _HELD_AGAINST.fullmatch(place.gap_before(previous)) and reading.value is not None:
        reading.value, reading.sign = -abs(reading.value), -1


_HELD_AGAINST = regex(r"\s*[,(]?\s*(?:vs\.?|v|versus|from|against|compared (?:to|with))\s*")
_ROW_JOINT = regex(r"\s*(?:[、,，/]|和|与|及|以及)\s*")


def _note_counted(place: Place, frame: Frame, chosen: MetricMatch | None) -> None:
    """Note what a plain measure word was said of: 门店3万家 tells what 自营1.9万家 are."""
    if chosen is None or chosen.metric.family != "count":
        return
    counted = place.quantity.counted
    named = counted is not None and len(counted) > 1 and not counted.isascii()
    if counted and (chosen.end > 0 or chosen.metric.id == "stores" or named):
        frame.told_of[counted[:1]] = chosen.as_weak(False)


def _note_line(reading: Reading, frame: Frame, chosen: MetricMatch | None) -> None:
    """Note the metric that businesses are gone through for; another amount ends it."""
    if reading.metric in OF_SOME_LINES and reading.scope is not None:
        frame.line = None
    elif chosen is not None and reading.metric == chosen.metric.id and reading.metric in BY_LINE:
        frame.line = chosen.as_weak(True), reading.sentence[0]
    elif reading.measure == "level" and reading.family in ("money", "count"):
        frame.line = None


def _heed_break(frame: Frame, mark: Mark) -> None:
    """Go back, behind a bracket that told of another metric, to the one before it.

    淨利 20 億（上季匯損 38 億），年減 9%: it is the net income that fell.
    """
    if mark.weight == 3:
        frame.entity = None
        if frame.here_behind and mark.value == ";":
            frame.here = None  # "$1bn in FY26; buyback $584m"
        if mark.value == SENTENCE:
            frame.begin_again()
    elif mark.value == "(":
        frame.outside = frame.used, frame.last, len(frame.metrics)
        frame.scope_outside = frame.scope, frame.scope_mark
    elif mark.value == ")" and frame.outside is not None:
        used, last, named = frame.outside
        other = frame.used is not used and len(frame.metrics) > named > 0
        if other and last is not None and last is not frame.last:
            frame.used, frame.last = used, last
            del frame.metrics[named:]
        elif last is not None and last is frame.last and named > 0:
            del frame.metrics[named:]  # 净利199亿元（含投资收益），去年同期68亿元
        frame.outside = None
        _leave_bracket(frame, mark)


def _leave_bracket(frame: Frame, closing: Mark) -> None:
    """Go back to the business that was spoken of before a bracket named another with a figure."""
    scope, scope_mark = frame.scope_outside
    named, last = frame.scope_mark, frame.last
    if named is None or named is scope_mark or last is None or last.mark is None:
        return
    if named.start < last.mark.start < closing.start and last.scope == frame.scope:
        frame.scope, frame.scope_mark = scope, scope_mark


def _heed_cue(frame: Frame, sentence: Sentence, mark: Mark) -> None:
    kinds = mark.value.kinds if isinstance(mark.value, Cue) else frozenset[str]()
    if "whole" in kinds and not (
        sentence.folded.endswith(_PART_OF, 0, mark.start) or _is_all_of(frame, mark)
    ):
        frame.scope, frame.scope_mark, frame.scope_inherited = None, None, False
    if "rate" in kinds:
        frame.rate = mark
    if "former" in kinds or "latter" in kinds:
        take_one_of_two(frame, mark, former="former" in kinds)


def _is_all_of(frame: Frame, whole: Mark) -> bool:
    """Whether a Chinese word of the whole is said of the business before it: 数据中心整体占56%."""
    return frame.scope_mark is not None and frame.scope_mark.end == whole.start


def _respectively(sentence: Sentence) -> dict[int, Mark]:
    """Which subject each quantity of "A and B were X and Y respectively" has, by mark index."""
    if sentence.figures < 2:
        return {}
    said = sentence.folded[sentence.start : sentence.end]
    one_each = "分别" in said or "各" in said
    if (one_each or "/" in said) and not sentence.ascii and (shares := rows_of(sentence)):
        return shares
    if not one_each and "respectively" not in said:
        return {}
    each = _EACH.search(sentence.folded, sentence.start, sentence.end)
    if each is not None and (shares := _one_each(sentence, each.end())):
        return shares
    subjects: list[Mark] = []
    quantities: list[int] = []
    for at, mark in enumerate(sentence.marks):
        if mark.kind == "quantity":
            quantities.append(at)
        elif not quantities and mark.kind in ("metric", "scope"):
            subjects.append(mark)
    for kind in ("scope", "metric"):
        row = [mark for mark in subjects if mark.kind == kind]
        if len(row) == len(quantities) > 1:
            return dict(zip(quantities, row, strict=True))
    ended = _RESPECTIVELY.search(sentence.folded, sentence.start, sentence.end)
    return _last_of(sentence, ended.start()) if ended and not each else {}


_EACH = regex(r"各|分别")
# 占总收入55%: the whole that a business is a part of is not spoken of.
_PART_OF = ("占", "占了", "占到", "占公司", "占集团")


def _one_each(sentence: Sentence, start: int) -> dict[int, Mark]:
    """The subjects before "each" for the figures behind it: DAU 1亿、MAU 3亿，各增9%和8%."""
    figures: list[int] = []
    for at, mark in enumerate(sentence.marks):
        if mark.start < start:
            continue
        if mark.kind == "break" and mark.weight > 1:
            break
        if mark.kind == "quantity":
            figures.append(at)
    return _paired(sentence, figures)


def _last_of(sentence: Sentence, end: int) -> dict[int, Mark]:
    """The same for the row that "respectively" ends: "… were $13bn and $48bn, up 2% and 4%"."""
    figures: list[int] = []
    for at in range(len(sentence.marks) - 1, -1, -1):
        mark = sentence.marks[at]
        if mark.end > end:
            continue
        unlike = figures and getattr(mark.value, "kind", None) != getattr(
            sentence.marks[figures[0]].value, "kind", None
        )
        if mark.kind in ("metric", "scope") or (mark.kind == "quantity" and unlike):
            break
        if mark.kind == "quantity":
            figures.insert(0, at)
    return _paired(sentence, figures)


def _paired(sentence: Sentence, figures: list[int]) -> dict[int, Mark]:
    if not figures:
        return {}
    start = sentence.marks[figures[0]].start
    subjects = [m for m in sentence.marks if m.kind == "metric" and m.end <= start]
    kinds = {getattr(sentence.marks[at].value, "kind", None) for at in figures}
    if len(figures) < 2 or len(kinds) > 1:
        return {}
    if len(subjects) < len(figures):
        # 美国 7 亿 / 欧洲 2 亿，同比分别增长 40% 和 60%: each of the businesses in turn.
        subjects = [m for m in sentence.marks if m.kind == "scope" and m.end <= start]
        if len(subjects) != len(figures):
            return {}
    return dict(zip(figures, subjects[-len(figures) :], strict=True))


def _name_losses(reading: Reading, chosen: MetricMatch | None) -> None:
    """A loss that narrows or widens is told of the loss itself, which moves as its words say."""
    losing = (chosen is not None and chosen.loss) or reading.losing
    if losing and reading.measure in ("growth", "change", "multiple"):
        loss = related(reading.metric, "loss")
        reading.metric = loss.id if loss else reading.metric
