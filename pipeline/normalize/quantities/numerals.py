"""Numerals in words parted by spaces: "six hundred and nineteen million", tens of billions.

Those in characters written together are in ``ideographs``; two grammars serve all languages so far.
The words themselves are read in ``numberwords``.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from pipeline.normalize.quantities.numberwords import Word, read_words
from pipeline.patterns import compiled_regex, regex

UNIT_AHEAD = (
    r" (?:percent|per cent|%|points?|percentage|basis|[bmt]illion|thousand|times|turns?|dollars?"
    r"|years?|cents?)(?![a-z])"
)

_HALF = Decimal("0.5")
_NOTHING = Decimal(0)
# "a half point", "another half percent"
_HALF_UNIT = regex(r"[ -](?:percent|per cent|percentage point|basis point|point)(?![a-z])")
_HALF_LEADS = ("a ", "another ", "by ", "about ", "roughly ", "full ")
_MILLION = 1_000_000
_ROUNDED = Decimal("1e-10")
_TEN_THOUSAND = 10_000


@dataclass(slots=True)
class Numeral:
    """A value (or the ends of a vague one) that ends at ``end``.

    ``form`` is "plain"; "small" for one word up to ten; "pair" for two numbers side by side
    ("five eighty seven", an amount with cents); "year" for a spoken year; "vague". ``scale`` is
    that of the one scale word in it: a number before "to" may leave it out.
    """

    value: Decimal | None
    low: Decimal | None
    high: Decimal | None
    end: int
    form: str
    qualifier: str = "exact"
    scale: Decimal | None = None


def vague(unit: Decimal) -> tuple[Decimal, Decimal]:
    """Give the ends of an amount of which only the magnitude is said: 数十亿, hundreds of.

    >>> vague(Decimal(100)), vague(Decimal(1_000_000))
    ((Decimal('100'), Decimal('999')), (Decimal('1000000'), Decimal('9900000')))
    """
    if unit < _TEN_THOUSAND:
        return unit, unit * 10 - 1
    return unit, unit / 10 * 99


@cache
def _unit_ahead() -> re.Pattern[str]:
    return compiled_regex(UNIT_AHEAD)


@cache
def _half_of_unit() -> re.Pattern[str]:
    return compiled_regex(r" an? (?=percent|per cent|point|basis|turn|pct)")


def spoken(text: str, start: int) -> Numeral | None:
    """Read a numeral in words at ``start``; None where the words there make no number."""
    words = read_words(text, start)
    if not words:
        return None
    first = words[0].role
    if first in ("few", "couple", "plural", "multi"):
        return _magnitude(text, start, words)
    if first == "half":
        return _half(text, words)
    return _sum(text, start, words)


def _magnitude(text: str, start: int, words: list[Word]) -> Numeral | None:
    first, rest = words[0], words[1:]
    if first.role == "multi":
        return Numeral(None, first.value, None, first.end, "vague", "at_least")
    unit, end = first.value, first.end
    if first.role == "plural":
        for word in rest:
            if word.role not in ("plural", "scale") or word.link != "of":
                break
            unit, end = unit * word.value, word.end
        if end == first.end and (unit in (10, 12) or _heads_a_table(text, start, end)):
            return None
        low, high = vague(unit)
        return Numeral(None, low, high, end, "vague", "between")
    for word in rest:
        if word.role not in ("hundred", "scale", "dozen") or word.link not in ("", "of"):
            break
        unit, end = unit * word.value, word.end
    if end == first.end:
        return None
    if first.role == "couple":
        return Numeral(unit, None, None, end, "plain", "approx")
    _, high = vague(unit)
    return Numeral(None, 2 * unit, high, end, "vague", "between")


def _heads_a_table(text: str, start: int, end: int) -> bool:
    """Whether "in millions" says in what a table counts."""
    return text.endswith("in ", 0, start) and not text.startswith(" of ", end)


def _half(text: str, words: list[Word]) -> Numeral | None:
    value, end = _HALF, words[0].end
    for word in words[1:]:
        if word.role not in ("scale", "dozen", "hundred") or word.link not in ("", "a"):
            break
        value, end = value * word.value, word.end
    if end == words[0].end:
        article = _half_of_unit().match(text, end)
        if article:
            end = article.end() - 1
        elif not (_HALF_UNIT.match(text, end) and text.endswith(_HALF_LEADS, 0, words[0].end - 4)):
            return None
    return Numeral(value, None, None, end, "plain")


class _Sum:
    """The running sum of a numeral in words: ``total`` is what full scales have closed."""

    def __init__(self) -> None:
        self.total = _NOTHING
        self.current: Decimal | None = None
        self.scale: Decimal | None = None
        self.last = ""

    def take(self, word: Word) -> bool:
        """Add a word; False where it begins something else."""
        role = word.role
        if role == "digit":
            fits = self._digit(word)
        elif role in ("teen", "ten"):
            fits = self._teen(word)
        elif role == "scale":
            fits = self._scale(word)
        elif role == "hundred":
            fits = self._hundred(word)
        elif role == "half":
            fits = self._half(word)
        else:
            fits = role == "dozen" and self._dozen(word)
        if fits:
            self.last = role
        return fits

    def _opens(self, word: Word) -> bool:
        return self.current is None and (
            not self.last or (self.last == "scale" and word.link in ("", "and"))
        )

    def _digit(self, word: Word) -> bool:
        if self._opens(word):
            self.current = word.value
        elif self.current is not None and (
            (self.last == "ten" and not word.link and word.value)
            or (self.last == "hundred" and word.link in ("", "and"))
        ):
            self.current += word.value
        else:
            return False
        return True

    def _teen(self, word: Word) -> bool:
        if self._opens(word):
            self.current = word.value
        elif self.current is not None and self.last == "hundred" and word.link in ("", "and"):
            self.current += word.value
        else:
            return False
        return True

    def _hundred(self, word: Word) -> bool:
        if self.current is None and not self.last:
            self.current = word.value
        elif self.current is not None and self.current < 100 and not word.link:
            self.current *= word.value
        else:
            return False
        return True

    def _scale(self, word: Word) -> bool:
        if word.link or (self.scale is not None and word.value >= self.scale):
            return False
        if self.current is None:
            if self.last:
                return False
            self.current = Decimal(1)
        self.total += self.current * word.value
        self.current, self.scale = None, word.value
        return True

    def _dozen(self, word: Word) -> bool:
        if self.total or word.link:
            return False
        self.current = (self.current or Decimal(1)) * word.value
        return True

    def _half(self, word: Word) -> bool:
        if word.link not in ("and a", "and") or not self.last:
            return False
        if self.current is not None:
            self.current += _HALF
        elif self.scale is not None:
            self.total += _HALF * self.scale
        return True

    @property
    def value(self) -> Decimal:
        return self.total + (self.current or 0)


def _has_article(text: str, start: int) -> bool:
    before = text[max(0, start - 5) : start]
    return before == "a " or before.endswith((" a ", "(a ", "\na ", " per "))


def _sum(text: str, start: int, words: list[Word]) -> Numeral | None:
    running, taken = _Sum(), 0
    closed = (0, _NOTHING)
    while taken < len(words):
        word = words[taken]
        if word.link.startswith("and") and (part := _fraction(text, words[taken:])):
            running.current = (running.current or Decimal(0)) + part[0]
            taken += part[1]
            break
        if word.role == "point" and not word.link:
            decimals, count = _decimals(words[taken + 1 :])
            if not count:
                break
            running.current = (running.current or Decimal(0)) + decimals
            running.last = "point"
            taken += 1 + count
        elif _begins_a_count(running, words, taken):
            break
        elif running.take(word):
            taken += 1
            if word.role == "scale":
                closed = (taken, running.total)
        else:
            break
    if _outgrown(running, words, taken):
        taken, running.total = closed
        running.current = None
    if not taken or (taken == 1 and words[0].role == "point"):
        return None
    if words[0].role in ("hundred", "scale", "dozen") and not _has_article(text, start):
        return None
    if taken < len(words) and (pair := _pair(text, running, words, taken)):
        return pair
    if taken < len(words) and (tenth := _tenth_said(text, start, running, words[taken])):
        return tenth
    end = words[taken - 1].end
    value = running.value
    if _is_tenth(words[:taken]) and running.current is not None:
        value = running.total + running.current * words[taken - 2].value / 10
    small = taken == 1 and value <= 10
    scaled = [word.value for word in words[:taken] if word.role == "scale"]
    scale = scaled[0] if len(scaled) == 1 else None
    return Numeral(value, None, None, end, "small" if small else "plain", scale=scale)


def _is_tenth(words: list[Word]) -> bool:
    """Whether the last digit is a tenth of the scale before it: "a billion two" is 1.2 billion."""
    if len(words) < 2 or words[-1].role != "digit" or words[-1].link:
        return False
    return words[-2].role == "scale" and words[-2].value >= _MILLION


def _fraction(text: str, words: list[Word]) -> tuple[Decimal, int] | None:
    """Read what follows a whole number: (two) "and a quarter" percent, "and three quarters"."""
    first = words[0]
    lower, upper, count = first, Decimal(1), 1
    if first.role == "digit" and len(words) > 1:
        lower, upper, count = words[1], first.value, 2
    elif first.link != "and a":
        return None
    if lower.role != "part" or (count == 2 and lower.link) or upper >= lower.value:
        return None
    if not _unit_ahead().match(text, lower.end) and not (
        lower.value == _QUARTERS and _FRACTION_ENDS.match(text, lower.end)
    ):
        return None
    return (upper / lower.value).quantize(_ROUNDED).normalize(), count


def _begins_a_count(running: _Sum, words: list[Word], taken: int) -> bool:
    """Whether an "and" behind millions brings in another number: "1.7 billion and three"."""
    word = words[taken]
    if word.link != "and" or running.last != "scale" or (running.scale or 0) < _MILLION:
        return False
    following = words[taken + 1].role if taken + 1 < len(words) else ""
    return word.role in ("digit", "teen") and following not in ("hundred", "scale")


# "We had guided to three and a quarter so we are ahead": a rate told without its percent.
_QUARTERS = 4
_FRACTION_ENDS = regex(
    r" (?:so|and|but|we|it|it's|that's|which|versus|for the (?:year|quarter|full)|to|last|this year"
    r"|uh|um|compared|up|down|from)(?![a-z])|[,.;]|$"
)


def _outgrown(running: _Sum, words: list[Word], taken: int) -> bool:
    """Whether a second number with a larger scale follows: "584 million and two billion"."""
    return (
        taken < len(words)
        and running.scale is not None
        and running.current is not None
        and words[taken].role == "scale"
        and not words[taken].link
    )


def _decimals(words: list[Word]) -> tuple[Decimal, int]:
    digits, count = "", 0
    for word in words:
        if word.link:
            break
        if word.role == "digit" and (not digits or words[count - 1].role == "digit"):
            digits += str(word.value)
        elif word.role in ("teen", "ten") and not digits:
            digits = str(word.value)
        elif word.role == "digit" and count == 1 and words[0].role == "ten":
            digits = digits[0] + str(word.value)
        else:
            break
        count += 1
    return (Decimal(f"0.{digits}") if digits else Decimal(0)), count


# "Gross margin was forty four eight versus forty two": a rate told without its point.
_OF_RATE = regex(
    r"\b(?:margins?|ratio|rate|roe|rote|rotce|roa|nim|yield|occupancy|utilization|load factor"
    r"|efficiency|return|percent|basis points|bips)\b[a-z ]{0,40}$"
)
_RATE_ENDS = regex(
    r" (?:versus|compared|from|to|last|year|a year|in|for|which|and|if|so|up|down|on|this|that|as"
    r"|with|uh|um|but|excluding|ex|before|after|now|sequentially|we|they|it|it's|that's|of the|on"
    r")(?![a-z])|[,.;]|$"
)
# "Up from forty seven two": a base of a rate, whatever follows.
_HELD_AGAINST = regex(r"\b(?:from|versus|than|against|compared to|compared with) $")
_NO_UNIT = regex(
    r"(?! (?:hundred|thousand|million|billion|trillion|percent|per cent|basis|points?|dollars?"
    r"|cents?"
    r"|times|and a|of|to|or|years?|months?|quarters?|weeks?|days?)(?![a-z]))"
)
_RATE_REACH = 60
# "Better than the minus four nine of the second quarter".
_SIGNS = ("minus ", "negative ", "plus ")


def _tenth_said(text: str, start: int, running: _Sum, word: Word) -> Numeral | None:
    """Read a lone digit behind a number of two digits as tenths, where a rate is told."""
    value = running.current
    if value is None or running.total or not 1 <= value < 100 or value % 1:
        return None
    if value < 10 and not text.endswith(_SIGNS, 0, start):
        return None
    if word.role != "digit" or word.link or not word.value or running.last == "point":
        return None
    leads = _HELD_AGAINST.search(text[max(0, start - 16) : start]) is not None
    ends = _NO_UNIT if leads and value >= 10 else _RATE_ENDS
    if not ends.match(text, word.end):
        return None
    signed = text.endswith(_SIGNS, 0, start)
    if not signed and not _OF_RATE.search(text[max(0, start - _RATE_REACH) : start]):
        return None
    return Numeral(value + word.value / 10, None, None, word.end, "plain")


_FIVE, _TEN_APART = 5, 10


def _is_range(first: Decimal, second: Decimal) -> bool:
    """Whether two round numbers side by side are the ends of a range."""
    round_ones = not first % _FIVE and not second % _FIVE
    return round_ones and first >= _TEN_APART and 0 < second - first <= _TEN_APART


def _pair(text: str, running: _Sum, words: list[Word], taken: int) -> Numeral | None:
    """Two numbers side by side: a year, an amount with cents, or hundreds left out."""
    first = running.current
    following = words[taken]
    if first is None or running.total or not 1 <= first < 100 or first % 1:
        return None
    if following.link or running.last not in ("digit", "teen", "ten"):
        return None
    after = words[taken + 1] if taken + 1 < len(words) else None
    unit = bool(after and after.role == "digit" and not after.link and after.value)
    end = following.end
    second = following.value
    if following.role == "ten" or (following.role == "digit" and not second and unit):
        if unit and after:
            second, end, taken = second + after.value, after.end, taken + 1
    elif following.role != "teen":
        return None
    if first in (19, 20):
        return Numeral(first * 100 + second, None, None, end, "year")
    if _is_range(first, second) and _unit_ahead().match(text, end):
        return None  # "fifty five sixty percent"
    following_word = words[taken + 1] if taken + 1 < len(words) else None
    if following_word and following_word.role == "point" and not following_word.link:
        decimals, count = _decimals(words[taken + 2 :])
        if count:  # "four twenty four point eight"
            value = first * 100 + second + decimals
            return Numeral(value, None, None, words[taken + 1 + count].end, "plain")
    if following_word and following_word.role == "scale" and not following_word.link:
        scale = following_word.value
        value = (first * 100 + second) * scale
        return Numeral(value, None, None, following_word.end, "plain", scale=scale)
    return Numeral(first + second / 100, None, None, end, "pair")
