"""Amounts as events spell them, for what writes them by the thousand."""

from decimal import Decimal

from schemas.event import plain


def spelled(amount: Decimal) -> str:
    """Write a decimal as ``plain`` does, which is asked for amounts with an exponent only.

    >>> [spelled(Decimal(amount)) for amount in ("20.20", "1.320E+11", "-0", "100")]
    ['20.2', '132000000000', '0', '100']
    """
    text = str(amount)
    if "E" in text:
        return plain(amount)
    if text[-1] == "0" and "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
