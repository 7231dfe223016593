"""A record that could not be processed, as it is kept: its own bytes, with the failure in headers.

Header names are those of Kafka Connect where it has one, ``__callfacts.errors.*`` beside them.
A record with neither key nor value is kept with an empty value and a header that says so.
"""

import contextlib
import hashlib
import re
import traceback
from dataclasses import dataclass
from datetime import datetime

from pipeline.problem import Problem
from pipeline.stream.record import (
    Headers,
    Lineage,
    LineageError,
    Message,
    Record,
    event_headers,
    header,
    rfc3339,
    traceparent_of,
)
from pipeline.transcript import BadTranscript

TOPIC = "pipeline.deadletters"
DEAD_LETTER = "callfacts.deadletter"
CONNECT = "__connect.errors."
OWN = "__callfacts.errors."

_LONGEST_REASON = 1_000
_LONGEST_STACK = 6_000
_VARYING = re.compile(r"'[^']*'|\"[^\"]*\"|\d+")


@dataclass(frozen=True)
class Failure:
    """Why a record failed, where, at which attempt and under which version of the program."""

    stage: str
    fault: Exception
    attempt: int
    version: str
    failed_at: datetime

    @property
    def reason(self) -> str:
        """The reason in one line."""
        text = " ".join(str(self.fault).split()) or type(self.fault).__name__
        return text if len(text) <= _LONGEST_REASON else text[: _LONGEST_REASON - 1] + "…"

    @property
    def exception(self) -> str:
        """The full name of the exception's class."""
        return f"{type(self.fault).__module__}.{type(self.fault).__qualname__}"

    @property
    def fingerprint(self) -> str:
        """The same for the same cause: the stage, the exception and the reason's fixed words."""
        cause = f"{self.stage}|{self.exception}|{_VARYING.sub('_', self.reason)}"
        return hashlib.sha256(cause.encode("utf-8", "replace")).hexdigest()[:16]


def dead_letter(record: Record, failure: Failure) -> Message:
    """Wrap a record: value, key and headers stay as they were; the failure is added in headers."""
    headers = _without_failure(record.headers)
    if header(headers, "ce_specversion") is None:
        place = f"{record.topic}-{record.partition}-{record.offset}"
        headers += event_headers(
            stage=failure.stage,
            kind=DEAD_LETTER,
            identity=place,
            moment=failure.failed_at,
            traceparent=traceparent_of(record, place),
        )
    headers += _failure_headers(record, failure)
    if record.key is None and record.value is None:
        # Kafka's clients send no record that has neither.
        return Message(TOPIC, None, b"", (*headers, (OWN + "null_value", b"true")))
    return Message(TOPIC, record.key, record.value, headers)


def _failure_headers(record: Record, failure: Failure) -> Headers:
    named = [
        (CONNECT + "topic", record.topic),
        (CONNECT + "partition", str(record.partition)),
        (CONNECT + "offset", str(record.offset)),
        (CONNECT + "stage", failure.stage),
        (CONNECT + "exception.class.name", failure.exception),
        (CONNECT + "exception.message", failure.reason),
        (OWN + "attempt", str(failure.attempt)),
        (OWN + "version", failure.version),
        (OWN + "fingerprint", failure.fingerprint),
        (OWN + "failed_at", rfc3339(failure.failed_at)),
        (OWN + "timestamp", str(record.timestamp)),
    ]
    if not isinstance(failure.fault, Problem | BadTranscript):
        stack = "".join(traceback.format_exception(failure.fault))[-_LONGEST_STACK:]
        named.append((CONNECT + "exception.stacktrace", stack))
    if record.key is not None:
        named.append((OWN + "transcript_id", record.key.decode("utf-8", "replace")))
    with contextlib.suppress(LineageError):
        named.append((OWN + "revision", str(Lineage.read(record.headers).revision)))
    return tuple((name, value.encode("utf-8", "replace")) for name, value in named)


def _without_failure(headers: Headers) -> Headers:
    """Leave out what an earlier failure added, so that a requeued record tells of its last one."""
    return tuple(each for each in headers if not each[0].startswith((CONNECT, OWN)))
