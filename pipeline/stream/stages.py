"""The three stages as functions from one Kafka record to the messages that follow from it.

Nothing here knows Kafka: bytes in, bytes out. ``Stage.work`` raises ``BadTranscript`` where the
transcript message itself is wrong (its sender must act), anything else where the stage failed.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from pydantic import ValidationError

from pipeline.samples import samples
from pipeline.stages import extract, normalize, segment
from pipeline.stream.digest import digest_of
from pipeline.stream.handed import Handed
from pipeline.stream.record import (
    EXTRACTED,
    NORMALIZED,
    PART_FAILED,
    SEGMENTED,
    WITHDRAWN,
    Lineage,
    LineageError,
    Message,
    Record,
    event_headers,
    moment_of,
    traceparent_of,
)
from pipeline.transcript import BadTranscript, decode_transcript, transcript_key
from pipeline.version import VERSION
from pipeline.written import written
from schemas import NormalizedPart, SegmentedPart, TranscriptMessage

Part = TypeVar("Part", SegmentedPart, NormalizedPart)


class PartError(ValueError):
    """A part on an internal topic is not what the stage before writes: most likely a mixture."""


@dataclass(frozen=True)
class Stage:
    """One stage: where it reads and writes, what it does, and how it says that a part failed.

    ``work(record, now)`` gives the messages that follow, in their order. ``failed`` gives the
    message that tells the publisher that a part of a transcript is missing, None where it is not
    known of which transcript. ``at_once`` is how many bytes of records it works on before others
    have a turn: some 50 ms of work, two calls of 50 KB.
    """

    name: str
    source: str
    target: str
    work: Callable[[Record, datetime], Iterator[Message]]
    failed: Callable[[Record, datetime], Message | None]
    at_once: int = 512 * 1024


def _segment(record: Record, now: datetime) -> Iterator[Message]:
    if record.value is None:
        yield _withdrawal(record, now)
        return
    message, lineage = _read_transcript(record)
    for part in segment(message, ingested_at=moment_of(record.timestamp)):
        body = _written(part)
        of_part = lineage.of_part(part.part, part.parts)
        yield _message("segment", SEGMENTED, record, of_part, body, now)


def _normalize(record: Record, now: datetime) -> Iterator[Message]:
    if record.type in (PART_FAILED, WITHDRAWN):
        yield _forwarded("normalize", record, now)
        return
    lineage = Lineage.read(record.headers)
    part = _read_part(SegmentedPart, record)
    body = _written(normalize(part))
    yield _message("normalize", NORMALIZED, record, lineage, body, now)


def _extract(record: Record, now: datetime) -> Iterator[Message]:
    if record.type in (PART_FAILED, WITHDRAWN):
        yield _forwarded("extract", record, now)
        return
    lineage = Lineage.read(record.headers)
    part = _read_part(NormalizedPart, record)
    body = written(extract(part))
    yield _message("extract", EXTRACTED, record, lineage, body, now)


def _segment_failed(record: Record, now: datetime) -> Message | None:
    try:
        _, lineage = _read_transcript(record)
    except BadTranscript:
        return None
    return _failed_part("segment", record, lineage, 0, 0, now)


def _normalize_failed(record: Record, now: datetime) -> Message | None:
    try:
        segments = len(_read_part(SegmentedPart, record).segments)
    except PartError:
        segments = 0
    return _failed_part_of("normalize", record, segments, 0, now)


def _extract_failed(record: Record, now: datetime) -> Message | None:
    segments = quantities = 0
    try:
        part = _read_part(NormalizedPart, record)
    except PartError:
        pass
    else:
        segments = len(part.segments)
        quantities = sum(len(each.quantities) for each in part.segments)
    return _failed_part_of("extract", record, segments, quantities, now)


SEGMENT = Stage(
    "segment",
    "transcripts.raw",
    "transcripts.segmented",
    _segment,
    _segment_failed,
    at_once=128 * 1024,
)
NORMALIZE = Stage(
    "normalize",
    "transcripts.segmented",
    "transcripts.normalized",
    _normalize,
    _normalize_failed,
    at_once=512 * 1024,
)
EXTRACT = Stage(
    "extract",
    "transcripts.normalized",
    "facts.extracted",
    _extract,
    _extract_failed,
    at_once=768 * 1024,
)
STAGES = {stage.name: stage for stage in (SEGMENT, NORMALIZE, EXTRACT)}


def warm_up() -> None:
    """Load what the stages load when they are first needed, so that no transcript waits for it.

    That takes transcripts of all kinds: after a single line in each language the first call of
    50 KB still took 0.2 s more than the next.
    """
    for message in samples():
        for part in segment(message):
            extract(normalize(part))


def _read_transcript(record: Record) -> tuple[TranscriptMessage, Lineage]:
    transcript_key(record.key)
    message = decode_transcript(record.value, record.key)
    lineage = Lineage(
        partition=record.partition,
        offset=record.offset,
        ingested_at=record.timestamp,
        revision=message.revision,
        digest=digest_of(message),
        version=VERSION,
    )
    return message, lineage


_handed = Handed()


def _written(part: SegmentedPart | NormalizedPart) -> bytes:
    body = written(part)
    _handed.put(body, part)
    return body


def _read_part(model: type[Part], record: Record) -> Part:
    handed = _handed.take(record.value)
    if isinstance(handed, model):
        return handed
    try:
        return model.model_validate_json(record.value or b"")
    except ValidationError as error:
        raise PartError(
            f"not a {model.__name__}: {error.error_count()} fields are wrong, the first: "
            f"{error.errors(include_url=False, include_input=False)[0]}"
        ) from None


def _withdrawal(record: Record, now: datetime) -> Message:
    transcript_key(record.key)
    lineage = Lineage(record.partition, record.offset, record.timestamp)
    return _message("segment", WITHDRAWN, record, lineage, None, now)


def _message(
    stage: str, kind: str, record: Record, lineage: Lineage, body: bytes | None, now: datetime
) -> Message:
    headers = event_headers(
        stage=stage,
        kind=kind,
        identity=f"{lineage.identity}-{lineage.part}",
        moment=now,
        traceparent=traceparent_of(record, lineage.identity),
    )
    return Message(STAGES[stage].target, record.key, body, headers + lineage.headers())


def _forwarded(stage: str, record: Record, now: datetime) -> Message:
    lineage = Lineage.read(record.headers)
    forwarded = _message(stage, record.type, record, lineage, record.value, now)
    failed = tuple(each for each in record.headers if each[0].startswith("callfacts_failed_"))
    return Message(forwarded.topic, forwarded.key, forwarded.value, forwarded.headers + failed)


def _failed_part_of(
    stage: str, record: Record, segments: int, quantities: int, now: datetime
) -> Message | None:
    try:
        lineage = Lineage.read(record.headers)
    except LineageError:
        return None
    return _failed_part(stage, record, lineage, segments, quantities, now)


def _failed_part(
    stage: str, record: Record, lineage: Lineage, segments: int, quantities: int, now: datetime
) -> Message:
    marker = _message(stage, PART_FAILED, record, lineage, None, now)
    counts = (
        ("callfacts_failed_stage", stage.encode()),
        ("callfacts_failed_segments", str(segments).encode()),
        ("callfacts_failed_quantities", str(quantities).encode()),
    )
    return Message(marker.topic, marker.key, None, marker.headers + counts)
