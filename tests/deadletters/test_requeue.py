"""Dead letters on a real broker: kept byte for byte, and sent again in order and once."""

import random
import sys
from typing import Any

import orjson
import pytest
from kafka_view import Stream, start_worker

from pipeline import cli

pytestmark = pytest.mark.broker

TRACE = b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def run(
    stream: Stream, capfd: pytest.CaptureFixture[str], *arguments: str
) -> tuple[int, list[dict[str, Any]], str]:
    settings = stream.settings
    status = cli.run(
        [
            "deadletters",
            *arguments,
            "--bootstrap-servers",
            settings.bootstrap_servers,
            "--topic-prefix",
            settings.topic_prefix,
        ]
    )
    out, err = capfd.readouterr()
    return status, [orjson.loads(line) for line in out.splitlines()], err


def test_requeued_in_order_and_once(stream: Stream, capfd: pytest.CaptureFixture[str]) -> None:
    worker = start_worker(stream.settings)
    for revision in (1, 2, 3):
        for name in ("one", "two", "three"):
            message = {
                "transcript_id": name,
                "text": f"FAIL-IN-segment {name}\nRevenue was ${revision} billion.",
                "revision": revision,
            }
            headers = [("traceparent", TRACE), ("ours", b"\xff")]
            stream.send(name, orjson.dumps(message), headers=headers)
    stream.publish("parts", "Revenue was $1 billion.", "FAIL-IN-extract $2 billion")
    stream.wait_for(lambda: len(stream.records("pipeline.deadletters")) == 10)
    stream.wait_completed("parts")
    worker.stop()
    capfd.readouterr()

    status, groups, _ = run(stream, capfd, "list")
    assert status == 0
    assert sorted((each["stage"], each["count"]) for each in groups) == [
        ("extract", 1),
        ("segment", 9),
    ]
    before = stream.records("transcripts.raw")
    of_segment = next(each["fingerprint"] for each in groups if each["stage"] == "segment")
    dry = run(stream, capfd, "requeue", "--fingerprint", of_segment[:6], "--dry-run")
    assert len(dry[1]) == 9
    assert len(stream.records("transcripts.raw")) == len(before)

    assert len(run(stream, capfd, "requeue", "--transcript", "two")[1]) == 3
    status, rows, err = run(stream, capfd, "requeue", "--stage", "segment")
    assert (status, len(rows)) == (0, 6)
    assert "3 left out" in err
    assert run(stream, capfd, "requeue", "--stage", "segment")[1] == []
    again = stream.records("transcripts.raw")[len(before) :]
    assert len(again) == 9
    for name in (b"one", b"two", b"three"):
        old = [(r.partition, r.value, r.headers) for r in before if r.key == name]
        new = [(r.partition, r.value, r.headers) for r in again if r.key == name]
        assert new == old
    assert {(row["partition"], row["offset"]) for row in rows} <= {
        (r.partition, r.offset) for r in again
    }

    healed = start_worker(stream.settings, standin=False)
    try:
        for name in ("one", "two", "three"):
            done = stream.wait_for(
                lambda name=name: [c for c in stream.completed(name) if c["status"] == "processed"]
            )
            assert done[-1]["revision"] == 3
        run(stream, capfd, "requeue", "--stage", "extract")
    finally:
        healed.stop()
    for stage in ("segment", "extract"):
        assert run(stream, capfd, "requeue", "--stage", stage)[1] == []
    # The third revision of each was known, so the first two come too late.
    (late,) = run(stream, capfd, "list", "--stage", "publish")[1]
    assert (late["count"], late["requeued"]) == (6, 0)
    (letter,) = run(stream, capfd, "list", "--stage", "extract")[1]
    assert (letter["count"], letter["requeued"]) == (1, 1)
    assert len(run(stream, capfd, "requeue", "--id", letter["example"], "--again")[1]) == 1


def test_what_cannot_be_requeued_is_named(
    stream: Stream, capfd: pytest.CaptureFixture[str]
) -> None:
    stream.send("foreign", b"v", topic="pipeline.deadletters")
    status, rows, err = run(stream, capfd, "requeue")
    assert (status, rows) == (1, [])
    assert "cannot be requeued: its headers do not say" in err
    assert run(stream, capfd, "show", "9:9")[0] == 1
    assert run(stream, capfd, "show", "--stage", "nowhere")[0] == 1


@pytest.mark.parametrize(
    ("bad", "good"), [(500, 50), pytest.param(10_000, 1_000, marks=pytest.mark.large)]
)
@pytest.mark.timeout(1_200)
def test_a_sea_of_bad_messages_drowns_no_good_one(
    stream: Stream, capfdbinary: pytest.CaptureFixture[bytes], bad: int, good: int
) -> None:
    chance = random.Random(7)
    sent: dict[bytes, bytes] = {}
    places = set(chance.sample(range(bad + good), good))
    names = []
    for number in range(bad + good):
        value = orjson.dumps(
            {"transcript_id": f"g{number}", "text": f"AAAA made {number}\nBBBB made 2"}
        )
        if number in places:
            names.append(f"g{number}")
            stream.post(names[-1], value)
        else:
            broken = _broken(value, chance)
            sent[f"g{number}".encode()] = broken
            stream.post(f"g{number}", broken)
    stream.flush()
    worker = start_worker(stream.settings)
    try:
        stream.wait_for(lambda: len(stream.records("transcripts.completed")) >= good, 600)
        stream.wait_for(lambda: len(stream.records("pipeline.deadletters")) >= bad, 600)
    finally:
        worker.stop()
    completed = [orjson.loads(r.value) for r in stream.records("transcripts.completed")]
    assert sorted(each["transcript_id"] for each in completed) == sorted(names)
    assert {each["status"] for each in completed} == {"processed"}
    assert len(stream.records("facts.events")) == 2 * good
    letters = stream.records("pipeline.deadletters")
    assert {letter.key: letter.value for letter in letters} == sent
    assert len(letters) == bad

    letter = letters[0]
    sys.stdout.flush()
    capfdbinary.readouterr()
    arguments = ["--raw", f"{letter.partition}:{letter.offset}"]
    run_raw = ["deadletters", "show", *arguments]
    connection = ["--bootstrap-servers", stream.settings.bootstrap_servers]
    prefix = ["--topic-prefix", stream.settings.topic_prefix]
    assert cli.run([*run_raw, *connection, *prefix]) == 0
    assert capfdbinary.readouterr().out == letter.value


def _broken(value: bytes, chance: random.Random) -> bytes:
    """Give random bytes, JSON that is cut short, or a good message with something wrong in it."""
    match chance.randrange(5):
        case 0:
            return b"\xff" + chance.randbytes(chance.randrange(200))
        case 1:
            return value[: chance.randrange(len(value))]
        case 2:
            at = chance.randrange(len(value))
            return value[:at] + b"\x00" + value[at + 1 :]
        case 3:
            fields = orjson.loads(value)
            name = chance.choice(["text", "transcript_id"])
            fields[name] = chance.choice([None, 7, "", [], {"a": 1}, " \n"])
            return orjson.dumps(fields)
        case _:
            fields = orjson.loads(value)
            fields |= chance.choice([{"revision": 0}, {"published_at": "soon"}, {"source": 3}])
            return orjson.dumps(fields)
