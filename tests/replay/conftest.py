"""A live set of topics with some history, for all tests of replays."""

import uuid
from collections.abc import Iterator

import pytest
from kafka_view import Stream, start_worker

from pipeline.settings import Settings
from pipeline.stream.worker import Worker
from topics import cluster

TRANSCRIPTS = 30


@pytest.fixture(scope="module")
def live(broker: str) -> Iterator[Stream]:
    """Transcripts with revisions, repetitions, refusals, withdrawals and failures, processed."""
    settings = Settings(
        bootstrap_servers=broker,
        topic_prefix=f"test-{uuid.uuid4().hex[:8]}.",
        partitions=2,
        log_level="warning",
    )
    with cluster.connected(settings) as admin:
        cluster.apply(admin, settings)
    stream = Stream(settings)
    for number in range(TRANSCRIPTS):
        stream.publish(f"t{number}", f"AAAA made {number + 100}", "BBBB made 7 and 1")
    stream.publish("t0", "AAAA made 100", "CCCC made 5", revision=2)
    stream.publish("t1", "AAAA made 101", "BBBB made 7 and 1")
    stream.publish("t2", "AAAA made 3", "it says something else")
    stream.publish("t3", "AAAA made 9", "DDDD made 2", revision=2)
    stream.send("t4", None)
    stream.send("t5", b"{nonsense")
    stream.publish("partly", "AAAA made 1", "FAIL-IN-extract 2")
    # One on each partition, so that when they are completed all before them is.
    for number in range(10):
        stream.publish(f"end{number}", "AAAA made 1")
    yield stream
    stream.close()


@pytest.fixture(scope="module")
def worker(live: Stream) -> Iterator[Worker]:
    """The live worker, which has processed the history."""
    started = start_worker(live.settings)
    for number in range(10):
        live.wait_completed(f"end{number}")
    yield started
    started.stop()
