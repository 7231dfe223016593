"""What a fact says, without where it came from: what its claim and its words are made of."""

from decimal import Decimal
from typing import TypedDict

from schemas import Entity, Period
from schemas.fact import Measure, Modality, Qualifier


class Said(TypedDict):
    """The fields of a fact event that say what is so."""

    entity: Entity | None
    scope: str | None
    metric: str
    measure: Measure
    value: Decimal | None
    low: Decimal | None
    high: Decimal | None
    unit: str
    qualifier: Qualifier
    comparison: str | None
    modality: Modality
    period: Period | None
