"""Workers that die, stop and are replaced while transcripts flow: nothing lost, nothing twice."""

import os
import signal
import time
from collections import Counter

import orjson
import pytest
from kafka_view import Stream, start_worker

from pipeline.stream.worker import Worker

pytestmark = pytest.mark.broker

LINES = ["AAAA made 1", "SLOW-20 BBBB made 2", "CCCC made 3 and 4"]


def publish(stream: Stream, name: str, count: int) -> list[str]:
    """Send transcripts, each in a second revision too, which drops a fact and adds one."""
    ids = [f"{name}-{number}" for number in range(count)]
    for each in ids:
        stream.publish(each, *LINES)
        stream.publish(each, LINES[0], LINES[1], "CCCC made 3 and 5", revision=2)
    return ids


def assert_once(stream: Stream, ids: list[str]) -> None:
    """Each fact asserted once and what the second revision dropped retracted once."""
    expected = Counter(
        {
            ("asserted", 1, "AAAA made 1"): 1,
            ("asserted", 1, "SLOW-20 BBBB made 2"): 2,
            ("asserted", 1, "CCCC made 3 and 4"): 2,
            ("asserted", 2, "CCCC made 3 and 5"): 2,
            ("retracted", 1, "CCCC made 3 and 4"): 2,
        }
    )
    seen: dict[str, Counter[tuple[str, int, str]]] = {}
    identities = Counter()
    for record in stream.records("facts.events"):
        event = orjson.loads(record.value)
        said = (event["status"], event["revision"], event["statement"])
        seen.setdefault(event["transcript_id"], Counter())[said] += 1
        identities[dict(record.headers)["ce_id"]] += 1
    assert max(identities.values()) == 1
    for each in ids:
        assert seen[each] == expected, each
        assert [done["revision"] for done in stream.completed(each)] == [1, 2], each
    assert stream.records("pipeline.deadletters") == []


def all_completed(stream: Stream, ids: list[str]) -> bool:
    done = Counter(
        orjson.loads(record.value)["transcript_id"]
        for record in stream.records("transcripts.completed")
    )
    return all(done[each] >= 2 for each in ids)


def kill(worker: Worker, *roles: str) -> None:
    for role in roles:
        os.kill(worker.process_ids[role], signal.SIGKILL)


def test_killed_workers_lose_and_double_nothing(stream: Stream) -> None:
    ids = publish(stream, "killed", 40)
    worker = start_worker(stream.settings)
    try:
        for roles in (("publisher",), ("agents", "publisher")):
            before = len(stream.records("facts.events"))
            stream.wait_for(lambda b=before: len(stream.records("facts.events")) > b + 10, 30)
            kill(worker, *roles)
            worker.stop()
            worker = start_worker(stream.settings)
        stream.wait_for(lambda: all_completed(stream, ids))
    finally:
        worker.stop()
    assert_once(stream, ids)


def test_a_rolling_restart_under_load_loses_and_doubles_nothing(stream: Stream) -> None:
    ids = publish(stream, "rolled", 60)
    first, second = start_worker(stream.settings), start_worker(stream.settings)
    try:
        for _ in range(2):
            time.sleep(0.5)
            first.stop()
            first, second = second, start_worker(stream.settings)
        stream.wait_for(lambda: all_completed(stream, ids))
    finally:
        first.stop()
        second.stop()
    assert_once(stream, [each for each in ids if each.startswith("rolled")])
