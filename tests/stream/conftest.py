"""A worker with stand-in stages on a real broker, one for a test module."""

import contextlib
import uuid
from collections.abc import Iterator

import pytest
from kafka_view import Stream, start_worker

from pipeline.settings import Settings
from pipeline.stream.worker import Worker
from topics import cluster


@contextlib.contextmanager
def opened(broker: str) -> Iterator[Stream]:
    settings = Settings(
        bootstrap_servers=broker,
        topic_prefix=f"test-{uuid.uuid4().hex[:8]}.",
        partitions=2,
        log_level="warning",
    )
    with cluster.connected(settings) as admin:
        cluster.apply(admin, settings)
    stream = Stream(settings)
    yield stream
    stream.close()


@pytest.fixture(scope="module")
def stream(broker: str) -> Iterator[Stream]:
    """Topics of the test module's own."""
    with opened(broker) as stream:
        yield stream


@pytest.fixture
def own_stream(broker: str) -> Iterator[Stream]:
    """Topics of one test's own."""
    with opened(broker) as stream:
        yield stream


@pytest.fixture(scope="module")
def worker(stream: Stream) -> Iterator[Worker]:
    """A worker with the stand-in stages on the module's topics."""
    started = start_worker(stream.settings)
    yield started
    started.stop()
