"""Facts held against gold: how many figures are found, how many facts are right in all they say.

A gold line and a fact belong together where they touch in the text and unit and amount are equal.
Of several ways to pair them the one with the most right fields is taken; each is taken once. What
belongs to no gold line is invented. Facts that meet a ``vague`` or ``optional`` line are neither
right nor wrong. ``right`` are the found ones whose entity, scope, metric, measure, period and
modality are all accepted by the gold line.
"""

import re
from calendar import monthrange
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from pipeline.lexicon.metrics import metric
from schemas import Fact, Period

Gold = dict[str, Any]

STRICT = ("entity", "scope", "metric", "measure", "period", "modality")
TOLERANCE = Decimal("0.000001")


@dataclass(frozen=True)
class Document:
    """What is read, and which quarter and day an undated "now" may mean."""

    text: str
    quarter: str | None = None
    call_day: date | None = None


@dataclass(frozen=True)
class Score:
    """Counts over the required gold lines of one document or of many; scores add up."""

    required: int = 0
    found: int = 0
    right: int = 0
    invented: int = 0
    wrong_fields: tuple[tuple[str, int], ...] = ()

    def __add__(self, other: "Score") -> "Score":
        """Add the counts of other documents."""
        return Score(
            self.required + other.required,
            self.found + other.found,
            self.right + other.right,
            self.invented + other.invented,
            tuple((Counter(dict(self.wrong_fields)) + Counter(dict(other.wrong_fields))).items()),
        )

    @property
    def quantity_f1(self) -> float:
        """Of figures found: the harmonic mean of recall and precision."""
        return 2 * self.found / (self.required + self.found + self.invented)

    @property
    def fact_f1(self) -> float:
        """Of facts right in every strict field: the harmonic mean of recall and precision."""
        return 2 * self.right / (self.required + self.found + self.invented)


def score(document: Document, golds: Sequence[Gold], facts: Sequence[Fact]) -> Score:
    """Score the facts of one document; raises ``ValueError`` where a gold quote is not in it."""
    pairs = []
    for g, gold in enumerate(golds):
        places = list(_places(gold, document.text))
        for f, fact in enumerate(facts):
            if _touch(places, fact) and same_amount(gold, fact):
                wrong = wrong_fields(gold, fact, document)
                pairs.append((len(wrong), g, f, wrong))
    found: dict[int, list[str]] = {}
    taken: set[int] = set()
    for _, g, f, wrong in sorted(pairs):
        if g not in found and f not in taken:
            found[g] = wrong
            taken.add(f)
    required = [g for g, gold in enumerate(golds) if gold["class"] == "required"]
    mistakes = [found[g] for g in required if g in found]
    return Score(
        required=len(required),
        found=len(mistakes),
        right=sum(not wrong for wrong in mistakes),
        invented=len(facts) - len(taken),
        wrong_fields=tuple(Counter(name for wrong in mistakes for name in wrong).items()),
    )


def same_amount(gold: Gold, fact: Fact) -> bool:
    """Whether unit and amount are equal: the value, or all ends that the gold line names."""
    if fact.unit != gold["unit"]:
        return False
    tolerance = gold.get("tolerance", TOLERANCE)
    if _close(fact.value, gold.get("value"), tolerance):
        return True
    if gold["class"] == "vague":
        got = fact.low if fact.value is None else fact.value
        return got is not None and gold.get("low", got) <= got <= gold.get("high", got)
    ends = [(fact.low, gold.get("low")), (fact.high, gold.get("high"))]
    named = [(got, want) for got, want in ends if want is not None]
    return bool(named) and all(_close(got, want, TOLERANCE) for got, want in named)


def wrong_fields(gold: Gold, fact: Fact, document: Document) -> list[str]:
    """Name the strict fields whose value the gold line does not accept."""
    entity = fact.entity.id if fact.entity else None
    right = {
        "entity": _named(entity, gold["entity"]),
        "scope": _named(fact.scope, gold["scope"]),
        # The lexicon's names stand for themselves; those that gold words freely are read as words.
        "metric": fact.metric in gold["metric"]
        or _named(fact.metric, [name for name in gold["metric"] if metric(name) is None]),
        "measure": fact.measure in _listed(gold["measure"]),
        "period": any(_when(label, fact.period, document) for label in gold["period"]),
        "modality": fact.modality in _listed(gold["modality"]),
    }
    return [name for name in STRICT if not right[name]]


def dates(label: str) -> tuple[date, date]:
    """Give the first and the last day of a period label; ``ValueError`` where it is none."""
    if ".." in label:
        first, _, last = label.partition("..")
        return dates(first)[0], dates(last)[1]
    if label.startswith("TTM@"):
        end = date.fromisoformat(label[4:])
        return _a_year_before(end) + timedelta(days=1), end
    if label.startswith("@"):
        return date.fromisoformat(label[1:]), date.fromisoformat(label[1:])
    found = re.fullmatch(r"(\d{4})(?:Q([1-4])|H([12])|-(\d{2}))?", label)
    if not found:
        raise ValueError(f"{label!r} is no period label")
    year, quarter, half, month = (int(group) if group else 0 for group in found.groups())
    final = quarter * 3 or half * 6 or month or 12
    length = 3 if quarter else 6 if half else 1 if month else 12
    return date(year, final - length + 1, 1), date(year, final, monthrange(year, final)[1])


def _a_year_before(day: date) -> date:
    return day.replace(year=day.year - 1, day=min(day.day, monthrange(day.year - 1, day.month)[1]))


def _when(label: str | None, period: Period | None, document: Document) -> bool:
    if label in (None, "any"):
        return True
    if period is None:
        return False
    got = (period.start, period.end)
    if label != "now":
        return got == dates(str(label))
    accepted = [(document.call_day, document.call_day)]
    if document.quarter:
        quarter = dates(document.quarter)
        accepted += [quarter, (quarter[1], quarter[1])]
    return got in accepted


def _places(gold: Gold, text: str) -> Iterable[tuple[int, int]]:
    for reference in (gold, *gold.get("alt", ())):
        start = -1
        for _ in range(reference.get("nth", 1)):
            start = text.find(reference["quote"], start + 1)
            if start < 0:
                raise ValueError(f"{gold['id']}: {reference['quote']!r} is not in the document")
        yield start, start + len(reference["quote"])


def _touch(places: Iterable[tuple[int, int]], fact: Fact) -> bool:
    return any(
        start < each.end and each.start < end for start, end in places for each in fact.evidence
    )


def _close(got: Decimal | None, want: Decimal | int | None, tolerance: Decimal) -> bool:
    if got is None or want is None:
        return False
    return abs(got - want) <= tolerance * max(Decimal(1), abs(got), abs(Decimal(want)))


def _named(got: str | None, accepted: Sequence[str | None]) -> bool:
    """Whether a name is accepted, or shares half of the words of the longer with one that is."""
    if got in accepted or got is None:
        return got in accepted
    mine = _words(got)
    return any(
        mine & theirs and len(mine & theirs) * 2 >= max(len(mine), len(theirs))
        for theirs in (_words(name) for name in accepted if name)
    )


def _words(name: str) -> set[str]:
    found = re.findall(r"[a-z0-9]+", name.lower())
    return {word[:-1] if word.endswith("s") and len(word) > 3 else word for word in found}


def _listed(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else [value]
