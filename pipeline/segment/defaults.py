"""What a document declares once for all of its figures: currency, basis of growth rates.

Such sentences stand at the head or the foot ("人民币，下同", "y/y unless we say q/q"); their words
are in defaults.tsv.
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import cache, lru_cache
from importlib.resources import files
from typing import Literal

from pipeline.patterns import compiled_regex, regex
from pipeline.segment.cues import places_of

_NEAR = 32
# No declaration is longer.
_REACH = 80


@cache
def _words() -> dict[str, dict[str, list[str]]]:
    words: dict[str, dict[str, list[str]]] = {}
    table = files("pipeline.segment").joinpath("defaults.tsv").read_text(encoding="utf-8")
    for row in table.splitlines():
        if row and not row.startswith("#"):
            kind, value, phrases = row.split("\t")
            words.setdefault(kind, {})[value] = phrases.split("|")
    return words


def _either(phrases: list[str]) -> str:
    return "|".join(re.escape(phrase) for phrase in sorted(phrases, key=len, reverse=True))


@cache
def _declaration(kind: str, cue: str) -> re.Pattern[str]:
    """Compile: a word of the kind close behind or before a declaring word, in one clause."""
    words = _words()
    named = "|".join(
        rf"(?P<{value}>(?<![a-z]){_either(phrases)})" for value, phrases in words[kind].items()
    )
    before, after = _either(words[cue]["before"]), _either(words[cue]["after"])
    gap = rf"[^。.;；\n]{{0,{_NEAR}}}?"
    behind = named if kind == "growth" else rf"(?:{named})"
    tight = r"[\s,，、)）]{0,3}" if kind == "currency" else r"[\s,，、(（]{0,3}"
    first = re.sub(r"\?P<(\w+)>", r"?P<a_\1>", behind)
    return compiled_regex(rf"(?:{first}){tight}(?:{after})|(?:{before}){gap}(?:{behind})")


def _search(
    pattern: re.Pattern[str], folded: str, cues: tuple[str, ...], openings: Sequence[str]
) -> re.Match[str] | None:
    """Search around words of which each match holds one: all of a text would take too long.

    Each match begins with one of ``openings``, and none is looked for anywhere else.
    """
    for place in _cue_places(folded):
        if not folded.startswith(cues, place):
            continue
        begin, end = max(0, place - _REACH), place + _REACH
        for opening in places_of(folded[begin:end], openings):
            if begin + opening > place:
                break
            found = pattern.match(folded, begin + opening, end)
            if found:
                return found
    return None


# The same text is asked for each kind of declaration.
@lru_cache(maxsize=1)
def _cue_places(folded: str) -> list[int]:
    """Give the places where a cue of any kind begins."""
    return places_of(folded, _all_cues())


@cache
def _all_cues() -> list[str]:
    """Give the cues of all kinds, without those that begin with another."""
    words = {*_SCALE_CUES}
    for cue in ("declares", "exception"):
        words.update(*_words()[cue].values())
    return [word for word in words if not word.startswith(tuple(words - {word}))]


def _declared(folded: str, kind: str, cue: str) -> str | None:
    cues = _words()[cue]
    openings = [*cues["before"], *(each for named in _words()[kind].values() for each in named)]
    found = _search(_declaration(kind, cue), folded, (*cues["before"], *cues["after"]), openings)
    if not found:
        return None
    return next(name.removeprefix("a_") for name, hit in found.groupdict().items() if hit)


def declared_currency(folded: str) -> str | None:
    """Give the ISO 4217 code of the currency that a folded text declares for bare amounts.

    >>> declared_currency("营收955亿元(人民币，下同)"), declared_currency("净利20亿美元")
    ('CNY', None)
    """
    return _declared(folded, "currency", "declares")


def declared_growth_basis(folded: str) -> Literal["yoy", "qoq"]:
    """Give the basis that a folded text declares for growth rates; year over year if none.

    >>> declared_growth_basis("q/q unless we say y/y")
    'qoq'
    """
    return "qoq" if _declared(folded, "growth", "exception") == "qoq" else "yoy"


def home_currency(folded: str) -> str | None:
    """Give the currency of the market whose wording a folded text has most; None where it has none.

    >>> home_currency("营收 86.4 亿元，季增 9.2%，年增 31%")
    'TWD'
    """
    counts = {
        value: sum(folded.count(word) for word in phrases)
        for value, phrases in _words()["home"].items()
    }
    best = max(counts, key=lambda value: counts[value])
    return best if counts[best] else None


# "$m unless stated", "in millions of US dollars", 金额单位：百万元
_SCALE = regex(
    r"(?:[$€£¥]|\b(?:us|hk|nt)\$|\b(?:usd|eur|gbp|rmb|cny|hkd))\s?(?P<short>mn?|bn?)\b[^.\n]{0,16}unless"
    r"|(?:amounts|figures|numbers|dollars)[^.\n]{0,24}\bin (?P<word>thousands|millions|billions)"
    r"|\(in (?P<bracket>thousands|millions|billions)"
    r"|(?:单位|金额单位)[:：为是\s]*(?:人民币|美元|港元|港币|新台币)?(?P<han>百万|千万|亿|万|千)(?:元|美元|港元)?(?![\d])"
)
_SCALE_CUES = ("unless", "in thousands", "in millions", "in billions", "单位")
_SCALE_OPENINGS = (
    *"$€£¥", "us$", "hk$", "nt$", "usd", "eur", "gbp", "rmb", "cny", "hkd",
    "amounts", "figures", "numbers", "dollars", "(in ", "单位", "金额单位",
)  # fmt: skip
_FACTORS = {"thousands": 3, "m": 6, "mn": 6, "millions": 6, "b": 9, "bn": 9, "billions": 9,
            "千": 3, "万": 4, "百万": 6, "千万": 7, "亿": 8}  # fmt: skip


def declared_scale(folded: str) -> Decimal:
    """Give what a folded text declares bare amounts of money to be counted in; 1 if nothing.

    >>> declared_scale("all y/y. $m unless stated.")
    Decimal('1000000')
    """
    found = _search(_SCALE, folded, _SCALE_CUES, _SCALE_OPENINGS)
    if not found:
        return Decimal(1)
    word = next(value for value in found.groups() if value)
    return Decimal(10) ** _FACTORS[word]
