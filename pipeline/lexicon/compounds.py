"""Chinese measures that no list names as a whole, named by the words that they are made of.

双重杠杆比率 is a double leverage ratio, 单位变动成本 a unit variable cost. The words are in
``compounds.tsv`` beside this file.
"""

import re
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from pipeline.lexicon.table import read_table
from pipeline.patterns import compiled_regex, regex

if TYPE_CHECKING:
    from pipeline.lexicon.metrics import MetricMatch

# A head, how it is measured in English, its unit family, and whether it is clear by itself.
_Head = tuple[str, str, bool]

# A name of more words than these says no more than its last ones.
_MOST_WORDS = 4
_HAN = regex(r"[\u4e00-\u9fff]{2}")
_LETTERS = regex(r"[a-z0-9]+")
# How growth is told, and words in -率 that are measures of another kind or none.
_NO_RATE = regex(
    r"(?:增长|成长|衰退|[年季月]增|[年季月]减|市占|增减|变动|复合|升降|[概频功草轻坦直速效表曲利汇税心毛])$"
)

# 消费, 免费, 付费: to spend, to charge and their like are no fees.
_NO_FEE = regex(r"[消付免收浪经花耗自公小缴退计资话]$")


class Compound(NamedTuple):
    """A name put together from words: ``text[start:end]``.

    ``weak``: only its head is known.
    """

    start: int
    end: int
    name: str
    family: str
    weak: bool


def find_compounds(text_folded: str, named: "Sequence[MetricMatch]") -> list[Compound]:
    """Find the measures that are named by words that make a name together, in order.

    ``named`` is what the text names in words of its own, in order: a head within one of these is
    no name, and one right behind a clear one has it for its first word.

    >>> find_compounds("双重杠杆比率 112%", [])[0].name
    'double_leverage_ratio'
    """
    found: list[Compound] = []
    last, at, count = 0, 0, len(named)
    pattern = _pattern()
    first = pattern.search(text_folded)
    if first is None:
        return found
    for match in pattern.finditer(text_folded, first.start()):
        start, end = match.span()
        while at < count and named[at].end < end:
            at += 1
        listed = named[at] if at < count and named[at].start <= start else None
        if listed is not None and not listed.weak:
            continue
        if start < last or pattern.match(text_folded, end):
            continue
        english, family, clear = _heads()[match[0]]
        if english == "fee" and _NO_FEE.search(text_folded, max(0, start - 1), start):
            continue
        if english == "rate" and _NO_RATE.search(text_folded, max(0, start - 2), start):
            continue
        clearly = [each for each in named[max(0, at - _MOST_WORDS) : at] if not each.weak]
        if family != "percent" and any(each.end == start for each in clearly):
            continue
        left, words = _words_before(text_folded, start, last, clearly)
        if not words and not (clear and _HAN.fullmatch(text_folded, max(0, start - 2), start)):
            continue
        if listed is not None and left >= listed.start:
            continue
        name = "_".join(_LETTERS.findall(" ".join([*words, english])))
        found.append(Compound(left, end, name, family, weak=not words))
        last = end
    return found


def _words_before(
    text: str, end: int, least: int, clearly: "list[MetricMatch]"
) -> tuple[int, list[str]]:
    """The English of the words that stand directly before a head, and where the first begins."""
    words: list[str] = []
    while len(words) < _MOST_WORDS:
        known = _word_before(text, end) or next(
            ((each.start, each.metric.id) for each in clearly if each.end == end), None
        )
        if known is None or known[0] < least:
            break
        end = known[0]
        words.insert(0, known[1])
    return end, words


def _word_before(text: str, end: int) -> tuple[int, str] | None:
    for word in _words().get(text[end - 1 : end], ()):
        if end >= len(word[0]) and text.startswith(word[0], end - len(word[0])):
            return end - len(word[0]), word[1]
    return None


@cache
def _heads() -> dict[str, _Head]:
    return {
        name.rstrip("?"): (english, family, not name.endswith("?"))
        for place, family, english, chinese in read_table("compounds.tsv")
        if place == "head"
        for name in chinese.split("|")
    }


@cache
def _words() -> dict[str, list[tuple[str, str]]]:
    """The words and heads with their English, the longest first, by their last characters."""
    words = {name: head[0] for name, head in _heads().items()}
    for place, _, english, chinese in read_table("compounds.tsv"):
        if place == "word":
            words |= dict.fromkeys(chinese.split("|"), english)
    by_last: dict[str, list[tuple[str, str]]] = {}
    for name in sorted(words, key=len, reverse=True):
        by_last.setdefault(name[-1], []).append((name, words[name]))
    return by_last


@cache
def _pattern() -> re.Pattern[str]:
    # Heads by their first characters, for the search passes over all other characters at once.
    tails: dict[str, list[str]] = {}
    for name in sorted(_heads(), key=len, reverse=True):
        tails.setdefault(name[0], []).append(name[1:])
    return compiled_regex("|".join(f"{first}(?:{'|'.join(rest)})" for first, rest in tails.items()))
