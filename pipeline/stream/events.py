"""What subscribers read: the messages made from the ledger's changes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from pipeline.stream.ledger import Asserted, Change, LedgerEntry, Retracted
from pipeline.stream.record import (
    Headers,
    Lineage,
    Message,
    Record,
    event_headers,
    moment_of,
    traceparent_of,
)
from schemas import Fact, FactEvent, TranscriptCompleted

FACT_ASSERTED = "callfacts.fact.asserted"
FACT_RETRACTED = "callfacts.fact.retracted"
COMPLETED = "callfacts.transcript.completed"


@dataclass(frozen=True)
class Cause:
    """The record that changes were made from, and the ledger's entry after it."""

    record: Record
    lineage: Lineage
    entry: LedgerEntry


def events(changes: Iterable[Change], cause: Cause) -> list[Message]:
    """Write the facts and completions among the changes as messages, in their order."""
    messages = []
    for change in changes:
        if isinstance(change, Asserted | Retracted):
            messages.append(_fact_event(change, cause))
        elif isinstance(change, TranscriptCompleted):
            messages.append(_completed(change, cause))
    return messages


def _fact_event(change: Asserted | Retracted, cause: Cause) -> Message:
    asserted, fact = isinstance(change, Asserted), change.fact
    event = FactEvent.model_construct(
        **{name: getattr(fact, name) for name in Fact.model_fields},
        status="asserted" if asserted else "retracted",
        ingested_at=moment_of(cause.lineage.ingested_at),
        extracted_at=moment_of(cause.record.timestamp),
    )
    headers = _headers(
        cause,
        FACT_ASSERTED if asserted else FACT_RETRACTED,
        f"{fact.fact_id}-{event.status}-r{cause.entry.revision}@{cause.lineage.identity}",
        event.extracted_at,
    )
    key = fact.entity.id if fact.entity else fact.transcript_id
    return Message("facts.events", key.encode(), event.model_dump_json().encode(), headers)


def _completed(completed: TranscriptCompleted, cause: Cause) -> Message:
    headers = _headers(
        cause,
        COMPLETED,
        f"{completed.transcript_id}-r{completed.revision}-{completed.status}"
        f"@{cause.lineage.identity}",
        completed.completed_at,
    )
    return Message(
        "transcripts.completed",
        completed.transcript_id.encode(),
        completed.model_dump_json().encode(),
        headers,
    )


def _headers(cause: Cause, kind: str, identity: str, moment: datetime) -> Headers:
    return event_headers(
        stage="publish",
        kind=kind,
        identity=identity,
        moment=moment,
        traceparent=traceparent_of(cause.record, cause.lineage.identity),
    )
