"""Many phrases found in a text at once."""

from collections.abc import Mapping
from typing import Generic, TypeVar

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

Meaning = TypeVar("Meaning")

# A search takes eight bytes for each of a text's while it runs; longer texts are read in pieces.
_PIECE = 200_000
# Of so few an automaton is soon made that takes half the time for a character.
_FEW = 1_100


class Phrases(Generic[Meaning]):
    """Phrases, none of them empty, each with what it means."""

    def __init__(self, meanings: Mapping[str, Meaning]) -> None:
        self._by_phrase = meanings
        self.meanings = tuple(meanings.values())
        self._longest = max(map(len, meanings), default=1)
        self._search = AhoCorasick(
            meanings,
            MatchKind.Standard,
            store_patterns=False,
            implementation=Implementation.DFA if len(meanings) <= _FEW else None,
        ).find_matches_as_indexes

    def __contains__(self, phrase: object) -> bool:
        """Say whether this is one of the phrases."""
        return phrase in self._by_phrase

    def find(self, text: str) -> list[tuple[int, int, Meaning]]:
        """Give start, end and meaning of every phrase in a text, overlapping ones too.

        They come by their ends; of those that end together the longest comes first.

        >>> Phrases({"net income": 1, "income": 2}).find("net income")
        [(0, 10, 1), (4, 10, 2)]
        """
        found, meanings = self.places(text), self.meanings
        return [(start, end, meanings[which]) for which, start, end in found] if found else []

    def places(self, text: str) -> list[tuple[int, int, int]]:
        """Give the same as the number of the meaning among ``meanings``, start and end.

        >>> Phrases({"net income": 1, "income": 2}).places("net income")
        [(0, 0, 10), (1, 4, 10)]
        """
        if len(text) <= _PIECE:
            return self._matches(text)
        found: list[tuple[int, int, int]] = []
        for begin in range(0, len(text), _PIECE):
            # A phrase that is cut by a piece's begin is found with what stands before it.
            read = min(begin, self._longest - 1)
            at = begin - read
            found += [
                (which, at + start, at + end)
                for which, start, end in self._matches(text[at : begin + _PIECE])
                if end > read
            ]
        return found

    def _matches(self, text: str) -> list[tuple[int, int, int]]:
        try:
            return self._search(text, True)
        except UnicodeEncodeError:  # half of a surrogate pair, which is in no phrase
            return self._search(text.encode("utf-8", "replace").decode(), True)
