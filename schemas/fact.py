"""A fact and its parts: the events on ``facts.events``."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from schemas.event import Amount, Event, Moment

Measure = Literal["level", "growth", "change", "multiple", "share"]
Qualifier = Literal["exact", "approx", "more_than", "at_least", "less_than", "at_most", "between"]
Modality = Literal["actual", "forward", "question"]
Side = Literal["company", "analyst", "operator", "publisher"]


class Entity(Event):
    """A company: the ticker of its US listing, else its home code, else its English name."""

    id: str
    name: str


class Period(Event):
    """A span of days, both ends included, with its label (``2025Q3``, ``TTM@2023-06-30``, …)."""

    start: date
    end: date
    label: str


class Speaker(Event):
    """Who says it, with the role as the transcript gives it, and the side that they are on."""

    name: str | None = None
    role: str | None = None
    side: Side


class Evidence(Event):
    """The characters that a fact came from; ``text`` is exactly ``transcript[start:end]``.

    ``agrees`` is false on a translation whose figure is another than the original's: the original
    is what the fact says.
    """

    start: int
    end: int
    text: str
    language: str
    sentence: str
    agrees: bool = True


class Extractor(Event):
    """The program that made the fact."""

    name: str
    version: str


class FactFields(Event):
    """What a fact says and where it came from; the same in the stages and on the stream."""

    fact_id: str
    claim_id: str
    transcript_id: str
    revision: int
    segment_id: str
    entity: Entity | None
    scope: str | None
    metric: str
    measure: Measure
    value: Amount | None
    low: Amount | None
    high: Amount | None
    unit: str
    qualifier: Qualifier
    comparison: str | None
    modality: Modality
    period: Period | None
    speaker: Speaker | None
    section: Literal["prepared", "qa", "summary"] | None
    evidence: Annotated[tuple[Evidence, ...], Field(min_length=1)]
    statement: str
    confidence: Annotated[float, Field(ge=0, le=1)]
    extractor: Extractor
    published_at: Moment | None


class FactEvent(FactFields):
    """One event on ``facts.events``: a fact is asserted, or retracted by a later revision."""

    status: Literal["asserted", "retracted"]
    ingested_at: Moment | None
    extracted_at: Moment
