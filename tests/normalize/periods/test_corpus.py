"""The wordings that the period rules read, with what they mean (corpus_en.tsv, corpus_zh.tsv)."""

from datetime import date
from pathlib import Path

import pytest

from pipeline.normalize.periods import Anchor, find_periods, label_period


def corpus() -> list[tuple[str, str, str]]:
    lines = []
    for path in sorted(Path(__file__).parent.glob("corpus_*.tsv")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                anchor, text, expected = line.split("\t")
                lines.append((anchor, text, expected))
    return lines


def read_anchor(words: str) -> Anchor:
    reporting, day, year_end = words.split()
    return Anchor(
        None if reporting == "-" else label_period(reporting),
        None if day == "-" else date.fromisoformat(day),
        int(year_end),
    )


@pytest.mark.parametrize(("anchor", "text", "expected"), corpus())
def test_finds_what_the_corpus_says(anchor: str, text: str, expected: str) -> None:
    found = find_periods(text, read_anchor(anchor))
    said = " ".join(f"{mention.period.label}({mention.relation})" for mention in found)
    assert said == ("" if expected == "none" else expected)
