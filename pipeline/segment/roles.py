"""Whom a title, a firm or a label stands for: company, analyst or operator. Words in roles.tsv."""

import re
from functools import cache, lru_cache
from importlib.resources import files

from pipeline.normalize.script import fold
from pipeline.patterns import compiled_regex, regex
from schemas.fact import Side

# The weight of words that do not tell a side by themselves.
_VAGUE = 3


@cache
def _sides() -> dict[str, tuple[int, Side]]:
    words: dict[str, tuple[int, Side]] = {}
    table = files("pipeline.segment").joinpath("roles.tsv").read_text(encoding="utf-8")
    for row in table.splitlines():
        if row and not row.startswith("#"):
            side, weight, phrases = row.split("\t")
            for phrase in phrases.split("|"):
                words.setdefault(phrase, (int(weight), side))  # type: ignore[arg-type]
    return words


@cache
def _pattern() -> re.Pattern[str]:
    words = sorted(_sides(), key=len, reverse=True)
    latin = "|".join(re.escape(word) for word in words if word.isascii())
    chinese = "|".join(re.escape(word) for word in words if not word.isascii())
    return compiled_regex(rf"(?<![a-z0-9])(?:{latin})(?![a-z0-9])|(?:{chinese})")


@cache
def _name_characters() -> dict[str, frozenset[str]]:
    table = files("pipeline.segment").joinpath("surnames.tsv").read_text(encoding="utf-8")
    rows = [row.split("\t") for row in table.splitlines() if not row.startswith("#")]
    return {place: frozenset(characters) for place, characters in rows}


def may_be_chinese_name(folded: str) -> bool:
    """Say whether two to four Chinese characters may be a person's name, by the first and last."""
    known = _name_characters()
    return folded[0] in known["first"] and folded[-1] not in known["last"]


@lru_cache(maxsize=1024)
def role_words(title: str) -> tuple[tuple[int, int, int, Side], ...]:
    """Give the role words of a short title as (start, end, weight, side)."""
    sides = _sides()
    return tuple(
        (found.start(), found.end(), *sides[found.group()])
        for found in _pattern().finditer(fold(title))
    )


def side_of(title: str | None) -> Side | None:
    """Tell the side of a person by title or firm; None where the words do not say for sure.

    A bare "Vice President" or "Director" may be a company's or a bank's.

    >>> side_of("Senior VP & CFO"), side_of("Vice President, Goldman Sachs"), side_of("MD")
    ('company', 'analyst', None)
    """
    if not title:
        return None
    best = _VAGUE
    side: Side | None = None
    for _, _, weight, of in role_words(title):
        if weight < best:
            best, side = weight, of
    return side


# "・國泰證券：前三季賺 31 億元": a firm of the group that a line tells of; who asks has no figures.
_FIRM = regex(
    r"[\u4e00-\u9fff]{2,8}(?:证券|證券|银行|銀行|人寿|人壽|投信|产险|產險|投顾|投顧|期货|期貨|保险|保險|租赁|租賃"
    r"|创投|創投|金控|资产管理|資產管理)\s?[：:](?=.{0,24}[0-9])"
)


def tells_of_firm(text: str) -> bool:
    """Say whether a line's label is a firm of which the line tells figures, and no speaker."""
    return text[-1:] not in "?？" and _FIRM.match(text) is not None
