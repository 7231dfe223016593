"""Transcripts that have landed and are not completed: pure bookkeeping, whatever the order.

A message on ``transcripts.raw`` is settled by a completion of its own or of a later message of the
same transcript, by one of the same or a higher revision, or by a dead letter.
"""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.lag.observe import Reading

_REMEMBERED = 50_000
"""Transcripts whose completion is remembered, for messages that are read after it."""


@dataclass(frozen=True)
class Landed:
    """A message on ``transcripts.raw``; ``revision`` is None for a tombstone, time in seconds."""

    transcript_id: str
    revision: int | None
    partition: int
    offset: int
    time: float


@dataclass(frozen=True)
class OpenTranscript:
    """A transcript that is not completed, and where it is; the stage is empty if nobody has it."""

    transcript_id: str
    revision: int | None
    landed: float
    stage: str


@dataclass
class _Done:
    landed: float = 0.0
    revision: int = 0
    withdrawn: bool = False


class Unsettled:
    """The messages that are not settled."""

    def __init__(self) -> None:
        self._open: dict[tuple[int, int], Landed] = {}
        self._done: OrderedDict[str, _Done] = OrderedDict()
        self._dead: OrderedDict[tuple[int, int], None] = OrderedDict()

    def land(self, message: Landed) -> None:
        """Note a transcript message."""
        place = (message.partition, message.offset)
        done = self._done.get(message.transcript_id)
        if place in self._dead or (done is not None and _settles(done, message)):
            return
        self._open[place] = message

    def complete(self, transcript_id: str, revision: int, status: str, landed: float) -> None:
        """Note a completion; ``landed`` is when the message landed that it completes."""
        done = self._done.pop(transcript_id, _Done())
        if landed >= done.landed:
            done.landed, done.withdrawn = landed, status == "withdrawn"
        done.revision = max(done.revision, revision)
        self._done[transcript_id] = done
        while len(self._done) > _REMEMBERED:
            self._done.popitem(last=False)
        for place, message in list(self._open.items()):
            if message.transcript_id == transcript_id and _settles(done, message):
                del self._open[place]

    def bury(self, partition: int, offset: int) -> None:
        """Note that a message lies in the dead letters."""
        self._open.pop((partition, offset), None)
        self._dead[(partition, offset)] = None
        while len(self._dead) > _REMEMBERED:
            self._dead.popitem(last=False)

    def settle(self, messages: Iterable[Landed]) -> None:
        """Forget messages of which it has turned out that they are settled."""
        for each in messages:
            self._open.pop((each.partition, each.offset), None)

    def is_complete(self, transcript_id: str, landed: float) -> bool:
        """Tell whether a message of a transcript that landed then is known to be completed."""
        done = self._done.get(transcript_id)
        return done is not None and landed <= done.landed

    @property
    def open(self) -> list[Landed]:
        """The messages that are not settled, the oldest first."""
        return sorted(self._open.values(), key=lambda each: (each.time, each.partition))


def stage_of(message: Landed, readings: Sequence[Reading]) -> str:
    """Give the first stage that has not read all of a transcript, empty if every one has.

    Transcripts stay in their order within a partition, and a partition's number is the same on
    every topic, so what a stage reads next tells which transcripts are before it and behind it.
    """
    for each in readings:
        if (
            each.reader.role != "live"
            or each.partition != message.partition
            or not each.sample.unread
        ):
            continue
        origin = each.unread.origin
        if origin is None or each.unread.replayed:
            continue
        if origin <= (message.partition, message.offset):
            return each.reader.stage
    return ""


def _settles(done: _Done, message: Landed) -> bool:
    if message.time <= done.landed:
        return True
    if message.revision is None:
        return done.withdrawn
    return not done.withdrawn and message.revision <= done.revision
