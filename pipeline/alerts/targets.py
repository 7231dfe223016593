"""Where alerts are sent beside the topic: what a rule file and the command line say of it."""

import re
from typing import Any
from urllib.parse import urlsplit

import yaml

from pipeline.alerts.faults import Faults, shown
from pipeline.alerts.nodes import items, length_of, members, text_of
from pipeline.alerts.rules import Target

EXPECTED = "topic, stdout, or `webhook: https://…`"

_ADDRESS = re.compile(r"https?://[!-~]{1,2000}")


def read_targets(node: Any, key: str, faults: Faults) -> tuple[Target, ...]:
    """Read ``send``: one target or a list of them; ``topic`` alone means nowhere else."""
    found: list[Target] = []
    given = items(node)
    if not given:
        faults.add(node, key, "the list is empty", EXPECTED)
    for each in given:
        target = _target(each, key, faults)
        if target is not None and target not in found:
            found.append(target)
    return tuple(found)


def web_address(text: str) -> str:
    """Check a webhook's address; ``ValueError`` says what is wrong, without repeating it."""
    if not _ADDRESS.fullmatch(text):
        raise ValueError("it is no address")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise ValueError("it is no address") from None
    if parts.username is not None or parts.password is not None or "@" in parts.netloc:
        raise ValueError("there is a name or password in it")
    if not parts.hostname or port == 0 or parts.fragment:
        raise ValueError("it is no address of a server")
    return text


def _target(node: Any, key: str, faults: Faults) -> Target | None:
    if isinstance(node, yaml.MappingNode):
        return _webhook(node, key, faults)
    text = text_of(node)
    if text == "stdout":
        return Target()
    if text != "topic":
        said = "it is no target" if text is None else f"{shown(text)} is no target"
        faults.add(node, key, said, EXPECTED)
    return None


def _webhook(node: Any, key: str, faults: Faults) -> Target | None:
    given = members(node, key, ("webhook", "give_up_after"), faults)
    if "webhook" not in given:
        if given:
            faults.add(node, f"{key}.webhook", "it is missing", "`webhook: https://…`")
        return None
    try:
        url = web_address(text_of(given["webhook"]) or "")
    except ValueError as error:
        faults.add(given["webhook"], f"{key}.webhook", str(error),
                   "such as https://alerts.example.com/desk")  # fmt: skip
        return None
    if "give_up_after" not in given:
        return Target(url)
    length = length_of(text_of(given["give_up_after"]) or "")
    if length is None:
        faults.add(given["give_up_after"], f"{key}.give_up_after", "it is no length of time",
                   "such as 15m, 2h or 3d")  # fmt: skip
        return Target(url)
    return Target(url, length)
