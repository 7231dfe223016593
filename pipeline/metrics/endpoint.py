"""The endpoint of a worker: its processes' metrics as one, ``/healthz`` and ``/readyz``."""

import contextlib
import http.client
import logging
import socket
import threading
import time
from http.server import ThreadingHTTPServer
from typing import TYPE_CHECKING

import orjson

from pipeline.metrics import health
from pipeline.metrics.health import Health, ProcessState, judge_health
from pipeline.metrics.http import Answer, listen, serve
from pipeline.problem import Problem
from pipeline.settings import Settings

if TYPE_CHECKING:
    from pipeline.lag.monitor import Monitor, ReaderLag

logger = logging.getLogger(__name__)

LOOK_SECONDS = 10.0
ASK_SECONDS = 1.0


class Endpoint:
    """Serves what a worker tells; ``start`` it with the worker, ``close`` it after."""

    def __init__(self, settings: Settings) -> None:
        """Open the port of the settings; ``Problem`` where it is taken."""
        self._settings = settings
        self._opened = listen(settings.metrics_address, settings.metrics_port)
        self._sockets: dict[str, socket.socket] = {}
        self._ports: dict[str, int] = {}
        self._states: dict[str, ProcessState] = {}
        self._lags: list[ReaderLag] = []
        self._closed = threading.Event()
        self._server: ThreadingHTTPServer | None = None

    @property
    def port(self) -> int:
        """The port that it listens at."""
        return int(self._opened.getsockname()[1])

    def socket_for(self, process: str) -> int:
        """Open a socket for a process of the worker; gives the descriptor to be handed down.

        The process finds its number in its environment, see ``pipeline/metrics/process.py``.
        """
        opened = self._sockets[process] = listen("127.0.0.1", 0)
        self._ports[process] = int(opened.getsockname()[1])
        return opened.fileno()

    def start(self) -> None:
        """Serve, once the processes have their sockets."""
        for each in self._sockets.values():
            each.close()
        self._states = dict.fromkeys(self._ports, ProcessState(time.monotonic()))
        routes = {"/metrics": self._metrics, "/healthz": self._healthz, "/readyz": self._readyz}
        self._server = serve(self._opened, routes)
        for run in (self._server.serve_forever, self._ask, self._look):
            threading.Thread(target=run, daemon=True).start()

    def close(self) -> None:
        """Stop serving."""
        self._closed.set()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
        for each in (self._opened, *self._sockets.values()):
            each.close()

    def _metrics(self) -> Answer:
        from pipeline.metrics.merged import merged

        texts = {name: _fetched(port, "/metrics") for name, port in self._ports.items()}
        return Answer(200, merged(texts))

    def _healthz(self) -> Answer:
        return _verdict(self._health().dead, "alive")

    def _readyz(self) -> Answer:
        return _verdict(self._health().not_ready, "ready")

    def _health(self) -> Health:
        return judge_health(self._states, self._lags, time.monotonic())

    def _ask(self) -> None:
        """Ask the processes again and again how they are."""
        while not self._closed.wait(ASK_SECONDS):
            for name, port in self._ports.items():
                state = _state(_fetched(port, "/state"))
                if state is not None:
                    self._states[name] = state

    def _look(self) -> None:
        """Look at the lag again and again, over connections of its own."""
        from pipeline.lag.monitor import Monitor
        from pipeline.lag.verdict import Limits

        limits = Limits(stalled=health.NO_PROGRESS_SECONDS)
        monitor = Monitor(limits, window=2 * health.NO_PROGRESS_SECONDS)
        while not self._closed.wait(LOOK_SECONDS):
            try:
                self._look_on(monitor)
            except Exception as fault:  # noqa: BLE001 - without this thread a hang is never seen
                # What was seen before says nothing of now.
                self._lags = []
                log = logger.info if isinstance(fault, Problem) else logger.warning
                log("the worker's lag is not known: %s: %s", type(fault).__name__, fault)

    def _look_on(self, monitor: "Monitor") -> None:
        from pipeline.lag.observe import Observer

        with contextlib.closing(Observer(self._settings)) as observer:
            while True:
                self._lags = monitor.take(observer.observe())
                if self._closed.wait(LOOK_SECONDS):
                    return


def _fetched(port: int, path: str) -> bytes | None:
    """Ask a process of this worker; None if it does not answer in time."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=ASK_SECONDS)
    with contextlib.closing(connection):
        try:
            connection.request("GET", path)
            return connection.getresponse().read()
        except (OSError, http.client.HTTPException):
            return None


def _state(answer: bytes | None) -> ProcessState | None:
    if answer is None:
        return None
    values = orjson.loads(answer)
    partitions = frozenset((topic, partition) for topic, partition in values["partitions"])
    return ProcessState(time.monotonic(), values["settled"], partitions)


def _verdict(reasons: tuple[str, ...], else_: str) -> Answer:
    said = "\n".join(reasons) or else_
    return Answer(503 if reasons else 200, f"{said}\n".encode(), "text/plain; charset=utf-8")
