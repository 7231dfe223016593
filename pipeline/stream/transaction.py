"""What works on a partition in Kafka transactions has in common: producer, sending, dead letters.

The id of the transactions is the partition's own, so whoever opens the partition next ends what a
dead or sleeping owner had begun, and that one can send no more; the consumer's generation is
checked beside it when the offset is committed.
"""

import logging
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
    from kafka import KafkaProducer
    from kafka.structs import ConsumerGroupMetadata

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


class Sending:
    """What one transaction sends."""

    def __init__(self, settings: Settings, producer: "KafkaProducer") -> None:
        """Take the producer whose transaction has begun."""
        self._settings = settings
        self._producer = producer
        self._sent: list[Any] = []

    def send(self, message: Message, partition: int | None = None) -> Any:
        """Send a message within the transaction; gives its future."""
        sent = self._producer.send(
            self._settings.topic(message.topic),
            key=message.key,
            value=message.value,
            headers=list(message.headers),
            partition=partition,
        )
        self._sent.append(sent)
        return sent

    def wait(self) -> None:
        """Wait until the broker has acknowledged everything; raises what it refused."""
        for sent in self._sent:
            sent.get(timeout=DELIVERY_SECONDS)
