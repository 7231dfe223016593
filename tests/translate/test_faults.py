from pathlib import Path

import pytest

from pipeline.translate.faults import faults

_ROWS = [
    line.split("\t")
    for line in (Path(__file__).parent / "corpus.tsv").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]


@pytest.mark.parametrize(("language", "chinese", "english", "fault"), _ROWS)
def test_a_translation_that_changes_figures_or_names_has_faults(
    language: str, chinese: str, english: str, fault: str
) -> None:
    assert ", ".join(faults(chinese, english, language)) == fault  # type: ignore[arg-type]


def test_a_runaway_translation_has_a_fault() -> None:
    assert faults("利润持平", "Profit was flat. " * 20, "zh-Hans") == [
        "it is far longer than the text"
    ]
