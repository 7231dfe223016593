"""A dead letter as a person reads it, whatever bytes it holds.

Nothing of it reaches the terminal but visible characters, tabs and line ends.
"""

import base64
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from pipeline.deadletters.letter import Letter
from pipeline.readable import readable
from pipeline.stream.record import rfc3339

LONGEST_SHOWN = 4_000
"""How many characters of a text, or bytes of anything else, are shown unless all are asked for."""

_WIDTH = 16


def row(letter: Letter, requeued: Mapping[str, str]) -> dict[str, Any]:
    """Give a letter as one JSON object, the original's value as text or else in base64."""
    failure, original = letter.failure, _original_value(letter)
    text = _text(original)
    return {
        "dead_letter": letter.place,
        "transcript_id": letter.transcript_id,
        **({} if failure is None else failure.model_dump(mode="json", exclude={"transcript_id"})),
        "requeued_at": requeued.get(letter.place),
        "headers": [[name, _decoded(value)] for name, value in letter.record.headers],
        "bytes": None if original is None else len(original),
        "value": text,
        "value_base64": base64.b64encode(original).decode()
        if original is not None and text is None
        else None,
    }


def lines(letter: Letter, requeued: Mapping[str, str], *, full: bool) -> Iterator[str]:
    """Write a letter for a person: what failed and why, the headers, then the original's value."""
    failure = letter.failure
    yield f"dead letter {letter.place}"
    facts: dict[str, object] = {"transcript": letter.transcript_id}
    if failure is not None:
        facts |= {
            "came from": f"{failure.topic} [{failure.partition}] @{failure.offset}",
            "stage": f"{failure.stage}, attempt {failure.attempt}, version {failure.version}",
            "failed at": rfc3339(failure.failed_at),
            "reason": failure.reason,
            "exception": failure.exception,
            "fingerprint": failure.fingerprint,
        }
    facts["requeued"] = requeued.get(letter.place, "no")
    for name, value in facts.items():
        yield f"  {name:<12} {readable(str(value))}"
    yield "headers"
    for name, value in letter.record.headers:
        yield f"  {readable(name)}: {readable(_decoded(value)).replace(chr(10), chr(10) + '    ')}"
    original = _original_value(letter)
    yield "value: null (a tombstone)" if original is None else f"value: {len(original):,} bytes"
    if original is not None:
        yield from _value(original, full)


def _value(value: bytes, full: bool) -> Iterator[str]:
    text = _text(value)
    if text is None:
        shown = value if full else value[:LONGEST_SHOWN]
        yield from hexdump(shown)
        rest = len(value) - len(shown)
    else:
        pretty = readable(_pretty(text))
        shown_text = pretty if full else pretty[:LONGEST_SHOWN]
        yield from (f"  {line}" for line in shown_text.split("\n"))
        rest = len(pretty) - len(shown_text)
    if rest:
        yield f"  … {rest:,} more; --full shows all, --raw gives the bytes themselves"


def hexdump(value: bytes) -> Iterator[str]:
    """Write bytes sixteen to a line: offset, hexadecimal, and what is printable ASCII."""
    for start in range(0, len(value), _WIDTH):
        piece = value[start : start + _WIDTH]
        ascii_ = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in piece)
        yield f"  {start:08x}  {piece.hex(' '):<{_WIDTH * 3}} {ascii_}"


def _pretty(text: str) -> str:
    try:
        return json.dumps(json.loads(text), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        return text


def _original_value(letter: Letter) -> bytes | None:
    try:
        return letter.original().value
    except ValueError:
        return letter.record.value


def _text(value: bytes | None) -> str | None:
    """Give bytes as text where they are text: UTF-8 without controls but layout."""
    if value is None:
        return None
    try:
        text = value.decode()
    except UnicodeDecodeError:
        return None
    return None if re.search(r"[\x00-\x08\x0e-\x1f\x7f]", text) else text


def _decoded(value: bytes) -> str:
    return value.decode("utf-8", "backslashreplace")
