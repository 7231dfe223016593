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
    lines = table.read_text(encoding="utf-8").splitlines()
    rows = sorted(line.split("\t") for line in lines if line and not line.startswith("#"))
    patterns: dict[str, list[str]] = {"en": [], "zh": []}
    bases: dict[int, Basis] = {}
    for language, basis, pattern in rows:
        between = "[ -]" if language == "en" else r"\s?"
        patterns[language].append(f"({pattern.replace(' ', between)})")
        bases[len(bases) + 1] = "yoy" if basis == "yoy" else "qoq"
    english, chinese = ("|".join(patterns[language]) for language in ("en", "zh"))
    return re.compile(rf"(?=[a-z])(?<![a-z])(?:{english})(?![a-z])|{chinese}"), bases
