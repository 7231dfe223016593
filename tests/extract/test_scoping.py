"""Each figure is told of the right company and the right part of it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.stages import extract, normalize, segment
from schemas import Fact, TranscriptMessage

CORPUS = Path(__file__).with_name("scope_corpus.tsv").read_text(encoding="utf-8")
ROWS = [line.split("\t") for line in CORPUS.splitlines() if line and line[0] != "#"]


def facts_of(published: str, hint: str, text: str) -> list[Fact]:
    """The facts of a text as the three stages give them."""
    message = TranscriptMessage(
        transcript_id="corpus",
        text=text.replace("\\n", "\n"),
        published_at=datetime.fromisoformat(published).replace(tzinfo=UTC),
        entity=hint or None,
    )
    return [fact for part in segment(message) for fact in extract(normalize(part)).facts]


@pytest.mark.parametrize(("published", "hint", "text", "evidence", "entity", "scope"), ROWS)
def test_corpus(
    published: str, hint: str, text: str, evidence: str, entity: str, scope: str
) -> None:
    told = [
        (fact.entity.id if fact.entity else None, fact.scope)
        for fact in facts_of(published, hint, text)
        if evidence in fact.evidence[0].text or fact.evidence[0].text in evidence
    ]
    assert (entity, None if scope == "-" else scope) in told


def test_the_corpus_is_broad() -> None:
    assert len(ROWS) >= 80
    assert len({hint for _, hint, *_ in ROWS}) >= 25
