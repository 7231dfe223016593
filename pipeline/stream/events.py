"""What subscribers read: the messages made from the ledger's changes."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from pipeline.stream.ledger import Asserted, Change, LedgerEntry, Retracted
from pipeline.stream.record import (
    Lineage,
    Message,
    Record,
    event_headers,
    moment_of,
    traceparent_of,
)
from pipeline.written import event_written
from schemas import TranscriptCompleted

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
    identity = cause.lineage.identity
    traceparent = traceparent_of(cause.record, identity)
    ingested, extracted = moment_of(cause.lineage.ingested_at), moment_of(cause.record.timestamp)
    messages = []
    for change in changes:
        if isinstance(change, Asserted | Retracted):
            is_new, fact = isinstance(change, Asserted), change.fact
            status: Literal["asserted", "retracted"] = "asserted" if is_new else "retracted"
            value = event_written(fact, status, ingested_at=ingested, extracted_at=extracted)
            headers = event_headers(
                stage="publish",
                kind=FACT_ASSERTED if is_new else FACT_RETRACTED,
                identity=f"{fact.fact_id}-{status}-r{cause.entry.revision}@{identity}",
                moment=extracted,
                traceparent=traceparent,
            )
            key = (fact.entity.id if fact.entity else fact.transcript_id).encode()
            messages.append(Message("facts.events", key, value, headers))
        elif isinstance(change, TranscriptCompleted):
            messages.append(_completed(change, identity, traceparent))
    return messages


def _completed(completed: TranscriptCompleted, identity: str, traceparent: bytes) -> Message:
    headers = event_headers(
        stage="publish",
        kind=COMPLETED,
        identity=f"{completed.transcript_id}-r{completed.revision}-{completed.status}@{identity}",
        moment=completed.completed_at,
        traceparent=traceparent,
    )
    return Message(
        "transcripts.completed",
        completed.transcript_id.encode(),
        completed.model_dump_json().encode(),
        headers,
    )
