"""What takes alerts from the topic to where somebody looks, and how it says that it did not."""

from typing import Protocol


class Sink(Protocol):
    """Takes one alert after the other; ``kind`` is what metrics call it."""

    name: str
    kind: str

    def send(self, alert_id: str, body: bytes) -> None:
        """Take an alert, as JSON; ``RetryLaterError`` or ``RefusedError`` where it does not."""


class RetryLaterError(Exception):
    """It was not taken, and may be later; ``wait`` is how many seconds to wait if that is known."""

    def __init__(self, reason: str, wait: float | None = None) -> None:
        super().__init__(reason)
        self.wait = wait


class RefusedError(Exception):
    """It was not taken, and never will be."""
