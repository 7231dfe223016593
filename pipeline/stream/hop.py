"""A consumer group whose members work on their partitions in Kafka transactions.

Each partition that a member is given is opened; from then on what is read of it is worked on in
transactions that hold the results and the offset. A transaction that fails, whatever the reason,
is left behind: the partition is closed, opened again, and read from the offset that is committed.
While no broker answers, the member waits for one; a partition that can be opened but not worked
on for long stops it.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from pipeline.metrics.observer import observed, observer
from pipeline.settings import Settings
from pipeline.stream import traces
from pipeline.stream.clients import RECORDS_AT_ONCE, group_consumer
from pipeline.stream.guard import StageStoppedError
from pipeline.stream.record import Record, landed_at
from pipeline.stream.shelf import record_of

if TYPE_CHECKING:
    from kafka import TopicPartition
    from kafka.structs import ConsumerGroupMetadata

    _Batches = dict[TopicPartition, list[Any]]

logger = logging.getLogger(__name__)

POLL_MS = 500
_BRIEFLY_MS = 3
DEADLINE_SECONDS = 120.0
_LONGEST_PAUSE = 5.0
# What landed so long ago is of a backlog: nobody misses another half second, and a transaction
# costs as much as tens of records.
_BACKLOG_MS = 1_500
_WAIT_SECONDS = 0.5
_STEP_SECONDS = 0.1


class OpenPartition(Protocol):
    """What works on one partition, from ``open`` to ``close``; any exception voids it."""

    def open(self) -> None:
        """End what an earlier owner of this partition had begun; then read its state."""

    def warm_up(self, committed: dict[Any, Any], group: "ConsumerGroupMetadata") -> None:
        """Connect to all that a transaction talks to."""

    def publish(
        self, records: Sequence[Record], committed: dict[Any, Any], group: "ConsumerGroupMetadata"
    ) -> None:
        """Work on a batch in one transaction with its offset; ``StageStoppedError`` to give up."""

    def close(self) -> None:
        """Disconnect at once; an open transaction is left to whoever opens the partition next."""


class Hop:
    """Works until told to stop."""

    def __init__(
        self,
        settings: Settings,
        stage: str,
        group: str,
        sources: Sequence[str],
        assigned: Callable[["TopicPartition"], OpenPartition],
        *,
        at_once: int = RECORDS_AT_ONCE,
        gathers: bool = False,
        gathers_backlog: bool = False,
    ) -> None:
        """Take the declared topics to read and what works on a partition; ``run`` connects.

        ``group`` is put behind the name of the workers' group; ``at_once`` is the most records that
        are read at once. With ``gathers`` records may wait for others, so that a transaction holds
        more; with ``gathers_backlog`` those of transcripts that landed long ago.
        """
        self._settings = settings
        self._stage = stage
        self._group = f"{settings.topic(settings.worker_group)}-{group}"
        self._sources = sources
        self._assigned = assigned
        self._gathers = gathers
        self._gathers_backlog = gathers_backlog
        self._at_once = at_once
        self._open: dict[TopicPartition, OpenPartition] = {}
        # Since when a partition's transactions fail although it can be opened.
        self._in_vain: dict[TopicPartition, float] = {}
        self._failures = 0

    def run(self, stop: threading.Event, ready: Callable[[], None] = lambda: None) -> None:
        """Work until ``stop`` is set; raises ``StageStoppedError`` when it cannot go on."""
        self._consumer = group_consumer(
            self._settings, self._group, self._at_once, gathers=self._gathers
        )
        try:
            self._consumer.subscribe([self._settings.topic(each) for each in self._sources])
            ready()
            while not stop.is_set():
                self._round(stop)
        finally:
            for partition in self._open.values():
                partition.close()
            self._consumer.close()

    def _round(self, stop: threading.Event) -> None:
        batches = self._read(POLL_MS)
        if self._gathers_backlog and batches and _is_backlog(batches):
            self._gather(batches, stop)
        for place, records in batches.items():
            if place in self._open and not self._guarded(place, self._publish, place, records):
                self._give_up_after_a_while(place)
        joined = self._consumer.group_metadata().generation_id >= 0
        observer().assigned(
            [(place.topic, place.partition) for place in self._open],
            settled=joined and self._consumer.assignment() <= self._open.keys(),
        )

    def _read(self, wait_ms: int) -> "_Batches":
        """Give what has come; open the partitions that were assigned meanwhile, close others."""
        batches: _Batches = self._consumer.poll(timeout_ms=wait_ms)
        assigned = self._consumer.assignment()
        for place in [each for each in self._open if each not in assigned]:
            self._open.pop(place).close()
        for place in sorted(assigned - self._open.keys()):
            # What was fetched before the partition was opened may be what another one published.
            batches.pop(place, None)
            if not self._guarded(place, self._begin, place):
                self._in_vain.pop(place, None)
        return batches

    def _gather(self, batches: "_Batches", stop: threading.Event) -> None:
        """Add what comes while more of a backlog comes, for ``_WAIT_SECONDS`` at most."""
        deadline, comes = time.monotonic() + _WAIT_SECONDS, True
        while comes and time.monotonic() < deadline and not stop.wait(_STEP_SECONDS):
            comes = False
            while more := self._add_to(batches):
                comes = True
                if not _is_backlog(more) or sum(map(len, batches.values())) >= self._at_once:
                    return

    def _add_to(self, batches: "_Batches") -> "_Batches":
        """Read on; give what has come, which is added to what had come of the same partitions."""
        more = self._read(_BRIEFLY_MS)
        for place in batches.keys() - self._open.keys():
            del batches[place]  # another one has it now, who reads these again
        for place, records in more.items():
            batches.setdefault(place, []).extend(records)
        return more

    def _begin(self, place: "TopicPartition") -> None:
        partition = self._assigned(place)
        self._open[place] = partition
        partition.open()
        committed = self._consumer.committed(place)
        if committed is None:
            self._consumer.seek_to_beginning(place)
            committed = self._consumer.position(place)
        self._consumer.seek(place, committed)
        partition.warm_up(_offset(place, committed), self._consumer.group_metadata())

    def _publish(self, place: "TopicPartition", records: Sequence[Any]) -> None:
        offset = _offset(place, records[-1].offset + 1)
        group = self._consumer.group_metadata()
        taken = [record_of(each) for each in records]
        with observed(self._stage), traces.transaction(self._stage, taken) as traced:
            self._open[place].publish(traced, offset, group)
        self._in_vain.pop(place, None)

    def _guarded(self, place: "TopicPartition", action: Callable[..., None], *of: Any) -> bool:
        """Do something with a partition; when it fails, close it, so that it is opened again."""
        try:
            action(*of)
        except StageStoppedError:
            raise
        except Exception as fault:  # noqa: BLE001 - whatever it was, the transaction is void
            partition = self._open.pop(place, None)
            if partition is not None:
                partition.close()
            self._failures += 1
            observer().retried(self._stage)
            logger.warning(
                "%s: %s [%d] is opened again after %s: %s",
                self._stage,
                place.topic,
                place.partition,
                type(fault).__name__,
                fault,
            )
            time.sleep(min(_LONGEST_PAUSE, 0.1 * 2 ** min(self._failures, 8)))
            return False
        self._failures = 0
        return True

    def _give_up_after_a_while(self, place: "TopicPartition") -> None:
        since = self._in_vain.setdefault(place, time.monotonic())
        if time.monotonic() - since > DEADLINE_SECONDS:
            raise StageStoppedError(
                f"{self._stage}: {place.topic} [{place.partition}] can be opened but not worked on "
                f"for {DEADLINE_SECONDS:.0f} s; the attempts are in the log"
            )


def _is_backlog(batches: "_Batches") -> bool:
    """Tell whether all that was read is of transcripts that landed long ago."""
    recent = int(time.time() * 1000) - _BACKLOG_MS
    landed = (landed_at(record.headers) for records in batches.values() for record in records)
    return all(each is not None and each < recent for each in landed)


def _offset(place: "TopicPartition", offset: int) -> dict[Any, Any]:
    from kafka.structs import OffsetAndMetadata

    return {place: OffsetAndMetadata(offset, "", -1)}
