"""One plain English sentence for a fact, made from its fields alone."""

from decimal import Decimal
from functools import lru_cache

from pipeline.extract.said import Said
from pipeline.patterns import regex
from schemas.event import plain

_SCALES = (
    (Decimal(10**12), "trillion"), (Decimal(10**9), "billion"), (Decimal(10**6), "million")
)  # fmt: skip
_SMALLEST_SCALE = Decimal(10**6)
_UNSCALED = frozenset({"percent", "percentage_points", "x"})
_QUALIFIERS = {
    "exact": "",
    "approx": "about ",
    "more_than": "more than ",
    "at_least": "at least ",
    "less_than": "less than ",
    "at_most": "at most ",
    "between": "",
}
_MONEY = regex(r"[A-Z]{3}(?:/|$)")
# Digits behind the point that a reader wants of a third.
_SHOWN, _DIGITS_SHOWN = Decimal("0.0001"), 4
# Digits between the commas of a number.
_GROUP = 3
_UNITS = {"percent": "%", "percentage_points": " percentage points", "x": "x", "count": ""}
_NAMES = {
    "eps": "EPS", "adjusted_eps": "adjusted EPS", "ebitda": "EBITDA", "capex": "capex",
    "adjusted_ebitda": "adjusted EBITDA", "gmv": "GMV", "arpu": "ARPU", "ai_revenue": "AI revenue",
    "cet1_ratio": "CET1 ratio", "adjusted_ebitda_margin": "adjusted EBITDA margin",
}  # fmt: skip
_TAILS = {"multiple": " the base", "share": " of the whole"}
_COMPARISONS = {"yoy": " year over year", "qoq": " quarter over quarter"}


def amount_in_words(amount: Decimal, unit: str) -> str:
    """Write an amount with its unit as a financial page would.

    >>> amount_in_words(Decimal("132000000000"), "USD")
    'USD 132 billion'
    """
    scaled, word = amount, ""
    if unit not in _UNSCALED and (size := abs(amount)) >= _SMALLEST_SCALE:
        for scale, name in _SCALES:
            if size >= scale:
                scaled, word = amount / scale, f" {name}"
                break
    written = plain(scaled)
    point = written.find(".")
    if point >= 0 and len(written) - point - 1 > _DIGITS_SHOWN:
        written = plain(scaled.quantize(_SHOWN))
        point = written.find(".")
    before, behind = _around(unit)
    if word:
        return f"{before}{written}{word}{behind}"
    whole = point if point >= 0 else len(written)
    number = _grouped(written) if whole > _GROUP else written
    return f"{before}{number}{behind}" if before else number + behind


@lru_cache(maxsize=256)
def _around(unit: str) -> tuple[str, str]:
    """Give what stands before and behind an amount of a unit."""
    if unit in _UNITS:
        return "", _UNITS[unit]
    if _MONEY.match(unit):
        currency, _, per = unit.partition("/")
        return f"{currency} ", f" per {per}" if per else ""
    return "", f" {unit}"


def _grouped(written: str) -> str:
    whole, point, rest = written.partition(".")
    sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    grouped = ""
    while len(digits) > _GROUP:
        grouped = f",{digits[-_GROUP:]}{grouped}"
        digits = digits[:-_GROUP]
    return f"{sign}{digits}{grouped}{point}{rest}"


def statement(said: Said) -> str:
    """Say a fact in English.

    >>> from schemas import Entity
    >>> statement(Said(entity=Entity(id="AMZN", name="Amazon"), scope="AWS", metric="revenue",
    ...     measure="growth", value=Decimal("20.2"), low=None, high=None, unit="percent",
    ...     qualifier="exact", comparison="yoy", modality="actual", period=None))
    'Amazon AWS revenue grew 20.2% year over year.'
    """
    entity, period, comparison = said.entity, said.period, said.comparison
    subject = _NAMES.get(said.metric) or said.metric.replace("_", " ")
    if said.scope:
        subject = f"{said.scope} {subject}"
    if entity is not None and (name := entity.name):
        subject = f"{name} {subject}"
    compared = ""
    if comparison is not None:
        against = f" against {comparison.removeprefix('vs:')}"
        compared = _COMPARISONS.get(comparison, against)
    when = f" {_when(period.label)}" if period is not None else ""
    tail = _TAILS.get(said.measure, "")
    return f"{subject} {_predicate(said)}{tail}{compared}{when}."


def _when(label: str) -> str:
    """Say a period's label in a sentence.

    >>> [_when(label) for label in ("2025Q3", "@2025-09-30", "TTM@2025-09-30", "2025..2027")]
    ['in 2025Q3', 'at 2025-09-30', 'in the twelve months to 2025-09-30', 'from 2025 to 2027']
    """
    if "@" in label:
        span, _, day = label.partition("@")
        return f"in the twelve months to {day}" if span == "TTM" else f"at {day}"
    if ".." in label:
        first, _, last = label.partition("..")
        return f"from {first} to {last}"
    return f"in {label}"


def _predicate(said: Said) -> str:
    hedge, unit, modality = _QUALIFIERS[said.qualifier], said.unit, said.modality
    value, low, high = said.value, said.low, said.high
    moves = said.measure in ("growth", "change")
    amount = hedge + _span(value, low, high, unit)
    if modality == "forward":
        return f"is expected to {'change by' if moves else 'be'} {amount}"
    if modality == "question":
        return f"is asked about at {'a change of ' if moves else ''}{amount}"
    if not moves:
        return f"was {amount}"
    first = value if value is not None else low if low is not None else high or Decimal(0)
    by = "" if said.measure == "growth" else "by "
    if first >= 0:
        return f"grew {by}{amount}"
    less = [None if a is None else -a for a in (value, high, low)]
    return f"fell {by}{hedge}{_span(less[0], less[1], less[2], unit)}"


def _span(value: Decimal | None, low: Decimal | None, high: Decimal | None, unit: str) -> str:
    if value is not None:
        return amount_in_words(value, unit)
    if low is not None and high is not None:
        return f"{amount_in_words(low, unit)} to {amount_in_words(high, unit)}"
    if low is not None:
        return f"{amount_in_words(low, unit)} or more"
    return f"{amount_in_words(high, unit)} or less" if high is not None else "an amount"
