"""What a worker's process tells about its work, as it works; nobody listens unless one is set."""

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pipeline.stream.ledger import Change
    from pipeline.stream.record import Lineage


class Observer(Protocol):
    """Told of the work in one process; must be quick, and raise nothing."""

    def began(self, stage: str) -> None:
        """Be told that a stage has taken up a record, or a batch in one transaction."""

    def ended(self, stage: str, seconds: float, *, done: bool) -> None:
        """Be told how long that took; ``done`` if all that follows from it is delivered."""

    def retried(self, stage: str) -> None:
        """Be told that an attempt failed and will be made again."""

    def dead_lettered(self, stage: str, fault: Exception) -> None:
        """Be told that a record goes to the dead letters."""

    def published(self, lineage: "Lineage", changes: "Sequence[Change]") -> None:
        """Be told what subscribers can read from now on."""

    def translated(self, segments: int, *, missing: int) -> None:
        """Be told of how many segments of a part there is English now, and of how many not."""

    def assigned(self, partitions: Iterable[tuple[str, int]], *, settled: bool) -> None:
        """Be told the topics and partitions of this process; ``settled`` if they are at work."""


class Silent:
    """The observer that tells nobody."""

    def began(self, stage: str) -> None:
        """Do nothing."""

    def ended(self, stage: str, seconds: float, *, done: bool) -> None:
        """Do nothing."""

    def retried(self, stage: str) -> None:
        """Do nothing."""

    def dead_lettered(self, stage: str, fault: Exception) -> None:
        """Do nothing."""

    def published(self, lineage: "Lineage", changes: "Sequence[Change]") -> None:
        """Do nothing."""

    def translated(self, segments: int, *, missing: int) -> None:
        """Do nothing."""

    def assigned(self, partitions: Iterable[tuple[str, int]], *, settled: bool) -> None:
        """Do nothing."""


@contextmanager
def observed(stage: str, count: int = 1) -> Iterator[None]:
    """Tell the observer of this process of the work within a ``with`` statement.

    Each of ``count`` records that are worked on together took its share of the time.
    """
    began, done = time.monotonic(), False
    for _ in range(count):
        observer().began(stage)
    try:
        yield
        done = True
    finally:
        share = (time.monotonic() - began) / count
        for _ in range(count):
            observer().ended(stage, share, done=done)


_observer: Observer = Silent()


def observer() -> Observer:
    """Give the observer of this process."""
    return _observer


def set_observer(chosen: Observer) -> None:
    """Set the observer of this process, before its work begins."""
    global _observer  # noqa: PLW0603 - one for each process, as its logging is
    _observer = chosen
