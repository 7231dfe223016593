"""Workers as a person runs them, ``callfacts worker``, each started again whenever it ends."""

import contextlib
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

from pipeline.settings import Settings, variable_of

STAGES = ("segment", "normalize", "extract", "publish", "claims")
_MAIN = "from pipeline.cli import main; main()"
_STOP_SECONDS = 15.0
_CHILD = "pipeline.stream.child"


class Member:
    """One worker: its processes are a group of their own, so that all of them are found."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process
        self.wanted = True

    @property
    def runs(self) -> bool:
        return self._process.poll() is None

    @property
    def main(self) -> int:
        """The process id of the worker itself, which is the number of its group too."""
        return self._process.pid

    def children(self) -> dict[str, int]:
        """Give the processes that do the work, by role."""
        answer = subprocess.run(
            ["ps", "-eo", "pid=,pgid=,args="], capture_output=True, text=True, check=True
        )
        found = {}
        for line in answer.stdout.splitlines():
            pid, group, arguments = line.split(None, 2)
            if int(group) == self.main and f"-m {_CHILD} " in arguments:
                found[arguments.partition(_CHILD)[2].split()[0]] = int(pid)
        return found

    def kill_all(self) -> None:
        """Kill the worker and its processes at once, also those that are stopped."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.main, signal.SIGKILL)

    def ask_to_stop(self) -> None:
        self.wanted = False
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.main, signal.SIGTERM)

    def wait(self, seconds: float) -> None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)


class Crew:
    """Several workers that share the work, from ``with`` to its end."""

    def __init__(
        self,
        settings: Settings,
        environment: Mapping[str, str],
        log: Path,
        stages: Sequence[str] = STAGES,
    ) -> None:
        """Take the workers' settings and environment; what they say goes to ``log``."""
        self._settings = settings
        self._stages = stages
        self.environment = dict(environment)
        self._log_file = log
        self._log: BinaryIO
        self._lock = threading.Lock()
        self._members: list[Member] = []
        self._gone: list[Member] = []
        self._ended = threading.Event()
        self._watch = threading.Thread(target=self._restart, daemon=True)

    def __enter__(self) -> "Crew":
        self._log = self._log_file.open("ab")
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._watch.join()
        for member in self._members:
            member.ask_to_stop()
        deadline = time.monotonic() + _STOP_SECONDS
        for member in (*self._members, *self._gone):
            member.wait(max(0.0, deadline - time.monotonic()))
            member.kill_all()
        self._log.close()

    @property
    def members(self) -> list[Member]:
        with self._lock:
            return [member for member in self._members if member.wanted]

    def join(self) -> None:
        """Start one worker more."""
        with self._lock:
            self._members.append(self._started())

    def leave(self, member: Member) -> None:
        """Let a worker stop cleanly; it is not started again."""
        member.ask_to_stop()
        with self._lock:
            self._members.remove(member)
            self._gone.append(member)

    def any_with(self, role: str, rng: random.Random, seconds: float = 30.0) -> Member | None:
        """Wait for a worker in which a role is at work, and choose one of them."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            members = [each for each in self.members if role in each.children()]
            if members:
                return rng.choice(members)
            time.sleep(0.1)
        return None

    def _started(self) -> Member:
        own = {
            variable_of(name): str(getattr(self._settings, name))
            for name in ("bootstrap_servers", "topic_prefix", "log_level")
        }
        options = [part for stage in self._stages for part in ("--stage", stage)]
        process = subprocess.Popen(
            [sys.executable, "-c", _MAIN, "worker", *options],
            env={**os.environ, **self.environment, **own},
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,
        )
        return Member(process)

    def _restart(self) -> None:
        while not self._ended.wait(0.1):
            with self._lock:
                for place, member in enumerate(self._members):
                    if not member.runs and member.wanted:
                        self._gone.append(member)
                        self._members[place] = self._started()
