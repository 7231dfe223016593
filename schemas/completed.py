"""A revision has been processed to its end: the events on ``transcripts.completed``."""

from typing import Literal

from schemas.event import Event, Moment


class TranscriptCompleted(Event):
    """Comes after the last fact of a revision; its counts close.

    ``quantities == quantities_used + quantities_refused + quantities_dead_lettered`` and
    ``facts == facts_asserted + facts_unchanged``.
    """

    transcript_id: str
    revision: int
    status: Literal["processed", "incomplete", "withdrawn"]
    segments: int
    quantities: int
    quantities_used: int
    quantities_refused: int
    quantities_dead_lettered: int
    facts: int
    facts_asserted: int
    facts_unchanged: int
    facts_retracted: int
    dead_letters: int
    published_at: Moment | None
    ingested_at: Moment | None
    completed_at: Moment
