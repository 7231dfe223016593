"""Find the words that tell what a growth rate compares with: the year or the quarter before."""

import re
from functools import cache
from importlib.resources import files
from itertools import chain
from typing import Literal

from pipeline.lexicon.phrases import Phrases
from pipeline.normalize.periods.openings import openings
from pipeline.normalize.script import fold
from pipeline.patterns import compiled_regex

Basis = Literal["yoy", "qoq"]
_LONGEST_BEGINNING = 5
_HAN = "\u2e80"


def find_comparisons(text: str) -> list[tuple[int, int, Basis]]:
    """Give (start, end, basis) of each comparison named in a text, in order, without overlaps.

    >>> find_comparisons("up 5% year-over-year and 2% sequentially")
    [(6, 20, 'yoy'), (28, 40, 'qoq')]
    """
    return comparisons_in(fold(text))


def comparisons_in(folded: str) -> list[tuple[int, int, Basis]]:
    """Give the comparisons named in a text that is folded already."""
    beginnings, english, chinese = _cues()
    found: list[tuple[int, int, Basis]] = []
    reached = 0
    for place in sorted([start for _, start, _ in beginnings.places(folded)]):
        if place < reached:
            continue
        cue = (english if folded[place] < _HAN else chinese).match(folded, place)
        if cue is not None:
            reached = cue.end()
            found.append((place, reached, "qoq" if cue.lastgroup == "qoq" else "yoy"))
    return found


@cache
def _cues() -> tuple[Phrases[None], re.Pattern[str], re.Pattern[str]]:
    """Give how the words can begin, which is looked for first, and the English and Chinese ones."""
    table = files("pipeline.normalize.periods").joinpath("comparisons.tsv")
    lines = table.read_text(encoding="utf-8").splitlines()
    rows = sorted(line.split("\t") for line in lines if line and not line.startswith("#"))
    patterns: dict[tuple[str, str], list[str]] = {}
    for language, basis, pattern in rows:
        between = "[ -]" if language == "en" else r"\s?"
        patterns.setdefault((language, basis), []).append(pattern.replace(" ", between))
    beginnings = openings("|".join(chain(*patterns.values())), _LONGEST_BEGINNING)
    english, chinese = (
        "|".join(rf"(?P<{basis}>{'|'.join(patterns[language, basis])})" for basis in ("qoq", "yoy"))
        for language in ("en", "zh")
    )
    return (
        Phrases(dict.fromkeys(beginnings)),
        compiled_regex(rf"(?<![a-z])(?:{english})(?![a-z])"),
        compiled_regex(chinese),
    )
