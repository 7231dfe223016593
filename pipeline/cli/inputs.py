"""The INPUT arguments of commands: transcripts from files and from standard input.

Bad input is an item of its own, never an exception: what comes after it is still read.
"""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from pipeline.transcript import (
    MAX_TEXT_BYTES,
    BadTranscript,
    decode_transcript,
    parsed,
    transcript_from,
)
from schemas import TranscriptMessage

STANDARD_INPUT = "-"


@dataclass(frozen=True)
class Given:
    """A good transcript message; ``origin`` names the file, and the line or item in it."""

    origin: str
    message: TranscriptMessage


@dataclass(frozen=True)
class Refused:
    """Bad input: where, and in one line what is wrong and what was expected."""

    origin: str
    reason: str

    def __str__(self) -> str:
        """Say it in the one line that the user gets to see."""
        return f"{self.origin}: {self.reason}"


def read_inputs(names: Iterable[str]) -> Iterator[Given | Refused]:
    """Read transcripts from ``.txt``, ``.json`` and ``.jsonl`` files, and lines from ``-``.

    A ``.txt`` file is one transcript, as it stands, its id the file's name without ``.txt``; a
    ``.json`` file one message or a list of them; a ``.jsonl`` file and standard input have a
    message a line, blank lines left out.
    """
    for name in names:
        try:
            yield from _read(name)
        except BadTranscript as bad:
            yield Refused(name, str(bad))
        except OSError as error:
            yield Refused(name, f"cannot be read: {error.strerror or error}")


def _read(name: str) -> Iterator[Given | Refused]:
    if name == STANDARD_INPUT:
        yield from _lines(sys.stdin.buffer, "standard input")
        return
    path = Path(name)
    kind = path.suffix.lower()
    if path.is_dir():
        yield Refused(name, f"a folder; expected files, such as {path / '*.txt'}")
    elif kind == ".txt":
        yield _text_file(path)
    elif kind == ".json":
        yield from _json_file(path)
    elif kind == ".jsonl":
        with path.open("rb") as lines:
            yield from _lines(lines, name)
    elif not path.exists():
        yield Refused(name, "there is no such file")
    else:
        yield Refused(
            name, "unknown kind of file; expected .txt, .json, .jsonl, or - for standard input"
        )


def _text_file(path: Path) -> Given:
    size = path.stat().st_size
    if size > MAX_TEXT_BYTES:
        raise BadTranscript(f"it has {size:,} bytes; expected at most {MAX_TEXT_BYTES:,}", "text")
    content = path.read_bytes()
    try:
        text = content.decode()
    except UnicodeDecodeError as broken:
        raise BadTranscript(
            f"not UTF-8: byte 0x{content[broken.start]:02x} at offset {broken.start}; "
            "expected text in UTF-8",
            "text",
        ) from None
    transcript_id = path.name[: -len(".txt")]
    return Given(str(path), transcript_from({"transcript_id": transcript_id, "text": text}))


def _json_file(path: Path) -> Iterator[Given | Refused]:
    try:
        content = parsed(path.read_bytes())
    except BadTranscript as bad:
        hint = (
            " (a file with a message a line is named .jsonl)"
            if "content after" in bad.reason
            else ""
        )
        raise BadTranscript(bad.reason + hint) from None
    if not isinstance(content, list):
        yield Given(str(path), transcript_from(content))
        return
    for number, fields in enumerate(content, 1):
        origin = f"{path} item {number}"
        try:
            yield Given(origin, transcript_from(fields))
        except BadTranscript as bad:
            yield Refused(origin, str(bad))


def _lines(lines: IO[bytes], name: str) -> Iterator[Given | Refused]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        origin = f"{name}:{number}"
        try:
            yield Given(origin, decode_transcript(line))
        except BadTranscript as bad:
            yield Refused(origin, str(bad))
