"""Numbers in a row that share the last one's unit: 6.9/8.6/10.4 亿元, "5 and 7%, respectively"."""

from decimal import Decimal

from pipeline.patterns import regex
from schemas.normalized import Quantity

_NUMBER = r"[0-9](?:[0-9,]{0,20}[0-9])?(?:\.[0-9]+)?"
_ROW = regex(rf"(?<![0-9a-z./%$€£¥~-])(?:{_NUMBER} ?/ ?)+$")
# So do those of a row in words, where it is said that each is of one thing.
_WORDED = regex(
    rf"(?<![0-9a-z./%$€£¥~-])(?:[$€£¥]?{_NUMBER} ?(?:、|,|，|and|和|及|与|以及|,? and) ?)+$"
)
_RESPECTIVELY = regex(r"[^.。;；\n]{0,60}respectively")
_SEPARATELY = regex(r"分别[^。；;\n]{0,60}$")
_ITEM = regex(rf"[$€£¥]?{_NUMBER}")
_SIGNS = "$€£¥"
# Each with a sign of its own: +0.3/+0.1/-0.2/-0.1pct.
_SIGNED = regex(rf"(?<![0-9a-z./%])(?:[+-]{_NUMBER} ?/ ?)+$")
_SIGNED_ITEM = regex(rf"[+-]{_NUMBER}")
_SIGNED_LAST = regex(rf"[+-]{_NUMBER}")
_LAST = regex(rf"[$€£¥]?({_NUMBER})[ -]?[^0-9]+")
_KINDS = frozenset({"money", "percent", "points", "multiple"})
# How long a row may be, in characters, and how unlike its last the numbers in it.
_REACH, _RATIO = 60, 20
# Two small whole numbers are a fraction or a date: 2/3, 9/11.
_SMALL = 10


def read_rows(found: list[Quantity], folded: str, offset: int, text: str) -> list[Quantity]:
    """Give the quantities with those that a row lends its last number's unit, in order.

    What was read of such a row before, as a bare number or a fraction, is replaced.
    """
    worded = "分别" in folded or "respectively" in folded
    if not worded and "/" not in folded:
        return found
    read: list[Quantity] = []
    for quantity in found:
        row = _row(quantity, folded, offset, text, worded=worded)
        if row:
            while read and read[-1].end > row[0].start:
                read.pop()
        read.extend((*row, quantity))
    return read


def _row(last: Quantity, folded: str, offset: int, text: str, *, worded: bool) -> list[Quantity]:
    start, end = last.start - offset, last.end - offset
    if last.kind not in _KINDS or not last.value:
        return []
    at = max(0, start - _REACH)
    if last.signed:
        return _signed_row(last, folded, at, offset, text)
    pattern = _ROW
    if folded[start - 1 : start] != "/":
        if not worded or not _of_each(folded, at, start, end):
            return []
        pattern = _WORDED
    shown = _LAST.fullmatch(folded[start:end])
    row = pattern.search(folded[at:start])
    if shown is None or row is None:
        return []
    items = [(m.start() + at, m.end() + at) for m in _ITEM.finditer(row[0])]
    items = [(a + row.start(), b + row.start()) for a, b in items]
    own = Decimal(shown[1].replace(",", ""))
    numbers = [Decimal(folded[a:b].lstrip(_SIGNS).replace(",", "")) for a, b in items]
    plain = all("." not in folded[a:b] for a, b in items) and "." not in shown[1]
    if pattern is _ROW and len(items) == 1 and plain and min(own, *numbers) <= _SMALL:
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


def _signed_row(last: Quantity, folded: str, at: int, offset: int, text: str) -> list[Quantity]:
    """Lend the unit of the last number to those of a row that have signs of their own."""
    start = last.start - offset
    row = _SIGNED.search(folded[at:start]) if folded[start - 1 : start] == "/" else None
    shown = _SIGNED_LAST.match(folded, start)
    if row is None or shown is None or last.value is None:
        return []
    step = last.value / Decimal(shown[0].replace(",", ""))
    items = [(m.start() + at + row.start(), m[0]) for m in _SIGNED_ITEM.finditer(row[0])]
    return [
        last.model_copy(
            update={
                "start": a + offset,
                "end": a + len(number) + offset,
                "text": text[a : a + len(number)],
                "value": Decimal(number.replace(",", "")) * step,
            }
        )
        for a, number in items
    ]


def _of_each(folded: str, at: int, start: int, end: int) -> bool:
    """Whether the words around a row say that each number is of one thing."""
    return (
        _RESPECTIVELY.match(folded, end) is not None
        or _SEPARATELY.search(folded[at:start]) is not None
    )
