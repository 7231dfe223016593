"""Where a set of rules, and each of its targets, begins to read when it has never read before."""

import contextlib
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from pipeline.settings import Settings
from pipeline.stream.subscription import Subscription

if TYPE_CHECKING:
    from kafka import TopicPartition

Start = Literal["beginning", "now"] | datetime


def store_start(
    settings: Settings,
    group: str,
    topics: Sequence[str],
    start: Start,
    known: "Callable[[TopicPartition], int | None]" = lambda _: None,
) -> bool:
    """Store where a group begins, for the partitions of which it has no position yet.

    ``group`` is its full name; ``known`` gives positions that go before ``start``. Says whether
    there was anything to store. Raises ``Problem`` where no Kafka answers or a topic is missing.
    """
    with contextlib.closing(_Starting(settings, topics, group=group)) as starting:
        return starting.store(settings, group, start, known)


class _Starting(Subscription):
    def store(
        self,
        settings: Settings,
        group: str,
        start: Start,
        known: "Callable[[TopicPartition], int | None]",
    ) -> bool:
        from kafka import OffsetAndMetadata
        from kafka.errors import CommitFailedError, RebalanceInProgressError

        stored = _stored(settings, group)
        fresh = [each for each in self._places if each not in stored]
        if not fresh:
            return False
        if start == "beginning":
            self.from_beginning()
        elif start == "now":
            self.from_now()
        else:
            self.since(start)
        positions = {each: known(each) for each in fresh}
        offsets = {
            each: OffsetAndMetadata(
                self._consumer.position(each) if position is None else position, "", -1
            )
            for each, position in positions.items()
        }
        # A group that has readers already refuses: the first of them has stored where it started.
        with contextlib.suppress(CommitFailedError, RebalanceInProgressError):
            self._consumer.commit(offsets)
        return True


def _stored(settings: Settings, group: str) -> "set[TopicPartition]":
    """Give the partitions for which a group has a position.

    A consumer would wait for transactions that a killed run has left open to time out; whoever
    opens their partition next ends them, and until then the position before them is good enough.
    """
    from pipeline.lag.coordinated import once_coordinated
    from topics import cluster

    with cluster.connected(settings) as admin:
        found = once_coordinated(lambda: admin.list_group_offsets([group]))
    return {place for place, each in found.get(group, {}).items() if each.offset >= 0}
