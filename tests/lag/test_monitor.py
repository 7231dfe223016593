"""Windows kept from look to look."""

from pipeline.lag.monitor import Monitor, ReaderLag
from pipeline.lag.observe import Member, Observation, Reading
from pipeline.lag.probe import Unread
from pipeline.lag.verdict import Sample, Verdict
from pipeline.lag.watched import Reader

STAGE = Reader("normalize", "live", "callfacts", "transcripts.segmented")
ONE, OTHER = Member("m-1", "faust", "/10.0.0.1"), Member("m-2", "faust", "/10.0.0.2")
NOW = 1_800_000_000.0


def look(
    monitor: Monitor, at: float, *committed: int, members: tuple[Member, ...] = (ONE, ONE)
) -> list[Verdict]:
    """Look at partitions with 100,000 records that have all waited for ten minutes."""
    return [each.judgement.verdict for each in judged(monitor, at, committed, members).partitions]


def judged(
    monitor: Monitor, at: float, committed: tuple[int, ...], members: tuple[Member, ...]
) -> ReaderLag:
    readings = []
    for partition, offset in enumerate(committed):
        unread, time = 100_000 - offset, NOW + at
        sample = Sample(
            time, offset, 0, 100_000, unread, time - 600 if unread else None, owned=True
        )
        readings.append(Reading(STAGE, partition, sample, Unread(unread), members[partition]))
    (found,) = monitor.take(Observation(NOW + at, "c", tuple(readings), {}, {}, {}, {}))
    return found


def test_a_partition_waits_while_its_member_works_on_another() -> None:
    monitor = Monitor()
    for at in range(0, 100, 5):
        verdicts = look(monitor, at, 10 * at, 7)
    assert verdicts == ["behind", "behind"]
    for at in range(100, 260, 5):
        verdicts = look(monitor, at, 10 * at, 7)
    assert verdicts == ["behind", "stalled"]


def test_what_another_member_does_is_no_excuse() -> None:
    monitor = Monitor()
    for at in range(0, 100, 5):
        verdicts = look(monitor, at, 10 * at, 7, members=(ONE, OTHER))
    assert verdicts == ["behind", "stalled"]


def test_a_rewound_group_is_rewound_for_a_window_and_has_no_absurd_seconds_after_it() -> None:
    monitor = Monitor(window=30)
    look(monitor, 0, 500, 500)
    assert look(monitor, 5, 0, 500) == ["rewound", "behind"]
    for at in range(10, 100, 5):
        lag = judged(monitor, at, (at, 500), (ONE, ONE))
    assert lag.partitions[0].judgement.verdict == "behind"
    assert lag.partitions[0].judgement.lag_seconds == 90
    look(monitor, 100, 100_000, 500)
    lag = judged(monitor, 105, (99_000, 500), (ONE, ONE))
    assert lag.partitions[0].judgement.verdict == "rewound"


def test_samples_are_kept_for_a_window_and_no_longer() -> None:
    monitor = Monitor(window=60)
    for at in range(0, 1000, 10):
        look(monitor, at, at, at)
    assert {len(each.samples) for each in monitor._windows.values()} == {7}
    monitor.take(Observation(NOW, "c", (), {}, {}, {}, {}))
    assert monitor._windows == {}
