import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from schemas.compatibility import breaks
from schemas.generate import BASELINE, PUBLISHED, json_schema

SCHEMA: dict[str, Any] = {
    "$defs": {
        "Side": {"enum": ["company", "analyst"], "type": "string"},
        "Speaker": {
            "properties": {"name": {"type": "string"}, "side": {"$ref": "#/$defs/Side"}},
            "required": ["name"],
            "type": "object",
        },
    },
    "properties": {
        "id": {"type": "string", "minLength": 1},
        "count": {"type": "integer", "minimum": 0},
        "speaker": {"anyOf": [{"$ref": "#/$defs/Speaker"}, {"type": "null"}]},
        "spans": {"type": "array", "items": {"$ref": "#/$defs/Speaker"}},
        "note": {"type": "string", "default": ""},
        "extra": {"type": "object", "additionalProperties": {"type": "string"}},
    },
    "required": ["id", "speaker"],
    "type": "object",
}

Change = Callable[[dict[str, Any]], object]


def changed(change: Change) -> dict[str, Any]:
    schema = copy.deepcopy(SCHEMA)
    change(schema)
    return schema


def speaker(schema: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = schema["$defs"]["Speaker"]
    return found


HARMLESS: dict[str, Change] = {
    "nothing": lambda _: None,
    "an optional field": lambda s: s["properties"].update(mood={"type": "string"}),
    "an optional field deeper": lambda s: speaker(s)["properties"].update(age={"type": "integer"}),
    "a description": lambda s: s["properties"]["id"].update(description="the id"),
    "a default": lambda s: s["properties"]["note"].update(default="none"),
    "a definition in place": lambda s: s["properties"]["speaker"]["anyOf"].__setitem__(
        0, copy.deepcopy(speaker(s))
    ),
}
NARROWER: dict[str, tuple[Change, str]] = {
    "field removed": (lambda s: s["properties"].pop("note"), "note: it is gone"),
    "field removed deeper": (
        lambda s: speaker(s)["properties"].pop("name"),
        "speaker.name: it is gone",
    ),
    "field removed in a list": (
        lambda s: speaker(s)["properties"].pop("side"),
        "spans[].side: it is gone",
    ),
    "field renamed": (
        lambda s: s["properties"].update(number=s["properties"].pop("count")),
        "count: it is gone",
    ),
    "type changed": (
        lambda s: s["properties"]["count"].update(type="string"),
        "count: integer is not allowed any more",
    ),
    "object to list": (
        lambda s: s["properties"]["speaker"].update(anyOf=[{"type": "array"}, {"type": "null"}]),
        "speaker: object is not allowed any more",
    ),
    "null no more": (
        lambda s: s["properties"]["speaker"]["anyOf"].pop(),
        "speaker: null is not allowed any more",
    ),
    "optional made required": (
        lambda s: s["required"].append("note"),
        "note: it was optional and is required now",
    ),
    "new and required": (
        lambda s: (s["properties"].update(new={"type": "string"}), s["required"].append("new")),
        "new: it is new and required: messages that are kept do not have it",
    ),
    "value taken away": (
        lambda s: s["$defs"]["Side"]["enum"].remove("analyst"),
        "speaker.side: 'analyst' is no value of it any more",
    ),
    "bound tightened": (
        lambda s: s["properties"]["count"].update(minimum=1),
        "count: minimum was 0 and is 1",
    ),
    "bound added": (
        lambda s: s["properties"]["id"].update(maxLength=9),
        "id: maxLength was None and is 9",
    ),
    "pattern added": (
        lambda s: s["properties"]["id"].update(pattern="^x"),
        "id: pattern was None and is ^x",
    ),
    "map of other values": (
        lambda s: s["properties"]["extra"].update(additionalProperties={"type": "integer"}),
        "extra: additionalProperties was {'type': 'string'} and is {'type': 'integer'}",
    ),
}
WIDER: dict[str, tuple[Change, str]] = {
    "null allowed": (
        lambda s: s["properties"].update(id={"anyOf": [{"type": "string"}, {"type": "null"}]}),
        "id: null is allowed now, which readers do not expect",
    ),
    "required made optional": (
        lambda s: s["required"].remove("id"),
        "id: it was always there and is optional now",
    ),
    "value added": (
        lambda s: s["$defs"]["Side"]["enum"].append("operator"),
        "speaker.side: 'operator' is a new value, which readers do not expect",
    ),
    "enumeration opened": (
        lambda s: s["$defs"]["Side"].pop("enum"),
        "speaker.side: an enumeration has become a free value, or a free value one",
    ),
    "bound loosened": (
        lambda s: s["properties"]["count"].update(minimum=-1),
        "count: minimum was 0 and is -1",
    ),
    "bound removed": (
        lambda s: s["properties"]["id"].pop("minLength"),
        "id: minLength was 1 and is None",
    ),
}


@pytest.mark.parametrize("change", HARMLESS.values(), ids=HARMLESS.keys())
@pytest.mark.parametrize("accepted", [False, True])
def test_harmless_changes_pass(change: Change, accepted: bool) -> None:
    assert breaks(SCHEMA, changed(change), accepted=accepted) == []


@pytest.mark.parametrize(("change", "said"), NARROWER.values(), ids=NARROWER.keys())
@pytest.mark.parametrize("accepted", [False, True])
def test_what_narrows_breaks_either_way(change: Change, said: str, accepted: bool) -> None:
    assert said in map(str, breaks(SCHEMA, changed(change), accepted=accepted))


@pytest.mark.parametrize(("change", "said"), WIDER.values(), ids=WIDER.keys())
def test_what_widens_breaks_readers_of_our_events_only(change: Change, said: str) -> None:
    found = [str(each) for each in breaks(SCHEMA, changed(change))]
    assert said in found
    assert breaks(SCHEMA, changed(change), accepted=True) == []


@pytest.mark.parametrize("published", PUBLISHED, ids=lambda each: each.name)
def test_no_event_breaks_those_who_rely_on_the_last_release(published: Any) -> None:
    old = json.loads((BASELINE / f"{published.name}.schema.json").read_text("utf-8"))
    found = breaks(old, json_schema(published), accepted=published.accepted)
    assert not found, (
        f"the {published.name} event breaks its readers: {'; '.join(map(str, found))}. Add an "
        "optional field instead, or, before a release that says so, accept it with "
        "`python -m schemas.generate --baseline`"
    )
