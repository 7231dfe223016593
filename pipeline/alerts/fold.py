"""All rules of a set held against one partition's events in their order, and what they remember."""

import logging
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial
from hashlib import blake2b

from pydantic import ValidationError

from pipeline.alerts.disagreement import judge_claim
from pipeline.alerts.judging import Cause, judge
from pipeline.alerts.memory import NOTHING, Memory, read, written
from pipeline.alerts.rules import Rule, RuleSet
from pipeline.claims.canonical import canonical
from pipeline.extract.said import said_by
from pipeline.stream.record import Record, moment_of
from schemas import Alert, Claim, FactEvent

logger = logging.getLogger(__name__)

FACTS = "facts.events"
CLAIMS = "facts.claims"

Key = tuple[str, str]
"""The name of a rule, and of the claim or series that it remembers."""

Judgement = Callable[[Memory], tuple[Memory, tuple[Alert, ...]]]

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
        self._sent: set[str] = set()

    def take(self, record: Record, source: str) -> list[Alert]:
        """Hold an event of a declared topic against the rules; gives the alerts to send.

        One that cannot be read is passed over: whoever wrote it is told by the keeper of claims.
        """
        return [alert for _, alerts in self._judged(record, source, None) for alert in alerts]

    def show_past(self, record: Record, source: str, rules: Collection[str]) -> None:
        """Let the rules of these names remember an event of the past, and tell nobody."""
        for key, alerts in self._judged(record, source, rules):
            unsent = {alert.alert_id for alert in alerts} - self._sent
            if unsent and key in self._changed:
                self._read[key] = self._memory(key).unsent(unsent)

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
        """Forget all that a rule remembers, but for which alerts were sent."""
        for key in [each for each in self._stored if each[0] == rule]:
            self._sent.update(told.alert_id for told in self._memory(key).told if told.sent)
            self._remember(key, NOTHING)

    def _judged(
        self, record: Record, source: str, only: Collection[str] | None
    ) -> Iterator[tuple[Key, tuple[Alert, ...]]]:
        """Judge by each rule (``only`` by those of these names), and remember."""
        try:
            for key, judgement in self._judgements(record, source):
                if only is None or key[0] in only:
                    before = self._memory(key)
                    after, alerts = judgement(before)
                    if after is not before:
                        self._remember(key, after)
                    yield key, alerts
        except ValidationError as error:
            logger.warning("%s is passed over, it cannot be read: %s", record.place,
                           error.errors(include_input=False)[0]["msg"])  # fmt: skip

    def _judgements(self, record: Record, source: str) -> Iterator[tuple[Key, Judgement]]:
        identity = (record.header("ce_id") or b"").decode("utf-8", "replace")
        if not identity:
            identity = f"{source}-{record.partition}-{record.offset}"
        cause = Cause(identity, moment_of(record.timestamp), self._rules.name)
        if source == CLAIMS:
            claim_id = (record.key or b"").decode("utf-8", "replace")
            claim = None if record.value is None else Claim.model_validate_json(record.value)
            for rule in self._rules.on_claims:
                judgement = partial(judge_claim, rule, claim_id=claim_id, claim=claim, cause=cause)
                yield (rule.name, claim_id), judgement
        elif record.value is not None:
            fact = FactEvent.model_validate_json(record.value)
            for rule in self._rules.on_facts:
                yield (rule.name, _series(rule, fact)), partial(judge, rule, fact=fact, cause=cause)

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
    parts = list(canonical(said_by(fact)))
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
