"""What a consumer group has still to do on some topics, seen from outside."""

import contextlib
import time
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from pipeline.problem import Problem
from pipeline.replay import groups
from pipeline.settings import Settings
from pipeline.stream.clients import reader

if TYPE_CHECKING:
    from kafka import KafkaAdminClient

STALLED_SECONDS = 120.0
"""How long nothing may be done before a replay gives up."""

_STILL_SECONDS = 0.5
_POLL_MS = 200

Place = tuple[str, int]
"""A topic's full name and a partition."""


class Backlog:
    """The backlog of one consumer group."""

    def __init__(
        self, settings: Settings, admin: "KafkaAdminClient", group: str, topics: Iterable[str]
    ) -> None:
        """Take the group's name behind that of the workers' group, and declared topics."""
        self.group = f"{settings.topic(settings.worker_group)}-{group}"
        self.topics = tuple(settings.topic(each) for each in topics)
        self._settings = settings
        self._admin = admin
        self._moved: tuple[int, float] = (-1, time.monotonic())

    def has_members(self) -> bool:
        """Tell whether anybody is in the group."""
        return groups.has_members(self._admin, self.group)

    def ends(self) -> dict[Place, int]:
        """Give the ends of the topics now."""
        from kafka import TopicPartition
        from kafka.admin import OffsetSpec

        def latest() -> Any:
            places = [
                TopicPartition(topic["name"], each["partition_index"])
                for topic in self._admin.describe_topics(list(self.topics))
                for each in topic["partitions"]
            ]
            return self._admin.list_partition_offsets(dict.fromkeys(places, OffsetSpec.LATEST))

        found = groups.patiently(latest)
        return {(place.topic, place.partition): each.offset for place, each in found.items()}

    def count(self, ends: Mapping[Place, int]) -> int:
        """Count the offsets before ``ends`` that are not committed; ``Problem`` if it stalls."""
        return sum(end - start for start, end in self._gaps(ends).values())

    def is_done(self, ends: Mapping[Place, int]) -> bool:
        """Tell whether nothing is left before ``ends``.

        The last offsets of a topic may be marks of transactions, which nobody commits: where
        nothing moves, what is left is read to see whether it holds any record.
        """
        gaps = self._gaps(ends)
        if gaps and time.monotonic() - self._moved[1] < _STILL_SECONDS:
            return False
        return not self._hold_records(gaps)

    def holds_records(self, ends: Mapping[Place, int]) -> bool:
        """Tell whether any record is left before ``ends``."""
        return self._hold_records(self._gaps(ends))

    def _gaps(self, ends: Mapping[Place, int]) -> dict[Place, tuple[int, int]]:
        committed = {
            (place.topic, place.partition): max(0, each.offset)
            for place, each in groups.committed(self._admin, self.group).items()
        }
        gaps = {
            place: (committed.get(place, 0), end)
            for place, end in ends.items()
            if committed.get(place, 0) < end
        }
        done, now = sum(committed.values()), time.monotonic()
        if done != self._moved[0] or not gaps:
            self._moved = (done, now)
        elif now - self._moved[1] > STALLED_SECONDS:
            raise Problem(
                f"{self.group} has done nothing for {STALLED_SECONDS:.0f} s; is a worker with all "
                "stages running? Run the replay again to go on"
            )
        return gaps

    def _hold_records(self, gaps: Mapping[Place, tuple[int, int]]) -> bool:
        from kafka import TopicPartition

        left = {TopicPartition(*place): gap for place, gap in gaps.items()}
        if not left:
            return False
        with contextlib.closing(reader(self._settings)) as consumer:
            consumer.assign(list(left))
            for place, (start, _) in left.items():
                consumer.seek(place, start)
            deadline = time.monotonic() + STALLED_SECONDS
            while left and time.monotonic() < deadline:
                if consumer.poll(timeout_ms=_POLL_MS):
                    return True
                left = {p: gap for p, gap in left.items() if consumer.position(p) < gap[1]}
        return bool(left)
