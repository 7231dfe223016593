"""The English of Chinese segments: the messages on ``transcripts.translated``."""

from schemas.event import Event
from schemas.segmented import Language


class SegmentEnglish(Event):
    """What a segment says in English; ``start`` and ``end`` are the segment's own place."""

    segment_id: str
    language: Language
    start: int
    end: int
    english: str


class TranslatedPart(Event):
    """The translated segments of part ``part`` of ``parts`` of a transcript's revision.

    It comes when the translator is done, before or after the facts, which do not need it. A segment
    that the translator had no faultless English for is left out; a part without any is not sent.
    ``translator`` names the model that made it.
    """

    transcript_id: str
    revision: int
    part: int
    parts: int
    translator: str
    segments: tuple[SegmentEnglish, ...]
