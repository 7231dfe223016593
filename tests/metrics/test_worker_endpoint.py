"""A worker's port on a real broker: what it counts, whether it is ready, whether it is alive."""

import os
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from kafka.errors import KafkaConnectionError
from kafka_view import STANDIN, Stream
from samples_of import value

from pipeline.lag.observe import Observation
from pipeline.metrics import endpoint as endpoint_module
from pipeline.metrics import health
from pipeline.metrics.endpoint import Endpoint
from pipeline.problem import Problem
from pipeline.settings import Settings
from pipeline.stream.worker import Worker

pytestmark = pytest.mark.broker


@pytest.fixture
def served(
    created_topics: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Worker, Endpoint]]:
    """A worker with the stand-in stages that serves its metrics, and is judged hastily."""
    monkeypatch.setenv("PYTHONPATH", str(STANDIN))
    monkeypatch.setattr(endpoint_module, "LOOK_SECONDS", 0.5)
    monkeypatch.setattr(endpoint_module, "ASK_SECONDS", 0.3)
    monkeypatch.setattr(health, "NO_PROGRESS_SECONDS", 3.0)
    monkeypatch.setattr(health, "SILENT_SECONDS", 2.0)
    endpoint = Endpoint(replace(created_topics, log_level="error"))
    worker = Worker(replace(created_topics, log_level="error"), endpoint=endpoint)
    worker.start()
    yield worker, endpoint
    for process in worker.process_ids.values():
        os.kill(process, signal.SIGCONT)
    worker.stop()


def get(endpoint: Endpoint, path: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{endpoint.port}{path}", timeout=30) as got:
            return got.status, got.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def wait(holds: Callable[[], bool], seconds: float = 90.0) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def answering(endpoint: Endpoint, process: str) -> float | None:
    text = get(endpoint, "/metrics")[1]
    return value(text, "callfacts_worker_process_answers", process=process)


def test_it_is_ready_counts_and_is_alive_while_it_works(
    served: tuple[Worker, Endpoint], created_topics: Settings
) -> None:
    _, endpoint = served
    wait(lambda: get(endpoint, "/readyz")[0] == 200)
    stream = Stream(created_topics)
    stream.publish("counted", "AAAA made 1 and 2", "BBBB made 3")
    stream.publish("broken", "FAIL-IN-normalize 1")
    stream.wait_completed("counted")
    stream.wait_completed("broken")
    stream.close()
    wait(lambda: value(get(endpoint, "/metrics")[1], "callfacts_segments_total") == 3)
    text = get(endpoint, "/metrics")[1]
    assert value(text, "callfacts_transcripts_total", status="processed") == 1
    assert value(text, "callfacts_transcripts_total", status="incomplete") == 1
    assert value(text, "callfacts_stage_seconds_count", stage="extract") == 3
    failed = {"stage": "normalize", "cause": "RuntimeError"}
    assert value(text, "callfacts_dead_letters_total", **failed) == 1
    assert value(text, "callfacts_worker_partitions", process="agents") == 6
    wait(lambda: get(endpoint, "/healthz")[0] == 200)
    assert get(endpoint, "/nowhere")[0] == 404


def test_a_worker_whose_stage_hangs_is_not_alive(
    served: tuple[Worker, Endpoint], created_topics: Settings
) -> None:
    _, endpoint = served
    wait(lambda: get(endpoint, "/readyz")[0] == 200)
    stream = Stream(created_topics)
    stream.publish("hangs", "SLOW-60000 AAAA made 1")
    stream.close()
    wait(lambda: get(endpoint, "/healthz")[0] == 200)
    wait(lambda: b"segment makes no progress" in get(endpoint, "/healthz")[1])
    assert get(endpoint, "/readyz")[0] == 503


def test_a_process_that_is_frozen_is_not_alive_and_comes_back(
    served: tuple[Worker, Endpoint],
) -> None:
    worker, endpoint = served
    wait(lambda: get(endpoint, "/readyz")[0] == 200)
    os.kill(worker.process_ids["publisher"], signal.SIGSTOP)
    wait(lambda: b"the process publisher has not answered" in get(endpoint, "/healthz")[1])
    wait(lambda: (answering(endpoint, "publisher"), answering(endpoint, "agents")) == (0, 1))
    os.kill(worker.process_ids["publisher"], signal.SIGCONT)
    wait(lambda: get(endpoint, "/healthz")[0] == 200)


def test_a_broker_that_is_away_for_a_moment_does_not_end_the_looking(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was seen before is forgotten, nothing is held against the worker, and it looks on."""
    looks: list[str] = []

    class Cluster:
        def __init__(self, settings: Settings) -> None:
            looks.append("connected")

        def observe(self) -> Observation:
            looks.append("looked")
            if len(looks) > 6:
                return Observation(time.time(), "c", (), {}, {}, {}, {})
            raise (KafkaConnectionError, KeyError, OSError)[looks.count("connected") % 3]("gone")

        def close(self) -> None: ...

    monkeypatch.setattr(endpoint_module, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr("pipeline.lag.observe.Observer", Cluster)
    endpoint = Endpoint(settings)
    endpoint.start()
    try:
        wait(lambda: looks.count("looked") > 8)
        assert looks.count("connected") > 2
        assert get(endpoint, "/healthz") == (200, b"alive\n")
    finally:
        endpoint.close()


def test_a_port_that_is_taken_is_a_problem_that_names_it(settings: Settings) -> None:
    first = Endpoint(settings)
    with pytest.raises(Problem, match=f"127.0.0.1:{first.port} cannot be listened at"):
        Endpoint(replace(settings, metrics_port=first.port))
    first.close()
