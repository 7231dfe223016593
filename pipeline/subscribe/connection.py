"""A subscriber's connection: from where it reads, with whom it shares, what position it stores."""

import contextlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from kafka import ConsumerRebalanceListener, OffsetAndMetadata
from kafka.errors import CommitFailedError, KafkaError, RebalanceInProgressError

from pipeline.problem import Problem
from pipeline.settings import Settings
from pipeline.stream.record import Record
from pipeline.stream.shelf import record_of
from pipeline.stream.subscription import Subscription

if TYPE_CHECKING:
    from kafka import TopicPartition

Start = Literal["beginning", "now"] | datetime

_WAIT_MS = 250
# As many as are surely dealt with in the five minutes after which a group gives up on a reader.
_AT_ONCE = 200


class PositionsMovedOn(Problem):
    """Others read in this reader's place by now, so that its position is not stored."""


class Connection(Subscription):
    """Reads one topic: all of it, or with a group the partitions that the group leaves to it."""

    def __init__(self, settings: Settings, topic: str, start: Start, group: str | None) -> None:
        """Connect and go to the start; ``Problem`` as for ``Subscription``."""
        self._group = None if group is None else settings.topic(group)
        super().__init__(settings, [topic], group=self._group)
        self._joined = _Joined(self._group is None)
        try:
            self._ends: dict[TopicPartition, int] = self._consumer.end_offsets(self._places)
            self._go_to(start)
            if self._group is not None:
                self._join(settings.topic(topic))
        except KafkaError as error:
            self.close()
            raise _failed(settings.topic(topic), error) from error
        except BaseException:
            self.close()
            raise

    def at_end(self) -> bool:
        """Say whether all is read that was there when it connected, of what this reader reads."""
        return self._joined.yet and all(
            self._consumer.position(place) >= self._ends[place]
            for place in self._consumer.assignment()
            if place in self._ends
        )

    def arrivals(self, *, follow: bool) -> "Iterator[tuple[TopicPartition, Record]]":
        """Wait a moment and give what has come, without ``follow`` only what was there before."""
        try:
            batches: dict[TopicPartition, list[Any]] = self._consumer.poll(
                timeout_ms=_WAIT_MS, max_records=_AT_ONCE if self._group else None
            )
        except KafkaError as error:
            raise _failed(self._places[0].topic, error) from error
        for place, records in batches.items():
            for record in records:
                if follow or record.offset < self._ends.get(place, 0):
                    yield place, record_of(record)

    def store(self, positions: "Mapping[TopicPartition, int]") -> None:
        """Store the offsets of what comes next as the group's position.

        Raises ``PositionsMovedOn`` where the group has given the partitions to others, ``Problem``
        where there is no group or Kafka refuses.
        """
        if self._group is None:
            raise Problem("a position is stored under a group: subscribe with group=NAME")
        mine = self._consumer.assignment()
        offsets = {
            place: OffsetAndMetadata(offset, "", -1)
            for place, offset in positions.items()
            if place in mine
        }
        try:
            if offsets:
                self._consumer.commit(offsets)
        except (CommitFailedError, RebalanceInProgressError) as error:
            raise PositionsMovedOn(
                f"the group {self._group} has gone on without this reader, which took too long or "
                "was not reached; what it has not stored comes again"
            ) from error
        except KafkaError as error:
            raise _failed(f"the position of {self._group}", error) from error

    def _go_to(self, start: Start) -> None:
        if isinstance(start, datetime):
            self.since(start if start.tzinfo else start.replace(tzinfo=UTC))
        elif start == "now":
            self.from_now()
        elif start == "beginning":
            self.from_beginning()
        else:
            raise Problem(f"start is {start!r}; expected 'beginning', 'now' or a datetime")

    def _join(self, topic: str) -> None:
        """Store the start where the group has no position yet, then share the topic with it.

        Stored at once, "now" stays the moment of the first start however often the reader starts.
        """
        fresh = {
            place: self._consumer.position(place)
            for place in self._places
            if self._consumer.committed(place) is None
        }
        # A group that has readers already refuses: the first of them has stored where it started.
        with contextlib.suppress(PositionsMovedOn):
            self.store(fresh)
        self._consumer.unsubscribe()
        self._consumer.subscribe([topic], listener=self._joined)


class _Joined(ConsumerRebalanceListener):  # type: ignore[misc]
    """Knows whether the group has said what this reader is to read, which may be nothing."""

    def __init__(self, yet: bool) -> None:
        self.yet = yet

    def on_partitions_revoked(self, revoked: "list[TopicPartition]") -> None:  # noqa: ARG002
        """Wait for what the group says next; positions are stored already, before each poll."""
        self.yet = False

    def on_partitions_assigned(self, assigned: "list[TopicPartition]") -> None:  # noqa: ARG002
        """Take note."""
        self.yet = True


def _failed(what: str, error: KafkaError) -> Problem:
    return Problem(f"{what}: Kafka says {error or type(error).__name__}")
