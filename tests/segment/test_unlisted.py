"""Companies that no table knows are named, and their years placed, from a transcript's start."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.segment import segment
from schemas import TranscriptMessage

CORPUS = Path(__file__).with_name("unlisted_corpus.tsv").read_text(encoding="utf-8")
ROWS = [line.split("\t") for line in CORPUS.splitlines() if line and line[0] != "#"]
PUBLISHED = datetime(2025, 12, 9, 15, tzinfo=UTC)


@pytest.mark.parametrize(("text", "name", "year_end"), ROWS)
def test_corpus(text: str, name: str, year_end: str) -> None:
    message = TranscriptMessage(
        transcript_id="t", text=text.replace("\\n", "\n"), published_at=PUBLISHED
    )
    context = next(segment(message)).context
    assert (context.company.name if context.company else "-") == name
    assert context.fiscal_year_end == int(year_end)
