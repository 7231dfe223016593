"""Where a transcript is cut into parts: early facts, and no part for next to nothing."""

from collections.abc import Iterable

from pipeline.segment.draft import Draft
from pipeline.segment.parts import FIRST_CHARACTERS, MOST_CHARACTERS, cut_parts
from schemas.fact import Speaker


def drafts(*texts: str, boilerplate: Iterable[int] = ()) -> list[Draft]:
    """Give segments of one speaker each, one after the other."""
    made, start = [], 0
    for number, text in enumerate(texts):
        speaker = Speaker(name=f"Speaker {number}", side="company")
        made.append(Draft(start, start + len(text), text, "en", "turn", (), speaker))
        made[-1].boilerplate = number in boilerplate
        start += len(text) + 1
    return made


def sizes(segments: list[Draft]) -> list[int]:
    return [len(part) for part in cut_parts(segments)]


WORDS = "We thank everybody who is with us. " * 20
FIGURES = "Revenue was 12 million dollars in 2025. " * 20
ENOUGH = -(-FIRST_CHARACTERS // len(FIGURES))


def test_a_long_document_s_first_part_ends_soon_after_its_first_figures() -> None:
    first, *_ = sizes(drafts(*[FIGURES] * 40))
    assert first == ENOUGH


def test_what_has_no_figures_makes_no_part_of_its_own() -> None:
    first, *_ = sizes(drafts(*[WORDS] * 8, *[FIGURES] * 40))
    assert first == 8 + ENOUGH


def test_nor_does_boilerplate_with_figures_in_it() -> None:
    first, *_ = sizes(drafts(*[FIGURES] * 48, boilerplate=range(8)))
    assert first == 8 + ENOUGH


def test_a_document_without_figures_is_cut_by_its_size() -> None:
    segments = drafts(*[WORDS] * 60)
    parts = list(cut_parts(segments))
    assert len(parts) > 1
    assert all(part[-1].end - part[0].start < 2 * MOST_CHARACTERS for part in parts)


def test_every_segment_is_in_one_part_and_in_order() -> None:
    segments = drafts(*[WORDS, FIGURES] * 40)
    assert [each for part in cut_parts(segments) for each in part] == segments


def test_a_document_without_segments_is_one_empty_part() -> None:
    assert [list(part) for part in cut_parts([])] == [[]]
