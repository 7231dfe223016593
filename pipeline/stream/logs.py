"""How a worker logs: to standard error, its own lines in full, those of its libraries rarely."""

import logging
import sys
from datetime import UTC, datetime

import orjson

from pipeline.settings import Settings

_LIBRARIES = ("faust", "mode", "aiokafka", "kafka", "asyncio", "pipeline.stream.faustapp")


def configure(settings: Settings, process: str) -> None:
    """Set logging up as the settings say; ``process`` names this one in every line."""
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    as_text = settings.log_format == "text" or (
        settings.log_format == "auto" and sys.stderr.isatty()
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Text(process) if as_text else _JsonLine(process))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in _LIBRARIES:
        # They warn of every retry and rebalance, which the pipeline handles and counts itself.
        logging.getLogger(name).setLevel(max(level, logging.ERROR) if level > 10 else level)


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
