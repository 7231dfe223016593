"""Events as JSON: byte for byte what their models write, in half the time or less."""

from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal

import orjson

from schemas import Fact
from schemas.event import Event, plain, rfc3339

# What a fact's fields hold; lists, as the compiled loop over a tuple is slower.
_VALUES = ["entity", "period", "speaker", "extractor"]
_AMOUNTS = ["value", "low", "high"]


def written(event: Event) -> bytes:
    """Write an event; what its fields hold are events, tuples, amounts, moments and plain values.

    No dictionary with keys other than strings is among them; ``TypeError`` for what is none.
    """
    return orjson.dumps(_as_json(event), default=_as_json, option=orjson.OPT_UTC_Z)


def event_written(
    fact: Fact,
    status: Literal["asserted", "retracted"],
    *,
    ingested_at: datetime,
    extracted_at: datetime,
) -> bytes:
    """Write a fact as the event that asserts or retracts it: a ``FactEvent``."""
    return written(fact)[:-1] + _beyond_the_fact(status, ingested_at, extracted_at)


@lru_cache(maxsize=2)
def _beyond_the_fact(status: str, ingested_at: datetime, extracted_at: datetime) -> bytes:
    """Write what an event has behind its fact, which those of a transcript share."""
    ingested, extracted = rfc3339(ingested_at), rfc3339(extracted_at)
    said = f',"status":"{status}","ingested_at":"{ingested}","extracted_at":"{extracted}"}}'
    return said.encode()


def _as_json(value: Any) -> dict[str, Any] | str:
    """Give what is written for a field that JSON has no form for."""
    kind = type(value)
    if kind is Decimal:
        return plain(value)
    if kind is Fact:
        return _plainly(value)
    if isinstance(value, Event):
        return value.__dict__
    raise TypeError(f"{kind.__name__} has no form in JSON")


def _plainly(fact: Fact) -> dict[str, Any]:
    """Give a fact's fields as JSON has them: to be asked for each of them takes twice as long."""
    fields = fact.__dict__.copy()
    for name in _VALUES:
        if (value := fields[name]) is not None:
            fields[name] = value.__dict__
    for name in _AMOUNTS:
        if type(amount := fields[name]) is Decimal:
            fields[name] = plain(amount)
    fields["evidence"] = [each.__dict__ for each in fields["evidence"]]
    return fields
