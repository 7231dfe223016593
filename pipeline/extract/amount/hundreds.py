"""Numbers in words that leave their hundreds out: "three fifty", "one thirty seven"."""

from decimal import Decimal

from pipeline.patterns import regex
from schemas import Quantity

_TEN, _HUNDRED, _THOUSAND = 10, 100, 1000
_SCALE_SAID = regex(r"thousand|[mbt]illion")


def spoken_hundreds(bare: Quantity) -> Decimal | None:
    """What a number in words is in hundreds: "three hundred and fifty", "one thirty seven"."""
    said, size = bare.text.lower(), bare.value
    if size is None or size < 1 or any(char.isdigit() for char in said) or not said.isascii():
        return None
    if size < _TEN and size % 1 and "point" not in said and "half" not in said:
        return size * 100
    return size if _HUNDRED <= size < _THOUSAND and not _SCALE_SAID.search(said) else None


_NUMERAL = regex(r"\d[\d,]*(?:\.\d+)?")


def worth_of_one(model: Quantity) -> Decimal | None:
    """What one of a measure told in digits is worth in base units: 10**9 for "3 gigawatts"."""
    found = _NUMERAL.search(model.text)
    number = Decimal(found[0].replace(",", "")) if found else None
    return model.value / number if number and model.value is not None else None
