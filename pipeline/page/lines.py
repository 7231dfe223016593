"""A transcript's text as lines, each with one role on the page: a heading, a speaker, a turn."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from schemas import NormalizedSegment

Role = Literal[
    "blank", "title", "heading", "speaker", "note", "turn", "question", "answer", "paragraph",
    "bullet", "translation",
]  # fmt: skip

# Longer lines are shown as several, so that a browser need not lay out all of one at once.
_LONGEST = 8_000

_NO_SEAM = (sys.maxsize, sys.maxsize)


@dataclass(frozen=True, slots=True)
class Line:
    """The characters from ``start`` to ``end``, a line end included.

    ``body`` is where the segment's own text begins: what stands before it is a bullet, a number or
    「問：」. ``segment`` is the one that the line shows or, on a speaker's line, introduces.
    """

    start: int
    end: int
    body: int
    role: Role
    segment: NormalizedSegment | None = None

    @property
    def language(self) -> str | None:
        """The language tag of what the line shows, where it is known."""
        if self.segment is None or self.role in ("speaker", "note", "blank"):
            return None
        pair = self.segment.pair
        of_pair = self.role == "translation" and pair is not None
        tag = pair.language if of_pair and pair else self.segment.language
        return None if tag == "und" else tag


@dataclass(frozen=True, slots=True)
class _Place:
    start: int
    end: int
    segment: NormalizedSegment
    translated: bool


def lines(text: str, segments: Sequence[NormalizedSegment]) -> list[Line]:
    """Give the lines; joined, they are the text. A line with several segments is cut at each."""
    places = _places(segments)
    found: list[Line] = []
    at = 0
    for start, end in _stretches(text, places):
        while at < len(places) and places[at].end <= start:
            at += 1
        place = places[at] if at < len(places) else None
        if place is not None and place.start < end:
            role = _role_in(place, first=at == 0)
            found.append(Line(start, end, max(start, place.start), role, place.segment))
        else:
            segment = place.segment if place else None
            role = _role_between(text[start:end], segment)
            found.append(Line(start, end, start, role, segment if role == "speaker" else None))
    return found


def _places(segments: Sequence[NormalizedSegment]) -> list[_Place]:
    places = [_Place(s.start, s.end, s, False) for s in segments]
    places += [_Place(s.pair.start, s.pair.end, s, True) for s in segments if s.pair]
    return sorted(places, key=lambda place: (place.start, place.end))


def _stretches(text: str, places: Sequence[_Place]) -> Iterator[tuple[int, int]]:
    """Lines with their ends; cut after a segment where another begins, and where too long."""
    seams = iter([(a.end, b.start) for a, b in pairwise(places)])
    seam, following = next(seams, _NO_SEAM)
    start = 0
    while start < len(text):
        end = text.find("\n", start) + 1 or len(text)
        while seam <= start:
            seam, following = next(seams, _NO_SEAM)
        if following < end:
            end = seam
        end = min(end, start + _LONGEST)
        yield start, end
        start = end


def _role_in(place: _Place, *, first: bool) -> Role:
    if place.translated:
        return "translation"
    if place.segment.kind == "heading" and first:
        return "title"
    return place.segment.kind


def _role_between(text: str, following: NormalizedSegment | None) -> Role:
    if not text.strip():
        return "blank"
    speaker = following.speaker if following else None
    if speaker and speaker.name and speaker.name.casefold() in text.casefold():
        return "speaker"
    return "note"
