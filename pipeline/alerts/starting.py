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
        return starting.store(start, known)


class _Starting(Subscription):
    def store(self, start: Start, known: "Callable[[TopicPartition], int | None]") -> bool:
        from kafka import OffsetAndMetadata
        from kafka.errors import CommitFailedError, RebalanceInProgressError

        fresh = [each for each in self._places if self._consumer.committed(each) is None]
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
