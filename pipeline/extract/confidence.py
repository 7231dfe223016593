"""How likely a fact is right, from what could be doubted in reading it.

A logistic model over yes-or-no traits of a reading. The weights are in confidence.tsv; they are
fitted on gold by ``python -m tests.calibrate``, which also prints how well they hold.
"""

from collections.abc import Collection
from functools import cache, lru_cache
from importlib.resources import files
from math import exp

from pipeline.extract.frame import Reading
from pipeline.patterns import regex

_LONG = 110
# More than six figures; of English digits three times as fast as of any.
_CROWDED_IN_ENGLISH = regex(r"(?:[^0-9]*+[0-9][0-9.,]*+){7}")
_CROWDED = regex(r"(?:\D*+\d[\d.,]*+){7}")
# Measures that every company reports, in words that leave no doubt.
_CORE = frozenset(
    {"revenue", "gross_margin", "gross_profit", "operating_income", "operating_margin", "eps",
     "net_income", "adjusted_eps", "adjusted_ebitda", "free_cash_flow", "operating_cash_flow",
     "capex", "cash", "backlog", "operating_expenses", "research_and_development", "inventory",
     "selling_general_administrative", "adjusted_net_income", "share_repurchases", "net_margin",
     "net_interest_income", "dividend_per_share", "tax_rate", "shares_repurchased"}
)  # fmt: skip
_KINDS = {"count": "count", "measure": "measured", "number": "bare", "multiple": "multiple"}


def traits_of(sentence: str) -> tuple[str, ...]:
    """Give the traits that all figures of a sentence share."""
    english = sentence.isascii()
    crowded = _CROWDED_IN_ENGLISH.match(sentence) if english else _CROWDED.match(sentence)
    held = []
    if len(sentence) > _LONG:
        held.append("long sentence")
    if crowded is not None:
        held.append("crowded sentence")
    if not english:
        held.append("not in English")
    return tuple(held)


def traits(
    reading: Reading, *, agrees: bool, section: str | None, of_sentence: tuple[str, ...]
) -> tuple[str, ...]:
    """Give the traits of a reading that speak for or against it."""
    quantity = reading.quantity.__dict__  # each for itself would take twice as long
    held = [*reading.doubts, *of_sentence]
    if quantity["worded"]:
        held.append("worded")
    if (kind := _KINDS.get(quantity["kind"])) is not None:
        held.append(kind)
    if reading.measure != "level":
        held.append(reading.measure)
    if reading.scope is not None:
        held.append("of a business")
    if reading.metric not in _CORE:
        held.append("not core")
    if reading.modality != "actual":
        held.append(reading.modality)
    if reading.period is None:
        held.append("no period")
    if section == "qa":
        held.append("in an answer")
    if not agrees:
        held.append("translation differs")
    if reading.entity is None:
        held.append("no company")
    return tuple(held)


@lru_cache(maxsize=1024)
def confidence(held: Collection[str]) -> float:
    """Turn traits, each of which counts once, into a probability in steps of a hundredth."""
    weights = _weights()
    score = weights["always"] + sum(weights.get(trait, 0.0) for trait in sorted(set(held)))
    return round(1 / (1 + exp(-score)), 2)


@cache
def _weights() -> dict[str, float]:
    table = files("pipeline.extract").joinpath("confidence.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if line and not line.startswith("#"))
    return {trait: float(weight) for trait, weight in rows}
