"""A subscriber: reads topics as any client may, committed messages only, from a chosen point on."""

import contextlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from pipeline.problem import Problem
from pipeline.security.refusals import absent
from pipeline.settings import Settings
from pipeline.stream.clients import reader
from pipeline.stream.record import Record
from pipeline.stream.shelf import record_of

if TYPE_CHECKING:
    from kafka import KafkaConsumer

_POLL_MS = 250


class Subscription:
    """Reads declared topics from where it is told to start, all partitions of them.

    A ``group`` (by its full name) is one to store positions under; it does not join it.
    """

    def __init__(
        self, settings: Settings, topics: Sequence[str], *, group: str | None = None
    ) -> None:
        """Connect; ``Problem`` where no Kafka answers or a topic is not there."""
        from kafka import TopicPartition
        from kafka.errors import KafkaError

        try:
            self._consumer: KafkaConsumer = reader(settings, group)
        except KafkaError as error:
            raise Problem(
                f"no Kafka answers at {settings.bootstrap_servers}; start one with `callfacts "
                "broker start`, or say where it is with CALLFACTS_BOOTSTRAP_SERVERS"
            ) from error
        self._places: list[TopicPartition] = []
        for topic in map(settings.topic, topics):
            partitions = self._consumer.partitions_for_topic(topic)
            if not partitions:
                self._consumer.close()
                raise absent(settings, topic)
            self._places += [TopicPartition(topic, each) for each in sorted(partitions)]
        self._consumer.assign(self._places)

    def close(self) -> None:
        """Disconnect."""
        self._consumer.close()

    def from_beginning(self) -> None:
        """Start at the oldest messages there are."""
        self._consumer.seek_to_beginning(*self._places)

    def from_now(self) -> None:
        """Start with the first message that comes after this call."""
        for place, offset in self._consumer.end_offsets(self._places).items():
            self._consumer.seek(place, offset)

    def from_last(self, count: int) -> None:
        """Start so many offsets before the end of each partition, or at its oldest message."""
        firsts = self._consumer.beginning_offsets(self._places)
        for place, end in self._consumer.end_offsets(self._places).items():
            self._consumer.seek(place, max(firsts[place], end - count))

    def since(self, moment: datetime) -> None:
        """Start with the first messages of that time or later."""
        milliseconds = int(moment.timestamp() * 1000)
        found = self._consumer.offsets_for_times(dict.fromkeys(self._places, milliseconds))
        ends = self._consumer.end_offsets(self._places)
        for place in self._places:
            first = found.get(place)
            self._consumer.seek(place, ends[place] if first is None else first.offset)

    def records(self, *, follow: bool) -> Iterator[Record | None]:
        """Give the messages that are there; with ``follow`` go on for ever.

        Gives None each time that it has waited for a while and nothing has come.
        """
        with contextlib.closing(self):
            ends = {} if follow else self._consumer.end_offsets(self._places)
            while follow or any(self._consumer.position(p) < end for p, end in ends.items()):
                batches = self._consumer.poll(timeout_ms=_POLL_MS)
                for place, records in batches.items():
                    for record in records:
                        if follow or record.offset < ends[place]:
                            yield record_of(record)
                if not batches:
                    yield None
