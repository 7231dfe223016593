"""OpenTelemetry traces of the work on records; without them all of this does nothing.

They are made where the standard variables ask for them (``OTEL_EXPORTER_OTLP_ENDPOINT`` and so on)
and the extra ``callfacts[otel]`` is installed. Each record's work is a span, whose parent is the
one that the record names in its ``traceparent`` header; the span's own name goes into the headers
of what follows from the record.
"""

import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

from pipeline.stream.record import Record

logger = logging.getLogger(__name__)

_ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
_PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
_SPEAKS = "http/protobuf"


class Tracer(Protocol):
    """Makes spans of the work in one process; must raise nothing of its own."""

    def created(self, topic: str, key: bytes) -> bytes:
        """Begin a trace with a message; gives its ``traceparent``."""

    def work(self, stage: str, record: Record) -> AbstractContextManager[Record]:
        """Make a span of a stage's work on a record; gives the record with what to pass on."""

    def transaction(
        self, stage: str, records: Sequence[Record]
    ) -> AbstractContextManager[Sequence[Record]]:
        """Do the same for records that are worked on in one transaction, and a span of that."""

    def failed(self, record: Record, fault: Exception) -> None:
        """Note that a record, while it is in work, goes to the dead letters."""

    def stop(self) -> None:
        """Export what is left."""


_tracer: Tracer | None = None


def created(topic: str, key: bytes) -> bytes | None:
    """Begin a trace with a message to a declared topic; None where nobody traces."""
    return None if _tracer is None else _tracer.created(topic, key)


@contextmanager
def work(stage: str, record: Record) -> Iterator[Record]:
    """Trace a stage's work on a record within a ``with`` statement."""
    if _tracer is None:
        yield record
        return
    with _tracer.work(stage, record) as traced:
        yield traced


@contextmanager
def transaction(stage: str, records: Sequence[Record]) -> Iterator[Sequence[Record]]:
    """Trace a transaction, and the work on each of its records."""
    if _tracer is None:
        yield records
        return
    with _tracer.transaction(stage, records) as traced:
        yield traced


def failed(record: Record, fault: Exception) -> None:
    """Note that a record goes to the dead letters."""
    if _tracer is not None:
        _tracer.failed(record, fault)


def trace_process(role: str, environment: Mapping[str, str] = os.environ) -> None:
    """Trace this process if its environment asks for it; ``role`` names it beside its spans."""
    global _tracer  # noqa: PLW0603 - one for each process, as its observer is
    if not wanted(environment):
        return
    try:
        from pipeline.stream.spans import Spans
    except ImportError as missing:
        logger.warning("no traces: %s; pip install 'callfacts[otel]'", missing)
        return
    _tracer = Spans(role)


def stop_tracing() -> None:
    """Export what is left, as far as a second is enough for it."""
    global _tracer  # noqa: PLW0603
    if _tracer is not None:
        _tracer.stop()
        _tracer = None


def wanted(environment: Mapping[str, str]) -> bool:
    """Say whether the standard variables ask for traces that can be exported."""
    given = {name: value.strip() for name, value in environment.items() if value.strip()}
    exporter = given.get("OTEL_TRACES_EXPORTER", "otlp")
    if given.get("OTEL_SDK_DISABLED", "").lower() == "true" or exporter == "none":
        return False
    if not any(name in given for name in (*_ENDPOINTS, "OTEL_TRACES_EXPORTER")):
        return False
    protocol = next((given[each] for each in _PROTOCOLS if each in given), _SPEAKS)
    if exporter != "otlp" or protocol != _SPEAKS:
        logger.warning(
            "no traces: OTEL_TRACES_EXPORTER is %s and the protocol %s; expected otlp and %s",
            *(exporter, protocol, _SPEAKS),
        )
        return False
    return True
