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
from dataclasses import dataclass
from pathlib import Path

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import NewTopic
from kafka.partitioner.default import murmur2

from pipeline import broker
from pipeline.batch import lines
from pipeline.lag.probe import Probe
from pipeline.settings import Settings
from pipeline.stream.worker import Worker
from pipeline.transcript import encode_transcript
from schemas import TranscriptMessage
from tests.benchmarks import corpus, limits
from tests.benchmarks.bare_agents import SOURCES, bare
from tests.benchmarks.processes import processor_time
from tests.benchmarks.table import Row
from topics import cluster

CALLS, CALL_BYTES = 200, 50_000
# With half a core each a call takes four times as long.
CALLS_LIMITED = 64
PARTITIONS = 4
LATENCY_RUNS = 30
# Workers that take all of the machine cannot show that two do more than one; limited, they can.
LIMITED_TO = 0.5
# The broker's JVM compiles what it uses often: a server that has been up for a while is measured.
CALLS_BEFORE = 10
# The keeper of claims lets events gather for half a second: only then the pipeline is idle.
IDLE_SECONDS = 1.0
SMALL_CALLS, SMALL_BYTES, SMALL_ROUNDS = 1_000, 600, 10
_PATIENCE = 600.0


def through() -> Generator[Row, None, None]:
    """Measure calls through Kafka, on a broker of its own as all of these.

    CALLFACTS_TEST_BOOTSTRAP_SERVERS names another one.
    """
    with _broker() as (servers, broker_process):
        yield from _beside_bare_agents(servers, broker_process)


def latency() -> Generator[Row, None, None]:
    """Measure from landing to first and last fact, one call after the other."""
    with _broker() as (servers, _):
        yield from _latency(servers)


def memory() -> Generator[Row, None, None]:
    """Measure a worker's memory over many small transcripts."""
    with _broker() as (servers, _):
        yield from _memory(servers)


class Pipeline:
    """Topics of their own on a broker, and what is seen on them by a read_committed reader."""

    def __init__(self, servers: str) -> None:
        prefix = f"bench-{uuid.uuid4().hex[:8]}."
        self.settings = Settings(
            bootstrap_servers=servers,
            topic_prefix=prefix,
            partitions=PARTITIONS,
            log_level="warning",
        )
        with cluster.connected(self.settings) as admin:
            cluster.apply(admin, self.settings)
            admin.create_topics(
                [NewTopic(self.settings.topic(bare(name)), PARTITIONS, 1) for name in SOURCES]
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


@dataclass(frozen=True)
class Work:
    """What work took: seconds, and the seconds of processor time of each process."""

    seconds: float
    processor: dict[str, float]
    claims_later: float
    """Seconds more until the claims are kept as well: nobody waits for them."""

    @property
    def cores(self) -> float:
        """How many cores were in use on average."""
        return sum(self.processor.values()) / self.seconds


def _beside_bare_agents(servers: str, broker_process: int | None) -> Iterator[Row]:
    calls = _evenly("en", CALLS // 2) + _evenly("zh", CALLS // 2)
    _alone(calls[:CALLS_BEFORE])
    _worked(Pipeline(servers), calls[: 2 * CALLS_BEFORE], broker_process, workers=1)
    pipeline = Pipeline(servers)
    before, facts = _alone(calls)
    one = _worked(pipeline, calls, broker_process, workers=1)
    alone = (before + _alone(calls)[0]) / 2  # the machine is not as fast in every minute
    passed = _passed_on(pipeline)
    two = _worked(Pipeline(servers), calls, broker_process, workers=2)
    yield Row(f"{CALLS} calls of 50 KB in one process", alone, "s", note=f"{facts} facts")
    yield Row("three bare Faust agents with the same messages", passed, "s")
    yield Row(
        "one worker", one.seconds, "s", 2 * (alone + passed), at_most=True,
        note="its bar: twice the two",
    )  # fmt: skip
    yield Row("its claims are kept so much later", one.claims_later, "s")
    used = ", ".join(f"{name} {seconds:.1f}" for name, seconds in one.processor.items())
    yield Row("one worker, cores in use", one.cores, "", note=f"s of processor time: {used}")
    cores = os.cpu_count() or 1
    yield Row(
        "two workers against one", one.seconds / two.seconds, "x", 1.7,
        note=f"{cores} cores, broker and all: {cores / one.cores:.2f} x is the most there can be",
    )  # fmt: skip
    if limits.possible():
        fewer = _evenly("en", CALLS_LIMITED // 2) + _evenly("zh", CALLS_LIMITED // 2)
        less = [
            _worked(Pipeline(servers), fewer, broker_process, workers=count, share=LIMITED_TO)
            for count in (1, 2)
        ]
        yield Row(
            f"two workers against one, each limited to {LIMITED_TO} of a core",
            less[0].seconds / less[1].seconds, "x", 1.7,
            note="; ".join(f"{each.seconds:.1f} s, {each.cores:.2f} cores in use" for each in less),
        )  # fmt: skip


def _evenly(language: str, count: int) -> list[TranscriptMessage]:
    """Give as many calls for each partition, as there are when there are many of them."""
    found: dict[int, list[TranscriptMessage]] = {number: [] for number in range(PARTITIONS)}
    for call in corpus.transcripts(language, 2 * count, CALL_BYTES):
        of_key = murmur2(call.transcript_id.encode()) & 0x7FFFFFFF
        found[of_key % PARTITIONS].append(call)
    chosen = [call for calls in found.values() for call in calls[: count // PARTITIONS]]
    assert len(chosen) == count, "one partition has too few"
    return sorted(chosen, key=lambda call: call.transcript_id)


def _alone(calls: list[TranscriptMessage]) -> tuple[float, int]:
    """Give the seconds that one process takes for the facts of all calls, and their number."""
    begin = time.perf_counter()
    facts = sum(1 for _ in lines(calls, "facts"))
    return time.perf_counter() - begin, facts


def _latency(servers: str) -> Iterator[Row]:
    pipeline = Pipeline(servers)
    firsts, lasts = [], []
    with _workers(pipeline.settings, 1):
        reader = pipeline.reader("facts.events", "transcripts.completed")
        calls = corpus.transcripts("en", LATENCY_RUNS + CALLS_BEFORE, CALL_BYTES)
        for number, call in enumerate(calls):
            first, last = _times_of(pipeline, reader, call)
            if number >= CALLS_BEFORE:
                firsts.append(first)
                lasts.append(last)
            time.sleep(IDLE_SECONDS)
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
        sizes: list[dict[str, float]] = []
        reader = pipeline.reader("transcripts.completed")
        for part in range(SMALL_ROUNDS):
            calls = corpus.transcripts(
                "en", SMALL_CALLS, SMALL_BYTES, first=part * SMALL_CALLS, mixed=True
            )
            pipeline.send(calls)
            _wait_for(reader, len(calls))
            sizes.append({name: _resident(pid) for name, pid in worker.process_ids.items()})
        reader.close()
    totals = [sum(size.values()) for size in sizes]
    yield Row(
        f"a worker's memory after {SMALL_ROUNDS * SMALL_CALLS} transcripts, against {SMALL_CALLS}",
        totals[-1] / totals[0], "x", 1.1, at_most=True,
        note="MB: " + ", ".join(
            f"{name} {sizes[0][name]:.0f} and {sizes[-1][name]:.0f}" for name in sizes[0]
        ),
    )  # fmt: skip


def _worked(
    pipeline: Pipeline,
    calls: list[TranscriptMessage],
    broker_process: int | None,
    *,
    workers: int,
    share: float | None = None,
) -> Work:
    """Give what it takes until all calls are completed, by workers that have seen some before.

    With ``share`` each worker may use no more than that of a core, whichever it runs on.
    """
    with contextlib.ExitStack() as until, _workers(pipeline.settings, workers) as running:
        warm = [
            corpus.message(f"warm-{n}", corpus.text("en", "call", 2_000, seed=n)) for n in range(8)
        ]
        reader = pipeline.reader("transcripts.completed")
        pipeline.send(warm)
        _wait_for(reader, len(warm))
        if share is not None:
            for each in running:
                until.enter_context(limits.limited(each.process_ids.values(), share))
        before = _processor_times(running, broker_process)
        begin = pipeline.send(calls)
        _wait_for(reader, len(calls))
        seconds = time.perf_counter() - begin
        after = _processor_times(running, broker_process)
        reader.close()
        later = _until_claims_are_kept(pipeline)
    used = {name: spent - before[name] for name, spent in after.items()}
    return Work(seconds, used, later)


def _until_claims_are_kept(pipeline: Pipeline) -> float:
    """Wait for the keeper of claims; gives the seconds."""
    begin = time.perf_counter()
    settings = pipeline.settings
    reader = pipeline.reader("facts.events")
    ends = reader.end_offsets(list(reader.assignment()))
    reader.close()
    group = f"{settings.topic(settings.worker_group)}-claims"
    with cluster.connected(settings) as admin, contextlib.closing(Probe(settings)) as probe:
        behind = True
        while behind and time.perf_counter() - begin < _PATIENCE:
            kept = admin.list_group_offsets([group])[group]
            spans = {each: (kept[each].offset if each in kept else 0, ends[each]) for each in ends}
            unread = probe.look(spans)
            behind = any(each.count for each in unread.values())
    return time.perf_counter() - begin


def _processor_times(workers: list[Worker], broker_process: int | None) -> dict[str, float]:
    used = {"benchmark": time.process_time()}
    if broker_process is not None:
        used["broker"] = processor_time(broker_process)
    for worker in workers:
        for name, process_id in worker.process_ids.items():
            used[name] = used.get(name, 0.0) + processor_time(process_id)
    return used


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
def _broker() -> Iterator[tuple[str, int | None]]:
    """Give a broker's address, and its process where it runs as one of our own."""
    given = os.environ.get("CALLFACTS_TEST_BOOTSTRAP_SERVERS")
    if given:
        yield given, None
        return
    cache = Settings().cache_dir
    with tempfile.TemporaryDirectory() as folder:
        running = broker.start(Path(folder), cache=cache, port=0)
        try:
            yield (
                running.bootstrap_servers,
                int(running.identity) if running.how == "jvm" else None,
            )
        finally:
            broker.stop(Path(folder), cache=cache)


def _resident(process_id: int) -> float:
    """Give the megabytes of memory that a process holds."""
    pages = int(Path(f"/proc/{process_id}/statm").read_text("utf-8").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024**2
