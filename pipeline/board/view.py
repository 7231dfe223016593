"""What a browser wants to see: the filters of the page's address, ``?entity=AMZN&q=cloud``."""

from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.problem import Problem
from pipeline.subscribe.wanted import MODALITIES

PARAMETERS = ("entity", "metric", "modality", "confidence", "q")

_LONGEST = 1_000
_MOST_VALUES = 100


class BadView(Problem):
    """An address asks for what cannot be; names the parameter and what would be right."""


@dataclass(frozen=True, slots=True)
class Searchable:
    """What a fact or a claim is found by; ``names`` and ``text`` are folded to one case.

    ``names`` are the company's id and name, ``text`` is all that free text is looked for in. A
    claim has no confidence of its own: None passes.
    """

    names: frozenset[str]
    metric: str
    modality: str
    confidence: float | None
    text: str


@dataclass(frozen=True)
class View:
    """The filters; empty ones let everything pass, of several values of one any may match."""

    entities: frozenset[str] = frozenset()
    metrics: frozenset[str] = frozenset()
    modalities: frozenset[str] = frozenset()
    least_confidence: float = 0.0
    words: tuple[str, ...] = ()

    @classmethod
    def of(cls, query: Iterable[tuple[str, str]]) -> "View":
        """Read the parameters of an address; ``BadView`` for one that cannot be."""
        given: dict[str, list[str]] = {name: [] for name in PARAMETERS}
        for name, value in query:
            if name not in given:
                raise BadView(f"{name[:40]!r} is no filter; expected {', '.join(PARAMETERS)}")
            if len(value) > _LONGEST:
                raise BadView(f"{name} has {len(value)} characters; expected at most {_LONGEST}")
            given[name].append(value)
        return cls(
            entities=_listed("entity", given["entity"]),
            metrics=frozenset(
                each.replace(" ", "_") for each in _listed("metric", given["metric"])
            ),
            modalities=_modalities(given["modality"]),
            least_confidence=max(map(_confidence, given["confidence"]), default=0.0),
            words=tuple(" ".join(given["q"]).casefold().split())[:_MOST_VALUES],
        )

    def wants(self, found: Searchable) -> bool:
        """Say whether a fact or claim passes all filters."""
        return (
            (not self.entities or not self.entities.isdisjoint(found.names))
            and (not self.metrics or found.metric in self.metrics)
            and (not self.modalities or found.modality in self.modalities)
            and (found.confidence is None or found.confidence >= self.least_confidence)
            and all(word in found.text for word in self.words)
        )


def _listed(name: str, values: list[str]) -> frozenset[str]:
    """Read values that are several parameters, or one with commas, or both."""
    found = frozenset(
        part.strip().casefold() for value in values for part in value.split(",") if part.strip()
    )
    if len(found) > _MOST_VALUES:
        raise BadView(f"{name} has {len(found)} values; expected at most {_MOST_VALUES}")
    return found


def _modalities(values: list[str]) -> frozenset[str]:
    found = _listed("modality", values)
    for each in sorted(found - MODALITIES):
        raise BadView(f"modality is {each[:40]!r}; expected {', '.join(sorted(MODALITIES))}")
    return found


def _confidence(value: str) -> float:
    try:
        found = float(value or 0)
    except ValueError:
        found = -1.0
    if not 0 <= found <= 1:
        raise BadView(f"confidence is {value[:40]!r}; expected a number from 0 to 1")
    return found
