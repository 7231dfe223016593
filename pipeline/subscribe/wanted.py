"""Which facts and claims a subscriber wants."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, get_args

from pipeline.problem import Problem
from schemas import Claim, FactEvent
from schemas.fact import FactFields, Modality

Choice = str | Iterable[str] | None
"""One value, several, or None for all."""

MODALITIES = frozenset(get_args(Modality))
SECTIONS = frozenset(
    value
    for choice in get_args(FactFields.model_fields["section"].annotation)
    for value in get_args(choice)
)


@dataclass(frozen=True)
class Wanted:
    """Values by field, None for all; a fact passes that has one of the values in every field."""

    entities: frozenset[str] | None = None
    metrics: frozenset[str] | None = None
    modalities: frozenset[str] | None = None
    sections: frozenset[str] | None = None
    least_confidence: float = 0.0

    @classmethod
    def of(
        cls,
        entity: Choice = None,
        metric: Choice = None,
        modality: Choice = None,
        section: Choice = None,
        least_confidence: float = 0.0,
    ) -> "Wanted":
        """Make one; ``Problem`` names a value that no fact can have."""
        if not 0 <= least_confidence <= 1:
            raise Problem(f"least_confidence is {least_confidence}; expected 0 to 1")
        return cls(
            entities=_values(entity),
            metrics=_values(metric),
            modalities=_known("modality", _values(modality), MODALITIES),
            sections=_known("section", _values(section), SECTIONS),
            least_confidence=least_confidence,
        )

    def passes(self, event: FactEvent | Claim) -> bool:
        """Say whether a fact or claim is wanted; a claim has no section and no confidence."""
        if self.entities is not None and (
            event.entity is None or event.entity.id not in self.entities
        ):
            return False
        if not (_among(event.metric, self.metrics) and _among(event.modality, self.modalities)):
            return False
        if isinstance(event, Claim):
            return True
        return event.confidence >= self.least_confidence and _among(event.section, self.sections)


def _values(choice: Choice) -> frozenset[str] | None:
    if choice is None:
        return None
    return frozenset([choice] if isinstance(choice, str) else choice)


def _known(
    name: str, values: frozenset[str] | None, known: frozenset[Any]
) -> frozenset[str] | None:
    for value in sorted(values or ()):
        if value not in known:
            raise Problem(f"{name} is {value!r}; expected one of {', '.join(sorted(known))}")
    return values


def _among(value: str | None, values: frozenset[str] | None) -> bool:
    return values is None or value in values
