"""Texts that a regular expression matches: each way through it, as far as there are not too many.

``hypothesis.strategies.from_regex`` draws such texts at random, and hardly ever each of sixty words
that a rule has to choose from; here each is in some text.
"""

from functools import cache
from itertools import product
from math import prod
from random import Random
from re import _constants as told  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

_MOST = 400
_ANY = "a x1.,%元"
_CATEGORIES = {
    told.CATEGORY_DIGIT: "17", told.CATEGORY_NOT_DIGIT: "a x元", told.CATEGORY_SPACE: " ",
    told.CATEGORY_NOT_SPACE: "a1元", told.CATEGORY_WORD: "a1元", told.CATEGORY_NOT_WORD: " ,",
}  # fmt: skip


@cache
def texts_matching(pattern: str, flags: int = 0) -> tuple[str, ...]:
    """Give texts in which a pattern is likely to be found, the same ones each time.

    What a look around asks for is in some of them and left out of others, so that whether one is
    matched is for the pattern to say.
    """
    return tuple(dict.fromkeys(_in_a_row(parser.parse(pattern, flags), Random(pattern))))


def _in_a_row(parts: Any, random: Random) -> list[str]:
    """Give what the parts can be together: all of it, or each way of each with the others' least.

    To the latter come as many at random.
    """
    ways = [list(dict.fromkeys(_ways(part[0], part[1], random))) for part in parts]
    if prod(map(len, ways)) <= _MOST:
        return ["".join(each) for each in product(*ways)]
    least = [way[0] for way in ways]
    singly = [
        "".join((*least[:at], each, *least[at + 1 :]))
        for at, way in enumerate(ways)
        for each in way
    ]
    mixed = ["".join(map(random.choice, ways)) for _ in range(_MOST)]
    return list(dict.fromkeys(singly + mixed))


def _ways(kind: Any, of: Any, random: Random) -> list[str]:
    """Give what one part of a pattern can be."""
    if kind is told.LITERAL:
        return [chr(of)]
    if kind in (told.NOT_LITERAL, told.ANY):
        return [each for each in _ANY if kind is told.ANY or each != chr(of)]
    if kind is told.IN:
        return _members(of)
    if kind is told.BRANCH:
        return [way for branch in of[1] for way in _in_a_row(branch, random)]
    if kind is told.SUBPATTERN:
        return _in_a_row(of[-1], random)
    if kind is told.ATOMIC_GROUP:
        return _in_a_row(of, random)
    if kind is told.ASSERT:
        return ["", *_in_a_row(of[1], random)]
    if kind in (told.MAX_REPEAT, told.MIN_REPEAT, told.POSSESSIVE_REPEAT):
        fewest, most, what = of
        return [
            way
            for times in range(fewest, min(most, fewest + 2) + 1)
            for way in _in_a_row(list(what) * times, random)
        ]
    if kind in (told.AT, told.ASSERT_NOT):
        return [""]
    raise ValueError(f"{kind} in a pattern: no way is known to fill it")


def _members(members: Any) -> list[str]:
    """Give characters of a class: those it names, and some of what it spans."""
    if members[0][0] is told.NEGATE:
        inside = _members(members[1:])
        return [each for each in _ANY if each not in inside]
    found: list[str] = []
    for kind, of in members:
        if kind is told.LITERAL:
            found.append(chr(of))
        elif kind is told.RANGE:
            found += [chr(of[0]), chr((of[0] + of[1]) // 2), chr(of[1])]
        else:
            found += _CATEGORIES[of]
    return found
