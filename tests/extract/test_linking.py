"""Sentences and the facts that a reader takes from them: metric, measure, sign, unit, modality."""

from pathlib import Path

import pytest

from pipeline.stages import run
from schemas import Fact, TranscriptMessage
from schemas.event import plain

CORPUS = Path(__file__).with_name("link_corpus.tsv")


def rows():
    for line in CORPUS.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            entity, text, facts = line.split("\t")
            yield pytest.param(entity, text, facts, id=text[:40])


def spelled(fact: Fact) -> str:
    if fact.value is not None:
        amount = plain(fact.value)
    else:
        amount = "..".join("" if end is None else plain(end) for end in (fact.low, fact.high))
    return f"{fact.metric} {fact.measure} {amount} {fact.unit} {fact.modality}"


@pytest.mark.parametrize(("entity", "text", "facts"), list(rows()))
def test_corpus(entity, text, facts):
    message = TranscriptMessage(
        transcript_id="corpus",
        text=text.replace("\\n", "\n"),
        entity=entity,
        published_at="2025-10-30",
    )
    found = [fact for part in run(message) for fact in part.facts]
    assert " | ".join(map(spelled, found)) == facts


def test_every_quantity_is_counted_once():
    for row in rows():
        entity, text, _ = row.values
        message = TranscriptMessage(transcript_id="corpus", text=text, entity=entity)
        for part in run(message):
            assert part.quantities == part.quantities_used + part.quantities_refused
            assert part.quantities_used == len(part.facts)
