"""The Faust app, with what Faust 0.15 leaves open closed.

- The producer is idempotent and waits for all replicas; Faust turns that on only with its own
  transactions, which do not hold.
- Records that are dropped around a rebalance are read again, also before the first commit.
- A commit that a rebalance overtakes counts for nothing.
- Only ``acknowledge`` marks a record as done. Faust itself also acknowledges records that it skips
  around a rebalance, and could commit past one that nobody has processed.
- No topic is created, no table is kept, no web server runs, nothing is written to the disk but an
  empty folder in the place for temporary files.
"""

import tempfile
from collections.abc import Mapping
from typing import Any

import faust
from faust.transport.drivers import aiokafka as driver

from pipeline.security.connection import for_faust
from pipeline.settings import Settings

STREAM_BUFFER = 256
"""Records that may wait for a stage; beyond that its partitions are no longer fetched."""

FETCHED_AT_ONCE = 64
FETCH_BYTES = 4 * 1024 * 1024
FETCH_WAIT_MS = 100
LARGEST_REQUEST = 64 * 1024 * 1024

SESSION_SECONDS = 6.0
HEARTBEAT_SECONDS = 1.5
REQUEST_SECONDS = 20.0
COMMIT_SECONDS = 0.5


class IdempotentProducer(driver.Producer):
    """Faust's producer; what it retries lands once and in order."""

    def _settings_extra(self) -> dict[str, Any]:
        return {"acks": "all", "enable_idempotence": True, "retry_backoff_ms": 50}


class PromptThread(driver.AIOKafkaConsumerThread):
    """The thread of Faust's consumer; no request of it waits at the broker for long.

    One request is under way at a time, and not for partitions whose records have been fetched and
    not taken for 0.2 s, as it is when much comes at once. What comes to these waits until that
    request returns, which with Faust's 1.5 s had all stages stand still for a second.
    """

    def _create_worker_consumer(self, transport: driver.Transport) -> Any:
        consumer = super()._create_worker_consumer(transport)
        consumer._fetch_max_wait_ms = FETCH_WAIT_MS
        return consumer


class DeliberateConsumer(driver.Consumer):
    """Faust's consumer; it takes an acknowledgement only from ``acknowledge``."""

    def _new_consumer_thread(self) -> PromptThread:
        return PromptThread(self, loop=self.loop, beacon=self.beacon)

    def acknowledge(self, message: Any) -> None:
        """Mark a record as done: all that follows from it has been delivered."""
        message.refcount = 0
        super().ack(message)

    def ack(self, message: Any) -> bool:
        """Let go of a record that Faust skips, without marking it as done."""
        self._unacked_messages.discard(message)
        return False

    async def seek_to_committed(self) -> Mapping[Any, int]:
        """Go back to what is committed, and to the beginning where nothing is.

        What Faust fetched and dropped around a rebalance is read again only thereby; aiokafka
        leaves a partition without a commit where it is, past the records that were dropped.
        """
        committed: Mapping[Any, int] = await super().seek_to_committed()
        unmoved = [place for place, offset in committed.items() if not offset]
        if unmoved:
            begins = await self.earliest_offsets(*unmoved)
            # A rebalance may have begun meanwhile.
            mine = self.assignment()
            await self.seek_wait({each: begins[each] for each in unmoved if each in mine})
        return committed

    async def _commit_offsets(
        self, offsets: Mapping[Any, int], start_new_transaction: bool = True
    ) -> bool:
        """Commit; what counts as committed is what the broker has taken, and still is ours.

        Faust notes it also where the broker refused, because the group has been rebalanced; noted
        after the new position, it would let no record up to there be acknowledged ever again.
        """
        del start_new_transaction
        generation = self.app.consumer_generation_id
        assignment = self.assignment()
        ours = {place: offset for place, offset in offsets.items() if place in assignment}
        if not ours or not await self._commit(ours):
            return False
        if generation == self.app.consumer_generation_id:
            self._committed_offset.update(ours)
        return True


class Transport(driver.Transport):
    """Kafka with the two above."""

    Consumer = DeliberateConsumer
    Producer = IdempotentProducer


class StreamApp(faust.App):
    """A Faust app on that transport."""

    def _new_transport(self) -> Transport:
        return Transport(self.conf.broker_consumer, self)

    def _new_producer_transport(self) -> Transport:
        return Transport(self.conf.broker_producer, self)


def stream_app(settings: Settings) -> StreamApp:
    """Make the app of a worker; its id is the consumer group that all workers share."""
    return StreamApp(
        settings.topic(settings.worker_group),
        **for_faust(settings),
        datadir=tempfile.gettempdir(),
        topic_allow_declare=False,
        topic_disable_leader=True,
        web_enabled=False,
        stream_buffer_maxsize=STREAM_BUFFER,
        # An event in work is handed back at a rebalance rather than waited for: what it sends
        # after that is a duplicate, which the publisher knows by its origin.
        stream_wait_empty=False,
        stream_publish_on_commit=False,
        consumer_auto_offset_reset="earliest",
        consumer_max_fetch_size=FETCH_BYTES,
        broker_max_poll_records=FETCHED_AT_ONCE,
        broker_commit_interval=COMMIT_SECONDS,
        broker_commit_every=1_000,
        broker_session_timeout=SESSION_SECONDS,
        broker_heartbeat_interval=HEARTBEAT_SECONDS,
        broker_rebalance_timeout=30.0,
        broker_request_timeout=REQUEST_SECONDS,
        broker_max_poll_interval=600.0,
        producer_acks=-1,
        producer_linger=0.0,
        producer_max_batch_size=1024 * 1024,
        producer_max_request_size=LARGEST_REQUEST,
        producer_request_timeout=REQUEST_SECONDS,
    )
