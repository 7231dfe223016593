"""The guard: acknowledged is what has been delivered, and nothing else."""

import ast
import asyncio
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import pytest

from pipeline.stream.guard import (
    FloodGate,
    Guard,
    Patience,
    StageStoppedError,
    TransientError,
    UndeliverableError,
)
from pipeline.stream.record import Message, Record, header
from pipeline.stream.stages import Stage
from pipeline.transcript import BadTranscript

RECORD = Record("in", 3, 7, 1_000, b"key", b"value", (("who", b"me"),))
OUT = [Message("out", b"key", b"1", ()), Message("out", b"key", b"2", ())]
MARKER = Message("out", b"key", None, (("ce_type", b"callfacts.part.failed"),))
HASTY = Patience(first=0.001, longest=0.002, deadline=0.2)


class Broker:
    """Takes what is delivered, and fails when it is told to."""

    def __init__(self, *faults: Exception) -> None:
        self.faults = list(faults)
        self.delivered: list[Message] = []

    async def deliver(self, messages: Sequence[Message]) -> None:
        if self.faults:
            raise self.faults.pop(0)
        self.delivered.extend(messages)


class Work:
    """A stage's function that fails in turn as it is told to, then gives two messages."""

    def __init__(self, *faults: Exception, always: Exception | None = None) -> None:
        self.faults = list(faults)
        self.always = always

    def __call__(self, record: Record, now: datetime) -> Iterator[Message]:
        if self.always is not None:
            raise self.always
        if self.faults:
            raise self.faults.pop(0)
        yield from OUT


def guard(work: Work, broker: Broker, flood: FloodGate | None = None) -> Guard:
    stage = Stage("middle", "in", "out", work, lambda record, now: MARKER)
    return Guard(stage, broker.deliver, version="1.2", patience=HASTY, flood=flood)


def process(work: Work, broker: Broker, **more: FloodGate) -> list[Message]:
    asyncio.run(guard(work, broker, **more).process(RECORD))
    return broker.delivered


def test_all_messages_are_delivered_in_order() -> None:
    assert process(Work(), Broker()) == OUT


def test_a_fault_of_the_broker_is_tried_again() -> None:
    assert process(Work(), Broker(TransientError("away"), TransientError("away"))) == OUT


def test_a_passing_fault_of_the_stage_is_tried_again() -> None:
    assert process(Work(TransientError("busy")), Broker()) == OUT


def test_a_broker_that_stays_away_stops_the_stage() -> None:
    away = Broker(*[TransientError("away")] * 1_000)
    with pytest.raises(StageStoppedError, match="nothing could be delivered"):
        process(Work(), away)
    assert away.delivered == []


@pytest.mark.parametrize(
    "fault", [ValueError("bad"), BadTranscript("bad"), TransientError("bad"), RecursionError("bad")]
)
def test_what_cannot_be_processed_goes_to_the_dead_letters(fault: Exception) -> None:
    letter, marker = process(Work(always=fault), Broker())
    assert (letter.topic, letter.key, letter.value) == ("pipeline.deadletters", b"key", b"value")
    assert marker is MARKER
    headers = dict(letter.headers)
    assert headers["who"] == b"me"
    assert headers["__connect.errors.topic"] == b"in"
    assert headers["__connect.errors.partition"] == b"3"
    assert headers["__connect.errors.offset"] == b"7"
    assert headers["__connect.errors.stage"] == b"middle"
    assert headers["__connect.errors.exception.message"] == b"bad"
    assert headers["__callfacts.errors.version"] == b"1.2"


def test_a_result_that_the_broker_never_takes_makes_a_dead_letter() -> None:
    letter, _ = process(Work(), Broker(UndeliverableError("too large")))
    assert letter.topic == "pipeline.deadletters"


def test_the_fingerprint_is_of_the_cause_not_of_the_message() -> None:
    def fingerprint(fault: Exception) -> bytes | None:
        return header(process(Work(always=fault), Broker())[0].headers, PRINT)

    assert fingerprint(ValueError("field 'a' at 17")) == fingerprint(ValueError("field 'b' at 3"))
    assert fingerprint(ValueError("field 'a'")) != fingerprint(KeyError("field 'a'"))


PRINT = "__callfacts.errors.fingerprint"


def test_a_flood_of_failures_stops_the_stage() -> None:
    flood, broker = FloodGate(most=3, window=10), Broker()
    broken = guard(Work(always=RuntimeError("broken deployment")), broker, flood)

    async def flooded() -> None:
        for _ in range(20):
            await broken.process(RECORD)

    with pytest.raises(StageStoppedError, match="broken deployment"):
        asyncio.run(flooded())
    assert len(broker.delivered) == 2 * 4


def test_bad_input_is_no_flood() -> None:
    flood, broker = FloodGate(most=3, window=10), Broker()
    strict = guard(Work(always=BadTranscript("not JSON")), broker, flood)

    async def flooded() -> None:
        for _ in range(50):
            await strict.process(RECORD)

    asyncio.run(flooded())
    assert len(broker.delivered) == 2 * 50


STREAM = Path(__file__).parents[2] / "pipeline" / "stream"


def test_nothing_sends_or_acknowledges_past_the_guard() -> None:
    """Only these functions may; an agent that did it itself could lose what it had not sent."""
    allowed = {
        ("agents.py", "_deliver", "send"),
        ("agents.py", "_guarded", "acknowledge"),
        ("faustapp.py", "acknowledge", "ack"),
    }
    faust_side = ["agents.py", "faustapp.py", "guard.py", "stages.py", "child.py"]
    found = set()
    for name in faust_side:
        for function in ast.walk(ast.parse((STREAM / name).read_text("utf-8"))):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                found |= {(name, function.name, call) for call in _calls(function)}
    assert found == allowed


def test_every_agent_is_a_loop_around_the_guard() -> None:
    tree = ast.parse((STREAM / "agents.py").read_text("utf-8"))
    registered = [
        call
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and ast.unparse(call.func).endswith("app.agent")
    ]
    assert len(registered) == 1
    (agent,) = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.AsyncFunctionDef) and node.name == "agent"
    ]
    assert [ast.unparse(line) for line in agent.body] == [
        "async for event in stream.noack().events():\n    await self._guarded(guard, event)"
    ]


_FORBIDDEN = {"send", "send_and_wait", "send_soon", "ack", "acknowledge", "cast", "ask", "forward"}


def _calls(function: ast.AST) -> set[str]:
    return {
        node.func.attr
        for node in ast.walk(function)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in _FORBIDDEN
    }
