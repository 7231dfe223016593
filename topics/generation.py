"""A set of topics under a prefix of its own, as a replay makes it: found, and deleted again."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.problem import Problem
from pipeline.settings import Settings
from topics.declared import DECLARED

if TYPE_CHECKING:
    from kafka import KafkaAdminClient


@dataclass(frozen=True)
class Generation:
    """What there is of it: topics, and the consumer groups of its workers and its replay.

    ``busy`` are those of the groups that have members.
    """

    topics: Sequence[str]
    groups: Sequence[str]
    busy: Sequence[str]


def found(admin: "KafkaAdminClient", settings: Settings) -> Generation:
    """Find the declared topics, and the groups, under the prefix of the settings.

    Topics and groups of other names are not part of it, whatever they begin with.
    """
    workers = settings.topic(settings.worker_group)
    there = set(admin.list_topics())
    listed = sorted(str(each["group_id"]) for each in admin.list_groups())
    groups = [each for each in listed if each == workers or each.startswith(f"{workers}-")]
    described = admin.describe_groups(groups) if groups else {}
    return Generation(
        topics=[name for each in DECLARED if (name := settings.topic(each.name)) in there],
        groups=groups,
        busy=[name for name, each in described.items() if each["members"]],
    )


def delete(admin: "KafkaAdminClient", generation: Generation) -> None:
    """Delete its topics and groups; ``Problem`` where somebody is at work on it."""
    if generation.busy:
        raise Problem(
            f"the group {generation.busy[0]} has members; stop the workers and replays of these "
            "topics first"
        )
    if generation.topics:
        admin.delete_topics(list(generation.topics))
    if generation.groups:
        admin.delete_groups(list(generation.groups))
