"""What a reader's offsets over a window of time say of it: pure functions over samples.

The rules, in their order, for one partition (after Burrow's, with waiting time in the place of the
number of samples, so that a topic with a message a day is judged as well as one with a thousand a
second):

1. nothing unread: *keeping up*, however long ago the last commit was;
2. the committed offset lies below an earlier one and has not regained it: *rewound*;
3. nobody reads the partition, and what is unread has waited for ``absent`` seconds: *stopped*;
4. what is unread has waited for less than ``on_time`` seconds: *keeping up*;
5. it has waited for ``stalled`` seconds, and no commit has come for as long: *stalled*; where the
   same member commits on other partitions of the topic it may only be their turn, so there it takes
   ``starved`` seconds;
6. else *behind*.

Waiting is counted from the time of the oldest unread record. For a replay that record may be years
old without having waited for anybody, so there it is counted from when the reader was first seen to
lag.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal, get_args

Verdict = Literal["keeping_up", "behind", "rewound", "stalled", "stopped"]

VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
"""From the best to the worst."""


@dataclass(frozen=True)
class Sample:
    """What was seen of one group on one partition at one time; times in seconds since 1970.

    ``committed`` is None where the group has committed nothing; ``first`` and ``end`` are the
    partition's oldest and its next readable offset. ``unread`` counts messages, not offsets: the
    markers of transactions and what compaction removed are none. ``oldest_unread`` is the time of
    the oldest unread record, ``landed`` when its transcript landed, None where it was not read.
    ``owned`` says whether a member of the group has the partition, None during a rebalance.
    ``size`` is that of the partition's log in bytes, None where it is not known.
    """

    time: float
    committed: int | None
    first: int
    end: int
    unread: int
    oldest_unread: float | None = None
    landed: float | None = None
    owned: bool | None = None
    size: int | None = None


@dataclass(frozen=True)
class Retention:
    """What a topic keeps of a partition: so many seconds, so many bytes; None without a limit."""

    seconds: float | None = None
    bytes: int | None = None


@dataclass(frozen=True)
class Limits:
    """Seconds that unread records may wait, see the rules above."""

    on_time: float = 10.0
    absent: float = 10.0
    stalled: float = 45.0
    starved: float = 240.0


@dataclass(frozen=True)
class Judgement:
    """What a window says. ``lag`` in messages, ``lag_seconds`` and ``transcript_seconds`` >= 0.

    ``lag_seconds`` is how long the oldest unread record has waited, ``transcript_seconds`` how long
    its transcript has been in the pipeline. ``velocity`` and ``arrival`` are messages a second that
    were read and that came, None while there is one sample. ``catch_up_seconds`` is 0 when nothing
    is unread, None when it is not known or never at this pace. ``retention_seconds`` says how long
    until the oldest unread record may be deleted, by its age or by what comes behind it, None where
    nothing is unread or nothing is deleted; ``lost`` counts offsets that were deleted unread.
    """

    verdict: Verdict
    lag: int
    lag_seconds: float
    transcript_seconds: float
    velocity: float | None
    arrival: float | None
    catch_up_seconds: float | None
    retention_seconds: float | None
    lost: int


def judge(
    window: Sequence[Sample],
    *,
    lagging_since: float | None = None,
    replayed: bool = False,
    busy_elsewhere: bool = False,
    retention: Retention | None = None,
    limits: Limits | None = None,
) -> Judgement:
    """Judge a window of at least one sample, oldest first.

    ``lagging_since`` is when the reader was first seen with anything unread, without having read it
    all since; ``replayed`` says that it reads what is old on purpose, ``busy_elsewhere`` that the
    partition's member has committed on other partitions lately.
    """
    limits = limits or Limits()
    window = _since_made_anew(window)
    last = window[-1]
    rewound = _rewound(window)
    lag = max(0, last.unread)
    waited = _waited(window, lagging_since, bounded=replayed or rewound) if lag else 0.0
    velocity, arrival = _paces(window)
    return Judgement(
        verdict=_verdict(
            window,
            lag,
            waited,
            rewound,
            replace(limits, stalled=limits.starved) if busy_elsewhere else limits,
        ),
        lag=lag,
        lag_seconds=waited,
        transcript_seconds=_in_pipeline(last, waited, replayed or rewound) if lag else 0.0,
        velocity=velocity,
        arrival=arrival,
        catch_up_seconds=_catch_up(lag, velocity, arrival),
        retention_seconds=_until_deleted(last, retention, arrival) if lag and retention else None,
        lost=0 if last.committed is None else max(0, last.first - last.committed),
    )


def worst(verdicts: Sequence[Verdict]) -> Verdict:
    """Give the worst of some verdicts; of none, that all is well."""
    return max(verdicts, key=VERDICTS.index, default="keeping_up")


def may_change(judgement: Judgement) -> bool:
    """Tell whether more samples may yet tell a reader that is behind from one that is stalled."""
    return judgement.verdict == "behind" and not judgement.velocity


def position(sample: Sample) -> int:
    """Give the offset that a group reads next: what it committed, else the oldest there is."""
    return max(sample.first, sample.committed if sample.committed is not None else sample.first)


def moved_lately(window: Sequence[Sample], seconds: float) -> bool:
    """Tell whether a group has read on within the last seconds of a window."""
    lately = [each for each in window if window[-1].time - each.time <= seconds]
    return any(position(a) < position(b) for a, b in pairwise(lately))


def _verdict(
    window: Sequence[Sample], lag: int, waited: float, rewound: bool, limits: Limits
) -> Verdict:
    now = window[-1].time
    if not lag:
        return "keeping_up"
    if rewound:
        return "rewound"
    lately = [each for each in window if now - each.time <= limits.absent]
    if waited >= limits.absent and all(each.owned is False for each in lately):
        return "stopped"
    if waited < limits.on_time:
        return "keeping_up"
    unmoved = now - _unmoved_since(window)
    return "stalled" if min(waited, unmoved) >= limits.stalled else "behind"


def _since_made_anew(window: Sequence[Sample]) -> Sequence[Sample]:
    """Leave out what was seen before the topic was deleted and made again."""
    for index in range(len(window) - 1, 0, -1):
        if window[index].end < window[index - 1].end:
            return window[index:]
    return window


def _rewound(window: Sequence[Sample]) -> bool:
    """Tell whether the reader went back; the offsets that retention took do not count."""
    last = window[-1]
    return any(position(each) > position(last) for each in window[:-1])


def _unmoved_since(window: Sequence[Sample]) -> float:
    since = window[-1].time
    for each in reversed(window):
        if position(each) != position(window[-1]):
            break
        since = each.time
    return since


def _waited(window: Sequence[Sample], lagging_since: float | None, *, bounded: bool) -> float:
    last = window[-1]
    seen = last.time if lagging_since is None else lagging_since
    since = seen if last.oldest_unread is None else last.oldest_unread
    if bounded:
        since = max(since, seen)
    return max(0.0, last.time - since)


def _in_pipeline(last: Sample, waited: float, bounded: bool) -> float:
    if last.landed is None or bounded:
        return waited
    return max(waited, last.time - last.landed)


def _paces(window: Sequence[Sample]) -> tuple[float | None, float | None]:
    """Give how many offsets a second were read and came, over the whole window."""
    began, last = window[0], window[-1]
    seconds = last.time - began.time
    if seconds <= 0:
        return None, None
    read = max(0, position(last) - position(began))
    return read / seconds, max(0, last.end - began.end) / seconds


def _catch_up(lag: int, velocity: float | None, arrival: float | None) -> float | None:
    if not lag:
        return 0.0
    if velocity is None or arrival is None or velocity <= arrival:
        return None
    return lag / (velocity - arrival)


def _until_deleted(last: Sample, retention: Retention, arrival: float | None) -> float | None:
    times = (_until_old(last, retention.seconds), _until_large(last, retention.bytes, arrival))
    return min((each for each in times if each is not None), default=None)


def _until_old(last: Sample, kept: float | None) -> float | None:
    if kept is None or last.oldest_unread is None:
        return None
    return max(0.0, last.oldest_unread + kept - last.time)


def _until_large(last: Sample, kept: int | None, arrival: float | None) -> float | None:
    """Say when as many bytes lie behind a position as a log may hold, at the present pace.

    Kafka deletes a segment once those behind it are as large as ``retention.bytes``. How large the
    records behind the position are is reckoned from the mean of the whole log.
    """
    if kept is None or last.size is None:
        return None
    mean = last.size / max(1, last.end - last.first)
    room = kept - mean * (last.end - position(last))
    if room <= 0:
        return 0.0
    return room / (mean * arrival) if mean and arrival else None
