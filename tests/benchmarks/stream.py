"""The pipeline over Kafka: workers beside one process and bare agents, latency, memory."""

import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Generator, Iterator
from pathlib import Path

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import NewTopic

from pipeline import broker
from pipeline.batch import lines
from pipeline.settings import Settings
from pipeline.stream.worker import Worker
from pipeline.transcript import encode_transcript
from schemas import TranscriptMessage
from tests.benchmarks import corpus
from tests.benchmarks.bare_agents import SOURCES, bare
from tests.benchmarks.table import Row
from topics import cluster

CALLS, CALL_BYTES = 60, 50_000
LATENCY_RUNS = 30
SMALL_CALLS, SMALL_BYTES = 1_000, 2_000
_PATIENCE = 120.0


def rows() -> Generator[Row, None, None]:
    """Measure on a broker of its own, or the one that CALLFACTS_TEST_BOOTSTRAP_SERVERS names."""
    with _broker() as servers:
        yield from _beside_bare_agents(servers)
        yield from _latency(servers)
        yield from _memory(servers)


class Pipeline:
    """Topics of their own on a broker, and what is seen on them by a read_committed reader."""

    def __init__(self, servers: str) -> None:
        prefix = f"bench-{uuid.uuid4().hex[:8]}."
        self.settings = Settings(
            bootstrap_servers=servers, topic_prefix=prefix, partitions=4, log_level="warning"
        )
        with cluster.connected(self.settings) as admin:
            cluster.apply(admin, self.settings)
            admin.create_topics(
                [NewTopic(self.settings.topic(bare(name)), 4, 1) for name in SOURCES]
            )
        self._producer = KafkaProducer(bootstrap_servers=servers, linger_ms=0)

    def send(self, calls: list[TranscriptMessage]) -> float:
        """Send transcripts; gives when the first was sent."""
        begin = time.perf_counter()
        for call in calls:
            self._producer.send(
                self.settings.topic("transcripts.raw"),
                key=call.transcript_id.encode(),
                value=encode_transcript(call),
            )
        self._producer.flush(60)
        return begin

    def reader(self, *names: str) -> KafkaConsumer:
        """Give a reader that stands at the end of some topics."""
        consumer = KafkaConsumer(
            bootstrap_servers=self.settings.bootstrap_servers,
            isolation_level="read_committed",
            enable_auto_commit=False,
        )
        topics = [self.settings.topic(name) for name in names]
        places = [
            TopicPartition(topic, number)
            for topic in topics
            for number in consumer.partitions_for_topic(topic) or ()
        ]
        consumer.assign(places)
        consumer.seek_to_end()
        for place in places:
            consumer.position(place)
        return consumer

    def count(self, *names: str) -> int:
        """Count the records of some topics, markers of transactions among them."""
        consumer = self.reader(*names)
        ends = consumer.end_offsets(list(consumer.assignment()))
        consumer.close()
        return sum(ends.values())


def _beside_bare_agents(servers: str) -> Iterator[Row]:
    calls = corpus.transcripts("en", CALLS // 2, CALL_BYTES) + corpus.transcripts(
        "zh", CALLS // 2, CALL_BYTES
    )
    begin = time.perf_counter()
    facts = sum(1 for _ in lines(calls, "facts"))
    alone = time.perf_counter() - begin
    pipeline = Pipeline(servers)
    one = _worked(pipeline, calls, workers=1)
    passed = _passed_on(pipeline)
    two = _worked(Pipeline(servers), calls, workers=2)
    yield Row(f"{CALLS} calls of 50 KB in one process", alone, "s", note=f"{facts} facts")
    yield Row("three bare Faust agents with the same messages", passed, "s")
    yield Row(
        "one worker", one, "s", 2 * (alone + passed), at_most=True, note="its bar: twice the two"
    )
    yield Row("two workers against one", one / two, "x", 1.7, note=f"{os.cpu_count()} cores")


def _latency(servers: str) -> Iterator[Row]:
    pipeline = Pipeline(servers)
    firsts, lasts = [], []
    with _workers(pipeline.settings, 1):
        reader = pipeline.reader("facts.events", "transcripts.completed")
        calls = corpus.transcripts("en", LATENCY_RUNS + 3, CALL_BYTES)
        for number, call in enumerate(calls):
            first, last = _times_of(pipeline, reader, call)
            if number >= 3:
                firsts.append(first)
                lasts.append(last)
            time.sleep(0.3)
        reader.close()
    lasts.sort()
    yield Row("first fact of a 50 KB call, median", 1000 * statistics.median(firsts), "ms")
    yield Row("last fact, median", 1000 * statistics.median(lasts), "ms", 150, at_most=True)
    yield Row(
        "last fact, 99th percentile", 1000 * lasts[-1], "ms", 400, at_most=True,
        note=f"the longest of {LATENCY_RUNS}",
    )  # fmt: skip


def _times_of(
    pipeline: Pipeline, reader: KafkaConsumer, call: TranscriptMessage
) -> tuple[float, float]:
    begin = pipeline.send([call])
    done = pipeline.settings.topic("transcripts.completed")
    first = last = 0.0
    completed = False
    while not completed and time.perf_counter() - begin < _PATIENCE:
        for place, records in reader.poll(timeout_ms=500).items():
            now = time.perf_counter() - begin
            completed = completed or place.topic == done
            if records and place.topic != done:
                first, last = first or now, now
    return first, last


def _memory(servers: str) -> Iterator[Row]:
    pipeline = Pipeline(servers)
    with _workers(pipeline.settings, 1) as (worker,):
        sizes = []
        for share in range(5):
            calls = [
                corpus.message(
                    f"small-{share}-{n}", corpus.text("en", "call", SMALL_BYTES, seed=n % 40)
                )
                for n in range(SMALL_CALLS // 5)
            ]
            reader = pipeline.reader("transcripts.completed")
            pipeline.send(calls)
            _wait_for(reader, len(calls))
            reader.close()
            sizes.append(sum(map(_resident, worker.process_ids.values())))
    yield Row(
        f"a worker's memory after {SMALL_CALLS} transcripts, against {SMALL_CALLS // 5}",
        sizes[-1] / sizes[0], "x", 1.1, at_most=True,
        note="MB: " + ", ".join(f"{size / 1024:.0f}" for size in sizes),
    )  # fmt: skip


def _worked(pipeline: Pipeline, calls: list[TranscriptMessage], *, workers: int) -> float:
    """Give the seconds until all calls are completed, by workers that have seen some before."""
    with _workers(pipeline.settings, workers):
        warm = [
            corpus.message(f"warm-{n}", corpus.text("en", "call", 2_000, seed=n)) for n in range(8)
        ]
        reader = pipeline.reader("transcripts.completed")
        pipeline.send(warm)
        _wait_for(reader, len(warm))
        begin = pipeline.send(calls)
        _wait_for(reader, len(calls))
        seconds = time.perf_counter() - begin
        reader.close()
    return seconds


def _passed_on(pipeline: Pipeline) -> float:
    """Give the seconds that bare agents take for what lies in the pipeline's topics."""
    wanted = pipeline.count(*SOURCES)
    settings = pipeline.settings
    command = [sys.executable, "-m", "tests.benchmarks.bare_agents"]
    arguments = [settings.bootstrap_servers, settings.topic_prefix, "bare"]
    targets = [bare(name) for name in SOURCES]
    with subprocess.Popen(
        [*command, *arguments], stdout=subprocess.PIPE, cwd=corpus.ROOT
    ) as process:
        assert process.stdout is not None
        try:
            process.stdout.readline()
            reader = pipeline.reader(*targets)
            while not pipeline.count(*targets):
                time.sleep(0.02)
            begin = time.perf_counter()
            seen = pipeline.count(*targets)
            while seen < wanted and time.perf_counter() - begin < _PATIENCE:
                time.sleep(0.05)
                seen = pipeline.count(*targets)
            seconds = time.perf_counter() - begin
            reader.close()
        finally:
            process.terminate()
    return seconds


def _wait_for(reader: KafkaConsumer, count: int) -> None:
    deadline = time.perf_counter() + _PATIENCE
    while count > 0:
        assert time.perf_counter() < deadline, f"{count} transcripts are not completed"
        count -= sum(map(len, reader.poll(timeout_ms=100).values()))


@contextlib.contextmanager
def _workers(settings: Settings, count: int) -> Iterator[list[Worker]]:
    workers = [Worker(settings) for _ in range(count)]
    try:
        for worker in workers:
            worker.start()
        yield workers
    finally:
        for worker in workers:
            worker.stop()


@contextlib.contextmanager
def _broker() -> Iterator[str]:
    given = os.environ.get("CALLFACTS_TEST_BOOTSTRAP_SERVERS")
    if given:
        yield given
        return
    cache = Settings().cache_dir
    with tempfile.TemporaryDirectory() as folder:
        running = broker.start(Path(folder), cache=cache, port=0)
        try:
            yield running.bootstrap_servers
        finally:
            broker.stop(Path(folder), cache=cache)


def _resident(process_id: int) -> int:
    """Give the kilobytes of memory that a process holds."""
    pages = int(Path(f"/proc/{process_id}/statm").read_text("utf-8").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024
