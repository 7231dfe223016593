"""The faults, injected at random moments that the seed decides."""

import contextlib
import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from tests.chaos.crew import Crew
from tests.chaos.ground import Ground
from tests.chaos.watching import Pulse

Fault = Literal[
    "kill",
    "term",
    "stop",
    "broker",
    "outage",
    "churn",
    "poison",
    "slow",
    "flaky",
    "upgrade",
    "mixed",
]
FAULTS: tuple[Fault, ...] = get_args(Fault)

STOPPED_SECONDS = 9.0
"""Longer than the session timeout of all consumers, 6 seconds."""

_STAGES = ("segment", "normalize", "extract")
_MOST_WORKERS = 4


@dataclass
class Toll:
    """What was injected: single faults of any kind, and processes killed with signal 9."""

    faults: int = 0
    kills: int = 0


class Nemesis:
    """Injects faults into a crew and the broker under it, and ends them again."""

    def __init__(
        self,
        crew: Crew,
        ground: Ground | None,
        pulse: Pulse,
        control: Path,
        rng: random.Random,
        outage_seconds: float,
    ) -> None:
        self._crew = crew
        self._ground = ground
        self._pulse = pulse
        self._control = control
        self._rng = rng
        self._outage_seconds = outage_seconds
        self._version = 0
        self.toll = Toll()
        self._ways: dict[Fault, Callable[[], None]] = {
            "kill": self._kill,
            "term": self._term,
            "stop": self._stop,
            "broker": lambda: self._broker(0.0),
            "outage": lambda: self._broker(self._outage_seconds),
            "churn": self._churn,
            "poison": lambda: time.sleep(1.0),
            "slow": lambda: self._stage("slow", "0.3"),
            "flaky": lambda: self._stage("flaky", ""),
            "upgrade": self._upgrade,
            "mixed": self._mixed,
        }

    def strike(self, fault: Fault, times: int) -> None:
        """Inject a fault several times: half of them while facts flow, half at any moment."""
        size = len(self._crew.members)
        for _ in range(times):
            if self._rng.random() < 0.5:
                self._pulse.wait_for_events(15.0)
                time.sleep(self._rng.uniform(0.0, 0.5))
            else:
                time.sleep(self._rng.uniform(0.0, 2.0))
            self._ways[fault]()
            self.toll.faults += 1
        self._restore(size)

    def _kill(self) -> None:
        """Kill the publisher, the agents, a worker with all it has, its head only, or everyone."""
        way = self._rng.choice(
            ("publisher", "publisher", "publisher", "agents", "worker", "head", "all")
        )
        if way == "all":
            for each in self._crew.members:
                each.kill_all()
                self.toll.kills += 1
            return
        role = way if way in ("publisher", "agents") else "publisher"
        member = self._crew.any_with(role, self._rng)
        if member is None:
            return
        self.toll.kills += 1
        if way == "worker":
            member.kill_all()
        else:
            self._signal(member.main if way == "head" else member.children().get(way))

    def _term(self) -> None:
        member = self._crew.any_with("publisher", self._rng)
        if member is not None:
            self._signal(member.main, signal.SIGTERM)

    def _stop(self) -> None:
        """Stop processes of a worker until the others have taken over; then they wake."""
        member = self._crew.any_with("publisher", self._rng)
        if member is None:
            return
        roles = self._rng.choice((("publisher",), ("agents",), ("publisher", "agents")))
        children = member.children()
        stopped = [children[role] for role in roles if role in children]
        for process in stopped:
            self._signal(process, signal.SIGSTOP)
        time.sleep(STOPPED_SECONDS)
        for process in stopped:
            self._signal(process, signal.SIGCONT)

    def _broker(self, seconds: float) -> None:
        assert self._ground is not None
        self._ground.kill()
        self.toll.kills += 1
        time.sleep(seconds)
        self._ground.start()

    def _churn(self) -> None:
        """Let a worker join, or one leave, cleanly or not."""
        members = self._crew.members
        if len(members) < 2 or (len(members) < _MOST_WORKERS and self._rng.random() < 0.5):
            self._crew.join()
            return
        self._crew.leave(self._rng.choice(members))

    def _stage(self, how: str, content: str) -> None:
        """Make a stage slow or failing for some seconds."""
        with self._told(f"{how}-{self._rng.choice(_STAGES)}", content):
            time.sleep(self._rng.uniform(2.0, 6.0))

    def _upgrade(self) -> None:
        """Kill all workers and start them as a new version, with the old one's messages there."""
        self._version += 1
        self._crew.environment["CHAOS_VERSION"] = str(self._version)
        for each in self._crew.members:
            each.kill_all()
            self.toll.kills += 1

    def _mixed(self) -> None:
        ways: list[Fault] = ["kill", "kill", "term", "stop", "churn", "slow", "flaky", "upgrade"]
        if self._ground is not None:
            ways.append("broker")
        self._ways[self._rng.choice(ways)]()

    def _restore(self, size: int) -> None:
        while len(self._crew.members) > size:
            self._crew.leave(self._rng.choice(self._crew.members))
        while len(self._crew.members) < size:
            self._crew.join()

    @contextlib.contextmanager
    def _told(self, name: str, content: str) -> Iterator[None]:
        order = self._control / name
        order.write_text(content, "ascii")
        try:
            yield
        finally:
            order.unlink()

    def _signal(self, process: int | None, number: int = signal.SIGKILL) -> None:
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, number)
