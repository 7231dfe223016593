"""Segments with what was found in them: the messages on ``transcripts.normalized``."""

from typing import Literal

from schemas.event import Amount, Event
from schemas.fact import Entity, Period, Qualifier
from schemas.segmented import DocumentContext, Segment, TranscriptHeader

QuantityKind = Literal["money", "percent", "points", "multiple", "measure", "count", "number"]


class Quantity(Event):
    """A number or worded quantity with its unit, in base units, at its place in the transcript.

    ``start`` and ``end`` count code points in the transcript's text and hold number, unit, sign and
    hedge ("about $1.2 billion"). ``kind`` is ``number`` where no unit is stated or implied by the
    wording itself (``unit`` is then null). ``counted`` is what a count counts, as written, without
    the number ("customers", 家門店). ``worded`` marks magnitudes without a numeral (tens of
    billions, 三位数). ``signed`` says that the sign stands in the expression itself (-3%, (3)%).
    """

    start: int
    end: int
    text: str
    kind: QuantityKind
    value: Amount | None = None
    low: Amount | None = None
    high: Amount | None = None
    unit: str | None = None
    qualifier: Qualifier = "exact"
    counted: str | None = None
    worded: bool = False
    signed: bool = False


class PeriodMention(Event):
    """A stretch that names a time, resolved to dates."""

    start: int
    end: int
    text: str
    period: Period
    relation: Literal["in", "by", "since", "versus"] = "in"


class CompanyMention(Event):
    """A stretch that names a company."""

    start: int
    end: int
    text: str
    company: Entity


class NormalizedSegment(Segment):
    """A segment with its quantities, times and companies, and its English.

    ``about`` is the company that the segment is about, ``reporting`` that company's reporting
    period. ``pair_quantities`` are those of the translation; offsets as everywhere.
    """

    quantities: tuple[Quantity, ...] = ()
    pair_quantities: tuple[Quantity, ...] = ()
    periods: tuple[PeriodMention, ...] = ()
    companies: tuple[CompanyMention, ...] = ()
    about: Entity | None = None
    reporting: Period | None = None
    currency: str | None = None
    english: str | None = None


class NormalizedPart(Event):
    """Part ``part`` of ``parts`` (from 0) of a transcript's normalised segments."""

    transcript: TranscriptHeader
    context: DocumentContext
    part: int
    parts: int
    segments: tuple[NormalizedSegment, ...]
