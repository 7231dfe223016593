"""The agents: one for each stage, each a loop that hands every event to its guard."""

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

from aiokafka.errors import (
    InvalidMessageError,
    KafkaError,
    MessageSizeTooLargeError,
    RecordListTooLargeError,
)
from faust.exceptions import ProducerSendError

from pipeline.metrics.observer import observer
from pipeline.settings import Settings
from pipeline.stream.faustapp import StreamApp, stream_app
from pipeline.stream.guard import Guard, StageStoppedError, TransientError, UndeliverableError
from pipeline.stream.lane import Lane, Waiting, is_backlog
from pipeline.stream.record import Message, Record
from pipeline.stream.stages import STAGES
from pipeline.stream.turns import Turns
from pipeline.version import VERSION

logger = logging.getLogger(__name__)

FINISH_SECONDS = 4.0
"""How long a stopping worker lets the events in work end before it hands them back."""

_NEVER_TAKEN = (MessageSizeTooLargeError, RecordListTooLargeError, InvalidMessageError)


class Agents:
    """The agents of one worker process, from start to stop."""

    def __init__(self, settings: Settings, stages: Sequence[str]) -> None:
        """Take the names of the stages that this worker runs."""
        self.settings = settings
        self.app: StreamApp = stream_app(settings)
        self.failure: BaseException | None = None
        self._ended = asyncio.Event()
        self._stopping = False
        self._in_work: set[asyncio.Task[None]] = set()
        self._lanes: list[tuple[Guard, Lane]] = []
        self._at_work: list[asyncio.Task[None]] = []
        self._turns = Turns()
        self._topics: dict[str, Any] = {}
        for name in stages:
            self._declare(name)
        self.app.on_partitions_assigned.connect(self._tell_assigned, weak=False)
        self.app.on_partitions_revoked.connect(self._tell_revoked, weak=False)

    async def run(self, ready: Callable[[], None] = lambda: None) -> None:
        """Run until SIGTERM or SIGINT; raises what stopped a stage."""
        loop = asyncio.get_running_loop()
        for signal_number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(signal_number, self._ended.set)
        self._at_work = [asyncio.create_task(self._work(*lane)) for lane in self._lanes]
        for each in self._at_work:
            each.add_done_callback(self._lane_ended)
        await self.app.start()
        ready()
        crashed = asyncio.create_task(self._crash())
        await self._ended.wait()
        crashed.cancel()
        await self._stop()
        if self.failure is not None:
            raise self.failure

    def _declare(self, name: str) -> None:
        stage = STAGES[name]
        later_first = partial(self._turns.turn, -list(STAGES).index(name))
        guard = Guard(stage, self._deliver, version=VERSION, turn=later_first)
        lane = Lane(stage.at_once)
        self._lanes.append((guard, lane))

        async def agent(stream: Any) -> None:
            async for event in stream.noack().events():
                await lane.put(Waiting(self._record(event.message), event.message))

        self.app.agent(self._topic(stage.source), name=name, concurrency=1)(agent)

    async def _work(self, guard: Guard, lane: Lane) -> None:
        """Take what waits for a stage; of a backlog also while what came before is delivered.

        What came before that has been delivered by then, so that no more than two are in work.
        """
        before = asyncio.Event()
        before.set()
        while True:
            first = await lane.first()
            if self._stopping or self._ended.is_set():
                return
            free, done = asyncio.Event(), asyncio.Event()
            taken: list[Waiting] = []
            if is_backlog(first):
                take = partial(_take, lane, taken)
                work = guard.process_together(take, free.set, before.wait)
            else:
                taken.append(lane.take_first())
                await before.wait()
                work = guard.process(first.record)
            task = asyncio.create_task(self._guarded(work, taken, free, done))
            self._in_work.add(task)
            task.add_done_callback(self._in_work.discard)
            await free.wait()
            await before.wait()
            before = done

    def _lane_ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (failure := task.exception()) is not None:
            self._end_with(failure)

    def _end_with(self, failure: BaseException) -> None:
        self.failure = self.failure or failure
        self._ended.set()

    async def _guarded(
        self,
        work: Awaitable[None],
        taken: Sequence[Waiting],
        free: asyncio.Event,
        done: asyncio.Event,
    ) -> None:
        """Acknowledge what is processed; a stage that stops ends the worker instead.

        Then nothing is set, so that nothing more is taken, and what was taken is not delivered.
        """
        try:
            await work
        except Exception as failure:  # noqa: BLE001 - told to whoever runs the agents
            self._end_with(failure)
        else:
            consumer: Any = self.app.consumer
            for each in taken:
                consumer.acknowledge(each.message)
            free.set()
            done.set()

    async def _deliver(self, messages: Sequence[Message]) -> None:
        try:
            pending = [
                await self._topic(each.topic).send(
                    key=each.key, value=each.value, headers=list(each.headers)
                )
                for each in messages
            ]
            await asyncio.gather(*pending)
        except _NEVER_TAKEN as error:
            raise UndeliverableError(f"the broker takes no message so large: {error}") from error
        except ProducerSendError as error:
            if isinstance(error.__cause__, _NEVER_TAKEN):
                raise UndeliverableError(
                    f"the broker takes no message so large: {error}"
                ) from error
            raise TransientError(str(error)) from error
        except (KafkaError, OSError, TimeoutError) as error:
            raise TransientError(f"{type(error).__name__}: {error}") from error

    def _topic(self, name: str) -> Any:
        if name not in self._topics:
            self._topics[name] = self.app.topic(
                self.settings.topic(name), key_serializer="raw", value_serializer="raw"
            )
        return self._topics[name]

    def _record(self, message: Any) -> Record:
        return Record(
            topic=message.topic,
            partition=message.partition,
            offset=message.offset,
            timestamp=round((message.timestamp or 0) * 1000),
            key=message.key,
            value=message.value,
            headers=tuple((name, value or b"") for name, value in message.headers or ()),
        )

    async def _tell_assigned(self, app: Any, /, *arguments: Any, **more: Any) -> None:
        del app, more
        (assigned,) = arguments
        observer().assigned([(each.topic, each.partition) for each in assigned], settled=True)

    async def _tell_revoked(self, app: Any, /, *arguments: Any, **more: Any) -> None:
        del app, arguments, more
        observer().assigned((), settled=False)

    async def _crash(self) -> None:
        """Wait for a failure of Faust itself, such as a lost connection that it gives up on."""
        await self.app._crashed.wait()
        self.failure = self.app.crash_reason or StageStoppedError("Faust stopped by itself")
        self._ended.set()

    async def _stop(self) -> None:
        """Let the events in work end, commit what is done, leave the group."""
        self._stopping = True
        if self._in_work and self.failure is None:
            await asyncio.wait(set(self._in_work), timeout=FINISH_SECONDS)
        for each in self._at_work:
            each.cancel()
        try:
            await asyncio.wait_for(self.app.stop(), FINISH_SECONDS)
        except TimeoutError:
            logger.warning("the stop takes too long; what is in work is handed back as it is")


def _take(lane: Lane, taken: list[Waiting]) -> Sequence[Record]:
    """Take what waits of a backlog; it is noted in ``taken``, to be acknowledged."""
    taken += lane.take()
    return [each.record for each in taken]


async def run_agents(
    settings: Settings, stages: Sequence[str], ready: Callable[[], None] = lambda: None
) -> None:
    """Run the agents of some stages until SIGTERM; ``ready`` is called when they are started."""
    await Agents(settings, stages).run(ready)
