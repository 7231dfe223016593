"""Link each quantity of a segment to what it measures: one sweep, left to right."""

import re
from collections.abc import Iterator
from decimal import Decimal

from pipeline.extract.frame import Frame, Reading, Setting
from pipeline.extract.judge import is_fact
from pipeline.extract.measure import set_measure
from pipeline.extract.place import Place, words_in
from pipeline.extract.reading import Mark, Sentence, lead_in_metric, sentences
from pipeline.extract.subject import choose_metric, choose_scope, entity_of, is_whole
from pipeline.extract.timing import set_time
from pipeline.extract.table import is_row, read_row
from pipeline.lexicon.metrics import MetricMatch
from pipeline.lexicon.scopes import ScopeMatch
from schemas import CompanyMention, NormalizedSegment, Quantity


def link(segment: NormalizedSegment, setting: Setting, frame: Frame) -> Iterator[Reading | None]:
    """Read every quantity of a segment, in order; None for one that is judged to be no fact.

    ``frame`` carries what an elided subject refers to from segment to segment.
    """
    if is_row(segment):
        yield from read_row(segment, setting)
        return
    for sentence in sentences(segment):
        frame.next_sentence(lead_in_metric(sentence))
        shares = _respectively(sentence)
        for at, mark in enumerate(sentence.marks):
            if mark.kind == "metric":
                if not is_whole(sentence, at):
                    frame.metrics.append(mark)
            elif mark.kind == "scope":
                _name_scope(frame, sentence, at)
            elif mark.kind == "company" and isinstance(mark.value, CompanyMention):
                _name_company(frame, sentence, mark)
            elif mark.kind == "cue":
                _heed_cue(frame, mark)
            elif mark.kind == "break" and mark.weight == 3:
                frame.entity = None
            elif mark.kind == "quantity":
                yield _read(Place(sentence, at), frame, setting, shares.get(at))


def _read(place: Place, frame: Frame, setting: Setting, subject: Mark | None) -> Reading | None:
    quantity = place.quantity
    reading = Reading(quantity, (place.sentence.start, place.sentence.end), place.mark)
    held = frame.metrics, frame.scope
    if subject is not None and isinstance(subject.value, MetricMatch):
        frame.metrics = [subject]
    elif subject is not None and isinstance(subject.value, ScopeMatch):
        frame.scope, frame.scope_inherited = subject.value.scope, False
    chosen = choose_metric(reading, place, frame, setting)
    _settle_unit(reading, quantity, chosen, frame, setting)
    set_measure(reading, place, frame, chosen)
    choose_scope(reading, place, frame, setting)
    if subject is not None:
        frame.metrics, frame.scope = held
    set_time(reading, place, frame, setting)
    _name_losses(reading, chosen)
    if not is_fact(reading, place, frame):
        return None
    frame.last = reading
    if chosen is not None:
        frame.used = chosen
    return reading


def _name_scope(frame: Frame, sentence: Sentence, at: int) -> None:
    mark = sentence.marks[at]
    match = mark.value
    if not isinstance(match, ScopeMatch):
        return
    if not match.known and not _stands_as_subject(sentence, at):
        return
    earlier = frame.scope_mark
    if earlier is not None and isinstance(earlier.value, ScopeMatch):
        between = sentence.folded[earlier.end : mark.start]
        # "AWS in North America": of two scopes in one phrase the first is what is measured.
        if match.kind == "region" and len(between) < 8 and not re.search(r"[,，;；、/]", between):
            return
    frame.scope, frame.scope_mark, frame.scope_inherited = match.scope, mark, False


def _stands_as_subject(sentence: Sentence, at: int) -> bool:
    """Whether a name that no list knows is what the clause is about."""
    mark = sentence.marks[at]
    for later in sentence.marks[at + 1 :]:
        if later.kind in ("metric", "cue", "quantity"):
            return words_in(sentence.folded[mark.end : later.start]) <= 1
        if later.kind == "break":
            return later.weight == 2
    return False


def _name_company(frame: Frame, sentence: Sentence, mark: Mark) -> None:
    if not isinstance(mark.value, CompanyMention):
        return
    before = sentence.folded[max(sentence.start, mark.start - 12) : mark.start]
    if re.search(
        r"(?:with|by|versus|vs|from|to|for|like|inside|and|与|和|跟|对|比|给|由|向|同)\s*$", before
    ):
        return
    frame.entity = entity_of(mark.value)


# Companies in these places are not what the sentence is about: "with Microsoft", 与英伟达.
_ASIDE = re.compile(
    r"(?:\b(?:with|by|versus|vs|from|to|for|like|inside|at|than|of)|与|和|跟|对|比|给|由|向|同)\s*$"
)


def _heed_cue(frame: Frame, mark: Mark) -> None:
    kinds = getattr(mark.value, "kinds", frozenset())
    if "whole" in kinds:
        frame.scope, frame.scope_mark, frame.scope_inherited = None, None, False
    if "rate" in kinds:
        frame.rate = mark


def _respectively(sentence: Sentence) -> dict[int, Mark]:
    """Which subject each quantity of "A and B were X and Y respectively" has, by mark index."""
    if not re.search(r"respectively|分别", sentence.folded[sentence.start : sentence.end]):
        return {}
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
    return {}


def _settle_unit(
    reading: Reading,
    quantity: Quantity,
    chosen: MetricMatch | None,
    frame: Frame,
    setting: Setting,
) -> None:
    """Give the number the unit that its metric implies where its own words leave it open."""
    unit = quantity.unit
    if (
        quantity.kind == "money"
        and reading.family == "money_per_share"
        and unit
        and "/" not in unit
    ):
        unit = f"{unit}/share"
    elif quantity.kind in ("number", "count") and reading.family == "money":
        unit = setting.currency or "USD"
    elif quantity.kind == "number":
        if reading.family == "percent":
            unit = "percent"
        elif reading.family == "money_per_share":
            unit = f"{setting.currency or 'USD'}/share"
        elif reading.family == "x":
            unit = "x"
        elif reading.family == "count":
            unit = "count"
        elif frame.last is not None and reading.family == frame.last.family:
            unit = frame.last.unit
    reading.unit = unit or "count"
    if chosen is None and reading.metric == "eps" and not reading.unit.endswith("/share"):
        reading.unit = f"{reading.unit}/share"


# A loss that narrows or widens is told of the loss itself, which moves as its own words say.
_LOSS_OF = {
    "net_income": "net_loss",
    "operating_income": "operating_loss",
    "adjusted_net_income": "adjusted_net_loss",
    "adjusted_operating_income": "adjusted_operating_loss",
}


def _name_losses(reading: Reading, chosen: MetricMatch | None) -> None:
    losing = (chosen is not None and chosen.loss) or reading.losing
    if losing and reading.measure in ("growth", "change", "multiple"):
        reading.metric = _LOSS_OF.get(reading.metric, reading.metric)


def midpoint(reading: Reading) -> Decimal | None:
    """The amount to compare by: the value, else an end of the range."""
    for amount in (reading.value, reading.low, reading.high):
        if amount is not None:
            return amount
    return None
