"""What stands on the topics after a run, as plain values: all that the checker sees."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Place = tuple[int, int]
"""Partition and offset on ``transcripts.raw``: which message it was."""

Fields = Mapping[str, Any]
"""What a fact event says, without its status and the times of its processing."""


@dataclass(frozen=True)
class Sent:
    """A message on ``transcripts.raw``."""

    place: Place
    key: bytes | None
    value: bytes | None


@dataclass(frozen=True)
class Event:
    """An event on ``facts.events`` at ``at`` (partition and offset there).

    ``cause`` is the message that it was made from, as its ``ce_id`` says; ``timestamp`` is Kafka's
    in milliseconds.
    """

    at: Place
    timestamp: int
    transcript_id: str
    fact_id: str
    status: str
    cause: Place | None
    fields: Fields


@dataclass(frozen=True)
class Completion:
    """An event on ``transcripts.completed``."""

    at: Place
    timestamp: int
    transcript_id: str
    revision: int
    status: str
    cause: Place | None
    asserted: int
    unchanged: int
    retracted: int


@dataclass(frozen=True)
class DeadLetter:
    """A record on ``pipeline.deadletters``; ``whole`` if it is the message itself, not a part."""

    origin: Place | None
    whole: bool
    key: bytes | None
    value: bytes | None


@dataclass(frozen=True)
class History:
    """All of it. ``acknowledged`` are the places that the broker told the sender."""

    sent: tuple[Sent, ...] = ()
    events: tuple[Event, ...] = ()
    completions: tuple[Completion, ...] = ()
    dead_letters: tuple[DeadLetter, ...] = ()
    acknowledged: frozenset[Place] = field(default_factory=frozenset)
