"""Find the words that tell what a growth rate compares with: the year or the quarter before."""

import re
from functools import cache
from importlib.resources import files
from typing import Literal

from pipeline.normalize.script import fold
from pipeline.patterns import compiled_regex, regex

Basis = Literal["yoy", "qoq"]
_BEHIND = regex(r"^(?:\(\?<[!=][^()]*\))+")
_GROUP = regex(r"\(\?:((?:[^()]|\([^()]*\))*)\)(?![?*])")


def find_comparisons(text: str) -> list[tuple[int, int, Basis]]:
    """Give (start, end, basis) of each comparison named in a text, in order, without overlaps.

    >>> find_comparisons("up 5% year-over-year and 2% sequentially")
    [(6, 20, 'yoy'), (28, 40, 'qoq')]
    """
    return comparisons_in(fold(text))


def comparisons_in(folded: str) -> list[tuple[int, int, Basis]]:
    """Give the comparisons named in a text that is folded already."""
    regex, bases = _cues()
    return [
        (found.start(), found.end(), bases[found.lastindex or 0])
        for found in regex.finditer(folded)
    ]


@cache
def _cues() -> tuple[re.Pattern[str], dict[int, Basis]]:
    table = files("pipeline.normalize.periods").joinpath("comparisons.tsv")
    lines = table.read_text(encoding="utf-8").splitlines()
    rows = sorted(line.split("\t") for line in lines if line and not line.startswith("#"))
    patterns: dict[str, list[str]] = {"en": [], "zh": []}
    initials: dict[str, set[str]] = {"en": set(), "zh": set()}
    bases: dict[int, Basis] = {}
    for language, basis, pattern in rows:
        between = "[ -]" if language == "en" else r"\s?"
        patterns[language].append(f"({pattern.replace(' ', between)})")
        initials[language] |= _initials(pattern)
        bases[len(bases) + 1] = "yoy" if basis == "yoy" else "qoq"
    english, chinese = ("|".join(patterns[language]) for language in ("en", "zh"))
    latin, han = ("".join(sorted(initials[language])) for language in ("en", "zh"))
    return compiled_regex(
        rf"(?=[{latin}])(?<![a-z])(?:{english})(?![a-z])|(?=[{han}])(?:{chinese})"
    ), bases


def _initials(pattern: str) -> set[str]:
    """Give the characters that a match of a pattern can begin with, so that others are passed over.

    A pattern begins with a letter or character, or with a group of alternatives that do; assertions
    of what stands before it are left aside. Raises ValueError for any other.
    """
    pattern = _BEHIND.sub("", pattern)
    if group := _GROUP.match(pattern):
        return {initial for each in group[1].split("|") for initial in _initials(each)}
    if not pattern[:1].isalpha():
        raise ValueError(f"comparisons.tsv: {pattern!r} has to begin with a letter or a character")
    return {pattern[0]}
