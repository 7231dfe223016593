"""What the page says of one mark: the fields of a fact, or of a quantity without one, in words."""

from datetime import date
from decimal import Decimal

from pipeline.extract.statement import amount_in_words
from pipeline.page.marks import differs
from schemas import Claim, ClaimStatement, Entity, Fact, Period, Quantity
from schemas.fact import FactFields

LABELS = (
    "company", "scope", "metric", "amount", "compared", "period", "kind", "said by", "section",
    "confidence", "says", "translation says", "id",
)  # fmt: skip
"""Names of a card's fields, in their order after its headline."""

_KINDS = {"actual": "result", "forward": "outlook", "question": "asked by an analyst"}
_QUALIFIERS = {
    "approx": "about ", "more_than": "more than ", "at_least": "at least ",
    "less_than": "less than ", "at_most": "at most ",
}  # fmt: skip
_SECTIONS = {"prepared": "prepared remarks", "qa": "questions and answers", "summary": "summary"}


def card(fact: Fact) -> list[str]:
    """Give the fact's statement, then the fields that ``LABELS`` names; empty where not stated."""
    speaker = fact.speaker
    said_by = (speaker.name or speaker.side, speaker.role) if speaker else ()
    measure = "" if fact.measure == "level" else f", {fact.measure}"
    wrong = [evidence.text for evidence in fact.evidence if not evidence.agrees]
    return [
        fact.statement,
        company(fact.entity) if fact.entity else "not known",
        fact.scope or "",
        f"{fact.metric}{measure}",
        amount(fact),
        (fact.comparison or "").replace("vs:", "with "),
        _period(fact.period),
        _KINDS[fact.modality],
        ", ".join(part for part in said_by if part),
        _SECTIONS.get(fact.section or "", ""),
        f"{fact.confidence:.2f}",
        fact.evidence[0].sentence if differs(fact) else "",
        "; ".join(wrong),
        fact.fact_id,
    ]


def card_without_fact(quantity: Quantity) -> list[str]:
    """Give the same fields for a quantity that no fact cites: only how it was read."""
    read = span(quantity, quantity.unit or "")
    if quantity.counted:
        read = f"{read} {quantity.counted}"
    fields = dict.fromkeys(LABELS, "")
    fields |= {"amount": read or quantity.text, "kind": f"{quantity.kind}, no fact"}
    return [f"{quantity.text}: a quantity without a fact", *fields.values()]


def amount(fact: FactFields) -> str:
    """Write a fact's amount with its unit and qualifier, for a reader; changes have a sign."""
    words = span(fact, fact.unit)
    is_rise = fact.measure in ("growth", "change") and fact.value is not None and fact.value > 0
    return f"+{words}" if is_rise and words[:1].isdigit() else words


def company(entity: Entity) -> str:
    """Name a company with its id, where that is another."""
    return entity.name if entity.id == entity.name else f"{entity.name} ({entity.id})"


def span(amounts: FactFields | Quantity | Claim | ClaimStatement, unit: str) -> str:
    """Write one amount, or a range with one end or both, its currency and scale said once."""
    if amounts.value is not None:
        return _QUALIFIERS.get(amounts.qualifier, "") + _words(amounts.value, unit)
    low, high = amounts.low, amounts.high
    if low is not None and high is not None:
        return _range(_words(low, unit).split(" "), _words(high, unit).split(" "))
    if low is not None:
        return f"from {_words(low, unit)}"
    return f"up to {_words(high, unit)}" if high is not None else ""


def _range(low: list[str], high: list[str]) -> str:
    if len(low) == len(high):
        last = len(low)
        while last > 1 and low[last - 1] == high[last - 1]:
            last -= 1
        first = 0
        while first < last - 1 and low[first] == high[first]:
            first += 1
        low, high = low[:last], high[first:]
    return f"{' '.join(low)} – {' '.join(high)}"


def _words(number: Decimal, unit: str) -> str:
    return amount_in_words(number, unit).rstrip().replace("-", "−")


def _period(period: Period | None) -> str:
    if period is None:
        return ""
    return f"{period.label} ({_day(period.start)} to {_day(period.end)})"


def _day(day: date) -> str:
    return day.isoformat()
