"""The suite's eyes: what the topics hold, and whether everything that was sent is through."""

import contextlib
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from pipeline.settings import Settings
from tests.chaos.history import Completion, DeadLetter, Event, History, Place, Sent
from tests.stream.kafka_view import Stream
from topics import DECLARED

_CAUSE = re.compile(r"@(\d+)-(\d+)$")
_PROCESSING = ("status", "ingested_at", "extracted_at")
_CONNECT = "__connect.errors."


class Topics:
    """Everything that a read_committed reader sees, read on from where it was."""

    def __init__(self, settings: Settings) -> None:
        self._raw = settings.topic("transcripts.raw")
        self._stream = Stream(settings)
        self._parsed: dict[str, list[Any]] = {}

    def close(self) -> None:
        self._stream.close()

    def history(self, acknowledged: frozenset[Place]) -> History:
        """Read up to the end of what is committed."""
        return History(
            tuple(self._read("transcripts.raw", _sent)),
            tuple(self._read("facts.events", _event)),
            tuple(self._read("transcripts.completed", _completion)),
            tuple(self._read("pipeline.deadletters", self._dead_letter)),
            acknowledged,
        )

    def keep(self, place: Path) -> None:
        """Write down where every record of every topic is and what it stems from, as JSON lines."""
        with place.open("wb") as file:
            for topic in DECLARED:
                for record in self._stream.records(topic.name):
                    file.write(orjson.dumps(_described(topic.name, record)) + b"\n")

    def _read(self, topic: str, parse: Callable[[Any], Any]) -> list[Any]:
        parsed = self._parsed.setdefault(topic, [])
        parsed.extend(parse(record) for record in self._stream.records(topic)[len(parsed) :])
        return parsed

    def _dead_letter(self, record: Any) -> DeadLetter:
        headers = _headers(record)
        if headers.get(_CONNECT + "topic") == self._raw:
            origin = (
                int(headers[_CONNECT + "partition"]),
                int(headers[_CONNECT + "offset"]),
            )
            return DeadLetter(origin, True, record.key, record.value)
        return DeadLetter(_origin(headers), False, record.key, record.value)


class Pulse:
    """Tells whether work goes on, and whether it has come to its end."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._group = settings.topic(settings.worker_group)
        self._consumer = KafkaConsumer(
            bootstrap_servers=settings.bootstrap_servers, isolation_level="read_committed"
        )
        self._admin = KafkaAdminClient(bootstrap_servers=settings.bootstrap_servers)

    def close(self) -> None:
        self._consumer.close()
        self._admin.close()

    def wait_for_events(self, seconds: float) -> bool:
        """Wait until a fact event more can be read; False if none comes in time."""
        before = None
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                now = sum(self._ends("facts.events").values())
            except KafkaError:
                now = None
            if before is not None and now is not None and now > before:
                return True
            before = now if before is None else before
            time.sleep(0.05)
        return False

    def wait_until_quiet(self, seconds: float) -> list[str]:
        """Wait until every group has committed everything; give what it has not in that time."""
        deadline = time.monotonic() + seconds
        left = ["the broker does not answer"]
        while time.monotonic() < deadline:
            with contextlib.suppress(KafkaError):
                left = list(self._left())
                if not left:
                    break
            time.sleep(0.2)
        return left

    def _left(self) -> Iterator[str]:
        """Name the partitions that are not committed to their ends, in the order of the flow."""
        for group, topics in ((self._group, _STAGES), (f"{self._group}-publisher", _LAST)):
            committed = self._admin.list_group_offsets({group: None})[group]
            for topic in topics:
                for place, end in self._ends(topic).items():
                    done = committed[place].offset if place in committed else 0
                    if done < end:
                        yield f"{topic}[{place.partition}] {done} of {end}"

    def _ends(self, topic: str) -> dict[TopicPartition, int]:
        name = self._settings.topic(topic)
        partitions = self._consumer.partitions_for_topic(name) or ()
        ends: dict[TopicPartition, int] = self._consumer.end_offsets(
            [TopicPartition(name, each) for each in partitions]
        )
        return ends


_STAGES = ("transcripts.raw", "transcripts.segmented", "transcripts.normalized")
_LAST = ("facts.extracted",)


def _described(topic: str, record: Any) -> dict[str, Any]:
    shown = ("ce_id", "ce_type", "callfacts_origin", "callfacts_part", "callfacts_version")
    headers = _headers(record)
    return {
        "topic": topic,
        "at": (record.partition, record.offset),
        "timestamp": record.timestamp,
        "key": (record.key or b"").decode("utf-8", "replace"),
        "bytes": len(record.value or b""),
        **{name: headers[name] for name in shown if name in headers},
    }


def _sent(record: Any) -> Sent:
    return Sent((record.partition, record.offset), record.key, record.value)


def _event(record: Any) -> Event:
    fields = orjson.loads(record.value)
    return Event(
        at=(record.partition, record.offset),
        timestamp=record.timestamp,
        transcript_id=fields["transcript_id"],
        fact_id=fields["fact_id"],
        status=fields["status"],
        cause=_cause(record),
        fields={name: value for name, value in fields.items() if name not in _PROCESSING},
    )


def _completion(record: Any) -> Completion:
    fields = orjson.loads(record.value)
    return Completion(
        at=(record.partition, record.offset),
        timestamp=record.timestamp,
        transcript_id=fields["transcript_id"],
        revision=fields["revision"],
        status=fields["status"],
        cause=_cause(record),
        asserted=fields["facts_asserted"],
        unchanged=fields["facts_unchanged"],
        retracted=fields["facts_retracted"],
    )


def _cause(record: Any) -> Place | None:
    found = _CAUSE.search(_headers(record).get("ce_id", ""))
    return (int(found[1]), int(found[2])) if found else None


def _origin(headers: dict[str, str]) -> Place | None:
    partition, _, offset = headers.get("callfacts_origin", "").partition(":")
    return (int(partition), int(offset)) if offset else None


def _headers(record: Any) -> dict[str, str]:
    return {name: (value or b"").decode("utf-8", "replace") for name, value in record.headers}
