"""Windows of samples kept from look to look, and the report that is made of them."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from pipeline.lag.observe import Member, Observation, Reading
from pipeline.lag.verdict import (
    Judgement,
    Limits,
    Sample,
    Verdict,
    judge,
    moved_lately,
    position,
    worst,
)
from pipeline.lag.watched import Reader

WINDOW_SECONDS = 300.0

Place = tuple[Reader, int]


@dataclass(frozen=True)
class PartitionLag:
    """One reader on one partition, judged."""

    reading: Reading
    judgement: Judgement


@dataclass(frozen=True)
class ReaderLag:
    """One reader on all partitions of a topic. Units as in ``Judgement``.

    Lag, velocities and losses are sums, times those of the partition that is worst off;
    ``catch_up_seconds`` is None if any partition's is. ``members`` is the number of the group's
    members.
    """

    reader: Reader
    verdict: Verdict
    lag: int
    lag_seconds: float
    transcript_seconds: float
    velocity: float | None
    arrival: float | None
    catch_up_seconds: float | None
    retention_seconds: float | None
    lost: int
    members: int
    partitions: tuple[PartitionLag, ...]


@dataclass
class _Window:
    samples: deque[Sample] = field(default_factory=deque)
    lagging_since: float | None = None
    rewound: bool = False


class Monitor:
    """Takes observations and gives what they say; one for one set of topics."""

    def __init__(self, limits: Limits | None = None, window: float = WINDOW_SECONDS) -> None:
        """Take the limits of the verdicts and how many seconds of samples are kept."""
        self._limits = limits or Limits()
        self._seconds = window
        self._windows: dict[Place, _Window] = {}

    def take(self, observation: Observation) -> list[ReaderLag]:
        """Take one look; give every reader, judged, in the order in which they were looked at."""
        for reading in observation.readings:
            self._note(reading)
        busy = self._busy_members(observation.readings)
        judged: dict[Reader, list[PartitionLag]] = {}
        for reading in observation.readings:
            window = self._windows[_place(reading)]
            judgement = judge(
                tuple(window.samples),
                lagging_since=reading.began or window.lagging_since,
                replayed=window.rewound or reading.reader.role == "replay",
                busy_elsewhere=(reading.reader, reading.member) in busy,
                retention=observation.retention.get(reading.reader.topic),
                limits=self._limits,
            )
            judged.setdefault(reading.reader, []).append(PartitionLag(reading, judgement))
        present = {_place(reading) for reading in observation.readings}
        for gone in self._windows.keys() - present:
            del self._windows[gone]
        return [
            _together(reader, partitions, observation.members.get(reader.group, 0))
            for reader, partitions in judged.items()
        ]

    def _note(self, reading: Reading) -> None:
        window, sample = self._windows.setdefault(_place(reading), _Window()), reading.sample
        if window.samples and position(sample) < position(window.samples[-1]):
            window.rewound, window.lagging_since = True, sample.time
        window.samples.append(sample)
        while sample.time - window.samples[0].time > self._seconds:
            window.samples.popleft()
        if not sample.unread:
            window.lagging_since, window.rewound = None, False
        elif window.lagging_since is None:
            window.lagging_since = sample.time

    def _busy_members(self, readings: Iterable[Reading]) -> set[tuple[Reader, Member]]:
        """Give the members that have committed lately on any of their partitions."""
        return {
            (each.reader, each.member)
            for each in readings
            if each.member is not None
            and moved_lately(self._windows[_place(each)].samples, self._limits.stalled)
        }


def _place(reading: Reading) -> Place:
    return reading.reader, reading.partition


def _together(reader: Reader, partitions: list[PartitionLag], members: int) -> ReaderLag:
    all_of = [each.judgement for each in partitions]
    catch_ups = [each.catch_up_seconds for each in all_of]
    retentions = [r for each in all_of if (r := each.retention_seconds) is not None]
    return ReaderLag(
        reader=reader,
        verdict=worst([each.verdict for each in all_of]),
        lag=sum(each.lag for each in all_of),
        lag_seconds=max(each.lag_seconds for each in all_of),
        transcript_seconds=max(each.transcript_seconds for each in all_of),
        velocity=_sum([each.velocity for each in all_of]),
        arrival=_sum([each.arrival for each in all_of]),
        catch_up_seconds=_most(catch_ups),
        retention_seconds=min(retentions, default=None),
        lost=sum(each.lost for each in all_of),
        members=members,
        partitions=tuple(partitions),
    )


def _sum(numbers: list[float | None]) -> float | None:
    known = [each for each in numbers if each is not None]
    return sum(known) if len(known) == len(numbers) else None


def _most(seconds: list[float | None]) -> float | None:
    known = [each for each in seconds if each is not None]
    return max(known, default=0.0) if len(known) == len(seconds) else None
