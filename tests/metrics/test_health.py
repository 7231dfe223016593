"""Liveness and readiness tell the truth about windows of what was seen."""

from pipeline.lag.monitor import Monitor
from pipeline.lag.observe import Observation, Reading
from pipeline.lag.probe import Unread
from pipeline.lag.verdict import Limits, Sample
from pipeline.lag.watched import Reader
from pipeline.metrics.health import (
    NO_PROGRESS_SECONDS,
    SILENT_SECONDS,
    ProcessState,
    judge_health,
)

READER = Reader("extract", "live", "callfacts", "transcripts.normalized")
NOW = 10_000.0


def seen(committed: int, end: int, time: float, waits: float, partition: int = 0) -> Observation:
    sample = Sample(time, committed, 0, end, end - committed, time - waits, owned=True)
    reading = Reading(READER, partition, sample, Unread(end - committed), None)
    return Observation(time, "c", (reading,), {}, {}, {}, {"callfacts": 1})


def lags(*, stuck: bool, seconds: float = NO_PROGRESS_SECONDS + 20) -> list:
    monitor = Monitor(Limits(stalled=NO_PROGRESS_SECONDS), window=2 * NO_PROGRESS_SECONDS)
    time = 0.0
    while True:
        judged = monitor.take(seen(5 if stuck else 5 + int(time), 900, 1e9 + time, time + 10))
        if time >= seconds:
            return judged
        time += 10


def state(**more: object) -> ProcessState:
    fields = {"settled": True, "partitions": frozenset({("transcripts.normalized", 0)})}
    return ProcessState(answered=NOW, **{**fields, **more})


def test_a_worker_that_commits_is_alive_and_ready() -> None:
    health = judge_health({"agents": state()}, lags(stuck=False), NOW + 1)
    assert (health.dead, health.not_ready) == ((), ())


def test_a_worker_without_progress_while_there_is_lag_is_not_alive() -> None:
    health = judge_health({"agents": state()}, lags(stuck=True), NOW + 1)
    assert len(health.dead) == 1
    assert health.dead[0].startswith(
        "extract makes no progress: transcripts.normalized [0] has 895"
    )
    assert health.not_ready == health.dead


def test_a_slow_event_is_not_taken_for_death() -> None:
    judged = lags(stuck=True, seconds=NO_PROGRESS_SECONDS - 20)
    assert judge_health({"agents": state()}, judged, NOW + 1).dead == ()


def test_partitions_of_other_workers_are_not_this_ones_fault() -> None:
    other = state(partitions=frozenset({("transcripts.normalized", 1)}))
    assert judge_health({"agents": other}, lags(stuck=True), NOW + 1).dead == ()


def test_a_process_that_does_not_answer_is_not_alive() -> None:
    processes = {"agents": state(), "publisher": ProcessState(NOW, settled=True)}
    assert judge_health(processes, [], NOW + SILENT_SECONDS - 1).dead == ()
    dead = judge_health(processes, [], NOW + SILENT_SECONDS + 1).dead
    assert [each.split()[2] for each in dead] == ["agents", "publisher"]


def test_a_worker_without_its_partitions_is_alive_and_not_ready() -> None:
    health = judge_health({"agents": state(settled=False)}, [], NOW + 1)
    assert health.dead == ()
    assert health.not_ready == ("the process agents has not been given its partitions yet",)


def test_while_no_broker_answers_nothing_is_held_against_the_worker() -> None:
    assert judge_health({"agents": state()}, [], NOW + 1).dead == ()
