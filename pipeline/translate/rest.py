"""Leaving alone for a while what keeps failing, so that not every part waits for it in vain."""

import time
from collections.abc import Callable


class Rest:
    """After ``failures`` calls in a row that failed, rests ``first`` seconds, then twice as long.

    Never longer than ``longest``; one success ends it. A lasting failure (a refused key, a wrong
    address) rests at once.
    """

    def __init__(
        self,
        *,
        failures: int = 3,
        first: float = 15.0,
        longest: float = 600.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._allowed = failures
        self._first = first
        self._longest = longest
        self._clock = clock
        self._failed = 0
        self._until = float("-inf")

    def resting(self) -> bool:
        """Whether to leave it alone now."""
        return self._clock() < self._until

    def succeeded(self) -> None:
        """Note that a call succeeded."""
        self._failed = 0

    def failed(self, *, lasting: bool = False) -> float:
        """Note that a call failed; give the seconds of rest that follow, 0 for none."""
        self._failed += 1
        if lasting:
            self._failed = max(self._failed, self._allowed)
        if self._failed < self._allowed:
            return 0.0
        # The exponent is bounded: a float has no 2**1024.
        rest = min(self._longest, self._first * 2.0 ** min(self._failed - self._allowed, 16))
        self._until = self._clock() + rest
        return rest
