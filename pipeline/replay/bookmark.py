"""How far a replay has come: offsets committed under a group of its own, which nobody joins.

What is to be replayed is settled when it begins, as a range of offsets of each partition of
``transcripts.raw``; it lies, with the time of the beginning, in the metadata of the offsets.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pydantic import ValidationError

from pipeline.replay import groups
from pipeline.replay.selection import Selection
from pipeline.security.refusals import absent
from pipeline.settings import Settings
from schemas.event import Event

if TYPE_CHECKING:
    from kafka import KafkaAdminClient, TopicPartition

RAW = "transcripts.raw"


class _Note(Event):
    """What the metadata of a committed offset says."""

    began: int
    start: int
    end: int
    name: str
    options: str


@dataclass(frozen=True)
class Plan:
    """A replay: when it began (milliseconds since 1970), what of, and how far it has come.

    The ranges and positions are offsets by partition of ``transcripts.raw``; ``ends`` are the
    offsets after the last messages.
    """

    began: int
    name: str
    options: str
    starts: Mapping[int, int]
    ends: Mapping[int, int]
    positions: Mapping[int, int]

    @property
    def finished(self) -> bool:
        """Whether all has been sent."""
        return all(self.positions[each] >= end for each, end in self.ends.items())

    @property
    def total(self) -> int:
        """How many offsets there are to go through."""
        return sum(max(0, end - self.starts[each]) for each, end in self.ends.items())

    @property
    def done(self) -> int:
        """How many of them are done."""
        return sum(position - self.starts[each] for each, position in self.positions.items())

    def at(self, positions: Mapping[int, int]) -> "Plan":
        """Give the same at other positions."""
        return replace(self, positions={**self.positions, **positions})


class Bookmark:
    """Keeps a replay's plan and position under a consumer group's name."""

    def __init__(self, settings: Settings, admin: "KafkaAdminClient", group: str) -> None:
        """Take the settings of the live pipeline, a connection, and the group's full name."""
        self._admin = admin
        self._group = group
        self._topic = settings.topic(RAW)

    def load(self) -> Plan | None:
        """Give what was saved, None where there is nothing (or nothing that can be read)."""
        positions: dict[int, int] = {}
        notes: dict[int, _Note] = {}
        for place, committed in groups.committed(self._admin, self._group).items():
            if place.topic == self._topic and committed.offset >= 0:
                try:
                    notes[place.partition] = _Note.model_validate_json(committed.metadata or "")
                except ValidationError:
                    return None
                positions[place.partition] = committed.offset
        if not notes:
            return None
        any_note = next(iter(notes.values()))
        return Plan(
            any_note.began,
            any_note.name,
            any_note.options,
            {each: note.start for each, note in notes.items()},
            {each: note.end for each, note in notes.items()},
            positions,
        )

    def save(self, plan: Plan) -> None:
        """Remember a plan and its positions."""
        from kafka import TopicPartition
        from kafka.structs import OffsetAndMetadata

        offsets = {}
        for partition, position in plan.positions.items():
            note = _Note(
                began=plan.began,
                start=plan.starts[partition],
                end=plan.ends[partition],
                name=plan.name,
                options=plan.options,
            )
            place = TopicPartition(self._topic, partition)
            offsets[place] = OffsetAndMetadata(position, note.model_dump_json(), -1)
        if offsets:
            groups.commit(self._admin, self._group, offsets)

    def forget(self) -> None:
        """Remember nothing any more."""
        groups.forget(self._admin, self._group)


def planned(
    settings: Settings, admin: "KafkaAdminClient", selection: Selection, began: int
) -> Plan:
    """Settle what a selection is: the messages that are there now."""
    places = raw_places(settings, admin)
    starts, ends = _bounds(admin, places, selection)
    starts = {each: min(start, ends[each]) for each, start in starts.items()}
    return Plan(began, selection.name, str(selection), starts, ends, dict(starts))


def extended(settings: Settings, admin: "KafkaAdminClient", plan: Plan, to: Selection) -> Plan:
    """Extend a plan to what has landed since."""
    _, ends = _bounds(admin, raw_places(settings, admin), to)
    starts = {each: plan.starts.get(each, 0) for each in ends}
    positions = {each: plan.positions.get(each, 0) for each in ends}
    ends = {each: max(end, plan.ends.get(each, 0)) for each, end in ends.items()}
    return replace(plan, starts=starts, ends=ends, positions=positions)


def raw_places(settings: Settings, admin: "KafkaAdminClient") -> "list[TopicPartition]":
    """List the partitions of ``transcripts.raw``; ``Problem`` where it is not there."""
    from kafka import TopicPartition

    topic = settings.topic(RAW)
    if topic not in set(admin.list_topics()):
        raise absent(settings, topic)
    (described,) = admin.describe_topics([topic])
    return sorted(
        TopicPartition(topic, each["partition_index"]) for each in described["partitions"]
    )


def _bounds(
    admin: "KafkaAdminClient", places: "list[TopicPartition]", selection: Selection
) -> tuple[dict[int, int], dict[int, int]]:
    from kafka.admin import OffsetSpec

    def offsets(at: object) -> dict[int, int]:
        found = groups.patiently(lambda: admin.list_partition_offsets(dict.fromkeys(places, at)))
        return {place.partition: found[place].offset for place in places}

    latest = offsets(OffsetSpec.LATEST)

    def at_time(milliseconds: int) -> dict[int, int]:
        return {p: latest[p] if o < 0 else o for p, o in offsets(milliseconds).items()}

    start, end = selection.start, selection.end
    return (
        offsets(OffsetSpec.EARLIEST) if start is None else at_time(int(start.timestamp() * 1000)),
        latest if end is None else at_time(int(end.timestamp() * 1000)),
    )
