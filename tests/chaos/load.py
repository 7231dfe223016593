"""What is published while faults happen: new transcripts, revisions, repeats, tombstones, poison.

The sequence depends on the seed alone; how much of it is sent depends on how long faults take.
"""

import contextlib
import random
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson
from kafka import KafkaProducer
from kafka.errors import KafkaError

from pipeline.settings import Settings
from tests.chaos.history import Place
from tests.chaos.inprocess import Stages
from tests.chaos.texts import Line, real_lines, revised, standin_line

RAW = "transcripts.raw"
_DELIVERY_MS = 180_000


@dataclass(frozen=True)
class Outgoing:
    """A message to be sent."""

    key: bytes | None
    value: bytes | None


@dataclass
class _Sent:
    """A transcript that was sent, and how it stands."""

    name: str
    lines: list[str]
    revision: int = 1
    history: list[bytes] = field(default_factory=list)


class Messages:
    """The endless sequence of messages; names begin with ``name``."""

    def __init__(self, name: str, rng: random.Random, stages: Stages, poison: float) -> None:
        self._name = name
        self._rng = rng
        self._line: Line = standin_line if stages == "standin" else real_lines()
        self._stages = stages
        self._poison = poison
        self._sent: list[_Sent] = []

    def __iter__(self) -> Iterator[Outgoing]:
        while True:
            if self._rng.random() < self._poison:
                yield self._poisoned()
                continue
            what = self._rng.random()
            if what < 0.6 or not self._sent:
                yield self._new()
            elif what < 0.8:
                yield self._revision()
            elif what < 0.87:
                yield self._repeat()
            elif what < 0.93:
                yield self._late()
            elif what < 0.98:
                yield self._withdrawal()
            else:
                yield Outgoing(f"{self._name}-never-{self._rng.randrange(10**9)}".encode(), None)

    def _new(self) -> Outgoing:
        large = self._stages == "standin" and self._rng.random() < 0.05
        lines = [self._line(self._rng) for _ in range(30 if large else self._rng.randint(1, 4))]
        if self._stages == "standin" and self._rng.random() < self._poison / 4:
            lines.append(f"{self._line(self._rng)} FAIL-IN-{self._rng.choice(_FAILING)}")
        self._sent.append(_Sent(f"{self._name}-{len(self._sent):04}", lines))
        return self._write(self._sent[-1])

    def _revision(self) -> Outgoing:
        chosen = self._recent()
        chosen.lines = revised(chosen.lines, self._line, self._rng)
        chosen.revision += self._rng.randint(1, 2)
        return self._write(chosen)

    def _repeat(self) -> Outgoing:
        chosen = self._recent()
        return Outgoing(chosen.name.encode(), chosen.history[-1])

    def _late(self) -> Outgoing:
        """An old message again, or other words under an old revision."""
        chosen = self._recent()
        if self._rng.random() < 0.5:
            return Outgoing(chosen.name.encode(), self._rng.choice(chosen.history))
        return _outgoing(
            chosen.name,
            revised(chosen.lines, self._line, self._rng),
            self._rng.randint(1, chosen.revision),
        )

    def _withdrawal(self) -> Outgoing:
        return Outgoing(self._recent().name.encode(), None)

    def _recent(self) -> _Sent:
        """Choose a transcript, most likely one that is still in work."""
        return self._sent[-1 - min(int(self._rng.expovariate(0.3)), len(self._sent) - 1)]

    def _write(self, chosen: _Sent) -> Outgoing:
        written = _outgoing(chosen.name, chosen.lines, chosen.revision)
        chosen.history.append(written.value or b"")
        return written

    def _poisoned(self) -> Outgoing:
        rng = self._rng
        key = self._recent().name if self._sent and rng.random() < 0.7 else f"{self._name}-bad"
        good = orjson.dumps({"transcript_id": key, "text": self._line(rng)})
        kind = rng.randrange(6)
        if kind == 0:
            return Outgoing(key.encode(), rng.randbytes(rng.randint(1, 200)))
        if kind == 1:
            return Outgoing(key.encode(), good[: rng.randrange(len(good))])
        if kind == 2:
            return Outgoing(key.encode(), orjson.dumps({"transcript_id": key}))
        if kind == 3:
            return Outgoing(f"{self._name}-other".encode(), good)
        if kind == 4:
            return Outgoing(None, good)
        return Outgoing(b"\xff" + key.encode(), good)


_FAILING = ("segment", "normalize", "extract")


def _outgoing(name: str, lines: list[str], revision: int) -> Outgoing:
    fields = {"transcript_id": name, "text": "\n".join(lines), "revision": revision}
    return Outgoing(name.encode(), orjson.dumps(fields))


class Driver:
    """Sends messages at a steady rate in a thread of its own, from ``with`` to its end."""

    def __init__(self, settings: Settings, messages: Messages, rate: float) -> None:
        self._topic = settings.topic(RAW)
        self._messages = messages
        self._pause = 1 / rate
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._producer = KafkaProducer(
            bootstrap_servers=settings.bootstrap_servers,
            acks="all",
            enable_idempotence=True,
            linger_ms=0,
            request_timeout_ms=10_000,
            delivery_timeout_ms=_DELIVERY_MS,
            max_block_ms=_DELIVERY_MS,
            reconnect_backoff_max_ms=1_000,
        )
        self._pending: list[Any] = []
        self.acknowledged: set[Place] = set()

    def __enter__(self) -> "Driver":
        self._thread.start()
        return self

    def __exit__(self, failure: type[BaseException] | None, *_: object) -> None:
        self._stop.set()
        if failure is None:
            self._thread.join()
            for sent in self._pending:
                with contextlib.suppress(KafkaError):
                    place = sent.get(timeout=_DELIVERY_MS / 1000)
                    self.acknowledged.add((place.partition, place.offset))
        with contextlib.suppress(KafkaError):
            self._producer.close(timeout=5)

    def _run(self) -> None:
        due = time.monotonic()
        for message in self._messages:
            if self._stop.wait(max(0.0, due - time.monotonic())):
                return
            due += self._pause
            with contextlib.suppress(KafkaError):
                self._pending.append(
                    self._producer.send(self._topic, key=message.key, value=message.value)
                )
