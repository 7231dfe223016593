"""A transcript cut into segments: the messages on ``transcripts.segmented``.

A transcript travels in parts of some tens of segments, cut where the subject changes, so that the
first facts are out while the rest is still in work.
"""

from datetime import date
from decimal import Decimal
from typing import Any, Literal

from pydantic import Field

from schemas.event import Amount, Event, Moment
from schemas.fact import Entity, Period, Speaker
from schemas.transcript import Source

Language = Literal["en", "zh-Hans", "zh-Hant", "und"]
SegmentKind = Literal["turn", "question", "answer", "paragraph", "bullet", "heading"]
Section = Literal["prepared", "qa", "summary"]


class TranscriptHeader(Event):
    """All of a transcript message but its text."""

    transcript_id: str
    revision: int = 1
    published_at: Moment | None = None
    title: str | None = None
    source: Source | None = None
    entity: str | None = None
    period: str | None = None
    language: str | None = None
    ingested_at: Moment | None = None
    extra: dict[str, Any] = Field(default_factory=dict)


class DocumentCompany(Event):
    """One of the companies that a round-up goes through, with the names it gives them."""

    company: Entity
    aliases: tuple[str, ...] = ()


class DocumentContext(Event):
    """What the document as a whole says of itself; every part carries it.

    ``company`` is whom the document is about where it is one company, ``companies`` are those of a
    round-up, ``period`` the reporting
    period (calendar dates), ``call_day`` the day of the call, ``currency`` the ISO 4217 code that
    a bare 元 or 億 stands for, ``growth_basis`` the comparison that the document declares for
    growth rates without a named base. ``fiscal_year_end`` is the month (1 to 12) in which the year
    of a company that no table knows ends, where the document tells.
    """

    company: Entity | None = None
    companies: tuple[DocumentCompany, ...] = ()
    period: Period | None = None
    call_day: date | None = None
    currency: str | None = None
    scale: Amount = Decimal(1)
    growth_basis: Literal["yoy", "qoq"] = "yoy"
    fiscal_year_end: int | None = None


class Translation(Event):
    """The same content in the other language, at its own place in the transcript."""

    start: int
    end: int
    language: Language
    text: str


class Segment(Event):
    """A stretch of a transcript with one role. Offsets count code points in the transcript's text.

    ``heading_path`` holds the headings above it, outermost first. ``boilerplate`` marks safe
    harbour, disclaimers, copyright: kept, never mined. ``question_id`` is, on an answer, the
    segment_id of the (first) question that it answers. ``echo`` counts the earlier segments of the
    transcript with the very same text, so that repetitions can be told apart.
    """

    segment_id: str
    kind: SegmentKind
    speaker: Speaker | None = None
    section: Section | None = None
    heading_path: tuple[str, ...] = ()
    language: Language
    text: str
    start: int
    end: int
    pair: Translation | None = None
    boilerplate: bool = False
    question_id: str | None = None
    echo: int = 0


class SegmentedPart(Event):
    """Part ``part`` of ``parts`` (from 0) of a transcript's segments."""

    transcript: TranscriptHeader
    context: DocumentContext
    part: int
    parts: int
    segments: tuple[Segment, ...]
