"""Find the words that tell what a growth rate compares with: the year or the quarter before."""

import re
from functools import cache
from importlib.resources import files
from typing import Literal

from pipeline.normalize.script import fold

Basis = Literal["yoy", "qoq"]


def find_comparisons(text: str) -> list[tuple[int, int, Basis]]:
    """Give (start, end, basis) of each comparison named in a text, in order, without overlaps.

    >>> find_comparisons("up 5% year-over-year and 2% sequentially")
    [(6, 20, 'yoy'), (28, 40, 'qoq')]
    """
    regex, bases = _cues()
    return [
        (found.start(), found.end(), bases[found.lastindex or 0])
        for found in regex.finditer(fold(text))
    ]


@cache
def _cues() -> tuple[re.Pattern[str], dict[int, Basis]]:
    table = files("pipeline.normalize.periods").joinpath("comparisons.tsv")
    patterns: list[str] = []
    bases: dict[int, Basis] = {}
    for line in table.read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        language, basis, pattern = line.split("\t")
        if language == "en":
            pattern = rf"(?<![a-z]){pattern.replace(' ', '[ -]')}(?![a-z])"
        patterns.append(f"({pattern})")
        bases[len(patterns)] = "yoy" if basis == "yoy" else "qoq"
    return re.compile("|".join(patterns)), bases
