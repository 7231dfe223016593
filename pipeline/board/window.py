"""The facts that are kept to be shown: the last so many, numbered, so that a reader may resume."""

import secrets
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipeline.board.view import Searchable, View


@dataclass(frozen=True, slots=True)
class Entry:
    """A fact event as it is shown, in JSON, and what it is found by; ``entity`` is id and name."""

    shown: bytes
    found_by: Searchable
    entity: tuple[str, str] | None


@dataclass(frozen=True)
class Position:
    """All up to the fact of this number has been told, of those read since a beginning."""

    beginning: str
    number: int

    def __str__(self) -> str:
        """Write it as the id of an event."""
        return f"{self.beginning}-{self.number}"


class Window:
    """The last ``size`` facts, numbered from 1 since the reader began; older ones are forgotten."""

    def __init__(self, size: int) -> None:
        self._entries: deque[Entry] = deque(maxlen=size)
        self.begin(())

    def begin(self, entries: Iterable[Entry]) -> None:
        """Forget all and begin anew with what the reader found; no earlier position holds."""
        self._beginning = secrets.token_hex(4)
        self._number = 0
        self._entries.clear()
        self.add(entries)

    def add(self, entries: Iterable[Entry]) -> None:
        """Take facts as they come."""
        for entry in entries:
            self._entries.append(entry)
            self._number += 1

    def __len__(self) -> int:
        """How many are kept."""
        return len(self._entries)

    @property
    def end(self) -> Position:
        """The position behind the newest fact."""
        return Position(self._beginning, self._number)

    def position(self, event_id: str | None) -> Position | None:
        """Read an event's id; None where it cannot be gone on from."""
        beginning, _, number = (event_id or "").partition("-")
        if not number.isascii() or not number.isdecimal() or len(number) > 18:
            return None
        found = Position(beginning, int(number))
        return found if self.holds(found) else None

    def holds(self, position: Position) -> bool:
        """Say whether nothing behind a position has been forgotten."""
        forgotten = self._number - len(self._entries)
        return position.beginning == self._beginning and (
            forgotten <= position.number <= self._number
        )

    def since(self, position: Position, view: View) -> list[tuple[Position, bytes]]:
        """Give the facts behind a position that a view wants, oldest first, and where each is."""
        return self._newest(self._number - position.number, view)

    def newest(self, most: int, view: View) -> tuple[list[tuple[Position, bytes]], int]:
        """Give the last ``most`` facts that a view wants, as ``since``, and how many it wants."""
        found = self._newest(len(self._entries), view)
        return found[-most:], len(found)

    def companies(self, most: int) -> list[tuple[str, str, int]]:
        """Count the facts of each company: id, name, number; the most frequent first."""
        counts = Counter(entry.entity for entry in self._entries if entry.entity is not None)
        return [(*entity, count) for entity, count in counts.most_common(most)]

    def metrics(self, most: int) -> list[tuple[str, int]]:
        """Count the facts of each metric; the most frequent first."""
        return Counter(entry.found_by.metric for entry in self._entries).most_common(most)

    def _newest(self, count: int, view: View) -> list[tuple[Position, bytes]]:
        found = [
            (Position(self._beginning, number), entry.shown)
            for number, entry in self._backwards(count)
            if view.wants(entry.found_by)
        ]
        found.reverse()
        return found

    def _backwards(self, count: int) -> Iterator[tuple[int, Entry]]:
        numbers = range(self._number, self._number - count, -1)
        return zip(numbers, reversed(self._entries), strict=False)
