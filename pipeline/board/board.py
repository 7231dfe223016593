"""What the board knows, and the waking of those who show it. All of it is touched by one loop."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

import orjson

from pipeline.board.conflicts import Conflicts
from pipeline.board.followers import ClaimState
from pipeline.board.window import Entry, Window

MOST_CONFLICTS = 500
"""How many claims in conflict are kept: those that changed last."""

MOST_NAMES = 300
"""How many companies, and how many metrics, are offered to choose from."""

_NAMES_SECONDS = 5.0


class Board:
    """Facts, conflicts and lag as they were told last; ``changed`` wakes who waits."""

    def __init__(self, kept: int) -> None:
        """Take how many facts are kept."""
        self.window = Window(kept)
        self.conflicts = Conflicts(MOST_CONFLICTS)
        self.lag = b"null"
        self.lag_version = 0
        self.facts_read = False
        self.claims_read = False
        self._names, self._names_at = b"", float("-inf")
        self._change = asyncio.Event()

    @property
    def names(self) -> bytes:
        """The companies and metrics of the facts, in JSON, as of some seconds ago at most."""
        now = time.monotonic()
        if now - self._names_at >= _NAMES_SECONDS:
            self._names_at = now
            companies, metrics = self.window.companies(MOST_NAMES), self.window.metrics(MOST_NAMES)
            self._names = orjson.dumps({"companies": companies, "metrics": metrics})
        return self._names

    @property
    def change(self) -> asyncio.Event:
        """An event that is set at the next change; take it before looking at what there is."""
        return self._change

    async def take_facts(self, entries: Sequence[Entry], begin: bool) -> None:
        """Take facts; with ``begin`` they replace all."""
        if begin:
            self.window.begin(entries)
            self.facts_read = True
            self._names_at = float("-inf")
        else:
            self.window.add(entries)
        self._wake()

    async def take_claims(self, states: Sequence[ClaimState], begin: bool) -> None:
        """Take states of claims; with ``begin`` they replace all."""
        if begin:
            self.conflicts.begin()
            self.claims_read = True
        for state in states:
            if state.shown is None or state.found_by is None:
                self.conflicts.drop(state.claim_id)
            else:
                self.conflicts.put(state.claim_id, state.shown, state.found_by)
        self._wake()

    async def take_lag(self, shown: dict[str, Any]) -> None:
        """Take a look at the lag, or why there is none."""
        self.lag = orjson.dumps(shown)
        self.lag_version += 1
        self._wake()

    def _wake(self) -> None:
        self._change.set()
        self._change = asyncio.Event()
