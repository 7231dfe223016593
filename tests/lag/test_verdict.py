"""Verdicts over windows: what they say, and the false alarms of other monitors that they avoid."""

import dataclasses
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.lag.verdict import (
    Judgement,
    Limits,
    Retention,
    Sample,
    Verdict,
    judge,
    may_change,
    worst,
)

NOW = 1_800_000_000.0
YEARS = 3 * 365 * 86_400.0

At = Callable[[float], float]


def window(
    seconds: float,
    committed: At,
    end: At,
    *,
    waits: At | None = None,
    owned: bool | None = True,
    every: float = 5.0,
) -> list[Sample]:
    """Samples until now; functions of the seconds since the first one give the offsets, and
    ``waits`` how long the oldest unread record has waited then."""
    samples = []
    for index in range(int(seconds / every) + 1):
        at = index * every
        unread = int(end(at)) - int(committed(at))
        time = NOW - seconds + at
        oldest = None if waits is None or not unread else time - waits(at)
        samples.append(
            Sample(time, int(committed(at)), 0, int(end(at)), unread, oldest, owned=owned)
        )
    return samples


def steady(value: float) -> At:
    return lambda _: value


def test_nothing_unread_is_keeping_up_however_long_ago_the_last_message_came() -> None:
    judgement = judge(window(300, steady(7), steady(7), owned=False))
    assert judgement == Judgement("keeping_up", 0, 0.0, 0.0, 0.0, 0.0, 0.0, None, 0)


def test_a_slow_topic_is_not_stopped() -> None:
    """One message in an hour: no commit for an hour is not an alarm."""
    samples = window(3600, steady(7), lambda at: 8 if at >= 3600 else 7, waits=steady(0.3))
    assert judge(samples).verdict == "keeping_up"


def test_a_steady_lag_that_is_read_in_time_is_keeping_up() -> None:
    samples = window(
        300, lambda at: 1000 * at, lambda at: 1000 * at + 900, waits=steady(0.9), owned=True
    )
    judgement = judge(samples)
    assert (judgement.verdict, judgement.lag) == ("keeping_up", 900)
    assert judgement.lag_seconds == pytest.approx(0.9, abs=0.01)


def test_a_stopped_reader_turns_within_a_minute_and_its_lag_goes_on_growing() -> None:
    """Lag must not freeze when commits stop."""
    verdicts: list[Verdict] = []
    seconds = []
    for until in (5, 15, 60):
        samples = window(
            until, steady(100), lambda at: 100 + at + 1, waits=lambda at: at, owned=False
        )
        judgement = judge(samples)
        verdicts.append(judgement.verdict)
        seconds.append(judgement.lag_seconds)
    assert verdicts == ["keeping_up", "stopped", "stopped"]
    assert seconds == [5, 15, 60]


def test_a_restart_of_a_worker_is_no_alarm() -> None:
    gone = window(5, steady(100), steady(110), waits=lambda at: 12 + at, owned=False)
    before = [
        dataclasses.replace(each, time=each.time - 6, owned=True)
        for each in window(30, steady(100), steady(110), waits=lambda at: at / 5)
    ]
    assert judge([*before, *gone]).verdict == "behind"


def test_a_rebalance_is_not_a_stop() -> None:
    samples = window(30, steady(5), steady(9), waits=lambda at: at + 1, owned=None)
    assert judge(samples).verdict == "behind"


def test_a_reader_that_has_members_and_commits_nothing_is_stalled() -> None:
    samples = window(60, steady(100), lambda at: 110 + at, waits=lambda at: at + 5)
    assert judge(samples).verdict == "stalled"


def test_a_partition_that_waits_for_its_turn_is_not_stalled_at_once() -> None:
    samples = window(60, steady(100), steady(900), waits=lambda at: at + 100)
    assert judge(samples).verdict == "stalled"
    assert judge(samples, busy_elsewhere=True).verdict == "behind"
    longer = window(250, steady(100), steady(900), waits=lambda at: at + 100)
    assert judge(longer, busy_elsewhere=True).verdict == "stalled"


def test_a_slow_event_is_behind_before_it_is_stalled() -> None:
    samples = window(30, steady(100), steady(101), waits=lambda at: at + 1)
    judgement = judge(samples)
    assert judgement.verdict == "behind"
    assert may_change(judgement)


def test_a_message_after_a_long_silence_is_not_stalled_at_once() -> None:
    samples = window(300, steady(7), lambda at: 8 if at >= 285 else 7, waits=lambda at: at - 285)
    assert judge(samples).verdict == "behind"


def test_one_look_at_an_old_backlog_leaves_it_open_whether_it_is_stalled() -> None:
    (sample,) = window(0, steady(0), steady(500), waits=steady(900))
    judgement = judge([sample])
    assert judgement.verdict == "behind"
    assert may_change(judgement)
    assert judgement.velocity is judgement.catch_up_seconds is None


def test_a_reader_that_catches_up_says_when_it_will_have() -> None:
    samples = window(100, lambda at: 10 * at, lambda at: 2000 + 2 * at, waits=steady(40))
    judgement = judge(samples)
    assert judgement.verdict == "behind"
    assert (judgement.velocity, judgement.arrival) == (10, 2)
    assert judgement.catch_up_seconds == pytest.approx(1200 / 8)


def test_a_reader_that_is_slower_than_what_comes_never_catches_up() -> None:
    samples = window(100, lambda at: at, lambda at: 100 + 2 * at, waits=steady(40))
    assert judge(samples).catch_up_seconds is None


def test_a_rewind_is_seen_until_it_is_made_good() -> None:
    rewound = window(60, lambda at: 100 if at < 30 else at, steady(100), waits=steady(YEARS))
    assert judge(rewound).verdict == "rewound"
    made_good = window(60, lambda at: 50 if at == 30 else 100, steady(120), waits=steady(20))
    assert judge(made_good).verdict != "rewound"


def test_a_topic_that_was_made_anew_is_no_rewind() -> None:
    samples = window(
        60, lambda at: 100 if at < 30 else 3, lambda at: 100 if at < 30 else 4, waits=steady(1)
    )
    assert judge(samples).verdict == "keeping_up"


def test_a_replay_has_no_absurd_seconds() -> None:
    """Records of three years ago have not waited for three years; nor do they soon run out."""
    samples = window(60, lambda at: 10 * at, steady(10_000), waits=steady(YEARS))
    judgement = judge(samples, lagging_since=NOW - 60, replayed=True)
    assert judgement.lag_seconds == judgement.transcript_seconds == 60
    assert judge(samples).lag_seconds == pytest.approx(YEARS)


def test_a_live_group_that_was_rewound_has_no_absurd_seconds() -> None:
    samples = window(60, lambda at: 100 if at < 30 else at, steady(100), waits=steady(YEARS))
    assert judge(samples, lagging_since=NOW - 30).lag_seconds == 30


def test_retention_that_is_about_to_bite_and_has_bitten() -> None:
    (sample,) = window(0, steady(5), steady(9), waits=steady(3500))
    assert judge([sample], retention=Retention(3600)).retention_seconds == pytest.approx(100)
    assert judge([sample], retention=Retention(60)).retention_seconds == 0
    assert judge([sample]).retention_seconds is None
    bitten = dataclasses.replace(sample, first=8, unread=1)
    assert judge([bitten]).lost == 3
    assert judge([dataclasses.replace(sample, committed=None, first=4)]).lost == 0


def test_a_log_that_is_about_to_be_too_large() -> None:
    """Ten bytes a record, ten records a second: what is unread may be 2,000 bytes at most."""
    kept = Retention(bytes=2_000)
    samples = [
        Sample(NOW - 10, 0, 0, 50, 50, NOW - 5, size=500),
        Sample(NOW, 0, 0, 150, 150, NOW - 15, size=1_500),
    ]
    assert judge(samples, retention=kept).retention_seconds == pytest.approx(5)
    assert judge(samples, retention=Retention(17, 2_000)).retention_seconds == pytest.approx(2)
    full = [*samples, Sample(NOW + 10, 0, 0, 250, 250, NOW - 15, size=2_500)]
    assert judge(full, retention=kept).retention_seconds == 0
    read_on = [*samples, Sample(NOW + 10, 240, 0, 250, 10, NOW, size=2_500)]
    assert judge(read_on, retention=kept).retention_seconds == pytest.approx(19)
    idle = [dataclasses.replace(samples[1], time=NOW - 60), samples[1]]
    assert judge(idle, retention=kept).retention_seconds is None
    unknown = [dataclasses.replace(each, size=None) for each in samples]
    assert judge(unknown, retention=kept).retention_seconds is None


def test_offsets_that_retention_took_do_not_count_as_progress_back() -> None:
    before = Sample(NOW - 10, 5, 0, 20, 15, NOW - 40, owned=True)
    after = Sample(NOW, 5, 10, 20, 10, NOW - 30, owned=True)
    assert judge([before, after]).verdict == "behind"


def test_the_time_in_the_pipeline_counts_from_the_landing() -> None:
    sample = Sample(NOW, 1, 0, 2, 1, NOW - 3, landed=NOW - 50, owned=True)
    judgement = judge([sample])
    assert (judgement.lag_seconds, judgement.transcript_seconds) == (3, 50)
    assert judgement.verdict == "keeping_up"


def test_the_worst_of_several() -> None:
    assert worst([]) == "keeping_up"
    assert worst(["behind", "stopped", "keeping_up"]) == "stopped"


def test_limits_can_be_others() -> None:
    samples = window(20, steady(1), steady(2), waits=lambda at: at + 1)
    assert judge(samples, limits=Limits(stalled=15)).verdict == "stalled"


@st.composite
def windows(draw: st.DrawFn) -> list[Sample]:
    """Anything that brokers may say, clocks that disagree and offsets that jump included."""
    samples, time = [], NOW
    for _ in range(draw(st.integers(1, 12))):
        first = draw(st.integers(0, 50))
        end = first + draw(st.integers(0, 100))
        committed = draw(st.none() | st.integers(0, 160))
        unread = draw(st.integers(0, max(0, end - max(first, committed or 0))))
        stamp = st.none() | st.floats(0, 2 * NOW)
        samples.append(
            Sample(
                time,
                committed,
                first,
                end,
                unread,
                draw(stamp) if unread else None,
                draw(stamp) if unread else None,
                draw(st.none() | st.booleans()),
                draw(st.none() | st.integers(0, 10_000)),
            )
        )
        time += draw(st.floats(0, 60))
    return samples


RETENTIONS = st.builds(
    Retention, st.none() | st.floats(0, 1e9), st.none() | st.integers(0, 100_000)
)


@given(windows(), st.none() | st.floats(0, NOW), st.booleans(), st.none() | RETENTIONS)
def test_no_figure_is_negative_or_not_a_number(
    samples: list[Sample], since: float | None, replayed: bool, retention: Retention | None
) -> None:
    judgement = judge(samples, lagging_since=since, replayed=replayed, retention=retention)
    for name, value in dataclasses.asdict(judgement).items():
        if name != "verdict" and value is not None:
            assert value >= 0, name
            assert value < float("inf"), name
    if not samples[-1].unread:
        assert judgement.verdict == "keeping_up"
        assert judgement.lag == judgement.lag_seconds == judgement.catch_up_seconds == 0
    if judgement.verdict == "stopped":
        assert samples[-1].owned is False
    if judgement.verdict == "stalled":
        assert judgement.lag_seconds >= Limits().stalled


@given(windows(), st.floats(0, 3600))
def test_verdicts_do_not_depend_on_the_hour(samples: list[Sample], shift: float) -> None:
    def moved(moment: float | None) -> float | None:
        return None if moment is None else moment + round(shift)

    later = [
        dataclasses.replace(
            each,
            time=each.time + round(shift),
            oldest_unread=moved(each.oldest_unread),
            landed=moved(each.landed),
        )
        for each in samples
    ]
    assert judge(later).verdict == judge(samples).verdict


@given(st.integers(1, 10_000), st.floats(0.5, 30), st.floats(10.1, 1e6))
def test_what_moves_is_never_stalled(lag: int, every: float, waits: float) -> None:
    samples = window(300, lambda at: at / every, lambda at: at / every + lag, waits=steady(waits),
                     every=every)  # fmt: skip
    assert judge(samples).verdict == "behind"
