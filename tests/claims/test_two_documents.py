"""Documents on one call, in other words, scripts and languages: what they state is one claim."""

from pathlib import Path

import pytest

from pipeline.stages import run
from schemas import TranscriptMessage


def _corpus() -> list[tuple[str, ...]]:
    lines = (Path(__file__).parent / "two_documents.tsv").read_text("utf-8").splitlines()
    return [tuple(line.split("\t")) for line in lines if line and line[0] != "#"]


@pytest.mark.parametrize("row", _corpus())
def test_corpus(row: tuple[str, ...]) -> None:
    *stated, verdict = row
    one, other = _claim(*stated[:3]), _claim(*stated[3:])
    assert (one == other) is {"same": True, "apart": False}[verdict]


def _claim(title: str, sentence: str, figure: str) -> str:
    """The claim of the one fact that a document of a title and a sentence states by a figure."""
    message = TranscriptMessage(
        transcript_id="one", text=f"{title}\n\n{sentence}", published_at="2025-11-20"
    )
    facts = [
        fact for part in run(message) for fact in part.facts if fact.evidence[0].text == figure
    ]
    (fact,) = facts
    return fact.claim_id
