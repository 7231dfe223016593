"""A worker with stand-in stages on a real broker, one for a test module."""

from collections.abc import Iterator

import pytest
from kafka_view import Stream, opened, start_worker

from pipeline.stream.worker import Worker


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
