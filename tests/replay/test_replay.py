"""Replays on a real broker, as commands: into the live topics, beside them, and compared."""

import os
import signal
import subprocess
import sys
import time
import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from kafka import KafkaAdminClient
from kafka_view import STANDIN, Stream

from pipeline.stream.worker import Worker

pytestmark = [pytest.mark.broker, pytest.mark.usefixtures("worker")]

OTHER_RULES = Path(__file__).parent / "otherrules"
MAIN = "from pipeline.cli import main; main()"
TIMES = {"ingested_at", "extracted_at", "completed_at"}


def begun(stream: Stream, *arguments: str, rules: Path = STANDIN) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [
            sys.executable,
            "-c",
            MAIN,
            *arguments,
            "--bootstrap-servers",
            stream.settings.bootstrap_servers,
            "--topic-prefix",
            stream.settings.topic_prefix,
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(rules)},
    )


def ran(
    stream: Stream, *arguments: str, rules: Path = STANDIN
) -> tuple[int, list[dict[str, Any]], str]:
    process = begun(stream, *arguments, rules=rules)
    out, err = process.communicate(timeout=90)
    return process.returncode, [orjson.loads(line) for line in out.splitlines()], err


def replayed(stream: Stream, *arguments: str, rules: Path = STANDIN) -> tuple[int, Any, str]:
    return ran(stream, "replay", *arguments, "--jobs", "1", rules=rules)


@pytest.fixture
def prefix() -> str:
    return f"test-{uuid.uuid4().hex[:8]}."


def beside(live: Stream, prefix: str) -> Stream:
    return Stream(replace(live.settings, topic_prefix=prefix))


def content(stream: Stream, topic: str) -> list[bytes]:
    """What is on a topic, in no order, without the times of the processing."""
    found = []
    for record in stream.records(topic):
        value = orjson.loads(record.value)
        kept = {name: each for name, each in value.items() if name not in TIMES}
        found.append(orjson.dumps([record.key.decode(), kept], option=orjson.OPT_SORT_KEYS))
    return sorted(found)


def counts(stream: Stream) -> dict[str, int]:
    topics = ("facts.events", "transcripts.completed", "pipeline.deadletters", "transcripts.raw")
    return {topic: len(stream.records(topic)) for topic in topics}


def committed(stream: Stream) -> dict[Any, int]:
    admin = KafkaAdminClient(bootstrap_servers=stream.settings.bootstrap_servers)
    group = stream.settings.topic(stream.settings.worker_group)
    found = admin.list_group_offsets({group: None})[group]
    admin.close()
    return {place: each.offset for place, each in found.items()}


def test_into_the_same_topics_nothing_is_sent_that_has_not_changed(live: Stream) -> None:
    before, groups = counts(live), committed(live)
    status, (summary,), err = replayed(live)
    assert status == 1, err
    # The first of t0 and t3, the second of t1 and t2, both of t4, the second of t5 do not count.
    assert summary["passed_over"] == 7
    assert summary["finished"]
    assert summary["failed"] == 1
    assert "partly could not be processed: extract: the text asks extract to fail" in err
    assert counts(live) == before
    after = committed(live)
    assert all(after[place] >= offset for place, offset in groups.items())


def test_a_generation_beside_says_what_the_live_topics_say(live: Stream, prefix: str) -> None:
    status, (summary,), err = replayed(live, "--prefix", prefix)
    assert status == 1, err  # "partly" fails as it did live
    assert (summary["done"], summary["finished"]) == (summary["total"], True)
    made = beside(live, prefix)
    for topic in ("facts.events", "transcripts.completed"):
        assert content(made, topic) == content(live, topic)
    assert sorted(r.key for r in made.records("pipeline.deadletters")) == sorted(
        r.key for r in live.records("pipeline.deadletters")
    )
    made.close()
    status, rows, err = replayed(live, "--prefix", prefix, "--compare")
    assert (status, "nothing is left to replay" in err) == (0, True)
    total = rows[0]
    assert (total["added"], total["lost"], total["changed"]) == (0, 0, 0)
    assert total["equal"] > 70
    assert total["not_compared"] == 0


def test_other_rules_are_told_apart_and_nothing_live_is_touched(live: Stream, prefix: str) -> None:
    before = counts(live)
    status, rows, _ = replayed(
        live, "--prefix", prefix, "--compare", "--transcript", "t0", "--transcript", "t3",
        "--transcript", "t6", rules=OTHER_RULES,
    )  # fmt: skip
    assert status == 1
    assert counts(live) == before
    total = rows[0]
    assert (total["transcripts"], total["equal"]) == (3, 5)
    assert (total["added"], total["lost"], total["changed"]) == (1, 1, 1)
    by_transcript = {
        row["transcript_id"]: (row["added"], row["lost"], row["changed"])
        for row in rows
        if row.get("compared") == "transcript"
    }
    assert by_transcript == {"t0": (1, 0, 0), "t3": (0, 1, 0), "t6": (0, 0, 1)}
    by_metric = {row["metric"]: row for row in rows if row.get("compared") == "metric"}
    assert by_metric["revenue"]["changed"] == 1
    (changed,) = [row for row in rows if row.get("change") == "changed"]
    assert changed["fields"]["metric"] == ["revenue", "costs"]
    assert changed["evidence"]["text"] == "7"


def test_a_stopped_replay_goes_on_where_it_was(live: Stream, prefix: str) -> None:
    for number in range(20):
        live.publish(f"slow{number}", "SLOW-50 AAAA made 1", "BBBB made 2")
    first = begun(live, "replay", "--prefix", prefix, "--jobs", "1")
    made = None
    deadline = time.monotonic() + 90
    while made is None or len(made.records("facts.events")) < 5:
        assert time.monotonic() < deadline
        time.sleep(0.1)
        if made is None and f"{prefix}facts.events" in _topics(live):
            made = beside(live, prefix)
    first.send_signal(signal.SIGINT)
    out, err = first.communicate(timeout=90)
    assert first.returncode == 130, err
    before = orjson.loads(out)
    assert before["done"] < before["total"]
    status, (after,), err = replayed(live, "--prefix", prefix)
    assert status == 1, err
    assert "goes on with the replay that began" in err
    assert after["replayed"] + before["done"] == after["total"] == after["done"]
    for number in range(20):
        live.wait_completed(f"slow{number}")
    assert content(made, "facts.events") == content(live, "facts.events")
    assert content(made, "transcripts.completed") == content(live, "transcripts.completed")
    made.close()


def _topics(stream: Stream) -> set[str]:
    admin = KafkaAdminClient(bootstrap_servers=stream.settings.bootstrap_servers)
    found = set(admin.list_topics())
    admin.close()
    return found


def test_other_options_for_a_generation_that_is_not_done_are_refused(
    live: Stream, prefix: str
) -> None:
    assert replayed(live, "--prefix", prefix, "--transcript", "t6")[0] == 0
    status, _, err = replayed(live, "--prefix", prefix)
    assert status == 1
    assert "--transcript t6" in err
    assert replayed(live, "--prefix", live.settings.topic_prefix)[0] == 1


def test_new_rules_into_the_live_topics_and_back(live: Stream) -> None:
    one = ("--transcript", "t6")
    before = counts(live)
    status, rows, _ = replayed(live, *one, "--compare", rules=OTHER_RULES)
    assert status == 1
    assert (rows[0]["added"], rows[0]["lost"], rows[0]["changed"]) == (0, 0, 1)
    assert len(live.records("facts.events")) == before["facts.events"] + 2
    moment = time.time()
    events = sorted((e["status"], e["value"], e["metric"]) for e in live.events("t6"))
    assert events == [
        ("asserted", "1", "revenue"),
        ("asserted", "106", "revenue"),
        ("asserted", "7", "costs"),
        ("asserted", "7", "revenue"),
        ("retracted", "7", "revenue"),
    ]
    assert len(live.completed("t6")) == 2

    time.sleep(0.05)
    assert replayed(live, *one, "--compare")[0] == 1
    assert {e["metric"] for e in facts_as_of(live, time.time()) if e["transcript_id"] == "t6"} == {
        "revenue"
    }
    then = [e for e in facts_as_of(live, moment) if e["transcript_id"] == "t6"]
    assert sorted(e["metric"] for e in then) == ["costs", "revenue", "revenue"]
    status, rows, err = ran(live, "facts", "--as-of", "2025-10-30T21:00Z")
    assert (status, rows) == (0, [])
    assert "no such fact had been published by 2025-10-30 21:00:00 UTC" in err


def facts_as_of(stream: Stream, moment: float) -> list[dict[str, Any]]:
    when = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(moment)) + f"{moment % 1:.6f}"[1:] + "Z"
    status, rows, err = ran(stream, "facts", "--as-of", when)
    assert status == 0, err
    return rows


def test_a_replay_publishes_by_itself_where_nobody_does(live: Stream, worker: Worker) -> None:
    """The last test here: it stops the live worker."""
    worker.stop()
    before = counts(live)
    status, (summary,), err = ran(live, "replay", "--from", "1h", "--jobs", "2")
    assert "no worker publishes" in err
    assert (status, summary["finished"]) == (1, True)
    assert counts(live) == before
