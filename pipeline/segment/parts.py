"""Parts: where a transcript's segments are cut, so that the first facts are out early."""

from collections.abc import Iterator, Sequence

from pipeline.segment.draft import Draft

ENOUGH_SEGMENTS, MOST_SEGMENTS = 100, 150
ENOUGH_CHARACTERS, MOST_CHARACTERS = 12_000, 16_000
# A long document's first part is smaller where its subject changes early: each further part takes
# a transaction and several requests of its own, so that only the first one pays for being small.
LONG_CHARACTERS = 16_000
FIRST_CHARACTERS = 2_000
LEAST_CHARACTERS = 1_000


def cut_parts(segments: Sequence[Draft]) -> Iterator[Sequence[Draft]]:
    """Cut into runs of some tens of segments or about 12,000 characters.

    A cut falls where the subject changes (a heading, a question, another speaker); not right after
    a heading, and not between a question and its answers unless that would make the part far too
    large; nor where next to nothing is left. A document without segments is one empty part.
    """
    begin = size = 0
    end = segments[-1].end if segments else 0
    is_long = bool(segments) and end - segments[0].start > LONG_CHARACTERS
    enough = FIRST_CHARACTERS if is_long else ENOUGH_CHARACTERS
    for place, segment in enumerate(segments):
        count = place - begin
        if end - segment.start < LEAST_CHARACTERS:
            break
        if count and _cuts_here(segments[place - 1], segment, count, size, enough):
            yield segments[begin:place]
            begin, size, enough = place, 0, ENOUGH_CHARACTERS
        size += segment.end - segment.start
    yield segments[begin:]


def _cuts_here(before: Draft, segment: Draft, count: int, size: int, enough: int) -> bool:
    if count < ENOUGH_SEGMENTS and size < enough:
        return False
    far = count >= 2 * MOST_SEGMENTS or size >= 2 * MOST_CHARACTERS
    if before.kind == "heading":
        return far
    if segment.kind == "question" and before.kind != "question":
        return True
    if segment.kind == "answer" or (segment.kind == before.kind == "question"):
        return far
    if segment.kind == "heading" or segment.speaker != before.speaker:
        return True
    return count >= MOST_SEGMENTS or size >= MOST_CHARACTERS
