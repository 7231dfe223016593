"""Rules as values: which facts or claims, which amounts, held against what."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from pipeline.alerts.amounts import Bound, Size
from schemas import Claim, FactEvent

Direction = Literal["raised", "lowered", "changed"]
Against = Literal["last value", "previous period"]

_TEXTS: Mapping[str, Callable[[FactEvent], tuple[str | None, ...]]] = {
    "entity": lambda fact: (fact.entity.id, fact.entity.name) if fact.entity else (None,),
    "scope": lambda fact: (fact.scope,),
    "metric": lambda fact: (fact.metric,),
    "measure": lambda fact: (fact.measure,),
    "modality": lambda fact: (fact.modality,),
    "unit": lambda fact: (fact.unit,),
    "qualifier": lambda fact: (fact.qualifier,),
    "comparison": lambda fact: (fact.comparison,),
    "period": lambda fact: (fact.period.label if fact.period else None,),
    "section": lambda fact: (fact.section,),
    "side": lambda fact: (fact.speaker.side if fact.speaker else None,),
    "speaker": lambda fact: (fact.speaker.name if fact.speaker else None,),
    "transcript": lambda fact: (fact.transcript_id,),
}
FIELDS = tuple(_TEXTS)
FACTS_ONLY = frozenset({"section", "side", "speaker", "transcript"})
"""Fields that a claim does not have: it is what all documents together say."""


@dataclass(frozen=True)
class Choice:
    """The values of a field that pass: exactly, by their beginning, or none at all.

    Upper and lower case are the same. ``given`` is how they stand in the file.
    """

    values: frozenset[str] = frozenset()
    prefixes: tuple[str, ...] = ()
    absent: bool = False
    given: tuple[str, ...] = field(default=(), compare=False)

    def takes(self, value: str | None) -> bool:
        """Whether a field's value passes."""
        if value is None:
            return self.absent
        value = value.casefold()
        return value in self.values or value.startswith(self.prefixes)


Choices = tuple[tuple[str, Choice], ...]


@dataclass(frozen=True)
class Move:
    """The amount has moved against what was said earlier."""

    direction: Direction
    size: Size
    against: Against = "last value"


@dataclass(frozen=True)
class Target:
    """Where alerts go beside the topic; ``url`` is None for standard output."""

    url: str | None = None
    give_up_after: timedelta = timedelta(hours=1)


@dataclass(frozen=True)
class Rule:
    """One rule; on claims if it has ``disagree``, else on facts.

    ``send`` is None where the set's own targets hold.
    """

    name: str
    chosen: Choices = ()
    excluded: Choices = ()
    least_confidence: float = 0.0
    published_within: timedelta | None = None
    statuses: frozenset[str] = frozenset({"asserted"})
    bounds: tuple[Bound, ...] = ()
    move: Move | None = None
    disagree: Size | None = None
    send: tuple[Target, ...] | None = None

    def wants(self, event: FactEvent | Claim, landed: datetime) -> bool:
        """Whether a fact or claim passes the filters; ``landed`` is for facts without a time."""
        for name, choice in self.chosen:
            if not any(map(choice.takes, _TEXTS[name](event))):  # type: ignore[arg-type]
                return False
        for name, choice in self.excluded:
            if any(map(choice.takes, _TEXTS[name](event))):  # type: ignore[arg-type]
                return False
        if isinstance(event, Claim):
            return True
        if event.confidence < self.least_confidence:
            return False
        if self.published_within is None:
            return True
        since = event.published_at
        return since is not None and (event.ingested_at or landed) - since <= self.published_within

    @property
    def fingerprint(self) -> str:
        """What decides which facts are remembered: when it changes, memory is made anew."""
        against = self.move.against if self.move else self.disagree is not None
        parts = (
            sorted((name, _spelled(choice)) for name, choice in self.chosen),
            sorted((name, _spelled(choice)) for name, choice in self.excluded),
            self.least_confidence,
            self.published_within,
            against,
        )
        return hashlib.blake2b(repr(parts).encode(), digest_size=12).hexdigest()


@dataclass(frozen=True)
class RuleSet:
    """The rules of one file under the name of the set: what one run works on."""

    name: str
    rules: tuple[Rule, ...]
    send: tuple[Target, ...] | None = None

    @property
    def on_facts(self) -> tuple[Rule, ...]:
        """The rules that look at facts."""
        return tuple(rule for rule in self.rules if rule.disagree is None)

    @property
    def on_claims(self) -> tuple[Rule, ...]:
        """The rules that look at claims."""
        return tuple(rule for rule in self.rules if rule.disagree is not None)


def _spelled(choice: Choice) -> tuple[object, ...]:
    return sorted(choice.values), sorted(choice.prefixes), choice.absent
