"""Nodes of a YAML document read with care: what is not as it should be is noted as a fault."""

import re
from collections.abc import Iterable
from datetime import timedelta
from difflib import get_close_matches
from typing import Any

import yaml

from pipeline.alerts.faults import Faults, shown

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_NOTHING = frozenset({"none", "null", "~"})


def members(node: Any, key: str, known: tuple[str, ...], faults: Faults) -> dict[str, Any]:
    """Give the members of a mapping by name, each once and known; ``known`` empty takes all."""
    if not isinstance(node, yaml.MappingNode):
        faults.add(node, key, "it is no mapping", f"lines such as `{(known or ('name',))[0]}: …`")
        return {}
    found: dict[str, Any] = {}
    for name_node, value in node.value:
        name = name_node.value if isinstance(name_node, yaml.ScalarNode) else None
        path = f"{key}.{name}" if key and name else (name or key)
        if name is None:
            faults.add(name_node, key, "a key is no word", "one of " + ", ".join(known))
        elif known and name not in known:
            said = f"there is no key {shown(name)} here"
            faults.add(name_node, path, said, suggestion(name, known))
        elif name in found:
            faults.add(name_node, path, "it is given twice", "each key once")
        else:
            found[name] = value
    return found


def items(node: Any) -> list[Any]:
    """Give the elements of a list; one value is a list of one."""
    return list(node.value) if isinstance(node, yaml.SequenceNode) else [node]


def text_of(node: Any) -> str | None:
    """Give a scalar's text as it is written, None where the node is a list or a mapping."""
    return str(node.value).strip() if isinstance(node, yaml.ScalarNode) else None


def says_none(node: Any) -> bool:
    """Whether a value is the word none (or null), without quotes."""
    return (
        isinstance(node, yaml.ScalarNode)
        and node.style is None
        and str(node.value).casefold() in _NOTHING
    )


def length_of(text: str) -> timedelta | None:
    """Read a length of time such as 30s, 15m, 2h, 3d; None for anything else."""
    found = re.fullmatch(r"([0-9]{1,6}) ?([smhd])", text)
    return timedelta(**{_UNITS[found[2]]: int(found[1])}) if found else None


def suggestion(given: str, known: Iterable[str]) -> str:
    """Say what would be right: the known word that is nearest, else all of them."""
    known = list(known)
    near = get_close_matches(given.casefold(), known, n=1, cutoff=0.7) if len(given) < 100 else []
    return repr(near[0]) + ", perhaps" if near else "one of " + ", ".join(known)
