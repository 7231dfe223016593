"""What a part of a transcript changes for subscribers: a pure state machine, one per transcript.

Parts arrive at least once, those of one transcript in the order of their messages on
``transcripts.raw``; after a crash upstream some come again, and a stage that was thought dead may
still send old ones. The place on ``transcripts.raw`` tells all of these apart: what stems from a
lower place than the message in work has been here before.

``advance`` takes what is known of a transcript and one message, and gives what is known after it
and what subscribers are told: facts asserted as parts arrive; when the last part is there, those
of the former revision that the new one does not hold retracted, and then the completion.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from pydantic import Field

from pipeline.stream.record import Lineage, moment_of
from schemas import ExtractedPart, Fact, TranscriptCompleted
from schemas.event import Event, Moment

Status = Literal["in_work", "processed", "incomplete", "withdrawn"]


class Counts(Event):
    """What the parts of a revision that arrived add up to."""

    segments: int = 0
    quantities: int = 0
    quantities_used: int = 0
    quantities_refused: int = 0
    facts_asserted: int = 0
    facts_unchanged: int = 0
    facts_retracted: int = 0


class FailedCounts(Event):
    """What was lost with a part that is in the dead letters, as far as it is known."""

    segments: int = 0
    quantities: int = 0


class LedgerEntry(Event):
    """What is known of a transcript: a message on ``facts.ledger``, key transcript_id.

    ``partition``, ``offset`` and ``run`` are the origin of the revision that counts;
    ``looked_at_offset`` and ``looked_at_run`` of the last message that was judged, be it refused or
    a repetition. ``kept`` lists, while the revision is in work, the facts of the former one that it
    holds too. ``chunks`` says where on ``facts.asserted`` the facts stand that count: the name of
    each chunk and the offset of its record.
    """

    transcript_id: str
    partition: int
    offset: int
    run: int
    revision: int
    digest: str
    version: str = ""
    status: Status
    parts: int
    seen: tuple[int, ...] = ()
    failed: dict[int, FailedCounts] = Field(default_factory=dict)
    counts: Counts = Counts()
    kept: tuple[str, ...] = ()
    rerun: bool = False
    looked_at_offset: int
    looked_at_run: int
    published_at: Moment | None = None
    ingested_at: Moment
    chunks: dict[str, int] = Field(default_factory=dict)


@dataclass(frozen=True)
class PartArrived:
    """The facts of one part."""

    lineage: Lineage
    part: ExtractedPart


@dataclass(frozen=True)
class PartFailed:
    """One part is in the dead letters; ``lost`` is what it held, as far as it is known."""

    lineage: Lineage
    lost: FailedCounts


@dataclass(frozen=True)
class Withdrawn:
    """A tombstone: the transcript is no more."""

    lineage: Lineage


Arrival = PartArrived | PartFailed | Withdrawn


@dataclass(frozen=True)
class StandingFact:
    """A fact as it was asserted and not retracted since, and the chunk that keeps it."""

    chunk: str
    fact: Fact


Standing = Mapping[str, StandingFact]


@dataclass(frozen=True)
class Known:
    """What is known of a transcript, and its facts that stand by their ``fact_id``."""

    entry: LedgerEntry | None
    standing: Standing


@dataclass(frozen=True)
class Asserted:
    """A fact is new."""

    fact: Fact


@dataclass(frozen=True)
class Retracted:
    """A fact does not hold any more; it has the fields with which it was asserted."""

    fact: Fact


@dataclass(frozen=True)
class Refused:
    """The message changes nothing and belongs into the dead letters."""

    reason: str


Change = Asserted | Retracted | TranscriptCompleted | Refused


def concerns(entry: LedgerEntry | None, arrival: Arrival) -> bool:
    """Tell whether a message may change facts, so that those that stand must be at hand."""
    return _judge(entry, arrival) in ("go on", "begin")


def advance(
    known: Known, transcript_id: str, arrival: Arrival, now: datetime
) -> tuple[Known, list[Change]]:
    """Take one message; give what is known after it, and what subscribers are told, in order."""
    verdict = _judge(known.entry, arrival)
    if verdict == "go on" and known.entry and not isinstance(arrival, Withdrawn):
        return _go_on(known, known.entry, arrival, now)
    if verdict == "begin":
        begun = _begin(known.entry, transcript_id, arrival)
        if isinstance(arrival, Withdrawn):
            return _withdraw(begun, known.standing, now)
        return _go_on(known, begun, arrival, now)
    if verdict not in ("repeated", "refused"):
        return known, []
    looked_at = _looked_at(known.entry, transcript_id, arrival)
    changes: list[Change] = [] if verdict == "repeated" else [Refused(_why(known.entry, arrival))]
    return replace(known, entry=looked_at), changes


Verdict = Literal["known", "go on", "begin", "repeated", "refused"]


def _judge(entry: LedgerEntry | None, arrival: Arrival) -> Verdict:
    """Say what a message is: old, of the revision in work, a new one, a repetition, refused."""
    new = arrival.lineage
    if entry is None:
        return "refused" if isinstance(arrival, Withdrawn) else "begin"
    if new.partition != entry.partition:
        # The topic was given more partitions: only the time tells which message is later.
        if moment_of(new.ingested_at) <= entry.ingested_at:
            return "known"
    else:
        place, current = (new.offset, new.run), (entry.offset, entry.run)
        if place == current:
            return _of_the_same_place(entry, new)
        if place < current:
            return "known"
        if new.offset == entry.offset:
            return _of_a_replay(entry, arrival)
        if place <= (entry.looked_at_offset, entry.looked_at_run):
            return "known"
    if isinstance(arrival, Withdrawn):
        return "repeated" if entry.status == "withdrawn" else "begin"
    if entry.status == "withdrawn" or new.revision > entry.revision:
        return "begin"
    if new.digest == entry.digest:
        again = new.revision == entry.revision and (
            new.run > entry.run or entry.status == "incomplete"
        )
        return "begin" if again else "repeated"
    return "repeated" if new.run else "refused"


def _of_the_same_place(entry: LedgerEntry, new: Lineage) -> Verdict:
    """Judge a part of the message in work; another version may have cut it into other parts."""
    if entry.status == "withdrawn":
        return "known"
    if new.version == entry.version:
        return "go on"
    return "known" if entry.status == "processed" else "begin"


def _of_a_replay(entry: LedgerEntry, arrival: Arrival) -> Verdict:
    """Judge the very message that counts as it comes again in a replay: its facts are read anew.

    Whatever came after it and was refused does not count, nor does how its digest is made today.
    """
    withdrawn = entry.status == "withdrawn"
    return "repeated" if withdrawn or isinstance(arrival, Withdrawn) else "begin"


def _why(entry: LedgerEntry | None, arrival: Arrival) -> str:
    if entry is None or isinstance(arrival, Withdrawn):
        return "a tombstone for a transcript that never came: there is nothing to withdraw"
    return (
        f"revision {arrival.lineage.revision} comes with other content after revision "
        f"{entry.revision}; a correction has a higher revision"
    )


def _looked_at(entry: LedgerEntry | None, transcript_id: str, arrival: Arrival) -> LedgerEntry:
    new = arrival.lineage
    if entry is not None:
        return entry.model_copy(update={"looked_at_offset": new.offset, "looked_at_run": new.run})
    return LedgerEntry(
        transcript_id=transcript_id,
        partition=new.partition,
        offset=new.offset,
        run=new.run,
        revision=0,
        digest="",
        status="withdrawn",
        parts=0,
        looked_at_offset=new.offset,
        looked_at_run=new.run,
        ingested_at=moment_of(new.ingested_at),
    )


def _begin(former: LedgerEntry | None, transcript_id: str, arrival: Arrival) -> LedgerEntry:
    """Turn to a new message; the facts that stand are, until it is complete, the former ones."""
    new = arrival.lineage
    withdrawn = isinstance(arrival, Withdrawn)
    looked_at = (new.offset, new.run)
    if former is not None and former.partition == new.partition:
        looked_at = max(looked_at, (former.looked_at_offset, former.looked_at_run))
    return LedgerEntry(
        transcript_id=transcript_id,
        partition=new.partition,
        offset=new.offset,
        run=new.run,
        revision=former.revision if withdrawn and former else new.revision,
        digest=new.digest,
        version=new.version,
        status="in_work",
        parts=new.parts,
        rerun=bool(former and former.status == "processed" and _says_the_same(former, new)),
        looked_at_offset=looked_at[0],
        looked_at_run=looked_at[1],
        published_at=former.published_at if withdrawn and former else None,
        ingested_at=moment_of(new.ingested_at),
        chunks=former.chunks if former else {},
    )


def _says_the_same(former: LedgerEntry, new: Lineage) -> bool:
    """Tell whether a message is one of the same content as the former, or that one itself."""
    itself = (former.partition, former.offset) == (new.partition, new.offset)
    return itself or former.digest == new.digest


def _go_on(
    known: Known, entry: LedgerEntry, arrival: PartArrived | PartFailed, now: datetime
) -> tuple[Known, list[Change]]:
    """Take one part of the message in work."""
    number = arrival.lineage.part
    if number in entry.seen or not 0 <= number < entry.parts:
        return known, []
    if isinstance(arrival, PartFailed):
        if number in entry.failed:
            return known, []
        failed = {**entry.failed, number: arrival.lost}
        return _finish(entry.model_copy(update={"failed": failed}), known.standing, now)
    entry, standing, changes = _take_facts(entry, known.standing, arrival)
    after, at_the_end = _finish(entry, standing, now)
    return after, changes + at_the_end


def _take_facts(
    entry: LedgerEntry, former: Standing, arrival: PartArrived
) -> tuple[LedgerEntry, Standing, list[Change]]:
    standing, kept, changes = dict(former), set(entry.kept), list[Change]()
    unchanged, chunk, message = 0, _chunk(arrival.lineage), _message_in_work(entry)
    for fact in arrival.part.facts:
        stands = standing.get(fact.fact_id)
        if stands is not None:
            if fact.fact_id in kept or _is_of(message, stands):
                continue
            if _substance(stands.fact) == _substance(fact):
                kept.add(fact.fact_id)
                unchanged += 1
                continue
            changes.append(Retracted(stands.fact))
        standing[fact.fact_id] = StandingFact(chunk, fact)
        changes.append(Asserted(fact))
    asserted = sum(isinstance(change, Asserted) for change in changes)
    entry = entry.model_copy(
        update={
            "seen": tuple(sorted((*entry.seen, arrival.lineage.part))),
            "failed": {n: c for n, c in entry.failed.items() if n != arrival.lineage.part},
            "kept": tuple(sorted(kept)),
            "published_at": arrival.part.transcript.published_at,
            "counts": _added(
                entry.counts, arrival.part, asserted, unchanged, len(changes) - asserted
            ),
        }
    )
    return entry, standing, changes


def _added(
    counts: Counts, part: ExtractedPart, asserted: int, unchanged: int, retracted: int
) -> Counts:
    return Counts(
        segments=counts.segments + part.segments,
        quantities=counts.quantities + part.quantities,
        quantities_used=counts.quantities_used + part.quantities_used,
        quantities_refused=counts.quantities_refused + part.quantities_refused,
        facts_asserted=counts.facts_asserted + asserted,
        facts_unchanged=counts.facts_unchanged + unchanged,
        facts_retracted=counts.facts_retracted + retracted,
    )


def _finish(entry: LedgerEntry, standing: Standing, now: datetime) -> tuple[Known, list[Change]]:
    """End the revision if all its parts are accounted for.

    While a part is in the dead letters, what it held is not known, so nothing is retracted; when
    it is requeued and arrives, the revision is ended again.
    """
    if len(entry.seen) + len(entry.failed) < entry.parts:
        return Known(entry, standing), []
    if entry.failed:
        entry = entry.model_copy(update={"status": "incomplete"})
        return Known(entry, standing), [_completed(entry, "incomplete", now)]
    kept, message = set(entry.kept), _message_in_work(entry)
    gone = {i: s for i, s in standing.items() if i not in kept and not _is_of(message, s)}
    counts = entry.counts.model_copy(
        update={"facts_retracted": entry.counts.facts_retracted + len(gone)}
    )
    entry = entry.model_copy(update={"status": "processed", "kept": (), "counts": counts})
    changes = _retracted(gone)
    if not entry.rerun or counts.facts_asserted or counts.facts_retracted:
        changes.append(_completed(entry, "processed", now))
    if gone:
        standing = {i: s for i, s in standing.items() if i not in gone}
    return Known(entry, standing), changes


def _withdraw(entry: LedgerEntry, standing: Standing, now: datetime) -> tuple[Known, list[Change]]:
    counts = Counts(facts_retracted=len(standing))
    entry = entry.model_copy(update={"status": "withdrawn", "parts": 0, "counts": counts})
    return Known(entry, {}), [*_retracted(standing), _completed(entry, "withdrawn", now)]


def _retracted(gone: Standing) -> list[Change]:
    """Retract facts in the order of their ids: the one in which they are known is not always one.

    Facts that were read back stand in the order of their chunks, which a revision may write anew.
    """
    return [Retracted(gone[fact_id].fact) for fact_id in sorted(gone)]


def _completed(
    entry: LedgerEntry, status: Literal["processed", "incomplete", "withdrawn"], now: datetime
) -> TranscriptCompleted:
    counts = entry.counts
    lost_quantities = sum(each.quantities for each in entry.failed.values())
    return TranscriptCompleted(
        transcript_id=entry.transcript_id,
        revision=entry.revision,
        status=status,
        segments=counts.segments + sum(each.segments for each in entry.failed.values()),
        quantities=counts.quantities + lost_quantities,
        quantities_used=counts.quantities_used,
        quantities_refused=counts.quantities_refused,
        quantities_dead_lettered=lost_quantities,
        facts=counts.facts_asserted + counts.facts_unchanged,
        facts_asserted=counts.facts_asserted,
        facts_unchanged=counts.facts_unchanged,
        facts_retracted=counts.facts_retracted,
        dead_letters=len(entry.failed),
        published_at=entry.published_at,
        ingested_at=entry.ingested_at,
        completed_at=now,
    )


def _is_of(message: str, stands: StandingFact) -> bool:
    """Tell whether a fact that stands was asserted by a message."""
    return stands.chunk.rpartition("/")[0] == message


def _message_in_work(entry: LedgerEntry) -> str:
    return _message_of(
        Lineage(entry.partition, entry.offset, 0, run=entry.run, version=entry.version)
    )


def _chunk(lineage: Lineage) -> str:
    return f"{_message_of(lineage)}/{lineage.part}"


def _message_of(lineage: Lineage) -> str:
    return f"{lineage.identity}/{lineage.version}"


def _substance(fact: Fact) -> tuple[object, ...]:
    """Give what a fact says, without where in the text it stands and which program read it.

    A fact of a new revision with the same substance still holds and is not sent again.
    """
    return (
        fact.claim_id,
        fact.entity,
        fact.scope,
        fact.metric,
        fact.measure,
        fact.value,
        fact.low,
        fact.high,
        fact.unit,
        fact.qualifier,
        fact.comparison,
        fact.modality,
        fact.period,
        fact.speaker,
        fact.section,
        fact.statement,
        tuple((each.text, each.language, each.sentence) for each in fact.evidence),
    )
