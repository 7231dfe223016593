"""The kafka-python clients of the publisher and of the commands, each with its settings."""

from typing import TYPE_CHECKING

from pipeline.security.connection import for_kafka_python
from pipeline.security.refusals import explained
from pipeline.settings import Settings
from pipeline.stream.joining import joined_to_the_end

if TYPE_CHECKING:
    from kafka import KafkaConsumer, KafkaProducer

    from pipeline.stream.producing import TransactionalProducer

FETCH_BYTES = 8 * 1024 * 1024
# Whoever reads a record here and there gets the batch that holds it, whatever its size. The client
# asks for what follows before it is told where to read next: that answer has to come at once.
PICKED_BYTES = 64 * 1024
PICKED_WAIT_MS = 5
LARGEST_REQUEST = 64 * 1024 * 1024
REQUEST_MS = 15_000
RECONNECT_MS = 1_000
BOOTSTRAP_MS = 5_000
SESSION_MS = 6_000
# How long a subscriber that died without a word keeps its partitions from the others of its group.
SUBSCRIBER_SESSION_MS = 10_000
TRANSACTION_MS = 30_000
RECORDS_AT_ONCE = 100
# Who may be half a second late gets its records when so many bytes have come, or so much time has
# passed: a transaction costs the broker as much as tens of records do.
GATHERED_BYTES = 256 * 1024
GATHERING_MS = 500


def transactional_producer(settings: Settings, transactional_id: str) -> "TransactionalProducer":
    """Make a producer for transactions; a later one with the same id fences this one."""
    from pipeline.stream.producing import TransactionalProducer

    return TransactionalProducer(
        **for_kafka_python(settings),
        client_id=transactional_id,
        transactional_id=transactional_id,
        transaction_timeout_ms=TRANSACTION_MS,
        acks="all",
        enable_idempotence=True,
        # Sent at once when a transaction says so (``Sending.flush``): at 0 the producer sends
        # the first message alone, and takes three requests for what two hold.
        linger_ms=20,
        batch_size=256 * 1024,
        max_request_size=LARGEST_REQUEST,
        request_timeout_ms=REQUEST_MS,
        reconnect_backoff_max_ms=RECONNECT_MS,
        delivery_timeout_ms=20_000,
        max_block_ms=20_000,
        # The pause before a transaction's next request is tried again: the broker needs a few
        # milliseconds to end the one before.
        retry_backoff_ms=5,
        metrics_enabled=False,
        allow_auto_create_topics=False,
    )


def plain_producer(settings: Settings) -> "KafkaProducer":
    """Make an idempotent producer for transcripts."""
    from kafka import KafkaProducer

    with explained(settings):
        return KafkaProducer(
            **for_kafka_python(settings),
            bootstrap_timeout_ms=BOOTSTRAP_MS,
            client_id="callfacts-publish",
            acks="all",
            enable_idempotence=True,
            linger_ms=0,
            max_request_size=LARGEST_REQUEST,
            request_timeout_ms=REQUEST_MS,
            reconnect_backoff_max_ms=RECONNECT_MS,
            delivery_timeout_ms=30_000,
            max_block_ms=20_000,
            metrics_enabled=False,
            allow_auto_create_topics=False,
        )


def group_consumer(
    settings: Settings, group: str, at_once: int = RECORDS_AT_ONCE, *, gathers: bool = False
) -> "KafkaConsumer":
    """Make a consumer that shares partitions with its group and commits in transactions only.

    With ``gathers`` the broker lets records wait for others, for ``GATHERING_MS`` at most.
    """
    from kafka import KafkaConsumer
    from kafka.coordinator.assignors.cooperative_sticky import CooperativeStickyAssignor

    consumer = KafkaConsumer(
        **for_kafka_python(settings),
        group_id=group,
        client_id=group,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
        partition_assignment_strategy=[CooperativeStickyAssignor],
        session_timeout_ms=SESSION_MS,
        heartbeat_interval_ms=1_500,
        max_poll_records=at_once,
        max_partition_fetch_bytes=FETCH_BYTES,
        fetch_min_bytes=GATHERED_BYTES if gathers else 1,
        fetch_max_wait_ms=GATHERING_MS if gathers else 500,
        request_timeout_ms=REQUEST_MS,
        reconnect_backoff_max_ms=RECONNECT_MS,
        metrics_enabled=False,
        allow_auto_create_topics=False,
    )
    return joined_to_the_end(consumer)


def reader(settings: Settings, group: str | None = None) -> "KafkaConsumer":
    """Make a consumer that reads what has been committed; positions are stored only when told."""
    consumer = _reader(settings, group, fetch_bytes=FETCH_BYTES, wait_ms=200)
    return consumer if group is None else joined_to_the_end(consumer)


def picker(settings: Settings) -> "KafkaConsumer":
    """Make a consumer that reads what has been committed here and there: little at once."""
    return _reader(settings, None, fetch_bytes=PICKED_BYTES, wait_ms=PICKED_WAIT_MS)


def _reader(
    settings: Settings, group: str | None, *, fetch_bytes: int, wait_ms: int
) -> "KafkaConsumer":
    from kafka import KafkaConsumer

    with explained(settings):
        return KafkaConsumer(
            **for_kafka_python(settings),
            bootstrap_timeout_ms=BOOTSTRAP_MS,
            group_id=group,
            client_id="callfacts-reader",
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            isolation_level="read_committed",
            session_timeout_ms=SUBSCRIBER_SESSION_MS,
            max_poll_records=2_000,
            max_partition_fetch_bytes=fetch_bytes,
            fetch_max_wait_ms=wait_ms,
            request_timeout_ms=REQUEST_MS,
            reconnect_backoff_max_ms=RECONNECT_MS,
            metrics_enabled=False,
            allow_auto_create_topics=False,
        )
