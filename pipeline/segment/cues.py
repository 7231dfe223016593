"""The stage's cue words, from cues.tsv: one pass over the folded text finds them all."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files

from pipeline.lexicon.phrases import Phrases
from pipeline.patterns import compiled_regex

_FEW = 24


@cache
def cue_words() -> dict[str, tuple[str, ...]]:
    """All cue words by kind, folded (lower case, Simplified, half-width)."""
    kinds: dict[str, list[str]] = {}
    table = files("pipeline.segment").joinpath("cues.tsv").read_text(encoding="utf-8")
    for row in table.splitlines():
        if row and not row.startswith("#"):
            kind, words = row.split("\t")
            kinds.setdefault(kind, []).extend(words.split("|"))
    return {kind: tuple(words) for kind, words in kinds.items()}


@cache
def _phrases(*, ascii_only: bool) -> Phrases[tuple[str, ...]]:
    """Compile the words to find; half of them are English, and soon found by themselves."""
    found: dict[str, tuple[str, ...]] = {}
    for kind, words in cue_words().items():
        if kind.startswith("find:"):
            found.update(dict.fromkeys(words, (kind.removeprefix("find:"),)))
    for word in cue_words()["people"]:  # some of them are a notice's too
        found[word] = (*found.get(word, ()), "people")
    return Phrases({word: found[word] for word in found if word.isascii() or not ascii_only})


def find_cues(folded: str) -> Iterator[tuple[int, str]]:
    """Give the place and kind of each cue word of a heading of people, or of a ``find:`` kind."""
    phrases = _phrases(ascii_only=folded.isascii())
    for which, start, _ in phrases.places(folded):
        for kind in phrases.meanings[which]:
            yield start, kind


def places_of(folded: str, words: Iterable[str]) -> list[int]:
    """Give the places where one of some words begins in a folded text, in order."""
    places = set()
    for word in words:
        place = folded.find(word)
        while place >= 0:
            places.add(place)
            place = folded.find(word, place + 1)
    return sorted(places)


def has_cue(folded: str, kind: str) -> bool:
    """Say whether a short folded text holds a cue of the kind; a cue with $ must end it."""
    words = _few_words(kind)
    if words:
        return any(word in folded for word in words)
    return _any_of(kind).search(folded) is not None


@cache
def _few_words(kind: str) -> tuple[str, ...]:
    """Give the words of a kind that are sooner looked for one by one; () for other kinds.

    Those that hold another are left out.
    """
    words = cue_words()[kind]
    if any(word[-1] == "$" for word in words):
        return ()
    needed = [word for word in words if not any(w != word and w in word for w in words)]
    return tuple(needed) if len(needed) <= _FEW else ()


@cache
def _any_of(kind: str) -> re.Pattern[str]:
    words = cue_words()[kind]
    return compiled_regex(
        "|".join(
            rf"{re.escape(word[:-1])}\Z" if word[-1] == "$" else re.escape(word) for word in words
        )
    )
