"""Write the JSON Schemas, their examples and the AsyncAPI document from the models and topics.

``python -m schemas.generate`` writes them; ``python -m schemas.generate --baseline`` also makes
them what later versions must stay compatible with, as is done at a release.
"""

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from schemas import examples
from schemas.alert import Alert
from schemas.claim import Claim
from schemas.completed import TranscriptCompleted
from schemas.deadletter import DeadLetter
from schemas.event import Event
from schemas.extracted import ExtractedPart
from schemas.fact import FactEvent
from schemas.normalized import NormalizedPart
from schemas.segmented import SegmentedPart
from schemas.transcript import TranscriptMessage
from schemas.translated import TranslatedPart

FOLDER = Path(__file__).parent / "json"
BASELINE = FOLDER / "baseline"
ASYNCAPI = Path(__file__).parent / "asyncapi.json"


@dataclass(frozen=True)
class Published:
    """A model with a schema of its own; ``accepted`` where others write the events, not we."""

    name: str
    model: type[Event]
    example: Event
    accepted: bool = False


PUBLISHED = (
    Published("transcript", TranscriptMessage, examples.TRANSCRIPT, accepted=True),
    Published("segmented", SegmentedPart, examples.SEGMENTED),
    Published("normalized", NormalizedPart, examples.NORMALIZED),
    Published("translated", TranslatedPart, examples.TRANSLATED),
    Published("extracted", ExtractedPart, examples.EXTRACTED),
    Published("fact", FactEvent, examples.FACT),
    Published("claim", Claim, examples.CLAIM),
    Published("alert", Alert, examples.ALERT),
    Published("completed", TranscriptCompleted, examples.COMPLETED),
    Published("deadletter", DeadLetter, examples.DEAD_LETTER),
)


def json_schema(published: Published) -> dict[str, Any]:
    """Make the JSON Schema of an event.

    It is open: a reader passes over fields that it does not know, so that fields can be added.
    """
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:callfacts:{published.name}",
    }
    schema: dict[str, Any] = _without_noise(published.model.model_json_schema())
    return head | schema


def example_of(published: Published) -> dict[str, Any]:
    """Give an event's example as it is in JSON; what others write has only what they would give."""
    return published.example.model_dump(mode="json", exclude_unset=published.accepted)


def files() -> dict[Path, str]:
    """Give the content of every generated file but the baseline."""
    from schemas.asyncapi import document

    contents: dict[Path, str] = {}
    for published in PUBLISHED:
        contents[FOLDER / f"{published.name}.schema.json"] = _text(json_schema(published))
        contents[FOLDER / f"{published.name}.example.json"] = _text(example_of(published))
    contents[ASYNCAPI] = _text(document())
    return contents


def main(arguments: list[str]) -> None:
    """Write all files; with ``--baseline`` the schemas to stay compatible with as well."""
    contents = files()
    if "--baseline" in arguments:
        contents |= {
            BASELINE / path.name: content
            for path, content in contents.items()
            if path.name.endswith(".schema.json")
        }
    for path, content in contents.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _without_noise(schema: Any) -> Any:
    """Leave out titles that repeat a field's name, and what closes the model to new fields."""
    if isinstance(schema, list):
        return [_without_noise(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    cleaned: dict[str, Any] = {}
    for name, value in schema.items():
        if name == "additionalProperties" and value is False:
            continue
        if name == "properties":
            cleaned[name] = {field: _untitled(each) for field, each in value.items()}
        else:
            cleaned[name] = _without_noise(value)
    return cleaned


def _untitled(schema: Mapping[str, Any]) -> Any:
    return _without_noise({name: value for name, value in schema.items() if name != "title"})


if __name__ == "__main__":
    main(sys.argv[1:])
