"""The roles on a broker that lets nobody do anything else: what they suffice for, what not.

All of them log in by SCRAM over TLS, and work on topics with a prefix.
"""

import contextlib
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from secured import Secured

from pipeline.alerts.parsing import read_rules
from pipeline.alerts.running import Run
from pipeline.batch import lines
from pipeline.cli import run
from pipeline.samples import samples
from pipeline.settings import Settings
from pipeline.stream.clients import group_consumer, plain_producer, reader
from pipeline.stream.sending import Landed, bare, send, transcript
from pipeline.stream.subscription import Subscription
from pipeline.stream.worker import Worker, _environment
from pipeline.subscribe import completions, facts
from topics.roles import ROLES

pytestmark = pytest.mark.broker

PATIENCE_SECONDS = 60.0


@dataclass(frozen=True)
class Granted:
    """Topics and ACLs under a prefix, and the settings of a user for each role."""

    administrator: Settings
    users: Mapping[str, Settings]

    def __getitem__(self, role: str) -> Settings:
        return self.users[role]

    @property
    def principals(self) -> list[str]:
        return [
            part
            for role, user in self.users.items()
            for part in ("--principal", f"{role}=User:{user.sasl_username}")
        ]


def calls(settings: Settings, *arguments: str) -> int:
    """Run a command with these settings from the environment; give its exit status."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in _environment(settings).items():
            if name.startswith("CALLFACTS_"):
                patch.setenv(name, value)
        return run(arguments)


@pytest.fixture(scope="module")
def granted(secured: Secured) -> Granted:
    prefix = f"acl-{uuid.uuid4().hex[:6]}."
    given = Granted(
        replace(secured.administrator, topic_prefix=prefix),
        {
            role.name: replace(secured.named(f"the-{role.name}"), topic_prefix=prefix)
            for role in ROLES
        },
    )
    assert calls(given.administrator, "topics", "apply", "--acls", *given.principals) == 0
    return given


@pytest.fixture(scope="module")
def worker(granted: Granted) -> Iterator[Worker]:
    started = Worker(replace(granted["worker"], log_level="warning"))
    started.start()
    yield started
    started.stop()


@pytest.fixture(scope="module")
def published(granted: Granted, worker: Worker) -> list[str]:
    """The samples, sent by a publisher and completed by the worker."""
    landed = list(send(granted["publisher"], map(transcript, samples())))
    assert all(isinstance(each, Landed) for each in landed)
    wait_until_completed(granted, len(landed))
    return [each.transcript_id for each in landed]


def wait_until_completed(granted: Granted, count: int) -> None:
    completed: set[tuple[str, int]] = set()
    deadline = time.monotonic() + PATIENCE_SECONDS
    while len(completed) < count:
        assert time.monotonic() < deadline, f"only {completed}"
        with completions(granted["subscriber"], follow=False) as feed:
            completed |= {(each.transcript_id, each.revision) for each in feed}


def test_the_whole_pipeline_runs_on_what_is_granted(
    granted: Granted, published: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    with facts(granted["subscriber"], group="the-subscriber", follow=False) as feed:
        read = Counter(each.transcript_id for each in feed)
    extracted = Counter(
        orjson.loads(each)["transcript_id"] for each in lines(iter(samples()), "facts", 1)
    )
    assert read == extracted
    assert set(read) <= set(published)


def test_lag_reports_to_a_monitor(
    granted: Granted, published: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while calls(granted["monitor"], "lag", "--format", "json") != 0:
        assert time.monotonic() < deadline, capfd.readouterr()
    report = orjson.loads(capfd.readouterr().out.splitlines()[-1])
    assert report["verdict"] == "keeping_up"
    assert report["transcripts"]["open"] == 0
    assert {each["stage"] for each in report["readers"]} >= {"segment", "extract", "claims"}


def test_alerts_run_on_what_is_granted(
    granted: Granted, published: list[str], tmp_path: Path
) -> None:
    file = tmp_path / "any.yaml"
    file.write_text("rules: [{name: any, metric: revenue, above: 1}]", "utf-8")
    rules = read_rules(str(file))
    stop, alerting = threading.Event(), Run(granted["alerter"], rules, (), first_wait=0.1)
    running = threading.Thread(target=alerting.run, args=("beginning", stop, lambda: None))
    running.start()
    try:
        subscription = Subscription(granted["subscriber"], ["facts.alerts"])
        subscription.from_beginning()
        deadline = time.monotonic() + PATIENCE_SECONDS
        for record in subscription.records(follow=True):
            assert time.monotonic() < deadline
            if record is not None:
                break
    finally:
        stop.set()
        running.join(PATIENCE_SECONDS)


def test_a_replay_and_a_requeue_run_on_what_is_granted(
    granted: Granted, published: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    replay = ("replay", "--jobs", "1", "--transcript", published[0])
    assert calls(granted["replayer"], *replay) == 0
    (landed,) = send(granted["publisher"], [bare("broken", b"{")])
    assert isinstance(landed, Landed)
    deadline = time.monotonic() + PATIENCE_SECONDS
    listed = ""
    while "BadTranscript" not in listed:
        assert time.monotonic() < deadline
        assert calls(granted["requeuer"], "deadletters", "list") == 0
        listed = capfd.readouterr().out
    assert calls(granted["requeuer"], "deadletters", "requeue") == 0
    assert calls(granted["administrator"], "topics", "diff", "--exit-code") == 0


def test_a_subscriber_cannot_write(granted: Granted) -> None:
    for topic in ("facts.events", "facts.claims", "transcripts.raw"):
        refusal = written(granted["subscriber"], topic)
        assert refusal is not None, topic
        assert "Authorization" in refusal


def test_a_subscriber_reads_no_raw_transcripts(
    granted: Granted, published: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    assert unreadable(granted["subscriber"], "transcripts.raw", "facts.ledger")
    assert not unreadable(granted["subscriber"], "facts.events", "facts.claims")
    assert calls(granted["subscriber"], "deadletters", "list") == 1
    error = capfd.readouterr().err
    assert "not for this user to see" in error
    assert len(error.splitlines()) == 1


def test_a_subscriber_gets_into_no_group_but_its_own(granted: Granted) -> None:
    from kafka.errors import GroupAuthorizationFailedError

    topic = granted["subscriber"].topic("facts.events")
    group = granted["subscriber"].topic("callfacts-claims")
    with contextlib.closing(group_consumer(granted["subscriber"], group)) as consumer:
        consumer.subscribe([topic])
        with pytest.raises(GroupAuthorizationFailedError):
            until_joined(consumer)


def test_a_worker_reads_nothing_that_it_does_not_need(
    granted: Granted, published: list[str]
) -> None:
    for topic in ("transcripts.completed", "pipeline.deadletters", "pipeline.requeued"):
        assert unreadable(granted["worker"], topic), topic
    assert not unreadable(granted["worker"], "transcripts.raw")
    assert written(granted["worker"], "transcripts.raw") is not None


def test_a_publisher_reads_nothing(granted: Granted) -> None:
    assert unreadable(granted["publisher"], "transcripts.raw", "facts.events")


def test_nobody_without_a_role_sees_anything(
    secured: Secured, granted: Granted, capfd: pytest.CaptureFixture[str]
) -> None:
    nobody = replace(secured.named("nobody"), topic_prefix=granted.administrator.topic_prefix)
    for command in (["facts"], ["lag"], ["worker"], ["publish", __file__], ["topics", "apply"]):
        assert calls(nobody, *command) == 1, command
        error = capfd.readouterr().err
        assert "Traceback" not in error


def test_applying_again_changes_nothing(
    granted: Granted, capfd: pytest.CaptureFixture[str]
) -> None:
    assert calls(granted.administrator, "topics", "apply", "--acls", *granted.principals) == 0
    assert calls(granted.administrator, "topics", "diff", "--acls", *granted.principals) == 0
    said = capfd.readouterr()
    assert said.out == ""
    assert "as declared" in said.err


def test_what_is_foreign_is_left_alone_and_what_is_too_much_is_shown(
    granted: Granted, capfd: pytest.CaptureFixture[str]
) -> None:
    from kafka.admin import ACLPermissionType

    principal, topic = "User:the-subscriber", granted.administrator.topic("facts.events")
    foreign = [
        acl("User:the-subscriber", "their.topic", "write"),
        acl("User:somebody", topic, "write"),
        acl("User:the-subscriber", topic, "delete", ACLPermissionType.DENY),
    ]
    beyond = acl(principal, topic, "write")
    create_acls(granted, [*foreign, beyond])
    apply = ("topics", "apply", "--acls", "--principal", f"subscriber={principal}")
    assert calls(granted.administrator, *apply) == 1
    assert f"{topic}: {principal} write stays allowed" in capfd.readouterr().err
    assert set(found_acls(granted)) >= {*foreign, beyond}
    assert calls(granted.administrator, *apply, "--allow-harm") == 0
    left = set(found_acls(granted))
    assert left >= set(foreign)
    assert beyond not in left
    assert calls(granted.administrator, *apply) == 0


def test_only_a_super_user_grants(granted: Granted, capfd: pytest.CaptureFixture[str]) -> None:
    assert calls(granted["administrator"], "topics", "apply", "--acls", *granted.principals) == 1
    assert "log in as a super user" in capfd.readouterr().err


def test_a_cluster_without_acls_is_told(broker: str, capfd: pytest.CaptureFixture[str]) -> None:
    settings = Settings(bootstrap_servers=broker, topic_prefix="none.")
    assert calls(settings, "topics", "diff", "--acls") == 1
    assert "authorizer.class.name" in capfd.readouterr().err


def test_principals_without_acls_are_a_mistake() -> None:
    assert run(["topics", "diff", "--principal", "worker=User:w"]) == 2


def written(settings: Settings, topic: str) -> str | None:
    """Try to write to a topic; give the name of what was raised."""
    from kafka.errors import KafkaError

    with contextlib.closing(plain_producer(settings)) as producer:
        try:
            producer.send(settings.topic(topic), value=b"forged").get(timeout=60)
        except KafkaError as error:
            return f"{type(error).__name__} {error}"
    return None


def unreadable(settings: Settings, *topics: str) -> bool:
    """Try to read the first partition of each topic; tell whether none may be read.

    What may be read has to hold messages.
    """
    return not any(is_readable(settings, topic) for topic in topics)


def is_readable(settings: Settings, topic: str) -> bool:
    from kafka import TopicPartition
    from kafka.errors import TopicAuthorizationFailedError

    with contextlib.closing(reader(settings)) as consumer:
        place = TopicPartition(settings.topic(topic), 0)
        consumer.assign([place])
        deadline = time.monotonic() + PATIENCE_SECONDS
        try:
            consumer.seek(place, 0)
            consumer.end_offsets([place])
            while time.monotonic() < deadline:
                if consumer.poll(timeout_ms=500):
                    return True
        except TopicAuthorizationFailedError:
            return False
    raise AssertionError(f"neither messages nor a refusal from {place}")


def until_joined(consumer: Any) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not consumer.assignment() and time.monotonic() < deadline:
        consumer.poll(timeout_ms=200)


def acl(principal: str, topic: str, operation: str, permission: Any = None) -> Any:
    from kafka.admin import ACL, ACLOperation, ACLPermissionType, ResourcePattern, ResourceType

    return ACL(
        principal,
        "*",
        ACLOperation[operation.upper()],
        permission or ACLPermissionType.ALLOW,
        ResourcePattern(ResourceType.TOPIC, topic),
    )


def create_acls(granted: Granted, made: list[Any]) -> None:
    from topics import cluster

    with cluster.connected(granted.administrator) as admin:
        assert not admin.create_acls(made)["failed"]
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not set(found_acls(granted)) >= set(made):
            assert time.monotonic() < deadline


def found_acls(granted: Granted) -> list[Any]:
    from kafka.admin import (
        ACLFilter,
        ACLOperation,
        ACLPermissionType,
        ACLResourcePatternType,
        ResourcePatternFilter,
        ResourceType,
    )

    from topics import cluster

    everything = ACLFilter(
        None,
        None,
        ACLOperation.ANY,
        ACLPermissionType.ANY,
        ResourcePatternFilter(ResourceType.ANY, None, ACLResourcePatternType.ANY),
    )
    with cluster.connected(granted.administrator) as admin:
        found: list[Any] = admin.describe_acls(everything)[0]
        return found
