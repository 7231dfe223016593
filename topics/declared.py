"""Every topic of the pipeline, in the order in which data flows.

This is the one place where a topic is named: code, ``callfacts topics`` and the AsyncAPI document
are made from it. The names are without the prefix that an environment may set.
"""

from dataclasses import dataclass
from datetime import timedelta

from schemas import (
    Alert,
    Claim,
    DeadLetter,
    ExtractedPart,
    FactEvent,
    NormalizedPart,
    SegmentedPart,
    TranscriptCompleted,
    TranscriptMessage,
    TranslatedPart,
)
from schemas.event import Event

MIB = 1024 * 1024
DAY = timedelta(days=1)
YEAR = 365 * DAY


@dataclass(frozen=True)
class Topic:
    """One topic: what it carries, how long, how large.

    ``key`` says what the key is. ``value`` is the model of the value, None where the value is
    bytes that the pipeline does not own. ``kept`` is None for a compacted topic, which keeps the
    latest value of every key for ever. ``largest`` is the size in bytes, as sent, of the largest
    batch of messages. ``compression`` is gzip because it is the one codec that every client can
    read without further packages; between the stages it is lz4, which costs the broker less.
    ``landed_times`` stamps messages with the broker's clock on arrival instead of the sender's.
    ``headers`` is a model that travels in the headers.
    """

    name: str
    key: str
    value: type[Event] | None
    kept: timedelta | None
    largest: int
    meaning: str
    compression: str = "gzip"
    landed_times: bool = False
    headers: type[Event] | None = None
    internal: bool = False

    @property
    def compacted(self) -> bool:
        """Whether it keeps the latest value of every key rather than the latest days."""
        return self.kept is None

    def configuration(self, replication_factor: int) -> dict[str, str]:
        """Give the topic's settings by Kafka's own names."""
        kept = {} if self.kept is None else {"retention.ms": _milliseconds(self.kept)}
        return {
            "cleanup.policy": "compact" if self.compacted else "delete",
            **kept,
            "compression.type": self.compression,
            "max.message.bytes": str(self.largest),
            "message.timestamp.type": "LogAppendTime" if self.landed_times else "CreateTime",
            # With three copies one may be away for a while without a written message being lost.
            "min.insync.replicas": "2" if replication_factor >= 3 else "1",
        }


def by_name(name: str) -> Topic:
    """Give the declared topic of this name, without prefix; ``KeyError`` if there is none."""
    return _BY_NAME[name]


def _milliseconds(span: timedelta) -> str:
    return str(span // timedelta(milliseconds=1))


TRANSCRIPTS_RAW = Topic(
    name="transcripts.raw",
    key="transcript_id",
    value=TranscriptMessage,
    kept=10 * YEAR,
    largest=16 * MIB,
    landed_times=True,
    meaning="Transcripts as they land; a null value withdraws one. Kept to be replayed.",
)
TRANSCRIPTS_SEGMENTED = Topic(
    name="transcripts.segmented",
    key="transcript_id",
    value=SegmentedPart,
    kept=7 * DAY,
    largest=32 * MIB,
    compression="lz4",
    meaning="Transcripts cut into segments, in parts of some tens of segments.",
)
TRANSCRIPTS_NORMALIZED = Topic(
    name="transcripts.normalized",
    key="transcript_id",
    value=NormalizedPart,
    kept=7 * DAY,
    largest=32 * MIB,
    compression="lz4",
    meaning="The same parts with quantities, periods and companies found.",
)
TRANSCRIPTS_TRANSLATED = Topic(
    name="transcripts.translated",
    key="transcript_id",
    value=TranslatedPart,
    kept=56 * DAY,
    largest=16 * MIB,
    meaning="The English of Chinese segments where a translator is set; may come after the facts.",
)
FACTS_EXTRACTED = Topic(
    name="facts.extracted",
    key="transcript_id",
    value=ExtractedPart,
    kept=7 * DAY,
    largest=32 * MIB,
    compression="lz4",
    internal=True,
    meaning="The facts of each part on their way to the publisher.",
)
FACTS_LEDGER = Topic(
    name="facts.ledger",
    key="transcript_id",
    value=None,
    kept=None,
    largest=32 * MIB,
    internal=True,
    meaning="What has been published of each transcript's newest revision, so that nothing is "
    "sent twice and what is gone can be retracted.",
)
FACTS_ASSERTED = Topic(
    name="facts.asserted",
    key="transcript_id, then the chunk's name after a unit separator (U+001F)",
    value=None,
    kept=None,
    largest=32 * MIB,
    compression="lz4",
    internal=True,
    meaning="The facts that stand, as they were asserted, in chunks that the ledger points to: "
    "what a retraction is made from.",
)
FACTS_EVENTS = Topic(
    name="facts.events",
    key="entity id, transcript_id where there is none",
    value=FactEvent,
    kept=10 * YEAR,
    largest=2 * MIB,
    meaning="The facts, one event a message: asserted, or retracted by a later revision.",
)
FACTS_UNATTRIBUTED = Topic(
    name="facts.unattributed",
    key="claim_id",
    value=FactEvent,
    kept=7 * DAY,
    largest=2 * MIB,
    internal=True,
    meaning="The fact events that name no company, on their way to the claims.",
)
FACTS_CLAIMS = Topic(
    name="facts.claims",
    key="claim_id",
    value=Claim,
    kept=None,
    largest=8 * MIB,
    meaning="What all documents together say of each claim, and whether they agree.",
)
TRANSCRIPTS_COMPLETED = Topic(
    name="transcripts.completed",
    key="transcript_id",
    value=TranscriptCompleted,
    kept=10 * YEAR,
    largest=1 * MIB,
    meaning="One message when a revision has been processed to its end, with counts that close.",
)
FACTS_ALERTS = Topic(
    name="facts.alerts",
    key="entity id, claim_id where there is none",
    value=Alert,
    kept=YEAR,
    largest=8 * MIB,
    meaning="What the rules of `callfacts alerts` have fired for, each match once, and what of it "
    "holds no more.",
)
ALERTS_STATE = Topic(
    name="alerts.state",
    key="name of a set of rules, source topic, rule and claim or series, between unit separators "
    "(U+001F)",
    value=None,
    kept=None,
    largest=4 * MIB,
    internal=True,
    meaning="What rules remember: the last values that they compare with, what they have told, and "
    "how far they have read.",
)
PIPELINE_DEADLETTERS = Topic(
    name="pipeline.deadletters",
    key="transcript_id, else null",
    value=None,
    headers=DeadLetter,
    kept=56 * DAY,
    largest=40 * MIB,
    meaning="What could not be processed, byte for byte, with the reason in the headers.",
)
PIPELINE_REQUEUED = Topic(
    name="pipeline.requeued",
    key="partition:offset of the dead letter",
    value=None,
    # Longer than the dead letters themselves, so that none is sent again unawares.
    kept=84 * DAY,
    largest=1 * MIB,
    internal=True,
    meaning="Which dead letters were sent again, and when.",
)

DECLARED = (
    TRANSCRIPTS_RAW,
    TRANSCRIPTS_SEGMENTED,
    TRANSCRIPTS_NORMALIZED,
    TRANSCRIPTS_TRANSLATED,
    FACTS_EXTRACTED,
    FACTS_LEDGER,
    FACTS_ASSERTED,
    FACTS_EVENTS,
    FACTS_UNATTRIBUTED,
    FACTS_CLAIMS,
    FACTS_ALERTS,
    ALERTS_STATE,
    TRANSCRIPTS_COMPLETED,
    PIPELINE_DEADLETTERS,
    PIPELINE_REQUEUED,
)

_BY_NAME = {topic.name: topic for topic in DECLARED}
