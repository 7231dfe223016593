"""The text under recognition, and the bare number at one place of it."""

import re
from decimal import Decimal

from pipeline.normalize.quantities.ideographs import ideographic
from pipeline.normalize.quantities.lexicon import Unit, lexicon
from pipeline.normalize.quantities.numerals import UNIT_AHEAD, Numeral, spoken
from pipeline.patterns import regex

_DIGITS = regex(
    r"[0-9]{1,3}(?:,[0-9]{2,3}){0,6}(?:,[0-9]{3}|, 000)(?![0-9])(?:\.[0-9]+)?"
    r"|[0-9]{1,3}(?:['’][0-9]{3}){1,4}(?![0-9])(?:\.[0-9]+)?"
    r"|[0-9]+(?:\.[0-9]+"
    r"|(?: \. | point )[0-9]+(?= ?(?:%|percent|per cent|billion|million|trillion|dollars|times)))?"
)
_UNGROUPED = regex(r"[0-9]++(?:\.[0-9]++)?+(?![0-9,'’]| (?:\. |point ))")
_GROUPING = regex("[,， '’]")
_WIDE_GROUPS = regex(r"[0-9]{1,3}(?:，[0-9]{3}){1,7}(?![0-9])(?:\.[0-9]+)?")
_FULL_WIDTH = "\uff00"
_MOST_DIGITS = 24
_VULGAR = {
    "½": "0.5", "¼": "0.25", "¾": "0.75", "⅓": "0.3333333333", "⅔": "0.6666666667",
    "⅛": "0.125", "⅜": "0.375", "⅝": "0.625", "⅞": "0.875",
}  # fmt: skip
VULGAR = "".join(_VULGAR)
_MIXED = regex(
    r" and a half(?![a-z])| ([1-9])/([2-9])(?![0-9/])|半(?=倍)"
    rf"| ?(?P<vulgar>[{VULGAR}])"
    rf"| and (?P<part>a (?:quarter|third)|three[ -]quarters)(?={UNIT_AHEAD})"
)
_BEFORE_PART = frozenset(("半", *_VULGAR))
# So do such parts begin behind a blank.
_PART_BEGINS = frozenset(("a", *"123456789", *_VULGAR))
_FIGURES = frozenset("0123456789")
_PLAIN = regex(r"[0-9]+(?![0-9,.])|[0-9]+(?=[,.](?![0-9]))")
_PERCENT = regex(r"[0-9]{1,2} ?(?:%|percent|per cent|pct)")
_MONEY_SIGNS = frozenset("$€£¥")
_AFTER_SIGN = 2
_BEFORE_POINT = frozenset(" $€£¥+-–(")
# 存货周转 61 日, 同比少 2 日: days, no day of a month.
COUNTS_DAYS = regex(r"(?:周转|周转期|账期|[少多增减]|增加|减少|缩短|延长|天数)[为约至到了]? ?$")
_ONE = Decimal(1)
_HALF = Decimal("0.5")
_QUARTERS = Decimal("0.75")
_PARTS = {
    "a third": Decimal("0.3333333333"),
    "a quarter": Decimal("0.25"),
    "three quarters": _QUARTERS,
    "three-quarters": _QUARTERS,
}
_HAN = "\u3400"


def ahead(folded: str, end: int) -> str:
    """Give the character at ``end``, or the one behind a blank there; "" where the text ends."""
    if end < len(folded) and folded[end] == " ":
        end += 1
    return folded[end] if end < len(folded) else ""


class Passage:
    """A text under recognition: as written, folded, and how far it has been read.

    ``limit`` is the end of the last quantity; nothing before it is looked at again. ``ranged`` says
    that it was a range. ``known`` are the tables.
    """

    __slots__ = ("currency", "folded", "known", "language", "limit", "ranged", "text")

    def __init__(self, text: str, folded: str, language: str, currency: str | None) -> None:
        self.text = text
        self.folded = folded
        self.language = language
        self.currency = currency
        self.limit = 0
        self.ranged = False
        self.known = lexicon()

    def pronoun(self, start: int) -> bool:
        """Tell whether "us" is no country, as it is not where capitals are in use."""
        return self.text[start] == "u" and not self.text.islower()

    def capitals(self, start: int, end: int) -> bool:
        """Tell whether a word stands out by its capitals: TRY 500 million, no "try 500"."""
        return self.text[start:end].isupper() and not self.text.isupper()


class Amount:
    """What was read at one place; ``number`` is before scale, unit and sign are applied.

    A vague or doubtful number (数十, 两三) has ``low`` and ``high`` instead. ``bare_end`` is where
    the numeral itself ends; ``word_scale`` is a scale that its words hold; ``smallest`` is the
    worth of the last coin read, in units of the first.
    """

    __slots__ = (
        "bare_end",
        "bare_start",
        "decimal",
        "end",
        "form",
        "grouped",
        "hedged",
        "high",
        "low",
        "number",
        "per",
        "prefixed",
        "qualifier",
        "scale",
        "sign",
        "signed",
        "smallest",
        "spelling",
        "start",
        "unit",
        "word_scale",
    )

    def __init__(self, start: int, numeral: Numeral) -> None:
        self.start = self.bare_start = start
        self.end = self.bare_end = numeral.end
        self.number = numeral.value
        self.low = numeral.low
        self.high = numeral.high
        self.form = numeral.form
        self.qualifier = numeral.qualifier
        self.hedged = numeral.qualifier != "exact"
        self.scale: Decimal | None = None
        self.word_scale = numeral.scale
        self.unit: Unit | None = None
        self.spelling = ""
        self.prefixed = self.signed = self.decimal = self.grouped = False
        self.per = ""
        self.smallest = _ONE
        self.sign = 1

    def hedge(self, qualifier: str) -> None:
        """Note a hedge; a bound says more than an approximation."""
        if not self.hedged or self.qualifier == "approx":
            self.qualifier = qualifier
        self.hedged = True

    def base(self, number: Decimal | None) -> Decimal | None:
        """Give a number of this amount in base units, signed."""
        if number is None:
            return None
        if self.scale is not None:
            number *= self.scale
        if self.unit is not None and self.unit.worth != _ONE:
            number *= self.unit.worth
        return -number if self.sign < 0 else number


def read_number(passage: Passage, start: int) -> Amount | None:
    """Read the bare numeral at ``start``, without anything around it."""
    folded = passage.folded
    first = folded[start]
    if first in _FIGURES:
        return _digits(passage, start)
    if first in _VULGAR:
        return Amount(start, Numeral(Decimal(_VULGAR[first]), None, None, start + 1, "digits"))
    numeral = (
        spoken(folded, start) if first < _HAN and first != "〇" else ideographic(folded, start)
    )
    return Amount(start, numeral) if numeral else None


def _mixed(found: re.Match[str]) -> Decimal:
    if found["vulgar"]:
        return Decimal(_VULGAR[found["vulgar"]])
    if found[1]:
        return Decimal(found[1]) / Decimal(found[2])
    return _PARTS.get(found["part"] or "", _HALF)


def is_decimal_part(folded: str, start: int) -> bool:
    """Tell whether the digits follow a point without a whole part: $.32, +.5%."""
    if start < 2 or folded[start - 1] != ".":
        return start == 1 and folded[0] == "."
    before = folded[start - 2]
    if before == " " and folded[start - 3 : start - 2] in _MONEY_SIGNS and start > _AFTER_SIGN:
        return True  # $ .50
    return before in _BEFORE_POINT and (before != " " or _PERCENT.match(folded, start) is not None)


def _decimal_part(folded: str, start: int) -> Amount | None:
    digits = _PLAIN.match(folded, start)
    if digits is None or digits.end() - start > _MOST_DIGITS:
        return None
    value = Decimal(f"0.{digits.group()}")
    amount = Amount(start - 1, Numeral(value, None, None, digits.end(), "digits"))
    amount.decimal = True
    return amount


def _digits(passage: Passage, start: int) -> Amount | None:
    folded = passage.folded
    if is_decimal_part(folded, start):
        return _decimal_part(folded, start)
    match = _UNGROUPED.match(folded, start)
    is_plain = match is not None
    if match is None:
        match = _DIGITS.match(folded, start)
    end = match.end() if match else start
    if end == start or end - start > _MOST_DIGITS:
        return None
    following = folded[end : end + 1]
    if following == "，" and passage.text[start] > _FULL_WIDTH:
        wide = _WIDE_GROUPS.match(folded, start)
        if wide:
            is_plain, end = False, wide.end()
            following = folded[end : end + 1]
    written = plain = folded[start:end]
    if not is_plain:
        plain = _GROUPING.sub("", written.replace(" point ", "."))
    number = Decimal(plain)
    if following in _BEFORE_PART or (
        following == " " and folded[end + 1 : end + 2] in _PART_BEGINS
    ):
        mixed = _MIXED.match(folded, end)
        if mixed:
            number += _mixed(mixed)
            end = mixed.end()
    amount = Amount(start, Numeral(number, None, None, end, "digits"))
    amount.decimal = "." in plain
    amount.grouped = plain != written and " " not in written
    return amount
