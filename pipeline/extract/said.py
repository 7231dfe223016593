"""What a fact says, without where it came from: what its claim and its words are made of."""

from decimal import Decimal
from typing import TypedDict

from pipeline.extract.frame import Reading
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


def said_by(reading: Reading) -> Said:
    """Take what a reading says out of it."""
    return {
        "entity": reading.entity,
        "scope": reading.scope,
        "metric": reading.metric,
        "measure": reading.measure,
        "value": reading.value,
        "low": reading.low,
        "high": reading.high,
        "unit": reading.unit,
        "qualifier": reading.quantity.qualifier,
        "comparison": reading.comparison,
        "modality": reading.modality,
        "period": reading.period,
    }
