"""The spans themselves, by OpenTelemetry's conventions for messaging with Kafka.

A span is named after its stage and the topic that it reads, such as ``segment transcripts.raw``.
No text of a transcript and no message of a fault goes into it, only ids, places and sizes.
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.trace import Link, Span, SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from opentelemetry.util.types import AttributeValue

from pipeline.stream.record import Record
from pipeline.version import VERSION

CLAIMS = "claims"
"""The one stage whose records are not keyed by transcript."""

_STOP_SECONDS = 1.0
_PROPAGATOR = TraceContextTextMapPropagator()


class Spans:
    """Makes spans and exports them from a thread of its own; the variables say where to."""

    def __init__(self, role: str, exporter: SpanExporter | None = None) -> None:
        """Take the role of this process, and what exports instead of OTLP."""
        resource = Resource.create({"callfacts.process": role})
        if str(resource.attributes["service.name"]).startswith("unknown_service"):
            own = Resource({"service.name": "callfacts", "service.version": VERSION})
            resource = resource.merge(own)
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(exporter or OTLPSpanExporter()))
        self._tracer = self._provider.get_tracer("callfacts", VERSION)
        self._in_work: dict[str, Span] = {}

    def created(self, topic: str, key: bytes) -> bytes:
        """Begin a trace with a message to a declared topic."""
        span = self._tracer.start_span(
            f"create {topic}",
            kind=SpanKind.PRODUCER,
            attributes={
                **_operation("create", "create", topic),
                "callfacts.transcript_id": key.decode("utf-8", "replace"),
            },
        )
        span.end()
        return _traceparent(span)

    @contextmanager
    def work(self, stage: str, record: Record) -> Iterator[Record]:
        """Make a span of a stage's work on a record."""
        parent = (record.header("traceparent") or b"").decode("ascii", "replace")
        span = self._tracer.start_span(
            f"{stage} {record.topic}",
            context=_PROPAGATOR.extract({"traceparent": parent}, Context()),
            kind=SpanKind.CONSUMER,
            attributes=_attributes(stage, record),
        )
        self._in_work[record.place] = span
        try:
            with _in_span(span):
                yield replace(record, trace=_traceparent(span))
        finally:
            del self._in_work[record.place]

    @contextmanager
    def transaction(self, stage: str, records: Sequence[Record]) -> Iterator[Sequence[Record]]:
        """Make a span of each record, all as long as the transaction, and one that links them.

        Records of many traces share a transaction, so its span is in a trace of its own.
        """
        with ExitStack() as spans:
            traced = [spans.enter_context(self.work(stage, each)) for each in records]
            links = [Link(self._in_work[each.place].get_span_context()) for each in records]
            topic = records[0].topic if records else ""
            attributes = _operation("settle", stage, topic)
            attributes["messaging.batch.message_count"] = len(records)
            span = self._tracer.start_span(
                f"transaction {topic}",
                context=Context(),
                kind=SpanKind.CLIENT,
                attributes=attributes,
                links=links,
            )
            with _in_span(span):
                yield traced

    def failed(self, record: Record, fault: Exception) -> None:
        """Note that a record, while it is in work, goes to the dead letters."""
        span = self._in_work.get(record.place)
        if span is not None:
            _mark(span, fault)

    def stop(self) -> None:
        """Export what is left; a collector that does not answer holds up no worker's end."""
        stopping = threading.Thread(target=self._provider.shutdown, daemon=True)
        stopping.start()
        stopping.join(_STOP_SECONDS)


@contextmanager
def _in_span(span: Span) -> Iterator[None]:
    """Make a span the current one, and end it; what is raised is named by its class only."""
    try:
        with trace.use_span(span, record_exception=False, set_status_on_exception=False):
            yield
    except BaseException as fault:
        _mark(span, fault)
        raise
    finally:
        span.end()


def _mark(span: Span, fault: BaseException) -> None:
    name = type(fault).__name__
    span.set_attribute("error.type", name)
    span.set_status(Status(StatusCode.ERROR, name))


def _operation(kind: str, name: str, topic: str) -> dict[str, AttributeValue]:
    return {
        "messaging.system": "kafka",
        "messaging.operation.type": kind,
        "messaging.operation.name": name,
        "messaging.destination.name": topic,
    }


def _attributes(stage: str, record: Record) -> dict[str, AttributeValue]:
    attributes = _operation("process", stage, record.topic)
    attributes["messaging.destination.partition.id"] = str(record.partition)
    attributes["messaging.kafka.offset"] = record.offset
    if record.value is None:
        attributes["messaging.kafka.message.tombstone"] = True
    else:
        attributes["messaging.message.body.size"] = len(record.value)
    identity = record.header("ce_id")
    if identity is not None:
        attributes["messaging.message.id"] = identity.decode("utf-8", "replace")
    if record.key is not None:
        key = record.key.decode("utf-8", "replace")
        attributes["messaging.kafka.message.key"] = key
        if stage != CLAIMS:
            attributes["callfacts.transcript_id"] = key
    return attributes


def _traceparent(span: Span) -> bytes:
    context = span.get_span_context()
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}".encode()
