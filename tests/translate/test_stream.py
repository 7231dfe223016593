"""The stage translate of a worker, on a real broker and against a real endpoint."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import orjson
import pytest
from chat_server import Answer, ChatServer, replies, serving, well
from kafka_view import Stream, opened, start_worker

from pipeline.problem import Problem
from pipeline.settings import Settings
from pipeline.stream.translating import check_translator
from schemas import TranslatedPart

pytestmark = pytest.mark.broker

LINE = "收入为13.2亿美元。"


@pytest.fixture
def chat() -> Iterator[ChatServer]:
    with serving() as server:
        yield server


@pytest.fixture
def stream(broker: str, chat: ChatServer) -> Iterator[Stream]:
    """Topics of this module's own, with a translator in the settings."""
    with opened(broker) as stream:
        stream.settings = replace(
            stream.settings,
            translator="openai",
            translator_url=chat.url,
            translator_model="example-model",
        )
        yield stream


def translated(stream: Stream) -> list[TranslatedPart]:
    found = stream.records("transcripts.translated")
    return [TranslatedPart.model_validate_json(each.value) for each in found]


def test_facts_do_not_wait_for_the_english_that_comes_later(
    stream: Stream, chat: ChatServer
) -> None:
    go_on = threading.Event()

    def held_up(request: dict[str, Any]) -> Answer:
        go_on.wait(60)
        return well(request)

    chat.behaviours = [held_up]
    worker = start_worker(
        stream.settings, "segment", "normalize", "extract", "publish", "translate", standin=False
    )
    try:
        stream.publish("one", LINE, "Revenue was $1.32 billion.")
        stream.wait_for(lambda: chat.received)
        stream.wait_completed("one")
        assert stream.events("one")
        assert translated(stream) == []
        go_on.set()
        stream.wait_for(lambda: translated(stream))
        (part,) = translated(stream)
        assert (part.transcript_id, part.revision, part.part, part.parts) == ("one", 1, 0, 1)
        (segment,) = part.segments
        assert segment.english == "Revenue was $1.32 billion."
        assert (segment.start, segment.end, segment.language) == (0, len(LINE), "zh-Hans")
        (record,) = stream.records("transcripts.translated")
        assert record.key == b"one"
        assert dict(record.headers)["ce_type"] == b"callfacts.transcript.translated"
    finally:
        go_on.set()
        worker.stop()


def test_what_comes_out_wrong_is_left_out_and_the_next_is_not(
    stream: Stream, chat: ChatServer
) -> None:
    wrong = orjson.dumps({"1": "Revenue was $13.2 billion."}).decode()
    chat.behaviours = [replies(wrong), replies(wrong)]
    worker = start_worker(
        stream.settings, "segment", "normalize", "extract", "translate", standin=False
    )
    try:
        stream.publish("refused", LINE)
        stream.wait_for(lambda: len(chat.received) == 2)
        stream.publish("taken", "营收43亿元。")
        stream.wait_for(lambda: translated(stream))
        assert [part.transcript_id for part in translated(stream)] == ["taken"]
    finally:
        worker.stop()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"translator": "none"}, "CALLFACTS_TRANSLATOR is none"),
        ({"translator_timeout": 60}, "CALLFACTS_TRANSLATOR_TIMEOUT is 60; expected at most 36"),
    ],
)
def test_a_worker_that_cannot_translate_says_why(changed: dict[str, Any], said: str) -> None:
    settings = replace(Settings(translator="openai"), **changed)
    with pytest.raises(Problem, match=said):
        check_translator(settings)
