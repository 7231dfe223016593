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


def find_comparisons(text: str) -> list[tuple[int, int, Basis]]:
    """Give (start, end, basis) of each comparison named in a text, in order, without overlaps.

    >>> find_comparisons("up 5% year-over-year and 2% sequentially")
    [(6, 20, 'yoy'), (28, 40, 'qoq')]
    """
    return comparisons_in(fold(text))


def comparisons_in(folded: str) -> list[tuple[int, int, Basis]]:
    """Give the comparisons named in a text that is folded already."""
    beginnings, pattern, bases = _cues()
    found: list[tuple[int, int, Basis]] = []
    reached = 0
    for place in sorted(start for start, _, _ in beginnings.find(folded)):
        if place >= reached and (cue := pattern.match(folded, place)):
            reached = cue.end()
            found.append((place, reached, bases[cue.lastindex or 0]))
    return found


@cache
def _cues() -> tuple[Phrases[None], re.Pattern[str], dict[int, Basis]]:
    """Give how the words can begin, which is looked for first, and what they say."""
    table = files("pipeline.normalize.periods").joinpath("comparisons.tsv")
    lines = table.read_text(encoding="utf-8").splitlines()
    rows = sorted(line.split("\t") for line in lines if line and not line.startswith("#"))
    patterns: dict[str, list[str]] = {"en": [], "zh": []}
    bases: dict[int, Basis] = {}
    for language, basis, pattern in rows:
        between = "[ -]" if language == "en" else r"\s?"
        patterns[language].append(f"({pattern.replace(' ', between)})")
        bases[len(bases) + 1] = "yoy" if basis == "yoy" else "qoq"
    beginnings = openings("|".join(chain(*patterns.values())), _LONGEST_BEGINNING)
    english, chinese = ("|".join(patterns[language]) for language in ("en", "zh"))
    pattern = rf"(?<![a-z])(?:{english})(?![a-z])|{chinese}"
    return Phrases(dict.fromkeys(beginnings)), compiled_regex(pattern), bases
