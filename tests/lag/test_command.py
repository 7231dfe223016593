"""``callfacts lag`` and ``callfacts exporter`` as people and machines use them."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator

import orjson
import pytest
from kafka_view import Stream

from pipeline.settings import Settings

pytestmark = pytest.mark.broker


def environment(settings: Settings) -> dict[str, str]:
    return {
        **os.environ,
        "CALLFACTS_BOOTSTRAP_SERVERS": settings.bootstrap_servers,
        "CALLFACTS_TOPIC_PREFIX": settings.topic_prefix,
    }


def callfacts(settings: Settings, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", "from pipeline.cli import main; main()", *arguments],
        env=environment(settings),
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture
def exporter(created_topics: Settings) -> Iterator[str]:
    started = subprocess.Popen(
        [sys.executable, "-c", "from pipeline.cli import main; main()", "exporter",
         "--port", "0", "--interval", "0.5"],
        env=environment(created_topics),
        stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    assert started.stderr is not None
    found = re.search(r"http://127\.0\.0\.1:\d+", started.stderr.readline())
    assert found
    yield found[0]
    started.send_signal(signal.SIGTERM)
    assert started.wait(60) == 0


def test_where_all_is_read_it_ends_well(created_topics: Settings) -> None:
    done = callfacts(created_topics, "lag", "--format", "table")
    assert done.returncode == 0, done.stderr
    assert "every transcript that landed is completed" in done.stdout
    assert done.stderr == ""


def test_json_is_one_document_and_a_stopped_stage_ends_with_one(created_topics: Settings) -> None:
    stream = Stream(created_topics)
    stream.publish("waits", "AAAA made 1")
    stream.close()
    time.sleep(10.5)
    done = callfacts(created_topics, "lag")
    assert done.returncode == 1
    report = orjson.loads(done.stdout)
    assert report["verdict"] == "stopped"
    assert report["transcripts"]["oldest"]["transcript_id"] == "waits"
    segment = report["readers"][0]
    assert (segment["stage"], segment["lag"], segment["members"]) == ("segment", 1, 0)
    assert segment["lag_seconds"] > 10


def test_without_topics_or_broker_it_says_what_to_do(settings: Settings) -> None:
    done = callfacts(settings, "lag")
    assert done.returncode == 1
    assert "callfacts topics apply" in done.stderr
    done = callfacts(settings, "lag", "--bootstrap-servers", "127.0.0.1:1")
    assert done.returncode == 1
    assert done.stderr.startswith("callfacts: no Kafka answers at 127.0.0.1:1")
    assert done.stderr.count("\n") == 1


def test_the_exporter_serves_and_stops_cleanly(exporter: str) -> None:
    deadline = time.monotonic() + 90
    while True:
        with urllib.request.urlopen(f"{exporter}/metrics", timeout=30) as got:
            text = got.read().decode()
        if "kafka_consumergroup_group_lag{" in text:
            break
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert "NaN" not in text
    with urllib.request.urlopen(f"{exporter}/healthz", timeout=30) as got:
        assert got.status == 200
