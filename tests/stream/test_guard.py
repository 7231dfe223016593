"""The guard: acknowledged is what has been delivered, and nothing else."""

import ast
import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
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


class Numbered:
    """A stage's function that says which records it saw, and fails at some of them."""

    def __init__(self, *failing: int) -> None:
        self.failing = failing
        self.seen: list[int] = []

    def __call__(self, record: Record, now: datetime) -> Iterator[Message]:
        self.seen.append(record.offset)
        if record.offset in self.failing:
            raise ValueError("bad")
        yield Message("out", b"key", str(record.offset).encode(), ())


SEVERAL = [replace(RECORD, offset=offset) for offset in (1, 2, 3)]


def together(work: Numbered, broker: Broker, flood: FloodGate | None = None) -> list[str]:
    """Process three records together; give what became of each, in order."""

    async def nothing_before() -> None:
        pass

    stage = Stage("middle", "in", "out", work, lambda record, now: None)
    several = Guard(stage, broker.deliver, version="1.2", patience=HASTY, flood=flood)
    asyncio.run(several.process_together(lambda: SEVERAL, lambda: None, nothing_before))
    return [f"{each.topic} {(each.value or b'').decode()}" for each in broker.delivered]


def test_what_follows_from_records_together_is_delivered_in_their_order() -> None:
    work = Numbered()
    assert together(work, Broker()) == ["out 1", "out 2", "out 3"]
    assert work.seen == [1, 2, 3]


def test_of_records_together_only_the_one_that_fails_goes_to_the_dead_letters() -> None:
    assert together(Numbered(2), Broker()) == ["out 1", "pipeline.deadletters value", "out 3"]


def test_of_records_together_only_the_one_too_large_goes_to_the_dead_letters() -> None:
    broker = Broker(UndeliverableError("too large"), UndeliverableError("too large"))
    assert together(Numbered(), broker) == ["pipeline.deadletters value", "out 2", "out 3"]


def test_a_broker_that_is_away_is_tried_again_for_records_together() -> None:
    work = Numbered()
    assert together(work, Broker(TransientError("away"))) == ["out 1", "out 2", "out 3"]
    assert work.seen == [1, 2, 3]


def test_a_failure_among_records_together_counts_once_towards_a_flood() -> None:
    with pytest.raises(StageStoppedError, match="more than 1 of the last 4"):
        together(Numbered(1, 2, 3), Broker(), FloodGate(most=1, window=4))
    together(Numbered(2), Broker(), FloodGate(most=1, window=4))


def test_others_may_be_worked_on_while_records_wait_for_those_before_them() -> None:
    broker, happened = Broker(), list[str]()

    async def before() -> None:
        happened.append(f"{len(broker.delivered)} delivered")

    stage = Stage("middle", "in", "out", Numbered(), lambda record, now: None)
    several = Guard(stage, broker.deliver, version="1.2")
    work = several.process_together(lambda: SEVERAL, lambda: happened.append("worked"), before)
    asyncio.run(work)
    assert happened == ["worked", "0 delivered"]
    assert len(broker.delivered) == 3


def test_records_together_are_taken_when_it_is_the_stage_s_turn() -> None:
    waiting, work = list(SEVERAL[:1]), Numbered()

    @asynccontextmanager
    async def turn() -> AsyncIterator[None]:
        waiting.extend(SEVERAL[1:])
        yield

    async def nothing_before() -> None:
        pass

    stage = Stage("middle", "in", "out", work, lambda record, now: None)
    several = Guard(stage, Broker().deliver, version="1.2", turn=turn)
    asyncio.run(several.process_together(lambda: waiting, lambda: None, nothing_before))
    assert work.seen == [1, 2, 3]


STREAM = Path(__file__).parents[2] / "pipeline" / "stream"


def test_nothing_sends_or_acknowledges_past_the_guard() -> None:
    """Only these functions may; an agent that did it itself could lose what it had not sent."""
    allowed = {
        ("agents.py", "_deliver", "send"),
        ("agents.py", "_guarded", "acknowledge"),
        ("faustapp.py", "acknowledge", "ack"),
    }
    faust_side = ["agents.py", "faustapp.py", "guard.py", "lane.py", "stages.py", "child.py"]
    found = set()
    for name in faust_side:
        for function in ast.walk(ast.parse((STREAM / name).read_text("utf-8"))):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                found |= {(name, function.name, call) for call in _calls(function)}
    assert found == allowed


def test_every_agent_hands_all_events_to_a_lane_and_every_lane_to_the_guard() -> None:
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
    (loop,) = agent.body
    assert ast.unparse(loop).splitlines() == [
        "async for event in stream.noack().events():",
        "    await lane.put(Waiting(self._record(event.message), event.message))",
    ]
    assert {call for call in _attributes(tree) if call.startswith("guard.")} == {
        "guard.process",
        "guard.process_together",
    }


_FORBIDDEN = {"send", "send_and_wait", "send_soon", "ack", "acknowledge", "cast", "ask", "forward"}


def _attributes(tree: ast.AST) -> set[str]:
    return {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}


def _calls(function: ast.AST) -> set[str]:
    return {
        node.func.attr
        for node in ast.walk(function)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in _FORBIDDEN
    }
