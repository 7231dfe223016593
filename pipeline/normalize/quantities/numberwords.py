"""The number words that are written in Latin letters, and what links one to the next.

Which words there are, and of which class, stands in ``numbers.tsv``.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from pipeline.normalize.quantities.lexicon import NumberWord, alternation, lexicon
from pipeline.patterns import compiled_regex

_MOST_WORDS = 16
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz")
# What parts one word from the next begins with these.
_PARTS = frozenset(" -")
_LINKS = ["and a ", "and ", "a ", "of "]


@dataclass(slots=True)
class Word:
    """A number word that ends at ``end``; ``link`` is what stands between the one before and it."""

    role: str
    value: Decimal
    end: int
    link: str


@cache
def latin_words() -> dict[str, NumberWord]:
    """Give the number words that are written in Latin letters."""
    return {word: entry for word, entry in lexicon().number_words.items() if word[0].isascii()}


@cache
def _word_pattern() -> re.Pattern[str]:
    return compiled_regex(f"({alternation(latin_words(), inside=True)})(?:fold)?(?![a-z])")


@cache
def _single_words() -> dict[str, NumberWord]:
    """Give the words that no other word of theirs follows, as one follows "couple" and "multi"."""
    words = latin_words()
    first = {word.split(" ")[0] for word in words if " " in word}
    return {word: entry for word, entry in words.items() if word not in first and " " not in word}


@cache
def _beginnings() -> frozenset[str]:
    """Give the first two letters of all words but "o"."""
    return frozenset(word[:2] for word in latin_words())


def read_words(text: str, start: int) -> list[Word]:
    """Read the number words from ``start`` on that follow each other."""
    beginnings = _beginnings()
    found: list[Word] = []
    position, link = start, ""
    while len(found) < _MOST_WORDS:
        behind = _read_word(text, position, link, found)
        if behind < 0 or text[behind : behind + 1] not in _PARTS:
            break
        position = behind + 1
        if text[position : position + 1] == " ":
            position += 1
        link = _link(text, position)
        if link:
            position += len(link) + 1
        if text[position : position + 1] != "o" and text[position : position + 2] not in beginnings:
            break
    return found


def word_end(text: str, start: int) -> int:
    """Give where the small English letters from ``start`` on end."""
    end, length = start, len(text)
    while end < length and text[end] in _LETTERS:
        end += 1
    return end


def _read_word(text: str, start: int, link: str, found: list[Word]) -> int:
    """Add the number word at ``start``; give the place behind it, -1 if there is none."""
    end = word_end(text, start)
    entry = _single_words().get(text[start:end])
    if entry is not None:  # sooner looked up than matched
        found.append(Word(entry.role, entry.value, end, link))
        return end
    match = _word_pattern().match(text, start)
    if match is None:
        return -1
    entry = latin_words()[match[1].replace("-", " ")]
    found.append(Word(entry.role, entry.value, match.end(1), link))
    return match.end()


def _link(text: str, place: int) -> str:
    """Give what links a word to the one before it, if anything does."""
    first = text[place : place + 1]
    if first == "a" or first == "o":
        for link in _LINKS:
            if text.startswith(link, place):
                return link[:-1]
    return ""
