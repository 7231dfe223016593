"""A transcript message read from bytes: the one reader for Kafka and for the command line.

What it refuses it refuses with one line that names the field, what is wrong with it and what would
be right, so that a dead letter and an error message say the same.
"""

import codecs
from typing import TYPE_CHECKING, Any

from pipeline.patterns import regex
from schemas import TranscriptMessage

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

MAX_TEXT_BYTES = 10_000_000
"""The longest text, in bytes of UTF-8: some fifty times the longest calls there are."""

# What passes on unknown fields cannot write much deeper ones.
_MAX_DEPTH = 100

# Tab, line ends and page breaks are layout; the other controls come from damaged or binary data.
_CONTROL = regex(r"[\x00-\x08\x0e-\x1f\x7f]")
_SURROGATE = regex(r"[\ud800-\udfff]")
_LETTER_OR_DIGIT = regex(r"[^\W_]")

_EXPECTED = {
    "transcript_id": "a string of 1 to 500 characters",
    "text": "the transcript as a string",
    "published_at": "a date or time such as 2025-08-01T20:30:00Z",
    "title": "a string or null",
    "source": "an object with publisher and url, or null",
    "source.publisher": "a string or null",
    "source.url": "a string or null",
    "entity": "a ticker such as AMZN as a string, or null",
    "period": "a label such as 2025Q3 as a string, or null",
    "language": "a language tag such as en or zh-Hant as a string, or null",
    "revision": "an integer from 1",
}


class BadTranscript(ValueError):  # noqa: N818 - it is the transcript that is bad
    """Bytes that are no transcript message: ``field`` (None for the whole) and ``reason``."""

    def __init__(self, reason: str, field: str | None = None) -> None:
        super().__init__(f"{field}: {reason}" if field else reason)
        self.reason = reason
        self.field = field


def decode_transcript(value: bytes | None, key: bytes | None = None) -> TranscriptMessage:
    """Read a transcript message from its JSON; raise ``BadTranscript`` for anything else.

    A ``key``, where given, must be the message's transcript_id in UTF-8. A null ``value`` (a
    tombstone) is no transcript: whoever honours withdrawals looks for it before.
    """
    if value is None:
        raise BadTranscript("the message has a null value; expected a transcript message in JSON")
    message = transcript_from(parsed(value))
    if key is not None and key != message.transcript_id.encode():
        raise BadTranscript(
            f"the message's key is {_shown(key.decode('utf-8', 'backslashreplace'))} but its "
            f"transcript_id is {_shown(message.transcript_id)}; expected them to be the same",
            "key",
        )
    return message


def transcript_key(key: bytes | None) -> str:
    """Read a record's key, which is the transcript_id; raise ``BadTranscript`` if it is none."""
    if not key:
        kind = "null" if key is None else "empty"
        raise BadTranscript(f"the message's key is {kind}; expected its transcript_id", "key")
    try:
        return key.decode()
    except UnicodeDecodeError:
        raise BadTranscript(
            "the message's key is not UTF-8; expected its transcript_id", "key"
        ) from None


def transcript_from(fields: Any) -> TranscriptMessage:
    """Make a transcript message of parsed JSON; raise ``BadTranscript`` where it is none."""
    from pydantic import ValidationError

    if not isinstance(fields, dict):
        raise BadTranscript(
            f"{_kind(fields)} where a transcript message is expected: an object with "
            "transcript_id and text"
        )
    for name, value in fields.items():
        if _is_deeper_than(_MAX_DEPTH, value):
            field = name if name.isidentifier() else _shown(name)
            raise BadTranscript(f"it is nested deeper than {_MAX_DEPTH}; expected less", field)
    try:
        message = TranscriptMessage.model_validate(fields)
    except ValidationError as error:
        raise _first(error) from None
    _check_id(message.transcript_id)
    _check_text(message.text)
    return message


def encode_transcript(message: TranscriptMessage) -> bytes:
    """Write a transcript message as JSON: the fields that were given, unknown ones included."""
    return message.model_dump_json(exclude_unset=True).encode()


def parsed(value: bytes) -> Any:
    """Read JSON in UTF-8, also after a byte order mark; ``BadTranscript`` says why it is none."""
    import orjson

    try:
        return orjson.loads(value.removeprefix(codecs.BOM_UTF8))
    except orjson.JSONDecodeError as error:
        raise _why_not_json(value, error) from None


def _why_not_json(value: bytes, error: Exception) -> BadTranscript:
    try:
        text = value.decode()
    except UnicodeDecodeError as broken:
        return BadTranscript(
            f"not UTF-8: byte 0x{value[broken.start]:02x} at offset {broken.start}; "
            "expected JSON in UTF-8"
        )
    if not text.strip():
        return BadTranscript("the message is empty; expected a transcript message in JSON")
    if "surrogate" in str(error):
        return BadTranscript(
            f"half of a surrogate pair stands alone ({error}); expected \\ud83d\\ude00 with both "
            "halves, or the character itself"
        )
    return BadTranscript(f"not JSON: {error}; expected a transcript message as one JSON object")


def _is_deeper_than(levels: int, value: Any) -> bool:
    if not isinstance(value, dict | list):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(_is_deeper_than(levels - 1, each) for each in inner)


def _check_id(transcript_id: str) -> None:
    if _CONTROL.search(transcript_id) or any(
        character in "\t\n\v\f\r" for character in transcript_id
    ):
        raise BadTranscript(
            "it holds a control character; expected plain characters", "transcript_id"
        )
    if not transcript_id.strip():
        raise BadTranscript("it is blank; expected a name for the transcript", "transcript_id")


def _check_text(text: str) -> None:
    size = len(text.encode())
    if size > MAX_TEXT_BYTES:
        raise BadTranscript(
            f"it has {size:,} bytes in UTF-8; expected at most {MAX_TEXT_BYTES:,}", "text"
        )
    control = _CONTROL.search(text)
    if control:
        raise BadTranscript(
            f"the control character U+{ord(control[0]):04X} stands at character {control.start()}; "
            "expected text, with no controls but tabs, line ends and page breaks",
            "text",
        )
    if not _LETTER_OR_DIGIT.search(text):
        raise BadTranscript("it has no letter and no digit; expected words to read", "text")


def _first(error: "ValidationError") -> BadTranscript:
    """Say in our words what pydantic found first."""
    details = error.errors(include_url=False, include_context=False)[0]
    field = ".".join(str(step) for step in details["loc"])
    expected = _EXPECTED.get(field, "a value that fits schemas/json/transcript.schema.json")
    return BadTranscript(f"{_wrong(details)}; expected {expected}", field)


def _wrong(details: "ErrorDetails") -> str:
    value = details["input"]
    match details["type"]:
        case "missing":
            return "it is missing"
        case "string_too_short":
            return "it is empty"
        case "string_too_long":
            return f"it has {len(value)} characters"
        case "string_unicode":
            return "half of a surrogate pair stands in it"
        case "value_error" if isinstance(value, str) and not value.strip():
            return "it is empty"
        case _:
            return f"it is {_kind(value)}" + (f" ({_shown(value)})" if _is_short(value) else "")


def _kind(value: Any) -> str:
    names = {bool: "a boolean", int: "a number", float: "a number", str: "a string", list: "a list"}
    return "null" if value is None else names.get(type(value), "an object")


def _is_short(value: Any) -> bool:
    return value is not None and not isinstance(value, dict | list)


def _shown(value: object) -> str:
    """Quote a value so that it stays one readable line, whatever it holds."""
    text = ascii(value) if _SURROGATE.search(str(value)) else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
