"""An OAuth endpoint for tests."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs


class Endpoint:
    """An OAuth endpoint on loopback that answers as it is told."""

    def __init__(self) -> None:
        self.answer: tuple[int, bytes] = (200, b"")
        self.asked: list[tuple[str, dict[str, list[str]]]] = []
        self.location: str | None = None
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                outer.asked.append((self.headers["Authorization"], parse_qs(body)))
                status, content = outer.answer
                self.send_response(status)
                if outer.location:
                    self.send_header("Location", outer.location)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/token"

    def __enter__(self) -> "Endpoint":
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    def gives(self, token: str, expires_in: float | None) -> None:
        body = {"access_token": token, "token_type": "Bearer"}
        lifetime = {} if expires_in is None else {"expires_in": expires_in}
        self.answer = (200, json.dumps(body | lifetime).encode())
