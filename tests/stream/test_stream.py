"""One worker on a real broker, seen by a reader that is not the project's own code."""

from datetime import datetime
from pathlib import Path

import orjson
import pytest
from kafka_view import Stream, said

from pipeline.stream.worker import Worker

pytestmark = [pytest.mark.broker, pytest.mark.usefixtures("worker")]


def headers_of(record: object) -> dict[str, str]:
    return {name: value.decode() for name, value in record.headers}  # type: ignore[attr-defined]


def test_facts_arrive_and_the_counts_close(stream: Stream) -> None:
    stream.publish("plain", "AAAA made 1 and 2", "BBBB made 3", "someone made 4")
    (completed,) = stream.wait_completed("plain")
    assert completed["status"] == "processed"
    assert completed["facts"] == completed["facts_asserted"] == 4
    assert said(stream.events("plain")) == [
        ("asserted", "AAAA made 1 and 2"),
        ("asserted", "AAAA made 1 and 2"),
        ("asserted", "BBBB made 3"),
        ("asserted", "someone made 4"),
    ]


def test_records_are_keyed_and_described(stream: Stream) -> None:
    trace = b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    value = orjson.dumps({"transcript_id": "described", "text": "AAAA made 1\nnobody 2"})
    place = stream.send("described", value, headers=[("traceparent", trace)])
    (completed,) = stream.wait_completed("described")
    records = [r for r in stream.records("facts.events") if b'"described"' in r.value]
    assert sorted(r.key for r in records) == [b"AAAA", b"described"]
    for record in records:
        headers = headers_of(record)
        assert headers["ce_specversion"] == "1.0"
        assert headers["ce_source"] == "/callfacts/publish"
        assert headers["ce_type"] == "callfacts.fact.asserted"
        assert headers["content-type"] == "application/json"
        assert headers["traceparent"] == trace.decode()
        assert headers["ce_id"].endswith(f"-asserted-r1@{place[0]}-{place[1]}")
    (raw,) = [r for r in stream.records("transcripts.raw") if r.key == b"described"]
    event = orjson.loads(records[0].value)
    assert event["ingested_at"] == completed["ingested_at"]
    assert _milliseconds(event["ingested_at"]) == raw.timestamp


def _milliseconds(moment: str) -> int:
    return round(datetime.fromisoformat(moment).timestamp() * 1000)


def test_the_same_message_again_does_nothing(stream: Stream) -> None:
    stream.publish("twice", "AAAA made 1", "BBBB made 2")
    stream.wait_completed("twice")
    stream.publish("twice", "AAAA made 1", "BBBB made 2")
    stream.publish("after-twice", "AAAA made 1")
    stream.publish("after-twice-too", "AAAA made 1")
    stream.wait_completed("after-twice")
    stream.wait_completed("after-twice-too")
    assert len(stream.events("twice")) == 2
    assert len(stream.completed("twice")) == 1


def test_a_revision_retracts_what_is_gone(stream: Stream) -> None:
    stream.publish("revised", "AAAA made 1", "BBBB made 2")
    stream.wait_completed("revised")
    before = stream.events("revised")
    stream.publish("revised", "AAAA made 1", "CCCC made 3", revision=2)
    completed = stream.wait_completed("revised", 2)[-1]
    assert (completed["facts_asserted"], completed["facts_unchanged"]) == (1, 1)
    assert completed["facts_retracted"] == 1
    after = stream.events("revised")[len(before) :]
    assert said(after) == [("asserted", "CCCC made 3"), ("retracted", "BBBB made 2")]
    (gone,) = [event for event in after if event["status"] == "retracted"]
    (was,) = [event for event in before if event["fact_id"] == gone["fact_id"]]
    times = {"status", "ingested_at", "extracted_at"}
    assert {k: v for k, v in gone.items() if k not in times} == {
        k: v for k, v in was.items() if k not in times
    }


def test_a_late_revision_is_dead_lettered_as_it_came(stream: Stream) -> None:
    stream.publish("late", "AAAA made 2", revision=2)
    stream.wait_completed("late")
    stream.publish("late", "AAAA made 1", revision=1)
    (letter,) = stream.wait_for(lambda: stream.dead_letters("late"))
    (raw,) = [
        r
        for r in stream.records("transcripts.raw")
        if r.key == b"late" and b'"revision":1' in r.value
    ]
    headers = headers_of(letter)
    assert letter.value == raw.value
    assert headers["__connect.errors.topic"] == raw.topic
    assert int(headers["__connect.errors.offset"]) == raw.offset
    assert "revision 1" in headers["__connect.errors.exception.message"]
    assert said(stream.events("late")) == [("asserted", "AAAA made 2")]


def test_a_tombstone_withdraws_everything(stream: Stream) -> None:
    stream.publish("withdrawn", "AAAA made 1", "BBBB made 2")
    stream.wait_completed("withdrawn")
    stream.send("withdrawn", None)
    completed = stream.wait_completed("withdrawn", 2)[-1]
    assert (completed["status"], completed["facts_retracted"]) == ("withdrawn", 2)
    assert said(stream.events("withdrawn"))[2:] == [
        ("retracted", "AAAA made 1"),
        ("retracted", "BBBB made 2"),
    ]


def test_a_failed_part_makes_the_transcript_incomplete(stream: Stream) -> None:
    stream.publish("broken", "AAAA made 1", "FAIL-IN-extract 2 3", "BBBB made 4")
    stream.publish("broken-too", "FAIL-IN-segment 1")
    (completed,) = stream.wait_completed("broken")
    assert completed["status"] == "incomplete"
    assert (completed["dead_letters"], completed["quantities_dead_lettered"]) == (1, 2)
    assert said(stream.events("broken")) == [
        ("asserted", "AAAA made 1"),
        ("asserted", "BBBB made 4"),
    ]
    (too,) = stream.wait_completed("broken-too")
    assert (too["status"], too["dead_letters"]) == ("incomplete", 1)
    (letter,) = stream.dead_letters("broken")
    headers = headers_of(letter)
    assert headers["__connect.errors.stage"] == "extract"
    assert headers["__connect.errors.exception.class.name"] == "builtins.RuntimeError"
    assert "RuntimeError" in headers["__connect.errors.exception.stacktrace"]
    assert headers["__callfacts.errors.fingerprint"]


BAD = {
    "not-json": b"{nonsense",
    "not-utf8": b"\xff\xfe\x00",
    "empty": b"",
    "no-text": b'{"transcript_id":"no-text"}',
    "text-of-wrong-type": b'{"transcript_id":"text-of-wrong-type","text":7}',
    "control": b'{"transcript_id":"control","text":"a\\u0000b"}',
    "surrogate": b'{"transcript_id":"surrogate","text":"\\ud800"}',
    "emoji": '{"transcript_id":"emoji","text":"🎉🎉"}'.encode(),
    "no-date": b'{"transcript_id":"no-date","text":"x 1","published_at":"soon"}',
    "other-key": b'{"transcript_id":"another","text":"x 1"}',
    "unknown-tombstone": None,
}


def test_bad_input_is_kept_byte_for_byte_and_the_next_is_processed(stream: Stream) -> None:
    for key, value in BAD.items():
        stream.send(key, value)
    stream.send(None, b'{"transcript_id":"null-key","text":"x 1"}', partition=0)
    stream.publish("after-bad", "AAAA made 1")
    stream.publish("after-bad-2", "AAAA made 1")
    stream.wait_completed("after-bad")
    stream.wait_completed("after-bad-2")
    for key, value in BAD.items():
        (letter,) = stream.wait_for(lambda key=key: stream.dead_letters(key))
        assert letter.value == value
        assert headers_of(letter)["__connect.errors.exception.message"]
    (letter,) = stream.dead_letters(None)
    assert letter.value == b'{"transcript_id":"null-key","text":"x 1"}'


def test_headers_of_a_bad_record_are_kept(stream: Stream) -> None:
    given = [("who", b"me"), ("who", b"\xff"), ("empty", b"")]
    stream.send("with-headers", b"[]", headers=given)
    (letter,) = stream.wait_for(lambda: stream.dead_letters("with-headers"))
    assert letter.headers[: len(given)] == given or list(letter.headers[: len(given)]) == given


def test_foreign_records_on_an_internal_topic_do_no_harm(stream: Stream) -> None:
    for topic in ("transcripts.segmented", "transcripts.normalized", "facts.extracted"):
        stream.send(f"foreign-{topic}", b"{}", topic=topic)
    for topic in ("transcripts.segmented", "transcripts.normalized", "facts.extracted"):
        (letter,) = stream.wait_for(lambda topic=topic: stream.dead_letters(f"foreign-{topic}"))
        assert letter.value == b"{}"


def test_the_first_fact_is_out_before_the_last_part_is_done(stream: Stream) -> None:
    stream.publish("slow", "AAAA made 1", *["SLOW-1000 BBBB made 2"] * 4)
    stream.wait_completed("slow")
    told = [r.timestamp for r in stream.records("facts.events") if b'"slow"' in r.value]
    parts = [r.timestamp for r in stream.records("facts.extracted") if r.key == b"slow"]
    assert len(parts) == 5
    assert min(told) < max(parts)


def test_the_worker_runs_as_three_processes(worker: Worker) -> None:
    assert sorted(worker.process_ids) == ["agents", "claims", "publisher"]
    assert all(Path(f"/proc/{pid}").exists() for pid in worker.process_ids.values())
