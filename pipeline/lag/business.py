"""The oldest transcript that is not completed: transcripts that landed against completions.

What has landed, been completed or been given up is read from the topics themselves, by a consumer
without a group: the newest messages first time, then only what is new.
"""

import contextlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from pipeline.lag.observe import Observation, Reading
from pipeline.lag.unsettled import Landed, OpenTranscript, Unsettled, stage_of
from pipeline.lag.watched import SOURCES
from pipeline.settings import Settings
from pipeline.stream.clients import reader
from pipeline.stream.deadletter import CONNECT
from pipeline.stream.record import header
from pipeline.stream.shelf import Shelf, record_of

if TYPE_CHECKING:
    from kafka import KafkaConsumer, TopicPartition

RAW, COMPLETED, DEAD = "transcripts.raw", "transcripts.completed", "pipeline.deadletters"

NEWEST = 500
"""Transcript messages that are looked at; older ones show where a stage has not read them."""

_GRACE_SECONDS = 60.0
"""How long a completion may be away before the ledger is asked what became of a transcript."""

_CLOCKS_APART_MS = 60_000
_PATIENCE_SECONDS = 5.0


@dataclass(frozen=True)
class BusinessLag:
    """How many transcripts are not completed, as far as is known, and the oldest of them.

    ``by_stage`` counts them where they are, under "" those that every stage has read. ``age`` is of
    the oldest, in seconds since it landed, 0 where all are completed.
    """

    by_stage: Mapping[str, int]
    oldest: OpenTranscript | None
    age: float

    @property
    def open(self) -> int:
        """How many there are."""
        return sum(self.by_stage.values())


class Business:
    """Follows transcripts from landing to completion; ``close`` it."""

    def __init__(self, settings: Settings) -> None:
        """Connect."""
        self._settings = settings
        self._consumer: KafkaConsumer = reader(settings)
        self._unsettled = Unsettled()
        self._next: dict[TopicPartition, int] = {}
        self._names = {settings.topic(each): each for each in (RAW, COMPLETED, DEAD)}

    def close(self) -> None:
        """Disconnect."""
        self._consumer.close()

    def look(self, observation: Observation) -> BusinessLag:
        """Read what is new on the topics; say what is open."""
        self._read()
        readings = [each for each in observation.readings if each.reader.role == "live"]
        found = self._located(readings, observation.time)
        found += self._only_unread(readings, {each.transcript_id for each in found})
        oldest = min(found, key=lambda each: each.landed, default=None)
        age = 0.0 if oldest is None else max(0.0, observation.time - oldest.landed)
        by_stage = {stage: 0 for stage, _ in SOURCES if stage != "claims"} | {"": 0}
        for each in found:
            by_stage[each.stage] += 1
        return BusinessLag(by_stage, oldest, age)

    def _located(self, readings: Sequence[Reading], now: float) -> list[OpenTranscript]:
        found, nowhere = [], []
        for message in self._unsettled.open:
            stage = stage_of(message, readings)
            if stage or now - message.time < _GRACE_SECONDS:
                found.append(_open(message, stage or "publish"))
            else:
                nowhere.append(message)
        settled = self._settled_by_ledger(nowhere)
        self._unsettled.settle(settled)
        return found + [_open(each, "") for each in nowhere if each not in settled]

    def _only_unread(self, readings: Sequence[Reading], known: set[str]) -> list[OpenTranscript]:
        """Give the transcripts that a stage reads next and that are older than what was looked at.

        What a stage has worked on and not yet committed may be completed already.
        """
        found: dict[str, OpenTranscript] = {}
        for each in readings:
            unread = each.unread
            if not each.sample.unread or unread.landed is None or unread.key is None:
                continue
            name = unread.key.decode("utf-8", "replace")
            if name not in known and not self._unsettled.is_complete(name, unread.landed):
                found.setdefault(name, OpenTranscript(name, None, unread.landed, each.reader.stage))
        return list(found.values())

    def _settled_by_ledger(self, messages: Sequence[Landed]) -> list[Landed]:
        """Give those that changed nothing, such as a message that came twice: they end silently."""
        from pipeline.stream.ledger import LedgerEntry

        settled: list[Landed] = []
        if not messages:
            return settled
        with contextlib.closing(Shelf(self._settings)) as shelf:
            for partition in sorted({each.partition for each in messages}):
                entries = shelf.entries(partition)
                for message in (each for each in messages if each.partition == partition):
                    stored = entries.get(message.transcript_id)
                    if stored is None:
                        continue
                    entry = LedgerEntry.model_validate_json(stored)
                    in_work = entry.status == "in_work" and entry.offset == message.offset
                    if entry.looked_at_offset >= message.offset and not in_work:
                        settled.append(message)
        return settled

    def _read(self) -> None:
        places = self._places()
        if not self._next:
            self._next = self._beginnings(places)
        self._consumer.assign(list(places))
        ends = self._consumer.end_offsets(list(places))
        for place in places:
            self._consumer.seek(place, self._next.get(place, 0))
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while any(self._consumer.position(place) < end for place, end in ends.items()):
            if time.monotonic() > deadline:
                break
            for place, records in self._consumer.poll(timeout_ms=200).items():
                for record in records:
                    self._take(self._names[place.topic], record)
        self._next = {place: self._consumer.position(place) for place in places}

    def _places(self) -> "list[TopicPartition]":
        from kafka import TopicPartition

        return [
            TopicPartition(name, partition)
            for name in self._names
            for partition in sorted(self._consumer.partitions_for_topic(name) or ())
        ]

    def _beginnings(self, places: "list[TopicPartition]") -> "dict[TopicPartition, int]":
        """Begin with the newest transcripts, and with the outcomes since the oldest of those."""
        raw = [each for each in places if self._names[each.topic] == RAW]
        others = [each for each in places if each not in raw]
        firsts, ends = self._consumer.beginning_offsets(raw), self._consumer.end_offsets(raw)
        each_has = max(1, NEWEST // max(1, len(raw)))
        begin = {place: max(firsts[place], ends[place] - each_has) for place in raw}
        since = self._oldest_time({p: at for p, at in begin.items() if at < ends[p]})
        latest: dict[TopicPartition, int] = self._consumer.end_offsets(others)
        if since is None:
            return begin | latest
        found = self._consumer.offsets_for_times(
            dict.fromkeys(others, max(0, since - _CLOCKS_APART_MS))
        )
        for place in others:
            at = found.get(place)
            begin[place] = latest[place] if at is None else at.offset
        return begin

    def _oldest_time(self, begin: "dict[TopicPartition, int]") -> int | None:
        """Give the time in milliseconds of the oldest record behind some offsets."""
        times: dict[TopicPartition, int] = {}
        self._consumer.assign(list(begin))
        for place, offset in begin.items():
            self._consumer.seek(place, offset)
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while times.keys() < begin.keys() and time.monotonic() < deadline:
            for place, records in self._consumer.poll(timeout_ms=200).items():
                if place in begin:
                    times.setdefault(place, records[0].timestamp)
        return min(times.values(), default=None)

    def _take(self, topic: str, record: Any) -> None:
        if topic == RAW:
            key = (record.key or b"").decode("utf-8", "replace")
            place = (record.partition, record.offset, record.timestamp / 1000)
            self._unsettled.land(Landed(key, _revision(record.value), *place))
        elif topic == COMPLETED and record.value is not None:
            from schemas import TranscriptCompleted

            done = TranscriptCompleted.model_validate_json(record.value)
            landed = 0.0 if done.ingested_at is None else done.ingested_at.timestamp()
            self._unsettled.complete(done.transcript_id, done.revision, done.status, landed)
        elif topic == DEAD:
            self._bury(record)

    def _bury(self, record: Any) -> None:
        headers = record_of(record).headers
        if header(headers, CONNECT + "topic") != self._settings.topic(RAW).encode():
            return
        try:
            place = [
                int(header(headers, CONNECT + each) or b"") for each in ("partition", "offset")
            ]
        except ValueError:
            return
        self._unsettled.bury(*place)


def _open(message: Landed, stage: str) -> OpenTranscript:
    return OpenTranscript(message.transcript_id, message.revision, message.time, stage)


def _revision(value: bytes | None) -> int | None:
    """Read a message's revision; 1 where there is none or it is no number, None of a tombstone."""
    if value is None:
        return None
    try:
        message = orjson.loads(value)
    except orjson.JSONDecodeError:
        return 1
    revision = message.get("revision", 1) if isinstance(message, dict) else 1
    return revision if isinstance(revision, int) else 1
