"""How exactly a figure is stated: the unit of the last digit that its words give."""

import re
from decimal import Decimal

from pipeline.normalize.script import fold

_NUMBER = re.compile(r"[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?")
_POINTS = ("percent", "percentage_points")


def stated_precision(text: str, amount: Decimal, unit: str) -> Decimal:
    """Give the unit of the last digit that ``text`` states of ``amount``, in base units.

    Zeros at the end of a whole number are taken for rounding: 1,320 億 is no more exact than $132
    billion, nor are 700,000 hours than 700 thousand. Three digits of a number with a scale word
    count as stated, two of a long number without one. Where the words hold no such number
    (三億, "doubled"), the digits of the amount itself decide.

    >>> stated_precision("$134.4 billion", Decimal("134400000000"), "USD")
    Decimal('100000000')
    >>> stated_precision("1320 億", Decimal("132000000000"), "USD")
    Decimal('1000000000')
    >>> stated_precision("20%", Decimal(20), "percent")
    Decimal('1')
    """
    for found in _NUMBER.finditer(fold(text)):
        mantissa = Decimal(found[0].replace(",", ""))
        scale = _scale(abs(amount), mantissa)
        if scale is not None:
            return _last_digit(mantissa, scaled=scale != 1) * scale
    if unit in _POINTS and amount == amount.to_integral_value():
        return Decimal(1)
    return _last_digit(abs(amount), scaled=False, kept=1)


def _scale(amount: Decimal, mantissa: Decimal) -> Decimal | None:
    """Give what a number has to be taken times to be the amount, where that is a power of ten."""
    if not mantissa or not amount:
        return Decimal(1) if mantissa == amount else None
    scale = (amount / mantissa).normalize()
    return scale if scale.as_tuple().digits == (1,) else None


def _last_digit(number: Decimal, *, scaled: bool, kept: int | None = None) -> Decimal:
    """Give the unit of a number's last stated digit, keeping at least some of its digits."""
    exponent = int(number.as_tuple().exponent)
    if exponent < 0:
        return Decimal(1).scaleb(exponent)
    digits = str(int(number))
    kept = kept or (3 if scaled else 2)
    zeros = len(digits) - len(digits.rstrip("0"))
    if not scaled and len(digits) < 4 and kept > 1:
        return Decimal(1)
    return Decimal(10) ** max(0, min(zeros, len(digits) - kept))
