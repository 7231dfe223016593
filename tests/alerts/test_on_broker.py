"""Alerts on a real broker: each match once, whatever is killed."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
import pytest
from kafka.admin import KafkaAdminClient
from kafka_view import Stream
from receiver import SECRET, receiving
from telling import claim, fact, publish, retraction

from pipeline.alerts.parsing import read_rules
from pipeline.alerts.running import Run
from pipeline.broker.readiness import free_port
from pipeline.cli import run as callfacts
from pipeline.settings import Settings

pytestmark = pytest.mark.broker

RULES = """
name: desk
rules:
  - name: Capex guidance raised
    metric: capex
    modality: forward
    raised: more than 5%
  - name: Any capex above 10
    metric: capex
    above: 10
  - name: Revenue in dispute
    metric: revenue
    disagree: any
"""
PATIENCE = 90.0


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "rules.yaml"
    path.write_text(RULES, "utf-8")
    return path


@contextmanager
def running(stream: Stream, file: Path, **options: Any) -> Iterator[None]:
    """A run in this process, stopped at the end."""
    stop, ready = threading.Event(), threading.Event()
    start = options.pop("start", "now")
    run = Run(stream.settings, read_rules(str(file)), options.pop("targets", ()), **options)
    failures: list[BaseException] = []

    def work() -> None:
        try:
            run.run(start, stop, ready.set)
        except BaseException as failure:  # noqa: BLE001 - told below
            failures.append(failure)
            ready.set()

    thread = threading.Thread(target=work)
    thread.start()
    assert ready.wait(PATIENCE)
    try:
        yield
    finally:
        stop.set()
        thread.join()
    assert failures == []


def alerts(stream: Stream) -> list[dict[str, Any]]:
    return [orjson.loads(each.value) for each in stream.records("facts.alerts")]


def read(url: str) -> str:
    with urllib.request.urlopen(url, timeout=30) as answer:
        return str(answer.read().decode())


def wait(stream: Stream, condition: Callable[[], Any]) -> None:
    stream.wait_for(condition, PATIENCE)


def environment(settings: Settings) -> dict[str, str]:
    return {
        **os.environ,
        "CALLFACTS_BOOTSTRAP_SERVERS": settings.bootstrap_servers,
        "CALLFACTS_TOPIC_PREFIX": settings.topic_prefix,
        "CALLFACTS_WEBHOOK_SECRET": SECRET,
        "CALLFACTS_LOG_LEVEL": "error",
    }


def process(stream: Stream, file: Path, *options: str) -> "subprocess.Popen[bytes]":
    code = "from pipeline.cli import main; main()"
    arguments = [sys.executable, "-c", code, "alerts", "run", str(file), *options]
    return subprocess.Popen(
        arguments, env=environment(stream.settings), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def test_matches_once_to_the_topic(stream: Stream, file: Path) -> None:
    publish(stream, fact("100", transcript_id="july", published_at="2025-07-31T20:00:00Z"))
    with running(stream, file):
        # What was there before is compared with, and told of by nobody.
        gone = fact("106", transcript_id="october")
        publish(stream, gone, fact("106", transcript_id="october", claim_id="other"))
        wait(stream, lambda: len(alerts(stream)) == 3)
        publish(stream, retraction(gone))
        wait(stream, lambda: len(alerts(stream)) == 5)
        value = claim("conflict", "5", "6").model_dump_json().encode()
        stream.send("c1", value, "facts.claims", headers=[("ce_id", b"c1@0-0")])
        wait(stream, lambda: len(alerts(stream)) == 6)
        stream.send("c1", None, "facts.claims", headers=[("ce_id", b"c1@0-1")])
        wait(stream, lambda: len(alerts(stream)) == 7)
    found = Counter((each["rule"], each["status"]) for each in alerts(stream))
    assert found == {
        ("Capex guidance raised", "fired"): 1,
        ("Capex guidance raised", "withdrawn"): 1,
        ("Any capex above 10", "fired"): 2,
        ("Any capex above 10", "withdrawn"): 1,
        ("Revenue in dispute", "fired"): 1,
        ("Revenue in dispute", "withdrawn"): 1,
    }
    record = next(r for r in stream.records("facts.alerts") if b"Capex guidance" in r.value)
    headers = dict(record.headers)
    assert headers["ce_type"] == b"callfacts.alert.fired"
    assert headers["ce_id"].decode() == orjson.loads(record.value)["alert_id"]
    assert record.key == b"AMZN"


def test_a_second_run_goes_on_and_a_changed_rule_knows_the_past(stream: Stream, file: Path) -> None:
    with running(stream, file):
        publish(stream, fact("100", transcript_id="july", published_at="2025-07-31T20:00:00Z"))
        wait(stream, lambda: len(alerts(stream)) == 1)
    publish(stream, fact("104", transcript_id="october"))
    file.write_text(
        RULES.replace(
            "forward\n    raised: more than 5%", "forward\n    unit: USD\n    raised: any"
        )
    )
    with running(stream, file):
        wait(stream, lambda: len(alerts(stream)) == 3)
    rules = [each["rule"] for each in alerts(stream)]
    assert Counter(rules) == {"Any capex above 10": 2, "Capex guidance raised": 1}


def test_lost_offsets_repeat_nothing(stream: Stream, file: Path) -> None:
    publish(stream, fact("100"))
    with running(stream, file, start="beginning"):
        wait(stream, lambda: len(alerts(stream)) == 1)
    admin = KafkaAdminClient(bootstrap_servers=stream.settings.bootstrap_servers)
    admin.delete_groups([f"{stream.settings.topic_prefix}callfacts-alerts-desk"])
    admin.close()
    publish(stream, fact("200"))
    with running(stream, file, start="beginning"):
        wait(stream, lambda: len(alerts(stream)) == 2)
        publish(stream, fact("300"))
        wait(stream, lambda: len(alerts(stream)) == 3)
    assert [each["fact"]["value"] for each in alerts(stream)] == ["100", "200", "300"]


def test_a_dry_run_changes_nothing(
    stream: Stream, file: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    early, late = 1_760_000_000_000, 1_770_000_000_000
    old = fact("100", transcript_id="july", published_at="2025-07-31T20:00:00Z")
    publish(stream, old, timestamp_ms=early)
    publish(stream, fact("110", transcript_id="october\x9b2J<b>"), timestamp_ms=late)
    for name, value in environment(stream.settings).items():
        monkeypatch.setenv(name, value)
    assert callfacts(["alerts", "run", str(file), "--dry-run"]) == 0
    lines = [orjson.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert [line["rule"] for line in lines].count("Capex guidance raised") == 1
    assert len(lines) == 3
    assert callfacts(["alerts", "run", str(file), "--dry-run", "--since", "2026-01-01"]) == 0
    shown = capfd.readouterr().out
    assert len(shown.splitlines()) == 2
    assert "\x9b" not in shown
    assert "<b>" not in shown
    assert callfacts(["alerts", "run", str(file), "--dry-run", "--format", "table"]) == 0
    assert "Capex guidance raised: Alpha revenue was" in capfd.readouterr().out
    for topic in ("facts.alerts", "alerts.state"):
        assert stream.records(topic) == []
    admin = KafkaAdminClient(bootstrap_servers=stream.settings.bootstrap_servers)
    groups = [group["group_id"] for group in admin.list_groups()]
    admin.close()
    assert not [each for each in groups if each.startswith(stream.settings.topic_prefix)]


def test_a_webhook_gets_each_alert_in_its_own_time(
    stream: Stream, file: Path, tmp_path: Path
) -> None:
    port = free_port()
    settings = Settings.load(environment(stream.settings) | {"CALLFACTS_METRICS_PORT": str(port)})

    def counted() -> str:
        return read(f"http://127.0.0.1:{port}/metrics")

    with receiving(lambda number: (500, 0, 429, 302, 204)[min(number, 5) - 1]) as receiver:
        file.write_text(RULES + f"send:\n  - webhook: {receiver.url}/desk\n")
        stream.settings = settings
        with running(stream, file, targets=None, first_wait=0.05):
            publish(stream, fact("100"), fact("200", transcript_id="other"))
            wait(stream, lambda: len(receiver.accepted) == 3)
            wait(stream, lambda: 'outcome="taken",rules="desk",target="webhook"} 3.0' in counted())
            assert 'outcome="put_off",rules="desk",target="webhook"} 4.0' in counted()
            assert 'rule="Any capex above 10",rules="desk",status="fired"} 2.0' in counted()
        ids = [each for each, _ in receiver.accepted]
        assert sorted(ids) == sorted(each["alert_id"] for each in alerts(stream))
        assert receiver.badly_signed == 0
        assert receiver.requests == 7
        # The same company: in the order of the topic, whatever was tried again.
        assert ids == [each["alert_id"] for each in alerts(stream)]
        with running(stream, file, targets=None, first_wait=0.05):
            publish(stream, fact("300", transcript_id="third"))
            wait(stream, lambda: len(receiver.accepted) == 5)


@pytest.mark.parametrize(
    "kills", [2, pytest.param(25, marks=[pytest.mark.large, pytest.mark.timeout(900)])]
)
def test_killed_again_and_again_each_alert_is_there_once(
    stream: Stream, file: Path, kills: int
) -> None:
    chance = random.Random(6)
    with receiving(lambda number: 503 if number % 7 == 0 else 204) as receiver:
        wanted = 0
        worker = process(stream, file, "--to", receiver.url)
        try:
            assert worker.stderr is not None
            # On a slow machine the Kafka client may have something to say before.
            assert any(b"watching" in line for line in worker.stderr)
            for number in range(kills):
                facts = [fact("100", transcript_id=f"t{number}-{each}") for each in range(25)]
                wanted += len(facts)
                seen, taken = len(alerts(stream)), len(receiver.accepted)
                publish(stream, *facts)
                # A member of a group that dies while it joins holds up the others for long.
                wait(stream, lambda seen=seen: len(alerts(stream)) > seen)
                wait(stream, lambda taken=taken: len(receiver.accepted) > taken)
                time.sleep(chance.random() * 0.3)
                worker.kill()
                worker.communicate()
                worker = process(stream, file, "--to", receiver.url)
            wait(stream, lambda: len(receiver.ids) >= wanted)
            worker.send_signal(signal.SIGTERM)
            _, said = worker.communicate(timeout=PATIENCE)
            assert worker.returncode == 0, said
        finally:
            worker.kill()
            worker.wait()
        ids = [each["alert_id"] for each in alerts(stream)]
        assert len(ids) == len(set(ids)) == wanted
        assert receiver.ids == set(ids)
        assert receiver.badly_signed == 0
