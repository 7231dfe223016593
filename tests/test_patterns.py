"""Patterns that are compiled at their first use are what ``re`` would compile."""

import importlib
import pkgutil
import re

import pytest

import pipeline
from pipeline.patterns import _Pattern, regex

STAGES = tuple(f"pipeline.{stage}." for stage in ("segment", "normalize", "extract", "lexicon"))
MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(pipeline.__path__, "pipeline.")
    if module.name.startswith(STAGES) and not module.ispkg and ".refresh" not in module.name
)


@pytest.mark.parametrize("name", MODULES)
def test_every_pattern_of_the_stages_is_one(name: str) -> None:
    found = vars(importlib.import_module(name))
    for pattern in (value for value in found.values() if isinstance(value, _Pattern)):
        assert re.compile(pattern.pattern)


def test_a_pattern_does_what_a_compiled_one_does() -> None:
    lazy = regex(r"(?P<word>[a-z]+)", re.IGNORECASE)
    compiled = re.compile(r"(?P<word>[a-z]+)", re.IGNORECASE)
    text = "one 2 Three"
    assert [match["word"] for match in lazy.finditer(text)] == ["one", "Three"]
    assert lazy.findall(text) == compiled.findall(text)
    assert lazy.sub("x", text) == compiled.sub("x", text)
    assert lazy.match(text, 6)["word"] == "Three"
    assert lazy.flags == compiled.flags
    assert lazy.pattern == compiled.pattern


def test_a_pattern_is_compiled_once() -> None:
    lazy = regex("a")
    first = lazy.search
    assert lazy.search("ab")
    assert first("ba")
    assert lazy.search == lazy.search
    assert lazy.search.__self__ == re.compile("a")


def test_what_is_no_pattern_says_so_at_its_first_use() -> None:
    broken = regex("(")
    with pytest.raises(re.error):
        broken.search("")
