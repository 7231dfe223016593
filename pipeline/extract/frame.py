"""What holds where a quantity stands: the setting of its segment and the frame of its sentence."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from pipeline.extract.reading import Mark
from pipeline.lexicon.metrics import MetricMatch
from pipeline.lexicon.scopes import ScopeMatch
from pipeline.patterns import regex
from schemas import Entity, Period, PeriodMention, Quantity
from schemas.fact import Measure, Modality

# Where the sentences of the paragraphs before lie, counted from the start of this one.
_ELSEWHERE = 1_000_000
# How far apart, in characters, one paragraph counts from the next.
_PARAGRAPH_APART = 160
Basis = Literal["yoy", "qoq"]


@dataclass(slots=True)
class Setting:
    """What the document and the headings above a segment say for all of its sentences.

    ``scale`` is what bare amounts of money are multiplied by ("$m unless stated"). ``asked`` marks
    an analyst's words; ``outlook`` headings of guidance, ``of_rates`` a label of growth rates;
    ``metric``, ``scope`` and ``period`` are what the nearest heading or the segment's own label
    names, ``topic`` is the one business that a question is about,
    ``labelled`` whether the segment's own label names ``scope``, ``asked_of`` the one time that
    an answer's question names, ``asked_metrics`` what it asks for.
    """

    about: Entity | None
    reporting: Period | None
    day: date | None
    fiscal_year_end: int
    currency: str | None
    basis: Basis
    scale: Decimal = Decimal(1)
    asked: bool = False
    outlook: bool = False
    metric: MetricMatch | None = None
    scope: str | None = None
    topic: str | None = None
    period: PeriodMention | None = None
    of_rates: bool = False
    labelled: bool = False
    asked_of: PeriodMention | None = None
    asked_metrics: frozenset[str] = frozenset()

    @property
    def bare_below(self) -> Decimal:
        """Amounts from here on are told in full even where the document declares a scale."""
        return Decimal(10) ** 9 if self.scale != 1 else Decimal(0)


@dataclass(slots=True)
class Reading:
    """How one quantity was read; what the steps of the linker fill in one after the other.

    ``business`` is a scope that the clause names as its subject though no list knows it.
    """

    quantity: Quantity
    sentence: tuple[int, int]
    mark: Mark | None = None
    metric: str = ""
    family: str = "any"
    nature: str = "flow"
    measure: Measure = "level"
    sign: int = 0
    value: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    unit: str = ""
    factor: Decimal = Decimal(1)
    scope: str | None = None
    business: str | None = None
    entity: Entity | None = None
    period: Period | None = None
    comparison: str | None = None
    modality: Modality = "actual"
    base: bool = False
    expected: bool = False
    of_outlook: bool = False
    losing: bool = False
    doubts: list[str] = field(default_factory=list)


_ESTIMATED = regex(r"\d[Ee]$")


@dataclass(slots=True)
class Frame:
    """What a sentence has said so far, and what it inherits from the one before.

    ``here`` is the time that the sentence set for what follows in it, ``ahead`` the time to
    come that was spoken of last, ``so_far`` the longer time than the quarter (前三季度) that a
    Chinese paragraph goes through, ``outlook`` whether the paragraph turned to guidance,
    ``spent`` the times that belong to a quantity before them. ``metrics`` are the metrics named
    in this sentence up to here, ``inherited`` the last one used before it, ``counted`` the
    metric of the figure before where what it counts told it. ``last`` is how the quantity
    before this one was read. A business line of the company's own (``scope_is_line``) is the
    topic of its paragraph where a sentence opens with it (``opening``: its name, and whether it
    is such a line) and the paragraph did not turn to the whole company (``of_whole``).
    ``subject`` is the metric that "respectively" gives the figure. ``only_opened`` marks a
    business that the paragraph opened with, sentences before its first figure. ``of_rates`` is
    the setting's. ``margin`` is the one of the whole company that the document told first, where
    that is no operating margin: a bare "margin" is that one. ``aside`` is a time that only adds
    to what was told (營收 96 億，全年 372 億), and what held before it. ``equipped`` is the part
    that the sentence counts of a product: the Trainium2 chips of Project Rainier; ``told_of`` is
    what a plain measure word (家, 座) was said of before.
    ``named`` are the businesses and companies that the paragraph named, ``two`` those that 前者
    and 后者 mean; ``line`` is the metric that businesses are gone through for, and where it was
    told last; ``of_which`` is the part that 其中 named and the business that it is a part of.
    ``span`` is the longer time that the first point under a heading set, ``through`` the one that
    this segment opened with.
    """

    metrics: list[Mark] = field(default_factory=list)
    inherited: MetricMatch | None = None
    scope: str | None = None
    scope_mark: Mark | None = None
    scope_inherited: bool = False
    scope_is_line: bool = False
    only_opened: bool = False
    opening: tuple[str, bool] | None = None
    of_whole: bool | None = None
    sentence_read: bool = False
    entity: Entity | None = None
    last_company: Mark | None = None
    period: PeriodMention | None = None
    here: PeriodMention | None = None
    here_behind: bool = False
    ahead: PeriodMention | None = None
    so_far: PeriodMention | None = None
    aside: tuple[PeriodMention, PeriodMention | None] | None = None
    outlook: bool = False
    told: int = 0
    spent: set[int] = field(default_factory=set)
    basis: Basis | None = None
    rate: Mark | None = None
    of_rates: bool = False
    last: Reading | None = None
    used: MetricMatch | None = None
    subject: MetricMatch | None = None
    counted: MetricMatch | None = None
    outside: tuple[MetricMatch | None, Reading | None, int] | None = None
    scope_outside: tuple[str | None, Mark | None] = (None, None)
    told_of: dict[str, MetricMatch] = field(default_factory=dict)
    named: list[Mark] = field(default_factory=list)
    two: tuple[Mark, Mark] | None = None
    of_which: tuple[Mark, str | None, Mark | None] | None = None
    equipped: str | None = None
    head: MetricMatch | None = None
    line: tuple[MetricMatch, int] | None = None
    lends: bool = False
    margin: str | None = None
    span: PeriodMention | None = None
    through: PeriodMention | None = None

    def next_segment(self, *, ascii_only: bool) -> None:
        """Begin a paragraph: a business named before it is no longer what it is about.

        In Chinese the next places or businesses of a row may have paragraphs of their own.
        """
        if self.line is not None:
            match, told = self.line
            self.line = None if ascii_only else (match, min(told, 0) - _PARAGRAPH_APART)
        if self.last is not None:
            start, end = self.last.sentence
            self.last.sentence = start - _ELSEWHERE, end - _ELSEWHERE
        self.scope = None
        self.outlook, self.told = False, 0
        self.so_far, self.here = self.span, None
        self.named.clear()

    def open_with(self, scope: str | None) -> None:
        """Speak of a paragraph's opening business for the length of one sentence."""
        self.scope, self.scope_inherited = scope, scope is not None
        self.scope_is_line = self.only_opened = scope is not None

    def next_sentence(self, lead_in: MetricMatch | None, turned_to: str | None) -> None:
        """Keep what an elided subject may refer to; forget the rest.

        ``lead_in`` is the metric, ``turned_to`` the business that a sentence without figures in
        between has named.
        """
        if self.of_whole is None and self.sentence_read:
            self.of_whole = self.scope is None
        self.sentence_read = True
        if self.only_opened and self.scope_mark is None:
            self.scope, self.scope_is_line = None, False
        self.only_opened = False
        if self.opening is not None:
            topic, is_line = self.opening
            self.scope_is_line = is_line and not self.of_whole and self.scope == topic
            self.scope = topic
        elif self.scope_mark is not None:
            self.scope_is_line = False
            if self._trails(self.scope_mark):
                self.scope = None
        elif not self.scope_is_line and self.metrics:
            self.scope = None
        self.opening = None
        if lead_in is not None:
            self.used, self.scope = lead_in, None
        if turned_to is not None:
            self.scope, self.scope_is_line = turned_to, True
        self.inherited = self.used or self.inherited
        self.metrics.clear()
        self.scope_inherited = self.scope is not None
        self.scope_mark = None
        self.entity = None
        self.last_company = None
        if self.here is None or not _ESTIMATED.search(self.here.text):
            self.here = None  # "FY26E EBITDA $3.6bn. EPS $2.10": estimates go on
        self.spent.clear()
        self.outside = None
        self.basis = None
        self.rate = None
        self.equipped = None
        self.head = None

    def begin_again(self) -> None:
        """Begin the next sentence of speech that runs on: leave a place that trailed the last."""
        if self.scope_mark is not None and self._trails(self.scope_mark):
            self.scope = self.scope_mark = None

    def _trails(self, named: Mark) -> bool:
        """Whether a place was named behind all figures of a sentence: it was no topic."""
        last = self.last.mark if self.last is not None else None
        region = isinstance(named.value, ScopeMatch) and named.value.kind == "region"
        return region and last is not None and last.end <= named.start
