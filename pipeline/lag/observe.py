"""One look at the cluster: what every group has committed, what there is, and who reads.

Committed offsets are read before the ends of the partitions, so that no lag can be negative.
"""

import contextlib
import logging
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import orjson

from pipeline.lag.coordinated import once_coordinated
from pipeline.lag.probe import Probe, Unread, as_replayed
from pipeline.lag.verdict import Retention, Sample
from pipeline.lag.watched import Reader, is_replay, live_readers, other_readers
from pipeline.security.refusals import absent
from pipeline.settings import Settings

if TYPE_CHECKING:
    from kafka import KafkaAdminClient, TopicPartition

logger = logging.getLogger(__name__)

_GROUPS_AT_ONCE = 50
_RETENTION_SECONDS = 300.0
"""How long the topics' settings are taken to be as they were."""


@dataclass(frozen=True)
class Member:
    """A member of a group that has a partition."""

    member_id: str
    client_id: str
    host: str


@dataclass(frozen=True)
class Reading:
    """One reader on one partition at one time, with the member that has it, if known.

    ``began`` is when a replay began, in seconds since 1970, None for others.
    """

    reader: Reader
    partition: int
    sample: Sample
    unread: Unread
    member: Member | None
    began: float | None = None


@dataclass(frozen=True)
class Committed:
    """What a group has committed for a partition; a replay says beside it what it is to do."""

    offset: int
    began: float | None = None
    until: int | None = None


@dataclass(frozen=True)
class Observation:
    """One look. ``ends`` are the high watermarks, ``firsts`` the oldest offsets of partitions.

    ``retention`` is by topic. ``members`` counts the members of each group.
    """

    time: float
    cluster: str
    readings: tuple[Reading, ...]
    firsts: Mapping[tuple[str, int], int]
    ends: Mapping[tuple[str, int], int]
    retention: Mapping[str, Retention]
    members: Mapping[str, int]


class Observer:
    """Looks at one set of topics; ``close`` it."""

    def __init__(
        self,
        settings: Settings,
        *,
        subscribers: bool = False,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Connect; ``Problem`` where no Kafka answers. ``subscribers`` includes other groups."""
        from topics import DECLARED, cluster

        self._settings = settings
        self._subscribers = subscribers
        self._clock = clock
        self._topics = [settings.topic(topic.name) for topic in DECLARED]
        self._retention: dict[str, Retention] = {}
        self._retention_read = -_RETENTION_SECONDS
        with contextlib.ExitStack() as connections:
            self._admin: KafkaAdminClient = connections.enter_context(cluster.connected(settings))
            self._probe = Probe(settings)
            connections.callback(self._probe.close)
            self._cluster = str(self._admin.describe_cluster()["cluster_id"])
            self._connections = connections.pop_all()

    def close(self) -> None:
        """Disconnect."""
        self._connections.close()

    def observe(self) -> Observation:
        """Look once; ``Problem`` where the topics are not there."""
        from kafka.admin import OffsetSpec

        partitions = self._partitions()
        groups = self._groups()
        committed = self._committed(groups)
        members, owners = self._members(groups)
        now = self._clock()
        places = [place for each in partitions.values() for place in each]
        firsts = self._offsets(places, OffsetSpec.EARLIEST)
        ends = self._offsets(places, OffsetSpec.LATEST)
        readable = self._offsets(places, OffsetSpec.LATEST, committed_only=True)
        retention = self._retentions(list(partitions))
        sizes = self._sizes([each for each in places if _limited(retention.get(each.topic))])
        return Observation(
            time=now,
            cluster=self._cluster,
            readings=tuple(
                self._readings(now, partitions, committed, owners, _Log(firsts, readable, sizes))
            ),
            firsts={(each.topic, each.partition): offset for each, offset in firsts.items()},
            ends={(each.topic, each.partition): offset for each, offset in ends.items()},
            retention=retention,
            members=members,
        )

    def _partitions(self) -> "dict[str, list[TopicPartition]]":
        from kafka import TopicPartition

        present = set(self._admin.list_topics())
        missing = [name for name in self._topics if name not in present]
        if missing:
            raise absent(self._settings, missing[0])
        return {
            topic["name"]: [
                TopicPartition(topic["name"], each["partition_index"])
                for each in topic["partitions"]
            ]
            for topic in self._admin.describe_topics(self._topics)
        }

    def _groups(self) -> list[str]:
        """List the live groups, the replays, and where wanted all others."""
        live = {each.group for each in live_readers(self._settings)}
        listed = [str(each["group_id"]) for each in self._admin.list_groups()]
        wanted = [
            group for group in listed if self._subscribers or is_replay(self._settings, group)
        ]
        return sorted(live | set(wanted))

    def _committed(self, groups: list[str]) -> "dict[str, dict[TopicPartition, Committed]]":
        found: dict[str, dict[TopicPartition, Committed]] = {}
        for start in range(0, len(groups), _GROUPS_AT_ONCE):
            some = groups[start : start + _GROUPS_AT_ONCE]
            asked = once_coordinated(partial(self._admin.list_group_offsets, some))
            for group, offsets in asked.items():
                found[group] = {
                    place: _with_plan(Committed(each.offset), each.metadata)
                    for place, each in offsets.items()
                    if each.offset >= 0
                }
        return found

    def _members(
        self, groups: list[str]
    ) -> "tuple[dict[str, int], dict[str, dict[TopicPartition, Member] | None]]":
        """Count each group's members, and say who has what; None during a rebalance."""
        counts: dict[str, int] = {}
        owners: dict[str, dict[TopicPartition, Member] | None] = {}
        found = once_coordinated(partial(self._admin.describe_groups, groups))
        for group, described in found.items():
            counts[group] = len(described["members"])
            settled = described["group_state"] in ("Stable", "Empty", "Dead")
            owners[group] = _owned(described["members"]) if settled else None
        return counts, owners

    def _offsets(
        self, places: "list[TopicPartition]", spec: Any, *, committed_only: bool = False
    ) -> "dict[TopicPartition, int]":
        isolation = "read_committed" if committed_only else "read_uncommitted"
        found = self._admin.list_partition_offsets(
            dict.fromkeys(places, spec), isolation_level=isolation
        )
        return {place: each.offset for place, each in found.items()}

    def _readings(
        self,
        now: float,
        partitions: "Mapping[str, list[TopicPartition]]",
        committed: "Mapping[str, Mapping[TopicPartition, Committed]]",
        owners: "Mapping[str, Mapping[TopicPartition, Member] | None]",
        log: "_Log",
    ) -> Iterable[Reading]:
        reads = [
            (group, place.topic)
            for group, offsets in committed.items()
            for place in offsets
            if place.topic in partitions
        ]
        for reader in [*live_readers(self._settings), *other_readers(self._settings, reads)]:
            offsets = committed.get(reader.group, {})
            # Nobody joins a replay's group: it holds nothing but the replay's place.
            owned = None if reader.role == "replay" else owners.get(reader.group, {})
            places = partitions[reader.topic]
            if reader.role != "live":
                places = [each for each in places if each in offsets]
            spans = {each: log.span(each, offsets.get(each)) for each in places}
            for place, found in self._probe.look(spans).items():
                unread = found if self._landed_here(found, log) else as_replayed(found)
                offset = offsets.get(place)
                sample = Sample(
                    time=now,
                    committed=None if offset is None else offset.offset,
                    first=log.firsts[place],
                    end=max(spans[place]),
                    unread=unread.count,
                    oldest_unread=unread.written,
                    landed=unread.landed,
                    owned=None if owned is None else place in owned,
                    size=log.sizes.get(place),
                )
                member = None if owned is None else owned.get(place)
                began = None if offset is None else offset.began
                yield Reading(reader, place.partition, sample, unread, member, began)

    def _landed_here(self, unread: Unread, log: "_Log") -> bool:
        """Tell whether a transcript landed on these topics, not on those that they replay."""
        from kafka import TopicPartition

        if unread.origin is None:
            return True
        partition, offset = unread.origin
        return offset < log.ends.get(
            TopicPartition(self._settings.topic("transcripts.raw"), partition), 0
        )

    def _sizes(self, places: "list[TopicPartition]") -> "dict[TopicPartition, int]":
        """Give the sizes in bytes of partitions' logs, as far as the brokers tell."""
        from kafka import TopicPartition
        from kafka.errors import KafkaError

        if not places:
            return {}
        asked: dict[str, list[int]] = {}
        for place in places:
            asked.setdefault(place.topic, []).append(place.partition)
        try:
            answers = self._admin.describe_log_dirs(asked)
        except KafkaError as error:
            # It takes a right of its own, to describe the cluster.
            logger.info("the sizes of the logs are not known: %s", error)
            return {}
        sizes: dict[TopicPartition, int] = {}
        for folder in (each for answer in answers for each in answer["log_dirs"]):
            for topic in folder["topics"]:
                for each in topic["partitions"]:
                    place = TopicPartition(topic["name"], each["partition_index"])
                    sizes[place] = max(sizes.get(place, 0), each["partition_size"])
        return sizes

    def _retentions(self, topics: list[str]) -> dict[str, Retention]:
        if time.monotonic() - self._retention_read >= _RETENTION_SECONDS:
            from kafka.admin import ConfigResource

            resources = [ConfigResource("TOPIC", name) for name in topics]
            answer = self._admin.describe_configs(resources, config_filter="all")
            self._retention = {
                name: _retention(configs) for name, configs in answer.get("topic", {}).items()
            }
            self._retention_read = time.monotonic()
        return self._retention


@dataclass(frozen=True)
class _Log:
    """The oldest offsets of partitions, their ends as far as transactions are committed, sizes."""

    firsts: "Mapping[TopicPartition, int]"
    ends: "Mapping[TopicPartition, int]"
    sizes: "Mapping[TopicPartition, int]"

    def span(self, place: "TopicPartition", committed: Committed | None) -> tuple[int, int]:
        """Give what is to be read: from a committed offset to the end of the log or of a plan."""
        first, end = self.firsts[place], self.ends[place]
        if committed is None:
            return first, end
        return max(first, committed.offset), end if committed.until is None else committed.until


def _with_plan(committed: Committed, metadata: str | None) -> Committed:
    """Add what a replay notes beside its offsets; other groups' metadata say nothing here."""
    try:
        note = orjson.loads(metadata or "{}")
        return replace(committed, began=int(note["began"]) / 1000, until=int(note["end"]))
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
        return committed


def _owned(members: Iterable[Mapping[str, Any]]) -> "dict[TopicPartition, Member]":
    from kafka import TopicPartition

    owned = {}
    for each in members:
        member = Member(each["member_id"], each["client_id"], each["client_host"])
        assignment = each["member_assignment"] or {}
        for topic in assignment.get("assigned_partitions", ()):
            for partition in topic["partitions"]:
                owned[TopicPartition(topic["topic"], partition)] = member
    return owned


def _limited(retention: Retention | None) -> bool:
    return retention is not None and retention.bytes is not None


def _retention(configs: Mapping[str, Mapping[str, Any]]) -> Retention:
    """Give what a topic keeps; no limit where nothing is deleted."""
    if "delete" not in str(configs["cleanup.policy"]["value"]):
        return Retention()
    milliseconds = int(configs["retention.ms"]["value"])
    most = int(configs["retention.bytes"]["value"])
    return Retention(
        seconds=None if milliseconds < 0 else milliseconds / 1000,
        bytes=None if most < 0 else most,
    )
