"""Lines of a worker's log say what they are about."""

import asyncio
import json
import logging
from collections.abc import Iterator
from datetime import datetime

import pytest

from pipeline.settings import Settings
from pipeline.stream.guard import Guard, Patience, TransientError
from pipeline.stream.logs import about, configure
from pipeline.stream.record import Message, Record
from pipeline.stream.stages import Stage

TRACE = b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
RECORD = Record("in", 3, 7, 1_000, b"hbrl\n\x1b[31m", b"value", (("traceparent", TRACE),))


@pytest.fixture(autouse=True)
def _log_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, str]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_a_line_names_the_transcript_and_the_trace_in_work(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure(Settings(log_format="json"), "agents")
    logger = logging.getLogger("pipeline.stream.test")
    with about(RECORD):
        logger.info("within")
    logger.info("after")
    within, after = lines(capsys)
    assert within["transcript_id"] == "hbrl\n\x1b[31m"
    assert within["trace_id"] == "0af7651916cd43dd8448eb211c80319c"
    assert within["span_id"] == "b7ad6b7169203331"
    assert "transcript_id" not in after


def test_what_a_stage_logs_in_its_thread_is_named_too(capsys: pytest.CaptureFixture[str]) -> None:
    configure(Settings(log_format="json"), "agents")
    faults = [TransientError("busy")]

    def work(record: Record, now: datetime) -> Iterator[Message]:
        logging.getLogger("pipeline.stream.test").info("at work")
        if faults:
            raise faults.pop()
        yield from ()

    async def deliver(messages: object) -> None:
        pass

    stage = Stage("middle", "in", "out", work, lambda record, now: None)
    guard = Guard(stage, deliver, version="1", patience=Patience(0.001, 0.002, 1))
    asyncio.run(guard.process(RECORD))
    said = [line for line in lines(capsys) if line["logger"].startswith("pipeline")]
    assert [line["message"].split(":")[0] for line in said] == ["at work", "middle", "at work"]
    assert all(line["transcript_id"].startswith("hbrl") for line in said)


def test_an_id_from_outside_cannot_steer_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    configure(Settings(log_format="text"), "agents")
    with about(RECORD):
        logging.getLogger("pipeline.stream.test").warning("look")
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "\x1b" not in said
    assert "look  ['hbrl\\n\\x1b[31m']" in said
