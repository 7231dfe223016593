"""One rule from its YAML node."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar, get_args

import yaml

from pipeline.alerts import amounts
from pipeline.alerts.amounts import Bound, Key, Size, read_limit, read_size
from pipeline.alerts.faults import Faults, shown
from pipeline.alerts.filters import read_choice
from pipeline.alerts.nodes import items, length_of, members, suggestion, text_of
from pipeline.alerts.rules import (
    FACTS_ONLY,
    FIELDS,
    Against,
    Choices,
    Direction,
    Move,
    Rule,
)
from pipeline.alerts.targets import read_targets

BOUNDS: tuple[Key, ...] = get_args(Key)
DIRECTIONS: tuple[Direction, ...] = get_args(Direction)
AGAINST: tuple[Against, ...] = get_args(Against)
STATUSES = ("asserted", "retracted")
KEYS = (
    "name", *FIELDS, "except", "least_confidence", "published_within", "status", *BOUNDS,
    *DIRECTIONS, "against", "disagree", "send",
)  # fmt: skip
EXPECTED_SIZE = '"any", or such as "more than 5%", "at least 2 points", "more than 1 billion USD"'

_LONGEST_NAME = 100
_CONFIDENCE = re.compile(r"0(\.[0-9]{1,6})?|1(\.0{1,6})?")

Read = TypeVar("Read")


@dataclass(frozen=True)
class Context:
    """Where faults are noted, and the file's own lists."""

    faults: Faults
    lists: Mapping[str, Any]


def read_rule(node: Any, key: str, context: Context) -> Rule | None:
    """Read one rule; None where it has no name to go on with. Faults are noted."""
    faults = context.faults
    given = members(node, key, KEYS, faults)
    if not given and not isinstance(node, yaml.MappingNode):
        return None
    name = _name(node, given, key, faults)
    _check_together(given, key, faults)
    claims = "disagree" in given
    rule = Rule(
        name=name or key,
        chosen=_choices(given, key, context, claims=claims),
        excluded=_excluded(given, key, context, claims=claims),
        least_confidence=_confidence(given, key, faults),
        published_within=_published_within(given, key, faults),
        statuses=_statuses(given, key, faults),
        bounds=_bounds(given, key, faults),
        move=_move(given, key, faults),
        disagree=_size(given.get("disagree"), f"{key}.disagree", faults) if claims else None,
        send=read_targets(given["send"], f"{key}.send", faults) if "send" in given else None,
    )
    if given and set(given) <= {"name", "send"}:
        faults.add(node, key, "it would fire for every fact", "a filter or a condition, such as "
                   "`metric: capex` or `above: 1 billion USD`")  # fmt: skip
    return rule if name is not None else None


def _name(node: Any, given: Mapping[str, Any], key: str, faults: Faults) -> str | None:
    expected = f"a name of at most {_LONGEST_NAME} characters in one line"
    if "name" not in given:
        faults.add(node, f"{key}.name", "it is missing", expected)
        return None
    name = text_of(given["name"])
    if not name or len(name) > _LONGEST_NAME or not name.isprintable():
        faults.add(given["name"], f"{key}.name", "it is no name", expected)
        return None
    return name


def _check_together(given: Mapping[str, Any], key: str, faults: Faults) -> None:
    """Note keys that exclude each other."""
    moves = [name for name in DIRECTIONS if name in given]
    for second in moves[1:]:
        faults.add(given[second], f"{key}.{second}", f"there is `{moves[0]}` already",
                   "one of them, or `changed`")  # fmt: skip
    if "against" in given and not moves:
        faults.add(given["against"], f"{key}.against", "nothing is compared",
                   "`raised`, `lowered` or `changed` beside it")  # fmt: skip
    if moves and "status" in given:
        faults.add(given["status"], f"{key}.status", f"a rule with `{moves[0]}` is about facts "
                   "that hold", "no `status`; when such a fact is retracted, its alert is "
                   "withdrawn")  # fmt: skip
    if "disagree" in given:
        for name in (*moves, "status", "least_confidence", "published_within"):
            if name in given:
                faults.add(given[name], f"{key}.{name}", "a rule with `disagree` is about claims, "
                           "which have none", "a rule of its own")  # fmt: skip


def _choices(given: Mapping[str, Any], key: str, context: Context, *, claims: bool) -> Choices:
    found = []
    for name in FIELDS:
        if name not in given:
            continue
        path = f"{key}.{name}"
        if claims and name in FACTS_ONLY:
            context.faults.add(given[name], path, "a rule with `disagree` is about claims, which "
                               f"have no {name}", "a field of claims, such as metric")  # fmt: skip
            continue
        choice = read_choice(name, given[name], path, context.faults, context.lists)
        found.append((name, choice))
    return tuple(found)


def _excluded(given: Mapping[str, Any], key: str, context: Context, *, claims: bool) -> Choices:
    if "except" not in given:
        return ()
    path = f"{key}.except"
    inner = members(given["except"], path, FIELDS, context.faults)
    return _choices(inner, path, context, claims=claims)


def _confidence(given: Mapping[str, Any], key: str, faults: Faults) -> float:
    if "least_confidence" not in given:
        return 0.0
    node = given["least_confidence"]
    text = text_of(node) or ""
    if not _CONFIDENCE.fullmatch(text):
        said = f"{shown(text)} is no confidence"
        faults.add(node, f"{key}.least_confidence", said, "a number from 0 to 1, such as 0.8")
        return 0.0
    return float(text)


def _published_within(given: Mapping[str, Any], key: str, faults: Faults) -> timedelta | None:
    if "published_within" not in given:
        return None
    node = given["published_within"]
    text = text_of(node) or ""
    length = length_of(text)
    if length is None:
        said = f"{shown(text)} is no length of time"
        faults.add(node, f"{key}.published_within", said, "such as 15m, 2h or 3d")
    return length


def _statuses(given: Mapping[str, Any], key: str, faults: Faults) -> frozenset[str]:
    if "status" not in given:
        return frozenset({"asserted"})
    found = set()
    for each in items(given["status"]):
        text = text_of(each) or ""
        if text not in STATUSES:
            said = f"{shown(text)} is no status"
            faults.add(each, f"{key}.status", said, suggestion(text, STATUSES))
        found.add(text)
    return frozenset(found)


def _bounds(given: Mapping[str, Any], key: str, faults: Faults) -> tuple[Bound, ...]:
    found = []
    for name in BOUNDS:
        if name not in given:
            continue
        nodes, path = items(given[name]), f"{key}.{name}"
        wanted = 2 if name == "between" else 1
        if len(nodes) != wanted:
            expected = "[10 billion USD, 20 billion USD]" if wanted == 2 else amounts.EXPECTED
            faults.add(given[name], path, f"it has {len(nodes)} amounts, not {wanted}", expected)
            continue
        limits = []
        for node in nodes:
            read = _read(read_limit, node, path, amounts.EXPECTED, faults)
            if read is not None and read[1] != "exact":
                faults.add(node, path, f"{shown(str(node.value))} is no exact amount",
                           amounts.EXPECTED)  # fmt: skip
            elif read is not None:
                limits.append(read[0])
        if len(limits) < wanted:
            continue
        if limits[0].unit != limits[-1].unit or limits[0].amount > limits[-1].amount:
            faults.add(given[name], path, "its ends do not fit", "the lower amount, then the "
                       "higher one in the same unit")  # fmt: skip
            continue
        found.append(Bound(name, tuple(limits)))
    return tuple(found)


def _move(given: Mapping[str, Any], key: str, faults: Faults) -> Move | None:
    against: Against = "last value"
    if "against" in given:
        text = " ".join((text_of(given["against"]) or "").split())
        if text in AGAINST:
            against = text
        else:
            faults.add(given["against"], f"{key}.against", f"{shown(text)} is nothing to compare "
                       "with", suggestion(text, AGAINST))  # fmt: skip
    for direction in DIRECTIONS:
        if direction in given:
            size = _size(given[direction], f"{key}.{direction}", faults)
            return Move(direction, size or Size(), against)
    return None


def _size(node: Any, key: str, faults: Faults) -> Size | None:
    return _read(read_size, node, key, EXPECTED_SIZE, faults) or Size()


def _read(
    reader: Callable[[str], Read], node: Any, key: str, expected: str, faults: Faults
) -> Read | None:
    """Read a scalar; note what the reader says is wrong with it."""
    text = text_of(node)
    try:
        if text is None:
            raise ValueError("it is no text")
        return reader(text)
    except ValueError as error:
        said = f"{shown(text)}: {error}" if text else "nothing is given"
        faults.add(node, key, said if text is not None else str(error), expected)
        return None
