"""A dead letter: the record on ``pipeline.deadletters``, and the original that it keeps."""

from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError

from pipeline.stream.deadletter import CONNECT, DEAD_LETTER, OWN
from pipeline.stream.record import Headers, Record, header, moment_of
from schemas import DeadLetter

_FIELDS = {
    "stage": CONNECT + "stage",
    "reason": CONNECT + "exception.message",
    "exception": CONNECT + "exception.class.name",
    "topic": CONNECT + "topic",
    "partition": CONNECT + "partition",
    "offset": CONNECT + "offset",
    "attempt": OWN + "attempt",
    "version": OWN + "version",
    "fingerprint": OWN + "fingerprint",
    "failed_at": OWN + "failed_at",
    "transcript_id": OWN + "transcript_id",
    "revision": OWN + "revision",
}


@dataclass(frozen=True)
class Letter:
    """A dead letter; ``failure`` is None where the record's headers do not tell of one."""

    record: Record
    failure: DeadLetter | None

    @property
    def place(self) -> str:
        """Say where the letter is on ``pipeline.deadletters``: ``partition:offset``."""
        return f"{self.record.partition}:{self.record.offset}"

    @property
    def failed_at(self) -> datetime:
        """When it failed; the record's own time where it does not say."""
        return self.failure.failed_at if self.failure else moment_of(self.record.timestamp)

    @property
    def transcript_id(self) -> str | None:
        """The transcript's id as far as the key tells it."""
        if self.failure and self.failure.transcript_id is not None:
            return self.failure.transcript_id
        key = self.record.key
        return None if key is None else key.decode("utf-8", "replace")

    def original(self) -> Record:
        """Give the record that failed, as it came: key, value, headers, and its place.

        ``ValueError`` where the headers do not say where it came from.
        """
        if self.failure is None:
            raise ValueError("its headers do not say where it came from")
        headers = self.record.headers
        missing = header(headers, OWN + "null_value") is not None
        return Record(
            topic=self.failure.topic,
            partition=self.failure.partition,
            offset=self.failure.offset,
            timestamp=int(header(headers, OWN + "timestamp") or 0),
            key=self.record.key,
            value=None if missing else self.record.value,
            headers=_as_they_came(headers),
        )


def letter_of(record: Record) -> Letter:
    """Read the failure from a record's headers."""
    found: dict[str, str] = {}
    for field, name in _FIELDS.items():
        value = header(record.headers, name)
        if value is not None:
            found[field] = value.decode("utf-8", "replace")
    try:
        return Letter(record, DeadLetter.model_validate(found))
    except ValidationError:
        return Letter(record, None)


def _as_they_came(headers: Headers) -> Headers:
    """Leave out what the failure added: its own headers, and an envelope where there was none."""
    kept = tuple(each for each in headers if not each[0].startswith((CONNECT, OWN)))
    if header(kept, "ce_type") != DEAD_LETTER.encode():
        return kept
    names = [name for name, _ in kept]
    return kept[: names.index("ce_specversion")]
