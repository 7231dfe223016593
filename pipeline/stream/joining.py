"""A group joined to the end, which kafka-python 3.0.12 leaves in the middle of it.

A consumer whose ``poll`` runs out of time between its part of the assignment (it is the leader) and
the broker's answer does not finish the join: by then it sees no reason to join again, because the
topics it assigned are those it knows. It is given nothing, sends no heartbeats and never learns
that the group has gone on without it. Kafka's own client goes on as long as a join is pending
(``rejoinNeededOrPending``), and so does this.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kafka import KafkaConsumer


def joined_to_the_end(consumer: "KafkaConsumer") -> "KafkaConsumer":
    """Make a consumer of a group finish what it has begun; gives the same consumer."""
    coordinator = consumer._coordinator
    is_needed = coordinator.need_rejoin
    coordinator.need_rejoin = lambda: coordinator.rejoining or is_needed()
    return consumer
