"""One transcript message through all stages at once, as the agents take it hop by hop.

The stages' own functions are used, so that what comes out is what the live pipeline would send to
the publisher, but for the run in its lineage. It is a function of values: processes share it.
"""

import os
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from multiprocessing import parent_process

from pipeline.stream.deadletter import Failure, dead_letter
from pipeline.stream.guard import TransientError
from pipeline.stream.record import Lineage, Message, Record
from pipeline.stream.stages import EXTRACT, NORMALIZE, SEGMENT, Stage, warm_up
from pipeline.transcript import BadTranscript
from pipeline.version import VERSION

PATIENCE_SECONDS = 120.0
"""How long a fault that may pass is tried again."""

_LONGEST_PAUSE = 5.0
_NOWHERE = -1


@dataclass(frozen=True)
class Fault:
    """A record that a stage could not process; ``senders`` when the message itself is wrong."""

    stage: str
    reason: str
    senders: bool


@dataclass
class Carried:
    """What follows from a transcript message.

    ``messages`` go to ``facts.extracted``, and to ``pipeline.deadletters`` where there are faults.
    """

    messages: list[Message] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def carry(record: Record, run: int, topic_prefix: str) -> Carried:
    """Take a record of ``transcripts.raw`` through the stages; whatever fails is among the result.

    ``run`` goes into the lineage, ``topic_prefix`` before the names of topics in dead letters.
    """
    carried = Carried()
    carried.messages += _through((SEGMENT, NORMALIZE, EXTRACT), record, run, topic_prefix, carried)
    return carried


def _through(
    stages: Sequence[Stage], record: Record, run: int, topic_prefix: str, carried: Carried
) -> Iterator[Message]:
    stage, later = stages[0], stages[1:]
    for worked in _worked(stage, record, carried):
        message = _of_run(worked, run) if stage is SEGMENT else worked
        if not later:
            yield message
            continue
        hop = Record(
            topic=topic_prefix + message.topic,
            partition=_NOWHERE,
            offset=_NOWHERE,
            timestamp=int(time.time() * 1000),
            key=message.key,
            value=message.value,
            headers=message.headers,
        )
        yield from _through(later, hop, run, topic_prefix, carried)


def _worked(stage: Stage, record: Record, carried: Carried) -> list[Message]:
    """Do a stage's work on one record; where it fails, note it and tell of the missing part."""
    now = datetime.now(UTC)
    try:
        return _patiently(stage, record, now)
    except Exception as fault:  # noqa: BLE001 - as the guard does: every failure is a dead letter
        failure = Failure(stage.name, fault, attempt=1, version=VERSION, failed_at=now)
        senders = isinstance(fault, BadTranscript)
        carried.faults.append(Fault(stage.name, failure.reason, senders))
        carried.messages.append(dead_letter(record, failure))
        marker = stage.failed(record, now)
        return [] if marker is None else [marker]


def _patiently(stage: Stage, record: Record, now: datetime) -> list[Message]:
    deadline, pause = time.monotonic() + PATIENCE_SECONDS, 0.1
    while True:
        try:
            return list(stage.work(record, now))
        except TransientError:
            if time.monotonic() > deadline:
                raise
            time.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)


def _of_run(message: Message, run: int) -> Message:
    if not run:
        return message
    lineage = replace(Lineage.read(message.headers), run=run)
    names = {name for name, _ in lineage.headers()}
    kept = tuple(each for each in message.headers if each[0] not in names)
    return replace(message, headers=kept + lineage.headers())


def prepare_process() -> None:
    """Make a process of a pool ready: it leaves Ctrl-C to its parent, and ends with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    warm_up()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
