"""Amounts as a rule gives them, and how a fact's amount is held against them.

A fact's amount may be a range or open to one side ("more than $33 billion"). It is above a limit
only if all of it is.
"""

import re
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Literal, Protocol

from pipeline.extract.statement import amount_in_words
from pipeline.normalize.quantities import find_quantities
from schemas.fact import Qualifier

POINTS = frozenset({"percent", "percentage_points"})
EXPECTED = 'an amount such as "33 billion USD", "18%", "2 points" or 1500000'

_NUMBER = re.compile(r"[+-]?[0-9]{1,30}(\.[0-9]{1,20})?")
_LONGEST = 100
_EXACT = Context(prec=120, Emax=10_000, Emin=-10_000, traps=[])
_HALF = Decimal("0.5")

Key = Literal["above", "at_least", "below", "at_most", "between"]


class Stating(Protocol):
    """What states an amount: a fact, a claim, a statement."""

    value: Decimal | None
    low: Decimal | None
    high: Decimal | None
    unit: str
    qualifier: Qualifier


@dataclass(frozen=True)
class Limit:
    """An amount in base units; ``unit`` is None where any unit will do."""

    amount: Decimal
    unit: str | None

    def __str__(self) -> str:
        """Write it as documents do."""
        return amount_in_words(self.amount, self.unit or "count")


def read_limit(text: str) -> tuple[Limit, str]:
    """Read a rule's amount and its qualifier ("exact", "more_than", …).

    "33 billion" has no unit, "$33 billion" and "330億美元" are USD, "50 basis points" is 0.5
    percentage points. Raises ``ValueError`` for what is not one amount and nothing else.
    """
    text = text.strip()
    if _NUMBER.fullmatch(text):
        return Limit(Decimal(text), None), "exact"
    found = find_quantities(text) if len(text) <= _LONGEST else []
    amount = found[0].value if len(found) == 1 else None
    if amount is None:
        raise ValueError("it is not one amount")
    quantity = found[0]
    rest = text[quantity.end :].strip().casefold()
    if quantity.start != 0 or (rest and rest != (quantity.counted or "").casefold()):
        raise ValueError("it is not one amount alone")
    return Limit(amount, quantity.unit), quantity.qualifier


@dataclass(frozen=True)
class Bound:
    """One condition on the amount itself; two limits for ``between``, both ends included."""

    key: Key
    limits: tuple[Limit, ...]

    def holds(self, stating: Stating) -> bool:
        """Whether all of an amount is where the condition wants it; another unit never is."""
        if any(each.unit not in (None, stating.unit) for each in self.limits):
            return False
        low, high = extent(stating)
        first, last = self.limits[0].amount, self.limits[-1].amount
        if self.key == "between":
            return low is not None and high is not None and first <= low and high <= last
        if self.key in ("above", "at_least"):
            if low is None:
                return False
            beyond = stating.qualifier == "more_than"
            return low > first or (low == first and (self.key == "at_least" or beyond))
        if high is None:
            return False
        beyond = stating.qualifier == "less_than"
        return high < first or (high == first and (self.key == "at_most" or beyond))


def extent(stating: Stating) -> tuple[Decimal | None, Decimal | None]:
    """Give the lowest and highest that an amount may be, None where it is open."""
    if stating.value is None:
        return stating.low, stating.high
    if stating.qualifier in ("more_than", "at_least"):
        return stating.value, stating.high
    if stating.qualifier in ("less_than", "at_most"):
        return stating.low, stating.value
    return stating.value, stating.value


def middle(stating: Stating) -> Decimal | None:
    """Give the one amount to compare by: the value, else the middle of the range, else its end."""
    if stating.value is not None:
        return stating.value
    if stating.low is None or stating.high is None:
        return stating.high if stating.low is None else stating.low
    return _EXACT.multiply(_EXACT.add(stating.low, stating.high), _HALF)


@dataclass(frozen=True)
class Size:
    """How large a difference has to be; ``least`` is None where any will do."""

    least: Limit | None = None
    beyond: bool = True

    def reached(self, old: Decimal, new: Decimal, unit: str) -> bool:
        """Whether two amounts of one unit are that far apart.

        A percentage is of the old amount (of none where that is 0), whatever the unit; points are
        of figures that are percentages; anything else is in the unit itself.
        """
        apart = abs(_EXACT.subtract(new, old))
        if self.least is None:
            return apart > 0
        least = self.least.amount
        if self.least.unit == "percent":
            if old == 0:
                return False
            apart, least = _EXACT.multiply(apart, Decimal(100)), _EXACT.multiply(least, abs(old))
        elif self.least.unit == "percentage_points":
            if unit not in POINTS:
                return False
        elif self.least.unit not in (None, unit):
            return False
        return apart > least if self.beyond else apart >= least

    def __str__(self) -> str:
        """Write it as a rule does."""
        if self.least is None:
            return "any"
        return f"{'more than' if self.beyond else 'at least'} {self.least}"


def read_size(text: str) -> Size:
    """Read "any", "more than 5%", "at least 2 points", "by more than 1 billion USD".

    Raises ``ValueError`` for anything else.
    """
    text = " ".join(text.split())
    if text.casefold() in ("any", "true", "yes"):
        return Size()
    text = re.sub(r"^by ", "", text, flags=re.IGNORECASE)
    words = re.match(r"(more than|at least) ", text, re.IGNORECASE)
    if words is None:
        raise ValueError("it does not say how far")
    limit, qualifier = read_limit(text[words.end() :])
    if qualifier != "exact" or limit.amount < 0:
        raise ValueError("it is not one amount")
    return Size(limit, beyond=words[1].casefold() == "more than")


def difference(old: Decimal, new: Decimal) -> Decimal:
    """Give by how much an amount has moved, exactly."""
    return _EXACT.subtract(new, old)


def percentage(old: Decimal, new: Decimal) -> Decimal | None:
    """Give by how many percent of the old amount it has moved, to two places; None of 0."""
    if old == 0:
        return None
    moved = _EXACT.multiply(_EXACT.divide(difference(old, new), abs(old)), Decimal(100))
    rounded = _EXACT.quantize(moved, Decimal("0.01"))
    return rounded if rounded.is_finite() else None
