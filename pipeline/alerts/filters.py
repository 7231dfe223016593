"""What a rule says of a field: the values that pass, checked against what the field can hold."""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, get_args

import yaml

from pipeline.alerts.faults import Faults, shown
from pipeline.alerts.nodes import items, says_none, suggestion, text_of
from pipeline.alerts.rules import Choice
from pipeline.lexicon.metrics import all_metrics
from pipeline.normalize.periods import label_period
from schemas.fact import FactFields, Measure, Modality, Qualifier, Side

_SECTIONS = tuple(
    value
    for choice in get_args(FactFields.model_fields["section"].annotation)
    for value in get_args(choice)
)
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "measure": get_args(Measure),
    "modality": get_args(Modality),
    "qualifier": get_args(Qualifier),
    "section": _SECTIONS,
    "side": get_args(Side),
}
_MAY_BE_ABSENT = frozenset(
    {"entity", "scope", "period", "comparison", "section", "side", "speaker"}
)
_MAY_END_OPEN = frozenset({"period", "transcript", "entity", "scope", "speaker"})
_PRESENT = frozenset({"now"})
_UNIT_WORDS = {"%": "percent", "points": "percentage_points", "bps": "percentage_points"}
_UNIT = re.compile(r"[A-Za-z_]{1,40}(/[A-Za-z_]{1,40})?")
_COMPARISON = re.compile(r"yoy|qoq|vs:.{1,60}")
_METRIC = re.compile(r"[^\W\d]\w{0,79}")
_MOST_VALUES = 5_000
_LONGEST_VALUE = 200


def read_choice(
    field: str, node: Any, key: str, faults: Faults, lists: Mapping[str, Any]
) -> Choice:
    """Read one value, a list of them, or ``$name`` for a list of the file's own."""
    values: set[str] = set()
    prefixes: set[str] = set()
    absent, shown_as = False, []
    for each in _spread(field, node, key, faults, lists):
        if says_none(each) and field in _MAY_BE_ABSENT:
            absent = True
            shown_as.append("none")
            continue
        text = text_of(each)
        if text is None or not text or len(text) > _LONGEST_VALUE:
            what = "nothing is given" if text == "" else "it is no short text"
            faults.add(each, key, what, _expected(field))
            continue
        open_end = text.endswith("*") and field in _MAY_END_OPEN and len(text) > 1
        problem = None if open_end else _problem(field, text)
        if problem is not None:
            faults.add(each, key, *problem)
            continue
        shown_as.append(text)
        if open_end:
            prefixes.add(text[:-1].casefold())
        else:
            values.add(text.casefold())
    return Choice(frozenset(values), tuple(sorted(prefixes)), absent, tuple(shown_as))


def _spread(field: str, node: Any, key: str, faults: Faults, lists: Mapping[str, Any]) -> list[Any]:
    """Put the file's own lists in the place of their names."""
    found: list[Any] = []
    given = items(node)
    if not given:
        faults.add(node, key, "the list is empty", _expected(field))
    for each in given:
        text = text_of(each)
        if text is None or not text.startswith("$") or not isinstance(each, yaml.ScalarNode):
            found.append(each)
        elif text[1:] in lists:
            found += items(lists[text[1:]])
        elif lists:
            names = [f"${name}" for name in lists]
            faults.add(each, key, f"there is no list {shown(text)}", suggestion(text, names))
        else:
            faults.add(each, key, f"there is no list {shown(text)}", "one under `lists:`")
    if len(found) > _MOST_VALUES:
        faults.add(node, key, f"it has {len(found)} values", f"at most {_MOST_VALUES}")
        return []
    return found


def _problem(field: str, text: str) -> tuple[str, str] | None:
    """Say what is wrong with a value, and what would be right; None for nothing."""
    said = f"{shown(text)} is no {field}"
    if field in _CHOICES:
        known = _CHOICES[field]
        return None if text.casefold() in known else (said, suggestion(text, known))
    if field == "metric":
        return _metric_problem(text)
    if field == "unit" and not _UNIT.fullmatch(text):
        right = _UNIT_WORDS.get(text.casefold())
        return said, f"{right!r}, perhaps" if right else _expected(field)
    if field == "comparison" and not _COMPARISON.fullmatch(text.casefold()):
        return said, _expected(field)
    if field == "period" and text.casefold() not in _PRESENT:
        try:
            label_period(text)
        except ValueError:
            return f"{shown(text)} is no label of a period", _expected(field)
    return None


def _metric_problem(text: str) -> tuple[str, str] | None:
    """Metrics that the lexicon does not name are possible; what looks like a slip is not."""
    known = all_metrics()
    if text.casefold() in known:
        return None
    words = re.sub(r"[\s-]+", "_", text.casefold())
    if words in known:
        return f"{shown(text)} is no metric", f"{words!r}"
    near = get_close_matches(words, known, n=1, cutoff=0.84) if len(words) < 60 else []
    if near:
        return f"{shown(text)} is no metric", f"{near[0]!r}, perhaps"
    return None if _METRIC.fullmatch(text) else (f"{shown(text)} is no metric", _expected("metric"))


def _expected(field: str) -> str:
    if field in _CHOICES:
        return "one of " + ", ".join(_CHOICES[field])
    return {
        "entity": "the id or name of a company, such as AMZN",
        "metric": "the id of a metric, such as revenue or operating_margin",
        "unit": "a currency or unit as facts have it, such as USD, percent or percentage_points",
        "comparison": "yoy, qoq, or such as vs:2024Q3",
        "period": "a label such as 2025Q3, 2025, 2025H1, 2025-04, @2025-06-30, or 2025*",
    }.get(field, "a value, or a list of them")
