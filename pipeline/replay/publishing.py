"""The publisher that makes a replay's results public, seen from outside."""

import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pipeline.problem import Problem
from pipeline.replay import groups
from pipeline.settings import Settings
from pipeline.stream.publisher import SOURCE
from pipeline.stream.worker import PUBLISH, Worker

if TYPE_CHECKING:
    from kafka import KafkaAdminClient

STALLED_SECONDS = 120.0
"""How long nothing may be published before the replay gives up."""


class Publishing:
    """How far the publishers of some topics have come, and one of our own where there is none."""

    def __init__(self, settings: Settings, admin: "KafkaAdminClient") -> None:
        """Take the settings of the topics that results are sent to."""
        self._settings = settings
        self._admin = admin
        self._group = settings.topic(settings.worker_group) + "-publisher"
        self.topic = settings.topic(SOURCE)
        self._worker: Worker | None = None
        self._failure: Problem | None = None
        self._stopping = False
        self._moved: tuple[int, float] = (-1, time.monotonic())

    def ensure(self) -> bool:
        """Start a publisher where nobody publishes; says whether it did."""
        if groups.has_members(self._admin, self._group):
            return False
        level = self._settings.log_level
        quiet = replace(self._settings, log_level="warning" if level == "info" else level)
        worker = self._worker = Worker(quiet, [PUBLISH])
        worker.start()
        threading.Thread(target=self._watch, args=(worker,), daemon=True).start()
        return True

    def close(self) -> None:
        """Stop our publisher, if we have one; what it has not published, its successor does."""
        self._stopping = True
        if self._worker is not None:
            self._worker.stop()

    def ends(self) -> dict[int, int]:
        """Give the end of what there is to publish, by partition."""
        from kafka import TopicPartition
        from kafka.admin import OffsetSpec

        def latest() -> Any:
            (described,) = self._admin.describe_topics([self.topic])
            partitions = [each["partition_index"] for each in described["partitions"]]
            places = [TopicPartition(self.topic, each) for each in partitions]
            return self._admin.list_partition_offsets(dict.fromkeys(places, OffsetSpec.LATEST))

        found = groups.patiently(latest)
        return {place.partition: each.offset for place, each in found.items()}

    def behind(self, ends: dict[int, int]) -> int:
        """Count the messages before ``ends`` that are not published; ``Problem`` if it stalls."""
        if self._failure is not None and not self._stopping:
            raise self._failure
        committed = {
            place.partition: max(0, each.offset)
            for place, each in groups.committed(self._admin, self._group).items()
            if place.topic == self.topic
        }
        total, now = sum(committed.values()), time.monotonic()
        count: int = sum(max(0, end - committed.get(each, 0)) for each, end in ends.items())
        if total != self._moved[0] or not count:
            self._moved = (total, now)
        elif now - self._moved[1] > STALLED_SECONDS:
            raise Problem(
                f"nothing of {self.topic} has been published for {STALLED_SECONDS:.0f} s; is a "
                "worker with the stage publish running? Run the replay again to go on"
            )
        return count

    def _watch(self, worker: Worker) -> None:
        try:
            worker.watch()
        except Problem as problem:
            self._failure = problem
