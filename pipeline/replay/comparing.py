"""Two sets of facts held against each other: which were added, lost, changed.

Facts are the same by their id. One that is gone and one that is new at the same characters of the
same transcript are one fact that changed. All fields count but the processing times and the name
and version of the program.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from itertools import chain
from typing import Any, Literal, NamedTuple

import orjson

from pipeline.replay.newest import Newest
from pipeline.settings import Settings
from pipeline.stream.record import Record
from pipeline.stream.standing import EVENTS, standing
from pipeline.stream.subscription import Subscription

NOT_COMPARED = frozenset({"status", "ingested_at", "extracted_at", "extractor"})

ChangeKind = Literal["added", "lost", "changed"]


@dataclass(frozen=True)
class Facts:
    """The facts on a ``facts.events``, now or at a moment."""

    settings: Settings
    until: datetime | None = None


@dataclass(frozen=True)
class Difference:
    """One fact that differs; ``fields`` are those that do, where it is in both."""

    kind: ChangeKind
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    fields: tuple[str, ...] = ()

    @property
    def fact(self) -> dict[str, Any]:
        """The fact as it was before, or as it is new."""
        return self.before or self.after or {}


@dataclass
class Comparison:
    """What a comparison found; counts by metric and by transcript are of equal facts."""

    transcripts: int = 0
    not_compared: dict[str, str] = field(default_factory=dict)
    equal_by_metric: Counter[str] = field(default_factory=Counter)
    equal_by_transcript: Counter[str] = field(default_factory=Counter)
    differences: list[Difference] = field(default_factory=list)

    @property
    def same(self) -> bool:
        """Whether no fact differs."""
        return not self.differences

    def count(self, kind: ChangeKind) -> int:
        """Count the differences of a kind."""
        return sum(each.kind == kind for each in self.differences)


class _Standing(NamedTuple):
    digest: bytes
    metric: str
    transcript_id: str
    place: tuple[int, int]


def comparable(
    before: Mapping[str, Newest], after: Mapping[str, Newest]
) -> tuple[set[str], dict[str, str]]:
    """Tell which transcripts of ``after`` can be compared, and of the others why not."""
    found: set[str] = set()
    others: dict[str, str] = {}
    for transcript_id, new in after.items():
        old = before.get(transcript_id)
        if old is None:
            others[transcript_id] = "it has not been processed live"
        elif not old.is_the_one(new):
            others[transcript_id] = "another of its messages counts live"
        elif "in_work" in (old.status, new.status):
            others[transcript_id] = "it is in work"
        else:
            found.add(transcript_id)
    return found, others


def compare(before: Facts, after: Facts, transcripts: Set[str]) -> Comparison:
    """Compare the facts of some transcripts."""
    comparison = Comparison(transcripts=len(transcripts))
    old, new = _standing(before, transcripts), _standing(after, transcripts)
    differing = {
        fact_id
        for fact_id in old.keys() | new.keys()
        if fact_id not in old or fact_id not in new or old[fact_id].digest != new[fact_id].digest
    }
    for fact_id, each in new.items():
        if fact_id not in differing:
            comparison.equal_by_metric[each.metric] += 1
            comparison.equal_by_transcript[each.transcript_id] += 1
    if differing:
        were = _events(before, {old[each].place for each in differing & old.keys()})
        are = _events(after, {new[each].place for each in differing & new.keys()})
        comparison.differences = sorted(_differences(were, are), key=_order)
    return comparison


def _standing(facts: Facts, transcripts: Set[str]) -> dict[str, _Standing]:
    def keep(record: Record, event: dict[str, Any]) -> _Standing | None:
        if event["transcript_id"] not in transcripts:
            return None
        said = {name: value for name, value in event.items() if name not in NOT_COMPARED}
        digest = blake2b(orjson.dumps(said, option=orjson.OPT_SORT_KEYS), digest_size=12).digest()
        place = (record.partition, record.offset)
        return _Standing(digest, event["metric"], event["transcript_id"], place)

    found = standing(facts.settings, keep, until=facts.until)
    return {fact_id: each for (fact_id, _), each in found.items()}


def _events(facts: Facts, places: Collection[tuple[int, int]]) -> dict[str, dict[str, Any]]:
    """Read the events at some places, by fact_id."""
    subscription = Subscription(facts.settings, [EVENTS])
    subscription.from_beginning()
    found = {}
    for record in subscription.records(follow=False):
        if record is not None and (record.partition, record.offset) in places:
            event = orjson.loads(record.value or b"{}")
            found[event["fact_id"]] = event
    return found


def _differences(
    were: dict[str, dict[str, Any]], are: dict[str, dict[str, Any]]
) -> Iterator[Difference]:
    lost: defaultdict[tuple[str, int, int], list[dict[str, Any]]] = defaultdict(list)
    for fact_id, fact in were.items():
        if fact_id not in are:
            lost[_characters(fact)].append(fact)
    for fact_id, fact in are.items():
        before = were.get(fact_id)
        if before is None and lost[_characters(fact)]:
            before = lost[_characters(fact)].pop(0)
        if before is None:
            yield Difference("added", None, fact)
            continue
        fields = (
            name
            for name in sorted(before.keys() | fact.keys())
            if name not in NOT_COMPARED and before.get(name) != fact.get(name)
        )
        yield Difference("changed", before, fact, tuple(fields))
    for fact in chain.from_iterable(lost.values()):
        yield Difference("lost", fact, None)


def _characters(fact: dict[str, Any]) -> tuple[str, int, int]:
    evidence = fact["evidence"][0]
    return fact["transcript_id"], evidence["start"], evidence["end"]


def _order(difference: Difference) -> tuple[str, int, str]:
    transcript_id, start, _ = _characters(difference.fact)
    return transcript_id, start, difference.fact["fact_id"]
