import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from kafka import KafkaConsumer, TopicPartition
from kafka.structs import OffsetAndMetadata

from pipeline.broker import jvm, readiness
from pipeline.settings import Settings
from topics import DECLARED, cluster

CALLFACTS = [sys.executable, "-c", "from pipeline.cli import main; main()"]

pytestmark = pytest.mark.broker


def callfacts(*arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*CALLFACTS, *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, **variables},
        timeout=120,
    )


def test_a_generation_is_deleted_and_nothing_else(settings: Settings) -> None:
    variables = {
        "CALLFACTS_BOOTSTRAP_SERVERS": settings.bootstrap_servers,
        "CALLFACTS_TOPIC_PREFIX": settings.topic_prefix,
        "CALLFACTS_PARTITIONS": "1",
    }
    other = f"{settings.topic_prefix}next."
    names = {f"{other}{topic.name}" for topic in DECLARED}
    groups = {f"{other}callfacts-replay", f"{other}callfacts-publisher"}
    for prefix in (settings.topic_prefix, other):
        callfacts("topics", "apply", "--topic-prefix", prefix, **variables)
    for group in (*groups, f"{other}my-desk"):
        _commit(settings.bootstrap_servers, group, f"{other}facts.events")

    def there() -> tuple[set[str], set[str]]:
        with cluster.connected(settings) as admin:
            listed = {str(each["group_id"]) for each in admin.list_groups()}
            return set(admin.list_topics()) & names, listed & groups

    for arguments in ([], ["--yes"], ["--prefix", "", "--yes"]):
        refused = callfacts("topics", "delete", *arguments, **variables)
        assert (refused.returncode, "--prefix" in refused.stderr) == (2, True)
    live = callfacts("topics", "delete", "--prefix", settings.topic_prefix, "--yes", **variables)
    assert (live.returncode, "live topics" in live.stderr) == (2, True)
    listed = callfacts("topics", "delete", "--prefix", other, **variables)
    assert (listed.returncode, "nothing is deleted" in listed.stderr) == (1, True)
    assert {json.loads(line)["name"] for line in listed.stdout.splitlines()} == names | groups
    assert there() == (names, groups)

    with _member(settings.bootstrap_servers, f"{other}callfacts", f"{other}facts.events"):
        busy = callfacts("topics", "delete", "--prefix", other, "--yes", **variables)
    assert (busy.returncode, "has members" in busy.stderr) == (1, True)
    assert there() == (names, groups)

    assert callfacts("topics", "delete", "--prefix", other, "--yes", **variables).returncode == 0
    deadline = time.monotonic() + 60
    while there() != (set(), set()):
        assert time.monotonic() < deadline, there()
    assert callfacts("topics", "diff", "--exit-code", **variables).returncode == 0
    assert callfacts("topics", "delete", "--prefix", other, "--yes", **variables).returncode == 0
    with cluster.connected(settings) as admin:
        admin.delete_topics([settings.topic(topic.name) for topic in DECLARED])


def _commit(address: str, group: str, topic: str) -> None:
    consumer = KafkaConsumer(bootstrap_servers=address, group_id=group, enable_auto_commit=False)
    consumer.commit({TopicPartition(topic, 0): OffsetAndMetadata(0, "", -1)})
    consumer.close()


@contextlib.contextmanager
def _member(address: str, group: str, topic: str) -> Iterator[None]:
    consumer = KafkaConsumer(topic, bootstrap_servers=address, group_id=group)
    deadline = time.monotonic() + 60
    while not consumer.assignment():
        assert time.monotonic() < deadline
        consumer.poll(timeout_ms=200)
    yield
    consumer.close()


def test_topics_are_applied_listed_and_compared(settings: Settings) -> None:
    variables = {
        "CALLFACTS_BOOTSTRAP_SERVERS": settings.bootstrap_servers,
        "CALLFACTS_TOPIC_PREFIX": settings.topic_prefix,
        "CALLFACTS_PARTITIONS": "2",
    }
    assert callfacts("topics", "diff", "--exit-code", **variables).returncode == 1

    applied = callfacts("topics", "apply", **variables)
    assert applied.returncode == 0
    made = [json.loads(line) for line in applied.stdout.splitlines()]
    assert {row["topic"] for row in made} == {settings.topic(topic.name) for topic in DECLARED}

    again = callfacts("topics", "apply", **variables)
    assert (again.returncode, again.stdout) == (0, "")
    assert callfacts("topics", "diff", "--exit-code", **variables).returncode == 0

    listed = callfacts("topics", "list", "--format", "jsonl", **variables)
    rows = [json.loads(line) for line in listed.stdout.splitlines()]
    assert all(row["in_cluster"] and row["partitions"] == 2 for row in rows)
    table = callfacts("topics", "list", "--format", "table", **variables).stdout
    assert all(settings.topic(topic.name) in table for topic in DECLARED)

    refused = callfacts("topics", "apply", "--partitions", "1", **variables)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert len(refused.stderr.splitlines()) == len(DECLARED)
    assert "Kafka cannot take partitions away" in refused.stderr
    with cluster.connected(settings) as admin:
        admin.delete_topics([settings.topic(topic.name) for topic in DECLARED])


def test_without_a_broker_the_declaration_is_listed_and_changes_are_one_clear_line() -> None:
    nowhere = {"CALLFACTS_BOOTSTRAP_SERVERS": f"127.0.0.1:{readiness.free_port()}"}
    listed = callfacts("topics", "list", **nowhere)
    assert len(listed.stdout.splitlines()) == len(DECLARED)
    applied = callfacts("topics", "apply", **nowhere)
    assert applied.returncode == 1
    assert len(applied.stderr.splitlines()) == 1
    assert "callfacts broker start" in applied.stderr


@pytest.mark.skipif(
    jvm.what_is_missing(Settings().cache_dir) is not None, reason="no Java or no Maven here"
)
def test_a_broker_is_started_found_and_stopped(tmp_path: Path) -> None:
    where = ("--data-dir", str(tmp_path / "broker"))
    assert callfacts("broker", "status", *where).returncode == 1
    try:
        started = callfacts("broker", "start", "--how", "jvm", "--port", "0", *where)
        assert started.returncode == 0, started.stderr
        address = started.stdout.split()[2]
        assert f"export CALLFACTS_BOOTSTRAP_SERVERS={address}" in started.stderr
        status = callfacts("broker", "status", *where)
        row = json.loads(status.stdout)
        assert status.returncode == 0
        assert (row["serving"], row["bootstrap_servers"]) == (True, address)
    finally:
        stopped = callfacts("broker", "stop", "--delete-data", *where)
    assert stopped.stdout == "stopped\n"
    assert not readiness.is_open(int(address.rpartition(":")[2]))
    assert callfacts("broker", "stop", *where).stdout == "was not running\n"
