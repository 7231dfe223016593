"""Dead letters sent again to the topic they came from, once.

A letter's original and the note that it was sent go in one Kafka transaction, so a crash leaves
both or neither. The transactions have one id for an environment: a second requeue that runs at the
same time ends the first. The originals keep key, value and headers, and so their identity; they
are sent to the partition they came from, in the order in which they failed.
"""

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import orjson

from pipeline.deadletters.letter import Letter
from pipeline.deadletters.reading import REQUEUED
from pipeline.problem import Problem
from pipeline.settings import Settings
from pipeline.stream.clients import transactional_producer
from pipeline.stream.deadletter import TOPIC
from pipeline.stream.record import Record, rfc3339

if TYPE_CHECKING:
    from kafka import KafkaProducer

_AT_ONCE = 100
_BYTES_AT_ONCE = 16 * 1024 * 1024
_LANDED_SECONDS = 30.0


@dataclass(frozen=True)
class Sent:
    """A letter whose original is on its topic again, and where."""

    letter: Letter
    original: Record
    partition: int
    offset: int


@dataclass(frozen=True)
class NotSent:
    """A letter that cannot be sent again, and why."""

    letter: Letter
    reason: str


def sendable(settings: Settings, letter: Letter) -> Record | NotSent:
    """Give the original of a letter, or why it cannot be sent again."""
    from topics import DECLARED

    try:
        original = letter.original()
    except ValueError as error:
        return NotSent(letter, str(error))
    ours = {settings.topic(topic.name) for topic in DECLARED} - {settings.topic(TOPIC)}
    if original.topic not in ours:
        return NotSent(
            letter, f"it came from {original.topic}, which is no topic of this environment"
        )
    if original.key is None and original.value is None:
        return NotSent(letter, "it has neither key nor value; no client sends such a record")
    return original


def requeue(settings: Settings, letters: Iterable[Letter]) -> Iterator[Sent | NotSent]:
    """Send the originals of letters again, in the order given; say of each what became of it.

    ``Problem`` where Kafka does not take them: what was not yielded before was not sent.
    """
    from kafka.errors import KafkaError

    remaining = iter(letters)
    with contextlib.ExitStack() as stack:
        producer: KafkaProducer | None = None
        while chunk := _chunk(remaining):
            try:
                if producer is None:
                    producer = stack.enter_context(contextlib.closing(_producer(settings)))
                outcomes = _transaction(settings, producer, chunk)
            except KafkaError as error:
                raise Problem(
                    f"{chunk[0].place} and those after it were not requeued: Kafka refused "
                    f"({type(error).__name__}: {error}); run it again"
                ) from error
            yield from outcomes


def _chunk(remaining: Iterator[Letter]) -> list[Letter]:
    """Take the letters of one transaction, limited in number and, but for one, in size."""
    chunk: list[Letter] = []
    size = 0
    while len(chunk) < _AT_ONCE and size < _BYTES_AT_ONCE:
        letter = next(remaining, None)
        if letter is None:
            break
        chunk.append(letter)
        size += len(letter.record.value or b"")
    return chunk


def _producer(settings: Settings) -> "KafkaProducer":
    group = settings.topic(settings.worker_group)
    producer = transactional_producer(settings, f"{group}-requeue")
    producer.init_transactions()
    return producer


def _transaction(
    settings: Settings, producer: "KafkaProducer", letters: list[Letter]
) -> list[Sent | NotSent]:
    from kafka.errors import KafkaError

    pending: list[tuple[Letter, Record, Any]] = []
    outcomes: list[Sent | NotSent] = []
    producer.begin_transaction()
    try:
        for letter in letters:
            original = sendable(settings, letter)
            if isinstance(original, NotSent):
                outcomes.append(original)
                continue
            pending.append((letter, original, _send(producer, original)))
            _note(settings, producer, letter)
        for letter, original, future in pending:
            landed = future.get(timeout=_LANDED_SECONDS)
            outcomes.append(Sent(letter, original, landed.partition, landed.offset))
        producer.commit_transaction()
    except KafkaError:
        with contextlib.suppress(KafkaError):
            producer.abort_transaction()
        raise
    return outcomes


def _send(producer: "KafkaProducer", original: Record) -> Any:
    there = producer.partitions_for(original.topic) or ()
    return producer.send(
        original.topic,
        key=original.key,
        value=original.value,
        headers=list(original.headers),
        partition=original.partition if original.partition in there else None,
    )


def _note(settings: Settings, producer: "KafkaProducer", letter: Letter) -> None:
    said = {
        "dead_letter": letter.place,
        "fingerprint": letter.failure.fingerprint if letter.failure else None,
        "requeued_at": rfc3339(datetime.now(UTC)),
    }
    producer.send(
        settings.topic(REQUEUED), key=letter.place.encode(), value=orjson.dumps(said), headers=[]
    )
