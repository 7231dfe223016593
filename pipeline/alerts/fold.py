"""All rules of a set held against one partition's events in their order, and what they remember."""

import logging
from collections.abc import Callable, Iterator, Mapping
from hashlib import blake2b

from pydantic import ValidationError

from pipeline.alerts.disagreement import judge_claim
from pipeline.alerts.judging import Cause, judge
from pipeline.alerts.memory import NOTHING, Memory, read, written
from pipeline.alerts.rules import Rule, RuleSet
from pipeline.claims.canonical import canonical
from pipeline.extract.said import Said
from pipeline.stream.record import Record, moment_of
from schemas import Alert, Claim, FactEvent

logger = logging.getLogger(__name__)

FACTS = "facts.events"
CLAIMS = "facts.claims"

Key = tuple[str, str]
"""The name of a rule, and of the claim or series that it remembers."""

_TIME = 5


def sources(rules: RuleSet) -> tuple[str, ...]:
    """Give the declared topics that the rules of a set look at."""
    return ((FACTS,) if rules.on_facts else ()) + ((CLAIMS,) if rules.on_claims else ())


class Fold:
    """The rules of a set and what they remember of one partition (or, in a dry run, of all)."""

    def __init__(self, rules: RuleSet, stored: Mapping[Key, bytes] | None = None) -> None:
        """Take the rules and what they remembered before, as it was written."""
        self._rules = rules
        self._stored = dict(stored or {})
        self._read: dict[Key, Memory] = {}
        self._changed: set[Key] = set()

    def take(self, record: Record, source: str, only: frozenset[str] | None = None) -> list[Alert]:
        """Hold an event of a declared topic against the rules (``only`` those of these names).

        One that cannot be read is passed over: whoever wrote it is told by the keeper of claims.
        """
        try:
            return list(self._alerts(record, source, only))
        except ValidationError as error:
            logger.warning("%s is passed over, it cannot be read: %s", record.place,
                           error.errors(include_input=False)[0]["msg"])  # fmt: skip
            return []

    def changes(self) -> dict[Key, bytes | None]:
        """Give what is remembered otherwise than at the last call, as it is to be written."""
        changes: dict[Key, bytes | None] = {}
        for key in sorted(self._changed):
            value = written(self._read.pop(key))
            changes[key] = value
            if value is None:
                self._stored.pop(key, None)
            else:
                self._stored[key] = value
        self._changed.clear()
        self._read.clear()
        return changes

    def forget(self, rule: str) -> None:
        """Forget all that a rule remembers."""
        for key in [each for each in self._stored if each[0] == rule]:
            self._remember(key, NOTHING)

    def _alerts(self, record: Record, source: str, only: frozenset[str] | None) -> Iterator[Alert]:
        at = moment_of(record.timestamp)
        identity = (record.header("ce_id") or b"").decode("utf-8", "replace")
        cause = Cause(identity or f"{source}-{record.partition}-{record.offset}", at,
                      self._rules.name)  # fmt: skip
        if source == CLAIMS:
            yield from self._of_claim(record, cause, only)
        elif record.value is not None:
            yield from self._of_fact(FactEvent.model_validate_json(record.value), cause, only)

    def _of_fact(
        self, fact: FactEvent, cause: Cause, only: frozenset[str] | None
    ) -> Iterator[Alert]:
        for rule in self._rules.on_facts:
            if only is None or rule.name in only:
                key = (rule.name, _series(rule, fact))
                yield from self._judged(key, lambda memory, rule=rule: judge(  # type: ignore[misc]
                    rule, memory, fact, cause))  # fmt: skip

    def _of_claim(
        self, record: Record, cause: Cause, only: frozenset[str] | None
    ) -> Iterator[Alert]:
        claim_id = (record.key or b"").decode("utf-8", "replace")
        claim = None if record.value is None else Claim.model_validate_json(record.value)
        for rule in self._rules.on_claims:
            if only is None or rule.name in only:
                key = (rule.name, claim_id)
                yield from self._judged(key, lambda memory, rule=rule: judge_claim(  # type: ignore[misc]
                    rule, memory, claim_id, claim, cause))  # fmt: skip

    def _judged(
        self, key: Key, judgement: Callable[[Memory], tuple[Memory, tuple[Alert, ...]]]
    ) -> tuple[Alert, ...]:
        before = self._memory(key)
        after, alerts = judgement(before)
        if after is not before:
            self._remember(key, after)
        return alerts

    def _memory(self, key: Key) -> Memory:
        memory = self._read.get(key)
        if memory is None:
            value = self._stored.get(key)
            if value is None:
                return NOTHING
            memory = self._read[key] = read(value)
        return memory

    def _remember(self, key: Key, memory: Memory) -> None:
        self._read[key] = memory
        self._changed.add(key)


def _series(rule: Rule, fact: FactEvent) -> str:
    """Name what a rule compares a fact within: its claim, or its claim at any time."""
    if rule.move is None or rule.move.against == "last value":
        return fact.claim_id
    said: Said = {name: getattr(fact, name) for name in Said.__annotations__}  # type: ignore[assignment]
    parts = list(canonical(said))
    parts[_TIME] = _length(parts[_TIME], fact)
    return blake2b("\x1f".join(parts).encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def _length(time: str, fact: FactEvent) -> str:
    """Name the length of a period, so that quarters are compared with quarters."""
    if fact.period is None or "/" not in time:
        return "moment" if time else ""
    days = (fact.period.end - fact.period.start).days + 1
    for name, least, most in _LENGTHS:
        if least <= days <= most:
            return name
    return str(days)


_LENGTHS = (("month", 28, 35), ("quarter", 84, 98), ("half", 175, 190), ("year", 357, 378))
