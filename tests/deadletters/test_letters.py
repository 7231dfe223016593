"""A dead letter read back: the original as it came, its cause, and what a person sees of it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.deadletters.causes import causes
from pipeline.deadletters.letter import Letter, letter_of
from pipeline.deadletters.reading import Choice, place_of
from pipeline.deadletters.showing import hexdump, lines, row
from pipeline.problem import Problem
from pipeline.readable import readable
from pipeline.stream.deadletter import Failure, dead_letter
from pipeline.stream.record import Record, event_headers

MOMENT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def kept(
    record: Record, reason: str = "no good", offset: int = 0, stage: str = "segment"
) -> Letter:
    failure = Failure(stage, ValueError(reason), attempt=1, version="9", failed_at=MOMENT)
    message = dead_letter(record, failure)
    return letter_of(
        Record("pipeline.deadletters", 0, offset, 0, message.key, message.value, message.headers)
    )


headers = st.lists(st.tuples(st.sampled_from(["a", "traceparent", "b"]), st.binary(max_size=5)))
records = st.builds(
    Record,
    topic=st.just("transcripts.raw"),
    partition=st.integers(0, 9),
    offset=st.integers(0, 10**9),
    timestamp=st.integers(0, 10**12),
    key=st.one_of(st.none(), st.binary(max_size=9)),
    value=st.one_of(st.none(), st.binary(max_size=50)),
    headers=headers.map(tuple),
)


@given(records, st.booleans(), st.integers(1, 3))
def test_the_original_comes_back_as_it_was(record: Record, envelope: bool, times: int) -> None:
    if envelope:
        record = replace(
            record,
            headers=record.headers
            + event_headers(stage="x", kind="y", identity="z", moment=MOMENT, traceparent=b"t"),
        )
    again = record
    for _ in range(times):
        again = kept(again).original()
    assert again == record


def test_foreign_records_are_letters_without_a_failure() -> None:
    letter = letter_of(Record("pipeline.deadletters", 1, 2, 0, b"k", b"v", (("x", b"\xff"),)))
    assert letter.failure is None
    assert letter.transcript_id == "k"
    with pytest.raises(ValueError, match="where it came from"):
        letter.original()
    assert list(lines(letter, {}, full=False))
    assert row(letter, {})["value"] == "v"


def test_letters_of_one_cause_are_one_group() -> None:
    record = Record("transcripts.raw", 0, 7, 0, b"t", b"v")
    letters = [
        kept(record, "at byte 7 stands 'x'", offset=0),
        kept(record, "at byte 9 stands 'y'", offset=1),
        kept(record, "something else", offset=2, stage="extract"),
    ]
    found = {cause.stage: cause for cause in causes(letters, {"0:1": "then"})}
    assert (found["segment"].count, found["segment"].requeued) == (2, 1)
    assert found["segment"].example == "0:1"
    assert (found["extract"].count, found["extract"].requeued) == (1, 0)


def test_a_choice_fits_by_all_that_is_given() -> None:
    letter = kept(Record("transcripts.raw", 0, 7, 0, b"t", b"v"), offset=3)
    assert letter.failure is not None
    assert Choice().fits(letter)
    assert Choice((letter.failure.fingerprint[:4],), ("segment",), ("t",), ((0, 3),), MOMENT).fits(
        letter
    )
    for other in (
        Choice(fingerprints=("zz",)),
        Choice(stages=("extract",)),
        Choice(transcripts=("u",)),
        Choice(places=((0, 4),)),
        Choice(since=datetime(2027, 1, 1, tzinfo=UTC)),
    ):
        assert not other.fits(letter)


@pytest.mark.parametrize("given_", ["", "3", "3:", "a:1", "-1:2", "1:2:3"])
def test_a_place_is_partition_and_offset(given_: str) -> None:
    assert place_of("3:17") == (3, 17)
    with pytest.raises(Problem, match="partition:offset"):
        place_of(given_)


@given(st.binary(max_size=60), st.binary(max_size=20))
def test_nothing_reaches_the_terminal_that_it_would_act_on(value: bytes, key: bytes) -> None:
    letter = kept(Record("transcripts.raw", 0, 0, 0, key, value, (("\x1b[2J", value),)))
    for line in lines(letter, {}, full=True):
        assert readable(line) == line
        assert "\r" not in line


def test_json_is_laid_out_and_bytes_are_dumped() -> None:
    laid_out = "\n".join(
        lines(kept(Record("t", 0, 0, 0, b"k", b'{"a":"\xe5\x84\x84"}')), {}, full=False)
    )
    assert '  {\n    "a": "億"\n  }' in laid_out
    (line,) = hexdump(b"\x00ab\xff")
    assert line.split() == ["00000000", "00", "61", "62", "ff", ".ab."]
