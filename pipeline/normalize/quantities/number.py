"""The text under recognition, and the bare number at one place of it."""

import re
from decimal import Decimal

from pipeline.normalize.quantities.lexicon import Unit
from pipeline.normalize.quantities.numerals import Numeral, ideographic, spoken

_DIGITS = re.compile(
    r"[0-9]{1,3}(?:,[0-9]{2,3}){0,6}(?:,[0-9]{3}|, 000)(?![0-9])(?:\.[0-9]+)?"
    r"|[0-9]+(?:\.[0-9]+| \. [0-9]+(?= ?(?:%|percent|per cent|billion|million)))?"
)
_WIDE_GROUPS = re.compile(r"[0-9]{1,3}(?:，[0-9]{3}){1,7}(?![0-9])(?:\.[0-9]+)?")
_FULL_WIDTH = "\uff00"
_MOST_DIGITS = 24
_MIXED = re.compile(r" and a half(?![a-z])| ([1-9])/([2-9])(?![0-9/])|半(?=倍)")
_HALF = Decimal("0.5")
_HAN = "\u3400"


class Passage:
    """A text under recognition: as written, folded, and how far it has been read.

    ``limit`` is the end of the last quantity; nothing before it is looked at again. ``ranged`` says
    that it was a range.
    """

    __slots__ = ("currency", "folded", "language", "limit", "ranged", "text")

    def __init__(self, text: str, folded: str, language: str, currency: str | None) -> None:
        self.text = text
        self.folded = folded
        self.language = language
        self.currency = currency
        self.limit = 0
        self.ranged = False


class Amount:
    """What was read at one place; ``number`` is before scale, unit and sign are applied.

    A vague or doubtful number (数十, 两三) has ``low`` and ``high`` instead. ``bare_end`` is where
    the numeral itself ends; ``word_scale`` is a scale that its words hold.
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
        if self.unit is not None and self.unit.worth != 1:
            number *= self.unit.worth
        return -number if self.sign < 0 else number


def read_number(passage: Passage, start: int) -> Amount | None:
    """Read the bare numeral at ``start``, without anything around it."""
    folded = passage.folded
    first = folded[start]
    if "0" <= first <= "9":
        return _digits(passage, start)
    numeral = (
        spoken(folded, start) if first < _HAN and first != "〇" else ideographic(folded, start)
    )
    return Amount(start, numeral) if numeral else None


def _digits(passage: Passage, start: int) -> Amount | None:
    folded = passage.folded
    match = _DIGITS.match(folded, start)
    if match is None or match.end() - start > _MOST_DIGITS:
        return None
    end = match.end()
    if folded.startswith("，", end) and passage.text[start] > _FULL_WIDTH:
        match = _WIDE_GROUPS.match(folded, start) or match
        end = match.end()
    written = match.group()
    plain = written
    if not written.isdigit():
        plain = written.replace(",", "").replace("，", "").replace(" ", "")
    number = Decimal(plain)
    following = folded[end : end + 1]
    if (following == " " or following == "半") and (mixed := _MIXED.match(folded, end)):
        numerator = mixed.group(1)
        number += Decimal(numerator) / Decimal(mixed.group(2)) if numerator else _HALF
        end = mixed.end()
    amount = Amount(start, Numeral(number, None, None, end, "digits"))
    amount.decimal = "." in written
    amount.grouped = "," in written or "，" in written
    return amount
