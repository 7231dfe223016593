"""A webhook's receiver: a real HTTP server that fails at times, and checks signatures."""

import base64
import hashlib
import hmac
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import orjson

SECRET = "a-secret-for-tests-only"


class Receiver:
    """What came, in the order in which it was accepted; ``answers`` gives the status of each."""

    def __init__(self, answers: Callable[[int], int]) -> None:
        self.accepted: list[tuple[str, dict[str, Any]]] = []
        self.headers: list[dict[str, str]] = []
        self.requests = 0
        self.badly_signed = 0
        self.answers = answers
        self.retry_after: str | None = None
        self.url = ""
        self.lock = threading.Lock()

    @property
    def ids(self) -> set[str]:
        return {each for each, _ in self.accepted}

    def take(self, headers: dict[str, str], body: bytes) -> int:
        with self.lock:
            self.requests += 1
            self.headers.append(headers)
            if not well_signed(headers, body):
                self.badly_signed += 1
                return 401
            status = self.answers(self.requests)
            if 200 <= status < 300:
                self.accepted.append((headers["idempotency-key"], orjson.loads(body)))
            return status


def well_signed(headers: dict[str, str], body: bytes, secret: str = SECRET) -> bool:
    """As a receiver checks it: the id, the time and the body as they came."""
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    digest = hmac.new(secret.encode(), signed, hashlib.sha256).digest()
    expected = "v1," + base64.b64encode(digest).decode()
    return expected in headers["webhook-signature"].split(" ")


@contextmanager
def receiving(answers: Callable[[int], int] = lambda _: 204) -> Iterator[Receiver]:
    """Receive on a port of loopback."""
    receiver = Receiver(answers)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            size = int(self.headers["Content-Length"])
            body = self.rfile.read(size)
            if len(body) < size:
                # Whoever sent it was killed in the middle of it.
                return
            status = receiver.take({k.lower(): v for k, v in self.headers.items()}, body)
            if status == 0:
                self.connection.close()
                return
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", receiver.url + "/elsewhere")
            if receiver.retry_after is not None:
                self.send_header("Retry-After", receiver.retry_after)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

        def finish(self) -> None:
            with suppress(OSError, ValueError):
                super().finish()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    receiver.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield receiver
    server.shutdown()
    server.server_close()
    thread.join()
