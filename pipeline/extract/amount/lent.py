"""Quantities taken for others than their own words say, and sentences that hold them."""

from typing import Any

from pipeline.extract.reading import Mark, Sentence
from schemas import Quantity

_quantity = Quantity.trusted_fields


def taken_for(quantity: Quantity, told: dict[str, Any]) -> Quantity:
    """Give a quantity with some of its fields told by others."""
    return _quantity({**quantity.__dict__, **told})


def with_lent(sentence: Sentence, at: int, lent: Quantity) -> Sentence:
    """Give a sentence with another quantity in the place of its mark at ``at``."""
    marks = list(sentence.marks)
    bare = marks[at]
    marks[at] = Mark(bare.start, bare.end, bare.kind, lent, bare.weight)
    return Sentence(
        sentence.start,
        sentence.end,
        sentence.folded,
        tuple(marks),
        sentence.text,
        sentence.lead_in,
        sentence.first,
        sentence.figures,
        sentence.ascii,
    )
