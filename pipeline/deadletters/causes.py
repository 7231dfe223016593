"""Dead letters grouped by their cause."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from pipeline.deadletters.letter import Letter

UNKNOWN = "unknown"


@dataclass
class Cause:
    """The dead letters of one fingerprint; ``example`` is the newest."""

    fingerprint: str
    stage: str
    reason: str
    exception: str
    first_seen: datetime
    last_seen: datetime
    example: str
    transcript_id: str | None
    origin: str
    count: int = 0
    requeued: int = 0
    versions: set[str] = field(default_factory=set)


def causes(letters: Iterable[Letter], requeued: Mapping[str, str]) -> list[Cause]:
    """Group letters; the cause that was seen last comes first."""
    groups: dict[str, Cause] = {}
    for letter in letters:
        fingerprint = letter.failure.fingerprint if letter.failure else UNKNOWN
        cause = groups.get(fingerprint)
        if cause is None or letter.failed_at >= cause.last_seen:
            cause = groups[fingerprint] = _newest(letter, cause)
        cause.first_seen = min(cause.first_seen, letter.failed_at)
        cause.count += 1
        cause.requeued += letter.place in requeued
        if letter.failure:
            cause.versions.add(letter.failure.version)
    return sorted(groups.values(), key=lambda each: (each.last_seen, each.count), reverse=True)


def _newest(letter: Letter, former: Cause | None) -> Cause:
    failure, record = letter.failure, letter.record
    return Cause(
        fingerprint=failure.fingerprint if failure else UNKNOWN,
        stage=failure.stage if failure else UNKNOWN,
        reason=failure.reason if failure else "the headers tell of no failure",
        exception=failure.exception if failure else "",
        first_seen=former.first_seen if former else letter.failed_at,
        last_seen=letter.failed_at,
        example=letter.place,
        transcript_id=letter.transcript_id,
        origin=f"{failure.topic} {failure.partition}:{failure.offset}" if failure else record.place,
        count=former.count if former else 0,
        requeued=former.requeued if former else 0,
        versions=former.versions if former else set(),
    )
