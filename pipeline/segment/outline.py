"""The headings and bullets above a line.

Headings of one style (the same mark) are one level; a style's level is where it first appeared.
Bullets nest by indentation and, at the same indentation, by their glyphs.
"""

from dataclasses import dataclass


@dataclass(slots=True)
class _Entry:
    style: str
    text: str
    indent: int
    is_bullet: bool


class Outline:
    """A stack of headings, with the bullets that are open on top of it."""

    def __init__(self) -> None:
        self._entries: list[_Entry] = []
        self._levels: dict[str, int] = {}
        self._path: tuple[str, ...] | None = ()

    def path(self) -> tuple[str, ...]:
        """Give the texts above the next line, outermost first."""
        if self._path is None:
            self._path = tuple(entry.text for entry in self._entries)
        return self._path

    def heading(self, style: str, text: str, *, level: int | None = None) -> tuple[str, ...]:
        """Add a heading; give the path above it. A given ``level`` overrides the style's own."""
        self.close_bullets()
        depth = self._levels.get(style, len(self._entries)) if level is None else level
        depth = min(depth, len(self._entries))
        if level is None:
            for place, entry in enumerate(self._entries):
                if entry.style == style:
                    depth = place
                    break
        self._levels.setdefault(style, depth)
        del self._entries[depth:]
        self._path = None
        above = self.path()
        self._entries.append(_Entry(style, text, 0, is_bullet=False))
        self._path = None
        return above

    def bullet(self, style: str, text: str, indent: int) -> tuple[str, ...]:
        """Add a bullet; give the path above it."""
        entries = self._entries
        while entries and entries[-1].is_bullet:
            same = any(e.is_bullet and e.style == style and e.indent == indent for e in entries)
            if entries[-1].indent > indent:
                entries.pop()
            elif entries[-1].indent == indent and (same or entries[-1].style == style):
                found = entries.pop()
                if found.style == style:
                    break
            else:
                break
        self._path = None
        above = self.path()
        if len(entries) < 24:
            entries.append(_Entry(style, text, indent, is_bullet=True))
            self._path = None
        return above

    def close_bullets(self, indent: int = 0) -> None:
        """Plain text at ``indent`` ends all bullets that are not left of it."""
        entries = self._entries
        while entries and entries[-1].is_bullet and entries[-1].indent >= indent:
            entries.pop()
            self._path = None

    def close_last(self, style: str) -> None:
        """Leave the innermost heading if it is of the style."""
        if self._entries and self._entries[-1].style == style:
            self._entries.pop()
            self._path = None

    def close(self) -> None:
        """Leave all headings: what follows stands outside of them."""
        self._entries.clear()
        self._path = None

    def depth_of_hash(self, style: str) -> int:
        """Give the level of a heading with hash signs: that of the open one with as many or more.

        Where only fewer are open it goes below them, where none are, the signs count.
        """
        below = int(style[4:]) - 1
        for place, entry in enumerate(self._entries):
            if entry.style.startswith("hash"):
                if entry.style >= style:
                    return place
                below = place + 1
        return below

    def styles(self) -> set[str]:
        """Give the styles of headings met so far."""
        return set(self._levels)
