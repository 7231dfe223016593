"""The oldest record that a reader has not read, and how many there are: read, not reckoned.

Offsets alone mislead: the markers that end transactions and the gaps that compaction leaves have
offsets and are no messages. So the records behind a committed offset are fetched by a consumer
without a group, which changes nothing for anybody, up to a small number of bytes.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pipeline.security.connection import for_kafka_python
from pipeline.settings import Settings
from pipeline.stream.clients import BOOTSTRAP_MS, RECONNECT_MS, REQUEST_MS
from pipeline.stream.record import Headers, Lineage, LineageError
from pipeline.stream.shelf import record_of

if TYPE_CHECKING:
    from kafka import TopicPartition

_FETCH_BYTES = 64 * 1024
_POLL_MS = 50
_PATIENCE_SECONDS = 3.0
_COUNTED = 500
"""Offsets up to which messages are counted one by one; beyond, markers do not matter."""

_COUNTED_BYTES = 512 * 1024
"""Bytes of messages that are read for counting; large messages are not many a transaction."""


@dataclass(frozen=True)
class Unread:
    """What lies behind an offset. Times in seconds since 1970.

    ``count`` is exact for few messages, else the distance of offsets. ``offset`` and what follows
    is of the oldest message: its key, when it was written, when its transcript landed, and the
    place of that transcript on ``transcripts.raw``; None where it could not be read in time.
    ``replayed`` says that it is of a replay, whose transcripts landed long ago.
    """

    count: int
    offset: int | None = None
    key: bytes | None = None
    written: float | None = None
    landed: float | None = None
    origin: tuple[int, int] | None = None
    replayed: bool = False


class Probe:
    """Looks behind offsets; ``close`` it."""

    def __init__(self, settings: Settings) -> None:
        """Connect."""
        from kafka import KafkaConsumer

        self._consumer = KafkaConsumer(
            **for_kafka_python(settings),
            bootstrap_timeout_ms=BOOTSTRAP_MS,
            group_id=None,
            client_id="callfacts-lag",
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            isolation_level="read_committed",
            max_poll_records=2_000,
            max_partition_fetch_bytes=_FETCH_BYTES,
            fetch_max_wait_ms=_POLL_MS,
            request_timeout_ms=REQUEST_MS,
            reconnect_backoff_max_ms=RECONNECT_MS,
            metrics_enabled=False,
            allow_auto_create_topics=False,
        )
        self._raw = settings.topic("transcripts.raw")

    def close(self) -> None:
        """Disconnect."""
        self._consumer.close()

    def look(
        self, spans: "Mapping[TopicPartition, tuple[int, int]]"
    ) -> "dict[TopicPartition, Unread]":
        """Look at some partitions, each from an offset to its end."""
        found = {place: Unread(max(0, end - start)) for place, (start, end) in spans.items()}
        looked = {place: _Look(*span) for place, span in spans.items() if span[0] < span[1]}
        if not looked:
            return found
        self._consumer.assign(list(looked))
        for place, look in looked.items():
            self._consumer.seek(place, look.start)
        deadline = time.monotonic() + _PATIENCE_SECONDS
        # None is paused when it has been looked at: kafka-python 3.0 does not fetch it again.
        while time.monotonic() < deadline and any(not each.enough for each in looked.values()):
            for place, records in self._consumer.poll(timeout_ms=_POLL_MS).items():
                looked[place].take(records)
            for place, look in looked.items():
                look.position = max(look.position, self._consumer.position(place))
        for place, look in looked.items():
            found[place] = self._unread(place, look)
        return found

    def _unread(self, place: "TopicPartition", look: "_Look") -> Unread:
        count = look.count + max(0, look.end - max(look.position, look.start))
        oldest = look.oldest
        if oldest is None:
            return Unread(count)
        written = max(0, oldest.timestamp) / 1000
        unread = Unread(count, oldest.offset, oldest.key, written or None)
        if place.topic == self._raw:
            return replace(unread, landed=unread.written, origin=(place.partition, oldest.offset))
        return _with_origin(unread, record_of(oldest).headers)


def as_replayed(unread: Unread) -> Unread:
    """Take a record for one of a replay: when its transcript landed says nothing of waiting."""
    return replace(unread, landed=None, replayed=True)


class _Look:
    """How far one partition has been looked at."""

    def __init__(self, start: int, end: int) -> None:
        self.start, self.end = start, end
        self.position = start
        self.count = 0
        self.bytes = 0
        self.oldest: Any = None

    @property
    def enough(self) -> bool:
        if self.position >= self.end:
            return True
        if self.oldest is None:
            return False
        return self.end - self.position > _COUNTED or self.bytes > _COUNTED_BYTES

    def take(self, records: list[Any]) -> None:
        """Count the records that lie before the end."""
        for record in records:
            if record.offset >= self.end:
                break
            self.oldest = self.oldest or record
            self.count += 1
            self.bytes += len(record.value or b"")
            self.position = record.offset + 1


def _with_origin(unread: Unread, headers: Headers) -> Unread:
    """Add what the pipeline's own headers say, where a record has them."""
    try:
        lineage = Lineage.read(headers)
    except LineageError:
        return unread
    origin = (lineage.partition, lineage.offset)
    found = replace(unread, landed=lineage.ingested_at / 1000, origin=origin)
    return as_replayed(found) if lineage.run else found
