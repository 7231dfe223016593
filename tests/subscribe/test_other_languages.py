"""Readers that are not Python: the Go example and the kcat lines of the docs, as they stand."""

import os
import re
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from queue import Empty, Queue

import pytest
from kafka_view import Stream
from publishing import Publisher, extracted

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "docs" / "examples" / "go"
SECONDS = 90.0
BUILD_SECONDS = 500.0

pytestmark = pytest.mark.broker


@pytest.fixture
def publisher(stream: Stream, monkeypatch: pytest.MonkeyPatch) -> Publisher:
    return Publisher(stream, monkeypatch)


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example as a program, as ``go build`` makes it of what is committed."""
    if shutil.which("go") is None:
        pytest.skip("there is no Go here")
    environment = {**os.environ, "GOFLAGS": "-mod=readonly -buildvcs=false"}
    try:
        fetched = _go(environment, "mod", "download")
    except subprocess.TimeoutExpired:
        pytest.skip("Go's modules cannot be fetched here")
    if fetched.returncode:
        pytest.skip(f"Go's modules cannot be fetched here: {fetched.stderr[-200:]}")
    made = tmp_path_factory.mktemp("go") / "reader"
    built = _go(environment, "build", "-o", str(made), ".")
    assert built.returncode == 0, built.stderr
    return made


def _kcat(line: str, stream: Stream) -> str:
    """Give what a line of the docs prints on the topics of a test, up to what is there."""
    settings = stream.settings
    here = line.replace("127.0.0.1:9092", settings.bootstrap_servers)
    here = re.sub(r"(?<=\s)(facts\.|transcripts\.|my-desk)", settings.topic_prefix + r"\1", here)
    done = subprocess.run(
        f"{here} -e" if " -e" not in here else here,
        shell=True,
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _go(environment: dict[str, str], *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["go", *arguments],
        cwd=EXAMPLE,
        env=environment,
        capture_output=True,
        text=True,
        timeout=BUILD_SECONDS,
    )


class Reading:
    """A running program whose lines are read as they come."""

    def __init__(self, command: Sequence[str]) -> None:
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self._lines: Queue[str] = Queue()
        threading.Thread(target=self._follow, daemon=True).start()

    def next(self, count: int) -> list[str]:
        return [self._lines.get(timeout=SECONDS) for _ in range(count)]

    def stop(self) -> list[str]:
        """Stop it as an operator does; gives the lines that nobody has asked for."""
        self._process.send_signal(signal.SIGTERM)
        assert self._process.wait(SECONDS) == 0
        rest = []
        while True:
            try:
                rest.append(self._lines.get(timeout=0.2))
            except Empty:
                return rest

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def _follow(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line.rstrip("\n"))


@pytest.fixture
def readings() -> Iterator[list[Reading]]:
    started: list[Reading] = []
    yield started
    for each in started:
        each.kill()


@pytest.mark.timeout(2 * BUILD_SECONDS)
def test_the_go_example_reads_each_fact_once(
    program: Path, stream: Stream, publisher: Publisher, readings: list[Reading]
) -> None:
    def start(*filters: str) -> Reading:
        settings = stream.settings
        readings.append(
            Reading(
                [
                    *(str(program), "-brokers", settings.bootstrap_servers),
                    *("-prefix", settings.topic_prefix, *filters),
                ]
            )
        )
        return readings[-1]

    exact = {"fact_id": "a", "value": "1234567890123456789.1", "statement": "An exact amount."}
    span = {"fact_id": "b", "value": None, "low": "0.1", "high": "0.3", "statement": "A range."}
    publisher.publish(extracted(0, exact, {"fact_id": "other", "metric": "eps"}))
    publisher.fail_to_publish(extracted(1, {"fact_id": "x", "statement": "Never said."}))
    publisher.publish(extracted(1, span, {"fact_id": "unsure", "confidence": 0.35}))
    record = next(each for each in stream.records("facts.events") if b"An exact" in each.value)
    stream.send("AAAA", record.value, "facts.events", headers=record.headers)
    publisher.publish(extracted(2, {"fact_id": "c", "statement": "The last."}))

    first = start("-metric", "revenue", "-least-confidence", "0.5")
    assert first.next(3) == [
        "asserted\tAAAA\trevenue\t1234567890123456789.1\tUSD\t\tAn exact amount.",
        "asserted\tAAAA\trevenue\t0.1..0.3\tUSD\t\tA range.",
        "asserted\tAAAA\trevenue\t5\tUSD\t\tThe last.",
    ]
    assert first.stop() == []

    publisher.publish(extracted(3, {"fact_id": "d", "statement": "After a pause."}))
    again = start()
    assert [line.split("\t")[-1] for line in again.next(1)] == ["After a pause."]
    assert again.stop() == []


KCAT = [
    line
    for page in ("README.md", "docs/subscribing.md")
    for line in (ROOT / page).read_text("utf-8").splitlines()
    if line.startswith("kcat -b ")
]


def test_the_docs_show_kcat() -> None:
    assert len(KCAT) >= 4


def test_kcat_shows_what_is_committed(stream: Stream, publisher: Publisher) -> None:
    if shutil.which("kcat") is None:
        pytest.skip("there is no kcat here")
    publisher.publish(extracted(0, {"fact_id": "fact-a"}))
    publisher.fail_to_publish(extracted(1, {"fact_id": "fact-x"}))
    publisher.publish(extracted(1, {"fact_id": "fact-b"}))
    stream.send("claim-c", b'{"claim_id":"claim-c"}', "facts.claims")
    told = {
        "facts.events": ["fact-a", "fact-b"],
        "facts.claims": ["claim-c"],
        "transcripts.completed": ["call-0", "call-1"],
    }
    names = {"facts.events": "fact", "facts.claims": "claim", "transcripts.completed": "transcript"}
    for line in KCAT:
        (topic,) = re.findall(r"(?:facts|transcripts)\.[a-z]+", line)
        found = re.findall(rf'"{names[topic]}_id":"([^"]*)', _kcat(line, stream))
        assert found == told[topic], line
    assert "fact-x" in _kcat(KCAT[0].replace("read_committed", "read_uncommitted"), stream)
