"""Lag on a real broker: what is unread is counted, what is not is not, verdicts turn."""

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import orjson
import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.structs import OffsetAndMetadata
from kafka_view import Stream, start_worker

from pipeline.lag.monitor import Monitor, ReaderLag
from pipeline.lag.report import Report, Watch
from pipeline.lag.verdict import Limits
from pipeline.settings import Settings
from pipeline.stream.record import Lineage
from topics import cluster

pytestmark = pytest.mark.broker

QUICK = Limits(on_time=1.0, absent=2.0, stalled=4.0)


@pytest.fixture
def watch(created_topics: Settings) -> Iterator[Watch]:
    watching = Watch(created_topics, subscribers=True, monitor=Monitor(QUICK))
    yield watching
    watching.close()


def stage(report: Report, name: str) -> ReaderLag:
    return next(each for each in report.readers if each.reader.stage == name)


def of_group(report: Report, group: str) -> ReaderLag:
    return next(each for each in report.readers if each.reader.group == group)


def until(watch: Watch, holds: Callable[[Report], bool], seconds: float = 90.0) -> Report:
    deadline = time.monotonic() + seconds
    while not holds(report := watch.look()):
        assert time.monotonic() < deadline, report.as_json()
        time.sleep(0.3)
    return report


def commit(settings: Settings, group: str, offsets: dict[TopicPartition, int]) -> None:
    consumer = KafkaConsumer(
        bootstrap_servers=settings.bootstrap_servers, group_id=group, enable_auto_commit=False
    )
    consumer.assign(list(offsets))
    consumer.commit({place: OffsetAndMetadata(at, "", -1) for place, at in offsets.items()})
    consumer.close()


def in_transactions(settings: Settings, topic: str, commits: list[bool]) -> None:
    producer = KafkaProducer(
        bootstrap_servers=settings.bootstrap_servers,
        transactional_id=f"{settings.topic_prefix}test",
        acks="all",
        enable_idempotence=True,
    )
    producer.init_transactions()
    for number, committed in enumerate(commits):
        producer.begin_transaction()
        value = f"{number}".encode()
        producer.send(settings.topic(topic), key=b"k", value=value, partition=0).get(60)
        if committed:
            producer.commit_transaction()
        else:
            producer.abort_transaction()
    producer.close()


def test_idle_topics_have_no_lag_and_no_nan(watch: Watch) -> None:
    report = watch.look()
    assert report.verdict == "keeping_up"
    assert report.transcripts.open == 0
    for each in report.readers:
        assert (each.lag, each.lag_seconds, each.catch_up_seconds) == (0, 0.0, 0.0)
        assert each.retention_seconds is None
    orjson.dumps(report.as_json())


def test_all_read_of_a_transactional_topic_is_no_lag(
    watch: Watch, created_topics: Settings
) -> None:
    """Markers have offsets: behind the last message that was read there are still two of them."""
    in_transactions(created_topics, "facts.events", [True, True, True, False])
    place = TopicPartition(created_topics.topic("facts.events"), 0)
    group = created_topics.topic("desk")
    commit(created_topics, group, {place: 5})
    lag = of_group(watch.look(), group)
    sample = lag.partitions[0].reading.sample
    assert (sample.committed, sample.end) == (5, 8)
    assert (lag.lag, lag.verdict, lag.lag_seconds) == (0, "keeping_up", 0.0)
    commit(created_topics, group, {place: 1})
    assert of_group(watch.look(), group).lag == 2


def test_a_transaction_that_is_open_is_not_waited_for(
    watch: Watch, created_topics: Settings
) -> None:
    settings = created_topics
    in_transactions(settings, "facts.events", [True])
    producer = KafkaProducer(
        bootstrap_servers=settings.bootstrap_servers,
        transactional_id=f"{settings.topic_prefix}open",
        acks="all",
        enable_idempotence=True,
    )
    producer.init_transactions()
    producer.begin_transaction()
    producer.send(settings.topic("facts.events"), key=b"k", value=b"v", partition=0).get(60)
    place, group = TopicPartition(settings.topic("facts.events"), 0), settings.topic("desk")
    commit(settings, group, {place: 1})
    try:
        assert of_group(watch.look(), group).lag == 0
    finally:
        producer.commit_transaction()
        producer.close()
    assert of_group(watch.look(), group).lag == 1


def test_compacted_away_is_not_unread(watch: Watch, created_topics: Settings) -> None:
    """Records before the log's beginning are gone; a group that had not read them lost them."""
    settings = created_topics
    place = TopicPartition(settings.topic("transcripts.completed"), 0)
    producer = KafkaProducer(bootstrap_servers=settings.bootstrap_servers)
    for number in range(10):
        producer.send(place.topic, key=b"k", value=b"%d" % number, partition=0)
    producer.close()
    group = settings.topic("desk")
    commit(settings, group, {place: 2})
    with contextlib.closing(
        KafkaAdminClient(bootstrap_servers=settings.bootstrap_servers)
    ) as admin:
        admin.delete_records({place: 6})
    consumer = Watch(settings, subscribers=True, monitor=Monitor(QUICK))
    with contextlib.closing(consumer):
        lag = of_group(_look_without_business(consumer), group)
    assert (lag.lag, lag.lost) == (4, 4)


def _look_without_business(watch: Watch) -> Report:
    """The completions of this test are none, which only the transcripts' part would mind."""

    class Nothing:
        def look(self, observation: Any) -> Any:
            return None

        def close(self) -> None:
            pass

    nothing: Any = Nothing()
    watch._business = nothing
    return watch.look()


def test_a_replay_is_a_group_of_its_own_without_absurd_seconds(
    watch: Watch, created_topics: Settings
) -> None:
    settings = created_topics
    place = TopicPartition(settings.topic("transcripts.completed"), 0)
    producer = KafkaProducer(bootstrap_servers=settings.bootstrap_servers)
    for number in range(10):
        producer.send(place.topic, value=b"%d" % number, partition=0, timestamp_ms=1_000_000)
    producer.close()
    watching = Watch(settings, subscribers=True, monitor=Monitor(QUICK))
    replay, desk = settings.topic("callfacts-replay-ab12"), settings.topic("desk")
    commit(settings, replay, {place: 3})
    commit(settings, desk, {place: 3})
    with contextlib.closing(watching):
        report = _look_without_business(watching)
    assert of_group(report, replay).reader.role == "replay"
    assert (of_group(report, replay).lag, of_group(report, desk).lag) == (7, 7)
    assert of_group(report, replay).lag_seconds < 5
    assert of_group(report, desk).lag_seconds > 50 * 365 * 86_400
    assert report.readers[0].reader.role == "live"


@pytest.mark.parametrize(
    "lineage",
    [
        pytest.param(Lineage(0, 0, ingested_at=1_000_000, run=7), id="into-the-same-topics"),
        pytest.param(Lineage(0, 5_000, ingested_at=1_000_000), id="from-other-topics"),
    ],
)
def test_a_replayed_record_waits_since_it_was_written_not_since_its_transcript_landed(
    watch: Watch, created_topics: Settings, stream: Stream, lineage: Lineage
) -> None:
    stream.publish("first", "AAAA made 1")
    headers = list(lineage.headers())
    stream.send("old", b"{}", "facts.extracted", headers=headers, partition=0)
    time.sleep(1.1)
    lag = stage(watch.look(), "publish")
    assert lag.lag == 1
    assert 1 <= lag.lag_seconds < 20
    assert lag.transcript_seconds < 20
    oldest = watch.look().transcripts.oldest
    assert oldest is not None
    assert oldest.transcript_id == "first"


def test_retention_about_to_bite(created_topics: Settings, stream: Stream) -> None:
    from kafka.admin import AlterConfigOp, ConfigResource

    settings = created_topics
    with cluster.connected(settings) as admin:
        short = {"retention.ms": (AlterConfigOp.SET, "60000")}
        admin.alter_configs([ConfigResource("TOPIC", settings.topic("transcripts.raw"), short)])
        time.sleep(0.5)
    stream.publish("unread", "AAAA made 1")
    with contextlib.closing(Watch(settings)) as watch:
        left = stage(watch.look(), "segment").retention_seconds
    assert left is not None
    assert 50 < left <= 60


def test_a_worker_that_is_killed_turns_the_verdict_and_its_successor_turns_it_back(
    watch: Watch, created_topics: Settings, stream: Stream
) -> None:
    worker = start_worker(replace(created_topics, log_level="error"))
    try:
        for number in range(5):
            stream.publish(f"first-{number}", "AAAA made 1", "BBBB made 2")
        report = until(watch, lambda r: _settled(r) and r.readers[0].partitions[0].reading.member)
        assert report.verdict == "keeping_up"
        assert all(each.members == 1 for each in report.readers if each.reader.role == "live")
        for process in worker.process_ids.values():
            os.kill(process, signal.SIGKILL)
        stream.publish("waits", "AAAA made 1", revision=3)
        report = until(watch, lambda r: r.verdict == "stopped")
        assert stage(report, "segment").lag == 1
        oldest = report.transcripts.oldest
        assert oldest is not None
        assert (oldest.transcript_id, oldest.revision, oldest.stage) == ("waits", 3, "segment")
        assert stage(report, "segment").lag_seconds == pytest.approx(report.transcripts.age)
    finally:
        worker.stop()
    successor = start_worker(replace(created_topics, log_level="error"))
    try:
        report = until(watch, lambda r: _settled(r) and r.verdict == "keeping_up")
        assert report.transcripts.open == 0
    finally:
        successor.stop()


def test_a_stage_that_hangs_is_behind_and_then_stalled(
    watch: Watch, created_topics: Settings, stream: Stream
) -> None:
    worker = start_worker(replace(created_topics, log_level="error"))
    try:
        stream.publish("hangs", "AAAA made 1", "SLOW-8000 BBBB made 2", "CCCC made 3")
        report = until(watch, lambda r: stage(r, "normalize").verdict == "behind")
        report = until(watch, lambda r: r.verdict == "stalled")
        assert stage(report, "normalize").verdict == "stalled"
        oldest = report.transcripts.oldest
        assert oldest is not None
        assert (oldest.transcript_id, oldest.stage) == ("hangs", "normalize")
    finally:
        worker.stop()


def test_what_ends_without_a_completion_is_not_open_for_ever(
    watch: Watch, created_topics: Settings, stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A message twice, a late revision, nonsense, a tombstone of nothing: settled all the same."""
    monkeypatch.setattr("pipeline.lag.business._GRACE_SECONDS", 0.0)
    worker = start_worker(replace(created_topics, log_level="error"))
    try:
        stream.publish("twice", "AAAA made 1", revision=2)
        stream.publish("twice", "AAAA made 1", revision=2)
        stream.publish("twice", "BBBB made 1", revision=1)
        stream.send("nonsense", b"{")
        stream.send("nothing", None)
        stream.publish("gone", "AAAA made 1")
        stream.send("gone", None)
        stream.send("gone", None)
        stream.publish("broken", "FAIL-IN-extract 1")
        stream.wait_completed("broken")
        report = until(watch, _settled)
        assert report.transcripts.open == 0
    finally:
        worker.stop()


def test_a_transcript_that_every_stage_read_and_none_completed_is_told(
    watch: Watch, created_topics: Settings, stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.lag.business._GRACE_SECONDS", 0.0)
    partition, offset = stream.publish("lost", "AAAA made 1")
    place = TopicPartition(created_topics.topic("transcripts.raw"), partition)
    commit(created_topics, created_topics.topic("callfacts"), {place: offset + 1})
    report = watch.look()
    assert report.verdict == "keeping_up"
    assert report.transcripts.by_stage[""] == 1
    oldest = report.transcripts.oldest
    assert oldest is not None
    assert (oldest.transcript_id, oldest.stage) == ("lost", "")


def _settled(report: Report) -> bool:
    live = [each for each in report.readers if each.reader.role == "live"]
    return not any(each.lag for each in live) and report.transcripts.open == 0
