"""The short form of the suite: a few faults of several kinds, on the broker of all tests."""

import pytest

from tests.chaos.checker import KINDS
from tests.chaos.rounds import Plan, run

pytestmark = [pytest.mark.broker, pytest.mark.chaos]


def test_killed_and_sleeping_workers_break_no_promise(broker: str) -> None:
    plan = Plan(
        ("kill", "stop"),
        1,
        strikes=1,
        seed=7,
        rate=15.0,
        worker_stages=("segment", "normalize", "extract", "publish"),
    )
    said: list[str] = []
    outcome = run(plan, broker, said.append)
    assert not outcome.anomalies, "\n".join(said)
    assert not any(row.stalled for row in outcome.rows), "\n".join(said)
    killed, stopped = outcome.rows
    assert set(killed.anomalies) <= set(KINDS)
    assert killed.kills >= 1
    assert stopped.faults == 1
    assert min(killed.events, stopped.events) > 50
