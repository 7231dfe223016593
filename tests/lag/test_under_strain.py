"""Lag on a real broker when things go wrong: a frozen worker, a log too large, a long replay."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest
from kafka_view import STANDIN, Stream, start_worker

from pipeline.lag.monitor import Monitor, ReaderLag
from pipeline.lag.report import Report, Watch
from pipeline.lag.verdict import Limits
from pipeline.settings import Settings
from topics import cluster

pytestmark = pytest.mark.broker

SECONDS = 90.0
YEARS_AGO = 1_600_000_000_000
HISTORY = 200


def stage(report: Report, name: str) -> ReaderLag:
    return next(each for each in report.readers if each.reader.stage == name)


def configure(settings: Settings, topic: str, **values: str) -> None:
    """Set a topic's configuration, dots written as underscores."""
    from kafka.admin import AlterConfigOp, ConfigResource

    changes = {name.replace("_", "."): (AlterConfigOp.SET, each) for name, each in values.items()}
    with cluster.connected(settings) as admin:
        admin.alter_configs([ConfigResource("TOPIC", settings.topic(topic), changes)])
    time.sleep(0.5)


def test_a_log_about_to_be_too_large_is_told_before_anything_is_deleted(
    created_topics: Settings, stream: Stream
) -> None:
    configure(created_topics, "transcripts.raw", retention_bytes="200000", retention_ms="-1")

    def written(records: int) -> ReaderLag:
        for _ in range(records):
            stream.send("k", os.urandom(2_000), partition=0)
        return stage(watch.look(), "segment")

    with contextlib.closing(Watch(created_topics, monitor=Monitor(window=SECONDS))) as watch:
        assert written(10).retention_seconds is None, "at no pace that is known"
        time.sleep(1)
        near = written(60)
        assert near.retention_seconds is not None
        assert 0 < near.retention_seconds < SECONDS
        full = written(40)
    assert full.retention_seconds == 0
    assert (full.lost, full.partitions[0].reading.sample.first) == (0, 0)


def test_a_worker_that_is_frozen_turns_the_verdict_and_its_return_turns_it_back(
    created_topics: Settings, stream: Stream
) -> None:
    worker = start_worker(replace(created_topics, log_level="error"))
    monitor = Monitor(Limits(on_time=1.0, absent=2.0, stalled=4.0))
    try:
        stream.publish("first", "AAAA made 1")
        stream.wait_completed("first")
        for process in worker.process_ids.values():
            os.kill(process, signal.SIGSTOP)
        stream.publish("waits", "AAAA made 2")
        with contextlib.closing(Watch(created_topics, monitor=monitor)) as watch:
            report = stream.wait_for(lambda: _if(watch, "stalled", "stopped"), SECONDS)
            assert report.transcripts.oldest.transcript_id == "waits"
            for process in worker.process_ids.values():
                os.kill(process, signal.SIGCONT)
            stream.wait_completed("waits")
            stream.wait_for(lambda: _if(watch, "keeping_up"), SECONDS)
    finally:
        for process in worker.process_ids.values():
            os.kill(process, signal.SIGCONT)
        worker.stop()


def _if(watch: Watch, *verdicts: str) -> Report | None:
    """Give a report if the verdict on the first stage is one of these."""
    report = watch.look()
    return report if stage(report, "segment").verdict in verdicts else None


def test_a_replay_of_years_beside_a_live_stream_has_no_absurd_figures(
    created_topics: Settings, stream: Stream
) -> None:
    """What landed years ago and is read again has not waited for years."""
    configure(created_topics, "transcripts.raw", message_timestamp_type="CreateTime")
    worker = start_worker(replace(created_topics, log_level="error"))
    replay = None
    try:
        for number in range(HISTORY):
            value = b'{"transcript_id":"old-%d","text":"AAAA made %d"}' % (number, number)
            stream.post(f"old-{number}", value, timestamp_ms=YEARS_AGO + number)
        stream.flush()
        stream.wait_for(lambda: len(stream.records("transcripts.completed")) == HISTORY, SECONDS)
        with contextlib.closing(Watch(created_topics)) as watch:
            stream.wait_for(lambda: not any(each.lag for each in watch.look().readers), SECONDS)
            replay = _replay(created_topics)
            reports, number = [], 0
            while replay.poll() is None or number < 5:
                stream.publish(f"live-{number}", "BBBB made 1")
                reports.append(watch.look())
                number += 1
        assert replay.wait(SECONDS) == 0
        stream.wait_completed(f"live-{number - 1}")
    finally:
        if replay is not None:
            replay.kill()
            replay.wait()
        worker.stop()
    assert any(each.reader.role == "replay" for report in reports for each in report.readers)
    for report in reports:
        assert report.verdict in ("keeping_up", "behind"), report.as_json()
        assert report.transcripts.age < SECONDS
        for each in report.readers:
            assert 0 <= each.lag <= 5 * HISTORY
            assert 0 <= each.lag_seconds < SECONDS, each
            assert 0 <= each.transcript_seconds < SECONDS, each
            assert (each.catch_up_seconds or 0) >= 0


def _replay(settings: Settings) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [
            *(sys.executable, "-c", "from pipeline.cli import main; main()"),
            *("replay", "--jobs", "1", "--bootstrap-servers", settings.bootstrap_servers),
            *("--topic-prefix", settings.topic_prefix),
        ],
        stdout=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(STANDIN)},
    )
