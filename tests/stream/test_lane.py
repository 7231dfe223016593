"""What waits for a stage: live records one by one, a backlog as much at once as one may take."""

import asyncio
import time

import pytest

from pipeline.stream.lane import MOST_AT_ONCE, Lane, Waiting, is_backlog
from pipeline.stream.record import INGESTED, Record

NOW = int(time.time() * 1000) + 3_600_000  # still to come when the tests run
OLD = NOW - 7_200_000


def waiting(number: int, landed: int, *, size: int = 10, raw: bool = False) -> Waiting:
    """Make a record that landed at a time, told by itself if it is the transcript message."""
    timestamp, headers = (landed, ()) if raw else (NOW, ((INGESTED, str(landed).encode()),))
    return Waiting(Record("in", 0, number, timestamp, b"key", b"x" * size, headers), number)


def taken(*records: Waiting, at_once: int = 100) -> list[list[int]]:
    """Put records into a lane; give the offsets of what is taken, each time."""

    async def all_of_them() -> list[list[int]]:
        lane = Lane(at_once)
        for each in records:
            await lane.put(each)
        found: list[list[int]] = []
        while sum(map(len, found)) < len(records):
            first = await asyncio.wait_for(lane.first(), 60)
            assert await lane.first() is first
            batch = lane.take() if is_backlog(first) else [lane.take_first()]
            assert batch[0] is first
            assert [each.message for each in batch] == [each.record.offset for each in batch]
            found.append([each.record.offset for each in batch])
        return found

    return asyncio.run(all_of_them())


@pytest.mark.parametrize("raw", [True, False])
def test_a_backlog_is_taken_at_once(raw: bool) -> None:
    assert taken(*(waiting(number, OLD, raw=raw) for number in range(3))) == [[0, 1, 2]]


@pytest.mark.parametrize("raw", [True, False])
def test_what_has_just_landed_is_taken_one_by_one(raw: bool) -> None:
    assert taken(*(waiting(number, NOW, raw=raw) for number in range(3))) == [[0], [1], [2]]


def test_a_live_record_neither_waits_for_a_backlog_nor_is_waited_for() -> None:
    landed = [OLD, OLD, NOW, OLD, OLD]
    records = [waiting(number, each) for number, each in enumerate(landed)]
    assert taken(*records) == [[0, 1], [2], [3, 4]]


def test_no_more_is_taken_at_once_than_one_may_take() -> None:
    records = [waiting(number, OLD, size=40) for number in range(5)]
    assert taken(*records) == [[0, 1], [2, 3], [4]]


def test_what_is_larger_than_that_is_taken_alone() -> None:
    sizes = [10, 400, 400, 10]
    records = [waiting(number, OLD, size=size) for number, size in enumerate(sizes)]
    assert taken(*records) == [[0], [1], [2], [3]]


def test_a_record_without_a_value_counts_as_nothing() -> None:
    withdrawal = Waiting(Record("in", 0, 0, OLD, b"key", None), 0)
    assert taken(withdrawal, waiting(1, OLD)) == [[0, 1]]


def test_who_puts_waits_while_many_are_waiting() -> None:
    async def is_full() -> bool:
        lane = Lane(100)
        for number in range(MOST_AT_ONCE):
            await lane.put(waiting(number, OLD))
        one_more = asyncio.create_task(lane.put(waiting(MOST_AT_ONCE, OLD)))
        await asyncio.sleep(0)
        was_full = not one_more.done()
        await lane.first()
        lane.take()
        await asyncio.wait_for(one_more, 60)
        return was_full

    assert asyncio.run(is_full())


def test_what_comes_before_it_is_taken_is_taken_as_well() -> None:
    async def first_then_more() -> list[int]:
        lane = Lane(100)
        await lane.put(waiting(0, OLD))
        await lane.first()
        await lane.put(waiting(1, OLD))
        return [each.record.offset for each in lane.take()]

    assert asyncio.run(first_then_more()) == [0, 1]


def test_nothing_is_taken_that_was_not_waited_for() -> None:
    with pytest.raises(asyncio.QueueEmpty):
        Lane(100).take_first()
