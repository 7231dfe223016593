"""The events of the pipeline: pydantic models, from which the JSON Schemas are generated.

One module an event, in the order in which they flow. The models are also the values that the
stages take and give, so that a message on Kafka and a value in a test are the same thing.
"""

from schemas.alert import Alert, EarlierStatement
from schemas.claim import Claim, ClaimRevision, ClaimStatement
from schemas.completed import TranscriptCompleted
from schemas.deadletter import DeadLetter
from schemas.extracted import ExtractedPart, Fact
from schemas.fact import Entity, Evidence, Extractor, FactEvent, Period, Speaker
from schemas.normalized import (
    CompanyMention,
    NormalizedPart,
    NormalizedSegment,
    PeriodMention,
    Quantity,
)
from schemas.segmented import (
    DocumentCompany,
    DocumentContext,
    Segment,
    SegmentedPart,
    TranscriptHeader,
    Translation,
)
from schemas.transcript import Source, TranscriptMessage
from schemas.translated import SegmentEnglish, TranslatedPart

__all__ = [
    "Alert",
    "Claim",
    "ClaimRevision",
    "ClaimStatement",
    "CompanyMention",
    "DeadLetter",
    "DocumentCompany",
    "DocumentContext",
    "EarlierStatement",
    "Entity",
    "Evidence",
    "ExtractedPart",
    "Extractor",
    "Fact",
    "FactEvent",
    "NormalizedPart",
    "NormalizedSegment",
    "Period",
    "PeriodMention",
    "Quantity",
    "Segment",
    "SegmentEnglish",
    "SegmentedPart",
    "Source",
    "Speaker",
    "TranscriptCompleted",
    "TranscriptHeader",
    "TranscriptMessage",
    "TranslatedPart",
    "Translation",
]
