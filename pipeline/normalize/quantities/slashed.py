"""Numbers in a row that share the unit of the last: 净利润 6.9/8.6/10.4 亿元, PE 25/20/16 倍."""

import re
from decimal import Decimal

from schemas.normalized import Quantity

_NUMBER = r"[0-9][0-9,]*(?:\.[0-9]+)?"
_ROW = re.compile(rf"(?<![0-9a-z./%$€£¥~-])(?:{_NUMBER} ?/ ?)+$")
_ITEM = re.compile(_NUMBER)
_LAST = re.compile(rf"({_NUMBER}) ?[^0-9]+")
_KINDS = frozenset({"money", "percent", "multiple"})
# How long a row may be, in characters, and how unlike its last the numbers in it.
_REACH, _RATIO = 60, 20
# Two small whole numbers are a fraction or a date: 2/3, 9/11.
_SMALL = 10


def read_rows(found: list[Quantity], folded: str, offset: int, text: str) -> list[Quantity]:
    """Give the quantities with those that a row lends its last number's unit, in order.

    What was read of such a row before, as a bare number or a fraction, is replaced.
    """
    if "/" not in folded:
        return found
    read: list[Quantity] = []
    for quantity in found:
        row = _row(quantity, folded, offset, text)
        if row:
            while read and read[-1].end > row[0].start:
                read.pop()
        read.extend((*row, quantity))
    return read


def _row(last: Quantity, folded: str, offset: int, text: str) -> list[Quantity]:
    start, end = last.start - offset, last.end - offset
    if last.kind not in _KINDS or not last.value or last.signed or folded[start - 1 : start] != "/":
        return []
    shown = _LAST.fullmatch(folded[start:end])
    row = _ROW.search(folded[max(0, start - _REACH) : start])
    if shown is None or row is None:
        return []
    at = max(0, start - _REACH)
    items = [(m.start() + at, m.end() + at) for m in _ITEM.finditer(row[0])]
    items = [(a + row.start(), b + row.start()) for a, b in items]
    own = Decimal(shown[1].replace(",", ""))
    numbers = [Decimal(folded[a:b].replace(",", "")) for a, b in items]
    plain = all("." not in folded[a:b] for a, b in items) and "." not in shown[1]
    if len(items) == 1 and plain and min(own, *numbers) <= _SMALL:
        return []
    if not own or any(not own / _RATIO <= number <= own * _RATIO for number in numbers):
        return []
    step = last.value / own
    return [
        last.model_copy(
            update={
                "start": a + offset, "end": b + offset, "text": text[a:b], "value": number * step
            }
        )
        for (a, b), number in zip(items, numbers, strict=True)
    ]  # fmt: skip
