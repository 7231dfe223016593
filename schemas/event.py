"""What all events have in common: closed models, plain decimals, RFC 3339 times in UTC."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache, lru_cache
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainSerializer,
    TypeAdapter,
    ValidationError,
    WithJsonSchema,
)

# The names of the fields of each model: one set for all of its values.
_all_fields: dict[type[BaseModel], set[str]] = {}


class Event(BaseModel):
    """A closed, immutable value: unknown fields are an error, and no field changes afterwards."""

    # Most models of a process are never checked or written by it: each is built when it first is.
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Note the names of a model's fields."""
        super().__pydantic_init_subclass__(**kwargs)
        _all_fields[cls] = set(cls.model_fields)

    @classmethod
    def trusted(cls, **values: Any) -> Self:
        """Make a value from fields that are known to be right; nothing is checked.

        Every field without a default has to be given. This is for values that the stages make by
        the thousand from what they read; it takes a tenth of the time of ``model_construct``.
        """
        given, defaults = _fields(cls, tuple(values))
        made = cls.trusted_fields(values if defaults is None else defaults | values)
        _set_given(made, given)
        return made

    @classmethod
    def trusted_fields(cls, values: dict[str, Any]) -> Self:
        """Make a value as ``trusted`` does, of a dictionary that becomes its own.

        It has to hold every field, in the order of the model, so that neither needs a look: it
        takes a third of the time.
        """
        made: Any = _Open()
        made.__dict__ = values
        made.__pydantic_fields_set__ = _all_fields[cls]
        made.__pydantic_extra__ = made.__pydantic_private__ = None
        made.__class__ = cls
        return made  # type: ignore[no-any-return]


class _Open(BaseModel):
    """An event in the making: made and set as any object is, without a model's detours."""

    # Python leaves the detours out where a class has both of these from ``object``.
    __setattr__ = object.__setattr__
    __delattr__ = object.__delattr__
    __init__ = object.__init__


_set_given = BaseModel.__dict__["__pydantic_fields_set__"].__set__


@cache
def _fields(model: type[Event], names: tuple[str, ...]) -> tuple[set[str], dict[str, Any] | None]:
    """Give one set for all values of the same fields: of their own, they took a third of them.

    With it all fields in their order, with their defaults; None where these are given in order.
    """
    defaults = {name: field.default for name, field in model.model_fields.items()}
    return set(names), None if tuple(defaults) == names else defaults


def plain(amount: Decimal) -> str:
    """Write a decimal in plain notation: no exponent, no trailing zeros after the point.

    >>> plain(Decimal("1.320E+11"))
    '132000000000'
    >>> plain(Decimal("20.20"))
    '20.2'
    """
    text = str(amount)
    if "E" in text:
        text = format(amount, "f")
    if text[-1] == "0" and "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _finite(amount: Decimal) -> Decimal:
    if not amount.is_finite():
        raise ValueError("an amount is a finite decimal, never NaN or infinity")
    return amount


def _written_as_a_date(moment: Any) -> Any:
    if isinstance(moment, str):
        return _read(moment)
    if isinstance(moment, datetime):
        return moment
    raise ValueError(_NOT_A_DATE)


@lru_cache(maxsize=256)
def _read(written: str) -> datetime | str:
    """Read a moment, which many events share; give one that cannot be read as it is written."""
    # Left alone, "20250801" would pass as seconds since 1970, which is a day of that year.
    if not _DATE.match(written):
        raise ValueError(_NOT_A_DATE)
    try:
        return _to_utc(_datetimes().validate_python(written))
    except ValidationError:
        return written


@cache
def _datetimes() -> TypeAdapter[datetime]:
    return TypeAdapter(datetime)


def _to_utc(moment: datetime) -> datetime:
    if moment.tzinfo is UTC:
        return moment
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("a time lies within the years 1 to 9999 in UTC") from None


@lru_cache(maxsize=64)
def rfc3339(moment: datetime) -> str:
    """Write a moment that is in UTC, with a Z behind it."""
    return moment.isoformat().replace("+00:00", "Z")


Amount = Annotated[
    Decimal,
    AfterValidator(_finite),
    PlainSerializer(plain, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$"}),
]
"""A decimal in base units; in JSON a string in plain notation, which no reader makes binary."""

_NOT_A_DATE = "a time is written as in RFC 3339, such as 2025-08-01T20:30:00Z"
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9])")

Moment = Annotated[
    datetime,
    BeforeValidator(_written_as_a_date),
    AfterValidator(_to_utc),
    PlainSerializer(rfc3339, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""A point in time in UTC; one without a zone is taken to be UTC."""
