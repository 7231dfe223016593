"""A broker of the suite's own that can be killed and started again where it was."""

import os
import random
import signal
import time
from pathlib import Path

from pipeline.broker import readiness, start, status, stop
from pipeline.settings import Settings


class Ground:
    """A Java process with its data in ``folder``; nothing of it is left after ``with``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._cache = Settings().cache_dir
        self._port = _free_port()

    def __enter__(self) -> "Ground":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        stop(self._folder, cache=self._cache, delete_data=True)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._port}"

    def start(self) -> None:
        """Start it on the data that are there, where it listened before."""
        start(self._folder, cache=self._cache, port=self._port, how="jvm")

    def kill(self) -> None:
        """Kill it without a word."""
        running = status(self._folder)
        if running is None:
            return
        os.kill(int(running.identity), signal.SIGKILL)
        while status(self._folder) is not None or readiness.is_open(self._port):
            time.sleep(0.02)


def _free_port() -> int:
    """Find a port that the system gives to no client.

    While the broker is down its clients try to connect again and again; from among the ports that
    clients are given, one of them would come to be connected with itself, and hold the port.
    """
    while True:
        port = random.randrange(20_000, 30_000)
        if not readiness.is_open(port):
            return port
