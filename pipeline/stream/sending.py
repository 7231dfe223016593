"""Transcripts sent to ``transcripts.raw``, and what landed where."""

import contextlib
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pipeline.problem import Problem
from pipeline.security.refusals import absent
from pipeline.settings import Settings
from pipeline.stream import traces
from pipeline.stream.clients import plain_producer
from pipeline.stream.digest import digest_of
from pipeline.stream.record import RECEIVED, WITHDRAWN, Message, event_headers, new_traceparent
from pipeline.transcript import encode_transcript
from schemas import TranscriptMessage

RAW = "transcripts.raw"

_IN_FLIGHT = 200
_LANDED_SECONDS = 60.0


@dataclass(frozen=True)
class Landed:
    """A message that Kafka has, and its place."""

    transcript_id: str
    topic: str
    partition: int
    offset: int


@dataclass(frozen=True)
class NotTaken:
    """A message that Kafka does not take, and why."""

    transcript_id: str
    reason: str


def transcript(message: TranscriptMessage) -> Message:
    """Write a transcript as a message; it begins a trace."""
    identity = f"{message.transcript_id}-r{message.revision}-{digest_of(message)[:12]}"
    return Message(
        RAW,
        message.transcript_id.encode(),
        encode_transcript(message),
        _headers(RECEIVED, identity, message.transcript_id),
    )


def withdrawal(transcript_id: str) -> Message:
    """Write the tombstone that withdraws a transcript."""
    now = datetime.now(UTC)
    identity = f"{transcript_id}-withdrawn-{now.isoformat()}"
    return Message(RAW, transcript_id.encode(), None, _headers(WITHDRAWN, identity, transcript_id))


def bare(transcript_id: str, value: bytes) -> Message:
    """Write bytes as they are, whatever they are."""
    return Message(RAW, transcript_id.encode(), value, ())


def send(settings: Settings, messages: Iterable[Message]) -> Iterator[Landed | NotTaken]:
    """Send messages in their order; give for each what became of it, in the same order."""
    from kafka.errors import KafkaError

    _check_topic(settings)
    with contextlib.closing(plain_producer(settings)) as producer:
        waiting: deque[tuple[str, Any]] = deque()
        for message in messages:
            waiting.append((_id(message), _sent(producer, settings, message)))
            while len(waiting) > _IN_FLIGHT or (waiting and waiting[0][1].is_done):
                yield _outcome(*waiting.popleft())
        try:
            producer.flush(timeout=_LANDED_SECONDS)
        except KafkaError as error:
            raise Problem(f"Kafka took too long: {error}") from error
        while waiting:
            yield _outcome(*waiting.popleft())


@dataclass(frozen=True)
class _NeverSent:
    reason: Exception
    is_done: bool = True

    def get(self, timeout: float) -> Any:
        del timeout
        raise self.reason


def _sent(producer: Any, settings: Settings, message: Message) -> Any:
    from kafka.errors import KafkaError

    try:
        return producer.send(
            settings.topic(message.topic),
            key=message.key,
            value=message.value,
            headers=list(message.headers),
        )
    except KafkaError as error:
        return _NeverSent(error)


def _outcome(transcript_id: str, sent: Any) -> Landed | NotTaken:
    from kafka.errors import KafkaError

    try:
        place = sent.get(timeout=_LANDED_SECONDS)
    except KafkaError as error:
        return NotTaken(transcript_id, f"Kafka does not take it: {error}")
    return Landed(transcript_id, place.topic, place.partition, place.offset)


def _headers(kind: str, identity: str, transcript_id: str) -> tuple[tuple[str, bytes], ...]:
    return event_headers(
        stage="publish",
        kind=kind,
        identity=identity,
        moment=datetime.now(UTC),
        traceparent=traces.created(RAW, transcript_id.encode()) or new_traceparent(),
    )


def _id(message: Message) -> str:
    return (message.key or b"").decode()


def _check_topic(settings: Settings) -> None:
    from topics import cluster

    name = settings.topic(RAW)
    with cluster.connected(settings) as admin:
        if name not in set(admin.list_topics()):
            raise absent(settings, name)
