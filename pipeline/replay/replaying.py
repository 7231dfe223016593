"""A replay: reads ``transcripts.raw``, takes each message through the stages, sends the results.

Into a second generation of topics everything goes, in its order, as the live pipeline would have
taken it. Into the live topics only the messages that count go: those that the ledger names as the
newest of their transcripts. Their facts are held against those that stand, so what has not changed
is not sent again; a transcript that today's code cannot process is left as it stands.
"""

import contextlib
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from threading import Event
from typing import TYPE_CHECKING, Any

from pipeline.problem import Problem
from pipeline.replay.bookmark import RAW, Bookmark, Plan
from pipeline.replay.carrying import Carried, carry, prepare_process
from pipeline.replay.publishing import Publishing
from pipeline.replay.selection import Selection
from pipeline.settings import Settings
from pipeline.stream.clients import plain_producer, reader
from pipeline.stream.guard import FloodGate
from pipeline.stream.record import Record
from pipeline.stream.shelf import record_of

if TYPE_CHECKING:
    from kafka import KafkaConsumer

SAVE_SECONDS = 1.0
LIVE_BACKLOG = 200
"""How many messages of a replay may wait for the live publisher: live ones wait behind them."""

OWN_BACKLOG = 5_000

_POLL_MS = 250
_PAUSE = 0.1
_LANDED_SECONDS = 60.0
_AHEAD = 4


@dataclass
class Progress:
    """How far a replay is; the counts are of this sitting, not of those before an interruption.

    ``done`` of ``total`` are offsets of ``transcripts.raw``; ``bytes`` the size of the messages
    replayed, ``bad`` counts those that are no transcripts, ``failed`` names those that a stage
    could not process, ``waiting`` counts what is sent and not yet published.
    """

    total: int
    done: int = 0
    replayed: int = 0
    passed_over: int = 0
    bytes: int = 0
    bad: int = 0
    failed: dict[str, str] = field(default_factory=dict)
    waiting: int = 0
    seconds: float = 0.0


@dataclass(frozen=True)
class Replay:
    """What is replayed where.

    ``live`` and ``target`` are the same settings, or differ in the topics' prefix. ``effective``
    gives, for a replay into the live topics, the place of each transcript's newest message, None
    for one that is withdrawn; messages elsewhere are passed over.
    """

    live: Settings
    target: Settings
    plan: Plan
    selection: Selection
    effective: Mapping[str, tuple[int, int] | None] | None

    @property
    def run(self) -> int:
        """What tells a replay from the live stream in the lineage; a generation has none."""
        return 0 if self.effective is None else self.plan.began

    def takes(self, record: Record) -> bool:
        """Tell whether a message is to be replayed."""
        key = (record.key or b"").decode("utf-8", "replace")
        if self.selection.transcripts and key not in self.selection.transcripts:
            return False
        if self.effective is None:
            return True
        place = (record.partition, record.offset)
        return record.value is not None and self.effective.get(key, place) == place


class Replayer:
    """Does a replay from its bookmark on, until it is done or told to stop."""

    def __init__(
        self,
        replay: Replay,
        bookmark: Bookmark,
        publishing: Publishing,
        *,
        jobs: int,
        stop: Event,
        report: Callable[[Progress], None],
    ) -> None:
        """Take a plan and its bookmark; ``report`` is called several times a second."""
        self.progress = Progress(total=replay.plan.total, done=replay.plan.done)
        self._replay = replay
        self._bookmark = bookmark
        self._publishing = publishing
        self._jobs = jobs
        self._stop = stop
        self._report = report
        self._plan = replay.plan
        self._positions = dict(replay.plan.positions)
        self._sent: list[Any] = []
        self._sent_up_to: dict[int, int] = {}
        self._most_waiting = OWN_BACKLOG if replay.effective is None else LIVE_BACKLOG
        self._flood = FloodGate()
        self._began = self._saved = time.monotonic()

    def run(self) -> bool:
        """Replay; gives whether it is done and all of it published, False if it was stopped."""
        from kafka.errors import KafkaError

        try:
            with _pool(self._jobs) as pool:
                self._producer = plain_producer(self._replay.target)
                try:
                    self._carry_all(pool)
                finally:
                    self._producer.close(timeout=5)
            if self._stop.is_set():
                return False
            return self._publishing.finish(self._show_waiting)
        except KafkaError as error:
            raise Problem(
                f"Kafka at {self._replay.live.bootstrap_servers} failed ({error}); run the replay "
                "again to go on where it was"
            ) from error
        except BrokenExecutor as error:
            raise Problem(
                f"a process of the replay died ({error}); run it again, with --jobs 1 to see more"
            ) from error

    def _carry_all(self, pool: Executor | None) -> None:
        waiting: deque[tuple[Record, Future[Carried] | None]] = deque()
        for record in self._records():
            if record is not None:
                waiting.append((record, self._submit(pool, record)))
            while waiting and (len(waiting) > self._jobs * _AHEAD or _is_done(waiting[0][1])):
                self._finish(*waiting.popleft())
            self._tell()
            if self._stop.is_set():
                break
        while waiting and not self._stop.is_set():
            self._finish(*waiting.popleft())
            self._tell()
        for _, future in waiting:
            if future is not None:
                future.cancel()
        if not self._stop.is_set():
            self._positions = dict(self._plan.ends)
        self._save()

    def _records(self) -> Iterator[Record | None]:
        """Give what is left of the plan, and None now and then."""
        from kafka import TopicPartition

        consumer: KafkaConsumer = reader(self._replay.live)
        try:
            topic = self._replay.live.topic(RAW)
            ends = {TopicPartition(topic, p): end for p, end in self._plan.ends.items()}
            left = {p: end for p, end in ends.items() if self._positions[p.partition] < end}
            consumer.assign(list(left))
            for place in left:
                consumer.seek(place, self._positions[place.partition])
            while left:
                batches = consumer.poll(timeout_ms=_POLL_MS)
                for place, records in batches.items():
                    yield from (record_of(each) for each in records if each.offset < ends[place])
                left = {p: end for p, end in left.items() if consumer.position(p) < end}
                consumer.pause(*(p for p in consumer.assignment() if p not in left))
                yield None
        finally:
            consumer.close()

    def _submit(self, pool: Executor | None, record: Record) -> "Future[Carried] | None":
        if not self._replay.takes(record):
            return None
        prefix = self._replay.target.topic_prefix
        if pool is not None:
            return pool.submit(carry, record, self._replay.run, prefix)
        future: Future[Carried] = Future()
        future.set_result(carry(record, self._replay.run, prefix))
        return future

    def _finish(self, record: Record, future: "Future[Carried] | None") -> None:
        """Send what followed from one message, and wait where too much is unpublished."""
        if future is None:
            self.progress.passed_over += 1
        else:
            self._take(record, future.result())
        self._positions[record.partition] = record.offset + 1
        self.progress.done = self._plan.at(self._positions).done
        if len(self._sent) > self._most_waiting or time.monotonic() - self._saved > SAVE_SECONDS:
            self._save()
            self._wait_for_room()

    def _take(self, record: Record, carried: Carried) -> None:
        from kafka.errors import MessageSizeTooLargeError

        self.progress.replayed += 1
        self.progress.bytes += len(record.value or b"")
        key = (record.key or b"").decode("utf-8", "replace") or record.place
        own_faults = [each for each in carried.faults if not each.senders]
        if own_faults:
            self.progress.failed[key] = f"{own_faults[0].stage}: {own_faults[0].reason}"
        elif carried.faults:
            self.progress.bad += 1
        if self._flood.note(failed=bool(own_faults)):
            raise Problem(
                f"more than {self._flood.most} of the last {self._flood.window} messages failed, "
                f"the last {key} with {self.progress.failed[key]!r}; that looks like a broken "
                "deployment, so the replay stops"
            )
        if carried.faults and self._replay.effective is not None:
            return
        try:
            self._sent += [self._send(message) for message in carried.messages]
        except MessageSizeTooLargeError as error:
            self.progress.failed[key] = f"the broker takes no message so large: {error}"

    def _send(self, message: Any) -> Any:
        return self._producer.send(
            self._replay.target.topic(message.topic),
            key=message.key,
            value=message.value,
            headers=list(message.headers),
        )

    def _save(self) -> None:
        """Wait until all that was sent has landed; then remember how far we are."""
        positions = dict(self._positions)
        for future in self._sent:
            landed = future.get(timeout=_LANDED_SECONDS)
            if landed.topic == self._publishing.topic:
                self._sent_up_to[landed.partition] = landed.offset + 1
        self._sent.clear()
        self._bookmark.save(self._plan.at(positions))
        self._saved = time.monotonic()

    def _wait_for_room(self) -> None:
        while not self._stop.is_set():
            self._show_waiting(self._publishing.waiting(self._sent_up_to))
            if self.progress.waiting <= self._most_waiting:
                break
            time.sleep(_PAUSE)
        self._saved = time.monotonic()

    def _show_waiting(self, count: int) -> None:
        self.progress.waiting = count
        self._tell()

    def _tell(self) -> None:
        self.progress.seconds = time.monotonic() - self._began
        self._report(self.progress)


@contextlib.contextmanager
def _pool(jobs: int) -> Iterator[Executor | None]:
    """Give processes that share the work; none for a single job."""
    if jobs == 1:
        yield None
        return
    # Spawned, not forked: nothing of the Kafka clients' threads is copied.
    pool = ProcessPoolExecutor(jobs, get_context("spawn"), initializer=prepare_process)
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _is_done(future: "Future[Carried] | None") -> bool:
    return future is None or future.done()
