"""Faust's consumer with its holes closed, on a real broker."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from kafka_view import Stream

from pipeline.stream.faustapp import stream_app

pytestmark = pytest.mark.broker


def test_what_was_dropped_before_the_first_commit_is_read_again(own_stream: Stream) -> None:
    """Around a rebalance Faust drops what it has fetched and seeks to what is committed."""

    async def check(app: Any, read: list[Any]) -> None:
        await _until(lambda: len(read) == 4)
        await app.consumer.perform_seek()
        await _until(lambda: len(read) == 8)
        assert _places(read[:4]) == _places(read[4:])

    _run(own_stream, check)


def test_a_commit_that_a_rebalance_overtakes_is_made_again(own_stream: Stream) -> None:
    async def check(app: Any, read: list[Any]) -> None:
        consumer, taken = app.consumer, dict[Any, int]()
        commit = consumer._commit

        async def overtaken(offsets: dict[Any, int]) -> bool:
            consumer._commit = observed
            app.consumer_generation_id += 1
            for place in offsets:
                for of in (consumer._acked, consumer._acked_index, consumer._committed_offset):
                    of.pop(place, None)
            await consumer.perform_seek()
            return False

        async def observed(offsets: dict[Any, int]) -> bool:
            taken.update(offsets)
            return bool(await commit(offsets))

        consumer._commit = overtaken
        await _until(lambda: len(read) == 4)
        for message in read:
            consumer.acknowledge(message)
        await _until(lambda: len(read) == 8)
        for message in read[4:]:
            consumer.acknowledge(message)
        await _until(lambda: sum(taken.values()) == 4)

    _run(own_stream, check)


def _run(stream: Stream, check: Callable[[Any, list[Any]], Awaitable[None]]) -> None:
    """Run an app that reads four transcripts, and what is to be checked beside it."""
    for number in range(4):
        stream.publish(f"t{number}", "AAAA made 1")
    asyncio.run(_beside(stream, check))


async def _beside(stream: Stream, check: Callable[[Any, list[Any]], Awaitable[None]]) -> None:
    app, read = stream_app(stream.settings), list[Any]()

    async def agent(records: Any) -> None:
        async for event in records.noack().events():
            read.append(event.message)

    topic = app.topic(
        stream.settings.topic("transcripts.raw"), key_serializer="raw", value_serializer="raw"
    )
    app.agent(topic)(agent)
    await app.start()
    try:
        await check(app, read)
    finally:
        await app.stop()


def _places(messages: list[Any]) -> list[tuple[int, int]]:
    return sorted((each.partition, each.offset) for each in messages)


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.02)
