"""Lines that are told to be prose are read as if each of them had gone through every check."""

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.normalize.script import fold
from pipeline.segment.boilerplate import Cues
from pipeline.segment.captions import join_captions
from pipeline.segment.draft import Draft
from pipeline.segment.lines import Line, read_lines
from pipeline.segment.reader import Reader

DOCUMENTS = sorted((Path(__file__).parent / "corpus").glob("*.txt"))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.stem)
def test_prose_is_read_as_other_lines_are(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    lines = read_lines(text)
    untold = [replace(line, is_prose=False) for line in lines]
    assert _drafts(lines, text) == _drafts(untold, text)


@pytest.mark.parametrize(
    ("line", "prose"),
    [
        ("毛利率方面，我们维持全年的目标。", True),
        ("As we said before, demand held up better than we had feared.", True),
        ("一、财务数字。", False),
        ("宋雅宁 首席财务官。", False),
        ("首席财务官：谢谢大家。", False),
        ("A. We do not break that out, and we will not start to do so now.", False),
        ("Answer - Maximilian Featherstonehaugh Cholmondeley Jr.", False),
        ("Good morning and welcome to the third quarter call of ACME INC.", False),
        ("We were pleased | with how the quarter came together overall.", False),
        ("Would you walk us through the margin bridge once more?", False),
        ("2025年的目标不变。", False),
    ],
)
def test_what_is_told_to_be_prose(line: str, prose: bool) -> None:
    assert [each.is_prose for each in read_lines(line)] == [prose]


def _drafts(lines: list[Line], text: str) -> list[Draft]:
    joined, folded = join_captions(lines, text), fold(text)
    return Reader(joined, Cues(folded, joined), folded).read()
