"""The last hop: what the agents extracted becomes public, once.

A plain consumer of ``facts.extracted`` shares its partitions with the other publishers; each
partition it is given is opened as a ``Publication``. A transaction that fails, whatever the reason,
is left behind: the partition is closed, opened again, and read from the offset that is committed.
While no broker answers, the publisher waits for one; a partition that can be opened but not
published for long stops it.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from pipeline.problem import Problem
from pipeline.settings import Settings
from pipeline.stream.clients import group_consumer
from pipeline.stream.guard import StageStoppedError
from pipeline.stream.publication import Publication
from pipeline.stream.shelf import ASSERTED, LEDGER, Shelf, record_of

if TYPE_CHECKING:
    from kafka import TopicPartition

logger = logging.getLogger(__name__)

SOURCE = "facts.extracted"
POLL_MS = 500
DEADLINE_SECONDS = 120.0
_LONGEST_PAUSE = 5.0


class Publisher:
    """Publishes until told to stop."""

    def __init__(self, settings: Settings) -> None:
        """Take the settings; ``run`` connects."""
        self._settings = settings
        self._source = settings.topic(SOURCE)
        self._open: dict[TopicPartition, Publication] = {}
        # Since when a partition's transactions fail although it can be opened.
        self._in_vain: dict[TopicPartition, float] = {}
        self._failures = 0

    def run(self, stop: threading.Event, ready: Callable[[], None] = lambda: None) -> None:
        """Publish until ``stop`` is set; raises ``StageStoppedError`` when it cannot go on."""
        group = self._settings.topic(self._settings.worker_group) + "-publisher"
        self._shelf = Shelf(self._settings)
        self._check_topics()
        self._consumer = group_consumer(self._settings, group)
        try:
            self._consumer.subscribe([self._source])
            ready()
            while not stop.is_set():
                self._round()
        finally:
            for publication in self._open.values():
                publication.close()
            self._consumer.close()
            self._shelf.close()

    def _round(self) -> None:
        batches = self._consumer.poll(timeout_ms=POLL_MS)
        assigned = self._consumer.assignment()
        for place in [each for each in self._open if each not in assigned]:
            self._open.pop(place).close()
        for place in sorted(assigned - self._open.keys()):
            # What was fetched before the partition was opened may be what another one published.
            batches.pop(place, None)
            if not self._guarded(place, self._begin, place):
                self._in_vain.pop(place, None)
        for place, records in batches.items():
            if place in self._open and not self._guarded(place, self._publish, place, records):
                self._give_up_after_a_while(place)

    def _begin(self, place: "TopicPartition") -> None:
        publication = Publication(self._settings, place.partition, self._shelf)
        self._open[place] = publication
        publication.open()
        committed = self._consumer.committed(place)
        if committed is None:
            self._consumer.seek_to_beginning(place)
            committed = self._consumer.position(place)
        self._consumer.seek(place, committed)
        publication.warm_up(_offset(place, committed), self._consumer.group_metadata())

    def _publish(self, place: "TopicPartition", records: Sequence[Any]) -> None:
        offset = _offset(place, records[-1].offset + 1)
        group = self._consumer.group_metadata()
        self._open[place].publish([record_of(each) for each in records], offset, group)
        self._in_vain.pop(place, None)

    def _guarded(self, place: "TopicPartition", action: Callable[..., None], *of: Any) -> bool:
        """Do something with a partition; when it fails, close it, so that it is opened again."""
        try:
            action(*of)
        except StageStoppedError:
            raise
        except Exception as fault:  # noqa: BLE001 - whatever it was, the transaction is void
            publication = self._open.pop(place, None)
            if publication is not None:
                publication.close()
            self._failures += 1
            logger.warning(
                "publish: %s [%d] is opened again after %s: %s",
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
                f"publish: {place.topic} [{place.partition}] can be opened but not published "
                f"for {DEADLINE_SECONDS:.0f} s; the attempts are in the log"
            )

    def _check_topics(self) -> None:
        """Check that the ledger's topics are there and cut as the publisher's input is."""
        expected = self._shelf.partitions(SOURCE)
        for name in (SOURCE, LEDGER, ASSERTED):
            found = self._shelf.partitions(name)
            if found == 0:
                raise Problem(
                    f"the topic {self._settings.topic(name)} is not there; `callfacts topics "
                    "apply` creates it"
                )
            if found < expected:
                raise Problem(
                    f"the topic {self._settings.topic(name)} has {found} partitions, "
                    f"{self._source} has {expected}; they must have the same number"
                )


def _offset(place: "TopicPartition", offset: int) -> dict[Any, Any]:
    from kafka.structs import OffsetAndMetadata

    return {place: OffsetAndMetadata(offset, "", -1)}


def run_publisher(
    settings: Settings, stop: threading.Event, ready: Callable[[], None] = lambda: None
) -> None:
    """Publish until ``stop`` is set."""
    Publisher(settings).run(stop, ready)
