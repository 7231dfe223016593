"""A benchmark that is ended stops the broker that it started."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from pipeline.broker import container, jvm, readiness
from pipeline.settings import Settings

ROOT = Path(__file__).parents[2]
PATIENCE = 100.0


def missing() -> str | None:
    return None if container.engine_answers() else jvm.what_is_missing(Settings().cache_dir)


@pytest.mark.broker
@pytest.mark.timeout(240)
def test_no_broker_is_left_after_sigterm(tmp_path: Path) -> None:
    if absent := missing():
        pytest.skip(f"nothing to run Kafka with: {absent} is missing")
    with (tmp_path / "said").open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks", "stream"],
            cwd=ROOT,
            env=os.environ | {"TMPDIR": str(tmp_path)},
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
    try:
        folder, state = serving_broker(tmp_path)
        # As ``timeout`` does it: to the process, then to all of its group.
        process.send_signal(signal.SIGTERM)
        os.killpg(process.pid, signal.SIGTERM)
        assert process.wait(PATIENCE) == 128 + signal.SIGTERM, (tmp_path / "said").read_text()
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    assert not runs(folder, state)


def serving_broker(temporary: Path) -> tuple[Path, dict[str, Any]]:
    """Wait until the benchmark's broker serves; gives its folder and its state."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        for path in temporary.glob("*/broker.json"):
            if text := path.read_text("utf-8"):
                state = json.loads(text)
                if readiness.is_open(state["port"]):
                    return path.parent, state
        time.sleep(0.05)
    raise AssertionError("the benchmark started no broker")


def runs(folder: Path, state: dict[str, Any]) -> bool:
    if state["how"] == "container":
        return container.is_running(state["identity"])
    return jvm.is_running(int(state["identity"]), folder)
