"""The stages' threads: one for what comes one after the other, others beside it."""

import asyncio
import threading

from pipeline.stream.threads import Threads


def test_what_comes_one_after_the_other_is_done_in_one_thread() -> None:
    async def one_by_one() -> set[int]:
        loop = asyncio.get_running_loop()
        loop.set_default_executor(Threads())
        return {await asyncio.to_thread(threading.get_ident) for _ in range(20)}

    assert len(asyncio.run(one_by_one())) == 1


def test_nobody_waits_for_one_who_does_not_end() -> None:
    async def beside() -> bool:
        asyncio.get_running_loop().set_default_executor(Threads())
        ends = threading.Event()
        long = asyncio.create_task(asyncio.to_thread(ends.wait))
        await asyncio.sleep(0)
        await asyncio.wait_for(asyncio.to_thread(ends.set), 60)
        return await asyncio.wait_for(long, 60)

    assert asyncio.run(beside())
