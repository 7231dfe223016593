"""Parts: where a transcript's segments are cut, so that the first facts are out early."""

from collections.abc import Iterator, Sequence

from pipeline.patterns import regex
from pipeline.segment.draft import Draft
from pipeline.segment.titles import is_same

ENOUGH_SEGMENTS = 150
MOST_SEGMENTS = 200
ENOUGH_CHARACTERS = 16_000
MOST_CHARACTERS = 20_000
# A long document's first part is smaller where its subject changes early: each further part takes
# a transaction and several requests of its own, so that only the first one pays for being small.
# What has no figures in it, such as welcomes and disclaimers, does not count: it has no facts.
LONG_CHARACTERS = 16_000
FIRST_CHARACTERS = 2_000
LEAST_CHARACTERS = 1_000

_LAST_ASCII = 0x7F
_FIGURE = regex(r"[0-9\uff10-\uff19]")


def cut_parts(segments: Sequence[Draft]) -> Iterator[Sequence[Draft]]:
    """Cut into runs of some tens of segments or about 16,000 characters.

    A cut falls where the subject changes (a heading, a question, another speaker); not right after
    a heading, and not between a question and its answers unless that would make the part far too
    large; nor where next to nothing is left. A document without segments is one empty part.
    """
    begin = size = figures = 0
    end = segments[-1].end if segments else 0
    is_long = bool(segments) and end - segments[0].start > LONG_CHARACTERS
    first = FIRST_CHARACTERS if is_long else ENOUGH_CHARACTERS
    for place, segment in enumerate(segments):
        count = place - begin
        if end - segment.start < LEAST_CHARACTERS:
            break
        is_enough = count >= ENOUGH_SEGMENTS or size >= ENOUGH_CHARACTERS or figures >= first
        if count and is_enough and _cuts_here(segments[place - 1], segment, count, size):
            yield segments[begin:place]
            begin, size, figures, first = place, 0, 0, ENOUGH_CHARACTERS
        length = segment.end - segment.start
        size += length
        if first < ENOUGH_CHARACTERS and not segment.boilerplate and _has_digit(segment.text):
            figures += length
    yield segments[begin:]


def _has_digit(text: str) -> bool:
    """Say whether a text holds a digit; ten looks for one are shorter than one for any."""
    if ord(text[-1]) <= _LAST_ASCII and text.isascii():
        return any(digit in text for digit in "0123456789")
    return _FIGURE.search(text) is not None


def _cuts_here(before: Draft, segment: Draft, count: int, size: int) -> bool:
    far = count >= 2 * MOST_SEGMENTS or size >= 2 * MOST_CHARACTERS
    if before.kind == "heading":
        return far
    if segment.kind == "question" and before.kind != "question":
        return True
    if segment.kind == "answer" or (segment.kind == before.kind == "question"):
        return far
    if segment.kind == "heading" or not is_same(segment.speaker, before.speaker):
        return True
    return count >= MOST_SEGMENTS or size >= MOST_CHARACTERS
