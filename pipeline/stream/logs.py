"""How a worker logs: to standard error, its own lines in full, those of its libraries rarely.

Lines that are written while a record is in work name its transcript and its trace.
"""

import logging
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

import orjson

from pipeline.settings import Settings
from pipeline.stream.record import Record

_LIBRARIES = (
    "faust",
    "mode",
    "aiokafka",
    "kafka",
    "asyncio",
    "opentelemetry",
    "pipeline.stream.faustapp",  # Faust logs by the names of our subclasses
)
_SILENCE_SECONDS = 30.0

_in_work: ContextVar[Record | None] = ContextVar("in_work", default=None)


@contextmanager
def about(record: Record) -> Iterator[None]:
    """Name a record, keyed by its transcript, in all lines of a ``with`` statement."""
    token = _in_work.set(record)
    try:
        yield
    finally:
        _in_work.reset(token)


def identities() -> dict[str, str]:
    """Give the ids of the transcript and of the W3C trace in work, as far as there are any."""
    record = _in_work.get()
    if record is None:
        return {}
    found = {}
    if record.key is not None:
        found["transcript_id"] = record.key.decode("utf-8", "replace")
    trace = (record.traceparent or b"").decode("utf-8", "replace").split("-")
    if len(trace) >= 4:
        found["trace_id"], found["span_id"] = trace[1], trace[2]
    return found


def configure(settings: Settings, process: str) -> None:
    """Set logging up as the settings say; ``process`` names this one in every line."""
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    as_text = settings.log_format == "text" or (
        settings.log_format == "auto" and sys.stderr.isatty()
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Text(process) if as_text else _JsonLine(process))
    if level > logging.DEBUG:
        handler.addFilter(_OnceInAWhile())
    logging.basicConfig(level=level, handlers=[handler], force=True)


class _OnceInAWhile(logging.Filter):
    """Lets a library's errors through, each kind once in a while.

    Without a broker they say the same thing some hundred times a second.
    """

    def __init__(self) -> None:
        super().__init__()
        self._last: dict[tuple[str, str], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if not record.name.startswith(_LIBRARIES):
            return True
        if record.levelno < logging.ERROR:
            return False
        kind, now = (record.name, str(record.msg)[:60]), time.monotonic()
        if now - self._last.get(kind, -_SILENCE_SECONDS) < _SILENCE_SECONDS:
            return False
        self._last[kind] = now
        return True


class _Text(logging.Formatter):
    def __init__(self, process: str) -> None:
        super().__init__(f"%(asctime)s {process} %(levelname)s %(message)s", "%H:%M:%S")

    def format(self, record: logging.LogRecord) -> str:
        name = identities().get("transcript_id")
        # An id comes from outside: quoted, it can neither end the line nor steer the terminal.
        return super().format(record) + ("" if name is None else f"  [{name!r}]")


class _JsonLine(logging.Formatter):
    def __init__(self, process: str) -> None:
        super().__init__()
        self._process = process

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "process": self._process,
            "logger": record.name,
            "message": record.getMessage(),
            **identities(),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return orjson.dumps(line, default=str).decode()
