"""Consumer groups looked at and written to from outside, through a broker that may be away."""

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from kafka import KafkaAdminClient, TopicPartition
    from kafka.structs import OffsetAndMetadata

PATIENCE_SECONDS = 60.0

Given = TypeVar("Given")


def committed(
    admin: "KafkaAdminClient", group: str
) -> "Mapping[TopicPartition, OffsetAndMetadata]":
    """Give the offsets that a group has committed."""
    found: Mapping[TopicPartition, OffsetAndMetadata] = patiently(
        lambda: admin.list_group_offsets({group: None})
    )[group]
    return found


def commit(
    admin: "KafkaAdminClient", group: str, offsets: "Mapping[TopicPartition, OffsetAndMetadata]"
) -> None:
    """Commit offsets for a group that has no members."""

    def attempt() -> None:
        for error in admin.alter_group_offsets(group, offsets).values():
            if getattr(error, "errno", 0):
                raise error

    patiently(attempt)


def forget(admin: "KafkaAdminClient", group: str) -> None:
    """Remove a group, if it is there."""
    patiently(lambda: admin.delete_groups([group]))


def has_members(admin: "KafkaAdminClient", group: str) -> bool:
    """Tell whether anybody is in a group."""
    described: Mapping[str, Any] = patiently(lambda: admin.describe_groups([group]))
    return any(each["members"] for each in described.values())


def patiently(action: Callable[[], Given]) -> Given:
    """Do something with the broker again while it fails in a way that may pass, for a minute."""
    from kafka.errors import KafkaError

    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return action()
        except KafkaError as error:
            if not error.retriable or time.monotonic() > deadline:
                raise
            time.sleep(0.2)
