"""A Kafka record as a plain value, and the headers that every record of the pipeline carries.

Headers follow the CloudEvents 1.0 Kafka binding in binary mode. ``Lineage`` says which transcript
message a record stems from; it travels in headers, so that it is known even where the value cannot
be read.
"""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache

Headers = tuple[tuple[str, bytes], ...]

SOURCE = "/callfacts/"
SEGMENTED = "callfacts.transcript.segmented"
NORMALIZED = "callfacts.transcript.normalized"
TRANSLATED = "callfacts.transcript.translated"
EXTRACTED = "callfacts.transcript.extracted"
RECEIVED = "callfacts.transcript.received"
WITHDRAWN = "callfacts.transcript.withdrawn"
PART_FAILED = "callfacts.part.failed"

INGESTED = "callfacts_ingested"
"""The header that says when the transcript landed, in milliseconds since 1970."""


@dataclass(frozen=True)
class Record:
    """One record as it was read; ``timestamp`` is Kafka's, in milliseconds since 1970.

    ``trace`` is the W3C trace context of the work on it, None where that is not traced.
    """

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Headers = ()
    trace: bytes | None = None

    def header(self, name: str) -> bytes | None:
        """Give the last value of a header, None where there is none."""
        return header(self.headers, name)

    @property
    def place(self) -> str:
        """Say where the record is, for a person."""
        return f"{self.topic} [{self.partition}] @{self.offset}"

    @property
    def traceparent(self) -> bytes | None:
        """The W3C trace context that follows from it: of the work on it, else its own."""
        return self.trace or self.header("traceparent")

    @property
    def type(self) -> str:
        """The CloudEvents type, empty where the record has none."""
        return (self.header("ce_type") or b"").decode("utf-8", "replace")


@dataclass(frozen=True)
class Message:
    """A record to be sent; ``topic`` is a declared name, without the prefix of the environment."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: Headers


class LineageError(ValueError):
    """A record on an internal topic does not say which transcript message it stems from."""


@dataclass(frozen=True)
class Lineage:
    """Where a record stems from: the place on ``transcripts.raw``, what it held, and the part.

    ``run`` is 0 for the live stream and the time of its start for a replay. ``digest`` covers what
    the transcript message says. ``ingested_at`` is the raw record's own time in milliseconds;
    ``version`` that of the program that cut the transcript into parts.
    """

    partition: int
    offset: int
    ingested_at: int
    revision: int = 0
    digest: str = ""
    part: int = 0
    parts: int = 1
    run: int = 0
    version: str = ""

    def headers(self) -> Headers:
        """Write the lineage as headers."""
        return (
            ("callfacts_origin", f"{self.partition}:{self.offset}".encode()),
            (INGESTED, str(self.ingested_at).encode()),
            ("callfacts_revision", str(self.revision).encode()),
            ("callfacts_digest", self.digest.encode()),
            ("callfacts_part", f"{self.part}:{self.parts}".encode()),
            ("callfacts_run", str(self.run).encode()),
            ("callfacts_version", self.version.encode()),
        )

    def of_part(self, part: int, parts: int) -> "Lineage":
        """Give the same for one part of the transcript."""
        return replace(self, part=part, parts=parts)

    @property
    def identity(self) -> str:
        """Name the transcript message and the run, the same however often it is processed."""
        return f"{self.partition}-{self.offset}" + (f"-{self.run}" if self.run else "")

    @classmethod
    def read(cls, headers: Headers) -> "Lineage":
        """Read it back; raises ``LineageError`` where a header is missing or is no number."""
        try:
            partition, offset = _text(headers, "callfacts_origin").split(":")
            part, parts = _text(headers, "callfacts_part").split(":")
            return cls(
                partition=int(partition),
                offset=int(offset),
                ingested_at=int(_text(headers, INGESTED)),
                revision=int(_text(headers, "callfacts_revision")),
                digest=_text(headers, "callfacts_digest"),
                part=int(part),
                parts=int(parts),
                run=int(_text(headers, "callfacts_run")),
                version=_text(headers, "callfacts_version"),
            )
        except (ValueError, UnicodeDecodeError) as error:
            raise LineageError(
                "the headers callfacts_origin, _part and so on do not say which transcript message "
                f"this is a part of ({error}); only this pipeline writes to its internal topics"
            ) from None


def event_headers(
    *, stage: str, kind: str, identity: str, moment: datetime, traceparent: bytes
) -> Headers:
    """Write the CloudEvents attributes of an event; ``identity`` is unique for its source."""
    return (
        ("ce_specversion", b"1.0"),
        ("ce_id", identity.encode()),
        ("ce_source", (SOURCE + stage).encode()),
        ("ce_type", kind.encode()),
        ("ce_time", rfc3339(moment).encode()),
        ("content-type", b"application/json"),
        ("traceparent", traceparent),
    )


def traceparent_of(record: Record, fallback: str) -> bytes:
    """Pass a W3C trace context on; where there is none, make one from ``fallback``, repeatably."""
    if record.traceparent is not None:
        return record.traceparent
    digest = hashlib.sha256(fallback.encode()).hexdigest()
    return f"00-{digest[:32]}-{digest[32:48]}-01".encode()


def new_traceparent() -> bytes:
    """Begin a trace."""
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01".encode()


def header(headers: Iterable[tuple[str, bytes]], name: str) -> bytes | None:
    """Give the last value of a header, as the Kafka clients do; None where there is none."""
    found = None
    for each, value in headers:
        if each == name:
            found = value
    return found


def landed_at(headers: Iterable[tuple[str, bytes]]) -> int | None:
    """Give when the transcript landed, in milliseconds since 1970; None where no header says so."""
    found = header(headers, INGESTED) or b""
    return int(found) if found.isdigit() else None


def moment_of(milliseconds: int) -> datetime:
    """Turn Kafka's milliseconds since 1970 into a time, without passing through a float."""
    seconds, rest = divmod(milliseconds, 1000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest * 1000)


@lru_cache(maxsize=64)
def rfc3339(moment: datetime) -> str:
    """Write a time in UTC with a Z."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _text(headers: Headers, name: str) -> str:
    value = header(headers, name)
    if value is None:
        raise ValueError(f"{name} is missing")
    return value.decode()
