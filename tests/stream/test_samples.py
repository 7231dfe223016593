"""The samples through Kafka and in one process: the same facts, field by field."""

from collections.abc import Iterator

import orjson
import pytest
from kafka_view import Stream, start_worker

from pipeline.samples import samples
from pipeline.stages import run
from pipeline.stream.worker import Worker
from pipeline.transcript import encode_transcript

pytestmark = pytest.mark.broker


@pytest.fixture(scope="module")
def worker(stream: Stream) -> Iterator[Worker]:
    started = start_worker(stream.settings, standin=False)
    yield started
    started.stop()


@pytest.mark.usefixtures("worker")
def test_the_stream_gives_what_one_process_gives(stream: Stream) -> None:
    given = samples()
    for message in given:
        stream.send(message.transcript_id, encode_transcript(message))
    expected = [
        orjson.loads(fact.model_dump_json())
        for message in given
        for part in run(message)
        for fact in part.facts
    ]
    assert len(expected) > 50
    for message in given:
        (completed,) = stream.wait_completed(message.transcript_id)
        assert completed["status"] == "processed", completed
        assert completed["dead_letters"] == 0
    actual = [orjson.loads(record.value) for record in stream.records("facts.events")]
    for event in actual:
        assert event.pop("status") == "asserted"
        assert event.pop("ingested_at") <= event.pop("extracted_at")
    assert _sorted(actual) == _sorted(expected)


def _sorted(facts: list[dict[str, object]]) -> list[bytes]:
    return sorted(orjson.dumps(fact, option=orjson.OPT_SORT_KEYS) for fact in facts)
