"""A record read as the event that its topic carries."""

from typing import TypeVar

from pydantic import ValidationError

from pipeline.problem import Problem
from pipeline.stream.record import Record
from schemas.event import Event

Model = TypeVar("Model", bound=Event)


class UnreadableEvent(Problem):
    """A record is not the event that its topic carries; ``record`` is what came.

    The feed goes on behind it when it is asked for the next.
    """

    def __init__(self, record: Record, reason: str) -> None:
        self.record = record
        super().__init__(f"{record.place} cannot be read: {reason}")


def event_of(model: type[Model], record: Record) -> Model:
    """Read a record's value; ``UnreadableEvent`` names the place, the field and what it expects."""
    if record.value is None:
        raise UnreadableEvent(record, f"it has no value; expected a {model.__name__} in JSON")
    try:
        return model.model_validate_json(record.value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        field = ".".join(map(str, first["loc"])) or "the value"
        reason = f"{field}: {first['msg']}; expected a {model.__name__} in JSON"
        raise UnreadableEvent(record, reason) from None
