"""Amounts as events spell them, for what writes them by the thousand."""

from decimal import Decimal

from schemas.event import plain


def spelled(amount: Decimal) -> str:
    """Write a decimal as ``plain`` does, which few amounts need to be asked for.

    >>> [spelled(Decimal(amount)) for amount in ("20.20", "1.320E+11", "-0", "100")]
    ['20.2', '132000000000', '0', '100']
    """
    text = str(amount)
    if "E" in text or (text[-1] == "0" and ("." in text or text == "-0")):
        return plain(amount)
    return text
