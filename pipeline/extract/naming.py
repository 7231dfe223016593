"""Names in snake_case for measures that no canonical id covers."""

import re

from schemas import Quantity

_WORD = re.compile(r"[a-z0-9]+")
_UNIT_NAMES = {
    "h": "duration", "min": "duration", "day": "duration", "week": "duration",
    "month": "duration", "quarter": "tenure", "year": "tenure", "mi": "distance", "km": "distance",
}  # fmt: skip


def snake_case(phrase: str) -> str:
    """Turn an English noun phrase into an id.

    >>> snake_case("SAP instances")
    'sap_instances'
    """
    return "_".join(_WORD.findall(phrase.lower())[-3:])


def counted_name(quantity: Quantity) -> str:
    """An id for what a count counts, or for the kind of thing that its unit measures."""
    if quantity.unit in _UNIT_NAMES:
        return _UNIT_NAMES[quantity.unit]
    return snake_case(quantity.counted or "") or "count"
