"""A chat endpoint on this machine that answers as it is told, one behaviour a request."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

ENGLISH = {
    "收入为13.2亿美元。": "Revenue was $1.32 billion.",
    "毛利率提升2.3个百分点。": "Gross margin rose 2.3 percentage points.",
    "营收43亿元。": "Revenue was 4.3 billion yuan.",
    "營收430億元。": "Revenue was 43 billion yuan.",
    "營收430億新台幣。": "Revenue was NT$43 billion.",
    "利润持平。": "Profit was flat.",
}

Answer = tuple[int, dict[str, str], bytes]
Behaviour = Callable[[dict[str, Any]], Answer]


@dataclass
class ChatServer:
    """Behaviours still to be shown (then ``well``), and all that was received."""

    url: str = ""
    behaviours: list[Behaviour] = field(default_factory=list)
    received: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    def texts(self) -> list[list[str]]:
        """The texts of each request."""
        return [
            [each["chinese"] for each in passages(json.loads(r[2])).values()] for r in self.received
        ]

    def everything_but_headers(self) -> str:
        """All that was received outside the headers."""
        return "\n".join(path + body.decode() for path, _, body in self.received)


def passages(request: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The numbered passages of a request."""
    return dict(json.loads(request["messages"][1]["content"]))


def said(content: str) -> Answer:
    """A chat completion with this content."""
    message = {"role": "assistant", "content": content}
    body = {"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}
    return 200, {}, json.dumps(body).encode()


def well(request: dict[str, Any]) -> Answer:
    """Every text translated."""
    english = {number: ENGLISH[each["chinese"]] for number, each in passages(request).items()}
    return said(json.dumps(english))


def fenced(request: dict[str, Any]) -> Answer:
    """Every text translated, in a code fence."""
    english = {number: ENGLISH[each["chinese"]] for number, each in passages(request).items()}
    return said(f"Here it is:\n```json\n{json.dumps(english)}\n```")


def slow(seconds: float) -> Behaviour:
    """The right answer, late."""

    def behave(request: dict[str, Any]) -> Answer:
        time.sleep(seconds)
        return well(request)

    return behave


def status(code: int, headers: dict[str, str] | None = None) -> Behaviour:
    """An error that repeats the request's authorization, as careless servers do."""
    return lambda request: (code, headers or {}, json.dumps(request).encode())


def replies(content: str) -> Behaviour:
    """This content, whatever was asked."""
    return lambda request: said(content)


def raw(body: bytes) -> Behaviour:
    """This body, whatever was asked."""
    return lambda request: (200, {}, body)


@contextmanager
def serving() -> Iterator[ChatServer]:
    """A server for the length of a test."""
    chat = ChatServer()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            chat.received.append((self.path, dict(self.headers), body))
            behave = chat.behaviours.pop(0) if chat.behaviours else well
            code, headers, answer = behave(json.loads(body))
            try:
                self.send_response(code)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)
            except OSError:
                self.close_connection = True  # the client has given up

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    chat.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield chat
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
