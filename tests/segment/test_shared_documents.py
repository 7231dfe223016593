"""Every figure of the development gold lies in a segment that is read."""

import json
from pathlib import Path

import pytest

from pipeline.segment import segment
from schemas.transcript import TranscriptMessage

SHARED = Path(__file__).parents[3] / "shared"
DOCUMENTS = sorted((SHARED / "gold" / "dev").glob("d*.txt"))


@pytest.mark.skipif(not DOCUMENTS, reason="the shared documents are not here")
@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.stem)
def test_gold_lies_in_segments_that_are_no_boilerplate(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    covered = bytearray(len(text))
    for part in segment(TranscriptMessage(transcript_id="t", text=text)):
        for found in part.segments:
            if not found.boilerplate:
                spans = [(found.start, found.end)]
                spans += [(found.pair.start, found.pair.end)] if found.pair else []
                for start, end in spans:
                    covered[start:end] = b"\x01" * (end - start)
    missed = []
    for row in document.with_suffix(".jsonl").read_text(encoding="utf-8").splitlines():
        fact = json.loads(row)
        place = -1
        for _ in range(fact.get("nth", 1)):
            place = text.index(fact["quote"], place + 1)
        if fact["class"] == "required" and not all(covered[place : place + len(fact["quote"])]):
            missed.append(fact["quote"])
    assert missed == []
