"""What a set of rules has on ``alerts.state``: what it remembers, and how far it has read."""

from dataclasses import dataclass, field

from pipeline.alerts.fold import Fold, Key
from pipeline.alerts.rules import RuleSet
from pipeline.stream.record import Message
from pipeline.stream.shelf import Shelf

STATE = "alerts.state"

_APART = "\x1f"
_POSITION = "position"
_RULE = "rule"
_MEMORY = "memory"


@dataclass
class State:
    """One partition of a source as a set of rules left it; ``position`` is the offset to go on at.

    ``fingerprints`` are those that rules had when what they remember was made.
    """

    position: int | None = None
    fingerprints: dict[str, str] = field(default_factory=dict)
    memory: dict[Key, bytes] = field(default_factory=dict)


def read_state(shelf: Shelf, rules: str, source: str, partition: int) -> State:
    """Read the state of a set of rules for one partition of a source."""
    state = State()
    start = f"{rules}{_APART}{source}{_APART}"
    for record in shelf.read(STATE, partition, 0, None):
        key = (record.key or b"").decode("utf-8", "replace")
        if not key.startswith(start):
            continue
        kind, _, rest = key.removeprefix(start).partition(_APART)
        if kind == _POSITION and record.value is not None:
            state.position = int(record.value)
        elif kind == _RULE:
            _put(state.fingerprints, rest, record.value and record.value.decode())
        elif kind == _MEMORY:
            rule, _, name = rest.partition(_APART)
            _put(state.memory, (rule, name), record.value)
    return state


def position_message(rules: str, source: str, position: int) -> Message:
    """Write how far a partition has been read."""
    return _message(rules, source, _POSITION, (), str(position).encode())


def fingerprint_message(rules: str, source: str, rule: str, fingerprint: str | None) -> Message:
    """Write what a rule was when what it remembers was made; None when the rule is gone."""
    value = None if fingerprint is None else fingerprint.encode()
    return _message(rules, source, _RULE, (rule,), value)


def memory_messages(rules: str, source: str, fold: Fold) -> list[Message]:
    """Write what is remembered otherwise than before."""
    return [_message(rules, source, _MEMORY, key, value) for key, value in fold.changes().items()]


def remembering(rules: RuleSet, source: str) -> dict[str, str]:
    """Give the rules that need to know a source's past, with their fingerprints."""
    if source == "facts.claims":
        return {rule.name: rule.fingerprint for rule in rules.on_claims}
    return {rule.name: rule.fingerprint for rule in rules.on_facts if rule.move is not None}


def _message(
    rules: str, source: str, kind: str, name: tuple[str, ...], value: bytes | None
) -> Message:
    key = _APART.join((rules, source, kind, *name)).encode()
    return Message(STATE, key, value, ())


def _put(known: dict, key: object, value: object) -> None:  # type: ignore[type-arg]
    if value is None:
        known.pop(key, None)
    else:
        known[key] = value
