"""Alerts passed on from their topic to one target, each until it is taken.

A delivery is a consumer group of its own: its position moves when the target has taken an alert,
so a target that is away misses nothing, and one that dies in between is given the alert again,
under the same id. What is tried again holds up its own partition only, so that alerts on one
company stay in order.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pipeline.alerts.measures import Measures, Outcome
from pipeline.alerts.partition import ALERTS, RULES_HEADER
from pipeline.alerts.sink import RefusedError, RetryLaterError, Sink
from pipeline.settings import Settings
from pipeline.stream.clients import group_consumer
from pipeline.stream.record import Record
from pipeline.stream.shelf import record_of
from pipeline.translate.backoff import wait_before

if TYPE_CHECKING:
    from kafka import KafkaConsumer, TopicPartition

logger = logging.getLogger(__name__)

LONGEST_WAIT = 60.0

_POLL_MS = 250
_WORK_SECONDS = 20.0
_MOST_WAITING = 500
_LAST_EXPONENT = 16


@dataclass
class _Lane:
    """What a partition has that is not passed on yet, and when to go on with it."""

    waiting: deque[Record] = field(default_factory=deque)
    due: float = 0.0
    attempts: int = 0
    since: float = 0.0


class Delivery:
    """Passes the alerts of one set of rules on to one sink."""

    def __init__(
        self,
        settings: Settings,
        rules: str,
        group: str,
        sink: Sink,
        measures: Measures,
        wanted: Callable[[Record], bool] = lambda _: True,
        give_up_after: timedelta = timedelta(hours=1),
        first_wait: float = 0.5,
    ) -> None:
        """Take the group's full name; ``wanted`` says which of the alerts are for this sink.

        ``first_wait`` is the pause in seconds before the second attempt; each one is twice as long.
        """
        self._settings = settings
        self._rules = rules.encode()
        self._group = group
        self._sink = sink
        self._measures = measures
        self._wanted = wanted
        self._give_up_after = give_up_after.total_seconds()
        self._first_wait = first_wait
        self._lanes: dict[TopicPartition, _Lane] = {}

    def run(self, stop: threading.Event) -> None:
        """Pass on what comes until ``stop`` is set."""
        self._consumer: KafkaConsumer = group_consumer(self._settings, self._group)
        try:
            self._consumer.subscribe([self._settings.topic(ALERTS)])
            while not stop.is_set():
                self._take(self._consumer.poll(timeout_ms=_POLL_MS))
                self._work(stop)
        finally:
            self._consumer.close()

    def _take(self, batches: dict[Any, list[Any]]) -> None:
        assigned = self._consumer.assignment()
        for place in [each for each in self._lanes if each not in assigned]:
            del self._lanes[place]
        for place, records in batches.items():
            if place in assigned:
                lane = self._lanes.setdefault(place, _Lane())
                lane.waiting.extend(map(record_of, records))
        for place, lane in self._lanes.items():
            if len(lane.waiting) > _MOST_WAITING:
                self._consumer.pause(place)
            elif place in self._consumer.paused():
                self._consumer.resume(place)

    def _work(self, stop: threading.Event) -> None:
        """Work off what is due; for a while only, because the group wants to be polled."""
        until = time.monotonic() + _WORK_SECONDS
        for place, lane in self._lanes.items():
            passed: int | None = None
            while lane.waiting and not stop.is_set() and time.monotonic() < until:
                if lane.due > time.monotonic():
                    break
                record = lane.waiting[0]
                mine = record.header(RULES_HEADER) == self._rules and self._wanted(record)
                if mine and not self._sent(record, lane):
                    break
                lane.waiting.popleft()
                passed = record.offset + 1
                if mine:
                    self._store(place, passed)
                    passed = None
            if passed is not None:
                self._store(place, passed)

    def _sent(self, record: Record, lane: _Lane) -> bool:
        """Try to pass an alert on; whether it is done with."""
        alert_id = (record.header("ce_id") or b"").decode("utf-8", "replace")
        now = time.monotonic()
        lane.since = lane.since if lane.attempts else now
        outcome: Outcome = "taken"
        try:
            self._sink.send(alert_id, record.value or b"")
        except RefusedError as refused:
            outcome = "refused"
            logger.error("%s refuses alert %s: %s; it stays on %s",
                         self._sink.name, alert_id, refused, record.place)  # fmt: skip
        except RetryLaterError as later:
            if now - lane.since < self._give_up_after:
                self._put_off(alert_id, lane, later)
                return False
            outcome = "given_up"
            logger.error(
                "%s has not taken alert %s for %.0f s: %s; it is given up and stays on %s",
                self._sink.name, alert_id, now - lane.since, later, record.place,
            )  # fmt: skip
        self._measures.tried(self._sink.kind, outcome)
        lane.attempts, lane.due = 0, 0.0
        return True

    def _put_off(self, alert_id: str, lane: _Lane, later: RetryLaterError) -> None:
        wait = wait_before(
            min(lane.attempts, _LAST_EXPONENT), base=self._first_wait, most=LONGEST_WAIT
        )
        if later.wait is not None:
            wait = min(max(wait, later.wait), 10 * LONGEST_WAIT)
        self._measures.tried(self._sink.kind, "put_off")
        lane.attempts += 1
        lane.due = time.monotonic() + wait
        logger.warning("%s has not taken alert %s: %s; attempt %d follows in %.1f s",
                       self._sink.name, alert_id, later, lane.attempts + 1, wait)  # fmt: skip

    def _store(self, place: "TopicPartition", offset: int) -> None:
        from kafka import OffsetAndMetadata
        from kafka.errors import CommitFailedError, KafkaError, RebalanceInProgressError

        try:
            self._consumer.commit({place: OffsetAndMetadata(offset, "", -1)})
        except (CommitFailedError, RebalanceInProgressError):
            logger.info("%s: another one goes on with %s [%d]",
                        self._sink.name, place.topic, place.partition)  # fmt: skip
        except KafkaError as error:
            # It is stored with the next one; at worst what was sent is sent again.
            logger.warning("%s: its position was not stored: %s", self._sink.name, error)
