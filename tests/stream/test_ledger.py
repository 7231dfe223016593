"""The ledger's state machine: what subscribers are told, whatever is delivered twice or late."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from itertools import chain

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.stream.ledger import (
    Arrival,
    Asserted,
    Change,
    FailedCounts,
    Known,
    PartArrived,
    PartFailed,
    Refused,
    Retracted,
    Withdrawn,
    advance,
    concerns,
)
from pipeline.stream.record import Lineage
from schemas import (
    Evidence,
    ExtractedPart,
    Extractor,
    Fact,
    TranscriptCompleted,
    TranscriptHeader,
)

NOW = datetime(2026, 1, 1, tzinfo=UTC)
NOTHING = Known(None, {})


@dataclass(frozen=True)
class Message:
    """A message on transcripts.raw: its parts' facts as (fact_id, value); None is a tombstone."""

    revision: int
    parts: tuple[tuple[tuple[str, int], ...], ...] | None
    fails: frozenset[int] = frozenset()


def fact(fact_id: str, value: int, revision: int, at: int = 0) -> Fact:
    return Fact(
        fact_id=fact_id,
        claim_id="c",
        transcript_id="t",
        revision=revision,
        segment_id="s0",
        entity=None,
        scope=None,
        metric="revenue",
        measure="level",
        value=Decimal(value),
        low=None,
        high=None,
        unit="USD",
        qualifier="exact",
        comparison=None,
        modality="actual",
        period=None,
        speaker=None,
        section=None,
        evidence=(
            Evidence(start=at, end=at + 1, text=str(value), language="en", sentence="It is."),
        ),
        statement=f"It was {value}.",
        confidence=0.9,
        extractor=Extractor(name="x", version="1"),
        published_at=None,
    )


def arrivals(message: Message, offset: int, run: int = 0, version: str = "1") -> list[Arrival]:
    """What the extract stage gives for a message, each part once, in order."""
    if message.parts is None:
        return [Withdrawn(Lineage(0, offset, 1_000 + offset, run=run))]
    lineage = Lineage(
        0,
        offset,
        1_000 + offset,
        revision=message.revision,
        digest=repr(message.parts),
        run=run,
        version=version,
    )
    found: list[Arrival] = []
    for number, facts in enumerate(message.parts):
        place = lineage.of_part(number, len(message.parts))
        if number in message.fails:
            found.append(PartFailed(place, FailedCounts(segments=1, quantities=len(facts))))
            continue
        part = ExtractedPart(
            transcript=TranscriptHeader(transcript_id="t", revision=message.revision),
            part=number,
            parts=len(message.parts),
            facts=tuple(fact(i, value, message.revision, at=offset) for i, value in facts),
            segments=1,
            quantities=len(facts) + 1,
            quantities_used=len(facts),
            quantities_refused=1,
        )
        found.append(PartArrived(place, part))
    return found


def told(log: Iterable[Arrival], known: Known = NOTHING) -> tuple[Known, list[Change]]:
    changes: list[Change] = []
    for arrival in log:
        before = known
        if not concerns(known.entry, arrival):
            # What the publisher does: facts are read back only where they may change.
            known = Known(known.entry, {})
        after, more = advance(known, "t", arrival, NOW)
        known = after if after.entry is None else Known(after.entry, after.standing)
        if not concerns(before.entry, arrival):
            known = Known(after.entry, before.standing)
        changes += more
    return known, changes


facts_of_a_part = st.lists(
    st.tuples(st.sampled_from("abcd"), st.integers(1, 2)), max_size=3, unique_by=lambda f: f[0]
).map(tuple)
messages = st.builds(
    Message,
    revision=st.integers(1, 3),
    parts=st.one_of(st.none(), st.lists(facts_of_a_part, min_size=1, max_size=3).map(tuple)),
)
histories = st.lists(messages, min_size=1, max_size=5)
failing_histories = st.lists(
    st.builds(
        Message,
        revision=st.integers(1, 3),
        parts=st.lists(facts_of_a_part, min_size=1, max_size=3).map(tuple),
        fails=st.frozensets(st.integers(0, 2), max_size=2),
    ),
    min_size=1,
    max_size=4,
)


def clean(history: Sequence[Message], run: int = 0) -> list[list[Arrival]]:
    return [arrivals(message, offset, run) for offset, message in enumerate(history)]


def flat(log: list[list[Arrival]]) -> list[Arrival]:
    return list(chain.from_iterable(log))


def with_crashes(log: list[list[Arrival]], draw: Callable[[st.SearchStrategy[int]], int]) -> list:
    """Deliver at least once: a crash in the middle of an item goes back to an item before it."""
    out: list[Arrival] = []
    at, crashes = 0, 0
    while at < len(log):
        if crashes < 3 and draw(st.integers(0, 3)) == 0:
            crashes += 1
            out += log[at][: draw(st.integers(0, len(log[at])))]
            at = draw(st.integers(0, at))
            continue
        out += log[at]
        at += 1
    return out


@given(histories, st.data())
@settings(max_examples=300, deadline=None)
def test_delivering_twice_changes_nothing(history: list[Message], data: st.DataObject) -> None:
    _, expected = told(flat(clean(history)))
    once_more = with_crashes(clean(history), data.draw)
    again = with_crashes([[each] for each in once_more], data.draw)
    _, actual = told(again)
    assert actual == expected


@given(histories, st.data())
@settings(max_examples=200, deadline=None)
def test_a_replay_tells_nothing_new(history: list[Message], data: st.DataObject) -> None:
    live = flat(clean(history))
    known, _ = told(live)
    known, changes = told(with_crashes(clean(history, run=7), data.draw), known)
    assert changes == []
    _, changes = told(live, known)
    assert changes == []


@given(histories)
@settings(max_examples=300, deadline=None)
def test_what_stands_is_the_newest_revision(history: list[Message]) -> None:
    known, changes = told(flat(clean(history)))
    expected: dict[str, int] = {}
    revision, parts = 0, None
    refused = 0
    came = False
    for message in history:
        if message.parts is None:
            refused += not came
            came, revision, parts, expected = True, 0, None, {}
        elif message.revision > revision:
            came, revision, parts = True, message.revision, message.parts
            expected = {}
            for i, value in chain.from_iterable(message.parts):
                expected.setdefault(i, value)
        else:
            refused += message.parts != parts
    assert {i: s.fact.value for i, s in known.standing.items()} == expected
    assert sum(isinstance(change, Refused) for change in changes) == refused


@given(st.one_of(histories, failing_histories), st.data())
@settings(max_examples=300, deadline=None)
def test_every_fact_is_asserted_and_retracted_in_turn(
    history: list[Message], data: st.DataObject
) -> None:
    known, changes = told(with_crashes(clean(history), data.draw))
    stands: dict[str, Fact] = {}
    for change in changes:
        if isinstance(change, Asserted):
            assert change.fact.fact_id not in stands
            stands[change.fact.fact_id] = change.fact
        elif isinstance(change, Retracted):
            # With the same fields as it was asserted with.
            assert stands.pop(change.fact.fact_id) == change.fact
    assert stands == {i: s.fact for i, s in known.standing.items()}


@given(st.one_of(histories, failing_histories), st.data())
@settings(max_examples=200, deadline=None)
def test_completion_closes_and_comes_last(history: list[Message], data: st.DataObject) -> None:
    _, changes = told(with_crashes(clean(history), data.draw))
    done: set[int] = set()
    for change in changes:
        if isinstance(change, Asserted):
            assert change.fact.revision not in done
        elif isinstance(change, TranscriptCompleted) and change.status == "withdrawn":
            done.clear()
        elif isinstance(change, TranscriptCompleted):
            assert change.quantities == (
                change.quantities_used + change.quantities_refused + change.quantities_dead_lettered
            )
            assert change.facts == change.facts_asserted + change.facts_unchanged
            assert (change.status == "incomplete") == (change.dead_letters > 0)
            if change.status == "processed":
                assert change.revision not in done
                done.add(change.revision)


def changes_of(*log: Arrival) -> list[tuple[str, object]]:
    _, changes = told(log)
    return [_shortly(change) for change in changes]


def _shortly(change: Change) -> tuple[str, object]:
    match change:
        case Asserted(fact):
            return "+", (fact.fact_id, int(fact.value or 0))
        case Retracted(fact):
            return "-", (fact.fact_id, int(fact.value or 0))
        case TranscriptCompleted():
            return change.status, change.revision
        case Refused():
            return "refused", None


FIRST = Message(1, ((("a", 1),), (("b", 1),)))
SECOND = Message(2, ((("a", 1),), (("c", 1),)))


def test_a_revision_asserts_what_is_new_and_retracts_what_is_gone() -> None:
    assert changes_of(*arrivals(FIRST, 0), *arrivals(SECOND, 1)) == [
        ("+", ("a", 1)),
        ("+", ("b", 1)),
        ("processed", 1),
        ("+", ("c", 1)),
        ("-", ("b", 1)),
        ("processed", 2),
    ]


def test_a_fact_that_says_something_else_is_retracted_and_asserted() -> None:
    changed = Message(2, ((("a", 2),), (("b", 1),)))
    assert changes_of(*arrivals(FIRST, 0), *arrivals(changed, 1))[3:] == [
        ("-", ("a", 1)),
        ("+", ("a", 2)),
        ("processed", 2),
    ]


def test_a_late_lower_revision_is_refused_once() -> None:
    late = arrivals(FIRST, 1)
    assert changes_of(*arrivals(SECOND, 0), *late, *late)[3:] == [("refused", None)]


def test_a_failed_part_ends_the_revision_incomplete_and_retracts_nothing() -> None:
    broken = replace(SECOND, fails=frozenset({1}))
    assert changes_of(*arrivals(FIRST, 0), *arrivals(broken, 1))[3:] == [("incomplete", 2)]


def test_a_requeued_part_completes_the_revision() -> None:
    broken = replace(SECOND, fails=frozenset({1}))
    requeued = arrivals(SECOND, 1)[1]
    assert changes_of(*arrivals(FIRST, 0), *arrivals(broken, 1), requeued)[4:] == [
        ("+", ("c", 1)),
        ("-", ("b", 1)),
        ("processed", 2),
    ]


def test_the_same_message_again_heals_an_incomplete_one() -> None:
    broken = replace(FIRST, fails=frozenset({1}))
    assert changes_of(*arrivals(broken, 0), *arrivals(FIRST, 1))[2:] == [
        ("+", ("b", 1)),
        ("processed", 1),
    ]


def test_a_withdrawn_transcript_can_come_back() -> None:
    tombstone = arrivals(Message(0, None), 1)
    assert changes_of(*arrivals(FIRST, 0), *tombstone, *tombstone, *arrivals(FIRST, 2))[3:] == [
        ("-", ("a", 1)),
        ("-", ("b", 1)),
        ("withdrawn", 1),
        ("+", ("a", 1)),
        ("+", ("b", 1)),
        ("processed", 1),
    ]


def test_facts_are_retracted_in_the_order_of_their_ids_however_they_are_known() -> None:
    known, _ = told(arrivals(Message(1, ((("c", 1), ("a", 2), ("b", 3)),)), 0))
    back = Known(known.entry, dict(reversed(known.standing.items())))
    withdrawal = arrivals(Message(1, None), 1)
    (_, first), (_, second) = told(withdrawal, known), told(withdrawal, back)
    retracted = [
        [each.fact.fact_id for each in log if isinstance(each, Retracted)]
        for log in (first, second)
    ]
    assert retracted == [["a", "b", "c"]] * 2


def test_a_tombstone_for_nothing_is_refused_once() -> None:
    tombstone = arrivals(Message(0, None), 0)
    assert changes_of(*tombstone, *tombstone) == [("refused", None)]


def test_a_replay_with_new_rules_tells_the_difference() -> None:
    read_anew = arrivals(FIRST, 0, run=9)
    better = Message(1, ((("a", 2),), (("b", 1),)))
    read_better = [
        replace(each, lineage=replace(each.lineage, digest=old.lineage.digest))
        for each, old in zip(arrivals(better, 0, run=10), read_anew, strict=True)
    ]
    assert changes_of(*arrivals(FIRST, 0), *read_anew, *read_better)[3:] == [
        ("-", ("a", 1)),
        ("+", ("a", 2)),
        ("processed", 1),
    ]


def test_a_new_version_that_cuts_otherwise_starts_over_in_the_middle() -> None:
    """A worker dies after the first part; its successor, of another version, makes one part."""
    whole = Message(1, ((("a", 1), ("b", 1)),))
    same = arrivals(FIRST, 0)[0].lineage.digest
    anew = [
        replace(each, lineage=replace(each.lineage, digest=same))
        for each in arrivals(whole, 0, version="2")
    ]
    old = arrivals(FIRST, 0, version="1")
    assert changes_of(old[0], *anew, *old) == [
        ("+", ("a", 1)),
        ("+", ("b", 1)),
        ("processed", 1),
    ]


def anew(message: Message, offset: int, run: int, like: Message) -> list[Arrival]:
    """What today's rules read in a message that other rules read as ``like`` before."""
    digest = arrivals(like, offset)[0].lineage.digest
    return [
        replace(each, lineage=replace(each.lineage, digest=digest))
        for each in arrivals(message, offset, run)
    ]


def test_a_replay_reads_anew_what_was_refused_or_repeated_after() -> None:
    better = Message(2, ((("a", 2),), (("c", 1),)))
    replayed = anew(better, 0, 9, SECOND)
    refused, repeated = arrivals(FIRST, 1), arrivals(SECOND, 2)
    live = [*arrivals(SECOND, 0), *refused, *repeated]
    assert changes_of(*live, *replayed, *refused, *repeated)[4:] == [
        ("-", ("a", 1)),
        ("+", ("a", 2)),
        ("processed", 2),
    ]


def test_a_replay_is_known_by_its_place_however_its_digest_is_made() -> None:
    better = Message(1, ((("a", 2),), (("b", 1),)))
    assert changes_of(*arrivals(FIRST, 0), *arrivals(better, 0, run=9))[3:] == [
        ("-", ("a", 1)),
        ("+", ("a", 2)),
        ("processed", 1),
    ]
    assert changes_of(*arrivals(FIRST, 0), *arrivals(FIRST, 0, run=9))[3:] == []


def test_a_replay_of_a_withdrawn_transcript_brings_nothing_back() -> None:
    live = [*arrivals(FIRST, 0), *arrivals(Message(0, None), 1)]
    replayed = [*arrivals(FIRST, 0, run=9), *arrivals(Message(0, None), 1, run=9)]
    assert changes_of(*live, *replayed) == changes_of(*live)
