"""What a fact says, without where it came from: what its claim and its words are made of."""

from dataclasses import dataclass
from decimal import Decimal

from pipeline.extract.frame import Reading
from schemas import Entity, Period
from schemas.fact import FactFields, Measure, Modality, Qualifier


@dataclass(slots=True)
class Said:
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


def said_in(reading: Reading) -> Said:
    """Give what a reading says."""
    return Said(
        reading.entity,
        reading.scope,
        reading.metric,
        reading.measure,
        reading.value,
        reading.low,
        reading.high,
        reading.unit,
        reading.quantity.qualifier,
        reading.comparison,
        reading.modality,
        reading.period,
    )


def said_by(fact: FactFields) -> Said:
    """Give what a fact that has been written says."""
    return Said(
        fact.entity,
        fact.scope,
        fact.metric,
        fact.measure,
        fact.value,
        fact.low,
        fact.high,
        fact.unit,
        fact.qualifier,
        fact.comparison,
        fact.modality,
        fact.period,
    )
