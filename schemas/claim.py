"""What documents together say: the compacted state on ``facts.claims``."""

from typing import Literal

from schemas.event import Amount, Event, Moment
from schemas.fact import Entity, Measure, Modality, Period, Qualifier, Side


class ClaimStatement(Event):
    """One fact that states the claim, in its own wording, with what decides how much it weighs.

    ``text`` is the quantity's own expression in the document and ``precision`` the unit of the
    last digit that it states: 100000000 for "$134.4 billion". ``agrees`` says whether it agrees,
    as rounded, with the value to use; null where the currencies differ, which are not compared.
    """

    fact_id: str
    transcript_id: str
    revision: int
    published_at: Moment | None
    side: Side | None
    speaker: str | None = None
    entity: Entity | None = None
    scope: str | None = None
    metric: str | None = None
    measure: Measure | None = None
    period: Period | None = None
    comparison: str | None = None
    value: Amount | None
    low: Amount | None
    high: Amount | None
    unit: str
    qualifier: Qualifier
    text: str | None = None
    precision: Amount | None = None
    agrees: bool | None = None


class ClaimRevision(Event):
    """How the value to use changed: what it was, since when, and by which fact."""

    at: Moment | None
    fact_id: str
    value: Amount | None
    low: Amount | None
    high: Amount | None
    qualifier: Qualifier
    unit: str | None = None


class Claim(Event):
    """All that is stated about one entity, scope, metric, measure, period and modality.

    ``value``, ``low``, ``high`` and ``qualifier`` are the ones to use: company before publisher,
    more exact before less, later revision before earlier. ``agreement`` compares the documents,
    aware of rounding: ``conflict`` where two of them have no amount in common, ``agree`` where
    all that state it have, ``single`` where one document alone does. ``history`` has the value to
    use as of each publication, oldest first, made from the statements that stand.
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
