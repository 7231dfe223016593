"""Faust's consumer with its holes closed, on a real broker."""

import asyncio
from typing import Any

import pytest
from kafka_view import Stream

from pipeline.stream.faustapp import stream_app

pytestmark = pytest.mark.broker


def test_what_was_dropped_before_the_first_commit_is_read_again(own_stream: Stream) -> None:
    """Around a rebalance Faust drops what it has fetched and seeks to what is committed."""
    for number in range(4):
        own_stream.publish(f"t{number}", "AAAA made 1")
    asyncio.run(_read_twice(own_stream))


async def _read_twice(stream: Stream) -> None:
    app, read = stream_app(stream.settings), list[tuple[int, int]]()

    async def agent(records: Any) -> None:
        async for event in records.noack().events():
            read.append((event.message.partition, event.message.offset))

    topic = app.topic(
        stream.settings.topic("transcripts.raw"), key_serializer="raw", value_serializer="raw"
    )
    app.agent(topic)(agent)
    await app.start()
    try:
        await _until(lambda: len(read) == 4)
        consumer: Any = app.consumer
        await consumer.perform_seek()
        await _until(lambda: len(read) == 8)
    finally:
        await app.stop()
    assert sorted(read[:4]) == sorted(read[4:])


async def _until(condition: Any) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.02)
