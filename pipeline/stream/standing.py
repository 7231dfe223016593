"""The facts that stand for a subscriber: those asserted on ``facts.events`` and not retracted."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import orjson

from pipeline.settings import Settings
from pipeline.stream.record import Record
from pipeline.stream.subscription import Subscription

EVENTS = "facts.events"

Kept = TypeVar("Kept")


@dataclass(frozen=True)
class Stood:
    """An event as it was asserted, and when: milliseconds since 1970."""

    timestamp: int
    value: bytes


def standing(
    settings: Settings,
    keep: Callable[[Record, dict[str, Any]], Kept | None],
    *,
    until: datetime | None = None,
) -> dict[tuple[str, bytes | None], Kept]:
    """Fold all events up to a moment (by their records' time, included) into those that stand.

    ``keep`` takes the record and the event of an assertion and gives what to keep of it, None for
    nothing. The result is by fact_id and record key: a retraction has the key of its assertion, so
    the two are on one partition and in order.
    """
    latest = None if until is None else int(until.timestamp() * 1000)
    subscription = Subscription(settings, [EVENTS])
    subscription.from_beginning()
    found: dict[tuple[str, bytes | None], Kept] = {}
    for record in subscription.records(follow=False):
        if record is None or record.value is None:
            continue
        if latest is not None and record.timestamp > latest:
            continue
        event = orjson.loads(record.value)
        identity = (event["fact_id"], record.key)
        found.pop(identity, None)
        if event["status"] == "asserted" and (kept := keep(record, event)) is not None:
            found[identity] = kept
    return found


def as_of(
    settings: Settings, moment: datetime, fits: Callable[[dict[str, Any]], bool]
) -> list[bytes]:
    """Give the events of the facts that stood at a moment, oldest first."""

    def keep(record: Record, event: dict[str, Any]) -> Stood | None:
        return Stood(record.timestamp, record.value or b"") if fits(event) else None

    found = standing(settings, keep, until=moment).values()
    return [each.value for each in sorted(found, key=lambda each: each.timestamp)]
