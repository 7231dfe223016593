"""One browser's news: what it has not been told yet, as server-sent events.

Events: ``begin`` (forget all facts; how many there are), ``facts`` (a list, oldest first),
``conflicts`` (claims that are new or changed, ids of those that are gone), ``lag``, ``names``
(companies and metrics to choose from) and ``pulse`` (nothing new, and still there). The id of an
event is a position; a browser that comes again with it is told what it missed, or to begin anew
where that is no longer kept.
"""

import time
from collections.abc import Iterator

import orjson

from pipeline.board.board import Board
from pipeline.board.view import View
from pipeline.board.window import Position

SHOWN_FACTS = 400
"""How many facts a browser is told of at once; it shows no more than that."""

SHOWN_CONFLICTS = 100

PULSE_SECONDS = 5.0
_IN_AN_EVENT = 50


class Watcher:
    """What one browser has been told, and what it wants to see."""

    def __init__(self, board: Board, view: View, position: Position | None) -> None:
        """Take where the browser goes on; None is from anew."""
        self._board = board
        self._view = view
        self._position = position
        self._conflicts: dict[str, int] | None = None
        self._conflicts_version = -1
        self._lag_version = 0
        self._names = b""
        self._told_at = float("-inf")

    def news(self) -> Iterator[bytes]:
        """Give the events that the browser lacks, at least a pulse after ``PULSE_SECONDS``."""
        told = False
        for event in self._events():
            told = True
            yield event
        now = time.monotonic()
        if told:
            self._told_at = now
        elif now - self._told_at >= PULSE_SECONDS:
            self._told_at = now
            yield self._event("pulse", b"{}")

    def _events(self) -> Iterator[bytes]:
        yield from self._facts()
        yield from self._claims()
        if self._lag_version != self._board.lag_version:
            self._lag_version = self._board.lag_version
            yield self._event("lag", self._board.lag)
        yield from self._choices()

    def _facts(self) -> Iterator[bytes]:
        window, position = self._board.window, self._position
        if not self._board.facts_read:
            return
        end = window.end
        if position is None or not window.holds(position):
            facts, matching = window.newest(SHOWN_FACTS, self._view)
            counts = {"kept": len(window), "matching": matching}
            yield _event("begin", orjson.dumps(counts), None)
        else:
            facts = window.since(position, self._view)[-SHOWN_FACTS:]
        for first in range(0, len(facts), _IN_AN_EVENT):
            some = facts[first : first + _IN_AN_EVENT]
            self._position = some[-1][0]
            yield self._event("facts", b"[" + b",".join(shown for _, shown in some) + b"]")
        self._position = end

    def _claims(self) -> Iterator[bytes]:
        conflicts, told = self._board.conflicts, self._conflicts
        if not self._board.claims_read or self._conflicts_version == conflicts.version:
            return
        self._conflicts_version = conflicts.version
        wanted = conflicts.wanted(SHOWN_CONFLICTS, self._view)
        self._conflicts = {each.claim_id: each.version for each in wanted}
        before = told or {}
        changed = [each for each in wanted if before.get(each.claim_id) != each.version]
        gone = [each for each in before if each not in self._conflicts]
        if told is None or changed or gone:
            body = b'{"begin":%s,"gone":%s,"changed":[%s]}' % (
                b"true" if told is None else b"false",
                orjson.dumps(gone),
                b",".join(each.shown for each in changed),
            )
            yield self._event("conflicts", body)

    def _choices(self) -> Iterator[bytes]:
        if self._board.facts_read and self._names != self._board.names:
            self._names = self._board.names
            yield self._event("names", self._names)

    def _event(self, kind: str, data: bytes) -> bytes:
        return _event(kind, data, self._position)


def _event(kind: str, data: bytes, position: Position | None) -> bytes:
    identity = b"" if position is None else f"id: {position}\n".encode()
    return b"%sevent: %s\ndata: %s\n\n" % (identity, kind.encode(), data)
