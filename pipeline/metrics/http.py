"""A small HTTP server for metrics and health: fixed paths, GET only."""

import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from pipeline.problem import Problem

METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_SECONDS = 10.0


@dataclass(frozen=True)
class Answer:
    """What a path answers with."""

    status: int
    body: bytes
    kind: str = METRICS_TYPE


Routes = Mapping[str, Callable[[], Answer]]


def listen(address: str, port: int) -> socket.socket:
    """Open a socket for a server; ``Problem`` where the port is not to be had. Port 0 is any."""
    try:
        family = socket.getaddrinfo(address, port, type=socket.SOCK_STREAM)[0][0]
        opened = socket.create_server((address, port), family=family)
    except OSError as error:
        raise Problem(
            f"{address}:{port} cannot be listened at: {error.strerror or error}; choose another "
            "port or address"
        ) from error
    opened.set_inheritable(False)
    return opened


def serve(opened: socket.socket, routes: Routes) -> ThreadingHTTPServer:
    """Make a server on an open socket; ``serve_forever`` runs it."""

    class Handler(BaseHTTPRequestHandler):
        timeout = _SECONDS

        def do_GET(self) -> None:
            route = routes.get(self.path.partition("?")[0])
            answer = route() if route else Answer(404, b"not here\n", "text/plain")
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.kind)
            self.send_header("Content-Length", str(len(answer.body)))
            self.send_header("X-Content-Type-Options", "nosniff")
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
            """Say nothing: a scrape every few seconds is no news."""

    server = ThreadingHTTPServer(opened.getsockname()[:2], Handler, bind_and_activate=False)
    server.socket.close()
    server.socket = opened
    server.daemon_threads = True
    return server
