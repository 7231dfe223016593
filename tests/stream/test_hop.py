"""What landed long ago waits for more of its kind; what has just landed waits for nothing."""

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from kafka import KafkaProducer
from kafka_view import Stream

from pipeline.stream.hop import Hop
from pipeline.stream.record import INGESTED, Record

pytestmark = pytest.mark.broker

SOURCE = "facts.extracted"
_PATIENCE = 60.0
_ATTEMPTS = 5


class Noting:
    """A partition that notes how many records of one kind each transaction has."""

    def __init__(self, kind: bytes) -> None:
        self.kind = kind
        self.opened, self.published = threading.Event(), threading.Event()
        self.taken: list[int] = []

    def open(self) -> None:
        self.opened.set()

    def warm_up(self, committed: dict[Any, Any], group: Any) -> None:
        pass

    def publish(self, records: Sequence[Record], committed: dict[Any, Any], group: Any) -> None:
        count = sum(each.value == self.kind for each in records)
        if count:
            self.taken.append(count)
            self.published.set()

    def close(self) -> None:
        pass


class Stop(threading.Event):
    """Tells the hop to stop; when the hop waits for more of a backlog, more is sent."""

    def __init__(self, send_more: Callable[[], None]) -> None:
        super().__init__()
        self._send_more, self.times = send_more, 0

    def wait(self, timeout: float | None = None) -> bool:
        self.times += 1
        if self.times == 1:
            self._send_more()
            return super().wait(1.0)
        return super().wait(timeout)


def _first_transaction(stream: Stream, name: str, age_seconds: float) -> tuple[int, int]:
    """Send a record, and five more should the hop wait; give the first transaction's and waits."""
    topic = stream.settings.topic(SOURCE)
    producer = KafkaProducer(bootstrap_servers=stream.settings.bootstrap_servers, linger_ms=0)

    def send(count: int) -> None:
        landed = str(int(1000 * (time.time() - age_seconds))).encode()
        for _ in range(count):
            producer.send(topic, name.encode(), partition=0, headers=[(INGESTED, landed)])
        producer.flush(_PATIENCE)

    noting, stop = Noting(name.encode()), Stop(lambda: send(5))
    hop = Hop(
        stream.settings,
        "publish",
        name,
        (SOURCE,),
        lambda place: noting if place.partition == 0 else Noting(b""),
        gathers_backlog=True,
    )
    thread = threading.Thread(target=hop.run, args=(stop,))
    thread.start()
    try:
        assert noting.opened.wait(_PATIENCE)
        send(1)
        assert noting.published.wait(_PATIENCE)
        return noting.taken[0], stop.times
    finally:
        stop.set()
        thread.join(_PATIENCE)
        producer.close()


def test_what_has_just_landed_waits_for_nothing(own_stream: Stream) -> None:
    """An hour into the future, so that no busy machine makes it late."""
    assert _first_transaction(own_stream, "live", -3600) == (1, 0)


def test_a_backlog_is_gathered(own_stream: Stream) -> None:
    """A busy machine may answer a fetch late: then a further attempt has to show it."""
    taken: list[int] = []
    while 6 not in taken and len(taken) < _ATTEMPTS:
        taken.append(_first_transaction(own_stream, f"late-{len(taken)}", 3600)[0])
    assert 6 in taken
