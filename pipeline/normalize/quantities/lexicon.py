"""What the recogniser knows, read from the tables beside this file and compiled once.

``any`` holds codes and symbols that belong to no language; every other folder is a language. All
folders are merged: a Chinese note writes "8.4bn", an English one 元.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import NamedTuple

FOLDERS = ("any", "en", "zh")

_TABLES = "pipeline.normalize.quantities"
_HAN = "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff"


class Unit(NamedTuple):
    """A unit or currency: ISO code or unit name, the worth of one, and where it may stand."""

    name: str
    worth: Decimal
    kind: str
    place: str


class Scale(NamedTuple):
    """A multiplier such as "billion" or 億, and when its spelling may be read as one."""

    worth: Decimal
    when: str


class Hedge(NamedTuple):
    """A bound or hedge before a number, with characters that would make it another word."""

    wording: str
    qualifier: str
    not_after: str


class Band(NamedTuple):
    """A worded band ("mid-teens") or multiple ("doubled"); ``unit`` is "-" for a false friend."""

    low: Decimal
    high: Decimal
    unit: str
    qualifier: str


class NumberWord(NamedTuple):
    """A number word and its class in the grammar of numerals."""

    value: Decimal
    role: str


class Initials(NamedTuple):
    """What wordings behind a number begin with: few figures have any, and these are told so."""

    scales: frozenset[str]
    hedges_after: frozenset[str]
    margins: frozenset[str]
    to: frozenset[str]


@dataclass(frozen=True)
class Lexicon:
    """Tables, and the patterns made from them; all match folded text."""

    units: dict[str, Unit]
    prefixes: dict[str, tuple[tuple[str, Unit], ...]]
    scales: dict[str, Scale]
    hedges: dict[str, tuple[Hedge, ...]]
    hedges_after: dict[str, str]
    bands: dict[str, Band]
    number_words: dict[str, NumberWord]
    roles: dict[str, frozenset[str]]
    initials: Initials


@cache
def rows(folder: str, table: str) -> tuple[tuple[str, ...], ...]:
    """Read one table; a folder that lacks it gives none."""
    path = files(_TABLES).joinpath(folder, f"{table}.tsv")
    if not path.is_file():
        return ()
    lines = path.read_text(encoding="utf-8").splitlines()
    return tuple(tuple(line.split("\t")) for line in lines if line and not line.startswith("#"))


def _all(table: str) -> Iterable[tuple[str, ...]]:
    for folder in FOLDERS:
        yield from rows(folder, table)


def shortest(words: Collection[str]) -> tuple[str, ...]:
    """Give the words that hold no other: where none of these stands, none of all does."""
    return tuple(word for word in words if not any(one in word for one in words if one != word))


def alternation(spellings: Iterable[str], *, spaced: bool = False, inside: bool = False) -> str:
    """Make a pattern that matches the longest of the spellings, in time linear in its length.

    The pattern is a tree of shared prefixes. A spelling that ends in a Latin letter does not match
    inside a word, unless ``inside``; a space in a spelling also matches a hyphen; ``spaced`` allows
    spaces between Chinese characters, as in texts that were cut into words.
    """
    tree: dict[str, dict[str, object]] = {}
    for spelling in spellings:
        node = tree
        for char in spelling:
            node = node.setdefault(char, {})  # type: ignore[assignment]
        node[""] = {}
    return _branch(tree, "", spaced=spaced, inside=inside)


def _branch(
    node: dict[str, dict[str, object]], previous: str, *, spaced: bool, inside: bool
) -> str:
    options = []
    for char, below in sorted(node.items(), reverse=True):
        if char == "":
            bounded = not inside and previous.isascii() and previous.isalpha()
            options.append("(?![a-z])" if bounded else "")
            continue
        lead = "[ -]" if char == " " else re.escape(char)
        if spaced and _is_han(char) and _is_han(previous):
            lead = " {0,3}" + lead
        options.append(lead + _branch(below, char, spaced=spaced, inside=inside))  # type: ignore[arg-type]
    return options[0] if len(options) == 1 else f"(?:{'|'.join(options)})"


def _is_han(char: str) -> bool:
    return char >= "\u3400"


def compact(spelling: str) -> str:
    """Give the table's spelling of what a pattern matched: no space within Chinese, no hyphen.

    >>> compact("个 百分 点"), compact("basis-points")
    ('个百分点', 'basis points')
    """
    if spelling.isascii():
        return spelling.replace("-", " ")
    return re.sub(f"(?<=[{_HAN}]) +(?=[{_HAN}])", "", spelling)


def last_token(text: str) -> str:
    """Give the key under which a wording before a number is looked up: its last word or sign.

    >>> last_token("north of"), last_token("超过"), last_token("c.")
    ('of', '过', 'c.')
    """
    if text[-1].isascii() and (text[-1].isalpha() or text[-1] == "."):
        found = re.search(r"[a-z.]+$", text)
        return found.group() if found else text[-1]
    return text[-1]


def _units() -> dict[str, Unit]:
    units = {row[0]: Unit(row[1], Decimal(row[2]), row[3], row[4]) for row in _all("units")}
    units = {name: unit for name, unit in units.items() if unit.place != "before"}
    for spelling, code, worth, place in _all("currencies"):
        if place not in ("before", "cents", "letters"):
            units[spelling] = Unit(code, Decimal(worth), "money", place)
    return units


# Those that may have a space before the sign; other letters name a business: "CI $6.8bn".
_SPACED = frozenset(
    ("us$", "u.s.$", "hk$", "nt$", "nz$", "sg$", "au$", "aus$", "ca$", "can$", "cad$", "mx$",
     "c$", "mex$", "usd$", "hkd$", "r$", "tw$", "ntd$")
)  # fmt: skip


def _prefixes() -> dict[str, tuple[tuple[str, Unit], ...]]:
    found: dict[str, list[tuple[str, Unit]]] = defaultdict(list)
    for spelling, code, worth, place in _all("currencies"):
        if place in ("before", "both", "capitals", "cents", "amount", "letters"):
            unit = Unit(code, Decimal(worth), "money", place)
            found[last_token(spelling)].append((spelling, unit))
            if spelling in _SPACED or (len(spelling) > 1 and spelling[-1] == "¥"):
                found[spelling[-1]].append((f"{spelling[:-1]} {spelling[-1]}", unit))
    for spelling, name, worth, kind, place in _all("units"):
        if place == "before":
            found[last_token(spelling)].append((spelling, Unit(name, Decimal(worth), kind, place)))
    return {
        key: tuple(sorted(pairs, key=lambda pair: -len(pair[0]))) for key, pairs in found.items()
    }


def _hedges_before() -> dict[str, tuple[Hedge, ...]]:
    found: dict[str, list[Hedge]] = defaultdict(list)
    for wording, side, qualifier, *rest in _all("hedges"):
        if side == "before":
            found[last_token(wording)].append(Hedge(wording, qualifier, rest[0] if rest else ""))
    return {
        key: tuple(sorted(v, key=lambda hedge: -len(hedge.wording))) for key, v in found.items()
    }


@cache
def lexicon() -> Lexicon:
    """Load every folder's tables."""
    roles: dict[str, set[str]] = defaultdict(set)
    for word, role in _all("words"):
        roles[role].add(word)
    bands = {
        row[0]: Band(Decimal(row[1]), Decimal(row[2]), row[3], "between") for row in _all("bands")
    }
    for wording, value, unit, qualifier in _all("multiples"):
        bands[wording] = Band(Decimal(value), Decimal(value), unit, qualifier)
    scales = {row[0]: Scale(Decimal(row[1]), row[2]) for row in _all("scales")}
    hedges_after = {row[0]: row[2] for row in _all("hedges") if row[1] == "after"}
    return Lexicon(
        units=_units(),
        prefixes=_prefixes(),
        scales=scales,
        hedges=_hedges_before(),
        hedges_after=hedges_after,
        bands=bands,
        number_words={row[0]: NumberWord(Decimal(row[1]), row[2]) for row in _all("numbers")},
        roles={role: frozenset(words) for role, words in roles.items()},
        initials=Initials(
            scales=_initials(scales),
            hedges_after=_initials(hedges_after),
            margins=_initials(roles["plusminus"]),
            to=_initials(roles["to"]),
        ),
    )


def _initials(wordings: Iterable[str]) -> frozenset[str]:
    return frozenset(wording[0] for wording in wordings)
