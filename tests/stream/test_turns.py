"""Turns: later stages first, and nobody waits for ever."""

import asyncio

from pipeline.stream.turns import Turns


def test_the_lowest_rank_is_next_and_equals_keep_their_order() -> None:
    order: list[str] = []

    async def work(turns: Turns, name: str, rank: int) -> None:
        async with turns.turn(rank):
            order.append(name)
            await asyncio.sleep(0)

    async def all_at_once() -> None:
        turns = Turns()
        named = [("at work", 0), ("early", 0), ("late", -2), ("middle", -1), ("later", -2)]
        await asyncio.gather(*(work(turns, name, rank) for name, rank in named))

    asyncio.run(all_at_once())
    assert order == ["at work", "late", "later", "middle", "early"]


def test_who_has_waited_long_goes_ahead_of_one_that_does_not_end() -> None:
    async def beside_a_long_one() -> bool:
        turns = Turns()
        async with turns.turn(0), turns.turn(-1):
            return True

    assert asyncio.run(asyncio.wait_for(beside_a_long_one(), 60))


def test_a_failure_ends_a_turn() -> None:
    async def after_a_failure() -> bool:
        turns = Turns()
        try:
            async with turns.turn(0):
                raise RuntimeError
        except RuntimeError:
            pass
        return not turns.taken

    assert asyncio.run(after_a_failure())
