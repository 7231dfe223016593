"""What works on a partition in Kafka transactions has in common: producer, sending, dead letters.

The id of the transactions is the partition's own, so whoever opens the partition next ends what a
dead or sleeping owner had begun, and that one can send no more; the consumer's generation is
checked beside it when the offset is committed.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pipeline.metrics.observer import observer
from pipeline.settings import Settings
from pipeline.stream import traces
from pipeline.stream.clients import transactional_producer
from pipeline.stream.deadletter import Failure, dead_letter
from pipeline.stream.guard import FloodGate, StageStoppedError
from pipeline.stream.record import Message, Record
from pipeline.version import VERSION

if TYPE_CHECKING:
    from kafka.structs import ConsumerGroupMetadata

    from pipeline.stream.producing import TransactionalProducer

logger = logging.getLogger(__name__)

DELIVERY_SECONDS = 25.0
"""How long the broker may take to acknowledge what a transaction sends."""


class Transactional:
    """The producer of one partition, and what becomes of records that cannot be processed."""

    stage: str
    targets: tuple[str, ...]
    """The declared topics that transactions write to."""

    def __init__(self, settings: Settings, transactional_id: str) -> None:
        """Take the partition's own id; ``open`` connects."""
        self._settings = settings
        self._producer = transactional_producer(settings, transactional_id)
        self._flood = FloodGate()

    def open(self) -> None:
        """End what an earlier owner of this partition had begun."""
        self._producer.init_transactions()

    def warm_up(self, committed: dict[Any, Any], group: "ConsumerGroupMetadata") -> None:
        """Connect to all that a transaction talks to, so that the first one is as fast as others.

        Commits the offsets that are committed already, in a transaction of its own.
        """
        for name in self.targets:
            self._producer.partitions_for(self._settings.topic(name))
        self._producer.begin_transaction()
        self._producer.send_offsets_to_transaction(committed, group)
        self._producer.commit_transaction()

    def close(self) -> None:
        """Disconnect at once; an open transaction is left to whoever opens the partition next."""
        self._producer.close(timeout=1)

    def dead_letter(self, record: Record, fault: Exception, now: datetime) -> Message:
        """Write the dead letter of a record, and say so in the log."""
        observer().dead_lettered(self.stage, fault)
        traces.failed(record, fault)
        failure = Failure(self.stage, fault, attempt=1, version=VERSION, failed_at=now)
        logger.warning(
            "%s: %s goes to the dead letters: %s", self.stage, record.place, failure.reason
        )
        return dead_letter(record, failure)

    def note_failure(self, fault: Exception) -> None:
        """Note a record that failed; raises ``StageStoppedError`` when too many of them do."""
        if self._flood.note(failed=True):
            raise StageStoppedError(
                f"{self.stage}: more than {self._flood.most} of the last {self._flood.window} "
                f"records failed, the last with {fault!r}; that looks like a broken "
                "deployment, so the stage stops"
            ) from fault

    def note_success(self) -> None:
        """Note a record that was processed."""
        self._flood.note(failed=False)


class Sent:
    """A message of a transaction."""

    def __init__(self, message: Message, partition: int | None) -> None:
        """Take the message, which is not sent yet, and its partition, None where any will do."""
        self.message = message
        self.partition = partition
        self.future: Any = None

    def offset(self) -> int:
        """Wait until the broker has acknowledged it, once it is sent; raises what it refused."""
        return int(self.future.get(timeout=DELIVERY_SECONDS).offset)


class Sending:
    """What one transaction sends: gathered first, so that all its partitions are known at once."""

    def __init__(self, settings: Settings, producer: "TransactionalProducer") -> None:
        """Take the producer, and begin a transaction."""
        self._settings = settings
        self._producer = producer
        self._gathered: list[Sent] = []
        self._announced: list[tuple[str, int]] = []
        self._sent: list[Sent] = []
        self._partitions: dict[tuple[str, bytes], int] = {}
        self._offsets: Callable[[float], None] = lambda _: None
        producer.begin_transaction()

    def commit_offsets(self, committed: dict[Any, Any], group: "ConsumerGroupMetadata") -> None:
        """Make the offsets of what is read part of the transaction; ``wait`` waits for it."""
        self._offsets = self._producer.begin_offsets(committed, group)

    def send(self, message: Message, partition: int | None = None) -> Sent:
        """Send a message with the next ``flush``."""
        if partition is None and message.key is not None:
            place = self._settings.topic(message.topic), message.key
            partition = self._partitions.get(place)
            if partition is None:
                partition = self._partitions[place] = self._producer.partition_of(*place)
        sent = Sent(message, partition)
        self._gathered.append(sent)
        return sent

    def announce(self, topic: str, partition: int) -> None:
        """Say that something will be sent there after the next ``flush``."""
        self._announced.append((self._settings.topic(topic), partition))

    def flush(self) -> None:
        """Send what is gathered, in its order, in one request; wait until the broker has answered.

        What it refused is raised by ``offset``, or when the transaction is committed.
        """
        places = dict.fromkeys(self._announced)
        for sent in self._gathered:
            if sent.partition is not None:
                places[self._settings.topic(sent.message.topic), sent.partition] = None
        self._producer.announce(places)
        for sent in self._gathered:
            message = sent.message
            sent.future = self._producer.send(
                self._settings.topic(message.topic),
                key=message.key,
                value=message.value,
                headers=list(message.headers),
                partition=sent.partition,
            )
        self._producer.flush(DELIVERY_SECONDS)
        self._sent += self._gathered
        self._gathered, self._announced = [], []

    def commit(self) -> None:
        """Send the rest, make sure that the broker has taken everything, and commit.

        Raises what it refused; whether the transaction counts is then not known.
        """
        self.flush()
        for sent in self._sent:
            sent.offset()
        self._offsets(DELIVERY_SECONDS)
        self._producer.commit_transaction()
