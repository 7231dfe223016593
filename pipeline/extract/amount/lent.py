"""Quantities taken for others than their own words say, and their places."""

from typing import Any

from pipeline.extract.place import Place
from pipeline.extract.reading import Mark
from schemas import Quantity

_quantity = Quantity.trusted_fields


def taken_for(quantity: Quantity, told: dict[str, Any]) -> Quantity:
    """Give a quantity with some of its fields told by others."""
    return _quantity({**quantity.__dict__, **told})


def with_lent(place: Place, lent: Quantity) -> Place:
    """Give the place in a sentence that has another quantity there."""
    marks, bare = list(place.sentence.marks), place.mark
    marks[place.at] = Mark(bare.start, bare.end, bare.kind, lent, bare.weight)
    return Place(place.sentence.with_marks(tuple(marks)), place.at)
