"""A segment's words without the line ends and the time stamps that captions put between them."""

from bisect import bisect_right
from collections.abc import Iterable
from functools import lru_cache
from typing import TypeVar

from pipeline.patterns import regex
from schemas import CompanyMention, Evidence, NormalizedSegment, PeriodMention, Quantity, Segment

Placed = TypeVar("Placed", Quantity, PeriodMention, CompanyMention, Evidence)

# A line end, and the stamp with the number of its cue on the lines after it or before the words.
_BREAK = regex(
    r"\s*[\n\r](?:\s*(?:\d{1,5}\s*[\n\r]\s*)?[\[(（<]?\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?[\])）>]?"
    r"(?:\s*-->\s*[\d:.,]+[^\n\r]*)?)?\s*"
)


class Unbroken:
    """A text in which each break is one blank (none between Chinese characters).

    ``text`` is that text; ``place`` and ``origin`` lead from the text as written to it and back.
    """

    def __init__(self, written: str) -> None:
        pieces: list[str] = []
        self._ours: list[int] = []
        self._theirs: list[int] = []
        ours = begin = 0
        for found in _BREAK.finditer(written):
            start, end = found.span()
            self._note(ours, begin)
            pieces.append(written[begin:start])
            ours += start - begin
            glue = "" if _is_han(written[start - 1 : start], written[end : end + 1]) else " "
            self._note(ours, start)
            pieces.append(glue)
            ours += len(glue)
            begin = end
        self._note(ours, begin)
        pieces.append(written[begin:])
        self.text = "".join(pieces)

    def _note(self, ours: int, theirs: int) -> None:
        self._ours.append(ours)
        self._theirs.append(theirs)

    def origin(self, place: int) -> int:
        """Give where a character of this text stands in the text as written."""
        index = bisect_right(self._ours, place) - 1
        return self._theirs[index] + place - self._ours[index]

    def origin_of_end(self, end: int) -> int:
        """Give the end, in the text as written, of what ends at ``end`` here."""
        return self.origin(end - 1) + 1 if end else 0

    def place(self, origin: int) -> int:
        """Give where a character of the text as written stands in this one."""
        index = bisect_right(self._theirs, origin) - 1
        return self._ours[index] + origin - self._theirs[index]


def _is_han(before: str, after: str) -> bool:
    return before > "\u2e7f" and after > "\u2e7f"


def unbroken(written: str) -> Unbroken | None:
    """Give a text without its breaks; None where it has none, as hardly any has."""
    if "\n" not in written and "\r" not in written:
        return None
    return _unbroken(written)


@lru_cache(maxsize=64)
def _unbroken(written: str) -> Unbroken:
    return Unbroken(written)


def as_written(found: Iterable[Placed], segment: Segment) -> tuple[Placed, ...]:
    """Give what was found in a segment's words its places in the text as written."""
    broken = unbroken(segment.text)
    if broken is None:
        return tuple(found)
    placed = []
    for each in found:
        if not segment.start <= each.start < segment.end:
            placed.append(each)  # in the translation
            continue
        start = broken.origin(each.start - segment.start)
        end = broken.origin_of_end(each.end - segment.start)
        placed.append(_moved(each, segment.start + start, segment.start + end, segment, start, end))
    return tuple(placed)


def _moved(each: Placed, at: int, until: int, segment: Segment, start: int, end: int) -> Placed:
    fields = {**each.__dict__, "start": at, "end": until, "text": segment.text[start:end]}
    return type(each).trusted_fields(fields)


def words_of(segment: NormalizedSegment) -> NormalizedSegment:
    """Give a normalised segment with the words alone, and places in them."""
    broken = unbroken(segment.text)
    if broken is None:
        return segment

    return NormalizedSegment.trusted_fields(
        {
            **segment.__dict__,
            "text": broken.text,
            "quantities": _heard(segment.quantities, segment, broken),
            "periods": _heard(segment.periods, segment, broken),
            "companies": _heard(segment.companies, segment, broken),
        }
    )


def _heard(
    found: Iterable[Placed], segment: NormalizedSegment, broken: Unbroken
) -> tuple[Placed, ...]:
    moved = []
    for each in found:
        start = broken.place(each.start - segment.start)
        end = broken.place(each.end - 1 - segment.start) + 1
        fields = {
            **each.__dict__,
            "start": segment.start + start,
            "end": segment.start + end,
            "text": broken.text[start:end],
        }
        moved.append(type(each).trusted_fields(fields))
    return tuple(moved)
