"""The threads that stages work in: one and the same as long as nobody works beside it.

The pool of the standard library gives work to its threads in turn. Each of them may run on another
core, whose caches know nothing of what the stages use.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

_MOST_BESIDE = 4


class Threads(ThreadPoolExecutor):
    """A pool whose first thread gets whatever comes while it is idle."""

    def __init__(self) -> None:
        """Start no thread yet."""
        super().__init__(max_workers=1, thread_name_prefix="stages")
        self._beside = ThreadPoolExecutor(_MOST_BESIDE, thread_name_prefix="stages-beside")
        self._at_work = False

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Run a function; may be called from one thread only."""
        if self._at_work:
            return self._beside.submit(fn, *args, **kwargs)
        self._at_work = True
        future = super().submit(fn, *args, **kwargs)
        future.add_done_callback(self._ended)
        return future

    def _ended(self, future: Future[Any]) -> None:
        del future
        self._at_work = False
