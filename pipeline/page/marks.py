"""What is marked in a transcript: the characters that facts cite, and quantities without a fact."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from schemas import Fact, NormalizedSegment, Quantity

LOW_CONFIDENCE = 0.8
"""A fact below this is shown as doubtful: its reading raised a doubt of some weight."""


@dataclass(frozen=True, slots=True)
class Cited:
    """The characters from ``start`` to ``end``, and what stands there.

    Either ``facts`` that cite just these, or a ``quantity`` that no fact cites. ``differs`` says
    that they are a translation whose figure is not the original's.
    """

    start: int
    end: int
    facts: tuple[Fact, ...] = ()
    quantity: Quantity | None = None
    differs: bool = False


def marks(facts: Sequence[Fact], segments: Sequence[NormalizedSegment]) -> list[Cited]:
    """Give what is marked, by place. Marks may overlap, but a quantity never overlaps a fact."""
    cited = list(_cited(facts))
    free = list(_without_a_fact(cited, segments))
    return sorted([*cited, *free], key=lambda mark: (mark.start, -mark.end))


def is_doubtful(fact: Fact) -> bool:
    """Whether a fact is of low confidence."""
    return fact.confidence < LOW_CONFIDENCE


def differs(fact: Fact) -> bool:
    """Whether a translation of a fact's sentence gives another figure than the original."""
    return any(not evidence.agrees for evidence in fact.evidence)


def _cited(facts: Sequence[Fact]) -> Iterator[Cited]:
    places: dict[tuple[int, int], dict[str, Fact]] = {}
    disagreeing: set[tuple[int, int]] = set()
    for fact in facts:
        for evidence in fact.evidence:
            place = evidence.start, evidence.end
            places.setdefault(place, {})[fact.fact_id] = fact
            if not evidence.agrees:
                disagreeing.add(place)
    for place, here in places.items():
        yield Cited(*place, facts=tuple(here.values()), differs=place in disagreeing)


def _without_a_fact(
    cited: Sequence[Cited], segments: Sequence[NormalizedSegment]
) -> Iterator[Cited]:
    starts, ends = _merged(cited)
    seen: set[tuple[int, int]] = set()
    for segment in segments:
        for quantity in (*segment.quantities, *segment.pair_quantities):
            place = quantity.start, quantity.end
            before = bisect_left(starts, quantity.end) - 1
            if place not in seen and (before < 0 or ends[before] <= quantity.start):
                seen.add(place)
                yield Cited(*place, quantity=quantity)


def _merged(cited: Sequence[Cited]) -> tuple[list[int], list[int]]:
    """Give starts and ends of the stretches that facts cite, overlapping ones made one."""
    starts: list[int] = []
    ends: list[int] = []
    for start, end in sorted((mark.start, mark.end) for mark in cited):
        if ends and start <= ends[-1]:
            ends[-1] = max(ends[-1], end)
        else:
            starts.append(start)
            ends.append(end)
    return starts, ends
