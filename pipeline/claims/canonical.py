"""What a claim is about in one form, however a document puts it: what claim ids are made of.

Two facts are of one claim when all that they say but the amount is the same. Documents put the
same thing in several ways: a balance "at the end of September" or "in the third quarter", growth
"over last year" or "against the third quarter of 2024", the revenue of "advertising" or
"advertising revenue", "Google Cloud" or, of Google, "cloud". Here each has one form. What is not
surely the same stays apart.
"""

from dataclasses import replace
from datetime import date, timedelta
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

from pipeline.lexicon.company_names import company_names, rows
from pipeline.lexicon.metrics import Metric
from pipeline.lexicon.metrics import metric as known_metric
from pipeline.normalize.periods import label_period, quarter_before, year_before
from pipeline.patterns import regex
from schemas import Period

if TYPE_CHECKING:
    from pipeline.extract.said import Said

_CURRENCY = regex(r"^[A-Z]{3}(?=/|$)")
_BETWEEN_WORDS = regex(r"[\s\-_,./&]+")
_LED_BY = ("the ", "project ", "worldwide ", "global ")
_ENDED_BY = (" business", " segment", " division", " unit")
_DAY = timedelta(days=1)
# What stands at a moment; a rate or a price of a period may be its average instead.
_RATES = frozenset({"percent", "x", "money_per_share", "time"})


def canonical(said: "Said") -> tuple[str, ...]:
    """Give what a fact is about as parts that are equal for facts of one claim.

    In their order: entity, scope, metric, measure, unit family, time, what it is compared with,
    modality.
    """
    names = _same_names()
    if (renamed := names.metric.get(said.metric)) is not None:
        said = replace(said, metric=renamed)
    if (quarterly := names.annualized.get(said.metric)) is not None:
        said = _of_the_quarter(said, quarterly)
    entity, scope = said.entity, said.scope or ""
    identity = entity.id if entity is not None else ""
    if scope:
        scope = _scope(scope, identity, entity.name if entity is not None else "")
    metric, scope = _subject(names, said.metric, scope, identity)
    known = known_metric(said.metric)
    time, base = _time(said, known)
    unit = unit_family(said.unit)
    return identity, scope, metric, _measure(names, said, known), unit, time, base, said.modality


@lru_cache(maxsize=1024)
def unit_family(unit: str) -> str:
    """The kind of unit that a claim is about, whatever the currency: money, money/share, percent…

    >>> unit_family("USD/share")
    'money/share'
    """
    return _CURRENCY.sub("money", unit)


def _of_the_quarter(said: "Said", quarterly: str) -> "Said":
    """Take growth over the year of a quarter taken times four for what it is: the quarter's own."""
    period = said.period
    if period is None or said.measure != "growth":
        return said
    quarter = quarter_before(period, 0)
    if quarter.end != period.end or _base(period, said.comparison) != "yoy":
        return said
    if period.start not in (quarter.start, quarter.end):
        return said
    return replace(said, metric=quarterly, period=quarter, comparison="yoy")


def _subject(names: "_SameNames", metric: str, scope: str, identity: str) -> tuple[str, str]:
    if not scope:
        scope = names.sole.get(f"{identity} {metric}", "")
    business = names.revenue.get(metric)
    if business is None:
        return metric, scope
    told = business in scope.split()
    return "revenue", scope if told else f"{scope} {business}".strip()


@lru_cache(maxsize=1024)
def _scope(scope: str, entity_id: str, entity_name: str) -> str:
    names = _same_names()
    spelled = (names.word.get(each, each) for each in _BETWEEN_WORDS.split(scope.casefold()))
    name = " ".join(each for each in spelled if each)
    owners = (f"{each.casefold()} " for each in _names_of(entity_id, entity_name) if each)
    for lead in (*_LED_BY, *owners):
        name = name.removeprefix(lead)
    for end in _ENDED_BY:
        name = name.removesuffix(end)
    name = names.name.get(name, name)
    return "" if name in names.whole else name


def _names_of(entity_id: str, entity_name: str) -> tuple[str, ...]:
    names = {entity_name, *company_names().names_of(entity_id)}
    return tuple(sorted(names, key=lambda name: (-len(name), name)))


def _measure(names: "_SameNames", said: "Said", known: Metric | None) -> str:
    measure = said.measure
    if measure == "share":
        return "level" if known is not None and known.family == "percent" else measure
    if measure == "growth" and said.metric in names.advantage:
        return "level"
    return measure


def _time(said: "Said", known: Metric | None) -> tuple[str, str]:
    """Give when it holds and what it is compared with.

    What stands at a moment stands there at the end of the period that is named, so that moment is
    the time; how much it changed within a quarter or a year is its change since the one before.
    """
    period, comparison, measure = said.period, said.comparison, said.measure
    if period is None:
        return "", comparison or ""
    base = _base(period, comparison)
    if known is None or known.nature != "stock" or known.family in _RATES:
        return _days(period.start, period.end), base
    if not base and measure == "change":
        base = _length(period)
    if measure in ("growth", "change", "multiple") and (not base or ".." in period.label):
        # A stretch of its own ("in the last nine months") is itself what it moved over.
        return _days(period.start, period.end), base
    return _days(period.end, None), base


@lru_cache(maxsize=256)
def _days(start: date, end: date | None) -> str:
    return f"{start}/{end}" if end is not None else str(start)


def _base(period: Period, comparison: str | None) -> str:
    """Name what is compared with by its distance where that is a year or a quarter."""
    if comparison is None or not comparison.startswith("vs:"):
        return comparison or ""
    try:
        base = label_period(comparison.removeprefix("vs:"))
    except ValueError:
        return comparison
    if _same(base, year_before(period)):
        return "yoy"
    if _same(base, quarter_before(period)) and _length(period) == "qoq":
        return "qoq"
    return f"vs:{base.start}/{base.end}"


def _length(period: Period) -> str:
    """Name a whole year or quarter by what its change would be compared with."""
    if period.end == year_before(period).end or period.start == period.end:
        return ""
    if year_before(period).end + _DAY == period.start:
        return "yoy"
    return "qoq" if quarter_before(period).end + _DAY == period.start else ""


def _same(one: Period, other: Period) -> bool:
    return (one.start, one.end) == (other.start, other.end)


class _SameNames:
    """The rows of same_names.tsv by their kinds."""

    def __init__(self) -> None:
        table = files("pipeline.claims").joinpath("same_names.tsv").read_text(encoding="utf-8")
        kinds: dict[str, dict[str, str]] = {}
        for row in rows(table):
            kinds.setdefault(row[0], {})[row[1]] = row[2] if len(row) > 2 else ""
        self.word, self.name, self.whole = kinds["word"], kinds["name"], kinds["whole"]
        self.metric, self.revenue = kinds["metric"], kinds["revenue"]
        self.advantage, self.annualized = kinds["advantage"], kinds["annualized"]
        self.sole = kinds["sole"]


@cache
def _same_names() -> _SameNames:
    return _SameNames()
