"""The pipeline's own publisher on a real broker: what it commits, and what it leaves behind."""

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest
from kafka import TopicPartition
from kafka.structs import OffsetAndMetadata
from kafka_view import Stream
from told import FIELDS

from pipeline.stream import transaction
from pipeline.stream.clients import group_consumer, transactional_producer
from pipeline.stream.publication import Publication
from pipeline.stream.record import EXTRACTED, Lineage, Record
from pipeline.stream.shelf import Shelf
from schemas import ExtractedPart, Fact, TranscriptHeader


def extracted(offset: int, *facts: dict[str, Any]) -> Record:
    """The ``offset``-th transcript as the last stage gives it, with facts of these fields."""
    name = f"call-{offset}"
    part = ExtractedPart(
        transcript=TranscriptHeader(transcript_id=name, revision=1),
        part=0,
        parts=1,
        facts=tuple(
            Fact.model_validate(
                {each: {**FIELDS, **fields}[each] for each in Fact.model_fields}
                | {"transcript_id": name}
            )
            for fields in facts
        ),
        segments=1,
        quantities=len(facts),
        quantities_used=len(facts),
        quantities_refused=0,
    )
    lineage = Lineage(0, offset, ingested_at=1_760_000_000_000, revision=1, digest=name)
    headers = (("ce_type", EXTRACTED.encode()), *lineage.headers())
    body = part.model_dump_json().encode()
    return Record("facts.extracted", 0, offset, 1_760_000_000_500, name.encode(), body, headers)


class Publisher:
    """Publishes batches as a worker's publisher does, each in one transaction."""

    def __init__(self, stream: Stream, patch: pytest.MonkeyPatch) -> None:
        self._settings = stream.settings
        self._fails = False
        patch.setattr(transaction, "transactional_producer", self._producer)

    def publish(self, record: Record) -> None:
        """Publish in a transaction that is committed."""
        with self._opened() as publication:
            self._send(publication, record)

    def fail_to_publish(self, record: Record) -> None:
        """Send all of it, then fail to commit; the next publisher aborts that transaction."""
        self._fails = True
        with self._opened() as publication, pytest.raises(ConnectionError):
            self._send(publication, record)
        self._fails = False

    @contextlib.contextmanager
    def _opened(self) -> Iterator[Publication]:
        with contextlib.closing(Shelf(self._settings)) as shelf:
            publication = Publication(self._settings, 0, shelf)
            publication.open()
            yield publication
            publication.close()

    def _send(self, publication: Publication, record: Record) -> None:
        name = self._settings.topic(self._settings.worker_group) + "-publisher"
        place = TopicPartition(self._settings.topic("facts.extracted"), 0)
        with contextlib.closing(group_consumer(self._settings, name)) as consumer:
            offset = {place: OffsetAndMetadata(record.offset + 1, "", -1)}
            publication.publish([record], offset, consumer.group_metadata())

    def _producer(self, *arguments: Any) -> Any:
        producer = transactional_producer(*arguments)
        if self._fails:
            producer.commit_transaction = _no_answer
        return producer


def _no_answer() -> None:
    raise ConnectionError("the broker does not answer")
