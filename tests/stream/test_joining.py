"""A group is joined to the end, however short the polls are."""

import time
import uuid
from collections.abc import Callable

import pytest
from kafka import KafkaConsumer
from kafka_view import Stream

from pipeline.settings import Settings
from pipeline.stream.clients import group_consumer, reader

pytestmark = pytest.mark.broker


@pytest.mark.parametrize("make", [group_consumer, reader])
def test_polls_that_end_amid_a_join_are_taken_up_by_the_next(
    stream: Stream, make: Callable[[Settings, str], KafkaConsumer]
) -> None:
    """Without the patch nine of ten such consumers are never given a partition."""
    for _ in range(4):
        consumer = make(stream.settings, f"joining-{uuid.uuid4().hex[:8]}")
        try:
            consumer.subscribe([stream.settings.topic("transcripts.raw")])
            deadline = time.monotonic() + 50
            while not consumer.assignment():
                assert time.monotonic() < deadline, "the join was never finished"
                consumer.poll(timeout_ms=2)
        finally:
            consumer.close()
