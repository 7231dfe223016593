"""How a worker logs: to standard error, its own lines in full, those of its libraries rarely."""

import logging
import sys
import time
from datetime import UTC, datetime

import orjson

from pipeline.settings import Settings

_LIBRARIES = (
    "faust",
    "mode",
    "aiokafka",
    "kafka",
    "asyncio",
    "pipeline.stream.faustapp",  # Faust logs by the names of our subclasses
)
_SILENCE_SECONDS = 30.0


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
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return orjson.dumps(line, default=str).decode()
