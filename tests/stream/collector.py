"""An OpenTelemetry collector that remembers what it is sent: OTLP over HTTP, on loopback."""

import contextlib
import gzip
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)


@dataclass
class Exported:
    """A span as it was sent, its ids in hexadecimal."""

    name: str
    trace: str
    id: str
    parent: str
    process: str
    kind: int
    attributes: dict[str, Any]
    links: list[str]
    failed: bool
    resource: dict[str, Any] = field(repr=False)


class Collector:
    """Where it listens, and the spans that have come."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.spans: list[Exported] = []

    def of(self, process: str, name: str) -> list[Exported]:
        return [each for each in self.spans if (each.process, each.name) == (process, name)]

    def take(self, body: bytes) -> None:
        for sent in ExportTraceServiceRequest.FromString(body).resource_spans:
            resource = _values(sent.resource.attributes)
            for scope in sent.scope_spans:
                self.spans += [_exported(span, resource) for span in scope.spans]


@contextlib.contextmanager
def collecting() -> Iterator[Collector]:
    """A collector for as long as a ``with`` statement lasts."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            assert self.path == "/v1/traces"
            assert self.headers["Content-Type"] == "application/x-protobuf"
            collector.take(body)
            answer = ExportTraceServiceResponse().SerializeToString()
            self.send_response(200)
            self.send_header("Content-Type", "application/x-protobuf")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    collector = Collector(f"http://127.0.0.1:{server.server_port}")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield collector
    server.shutdown()
    server.server_close()


def _exported(span: Any, resource: dict[str, Any]) -> Exported:
    return Exported(
        name=span.name,
        trace=span.trace_id.hex(),
        id=span.span_id.hex(),
        parent=span.parent_span_id.hex(),
        process=resource["callfacts.process"],
        kind=span.kind,
        attributes=_values(span.attributes),
        links=[link.span_id.hex() for link in span.links],
        failed=span.status.code == 2,
        resource=resource,
    )


def _values(attributes: Any) -> dict[str, Any]:
    return {each.key: getattr(each.value, each.value.WhichOneof("value")) for each in attributes}
