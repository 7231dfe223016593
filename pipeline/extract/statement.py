"""One plain English sentence for a fact, made from its fields alone."""

from decimal import Decimal

from schemas import Entity, Period
from schemas.event import plain

_SCALES = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"))
_QUALIFIERS = {
    "exact": "",
    "approx": "about ",
    "more_than": "more than ",
    "at_least": "at least ",
    "less_than": "less than ",
    "at_most": "at most ",
    "between": "",
}
_UNITS = {"percent": "%", "percentage_points": " percentage points", "x": "x", "count": ""}
_NAMES = {
    "eps": "EPS", "adjusted_eps": "adjusted EPS", "ebitda": "EBITDA", "capex": "capex",
    "adjusted_ebitda": "adjusted EBITDA", "gmv": "GMV", "arpu": "ARPU", "ai_revenue": "AI revenue",
    "cet1_ratio": "CET1 ratio", "adjusted_ebitda_margin": "adjusted EBITDA margin",
}  # fmt: skip
_COMPARISONS = {"yoy": " year over year", "qoq": " quarter over quarter"}


def amount_in_words(amount: Decimal, unit: str) -> str:
    """Write an amount with its unit as a financial page would.

    >>> amount_in_words(Decimal("132000000000"), "USD")
    'USD 132 billion'
    """
    scaled, word = amount, ""
    if unit not in ("percent", "percentage_points", "x"):
        for scale, name in _SCALES:
            if abs(amount) >= scale:
                scaled, word = amount / scale, f" {name}"
                break
    number = f"{plain(scaled)}{word}" if word else f"{_grouped(scaled)}"
    if unit in _UNITS:
        return f"{number}{_UNITS[unit]}"
    if unit[:3].isupper() and unit[:3].isalpha():
        currency, _, per = unit.partition("/")
        return f"{currency} {number}" + (f" per {per}" if per else "")
    return f"{number} {unit}"


def _grouped(amount: Decimal) -> str:
    text = plain(amount)
    whole, point, rest = text.partition(".")
    sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    return f"{sign}{int(digits):,}{point}{rest}"


def statement(
    *,
    entity: Entity | None,
    scope: str | None,
    metric: str,
    measure: str,
    value: Decimal | None,
    low: Decimal | None,
    high: Decimal | None,
    unit: str,
    qualifier: str,
    comparison: str | None,
    modality: str,
    period: Period | None,
) -> str:
    """Say a fact in English.

    >>> statement(entity=Entity(id="AMZN", name="Amazon"), scope="AWS", metric="revenue",
    ...     measure="growth", value=Decimal("20.2"), low=None, high=None, unit="percent",
    ...     qualifier="exact", comparison="yoy", modality="actual", period=None)
    'Amazon AWS revenue grew 20.2% year over year.'
    """
    name = _NAMES.get(metric, metric.replace("_", " "))
    subject = " ".join(part for part in (entity.name if entity else None, scope, name) if part)
    amount = _QUALIFIERS[qualifier] + _span(value, low, high, unit)
    first = next((a for a in (value, low, high) if a is not None), Decimal(0))
    compared = (
        ""
        if comparison is None
        else _COMPARISONS.get(comparison, f" against {comparison.removeprefix('vs:')}")
    )
    when = f" in {period.label}" if period else ""
    if modality == "forward":
        verb = {"growth": "is expected to change by", "change": "is expected to change by"}.get(
            measure, "is expected to be"
        )
    elif modality == "question":
        verb = {
            "growth": "is asked about at a change of",
            "change": "is asked about at a change of",
        }.get(measure, "is asked about at")
    else:
        verb = "was"
        if measure in ("growth", "change"):
            verb = "grew" if first >= 0 else "fell"
            if verb == "fell":
                amount = _QUALIFIERS[qualifier] + _span(
                    *(None if a is None else -a for a in (value, high, low)), unit
                )
            amount = amount if measure == "growth" else f"by {amount}"
    if measure == "multiple":
        amount += " the base"
    elif measure == "share":
        amount += " of the whole"
    return f"{subject} {verb} {amount}{compared}{when}."


def _span(value: Decimal | None, low: Decimal | None, high: Decimal | None, unit: str) -> str:
    if value is not None:
        return amount_in_words(value, unit)
    if low is not None and high is not None:
        return f"{amount_in_words(low, unit)} to {amount_in_words(high, unit)}"
    if low is not None:
        return f"{amount_in_words(low, unit)} or more"
    return f"{amount_in_words(high, unit)} or less" if high is not None else "an amount"
