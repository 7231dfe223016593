"""A worker: its processes started, watched and stopped together.

The agents, the publisher and the keeper of claims are processes of their own, so that none waits
for another's interpreter. When one of them ends, for whatever reason, the whole worker ends, with
a line that says which: half a worker would look alive and do nothing.
"""

import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields

from pipeline.metrics.endpoint import Endpoint
from pipeline.metrics.process import SOCKET_VARIABLE
from pipeline.problem import Problem
from pipeline.secret import Secret
from pipeline.settings import Settings, variable_of
from pipeline.stream.child import READY

AGENT_STAGES = ("segment", "normalize", "extract")
PUBLISH = "publish"
CLAIMS = "claims"
TRANSLATE = "translate"
ALL_STAGES = (*AGENT_STAGES, PUBLISH, CLAIMS)
"""The stages that facts and claims need; ``translate`` stands beside them."""

STOP_SECONDS = 9.0
"""How long the processes may take to stop before they are killed."""

_READY_SECONDS = 60.0


@dataclass(frozen=True)
class _Ended:
    """A process ended, with this status."""

    name: str
    status: int


@dataclass(frozen=True)
class _Ready:
    """A process has started."""

    name: str


@dataclass(frozen=True)
class _Stop:
    """Somebody wants the worker to stop."""


class Worker:
    """The processes of one worker; ``start``, then ``watch`` until they end, or ``stop``."""

    def __init__(
        self,
        settings: Settings,
        stages: Sequence[str] = ALL_STAGES,
        endpoint: Endpoint | None = None,
    ) -> None:
        """Take the stages that this worker runs, and where it tells of its work, if anywhere."""
        self._endpoint = endpoint
        self._environment = _environment(settings)
        self._roles: dict[str, list[str]] = {}
        agents = [stage for stage in AGENT_STAGES if stage in stages]
        if agents:
            self._roles["agents"] = ["agents", ",".join(agents)]
        if PUBLISH in stages:
            self._roles["publisher"] = ["publisher", ""]
        if CLAIMS in stages:
            self._roles["claims"] = ["claims", ""]
        if TRANSLATE in stages:
            self._roles["translate"] = ["translate", ""]
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._happened: queue.Queue[_Ended | _Ready | _Stop] = queue.Queue()

    def start(self) -> None:
        """Start the processes and wait until all of them are ready; ``Problem`` if one is not."""
        for name, arguments in self._roles.items():
            self._processes[name] = self._started(name, arguments)
            threading.Thread(target=self._follow, args=(name,), daemon=True).start()
        if self._endpoint is not None:
            self._endpoint.start()
        waiting, deadline = set(self._processes), time.monotonic() + _READY_SECONDS
        while waiting:
            match self._next(deadline - time.monotonic()):
                case _Ready(name):
                    waiting.discard(name)
                case _Ended(name, status):
                    self.stop()
                    raise Problem(_how_it_ended(name, status))
                case _Stop():
                    self._happened.put(_Stop())
                    return
                case None:
                    self.stop()
                    raise Problem(f"the worker is not ready after {_READY_SECONDS:.0f} s")

    def watch(self) -> None:
        """Wait until somebody asks to stop, then stop; ``Problem`` if a process ends before."""
        while True:
            match self._next(None):
                case _Stop():
                    self.stop()
                    return
                case _Ended(name, status):
                    self.stop()
                    raise Problem(_how_it_ended(name, status) + "; the worker stops")

    def ask_to_stop(self) -> None:
        """Make ``watch`` stop the worker; may be called from a signal handler."""
        self._happened.put(_Stop())

    def stop(self) -> None:
        """Stop the processes: they finish or hand back their work; what hangs is killed."""
        for process in self._processes.values():
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        for process in self._processes.values():
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if self._endpoint is not None:
            self._endpoint.close()

    @property
    def process_ids(self) -> dict[str, int]:
        """The process ids by role: ``agents``, ``publisher``, ``claims``, ``translate``."""
        return {name: process.pid for name, process in self._processes.items()}

    def _started(self, name: str, arguments: Sequence[str]) -> "subprocess.Popen[bytes]":
        environment, handed_down = self._environment, list[int]()
        if self._endpoint is not None:
            handed_down = [self._endpoint.socket_for(name)]
            environment = {**environment, SOCKET_VARIABLE: str(handed_down[0])}
        return subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", "pipeline.stream.child", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            pass_fds=handed_down,
        )

    def _follow(self, name: str) -> None:
        process = self._processes[name]
        if process.stdout is not None and process.stdout.readline() == READY:
            self._happened.put(_Ready(name))
        self._happened.put(_Ended(name, process.wait()))

    def _next(self, seconds: float | None) -> _Ended | _Ready | _Stop | None:
        try:
            return self._happened.get(timeout=None if seconds is None else max(0.0, seconds))
        except queue.Empty:
            return None


def run_worker(
    settings: Settings, stages: Sequence[str], ready: Callable[[], None] = lambda: None
) -> None:
    """Run a worker until SIGTERM or SIGINT; raises ``Problem`` if it ends by itself."""
    if settings.security_protocol != "PLAINTEXT":
        _check_access(settings)
    endpoint = Endpoint(settings) if settings.metrics_port else None
    worker = Worker(settings, stages, endpoint)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: worker.ask_to_stop())
    worker.start()
    ready()
    worker.watch()


def _environment(settings: Settings) -> dict[str, str]:
    """Give the environment in which a process reads these very settings."""
    values = {variable_of(each.name): getattr(settings, each.name) for each in fields(Settings)}
    given = {
        # A secret says of itself only that there is one.
        variable: value.reveal() if isinstance(value, Secret) else str(value)
        for variable, value in values.items()
    }
    return {**os.environ, **given}


def _check_access(settings: Settings) -> None:
    """Try TLS and the login once, so that one line says what is wrong, not one of each process."""
    from topics import cluster

    with cluster.connected(settings):
        pass


def _how_it_ended(name: str, status: int) -> str:
    how = f"was killed by signal {-status}" if status < 0 else f"ended with status {status}"
    return f"the worker's process {name} {how}"
