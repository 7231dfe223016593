"""A text cut at given places, so that each piece knows which spans cover it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of a text that the same spans cover from its first to its last character.

    ``spans`` are numbers of spans in the order in which they begin; ``opens`` are those of them
    whose first character is the piece's.
    """

    start: int
    text: str
    spans: tuple[int, ...] = ()
    opens: tuple[int, ...] = ()


def pieces(
    text: str, spans: Sequence[tuple[int, int]], edges: Iterable[int] = ()
) -> Iterator[Piece]:
    """Cut ``text`` at the ends of the spans and at the ``edges``; joined, the pieces are the text.

    Spans may overlap, nest and repeat. What lies outside the text, or is empty, covers nothing.
    """
    size = len(text)
    within = [(max(0, start), min(size, end)) for start, end in spans]
    order = sorted(
        (number for number, (start, end) in enumerate(within) if start < end),
        key=lambda number: (within[number][0], -within[number][1], number),
    )
    cuts = {0, size, *(edge for edge in edges if 0 < edge < size)}
    for number in order:
        cuts.update(within[number])
    covering: list[int] = []
    coming = 0
    for start, end in pairwise(sorted(cuts)):
        if covering:
            covering = [number for number in covering if within[number][1] > start]
        first = coming
        while coming < len(order) and within[order[coming]][0] == start:
            coming += 1
        opens = tuple(order[first:coming])
        covering.extend(opens)
        yield Piece(start, text[start:end], tuple(covering), opens)
