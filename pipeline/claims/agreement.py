"""Whether statements of one claim agree, as rounded: each is taken for the span that it allows.

A figure stands for all that would be rounded to it: 134 billion for 133.5 to 134.5. Statements
agree where their spans share more than an end. Amounts in different currencies are never compared.
"""

from collections.abc import Iterable
from decimal import Decimal
from itertools import combinations, product
from typing import NamedTuple, Protocol

from schemas.fact import Qualifier

APPROXIMATE = Decimal("0.03")
"""How far off a figure is that is called approximate, in parts of it, or one last digit if more."""

_LEAST_REACH, _MOST_REACH = Decimal("0.1"), Decimal("0.25")
_HALF = Decimal("0.5")
_INFINITE = Decimal("Infinity")


class Stated(Protocol):
    """What is needed of a statement; ``precision`` is the unit of its last stated digit."""

    @property
    def value(self) -> Decimal | None: ...  # noqa: D102
    @property
    def low(self) -> Decimal | None: ...  # noqa: D102
    @property
    def high(self) -> Decimal | None: ...  # noqa: D102
    @property
    def unit(self) -> str: ...  # noqa: D102
    @property
    def qualifier(self) -> Qualifier: ...  # noqa: D102
    @property
    def precision(self) -> Decimal | None: ...  # noqa: D102


class Span(NamedTuple):
    """From where to where the true amount may lie."""

    low: Decimal
    high: Decimal

    @property
    def width(self) -> Decimal:
        """How inexact a statement is."""
        return self.high - self.low


def allowed(stated: Stated) -> Span:
    """Give the span that a statement allows.

    "more than" and "at least" reach as far above the figure as one would still put it so: one of
    its last digit that is not zero, at least a tenth and at most a quarter of it. Of a fall or a
    loss it is the size that is more or less, whatever the sign.
    """
    half = (stated.precision or Decimal(0)) * _HALF
    if stated.low is not None or stated.high is not None:
        low = -_INFINITE if stated.low is None else stated.low - half
        high = _INFINITE if stated.high is None else stated.high + half
        return Span(low, high)
    if stated.value is None:
        return Span(-_INFINITE, _INFINITE)
    low, high = _of_size(abs(stated.value), half, stated.qualifier)
    return Span(-high, -low) if stated.value < 0 else Span(low, high)


def _of_size(size: Decimal, half: Decimal, qualifier: Qualifier) -> tuple[Decimal, Decimal]:
    if qualifier in ("more_than", "at_least"):
        return size, size + max(_reach(size), 2 * half)
    if qualifier in ("less_than", "at_most"):
        return size - max(_reach(size), 2 * half), size
    if qualifier == "approx":
        half = max(2 * half, size * APPROXIMATE)
    return size - half, size + half


def _reach(size: Decimal) -> Decimal:
    trimmed = size.normalize()
    last = Decimal(1).scaleb(int(trimmed.as_tuple().exponent)) if size else Decimal(0)
    return min(max(last, size * _LEAST_REACH), size * _MOST_REACH)


def comparable(one: Stated, other: Stated) -> bool:
    """Tell whether two statements of a claim can be compared: not in different currencies."""
    return one.unit == other.unit


def agree(one: Stated, other: Stated) -> bool:
    """Tell whether two statements in one unit agree."""
    return _meet((allowed(one), allowed(other)))


def all_agree(documents: Iterable[Iterable[Stated]]) -> bool:
    """Tell whether any two documents agree, each given by what it states, all in one unit.

    Two documents agree that put some amount alike. What one of them states beside it, for a part
    of the business or in a correction of its own, is no contradiction of the other.
    """
    spans = {frozenset(allowed(each) for each in document) for document in documents}
    if _meet(each for document in spans for each in document):
        # Spans on a line that all share a stretch meet two by two as well.
        return True
    return all(
        any(_meet(pair) for pair in product(one, other)) for one, other in combinations(spans, 2)
    )


def _meet(spans: Iterable[Span]) -> bool:
    spans = tuple(spans)
    return not spans or max(each.low for each in spans) < min(each.high for each in spans)
