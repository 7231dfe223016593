"""The declared topics and a cluster, through kafka-python's admin client."""

import contextlib
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.problem import Problem
from pipeline.security.connection import for_kafka_python
from pipeline.security.refusals import explained
from pipeline.settings import Settings
from topics.declared import DECLARED, Topic
from topics.plan import ActualTopic, Change, plan

if TYPE_CHECKING:
    from kafka import KafkaAdminClient

_BOOTSTRAP_MS = 3000
_SECURED_BOOTSTRAP_MS = 6000
"""TLS and a login take several more exchanges, and keys to be derived."""

_ROUNDS = 3
_IN_FORCE_SECONDS = 30.0


@dataclass(frozen=True)
class Applied:
    """What ``apply`` did, and what it refused to do."""

    made: Sequence[Change]
    refused: Sequence[Change]


@contextlib.contextmanager
def connected(settings: Settings) -> "Iterator[KafkaAdminClient]":
    """Connect an admin client to the cluster; ``Problem`` where none answers or lets us in."""
    from kafka import KafkaAdminClient
    from kafka.errors import KafkaError

    is_plain = settings.security_protocol == "PLAINTEXT"
    try:
        with explained(settings):
            admin = KafkaAdminClient(
                **for_kafka_python(settings),
                bootstrap_timeout_ms=_BOOTSTRAP_MS if is_plain else _SECURED_BOOTSTRAP_MS,
                client_id="callfacts",
            )
    except (KafkaError, OSError) as error:
        raise Problem(
            f"no Kafka answers at {settings.bootstrap_servers}; start one with `callfacts broker "
            "start`, or say where it is with CALLFACTS_BOOTSTRAP_SERVERS"
        ) from error
    try:
        yield admin
    except KafkaError as error:
        raise Problem(f"Kafka at {settings.bootstrap_servers} refused: {error}") from error
    finally:
        admin.close()


def read(admin: "KafkaAdminClient", names: Iterable[str]) -> dict[str, ActualTopic]:
    """Describe those of the named topics that exist."""
    from kafka.admin import ConfigResource

    present = set(admin.list_topics())
    wanted = [name for name in names if name in present]
    if not wanted:
        return {}
    described = {topic["name"]: topic for topic in admin.describe_topics(wanted)}
    resources = [ConfigResource("TOPIC", name) for name in wanted]
    settings = admin.describe_configs(resources, config_filter="all").get("topic", {})
    messages = _messages(admin, described)
    return {
        name: _actual(described[name], settings.get(name, {}), messages[name])
        for name in wanted
        if described[name]["partitions"]
    }


def differences(
    admin: "KafkaAdminClient", settings: Settings, declared: Sequence[Topic] = DECLARED
) -> list[Change]:
    """List what the cluster's topics lack of what is declared."""
    actual = read(admin, [settings.topic(topic.name) for topic in declared])
    return plan(declared, actual, settings)


def apply(
    admin: "KafkaAdminClient",
    settings: Settings,
    *,
    allow_harm: bool = False,
    declared: Sequence[Topic] = DECLARED,
) -> Applied:
    """Create and update topics until they are as declared; harm only with ``allow_harm``.

    What Kafka cannot do is refused either way. Doing it again changes nothing.
    """
    from kafka.errors import TopicAlreadyExistsError

    for _ in range(_ROUNDS):
        changes = differences(admin, settings, declared)
        refused = [
            change
            for change in changes
            if not change.possible or (change.harm is not None and not allow_harm)
        ]
        doable = [change for change in changes if change not in refused]
        try:
            _create(admin, settings, [change for change in doable if change.kind == "topic"])
        except TopicAlreadyExistsError:  # somebody else was faster: look again
            continue
        _alter(admin, [change for change in doable if change.kind != "topic"])
        if doable:
            _wait_for(admin, settings, declared, refused)
        return Applied(doable, refused)
    raise Problem("topics come and go while they are being created; is another apply running?")


def _create(admin: "KafkaAdminClient", settings: Settings, changes: Sequence[Change]) -> None:
    if not changes:
        return
    admin.create_topics(
        {
            change.topic: {
                "num_partitions": settings.partitions,
                "replication_factor": settings.replication_factor,
                "configs": dict(change.configuration),
            }
            for change in changes
        }
    )
    admin.wait_for_topics([change.topic for change in changes], timeout_ms=30_000)


def _wait_for(
    admin: "KafkaAdminClient",
    settings: Settings,
    declared: Sequence[Topic],
    refused: Sequence[Change],
) -> None:
    """Wait until the brokers have heard of the changes: Kafka answers before they have."""
    deadline = time.monotonic() + _IN_FORCE_SECONDS
    while any(each not in refused for each in differences(admin, settings, declared)):
        if time.monotonic() > deadline:
            raise Problem(f"topic changes are not in force after {_IN_FORCE_SECONDS:.0f} s")
        time.sleep(0.05)


def _alter(admin: "KafkaAdminClient", changes: Sequence[Change]) -> None:
    from kafka.admin import AlterConfigOp, ConfigResource

    partitions = {
        change.topic: int(change.declared or 0) for change in changes if change.kind == "partitions"
    }
    if partitions:
        admin.create_partitions(partitions)
    operations: dict[str, dict[str, Any]] = {}
    for change in changes:
        if change.kind == "setting":
            operation = AlterConfigOp.DELETE if change.declared is None else AlterConfigOp.SET
            operations.setdefault(change.topic, {})[change.name] = (operation, change.declared)
    if not operations:
        return
    answer = admin.alter_configs(
        [ConfigResource("TOPIC", name, configs) for name, configs in operations.items()]
    )
    for topic, outcome in answer.get("topic", {}).items():
        if outcome != "OK":
            raise Problem(f"Kafka refused the settings of {topic}: {outcome}")


def _messages(
    admin: "KafkaAdminClient", described: Mapping[str, Mapping[str, Any]]
) -> dict[str, int]:
    from kafka import TopicPartition
    from kafka.admin import OffsetSpec

    partitions = [
        TopicPartition(name, partition["partition_index"])
        for name, topic in described.items()
        for partition in topic["partitions"]
    ]
    first = admin.list_partition_offsets(dict.fromkeys(partitions, OffsetSpec.EARLIEST))
    end = admin.list_partition_offsets(dict.fromkeys(partitions, OffsetSpec.LATEST))
    counts = dict.fromkeys(described, 0)
    for partition in partitions:
        counts[partition.topic] += end[partition].offset - first[partition].offset
    return counts


def _actual(
    topic: Mapping[str, Any], settings: Mapping[str, Mapping[str, Any]], messages: int
) -> ActualTopic:
    return ActualTopic(
        partitions=len(topic["partitions"]),
        replication_factor=len(topic["partitions"][0]["replica_nodes"]),
        configuration={name: str(entry["value"]) for name, entry in settings.items()},
        overridden=frozenset(
            name
            for name, entry in settings.items()
            if entry["config_source"] == "DYNAMIC_TOPIC_CONFIG"
        ),
        messages=messages,
    )
