"""How large a quantity is, and whether its own words hold a scale."""

from decimal import Decimal

from pipeline.patterns import regex
from schemas import Quantity

# A scale of its own, in letters, words or characters.
_SCALED = regex(
    r"[hkmbt百千万萬亿億兆](?:(?<=h)undred|(?<=t)(?:housand|rillion)|(?<=[mb])illion"
    r"|(?<=[百千万萬亿億兆])"
    r"|(?:(?<=\d[kmbt])|(?<=\d\s[kmbt]))(?:(?<=[mbt])n|(?<=[mb])ln)?\b)"
)


# Most of them, for which the pattern need not be asked.
_USUAL = ["million", "billion", "亿", "万"]


def size_of(quantity: Quantity) -> Decimal:
    """Give the size of a quantity, of a range its lower end."""
    amount = quantity.value
    if amount is None:
        amount = quantity.low
        if amount is None:
            amount = quantity.high
    return Decimal(0) if amount is None else abs(amount)


def is_scaled(said: str) -> bool:
    """Whether a quantity's own words, folded, hold a scale: "4.5bn", 3亿."""
    return any(word in said for word in _USUAL) or _SCALED.search(said) is not None
