"""One partition of ``facts.extracted`` made public: each batch in one Kafka transaction.

The transaction holds the facts, retractions and completions, the ledger's new entries, the dead
letters and the offset of the batch: all of it is readable, or none.
"""

from collections import OrderedDict
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pipeline.metrics.observer import observer
from pipeline.problem import Problem
from pipeline.settings import Settings
from pipeline.stream.events import Cause, events
from pipeline.stream.ledger import (
    Arrival,
    Change,
    FailedCounts,
    Known,
    LedgerEntry,
    PartArrived,
    PartFailed,
    Refused,
    Withdrawn,
    advance,
    concerns,
)
from pipeline.stream.logs import about
from pipeline.stream.record import PART_FAILED, WITHDRAWN, Lineage, LineageError, Message, Record
from pipeline.stream.shelf import (
    ASSERTED,
    LEDGER,
    AssertedChunk,
    LedgerError,
    Shelf,
    chunk_key,
)
from pipeline.stream.transaction import Sending, Sent, Transactional
from pipeline.written import written
from schemas import ExtractedPart, Fact

if TYPE_CHECKING:
    from kafka.structs import ConsumerGroupMetadata

    from pipeline.stream.producing import TransactionalProducer

_IN_WORK = 64


class StaleTranscript(Problem):
    """A transcript message that comes too late: it says something else than the one that holds."""


class Publication(Transactional):
    """The publisher's state and producer for one partition, from ``open`` to ``close``."""

    stage = "publish"
    targets = (LEDGER, ASSERTED, "facts.events", "transcripts.completed")

    def __init__(self, settings: Settings, partition: int, shelf: Shelf) -> None:
        """Take the partition of ``facts.extracted``; ``open`` connects."""
        group = settings.topic(settings.worker_group)
        super().__init__(settings, f"{group}-publisher-{partition}")
        self.partition = partition
        self._shelf = shelf
        self._entries: dict[str, bytes] = {}
        # The transcripts in work with their facts; all others are read back when needed.
        self._known: OrderedDict[str, Known] = OrderedDict()

    def open(self) -> None:
        """End what an earlier publisher of this partition had begun; then read the ledger."""
        super().open()
        self._entries = self._shelf.entries(self.partition)

    def publish(
        self, records: Sequence[Record], committed: dict[Any, Any], group: "ConsumerGroupMetadata"
    ) -> None:
        """Publish all that a batch of records changes, in one transaction with its offset.

        Any exception means that nothing of it is readable, or that this is not known: close this
        and open it again. ``StageStoppedError`` means that it would not help.
        """
        batch = _Batch(self._settings, self._producer, self.partition)
        batch.commit_offsets(committed, group)
        for record in records:
            with about(record):
                self._take(record, batch)
        for transcript_id in batch.after:
            batch.send_chunks(transcript_id)
        if batch.after:
            batch.announce(LEDGER, self.partition)
        batch.flush()
        entries = {each: batch.send_entry(each) for each in batch.after}
        batch.commit()
        self._remember(entries, batch)
        for lineage, changes in batch.told:
            observer().published(lineage, changes)

    def _take(self, record: Record, batch: "_Batch") -> None:
        """Take one record; one that cannot be processed goes to the dead letters."""
        from kafka.errors import KafkaError

        now = datetime.now(UTC)
        try:
            self._advance(record, _arrival(record), now, batch)
        except (KafkaError, LedgerError, OSError):
            raise
        except Exception as fault:  # noqa: BLE001 - kept as a dead letter
            batch.send(self.dead_letter(record, fault, now))
            self.note_failure(fault)
            self._mark_failed(record, now, batch)
        else:
            self.note_success()

    def _mark_failed(self, record: Record, now: datetime, batch: "_Batch") -> None:
        try:
            failed = PartFailed(Lineage.read(record.headers), FailedCounts())
        except LineageError:
            return
        self._advance(record, failed, now, batch)

    def _advance(self, record: Record, arrival: Arrival, now: datetime, batch: "_Batch") -> None:
        transcript_id = (record.key or b"").decode()
        before = self._find(transcript_id, arrival, batch)
        after, changes = advance(before, transcript_id, arrival, now)
        if after is before or after.entry is None:
            return
        messages = events(changes, Cause(record, arrival.lineage, after.entry))
        for change in changes:
            if isinstance(change, Refused):
                original = self._original(arrival.lineage, record)
                messages.append(self.dead_letter(original, StaleTranscript(change.reason), now))
        batch.before.setdefault(transcript_id, before)
        batch.after[transcript_id], batch.entries[transcript_id] = after, after.entry
        batch.told.append((arrival.lineage, changes))
        for message in messages:
            batch.send(message)

    def _find(self, transcript_id: str, arrival: Arrival, batch: "_Batch") -> Known:
        """Give what is known of a transcript, with its facts only where they may change."""
        known = batch.after.get(transcript_id) or self._known.get(transcript_id)
        if known is None:
            stored = self._entries.get(transcript_id)
            if stored is None:
                return Known(None, {})
            known = Known(LedgerEntry.model_validate_json(stored), {})
            batch.unread.add(transcript_id)
        if known.entry and transcript_id in batch.unread and concerns(known.entry, arrival):
            known = Known(known.entry, self._shelf.standing(known.entry, self.partition))
            batch.unread.discard(transcript_id)
            if transcript_id in batch.before:
                # What came before in this batch changed no facts, so these stand before and after.
                batch.before[transcript_id] = batch.after[transcript_id] = known
        return known

    def _original(self, lineage: Lineage, record: Record) -> Record:
        """Give the transcript message itself, as it landed, if it is still there."""
        found = self._shelf.record_at("transcripts.raw", lineage.partition, lineage.offset)
        return found if found is not None and found.key == record.key else record

    def _remember(self, entries: dict[str, LedgerEntry], batch: "_Batch") -> None:
        """Take over what has been committed."""
        for transcript_id, entry in entries.items():
            self._entries[transcript_id] = entry.model_dump_json().encode()
            self._known.pop(transcript_id, None)
            if entry.status == "in_work" and transcript_id not in batch.unread:
                self._known[transcript_id] = Known(entry, batch.after[transcript_id].standing)
        while len(self._known) > _IN_WORK:
            self._known.popitem(last=False)


class _Batch(Sending):
    """What one transaction sends: the changes, and what is known before and after them.

    ``entries`` are those of ``after``, which every transcript in it has; ``unread`` are those
    whose facts were not read, as nothing could change them so far; ``told`` is what subscribers
    are told, and of which messages.
    """

    def __init__(
        self, settings: Settings, producer: "TransactionalProducer", partition: int
    ) -> None:
        super().__init__(settings, producer)
        self.before: dict[str, Known] = {}
        self.after: dict[str, Known] = {}
        self.entries: dict[str, LedgerEntry] = {}
        self.unread: set[str] = set()
        self._partition = partition
        self._chunks: dict[str, dict[str, Sent | None]] = {}
        self.told: list[tuple[Lineage, list[Change]]] = []

    def send_chunks(self, transcript_id: str) -> None:
        """Send those of a transcript's chunks whose facts changed; an empty one as a tombstone."""
        old = _by_chunk(self.before[transcript_id])
        new = _by_chunk(self.after[transcript_id])
        sent = self._chunks[transcript_id] = {}
        for name in sorted(old.keys() | new.keys()):
            facts = new.get(name, {})
            if facts.keys() == old.get(name, {}).keys():
                continue
            chunk = AssertedChunk(transcript_id=transcript_id, facts=tuple(facts.values()))
            value = written(chunk) if facts else None
            message = Message(ASSERTED, chunk_key(transcript_id, name), value, ())
            chunk_sent = self.send(message, self._partition)
            sent[name] = chunk_sent if facts else None

    def send_entry(self, transcript_id: str) -> LedgerEntry:
        """Send a transcript's entry, which says where its chunks have landed."""
        entry = self.entries[transcript_id]
        chunks = dict(entry.chunks)
        for name, sent in self._chunks[transcript_id].items():
            chunks.pop(name, None)
            if sent is not None:
                chunks[name] = sent.offset()
        entry = entry.model_copy(update={"chunks": chunks})
        value = entry.model_dump_json().encode()
        self.send(Message(LEDGER, transcript_id.encode(), value, ()), self._partition)
        return entry


def _arrival(record: Record) -> Arrival:
    """Read a record of ``facts.extracted``."""
    lineage = Lineage.read(record.headers)
    if record.type == WITHDRAWN:
        return Withdrawn(lineage)
    if record.type == PART_FAILED:
        lost = FailedCounts(
            segments=int(record.header("callfacts_failed_segments") or 0),
            quantities=int(record.header("callfacts_failed_quantities") or 0),
        )
        return PartFailed(lineage, lost)
    return PartArrived(lineage, ExtractedPart.model_validate_json(record.value or b""))


def _by_chunk(known: Known) -> dict[str, dict[str, Fact]]:
    chunks: dict[str, dict[str, Fact]] = {}
    for fact_id, stands in known.standing.items():
        chunks.setdefault(stands.chunk, {})[fact_id] = stands.fact
    return chunks
