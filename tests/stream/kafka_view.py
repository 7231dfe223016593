"""Eyes on the pipeline's topics that are not its own code, and workers to look at."""

import contextlib
import os
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord

from pipeline.settings import Settings
from pipeline.stream.worker import Worker
from topics import cluster

STANDIN = Path(__file__).parent / "standin"


class Stream:
    """One set of topics: transcripts are sent to it, and what it published is read from it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._producer = KafkaProducer(bootstrap_servers=settings.bootstrap_servers)
        self._consumer = KafkaConsumer(
            bootstrap_servers=settings.bootstrap_servers,
            isolation_level="read_committed",
            enable_auto_commit=False,
        )
        self._read: dict[str, list[ConsumerRecord]] = {}
        self._next: dict[TopicPartition, int] = {}

    def close(self) -> None:
        self._producer.close()
        self._consumer.close()

    def send(
        self, key: str | None, value: bytes | None, topic: str = "transcripts.raw", **more: Any
    ) -> tuple[int, int]:
        sent = self._producer.send(
            self.settings.topic(topic),
            key=None if key is None else key.encode(),
            value=value,
            **more,
        ).get(60)
        return sent.partition, sent.offset

    def post(self, key: str, value: bytes, **more: Any) -> None:
        """Send without waiting; ``flush`` waits for all."""
        topic = self.settings.topic("transcripts.raw")
        self._producer.send(topic, key=key.encode(), value=value, **more)

    def flush(self) -> None:
        self._producer.flush(60)

    def publish(self, transcript_id: str, *lines: str, **fields: Any) -> tuple[int, int]:
        message = {"transcript_id": transcript_id, "text": "\n".join(lines), **fields}
        return self.send(transcript_id, orjson.dumps(message))

    def records(self, topic: str) -> list[ConsumerRecord]:
        """All that a read_committed reader of a topic sees, from its beginning."""
        name = self.settings.topic(topic)
        places = [
            TopicPartition(name, each) for each in self._consumer.partitions_for_topic(name) or ()
        ]
        self._consumer.assign(places)
        for place in places:
            self._consumer.seek(place, self._next.get(place, 0))
        ends = self._consumer.end_offsets(places)
        read = self._read.setdefault(name, [])
        while any(self._consumer.position(place) < end for place, end in ends.items()):
            for records in self._consumer.poll(timeout_ms=100).values():
                read.extend(records)
        for place in places:
            self._next[place] = self._consumer.position(place)
        return list(read)

    def events(self, transcript_id: str) -> list[dict[str, Any]]:
        """The fact events of a transcript, without their processing times, oldest first."""
        found = [orjson.loads(r.value) for r in self.records("facts.events")]
        return [event for event in found if event["transcript_id"] == transcript_id]

    def completed(self, transcript_id: str) -> list[dict[str, Any]]:
        found = [orjson.loads(r.value) for r in self.records("transcripts.completed")]
        return [each for each in found if each["transcript_id"] == transcript_id]

    def dead_letters(self, key: str | None) -> list[ConsumerRecord]:
        wanted = None if key is None else key.encode()
        return [r for r in self.records("pipeline.deadletters") if r.key == wanted]

    def wait_for(self, condition: Callable[[], Any], seconds: float = 90.0) -> Any:
        """Wait until a condition holds, and give what it gives."""
        deadline = time.monotonic() + seconds
        while not (found := condition()):
            assert time.monotonic() < deadline, "nothing came"
            time.sleep(0.02)
        return found

    def wait_completed(self, transcript_id: str, times: int = 1) -> list[dict[str, Any]]:
        def done() -> list[dict[str, Any]] | None:
            found = self.completed(transcript_id)
            return found if len(found) >= times else None

        return self.wait_for(done)


@contextlib.contextmanager
def opened(broker: str) -> Iterator[Stream]:
    """Topics that nobody else uses, and eyes on them."""
    settings = Settings(
        bootstrap_servers=broker,
        topic_prefix=f"test-{uuid.uuid4().hex[:8]}.",
        partitions=2,
        log_level="warning",
    )
    with cluster.connected(settings) as admin:
        cluster.apply(admin, settings)
    stream = Stream(settings)
    yield stream
    stream.close()


def said(events: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """What fact events say, shortly and in no order: the topic orders them by entity only."""
    return sorted((event["status"], event["statement"]) for event in events)


def start_worker(settings: Settings, *stages: str, standin: bool = True) -> Worker:
    """Start a worker; with ``standin`` its stages are those of the folder of that name."""
    before = os.environ.get("PYTHONPATH")
    if standin:
        os.environ["PYTHONPATH"] = str(STANDIN)
    try:
        worker = Worker(settings, stages) if stages else Worker(settings)
        worker.start()
    finally:
        if before is None:
            os.environ.pop("PYTHONPATH", None)
        else:
            os.environ["PYTHONPATH"] = before
    return worker
