"""A transactional producer that needs few round trips for a transaction.

kafka-python tells the broker of a partition when it is first sent to, and asks, waits and sends one
thing at a time: a transaction on four partitions takes ten requests, one after the other. Told of
all partitions at once, and of the offsets while what to send is still being made, it takes six.
Nothing else changes: each request is the one that it would have been.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from kafka import KafkaProducer, TopicPartition
from kafka.errors import KafkaTimeoutError
from kafka.partitioner.default import murmur2

if TYPE_CHECKING:
    from kafka.structs import ConsumerGroupMetadata

# Facts of one call have one key, and the hash is made in Python, byte by byte.
_hash = lru_cache(maxsize=1024)(murmur2)


class TransactionalProducer(KafkaProducer):  # type: ignore[misc]  # it has no types
    """kafka-python's producer, with what a transaction is about told early."""

    def partition_of(self, topic: str, key: bytes) -> int:
        """Give the partition of a key, the one that ``send`` would choose."""
        partitions = sorted(self.partitions_for(topic))
        return int(partitions[(_hash(key) & 0x7FFFFFFF) % len(partitions)])

    def announce(self, places: Iterable[tuple[str, int]]) -> None:
        """Make partitions part of the transaction; call it before anything is sent to them."""
        for topic, partition in places:
            place = TopicPartition(topic, partition)
            self._transaction_manager.maybe_add_partition_to_transaction(place)

    def begin_offsets(
        self, committed: dict[Any, Any], group: "ConsumerGroupMetadata"
    ) -> Callable[[float], None]:
        """Begin what ``send_offsets_to_transaction`` does; gives how to wait for it, in seconds."""
        result = self._transaction_manager.send_offsets_to_transaction(committed, group)
        self._sender.wakeup()

        def wait(seconds: float) -> None:
            if not result.wait(seconds * 1000):
                raise KafkaTimeoutError(f"no offsets committed within {seconds:.0f} s")

        return wait
