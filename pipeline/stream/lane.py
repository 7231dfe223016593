"""What waits for a stage: taken one by one, or several of a backlog at once.

A live transcript's first part has gone through all stages before its next one begins. Of what
landed long ago nobody waits for a single part, and each part that is taken by itself costs a turn,
a request to the broker and an answer: of a backlog as many are taken as one request may well hold.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.stream.record import Record, landed_at

MOST_AT_ONCE = 32
# A live call is through in a fifth of that; what landed so long ago waits behind others.
_BACKLOG_MS = 500


@dataclass(frozen=True)
class Waiting:
    """A record, and the message of Faust's that it was made from."""

    record: Record
    message: Any


class Lane:
    """The records that wait for one stage, in their order."""

    def __init__(self, at_once: int) -> None:
        """Take how many bytes of a backlog are taken at once."""
        self._at_once = at_once
        self._queue: asyncio.Queue[Waiting] = asyncio.Queue(MOST_AT_ONCE)
        self._next: Waiting | None = None

    async def put(self, waiting: Waiting) -> None:
        """Add a record; waits while many are waiting."""
        await self._queue.put(waiting)

    async def first(self) -> Waiting:
        """Wait for a record; give the first one, which stays."""
        if self._next is None:
            self._next = await self._queue.get()
        return self._next

    def take_first(self) -> Waiting:
        """Take the first record, which has been waited for."""
        if self._next is None:
            raise asyncio.QueueEmpty("a record is waited for before it is taken")
        first, self._next = self._next, None
        return first

    def take(self) -> Sequence[Waiting]:
        """Take the first record, which is of a backlog, and those behind it that are as well."""
        taken = [self.take_first()]
        size = _size(taken[0])
        while len(taken) < MOST_AT_ONCE and not self._queue.empty():
            behind = self._queue.get_nowait()
            size += _size(behind)
            if size > self._at_once or not is_backlog(behind):
                self._next = behind
                break
            taken.append(behind)
        return taken


def is_backlog(waiting: Waiting) -> bool:
    """Tell whether a record landed so long ago that it is of a backlog."""
    landed = landed_at(waiting.record.headers)
    since = waiting.record.timestamp if landed is None else landed
    return since < time.time() * 1000 - _BACKLOG_MS


def _size(waiting: Waiting) -> int:
    return len(waiting.record.value or b"")
