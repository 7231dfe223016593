"""When figures hold, what they are compared with, and whether they have happened."""

from pathlib import Path

import pytest

from pipeline.stages import run
from schemas import Fact, TranscriptMessage

CORPUS = Path(__file__).with_name("timing_corpus.tsv")


def rows():
    for line in CORPUS.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            published, entity, text, evidence, *wanted = line.split("\t")
            yield pytest.param(published, entity, text, evidence, wanted, id=f"{evidence} {wanted}")


def facts_of(published: str, entity: str, text: str) -> list[Fact]:
    message = TranscriptMessage(
        transcript_id="corpus",
        text=text.replace("\\n", "\n"),
        entity=entity,
        published_at=published,
    )
    return [fact for part in run(message) for fact in part.facts]


@pytest.mark.parametrize(("published", "entity", "text", "evidence", "wanted"), list(rows()))
def test_corpus(published, entity, text, evidence, wanted):
    facts = facts_of(published, entity, text)
    cited = [f for f in facts if evidence in f.evidence[0].text or f.evidence[0].text in evidence]
    assert cited, [fact.evidence[0].text for fact in facts]
    fact = cited[0]
    label = fact.period.label if fact.period else "-"
    assert [label, fact.comparison or "-", fact.modality] == wanted
