"""The checker: what the topics hold against what follows from the transcripts that were sent."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from tests.chaos.expectation import Expectation, Step, substance
from tests.chaos.history import Completion, Event, History, Place, Sent

Kind = Literal[
    "lost",
    "duplicate",
    "reordered",
    "orphan",
    "premature",
    "wrong retraction",
    "dead letters",
    "unequal",
]
"""- lost: a message, an event or a completion that should be there is not;
- duplicate: an event is there twice, or a fact that still holds is asserted again;
- reordered: within a partition, an event of an earlier message after one of a later message;
- orphan: an event that no accepted transcript message holds;
- premature: a completion before an event of its revision, or with other counts than its events;
- wrong retraction: of a fact that still holds, or with other fields than it was asserted with;
- dead letters: one is missing, or not byte for byte, or should not be there;
- unequal: what was asserted and not retracted is not what one process makes of the newest
  revision, or an event has other fields than in one process.
"""

KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True)
class Anomaly:
    """Something that must not be, of which transcript (empty where it is not known)."""

    kind: Kind
    transcript_id: str
    detail: str


def check(history: History, expected: Expectation) -> list[Anomaly]:
    """Compare; an empty list means that the stream kept its promises."""
    events: dict[str, list[Event]] = defaultdict(list)
    completions: dict[str, list[Completion]] = defaultdict(list)
    for event in history.events:
        events[event.transcript_id].append(event)
    for completion in history.completions:
        completions[completion.transcript_id].append(completion)
    found = list(_messages_lost(history))
    for transcript_id in sorted({*expected.steps, *events, *completions}):
        steps = expected.steps.get(transcript_id, [])
        checked = _Transcript(
            transcript_id, steps, events[transcript_id], completions[transcript_id]
        )
        found.extend(checked.anomalies())
    found.extend(_dead_letters(history, expected))
    return found


class _Transcript:
    """The checks of one transcript."""

    def __init__(
        self,
        transcript_id: str,
        steps: Iterable[Step],
        events: Iterable[Event],
        completions: Iterable[Completion],
    ) -> None:
        self._id = transcript_id
        self._steps = {step.place: step for step in steps}
        self._events = sorted(events, key=lambda event: event.at)
        self._completions = sorted(completions, key=lambda completion: completion.at)

    def anomalies(self) -> Iterator[Anomaly]:
        yield from self._wrong_events()
        yield from self._missing_events()
        yield from self._wrong_completions()
        yield from self._out_of_order(self._events)
        yield from self._out_of_order(self._completions)
        yield from self._unequal()

    def _wrong_events(self) -> Iterator[Anomaly]:
        seen: Counter[tuple[str, str, Place | None]] = Counter()
        for event in self._events:
            what = f"{event.fact_id} {event.status} because of {event.cause}"
            step = self._steps.get(event.cause) if event.cause else None
            if step is None:
                yield self._anomaly("orphan", f"{what}, which is no message that counts")
                continue
            identity = (event.fact_id, event.status, event.cause)
            seen[identity] += 1
            if seen[identity] > 1:
                yield self._anomaly("duplicate", f"{what}, again at {event.at}")
            elif event.status == "asserted":
                yield from self._wrong_assertion(event, step, what)
            else:
                yield from self._wrong_retraction(event, step, what)

    def _wrong_assertion(self, event: Event, step: Step, what: str) -> Iterator[Anomaly]:
        if event.fact_id not in step.facts:
            yield self._anomaly("orphan", f"{what}, which does not hold it")
        elif event.fact_id not in step.asserted:
            yield self._anomaly("duplicate", f"{what}, though it stood already")
        elif event.fields != step.asserted[event.fact_id]:
            yield self._anomaly("unequal", f"{what} has other fields than in one process")

    def _wrong_retraction(self, event: Event, step: Step, what: str) -> Iterator[Anomaly]:
        if event.fact_id not in step.retracted:
            yield self._anomaly("wrong retraction", f"{what}: it still holds or never stood")
        elif event.fields != step.retracted[event.fact_id]:
            yield self._anomaly("wrong retraction", f"{what} with other fields than asserted")

    def _missing_events(self) -> Iterator[Anomaly]:
        there = {(event.fact_id, event.status, event.cause) for event in self._events}
        for place, step in self._steps.items():
            for status, facts in (("asserted", step.asserted), ("retracted", step.retracted)):
                for fact_id in facts:
                    if (fact_id, status, place) not in there:
                        yield self._anomaly("lost", f"{fact_id} {status} because of {place}")

    def _wrong_completions(self) -> Iterator[Anomaly]:
        done: set[Place | None] = set()
        for each in self._completions:
            step = self._steps.get(each.cause) if each.cause else None
            what = f"completion of revision {each.revision} because of {each.cause}"
            if step is None:
                yield self._anomaly("orphan", f"{what}, which is no message that counts")
            elif each.cause in done:
                yield self._anomaly("duplicate", what)
            elif not self._closes(each, step):
                yield self._anomaly("premature", f"{what}: {each} for {_counts(step)}")
            elif any(e.cause == each.cause and e.timestamp > each.timestamp for e in self._events):
                yield self._anomaly("premature", f"{what}: an event came after it")
            done.add(each.cause)
        for place in self._steps.keys() - done:
            yield self._anomaly("lost", f"completion because of {place}")

    def _closes(self, completion: Completion, step: Step) -> bool:
        return (
            completion.status,
            completion.revision,
            completion.asserted,
            completion.unchanged,
            completion.retracted,
        ) == (step.status, step.revision, *_counts(step))

    def _out_of_order(self, of: Iterable[Event] | Iterable[Completion]) -> Iterator[Anomaly]:
        latest: dict[int, Place] = {}
        for each in of:
            partition = each.at[0]
            if each.cause is None:
                continue
            if each.cause < latest.get(partition, each.cause):
                yield self._anomaly(
                    "reordered",
                    f"what {each.cause} caused stands at {each.at} after that of "
                    f"{latest[partition]}",
                )
            latest[partition] = max(each.cause, latest.get(partition, each.cause))

    def _unequal(self) -> Iterator[Anomaly]:
        if not self._steps:
            return
        last = self._steps[max(self._steps)]
        newest = last.standing if last.status == "incomplete" else last.facts
        stands: dict[str, object] = {}
        balance: Counter[str] = Counter()
        for event in self._events:
            balance[event.fact_id] += 1 if event.status == "asserted" else -1
            if event.status == "asserted":
                stands[event.fact_id] = substance(event.fields)
        topic = {i: stands.get(i) for i, number in balance.items() if number != 0}
        process = {fact_id: substance(fields) for fact_id, fields in newest.items()}
        if topic != process:
            differing = sorted(i for i in {*topic, *process} if topic.get(i) != process.get(i))
            yield self._anomaly(
                "unequal",
                f"{len(topic)} facts stand, one process makes {len(process)} of the newest "
                f"revision; they differ in {', '.join(differing[:3])}",
            )

    def _anomaly(self, kind: Kind, detail: str) -> Anomaly:
        return Anomaly(kind, self._id, detail)


def _counts(step: Step) -> tuple[int, int, int]:
    return len(step.asserted), step.unchanged, len(step.retracted)


def _messages_lost(history: History) -> Iterator[Anomaly]:
    for place in sorted(history.acknowledged - {each.place for each in history.sent}):
        yield Anomaly("lost", "", f"the message that the broker acknowledged at {place}")


def _dead_letters(history: History, expected: Expectation) -> Iterator[Anomaly]:
    sent = {each.place: each for each in history.sent}
    kept: set[tuple[Place, bool]] = set()
    for letter in history.dead_letters:
        place = letter.origin
        key = (letter.key or b"").decode("utf-8", "replace")
        if place is None or letter.whole not in expected.dead.get(place, ()):
            yield Anomaly("dead letters", key, f"{place} should not be there")
            continue
        kept.add((place, letter.whole))
        if letter.whole and (letter.key, letter.value or b"") != _bytes(sent, place):
            yield Anomaly("dead letters", key, f"{place} has not the bytes that were sent")
    wanted = {(place, whole) for place, kinds in expected.dead.items() for whole in kinds}
    for place, _ in sorted(wanted - kept):
        key = (sent[place].key or b"").decode("utf-8", "replace")
        yield Anomaly("dead letters", key, f"{place} is missing")


def _bytes(sent: Mapping[Place, Sent], place: Place) -> tuple[bytes | None, bytes]:
    message = sent[place]
    return message.key, message.value or b""
