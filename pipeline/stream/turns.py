"""Whose turn it is: one stage works at a time, and a later one goes before an earlier one.

Python runs one thread at a time anyway. Left to themselves the stages of a transcript's parts share
it evenly, so that the first part's facts come hardly before the last's; in turns each part goes all
the way before the next one begins.
"""

import asyncio
import heapq
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

LONGEST_SECONDS = 1.0
"""Who has waited so long goes ahead: a stage at work on something huge does not hold up others.

Not sooner: an earlier stage that goes ahead of a later one fills up what is handed on.
"""


class Turns:
    """The turns of one process."""

    def __init__(self) -> None:
        """Nobody is at work."""
        self._at_work = 0
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._number = itertools.count()

    @property
    def taken(self) -> bool:
        """Whether anybody is at work."""
        return self._at_work > 0

    @asynccontextmanager
    async def turn(self, rank: int) -> AsyncIterator[None]:
        """Wait for a turn and hold it; of those who wait the lowest rank is next."""
        if self._at_work:
            mine = asyncio.get_running_loop().create_future()
            heapq.heappush(self._waiting, (rank, next(self._number), mine))
            await asyncio.wait([mine], timeout=LONGEST_SECONDS)
            mine.cancel()
        self._at_work += 1
        try:
            yield
        finally:
            self._at_work -= 1
            self._wake()

    def _wake(self) -> None:
        while self._waiting and not self._at_work:
            _, _, first = heapq.heappop(self._waiting)
            if not first.done():
                first.set_result(None)
                return
