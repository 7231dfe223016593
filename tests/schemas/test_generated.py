import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from schemas import generate
from schemas.generate import ASYNCAPI, FOLDER, PUBLISHED, Published
from topics import DECLARED


def of_file(published: Published, kind: str) -> Any:
    return json.loads((FOLDER / f"{published.name}.{kind}.json").read_text("utf-8"))


each_event = pytest.mark.parametrize("published", PUBLISHED, ids=lambda each: each.name)


def test_committed_files_are_the_generated_ones() -> None:
    generated = generate.files()
    stale = [
        path.name
        for path, content in generated.items()
        if not path.is_file() or path.read_text("utf-8") != content
    ]
    assert stale == [], "run `python -m schemas.generate`"
    assert set(FOLDER.glob("*.json")) <= set(generated), "a file is left over from an old event"


@each_event
def test_the_example_fits_the_schema(published: Published) -> None:
    schema = of_file(published, "schema")
    Draft202012Validator.check_schema(schema)
    checker = Draft202012Validator.FORMAT_CHECKER
    Draft202012Validator(schema, format_checker=checker).validate(of_file(published, "example"))


@each_event
def test_the_example_is_the_model_and_back(published: Published) -> None:
    example = of_file(published, "example")
    assert published.model.model_validate_json(json.dumps(example)) == published.example


@each_event
def test_the_schema_refuses_what_the_model_refuses(published: Published) -> None:
    schema, example = of_file(published, "schema"), of_file(published, "example")
    for required in schema["required"]:
        without = {name: value for name, value in example.items() if name != required}
        with pytest.raises(ValidationError, match="required"):
            Draft202012Validator(schema).validate(without)
        with pytest.raises(ValueError, match="Field required"):
            published.model.model_validate(without)


@each_event
def test_readers_pass_over_fields_that_come_later(published: Published) -> None:
    later = {**of_file(published, "example"), "a_later_field": 1}
    Draft202012Validator(of_file(published, "schema")).validate(later)


def test_evidence_in_the_examples_is_exactly_its_slice() -> None:
    text = of_file(PUBLISHED[0], "example")["text"]
    fact = json.loads((FOLDER / "fact.example.json").read_text("utf-8"))
    for evidence in fact["evidence"]:
        assert text[evidence["start"] : evidence["end"]] == evidence["text"]
        assert evidence["sentence"] in text


def test_amounts_are_strings_and_never_binary() -> None:
    schema = json.loads((FOLDER / "fact.schema.json").read_text("utf-8"))
    for name in ("value", "low", "high"):
        kinds = {each["type"] for each in schema["properties"][name]["anyOf"]}
        assert kinds == {"string", "null"}


def test_asyncapi_has_every_public_topic_and_its_references_lead_somewhere() -> None:
    document = json.loads(ASYNCAPI.read_text("utf-8"))
    addresses = {channel["address"] for channel in document["channels"].values()}
    assert addresses == {topic.name for topic in DECLARED if not topic.internal}
    assert len(document["operations"]) == len(document["channels"])
    for reference in references(document):
        if reference.startswith("#/"):
            target = document
            for step in reference.removeprefix("#/").split("/"):
                target = target[step]
        else:
            assert (ASYNCAPI.parent / reference).is_file()


def references(node: Any) -> list[str]:
    if isinstance(node, dict):
        own = [str(node["$ref"])] if "$ref" in node else []
        return own + [found for value in node.values() for found in references(value)]
    if isinstance(node, list):
        return [found for value in node for found in references(value)]
    return []
