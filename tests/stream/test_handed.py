"""Values handed on in a process: only for the very bytes, once, and not without bounds."""

from datetime import UTC, datetime

from pipeline.stages import extract, normalize
from pipeline.stages import segment as cut
from pipeline.stream.handed import Handed
from pipeline.stream.record import Record
from pipeline.stream.stages import NORMALIZE, SEGMENT
from schemas import NormalizedPart, TranscriptHeader, TranscriptMessage
from schemas.event import Event

TEXT = "Revenue was $1.320 billion, up 20.20% year over year.\n營收 12.0 億美元。\n"


def header(name: str) -> Event:
    return TranscriptHeader(transcript_id=name)


def test_a_value_is_given_for_its_bytes_and_once() -> None:
    handed = Handed()
    handed.put(b"a", header("a"))
    assert handed.take(b"b") is None
    assert handed.take(None) is None
    assert handed.take(b"a") == header("a")
    assert handed.take(b"a") is None


def test_what_was_written_first_is_forgotten_first() -> None:
    handed = Handed(most_bytes=4)
    for body in (b"aa", b"bb", b"bb", b"cc"):
        handed.put(body, header(body.decode()))
    assert handed.take(b"aa") is None
    assert handed.take(b"bb") is not None
    handed.put(b"dd", header("dd"))
    assert handed.take(b"cc") is not None
    assert handed.take(b"dd") is not None


def test_a_part_handed_on_gives_the_bytes_that_a_part_read_gives() -> None:
    message = TranscriptMessage(transcript_id="t", text=TEXT * 3)
    now = datetime(2026, 1, 1, tzinfo=UTC)
    raw = Record("transcripts.raw", 0, 0, 0, b"t", message.model_dump_json().encode())
    (segmented,) = SEGMENT.work(raw, now)
    record = Record(segmented.topic, 0, 0, 0, b"t", segmented.value, segmented.headers)
    (by_hand,) = NORMALIZE.work(record, now)
    (read,) = NORMALIZE.work(record, now)
    assert by_hand == read
    (part,) = cut(message)
    made = normalize(part)
    again = NormalizedPart.model_validate_json(made.model_dump_json())
    assert extract(again).model_dump_json() == extract(made).model_dump_json()
