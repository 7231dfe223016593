"""What all events have in common: closed models, plain decimals, RFC 3339 times in UTC."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, PlainSerializer, WithJsonSchema


class Event(BaseModel):
    """A closed, immutable value: unknown fields are an error, and no field changes afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def plain(amount: Decimal) -> str:
    """Write a decimal in plain notation: no exponent, no trailing zeros after the point.

    >>> plain(Decimal("1.320E+11"))
    '132000000000'
    >>> plain(Decimal("20.20"))
    '20.2'
    """
    text = format(amount, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _finite(amount: Decimal) -> Decimal:
    if not amount.is_finite():
        raise ValueError("an amount is a finite decimal, never NaN or infinity")
    return amount


def _to_utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _rfc3339(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


Amount = Annotated[
    Decimal,
    AfterValidator(_finite),
    PlainSerializer(plain, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$"}),
]
"""A decimal in base units; in JSON a string in plain notation, so that no reader makes it binary."""

Moment = Annotated[
    datetime,
    AfterValidator(_to_utc),
    PlainSerializer(_rfc3339, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""A point in time in UTC; one without a zone is taken to be UTC."""
