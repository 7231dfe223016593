"""What it takes to bring a cluster's topics to what is declared, and which of it does harm."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from pipeline.settings import Settings
from topics.declared import Topic


@dataclass(frozen=True)
class ActualTopic:
    """A topic as the cluster has it.

    ``configuration`` holds all values in force, ``overridden`` the names of those that were set
    for this topic. ``messages`` counts offsets in use; on a compacted topic fewer may be left.
    """

    partitions: int
    replication_factor: int
    configuration: Mapping[str, str]
    overridden: frozenset[str] = frozenset()
    messages: int = 0


@dataclass(frozen=True)
class Change:
    """One difference: what the topic has, what it should have, and what the change would harm.

    ``harm`` is None for a change that loses nothing; ``possible`` is False for one that Kafka
    cannot make at all. A value of None means none, or the broker's default.
    """

    topic: str
    kind: Literal["topic", "partitions", "replication", "setting", "acl"]
    name: str
    actual: str | None
    declared: str | None
    harm: str | None = None
    possible: bool = True
    configuration: Mapping[str, str] = field(default_factory=dict)


def plan(
    declared: Iterable[Topic], actual: Mapping[str, ActualTopic], settings: Settings
) -> list[Change]:
    """Compare the declared topics with the cluster's, by name with prefix; nothing when equal."""
    topics = [(settings.topic(topic.name), topic) for topic in declared]
    are_messages = any(actual[name].messages for name, _ in topics if name in actual)
    changes: list[Change] = []
    for name, topic in topics:
        there = actual.get(name)
        if there is None:
            shape = f"partitions: {settings.partitions}, copies: {settings.replication_factor}"
            wanted = topic.configuration(settings.replication_factor)
            changes.append(Change(name, "topic", "", None, shape, configuration=wanted))
            continue
        wanted = topic.configuration(there.replication_factor)
        changes += _partitions(name, there, settings.partitions, are_messages)
        changes += _replication(name, there, settings.replication_factor)
        changes += _settings(name, there, wanted)
    return changes


def _partitions(name: str, there: ActualTopic, wanted: int, are_messages: bool) -> list[Change]:
    if there.partitions == wanted:
        return []
    harm, possible = None, True
    if there.partitions > wanted:
        possible = False
        harm = (
            "Kafka cannot take partitions away: set CALLFACTS_PARTITIONS to "
            f"{there.partitions}, or move to topics under another prefix"
        )
    elif are_messages:
        harm = (
            "keys would move to other partitions, away from what the topics already hold of them: "
            "a transcript's revisions could be read out of order"
        )
    return [
        Change(name, "partitions", "partitions", str(there.partitions), str(wanted), harm, possible)
    ]


def _replication(name: str, there: ActualTopic, wanted: int) -> list[Change]:
    if there.replication_factor == wanted:
        return []
    present, declared = str(there.replication_factor), str(wanted)
    harm = "copies are moved with Kafka's own kafka-reassign-partitions, not from here"
    return [Change(name, "replication", "replication factor", present, declared, harm, False)]


def _settings(name: str, there: ActualTopic, wanted: Mapping[str, str]) -> list[Change]:
    changes = [
        Change(name, "setting", key, present, value, _harm(key, present, value))
        for key, value in wanted.items()
        if (present := there.configuration.get(key)) != value
    ]
    by_hand = "set by hand: what it was set for would be undone"
    changes += [
        Change(name, "setting", key, there.configuration.get(key), None, by_hand)
        for key in sorted(there.overridden - wanted.keys())
    ]
    return changes


def _harm(key: str, present: str | None, wanted: str) -> str | None:
    if present is None:
        return None
    if key == "cleanup.policy":
        if "compact" in wanted:
            return "all but the latest message of each key would be deleted"
        return "the state of keys that were not written to for long would be deleted"
    if key == "retention.ms" and _time(wanted) < _time(present):
        return "messages older than the new retention would be deleted"
    if key == "max.message.bytes" and int(wanted) < int(present):
        return "messages that were accepted until now would be refused"
    return None


def _time(milliseconds: str) -> float:
    """Read a retention, in which -1 is for ever."""
    return float("inf") if milliseconds == "-1" else int(milliseconds)
