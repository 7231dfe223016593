"""Parts handed on within a process, so that what one stage wrote the next one need not parse.

All that passes between stages goes through Kafka, and may be read by another worker. Where it comes
back to the process that wrote it, byte for byte, the value that the bytes were made from is as good
as the one that they would be read as: the stages give the same facts with and without JSON between
them.
"""

import threading
from collections import OrderedDict

from schemas.event import Event

MOST_BYTES = 16 * 1024 * 1024
"""How much is kept, in bytes of JSON; what is written first is forgotten first."""


class Handed:
    """What was written last and has not been read since; may be used by several threads."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        """Keep nothing yet."""
        self._most = most_bytes
        self._kept: OrderedDict[bytes, Event] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def put(self, body: bytes, value: Event) -> None:
        """Keep the value that some bytes were made from, until they are read."""
        with self._lock:
            if self._kept.pop(body, None) is None:
                self._bytes += len(body)
            self._kept[body] = value
            while self._bytes > self._most:
                self._bytes -= len(self._kept.popitem(last=False)[0])

    def take(self, body: bytes | None) -> Event | None:
        """Give the value and forget it; None where it is not known."""
        with self._lock:
            value = self._kept.pop(body, None) if body else None
            if value is not None and body:
                self._bytes -= len(body)
            return value
