"""The ledger as it lies on Kafka: entries held in memory, facts read back when they are needed.

``facts.ledger`` has one small entry for each transcript; a partition's entries are read when the
partition is assigned and kept as bytes, some 500 for each transcript, so that years of them fit.
The facts that stand are a hundred times as much and are needed only when a transcript is revised
or withdrawn. They lie on ``facts.asserted`` as they were asserted, one record for each part of a
transcript, and the entry says at which offsets: they are read back by those. Both topics are
compacted and written in the publisher's transactions, so they agree with each other and with what
subscribers were told, and outlive the retention of every other topic.
"""

import logging
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from pipeline.settings import Settings
from pipeline.stream.clients import picker, reader
from pipeline.stream.ledger import LedgerEntry, Standing, StandingFact
from pipeline.stream.record import Record
from schemas import Fact
from schemas.event import Event

if TYPE_CHECKING:
    from kafka import KafkaConsumer, TopicPartition
    from kafka.consumer.fetcher import ConsumerRecord

logger = logging.getLogger(__name__)

LEDGER = "facts.ledger"
ASSERTED = "facts.asserted"

_STEP_MS = 1_000
_PATIENCE_STEPS = 30


class AssertedChunk(Event):
    """The facts that one part of a transcript asserted and that still stand."""

    transcript_id: str
    facts: tuple[Fact, ...]


class LedgerError(Exception):
    """What the ledger points to is not there; publishing without it could double facts."""


class Shelf:
    """Reads the ledger's topics; one for each publisher, used by one thread."""

    def __init__(self, settings: Settings) -> None:
        """Connect."""
        self._settings = settings
        self._reader: KafkaConsumer = reader(settings)
        self._picker: KafkaConsumer | None = None

    def close(self) -> None:
        """Disconnect."""
        self._reader.close()
        if self._picker is not None:
            self._picker.close()

    def partitions(self, name: str) -> int:
        """Give the number of partitions of a declared topic; 0 where it does not exist."""
        return len(self._reader.partitions_for_topic(self._settings.topic(name)) or ())

    def entries(self, partition: int) -> dict[str, bytes]:
        """Read all entries of a partition, as bytes by transcript_id."""
        entries: dict[str, bytes] = {}
        for record in self.read(LEDGER, partition, 0, None):
            key = record.key.decode()
            if record.value is None:
                entries.pop(key, None)
            else:
                entries[key] = record.value
        return entries

    def standing(self, entry: LedgerEntry, partition: int) -> Standing:
        """Read back the facts of a transcript that stand, from its partition of the ledger.

        Raises ``LedgerError`` where a chunk is gone.
        """
        chunks = {offset: name for name, offset in entry.chunks.items()}
        keys = {offset: chunk_key(entry.transcript_id, name) for offset, name in chunks.items()}
        values = self.values_at(ASSERTED, partition, keys)
        standing: dict[str, StandingFact] = {}
        for offset, name in sorted(chunks.items()):
            if offset not in values:
                raise LedgerError(
                    f"{ASSERTED} [{partition}] @{offset} should hold chunk {name} of "
                    f"{entry.transcript_id} and does not; was the topic made anew?"
                )
            for fact in AssertedChunk.model_validate_json(values[offset]).facts:
                standing[fact.fact_id] = StandingFact(name, fact)
        return standing

    def values_at(self, name: str, partition: int, keys: Mapping[int, bytes]) -> dict[int, bytes]:
        """Read the values at some offsets, each of its key; give those that are there.

        What lies close together takes one request.
        """
        return {
            record.offset: record.value
            for record in self._pick(name, partition, sorted(keys))
            if record.key == keys[record.offset] and record.value is not None
        }

    def _pick(
        self, name: str, partition: int, offsets: Sequence[int]
    ) -> "Iterator[ConsumerRecord]":
        """Read the records at some offsets in their order, without those that are gone."""
        from kafka import TopicPartition

        if self._picker is None:
            self._picker = picker(self._settings)
        place = TopicPartition(self._settings.topic(name), partition)
        self._picker.assign([place])
        end = self._picker.end_offsets([place])[place]
        wanted = deque(each for each in offsets if each < end)
        position, polled = -1, _polled(self._picker, place, end)
        while wanted:
            if position != wanted[0]:
                self._picker.seek(place, wanted[0])
            for record in next(polled):
                position = record.offset + 1
                while wanted and wanted[0] < record.offset:
                    wanted.popleft()
                if wanted and wanted[0] == record.offset:
                    wanted.popleft()
                    yield record

    def record_at(self, name: str, partition: int, offset: int) -> Record | None:
        """Read the record at an offset, None where it is gone."""
        found = next(self._pick(name, partition, [offset]), None)
        return None if found is None else record_of(found)

    def end(self, name: str, partition: int) -> int:
        """Give the offset behind the last committed record of a partition."""
        from kafka import TopicPartition

        place = TopicPartition(self._settings.topic(name), partition)
        return int(self._reader.end_offsets([place])[place])

    def read(
        self, name: str, partition: int, start: int, end: int | None
    ) -> "Iterator[ConsumerRecord]":
        """Read from an offset up to another one, or to the end of what is committed."""
        from kafka import TopicPartition

        place = TopicPartition(self._settings.topic(name), partition)
        self._reader.assign([place])
        last = self._reader.end_offsets([place])[place]
        first = self._reader.beginning_offsets([place])[place]
        end = last if end is None else min(end, last)
        self._reader.seek(place, max(start, first))
        polled = _polled(self._reader, place, end)
        while self._reader.position(place) < end:
            for record in next(polled):
                if record.offset >= end:
                    return
                yield record


def _polled(
    consumer: "KafkaConsumer", place: "TopicPartition", end: int
) -> "Iterator[list[ConsumerRecord]]":
    """Poll for the records of a partition; ``LedgerError`` where none come for long."""
    idle = 0
    while idle <= _PATIENCE_STEPS:
        records = consumer.poll(timeout_ms=_STEP_MS).get(place, [])
        idle = 0 if records else idle + 1
        yield records
    raise LedgerError(
        f"{place.topic} [{place.partition}] gives nothing between offset "
        f"{consumer.position(place)} and its end {end}"
    )


def record_of(record: "ConsumerRecord") -> Record:
    """Turn what kafka-python read into a plain record."""
    return Record(
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        timestamp=record.timestamp,
        key=record.key,
        value=record.value,
        headers=tuple([(name, value or b"") for name, value in record.headers]),
    )


def chunk_key(transcript_id: str, name: str) -> bytes:
    """Give the key of a chunk on ``facts.asserted``."""
    return f"{transcript_id}\x1f{name}".encode()
