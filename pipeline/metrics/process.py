"""The endpoint of one of a worker's processes, read by the worker alone.

The worker opens the socket and hands it down, so it knows the port and nobody else can take it.
"""

import os
import socket
import threading
from collections.abc import Mapping

import orjson

from pipeline.metrics.http import Answer, serve
from pipeline.metrics.observer import set_observer

SOCKET_VARIABLE = "CALLFACTS_METRICS_SOCKET"
"""The number of the open socket in the environment of a worker's process."""


def observe_process(process: str, environment: Mapping[str, str] = os.environ) -> None:
    """Observe this process if the worker that started it asks for it, by its role."""
    number = environment.get(SOCKET_VARIABLE)
    if number is None:
        return
    from prometheus_client import generate_latest

    from pipeline.metrics.collected import Collected

    collected = Collected(process)
    set_observer(collected)

    def state() -> Answer:
        values = {"partitions": collected.partitions, "settled": collected.settled}
        return Answer(200, orjson.dumps(values), "application/json")

    routes = {
        "/metrics": lambda: Answer(200, generate_latest(collected.registry), "text/plain"),
        "/state": state,
    }
    server = serve(socket.socket(fileno=int(number)), routes)
    threading.Thread(target=server.serve_forever, daemon=True).start()
