"""Sentences and the amounts of the facts in them: value, sign and unit; nothing invented."""

from pathlib import Path

import pytest

from pipeline.stages import run
from schemas import Fact, TranscriptMessage
from schemas.event import plain

CORPUS = Path(__file__).with_name("quantity_corpus.tsv")


def rows():
    text_of_corpus = CORPUS.read_text(encoding="utf-8")
    for number, line in enumerate(text_of_corpus.splitlines(), 1):
        if line and not line.startswith("#"):
            entity, text, facts = line.split("\t")
            yield pytest.param(entity, text.replace("\\n", "\n"), facts, id=f"line {number}")


def spelled(fact: Fact) -> str:
    if fact.value is not None:
        return f"{plain(fact.value)} {fact.unit}"
    ends = ("" if end is None else plain(end) for end in (fact.low, fact.high))
    return f"{'..'.join(ends)} {fact.unit}"


@pytest.mark.parametrize(("entity", "text", "amounts"), list(rows()))
def test_amounts(entity, text, amounts):
    message = TranscriptMessage(
        transcript_id="corpus", text=text, entity=entity, published_at="2025-10-30"
    )
    found = [fact for part in run(message) for fact in part.facts]
    assert " | ".join(map(spelled, found)) == amounts
