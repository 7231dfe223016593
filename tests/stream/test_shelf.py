"""Values read back from a real broker by their offsets."""

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from kafka import KafkaProducer
from kafka_view import Stream

from pipeline.stream.ledger import LedgerEntry
from pipeline.stream.shelf import ASSERTED, LedgerError, Shelf

pytestmark = pytest.mark.broker


@pytest.fixture
def shelf(stream: Stream) -> Iterator[Shelf]:
    with contextlib.closing(Shelf(stream.settings)) as shelf:
        yield shelf


def written(stream: Stream, values: dict[bytes, bytes | None], *, commit: bool = True) -> list[int]:
    """Write values to one partition in a transaction; give their offsets."""
    producer = KafkaProducer(
        bootstrap_servers=stream.settings.bootstrap_servers, transactional_id="writes-chunks"
    )
    with contextlib.closing(producer):
        producer.init_transactions()
        producer.begin_transaction()
        topic = stream.settings.topic(ASSERTED)
        sent = [producer.send(topic, partition=1, key=k, value=v) for k, v in values.items()]
        offsets = [each.get(30).offset for each in sent]
        (producer.commit_transaction if commit else producer.abort_transaction)()
    return offsets


def test_values_are_read_wherever_they_lie(stream: Stream, shelf: Shelf) -> None:
    # Larger together than one answer, and in several batches.
    values = {f"key-{n}".encode(): f"{n:07}".encode() * 1_000 for n in range(100)}
    keys = list(values)
    offsets = [
        offset
        for begin in range(0, 100, 10)
        for offset in written(stream, {k: values[k] for k in keys[begin : begin + 10]})
    ]
    places = dict(zip(offsets, keys, strict=True))
    every_third = {offset: places[offset] for offset in sorted(offsets)[::3]}
    found = shelf.values_at(ASSERTED, 1, every_third)
    assert found == {offset: values[key] for offset, key in every_third.items()}
    assert shelf.values_at(ASSERTED, 1, places) == {o: values[k] for o, k in places.items()}
    assert shelf.values_at(ASSERTED, 1, {}) == {}
    last = max(offsets)
    assert shelf.values_at(ASSERTED, 1, {last: places[last]}) == {last: values[places[last]]}


def test_what_is_not_there_is_left_out(stream: Stream, shelf: Shelf) -> None:
    (aborted,) = written(stream, {b"aborted": b"1"}, commit=False)
    there, deleted = written(stream, {b"there": b"2", b"deleted": None})
    wanted = {
        aborted: b"aborted",
        aborted + 1: b"the mark that ends a transaction",
        there: b"there",
        deleted: b"deleted",
        deleted + 1_000: b"behind the end",
    }
    assert shelf.values_at(ASSERTED, 1, wanted) == {there: b"2"}
    assert shelf.values_at(ASSERTED, 1, {there: b"of another key"}) == {}


def test_a_chunk_that_is_gone_is_named(stream: Stream, shelf: Shelf) -> None:
    entry = LedgerEntry(
        transcript_id="gone", partition=0, offset=0, run=0, revision=1, digest="", parts=1,
        status="processed", looked_at_offset=0, looked_at_run=0, ingested_at=datetime.now(UTC),
        chunks={"0@0/0": 10**6},
    )  # fmt: skip
    with pytest.raises(LedgerError, match=r"facts.asserted \[1\] @1000000 .* chunk 0@0/0 of gone"):
        shelf.standing(entry, 1)
