"""One partition's publisher on a broker that only remembers: what a batch does to what stands."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.settings import Settings
from pipeline.stream import transaction
from pipeline.stream.events import FACT_ASSERTED, FACT_RETRACTED
from pipeline.stream.ledger import (
    Arrival,
    Asserted,
    Known,
    LedgerEntry,
    PartArrived,
    Retracted,
    Standing,
    StandingFact,
    Withdrawn,
    advance,
)
from pipeline.stream.publication import Publication
from pipeline.stream.record import EXTRACTED, WITHDRAWN, Lineage, Record
from pipeline.stream.shelf import ASSERTED, AssertedChunk, chunk_key
from schemas import Evidence, ExtractedPart, Extractor, Fact, TranscriptHeader


class Remembering:
    """A producer and the shelf on which everything that it was sent stands."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, bytes, bytes | None, dict[str, bytes]]] = []
        self.reads = 0

    def send(
        self, topic: str, *, key: bytes, value: bytes | None, headers: Iterable[Any], **_: Any
    ) -> Any:
        self.sent.append((topic, key, value, dict(headers)))
        landed = SimpleNamespace(offset=len(self.sent) - 1)
        return SimpleNamespace(get=lambda timeout: landed)

    def init_transactions(self) -> None: ...
    def begin_transaction(self) -> None: ...
    def announce(self, places: object) -> None: ...
    def flush(self, timeout: float) -> None: ...

    def begin_offsets(self, committed: object, group: object) -> Callable[[float], None]:
        return lambda seconds: None

    def partition_of(self, topic: str, key: bytes) -> int:
        return 0

    def commit_transaction(self) -> None: ...

    def entries(self, partition: int) -> dict[str, bytes]:
        return {key.decode(): value or b"" for _, key, value, _ in self._of("facts.ledger")}

    def standing(self, entry: LedgerEntry, partition: int) -> Standing:
        self.reads += 1
        standing = {}
        for name, offset in entry.chunks.items():
            topic, key, value, _ = self.sent[offset]
            assert (topic, key) == (ASSERTED, chunk_key(entry.transcript_id, name))
            for each in AssertedChunk.model_validate_json(value or b"").facts:
                standing[each.fact_id] = StandingFact(name, each)
        return standing

    def record_at(self, name: str, partition: int, offset: int) -> None: ...

    def told(self) -> list[tuple[str, str]]:
        """Give the fact events, shortly."""
        kinds = {FACT_ASSERTED.encode(): "+", FACT_RETRACTED.encode(): "-"}
        return [
            (kinds[headers["ce_type"]], orjson.loads(value or b"")["fact_id"])
            for _, _, value, headers in self._of("facts.events")
        ]

    def _of(self, topic: str) -> Iterator[tuple[str, bytes, bytes | None, dict[str, bytes]]]:
        return (each for each in self.sent if each[0] == topic)


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Remembering:
    remembering = Remembering()
    monkeypatch.setattr(transaction, "transactional_producer", lambda *_: remembering)
    return remembering


def opened(broker: Remembering) -> Publication:
    publication = Publication(Settings(), 0, broker)  # type: ignore[arg-type]
    publication.open()
    return publication


def part(offset: int, revision: int, *facts: str, number: int = 0, parts: int = 1) -> Record:
    """Give a part of a transcript, the ``offset``-th message."""
    digest = re.sub(r"\W", "", f"{facts}")
    digest = digest if parts == 1 else f"{parts} parts"
    lineage = Lineage(0, offset, ingested_at=1000 + offset, revision=revision, digest=digest)
    lineage = lineage.of_part(number, parts)
    value = ExtractedPart(
        transcript=TranscriptHeader(transcript_id="t", revision=revision),
        part=number,
        parts=parts,
        facts=tuple(_fact(each, revision) for each in facts),
        segments=1,
        quantities=len(facts),
        quantities_used=len(facts),
        quantities_refused=0,
    )
    headers = (("ce_type", EXTRACTED.encode()), *lineage.headers())
    body = value.model_dump_json().encode()
    return Record("facts.extracted", 0, offset, 1000 + offset, b"t", body, headers)


def _fact(fact_id: str, revision: int) -> Fact:
    evidence = Evidence(start=0, end=1, text=fact_id, language="en", sentence=fact_id)
    empty = dict.fromkeys(("entity", "scope", "value", "low", "high", "comparison", "period"))
    return Fact(
        **empty,
        **dict.fromkeys(("speaker", "section", "published_at")),
        fact_id=fact_id,
        claim_id="c",
        transcript_id="t",
        revision=revision,
        segment_id="s0",
        metric="revenue",
        measure="level",
        unit="USD",
        qualifier="exact",
        modality="actual",
        evidence=(evidence,),
        statement=fact_id,
        confidence=0.9,
        extractor=Extractor(name="x", version="1"),
    )


def publish(publication: Publication, *records: Record) -> None:
    publication.publish(records, {}, None)  # type: ignore[arg-type]


REPEATED = part(1, 1, "a", "b")
REFUSED = part(1, 1, "z")
FORMER = [("+", "a"), ("+", "b")]


@pytest.mark.parametrize("changes_nothing", [REPEATED, REFUSED], ids=["repeated", "refused"])
def test_a_revision_after_what_changes_nothing_in_one_batch_knows_what_stands(
    broker: Remembering, changes_nothing: Record
) -> None:
    publication = opened(broker)
    publish(publication, part(0, 1, "a", "b"))
    publish(publication, changes_nothing, part(2, 2, "a", "c"))
    assert broker.told() == [*FORMER, ("+", "c"), ("-", "b")]
    publish(opened(broker), part(3, 3, "c"))
    assert broker.told()[4:] == [("-", "a")]


@pytest.mark.parametrize("late", [REPEATED, REFUSED], ids=["repeated", "refused"])
def test_a_part_that_comes_again_after_what_changes_nothing_leaves_what_stands(
    broker: Remembering, late: Record
) -> None:
    first = part(0, 1, "a", "b")
    publish(opened(broker), first)
    publish(opened(broker), late, first)
    publish(opened(broker), withdrawal(2))
    assert broker.told() == [*FORMER, ("-", "a"), ("-", "b")]


def withdrawal(offset: int) -> Record:
    """Give a tombstone, the ``offset``-th message."""
    lineage = Lineage(0, offset, ingested_at=1000 + offset)
    headers = (("ce_type", WITHDRAWN.encode()), *lineage.headers())
    return Record("facts.extracted", 0, offset, 1000 + offset, b"t", None, headers)


CONTENTS = (("a", "b"), ("b", "c"))


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Record], list[list[Record]]]:
    """Messages of one transcript, and how they come: batches, each of which may begin anew earlier.

    As after a crash upstream: what came before a message comes again before it, in its order.
    """
    messages = []
    for offset in range(draw(st.integers(2, 5))):
        if offset and draw(st.integers(0, 3)) == 0:
            messages.append(withdrawal(offset))
        elif draw(st.booleans()):
            messages.append(part(offset, draw(st.integers(1, 2)), *draw(st.sampled_from(CONTENTS))))
        else:
            revision = draw(st.integers(1, 2))
            messages += [
                part(offset, revision, name, number=number, parts=2)
                for number, name in enumerate(draw(st.sampled_from(CONTENTS)))
            ]
    coming, place = list[Record](), 0
    while place < len(messages):
        coming.append(messages[place])
        again = draw(st.booleans()) and len(coming) < 20
        place = draw(st.integers(0, place)) if again else place + 1
    cuts = sorted(draw(st.sets(st.integers(1, len(coming)), max_size=4)) | {0, len(coming)})
    batches = [coming[start:end] for start, end in pairwise(cuts)]
    return messages, batches


def told_of(messages: Sequence[Record]) -> list[tuple[str, str]]:
    """What subscribers are told when each message comes once, by the state machine alone."""
    known, told = Known(None, {}), list[tuple[str, str]]()
    for record in messages:
        lineage = Lineage.read(record.headers)
        arrival: Arrival = Withdrawn(lineage)
        if record.value is not None:
            arrival = PartArrived(lineage, ExtractedPart.model_validate_json(record.value))
        known, changes = advance(known, "t", arrival, datetime.now(UTC))
        told += [("+", each.fact.fact_id) for each in changes if isinstance(each, Asserted)]
        told += [("-", each.fact.fact_id) for each in changes if isinstance(each, Retracted)]
    return told


@settings(deadline=None, max_examples=300)
@given(histories(), st.data())
def test_however_often_and_in_what_batches_they_come_subscribers_are_told_once(
    history: tuple[list[Record], list[list[Record]]], data: st.DataObject
) -> None:
    messages, batches = history
    broker = Remembering()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(transaction, "transactional_producer", lambda *_: broker)
        publication = opened(broker)
        for batch in batches:
            if data.draw(st.booleans(), label="the publisher dies"):
                publication = opened(broker)
            publish(publication, *batch)
    assert broker.told() == told_of(messages)


def test_the_facts_of_a_transcript_are_not_read_for_a_repetition(broker: Remembering) -> None:
    publication = opened(broker)
    publish(publication, part(0, 1, "a", "b"))
    publish(publication, REPEATED)
    assert broker.told() == FORMER
    assert broker.reads == 0
