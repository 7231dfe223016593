"""The commands that need a broker, as a person or a script uses them."""

import itertools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import orjson
import pytest
from kafka import KafkaAdminClient
from kafka_view import STANDIN, Stream

from pipeline import cli
from pipeline.settings import Settings
from pipeline.stream.worker import Worker

pytestmark = pytest.mark.broker


MAIN = "from pipeline.cli import main; main()"


def connection(settings: Settings) -> list[str]:
    return [
        "--bootstrap-servers",
        settings.bootstrap_servers,
        "--topic-prefix",
        settings.topic_prefix,
    ]


def started(settings: Settings, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", MAIN, *arguments, *connection(settings)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(STANDIN)},
    )


class TestPublish:
    def test_says_what_landed_where(
        self, stream: Stream, tmp_path: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        call = tmp_path / "call-7.txt"
        call.write_text("AAAA made 1\n", "utf-8")
        lines = tmp_path / "calls.jsonl"
        lines.write_text('{"transcript_id":"c8","text":"BBBB made 2"}\n{"text":"no id"}\n')
        status = cli.run(
            [
                "publish",
                str(call),
                str(lines),
                "--published",
                "2025-10-30",
                *connection(stream.settings),
            ]
        )
        out, err = capfd.readouterr()
        landed = [orjson.loads(line) for line in out.splitlines()]
        assert status == 1
        assert "transcript_id" in err
        assert f"{lines}:2" in err
        assert [each["transcript_id"] for each in landed] == ["call-7", "c8"]
        for each in landed:
            (record,) = [
                r
                for r in stream.records("transcripts.raw")
                if (r.topic, r.partition, r.offset)
                == (each["topic"], each["partition"], each["offset"])
            ]
            assert record.key.decode() == each["transcript_id"]
            value = orjson.loads(record.value)
            assert value["published_at"] == "2025-10-30T00:00:00Z"
            headers = dict(record.headers)
            assert headers["ce_type"] == b"callfacts.transcript.received"
            assert headers["traceparent"].startswith(b"00-")

    def test_sends_bytes_as_they_are(self, stream: Stream, tmp_path: Path) -> None:
        odd = tmp_path / "odd.bin"
        odd.write_bytes(b"\xff\x00")
        assert cli.run(["publish", "--raw", str(odd), *connection(stream.settings)]) == 0
        assert b"\xff\x00" in [r.value for r in stream.records("transcripts.raw")]

    def test_withdraws(self, stream: Stream) -> None:
        assert cli.run(["publish", "--withdraw", "gone", *connection(stream.settings)]) == 0
        assert ("gone", None) in [
            (r.key.decode(), r.value) for r in stream.records("transcripts.raw")
        ]

    def test_names_the_topic_that_is_missing(
        self, broker: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        call = tmp_path / "call.txt"
        call.write_text("AAAA made 1\n", "utf-8")
        nowhere = ["--bootstrap-servers", broker, "--topic-prefix", "nowhere."]
        assert cli.run(["publish", str(call), *nowhere]) == 1
        assert "nowhere.transcripts.raw is not there" in capfd.readouterr().err


class TestFacts:
    @pytest.fixture(autouse=True)
    def _facts(self, stream: Stream, worker: Worker) -> None:
        if not stream.completed("shown"):
            stream.publish("shown", "AAAA made 1", "BBBB made 2")
            stream.wait_completed("shown")

    def lines(
        self, stream: Stream, capfd: pytest.CaptureFixture[str], *options: str
    ) -> list[dict[str, object]]:
        assert cli.run(["facts", *options, *connection(stream.settings)]) == 0
        return [orjson.loads(line) for line in capfd.readouterr().out.splitlines()]

    def test_gives_the_events_as_they_are(
        self, stream: Stream, capfd: pytest.CaptureFixture[str]
    ) -> None:
        found = [each for each in self.lines(stream, capfd) if each["transcript_id"] == "shown"]
        # What other tests published may still be coming.
        events = [orjson.loads(r.value) for r in stream.records("facts.events")]
        expected = [each for each in events if each["transcript_id"] == "shown"]
        assert len(expected) >= 2
        assert sorted(map(orjson.dumps, found)) == sorted(map(orjson.dumps, expected))

    def test_filters(self, stream: Stream, capfd: pytest.CaptureFixture[str]) -> None:
        found = self.lines(stream, capfd, "--entity", "AAAA", "--from-beginning")
        assert {event["entity"]["id"] for event in found} == {"AAAA"}  # type: ignore[index]
        assert self.lines(stream, capfd, "--metric", "capex") == []

    def test_since(self, stream: Stream, capfd: pytest.CaptureFixture[str]) -> None:
        assert self.lines(stream, capfd, "--since", "1h")
        assert self.lines(stream, capfd, "--since", "2100-01-01") == []

    def test_shows_a_table(self, stream: Stream, capfd: pytest.CaptureFixture[str]) -> None:
        assert cli.run(["facts", "--format", "table", *connection(stream.settings)]) == 0
        out = capfd.readouterr().out
        assert "BBBB made 2" in out
        assert out.lstrip().startswith("about")

    def test_follows_until_interrupted(self, stream: Stream) -> None:
        subscriber = started(stream.settings, "facts", "--follow")
        assert subscriber.stdout is not None
        with ThreadPoolExecutor(1) as reading:
            line = reading.submit(subscriber.stdout.readline)
            for number in itertools.count():  # what comes before it listens is not for it
                stream.publish(f"followed-{number}", "CCCC made 3")
                if wait([line], timeout=1).done:
                    break
        assert orjson.loads(line.result())["statement"] == "CCCC made 3"
        subscriber.send_signal(signal.SIGINT)
        assert subscriber.wait(60) == cli.INTERRUPTED
        assert subscriber.stderr is not None
        assert subscriber.stderr.read().strip() == ""

    def test_says_that_no_kafka_answers(self, capfd: pytest.CaptureFixture[str]) -> None:
        assert cli.run(["facts", "--bootstrap-servers", "127.0.0.1:1"]) == 1
        (line,) = capfd.readouterr().err.splitlines()
        assert "no Kafka answers at 127.0.0.1:1" in line


class TestWorker:
    @pytest.fixture
    def running(self, stream: Stream) -> Iterator[subprocess.Popen[str]]:
        process = started(stream.settings, "worker", "--log-level", "error")
        assert process.stderr is not None
        assert "working" in process.stderr.readline()
        yield process
        process.kill()
        process.wait()

    def children(self, process: subprocess.Popen[str]) -> list[int]:
        listed = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
        return [int(each) for each in listed.split()]

    def test_stops_cleanly_and_hands_back_what_takes_long(
        self, stream: Stream, running: subprocess.Popen[str]
    ) -> None:
        children = self.children(running)
        assert len(children) == 3
        stream.publish("before", "AAAA made 1")
        stream.wait_completed("before")
        stream.publish("long", f"SLOW-{10 * 60_000} AAAA made 1")
        time.sleep(1)
        running.terminate()
        assert running.wait(60) == 0
        assert not any(Path(f"/proc/{child}").exists() for child in children)

    def test_ends_when_a_part_of_it_dies(self, running: subprocess.Popen[str]) -> None:
        children = self.children(running)
        os.kill(children[1], signal.SIGKILL)
        assert running.wait(60) == 1
        assert running.stderr is not None
        assert "publisher was killed by signal 9" in running.stderr.read()
        assert not any(Path(f"/proc/{child}").exists() for child in children)

    def test_its_parts_end_when_it_is_killed(self, running: subprocess.Popen[str]) -> None:
        children = self.children(running)
        running.kill()
        deadline = time.monotonic() + 90
        while any(Path(f"/proc/{child}").exists() for child in children):
            assert time.monotonic() < deadline
            time.sleep(0.05)

    def test_ends_when_its_stages_fail_on_everything(self, own_stream: Stream) -> None:
        process = started(own_stream.settings, "worker", "--log-level", "error")
        try:
            for number in range(60):
                own_stream.publish(f"flood-{number}", "FAIL-IN-normalize 1")
            _, said = process.communicate(timeout=90)
        finally:
            process.kill()
        assert process.returncode == 1
        assert "looks like a broken deployment" in said
        assert "agents ended with status 1" in said
        assert len(own_stream.records("pipeline.deadletters")) < 30

    def test_names_what_is_missing(self, broker: str) -> None:
        settings = Settings(bootstrap_servers=broker, topic_prefix="nowhere.")
        process = started(settings, "worker")
        _, err = process.communicate(timeout=90)
        assert process.returncode == 1
        assert "callfacts topics apply" in err


def test_the_demo_shows_facts_and_leaves_nothing(
    broker: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["demo", "--bootstrap-servers", broker]) == 0
    out, err = capfd.readouterr()
    assert out.count("\n+ ") > 50
    assert "8 transcripts" in err
    admin = KafkaAdminClient(bootstrap_servers=broker)
    deadline = time.monotonic() + 90
    while [topic for topic in admin.list_topics() if topic.startswith("demo-")]:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    admin.close()
