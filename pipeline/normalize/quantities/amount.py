"""One amount at one place: the number with its sign, currency, scale, unit and hedges."""

from pipeline.normalize.quantities import after, before
from pipeline.normalize.quantities.number import Amount, Passage, read_number


def read_amount(passage: Passage, start: int, *, hedges: bool = True) -> Amount | None:
    """Read the amount whose numeral begins at ``start``; None where there is none.

    The amount's ``start`` and ``end`` take in sign, currency, unit and, unless ``hedges`` is off,
    the bounds and hedges around it.
    """
    amount = read_number(passage, start)
    if amount is None:
        return None
    before.read_prefix(passage, amount)
    after.read_suffix(passage, amount)
    in_points = amount.unit is not None and amount.unit.kind == "points" and amount.unit.worth < 1
    if amount.form == "pair" and in_points and amount.number is not None:
        amount.number *= 100  # "two fifty basis points"
    if hedges:
        before.read_hedges(passage, amount)
        after.read_hedges(passage, amount)
    return amount
