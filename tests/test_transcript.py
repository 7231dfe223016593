import contextlib

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.transcript import (
    MAX_TEXT_BYTES,
    BadTranscript,
    decode_transcript,
    encode_transcript,
    transcript_key,
)


def message(**fields: object) -> bytes:
    return orjson.dumps({"transcript_id": "a", "text": "Revenue was $3 million.", **fields})


def raw(fields: str) -> bytes:
    return f'{{"transcript_id":"a","text":"some text",{fields}}}'.encode()


BAD = [
    (b"", None, "empty"),
    (b"not json", None, "not JSON"),
    (b'{"transcript_id":"a"', None, "not JSON"),
    (b'{"transcript_id":"a","text":"caf\xe9"}', None, "not UTF-8: byte 0xe9 at offset 32"),
    (b"[]", None, "a list where a transcript message is expected"),
    (b"null", None, "null where a transcript message is expected"),
    (b'{"text":"some text"}', "transcript_id", "it is missing"),
    (b'{"transcript_id":"a"}', "text", "it is missing"),
    (message(transcript_id=""), "transcript_id", "it is empty"),
    (message(transcript_id=" "), "transcript_id", "it is blank"),
    (message(transcript_id=7), "transcript_id", "it is a number (7)"),
    (message(transcript_id="x" * 501), "transcript_id", "it has 501 characters"),
    (message(transcript_id="a\nb"), "transcript_id", "control character"),
    (message(text=""), "text", "it is empty"),
    (message(text=" \n\u3000"), "text", "it is empty"),
    (message(text=["a list"]), "text", "it is a list"),
    (message(text=None), "text", "it is null"),
    (message(text="😀🎉🚀"), "text", "no letter and no digit"),
    (message(text="a\0b"), "text", "U+0000 stands at character 1"),
    (message(text="ab\x1b[0m"), "text", "U+001B stands at character 2"),
    (message(text="a" * 20_000_000), "text", "20,000,000 bytes"),
    (message(text="億" * (MAX_TEXT_BYTES // 3 + 1)), "text", "10,000,002 bytes"),
    (b'{"transcript_id":"a","text":"x\\ud800y"}', None, "surrogate"),
    (b'{"transcript_id":"a\\udc00","text":"x"}', None, "surrogate"),
    (message(published_at="yesterday"), "published_at", "'yesterday'"),
    (message(published_at="2025-02-30"), "published_at", "'2025-02-30'"),
    (message(published_at=20250801), "published_at", "it is a number"),
    (message(published_at="20250801"), "published_at", "'20250801'"),
    (message(published_at="0001-01-01T00:00:00+05:00"), "published_at", "0001"),
    (message(revision=0), "revision", "it is a number (0)"),
    (message(revision="2"), "revision", "it is a string"),
    (message(revision=True), "revision", "it is a boolean"),
    (message(revision=1.5), "revision", "it is a number (1.5)"),
    (message(source="x"), "source", "it is a string"),
    (message(source={"url": 3}), "source.url", "it is a number"),
    (message(entity=5), "entity", "it is a number"),
    (raw('"x":' + "[" * 101 + "]" * 101), "x", "nested deeper"),
    (raw('"two\\nlines":' + "[" * 101 + "]" * 101), "'two\\nlines'", "nested deeper"),
    (raw('"x":' + "[" * 5000 + "]" * 5000), None, "not JSON: depth"),
]


@pytest.mark.parametrize(("value", "field", "wrong"), BAD, ids=range(len(BAD)))
def test_bad_messages_are_refused_in_one_line_that_says_what_would_be_right(
    value: bytes, field: str | None, wrong: str
) -> None:
    with pytest.raises(BadTranscript) as refused:
        decode_transcript(value)
    line = str(refused.value)
    assert refused.value.field == field
    assert wrong in line
    assert "expected" in line
    assert line.isprintable()
    assert len(line) < 300


def test_a_tombstone_is_no_transcript() -> None:
    with pytest.raises(BadTranscript, match="null value"):
        decode_transcript(None, b"a")


def test_the_key_is_the_transcript_id() -> None:
    assert decode_transcript(message(), b"a").transcript_id == "a"
    with pytest.raises(BadTranscript, match=r"key: .*'b'.*'a'"):
        decode_transcript(message(), b"b")
    assert transcript_key("通話".encode()) == "通話"
    for bad in (None, b"", b"\xff"):
        with pytest.raises(BadTranscript, match=r"^key: .*expected its transcript_id"):
            transcript_key(bad)


def test_unknown_fields_and_page_breaks_are_kept() -> None:
    given = message(text="one\r\n\ftwo\t3", desk="rates", source={"url": "x", "feed": 7})
    read = decode_transcript(given)
    assert read.text == "one\r\n\ftwo\t3"
    assert orjson.loads(encode_transcript(read)) == orjson.loads(given)


def test_a_byte_order_mark_before_the_json_is_passed_over() -> None:
    assert decode_transcript(b"\xef\xbb\xbf" + message()).revision == 1


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2025-08-01T20:30:00Z", "2025-08-01T20:30:00Z"),
        ("2025-08-01T20:30:00+08:00", "2025-08-01T12:30:00Z"),
        ("2025-08-01T20:30:00", "2025-08-01T20:30:00Z"),
        ("2025-08-01", "2025-08-01T00:00:00Z"),
    ],
)
def test_times_are_read_as_utc(written: str, meant: str) -> None:
    read = decode_transcript(message(published_at=written))
    assert orjson.loads(encode_transcript(read))["published_at"] == meant


@given(st.binary(max_size=200))
def test_no_bytes_at_all_give_anything_but_a_message_or_a_refusal(value: bytes) -> None:
    for candidate in (value, b'{"transcript_id":"a","text":' + value + b"}"):
        with contextlib.suppress(BadTranscript):
            decode_transcript(candidate)


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=5,
    ),
    st.sampled_from(["published_at", "revision", "source", "title", "entity", "other"]),
)
def test_any_json_in_any_field_is_read_back_or_refused(value: object, field: str) -> None:
    try:
        given_bytes = message(**{field: value})
        read = decode_transcript(given_bytes)
    except (BadTranscript, TypeError):  # orjson itself writes no lone surrogates
        return
    assert decode_transcript(encode_transcript(read)) == read
