"""The quantity's characters in its sentence: the right ones, and said where that is not known."""

from typing import Any

import pytest

from pipeline.board.sentences import Sentences
from pipeline.board.shown import line, pieces
from schemas import Evidence


def evidence(sentence: str, text: str, start: int, language: str = "en") -> Evidence:
    end = start + len(text)
    return Evidence(start=start, end=end, text=text, language=language, sentence=sentence)


def places(*all_of: Evidence) -> list[list[int]]:
    """Where each of several quantities of one transcript stands in its sentence."""
    sentences = Sentences()
    for each in all_of:
        sentences.see("call", 1, each)
    return [sentences.places("call", 1, each) for each in all_of]


@pytest.mark.parametrize(
    ("sentence", "text", "expected"),
    [
        ("Margin was 5%.", "5%", [11]),
        ("Margin was 15%, then 5%.", "5%", [21]),
        ("It was $5.2 billion, up from $5 billion.", "$5", [29]),
        ("It rose 1,500 to 500 stores.", "500", [17]),
        ("It rose to 5.", "5", [11]),
        ("營收 5 億元，較 15 億元。", "5 億元", [3]),
        ("5% here and 5% there.", "5%", [0, 12]),
        ("Nothing of it.", "7", []),
        ("", "", []),
    ],
)
def test_a_part_of_another_number_is_not_meant(
    sentence: str, text: str, expected: list[int]
) -> None:
    assert places(evidence(sentence, text, 100)) == [expected]


def test_the_other_quantities_of_a_sentence_tell_which_is_meant() -> None:
    sentence = "From 5% in May to 5% in June and 7% in July."
    at = 1_000
    first, second, other = (at + sentence.index(each) for each in ("5%", "5% in June", "7%"))
    assert places(evidence(sentence, "5%", second), evidence(sentence, "7%", other)) == [[18], [33]]
    assert places(evidence(sentence, "5%", first), evidence(sentence, "5%", second)) == [[5], [18]]
    assert places(evidence(sentence, "5%", second)) == [[5, 18]]


def test_another_transcripts_sentence_tells_nothing() -> None:
    sentences, same = Sentences(), "5% here and 5% there."
    sentences.see("other", 1, evidence(same, "5%", 0))
    sentences.see("other", 1, evidence(same, "5%", 12))
    cited = evidence(same, "5%", 12)
    sentences.see("call", 1, cited)
    assert sentences.places("call", 1, cited) == [0, 12]


def shown(sentence: str, text: str, at: list[int]) -> list[list[Any]]:
    return pieces(evidence(sentence, text, 0), at)


def test_pieces_are_the_sentence_with_the_quantity_marked() -> None:
    assert shown("It was 5% then.", "5%", [7]) == [["It was ", 0], ["5%", 1], [" then.", 0]]
    assert shown("5%, 5%", "5%", [0, 4]) == [["5%", 2], [", ", 0], ["5%", 2]]
    assert shown("else", "5%", []) == [["5%", 1], [" · else", 0]]


def test_a_long_sentence_is_cut_around_the_quantity() -> None:
    found = shown("[" * 900_000 + "5%" + "]" * 900_000, "5%", [900_000])
    assert found[0] == found[-1] == ["…", 0]
    assert ["5%", 1] in found
    assert sum(len(text) for text, _ in found) < 700


def test_controls_and_direction_marks_are_written_out() -> None:
    hostile = "a\u202eb\x1b[2Jc\u2066d\x85e\nf\u200fg"
    assert line(hostile) == "a\\u202eb\\u001b[2Jc\\u2066d\\u0085e f\\u200fg"
    assert shown(f"{hostile} 5%", "5%", [len(hostile) + 1])[0] == [f"{line(hostile)} ", 0]
