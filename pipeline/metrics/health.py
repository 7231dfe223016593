"""Whether a worker is alive and ready: judged by what becomes of its partitions, from outside.

A process that runs is not alive for that. The worker is not alive when one of its processes does
not answer for ``SILENT_SECONDS``, or when one of its partitions has something unread and no commit
for ``NO_PROGRESS_SECONDS``, which is longer than any stage tries again by itself. While no broker
answers nothing is known, and starting the worker anew would not help.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.lag.monitor import ReaderLag

SILENT_SECONDS = 30.0
NO_PROGRESS_SECONDS = 150.0


@dataclass(frozen=True)
class ProcessState:
    """What is known of one process: its partitions, and when it last answered (monotonic)."""

    answered: float
    settled: bool = False
    partitions: frozenset[tuple[str, int]] = frozenset()


@dataclass(frozen=True)
class Health:
    """Whether a worker is alive and ready, and if not, why."""

    dead: tuple[str, ...]
    not_ready: tuple[str, ...]


def judge_health(
    processes: Mapping[str, ProcessState], lags: Sequence[ReaderLag], now: float
) -> Health:
    """Judge a worker by its processes and by the lag of all readers; ``now`` is monotonic.

    ``lags`` come from a monitor whose limit for *stalled* is ``NO_PROGRESS_SECONDS``.
    """
    dead = [
        f"the process {name} has not answered for {now - each.answered:.0f} s"
        for name, each in processes.items()
        if now - each.answered > SILENT_SECONDS
    ]
    own = {place for each in processes.values() for place in each.partitions}
    dead += _without_progress(lags, own)
    not_ready = [
        f"the process {name} has not been given its partitions yet"
        for name, each in processes.items()
        if not each.settled
    ]
    return Health(tuple(dead), (*dead, *not_ready))


def _without_progress(lags: Iterable[ReaderLag], own: set[tuple[str, int]]) -> list[str]:
    return [
        f"{each.reader.stage} makes no progress: {each.reader.topic} "
        f"[{partition.reading.partition}] has {partition.judgement.lag} unread messages, the "
        f"oldest for {partition.judgement.lag_seconds:.0f} s, and no commit has come"
        for each in lags
        for partition in each.partitions
        if each.reader.role == "live"
        and partition.judgement.verdict == "stalled"
        and (each.reader.topic, partition.reading.partition) in own
    ]
