"""How far a replay is: a bar on a terminal, else a line now and then, on standard error."""

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from pipeline.cli.output import say

if TYPE_CHECKING:
    from pipeline.replay.replaying import Progress

LINE_SECONDS = 5.0
_BAR_SECONDS = 0.2


@contextlib.contextmanager
def shown() -> "Iterator[Callable[[Progress], None]]":
    """Give a function that shows a progress; it may be called as often as one likes."""
    if not sys.stderr.isatty():
        yield _Rarely(lambda progress: say(f"replay: {in_words(progress)}"), LINE_SECONDS)
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("replay"),
        BarColumn(),
        TextColumn("{task.description}"),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=None)
        yield _Rarely(
            lambda progress: bar.update(
                task,
                total=progress.total,
                completed=progress.done,
                description=in_words(progress),
            ),
            _BAR_SECONDS,
        )


def in_words(progress: "Progress") -> str:
    """Say how far it is and how fast."""
    seconds = max(progress.seconds, 0.001)
    rate = f"{progress.replayed / seconds:,.0f}/s, {progress.bytes / 1e6 / seconds:.2f} MB/s"
    failed = f", {len(progress.failed)} failed" if progress.failed else ""
    return (
        f"{progress.done:,} of {progress.total:,} messages, {rate}, "
        f"{progress.waiting:,} to be published{failed}"
    )


class _Rarely:
    """Passes a progress on at most once in a while."""

    def __init__(self, show: "Callable[[Progress], None]", seconds: float) -> None:
        self._show = show
        self._seconds = seconds
        self._last = time.monotonic() - seconds if seconds < 1 else time.monotonic()

    def __call__(self, progress: "Progress") -> None:
        now = time.monotonic()
        if now - self._last >= self._seconds:
            self._last = now
            self._show(progress)
