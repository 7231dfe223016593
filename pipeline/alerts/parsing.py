"""From a YAML file to rules; every fault of the file is told with its place."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from pipeline.alerts.document import read_document
from pipeline.alerts.faults import BadRules, Faults, shown
from pipeline.alerts.filters import read_choice
from pipeline.alerts.nodes import members, text_of
from pipeline.alerts.ruleparsing import Context, read_rule
from pipeline.alerts.rules import Rule, RuleSet
from pipeline.alerts.targets import read_targets

MOST_RULES = 1_000

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_KEYS = ("name", "lists", "rules", "send")


def read_rules(file: str) -> RuleSet:
    """Read a file of rules; ``-`` is standard input.

    Raises ``BadRules`` with all faults, ``Problem`` where the file cannot be read at all.
    """
    root = read_document(file)
    faults = Faults()
    given = members(root, "", _KEYS, faults)
    lists = _lists(given["lists"], faults) if "lists" in given else {}
    send = read_targets(given["send"], "send", faults) if "send" in given else None
    rules = _rules(root, given, Context(faults, lists))
    name = _name(given["name"], faults) if "name" in given else _name_of_file(file)
    if faults.found:
        raise BadRules(file, faults.found)
    return RuleSet(name, rules, send)


def _name(node: Any, faults: Faults) -> str:
    name = text_of(node) or ""
    if not _NAME.fullmatch(name):
        faults.add(node, "name", f"{shown(name)} is no name of a set of rules",
                   "letters, digits, dots, dashes and underscores, such as my-desk")  # fmt: skip
    return name


def _name_of_file(file: str) -> str:
    stem = "rules" if file == "-" else Path(file).stem
    return re.sub(r"[^A-Za-z0-9._-]+", "-", stem).strip("-._")[:64] or "rules"


def _lists(node: Any, faults: Faults) -> Mapping[str, Any]:
    found = members(node, "lists", (), faults)
    for name, values in found.items():
        before = len(faults.found)
        read_choice("list", values, f"lists.{name}", faults, {})
        if len(faults.found) > before:
            # Said once; the rules that use it need not say it again.
            found[name] = yaml.SequenceNode(values.tag, [], values.start_mark, values.end_mark)
    return found


def _rules(root: Any, given: Mapping[str, Any], context: Context) -> tuple[Rule, ...]:
    faults = context.faults
    if "rules" not in given:
        if isinstance(root, yaml.MappingNode):
            faults.add(root, "rules", "it is missing", "a list of rules")
        return ()
    node = given["rules"]
    if not isinstance(node, yaml.SequenceNode) or not node.value:
        faults.add(node, "rules", "it is no list of rules", "lines such as `- name: …`")
        return ()
    if len(node.value) > MOST_RULES:
        faults.add(node, "rules", f"it has {len(node.value)} rules", f"at most {MOST_RULES}")
        return ()
    rules: list[Rule] = []
    places: dict[str, str] = {}
    for number, each in enumerate(node.value, start=1):
        key = f"rules[{number}]"
        rule = read_rule(each, key, context)
        if rule is None:
            continue
        if rule.name in places:
            said = f"{shown(rule.name)} is the name of {places[rule.name]} too"
            faults.add(each, f"{key}.name", said, "a name of its own")
        places.setdefault(rule.name, key)
        rules.append(rule)
    return tuple(rules)
