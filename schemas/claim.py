"""What documents together say: the compacted state on ``facts.claims``."""

from typing import Literal

from schemas.event import Amount, Event, Moment
from schemas.fact import Entity, Measure, Modality, Period, Qualifier, Side


class ClaimStatement(Event):
    """One fact that states the claim, with what decides how much it weighs."""

    fact_id: str
    transcript_id: str
    revision: int
    published_at: Moment | None
    side: Side | None
    value: Amount | None
    low: Amount | None
    high: Amount | None
    unit: str
    qualifier: Qualifier


class ClaimRevision(Event):
    """How the value to use changed: what it was, since when, and by which fact."""

    at: Moment | None
    fact_id: str
    value: Amount | None
    low: Amount | None
    high: Amount | None
    qualifier: Qualifier


class Claim(Event):
    """All that is stated about one entity, scope, metric, measure, period and modality.

    ``value``, ``low``, ``high`` and ``qualifier`` are the ones to use: company before publisher,
    more exact before less, later revision before earlier. ``agreement`` compares the documents,
    aware of rounding.
    """

    claim_id: str
    entity: Entity | None
    scope: str | None
    metric: str
    measure: Measure
    unit: str
    period: Period | None
    comparison: str | None
    modality: Modality
    value: Amount | None
    low: Amount | None
    high: Amount | None
    qualifier: Qualifier
    agreement: Literal["single", "agree", "conflict"]
    statements: tuple[ClaimStatement, ...]
    history: tuple[ClaimRevision, ...]
