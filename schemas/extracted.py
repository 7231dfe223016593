"""Facts on their way to the publisher: the messages on the internal topic ``facts.extracted``."""

from schemas.event import Event
from schemas.fact import FactFields
from schemas.segmented import TranscriptHeader


class Fact(FactFields):
    """A fact as the extract stage gives it: no status and no processing times yet."""


class ExtractedPart(Event):
    """Part ``part`` of ``parts`` of a transcript's facts, with the counts that must close.

    Every quantity of the part either became a fact or was judged to be none:
    ``quantities == quantities_used + quantities_refused``.
    """

    transcript: TranscriptHeader
    part: int
    parts: int
    facts: tuple[Fact, ...]
    segments: int
    quantities: int
    quantities_used: int
    quantities_refused: int
