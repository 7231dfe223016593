"""A feed: what a topic holds and what comes, as typed values, for ``for`` and ``async for``.

Under a group the position is stored on Kafka, so that a reader that starts again goes on where it
was. When it moves is the caller's choice:

``commits="taken"``, unless told otherwise: a value counts as dealt with when the caller asks for
the next. Every value is given at least once: a reader that dies, or leaves the loop, while it is at
work on a value is given that value again, with those since the position was last stored (before
each request to Kafka, so within some two hundred values). Storing a position before the caller is
done could lose a fact, and a lost fact shows nowhere, while one that comes twice is known by its
fact_id, status and revision.

``commits="explicit"``: only ``commit()`` moves it, past all that was given, the last one included.
That is for callers that gather many values before they write them. At its end, without ``follow``,
such a feed stays open for the last ``commit()``, until it is closed.
"""

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Literal, Self, TypeVar

from pipeline.problem import Problem
from pipeline.settings import Settings
from pipeline.stream.record import Record
from pipeline.subscribe.connection import Connection, PositionsMovedOn, Start

if TYPE_CHECKING:
    from kafka import TopicPartition

logger = logging.getLogger(__name__)

Commits = Literal["taken", "explicit"]
Value = TypeVar("Value")
Given = TypeVar("Given")


@dataclass(frozen=True)
class Plan:
    """What to read, from where, for whom; ``pipeline.subscribe.facts`` explains the fields."""

    settings: Settings
    topic: str
    start: Start
    group: str | None
    commits: Commits
    follow: bool


class Feed(Generic[Value]):
    """Values as they come, in Kafka's order: by partition, not over all.

    It connects when it is entered with ``with`` or ``async with`` or first asked for a value, and
    from then "now" counts. Raises ``Problem`` where no Kafka answers, a topic is missing or Kafka
    refuses, ``UnreadableEvent`` for a value that is not of the topic's kind; after that one the
    feed can be asked for the next. While brokers are away it waits for them.

    ``close`` may come from another thread or task and ends the loop. One loop reads a feed.
    """

    def __init__(self, plan: Plan, read: Callable[[Record], Value | None]) -> None:
        """Take the plan, and what makes a value of a record, None for one that is not wanted."""
        if plan.commits not in ("taken", "explicit"):
            raise Problem(f"commits is {plan.commits!r}; expected 'taken' or 'explicit'")
        self._plan = plan
        self._read = read
        self._connection: Connection | None = None
        self._closing = False
        self._closed = False
        self._waiting: deque[tuple[TopicPartition, Record]] = deque()
        self._given: tuple[TopicPartition, int] | None = None
        self._taken: dict[TopicPartition, int] = {}
        # Kafka's client is for one thread at a time.
        self._one_at_a_time = threading.RLock()
        self._thread: ThreadPoolExecutor | None = None

    def __enter__(self) -> Self:
        """Connect."""
        self._open()
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()

    def __iter__(self) -> Self:
        """Give itself: one loop reads a feed."""
        return self

    def __next__(self) -> Value:
        """Wait for the next value; the one before counts as dealt with."""
        self._take()
        while (value := self._next_wanted()) is None:
            if not self._fetch():
                raise StopIteration
        return value

    def commit(self) -> None:
        """Store the position past all that was given, the last value included.

        Raises ``Problem`` without a group, and where the group has given this reader's partitions
        to others meanwhile: what was given since the last commit then comes again.
        """
        with self._one_at_a_time:
            given = {} if self._given is None else dict([self._given])
            self._open().store({**self._taken, **given})
            self._taken.clear()

    def close(self) -> None:
        """Disconnect, and leave the group; with ``commits="taken"`` store what was taken."""
        # Said before the lock is asked for: locks are not fair, and a loop that fetches again and
        # again could keep this thread out for as long as nothing comes.
        self._closing = True
        with self._one_at_a_time:
            if self._closed:
                return
            self._closed = True
            self._waiting.clear()
            if self._connection is not None:
                try:
                    self._store_taken(self._connection)
                finally:
                    self._connection.close()

    async def __aenter__(self) -> Self:
        """Connect."""
        await self._beside(self._open)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close."""
        await self.aclose()

    def __aiter__(self) -> Self:
        """Give itself: one loop reads a feed."""
        return self

    async def __anext__(self) -> Value:
        """Do as ``__next__`` does; may be cancelled and asked again, and loses nothing."""
        self._take()
        while (value := self._next_wanted()) is None:
            if not await self._beside(self._fetch):
                if self._plan.commits == "taken":
                    await self.aclose()
                raise StopAsyncIteration
        return value

    async def acommit(self) -> None:
        """Do as ``commit`` does, without holding up the event loop."""
        await self._beside(self.commit)

    async def aclose(self) -> None:
        """Do as ``close`` does, without holding up the event loop."""
        await self._beside(self.close)
        if self._thread is not None:
            # Nothing is left for it to do but to end, which takes no time.
            self._thread.shutdown(wait=True)
            self._thread = None

    def _take(self) -> None:
        """Count the value that was given last as dealt with: the next is asked for."""
        if self._given is not None:
            place, offset = self._given
            self._taken[place] = offset
            self._given = None

    def _next_wanted(self) -> Value | None:
        while self._waiting:
            place, record = self._waiting.popleft()
            self._given = (place, record.offset + 1)
            value = self._read(record)
            if value is not None:
                return value
            self._take()
        return None

    def _open(self) -> Connection:
        with self._one_at_a_time:
            if self._closed:
                raise Problem(f"this feed of {self._plan.topic} is closed; subscribe anew")
            if self._connection is None:
                plan = self._plan
                self._connection = Connection(plan.settings, plan.topic, plan.start, plan.group)
            return self._connection

    def _fetch(self) -> bool:
        """Wait a moment for more; False where there is no more to come.

        All that came before has been taken by now. So the position is stored here: a group changes
        who reads what only while it is polled.
        """
        with self._one_at_a_time:
            if self._closing:
                return False
            if self._waiting:
                return True
            connection = self._open()
            self._store_taken(connection)
            if not self._plan.follow and connection.at_end():
                if self._plan.commits == "taken":
                    self.close()
                return False
            self._waiting.extend(connection.arrivals(follow=self._plan.follow))
            return True

    def _store_taken(self, connection: Connection) -> None:
        if self._plan.group is None or self._plan.commits != "taken" or not self._taken:
            return
        try:
            connection.store(self._taken)
        except PositionsMovedOn as moved:
            logger.warning("%s", moved)
        self._taken.clear()

    async def _beside(self, function: Callable[[], Given]) -> Given:
        """Run a function on this feed's own thread."""
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, thread_name_prefix="callfacts-feed")
        return await asyncio.get_running_loop().run_in_executor(self._thread, function)
