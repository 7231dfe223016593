"""The one way in which an agent works on a record: nothing is acknowledged before it is delivered.

Faust acknowledges an event whose agent raised, or was cancelled, and does not wait for deliveries.
So every agent runs its stage here, on a stream that does not acknowledge by itself: the stage's
function, every message that follows delivered, then the acknowledgement. A fault that may pass is
tried again in place; a record that cannot be processed goes to the dead letters as it came, and
the publisher is told of the missing part. What goes on failing stops the worker instead.
"""

import asyncio
import logging
import random
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    ExitStack,
    nullcontext,
)
from dataclasses import dataclass, field
from datetime import UTC, datetime

from pipeline.metrics.observer import observed, observer
from pipeline.stream import traces
from pipeline.stream.deadletter import Failure, dead_letter
from pipeline.stream.logs import about
from pipeline.stream.record import Message, Record
from pipeline.stream.stages import Stage
from pipeline.transcript import BadTranscript

logger = logging.getLogger(__name__)

Deliver = Callable[[Sequence[Message]], Awaitable[None]]
"""Send messages in their order and return when the broker has acknowledged every one."""


Turn = Callable[[], AbstractAsyncContextManager[None]]
"""Wait until a stage may work, and hold it."""


class TransientError(Exception):
    """A fault that may pass by itself: what a stage raises when a service does not answer."""


class UndeliverableError(Exception):
    """A message that the broker will never take, such as one too large; the reason is the cause."""


class _ApartError(Exception):
    """Records cannot be processed together; one of them failed, which one is found one by one."""


class StageStoppedError(Exception):
    """A stage gave up; the worker ends, and what it had not acknowledged is processed again."""


@dataclass(frozen=True)
class Patience:
    """How long a fault is tried again: waits double from ``first`` to ``longest``, in seconds."""

    first: float = 0.1
    longest: float = 5.0
    deadline: float = 120.0


@dataclass
class FloodGate:
    """Stops a stage whose own failures are most likely a broken deployment, not broken input.

    More than ``most`` failures within the last ``window`` records are a flood. What a sender did
    wrong (not JSON, no text) does not count: that is theirs to mend, however much of it comes.
    """

    most: int = 20
    window: int = 100
    _verdicts: deque[bool] = field(default_factory=deque)

    def note(self, *, failed: bool) -> bool:
        """Note one record's end; True when it is a flood."""
        self._verdicts.append(failed)
        if len(self._verdicts) > self.window:
            self._verdicts.popleft()
        return failed and sum(self._verdicts) > self.most


class Guard:
    """Runs one stage, record by record."""

    def __init__(
        self,
        stage: Stage,
        deliver: Deliver,
        *,
        version: str,
        turn: Turn = nullcontext,
        patience: Patience | None = None,
        flood: FloodGate | None = None,
    ) -> None:
        """Take a stage and how its messages are delivered; ``version`` goes into dead letters.

        The stage works in a ``turn`` of its own.
        """
        self.stage = stage
        self._deliver = deliver
        self._version = version
        self._turn = turn
        self._patience = patience or Patience()
        self._flood = flood or FloodGate()

    async def process(self, record: Record) -> None:
        """Work on one record until all that follows from it is delivered.

        Returns when the record may be acknowledged, raises ``StageStoppedError`` when it must not.
        """
        with (
            observed(self.stage.name),
            self._span(record) as traced,
            about(traced),
        ):
            await self._process(traced)

    async def process_together(
        self,
        take: Callable[[], Sequence[Record]],
        worked: Callable[[], None],
        before: Callable[[], Awaitable[object]],
    ) -> None:
        """Work on several records and deliver what follows from all of them at once.

        ``take`` gives them when it is the stage's turn, so that all are among them that have come
        by then. ``worked`` is called as soon as the stage may work on others; nothing is delivered
        until ``before`` returns, so that those before these are first. Where one of them fails,
        each is processed on its own. Returns and raises like ``process``, for all of them.
        """
        records: Sequence[Record] = ()
        try:
            with ExitStack() as seen:
                async with self._turn():
                    records = take()
                    seen.enter_context(observed(self.stage.name, len(records)))
                    traced = [seen.enter_context(self._span(each)) for each in records]
                    messages = await _or_fault(asyncio.to_thread(self._work, traced))
                worked()
                await before()
                await self._delivered_together(messages)
        except _ApartError as failed:
            logger.info("%s: %d records, one by one: %s", self.stage.name, len(records), failed)
            for record in records:
                await self.process(record)
        else:
            for _ in records:
                self._flood.note(failed=False)

    async def _delivered_together(self, messages: Sequence[Message] | Exception) -> None:
        if isinstance(messages, Exception):
            raise _ApartError(repr(messages)) from messages
        try:
            await self._delivered(messages)
        except UndeliverableError as too_large:
            raise _ApartError(repr(too_large)) from too_large

    async def _process(self, record: Record) -> None:
        began = time.monotonic()
        attempt = 1
        while True:
            try:
                async with self._turn():
                    messages = await asyncio.to_thread(self._work, [record])
                await self._delivered(messages)
            except StageStoppedError:
                raise
            except TransientError as fault:
                if time.monotonic() - began < self._patience.deadline:
                    await self._wait(attempt, fault)
                    attempt += 1
                    continue
                await self._give_up(record, fault, attempt)
            except Exception as fault:  # noqa: BLE001 - nothing escapes: it would acknowledge
                await self._give_up(record, fault, attempt)
            else:
                self._flood.note(failed=False)
            return

    def _span(self, record: Record) -> AbstractContextManager[Record]:
        return traces.work(self.stage.name, record)

    def _work(self, records: Sequence[Record]) -> list[Message]:
        messages: list[Message] = []
        for record in records:
            with about(record):
                messages += self.stage.work(record, datetime.now(UTC))
        return messages

    async def _give_up(self, record: Record, fault: Exception, attempt: int) -> None:
        """Send a record to the dead letters, and tell the publisher of the missing part."""
        now = datetime.now(UTC)
        failure = Failure(
            stage=self.stage.name,
            fault=fault,
            attempt=attempt,
            version=self._version,
            failed_at=now,
        )
        logger.warning(
            "%s: %s [%d] @%d goes to the dead letters: %s",
            self.stage.name,
            record.topic,
            record.partition,
            record.offset,
            failure.reason,
        )
        observer().dead_lettered(self.stage.name, fault)
        traces.failed(record, fault)
        messages = [dead_letter(record, failure)]
        marker = await asyncio.to_thread(self.stage.failed, record, now)
        if marker is not None:
            messages.append(marker)
        await self._delivered(messages)
        if not isinstance(fault, BadTranscript) and self._flood.note(failed=True):
            raise StageStoppedError(
                f"{self.stage.name}: more than {self._flood.most} of the last "
                f"{self._flood.window} records failed, the last with {failure.reason!r}; that "
                "looks like a broken deployment, so the stage stops instead of emptying "
                f"{record.topic} into the dead letters"
            )

    async def _delivered(self, messages: Sequence[Message]) -> None:
        """Deliver messages; a broker that does not answer is tried again until the deadline."""
        began = time.monotonic()
        attempt = 1
        while True:
            try:
                await self._deliver(messages)
            except TransientError as fault:
                if time.monotonic() - began >= self._patience.deadline:
                    raise StageStoppedError(
                        f"{self.stage.name}: nothing could be delivered for "
                        f"{self._patience.deadline:.0f} s: {fault}"
                    ) from fault
                await self._wait(attempt, fault)
                attempt += 1
            else:
                return

    async def _wait(self, attempt: int, fault: Exception) -> None:
        longest = min(self._patience.longest, self._patience.first * 2 ** (attempt - 1))
        observer().retried(self.stage.name)
        seconds = longest * random.uniform(0.5, 1.0)  # noqa: S311 - jitter, not a secret
        logger.info(
            "%s: attempt %d failed (%s); again in %.1f s", self.stage.name, attempt, fault, seconds
        )
        await asyncio.sleep(seconds)


async def _or_fault(work: Awaitable[list[Message]]) -> list[Message] | Exception:
    try:
        return await work
    except Exception as fault:  # noqa: BLE001 - whatever it was, it is of one record
        return fault
