"""How the matches of a regular expression can begin, so that it is tried only where they may."""

from collections.abc import Mapping
from itertools import pairwise
from typing import NamedTuple

from pipeline.patterns import regex

_QUANTIFIERS = "?*+{"
_BLANKS = (
    " \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007"
    "\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
_STRUCTURE = regex(r"[(|)]|\\.|\[\^?.[^\]]*\]")
_ZERO_WIDTH = ("(?=", "(?!", "(?<")


class Openings(NamedTuple):
    """What was read of an expression: beginnings that it can go on from, and those that it ends."""

    open: set[str]
    shut: set[str]


_ANYTHING = Openings(set(), {""})
_NO_SLOTS: Mapping[str, Openings] = {}


def openings(pattern: str, longest: int, slots: Mapping[str, Openings] = _NO_SLOTS) -> set[str]:
    """Give strings of at most ``longest`` characters of which every match begins with one.

    None of them begins with another. ``slots`` are what single characters stand for. What is read
    is what the tables of this folder are written in: characters, classes, groups, ``|``,
    quantifiers and assertions, of which the latter are passed over. Raises ValueError where a match
    can begin with anything.

    >>> sorted(openings("(?:fiscal |calendar )?year|q[1-2]", 3))
    ['cal', 'fis', 'q1', 'q2', 'yea']
    """
    found = read(pattern, longest, slots)
    beginnings = found.open | found.shut
    if "" in beginnings:
        raise ValueError(f"{pattern!r} can begin with anything")
    return _fewest(beginnings)


def _fewest(beginnings: set[str]) -> set[str]:
    """Leave out what begins with another."""
    return {
        one
        for one in beginnings
        if not any(one[:length] in beginnings for length in range(1, len(one)))
    }


def read(pattern: str, longest: int, slots: Mapping[str, Openings] = _NO_SLOTS) -> Openings:
    """Read a pattern that may stand for one character of another."""
    return _alternatives(pattern, 0, longest, slots)[0]


def _alternatives(
    pattern: str, at: int, longest: int, slots: Mapping[str, Openings]
) -> tuple[Openings, int]:
    """Read up to the bracket that closes a group; give the place behind it too."""
    found = Openings(set(), set())
    here = Openings({""}, set())
    while at < len(pattern) and pattern[at] != ")":
        if pattern[at] == "|":
            found.open.update(here.open)
            found.shut.update(here.shut)
            here = Openings({""}, set())
            at += 1
        elif not here.open:
            at = _end_of_alternative(pattern, at)
        elif pattern.startswith(_ZERO_WIDTH, at):
            while pattern[at] != ")":
                at = _end_of_alternative(pattern, at + 1)
            at += 1
        else:
            atom, at = _atom(pattern, at, longest, slots)
            least, most, at = _repeats(pattern, at)
            here = _followed(here, atom, least, most, longest)
    found.open.update(here.open)
    found.shut.update(here.shut)
    return found, at + 1


def _end_of_alternative(pattern: str, at: int) -> int:
    """Give where the next ``|`` or closing bracket of the group that one is in stands."""
    depth = 0
    for token in _STRUCTURE.finditer(pattern, at):
        if token[0] == "(":
            depth += 1
        elif depth == 0 and token[0] in "|)":
            return token.start()
        elif token[0] == ")":
            depth -= 1
    return len(pattern)


def _followed(before: Openings, atom: Openings, least: int, most: int, longest: int) -> Openings:
    """Put an atom behind what was read; one that may be repeated is where a beginning ends."""
    joined = {(one + more)[:longest] for one in before.open for more in atom.open}
    shut = before.shut | {(one + more)[:longest] for one in before.open for more in atom.shut}
    still = set() if most > 1 else {one for one in joined if len(one) < longest}
    shut |= joined - still
    return Openings(still | before.open if least == 0 else still, shut)


def _atom(
    pattern: str, at: int, longest: int, slots: Mapping[str, Openings]
) -> tuple[Openings, int]:
    character = pattern[at]
    if character in slots:
        return slots[character], at + 1
    if character == "(":
        inside = at + (3 if pattern.startswith("(?:", at) else 1)
        return _alternatives(pattern, inside, longest, slots)
    if character == "[":
        return _character_class(pattern, at + 1)
    if character == "\\":
        escaped = pattern[at + 1]
        if escaped == "s":
            return Openings(set(_BLANKS), set()), at + 2
        if escaped == "b":
            return Openings({""}, set()), at + 2
        return (_ANYTHING if escaped.isalnum() else Openings({escaped}, set())), at + 2
    return (_ANYTHING if character == "." else Openings({character}, set())), at + 1


def _character_class(pattern: str, at: int) -> tuple[Openings, int]:
    end = pattern.index("]", at + 1)
    inside = pattern[at:end]
    blanks = _BLANKS if "\\s" in inside else ""
    inside = inside.replace("\\s", "")
    if inside[:1] == "^" or "\\" in inside:
        return _ANYTHING, end + 1
    first, *ranges = inside.split("-")
    members = {*inside, *blanks}
    if ranges and first and ranges[-1]:
        members.discard("-")
    for left, right in pairwise((first, *ranges)):
        if left and right:
            members.update(map(chr, range(ord(left[-1]), ord(right[0]) + 1)))
    return Openings(members, set()), end + 1


def _repeats(pattern: str, at: int) -> tuple[int, int, int]:
    """Read a quantifier: how often at least, at most (2 is "more often"), and the place behind."""
    if at >= len(pattern) or pattern[at] not in _QUANTIFIERS:
        return 1, 1, at
    end = pattern.index("}", at) if pattern[at] == "{" else at
    least = int(pattern[at] == "+" or (end > at and pattern[at + 1] not in "0,"))
    most = 1 if pattern[at] == "?" else 2
    lazy_or_possessive = pattern.startswith(("?", "+"), end + 1)
    return least, most, end + 1 + lazy_or_possessive
