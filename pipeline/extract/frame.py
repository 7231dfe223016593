"""What holds where a quantity stands: the setting of its segment and the frame of its sentence."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from pipeline.extract.reading import Mark
from pipeline.lexicon.metrics import MetricMatch
from pipeline.lexicon.scopes import ScopeMatch
from schemas import Entity, Period, PeriodMention, Quantity

Basis = Literal["yoy", "qoq"]


@dataclass(frozen=True, slots=True)
class Setting:
    """What the document and the headings above a segment say for all of its sentences.

    ``asked`` marks an analyst's words; ``outlook`` headings of guidance; ``metric``, ``scope`` and
    ``period`` are what the nearest heading or the segment's own label names.
    """

    about: Entity | None
    reporting: Period | None
    day: date | None
    fiscal_year_end: int
    currency: str | None
    basis: Basis
    asked: bool = False
    outlook: bool = False
    metric: MetricMatch | None = None
    scope: str | None = None
    period: PeriodMention | None = None


@dataclass(slots=True)
class Reading:
    """How one quantity was read; what the steps of the linker fill in one after the other."""

    quantity: Quantity
    mark: Mark
    sentence: tuple[int, int]
    metric: str = ""
    family: str = "any"
    measure: str = "level"
    sign: int = 0
    value: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    unit: str = ""
    scope: str | None = None
    entity: Entity | None = None
    period: Period | None = None
    comparison: str | None = None
    modality: str = "actual"
    base: bool = False
    doubts: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Frame:
    """What a sentence has said so far, and what it inherits from the one before.

    ``metrics`` are the metrics named in this sentence up to here, ``inherited`` the last one used
    before it. ``last`` is how the quantity before this one was read.
    """

    metrics: list[Mark] = field(default_factory=list)
    inherited: MetricMatch | None = None
    scope: str | None = None
    scope_mark: Mark | None = None
    scope_inherited: bool = False
    entity: Entity | None = None
    period: PeriodMention | None = None
    basis: Basis | None = None
    rate: Mark | None = None
    last: Reading | None = None
    used: MetricMatch | None = None

    def next_sentence(self) -> None:
        """Keep what an elided subject may refer to; forget the rest."""
        self.inherited = self.used or self.inherited
        self.metrics.clear()
        self.scope_inherited = self.scope is not None
        self.scope_mark = None
        self.entity = None
        self.basis = None
        self.rate = None


def named(value: object) -> ScopeMatch | None:
    """The scope match in a mark's value, if it is one."""
    return value if isinstance(value, ScopeMatch) else None
