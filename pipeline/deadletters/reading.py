"""Dead letters read from their topic, chosen by what is known of them."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

import orjson

from pipeline.deadletters.letter import Letter, letter_of
from pipeline.problem import Problem
from pipeline.settings import Settings
from pipeline.stream.deadletter import TOPIC
from pipeline.stream.shelf import Shelf
from pipeline.stream.subscription import Subscription

REQUEUED = "pipeline.requeued"


@dataclass(frozen=True)
class Choice:
    """Which dead letters: those that fit all that is given; an empty tuple or None fits all.

    ``places`` are ``(partition, offset)`` on ``pipeline.deadletters``.
    """

    fingerprints: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    transcripts: tuple[str, ...] = ()
    places: tuple[tuple[int, int], ...] = ()
    since: datetime | None = None

    def fits(self, letter: Letter) -> bool:
        """Tell whether a letter is chosen; a fingerprint may be given by its beginning."""
        failure = letter.failure
        fingerprint = failure.fingerprint if failure else ""
        place = (letter.record.partition, letter.record.offset)
        return (
            (not self.fingerprints or fingerprint.startswith(self.fingerprints))
            and (not self.stages or bool(failure and failure.stage in self.stages))
            and (not self.transcripts or letter.transcript_id in self.transcripts)
            and (not self.places or place in self.places)
            and (self.since is None or letter.failed_at >= self.since)
        )


def place_of(given: str) -> tuple[int, int]:
    """Read ``partition:offset``; ``Problem`` for anything else."""
    partition, colon, offset = given.partition(":")
    if not (colon and partition.isdecimal() and offset.isdecimal()):
        raise Problem(
            f"{given!r} is no place; expected partition:offset as `callfacts deadletters list` "
            "gives them, such as 3:17"
        )
    return int(partition), int(offset)


def letters(settings: Settings, choice: Choice) -> Iterator[Letter]:
    """Give the chosen letters, those of one partition in their order."""
    if choice.places:
        yield from filter(choice.fits, _at(settings, choice.places))
        return
    subscription = Subscription(settings, [TOPIC])
    subscription.from_beginning()
    for record in subscription.records(follow=False):
        if record is not None:
            letter = letter_of(record)
            if choice.fits(letter):
                yield letter


def requeued(settings: Settings) -> dict[str, str]:
    """Give when each dead letter was last sent again, by its place."""
    subscription = Subscription(settings, [REQUEUED])
    subscription.from_beginning()
    return {
        (record.key or b"").decode(): str(orjson.loads(record.value or b"{}").get("requeued_at"))
        for record in subscription.records(follow=False)
        if record is not None
    }


def _at(settings: Settings, places: tuple[tuple[int, int], ...]) -> Iterator[Letter]:
    with closing(Shelf(settings)) as shelf:
        count = shelf.partitions(TOPIC)
        for partition, offset in sorted(set(places)):
            found = shelf.record_at(TOPIC, partition, offset) if partition < count else None
            if found is None:
                raise Problem(
                    f"no dead letter is at {partition}:{offset} of {settings.topic(TOPIC)}; "
                    "`callfacts deadletters list` shows those that are there"
                )
            yield letter_of(found)
