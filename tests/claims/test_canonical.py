"""What is one claim and what is not, however it is put."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipeline.claims.canonical import canonical
from pipeline.extract.said import Said
from pipeline.lexicon.companies import company
from pipeline.normalize.periods import label_period
from schemas import Entity


def _said(written: str, **fields: Any) -> Said:
    entity, scope, metric, measure, unit, period, comparison = written.split(";")
    known = company(entity)
    return Said(
        entity=Entity(id=entity, name=known.name if known else entity),
        scope=scope or None,
        metric=metric,
        measure=measure,  # type: ignore[arg-type]
        value=None,
        low=None,
        high=None,
        unit=unit,
        qualifier="exact",
        comparison=comparison or None,
        modality=fields.get("modality", "actual"),
        period=label_period(period) if period else None,
    )


def _corpus() -> list[tuple[str, str, str]]:
    lines = (Path(__file__).parent / "canonical.tsv").read_text("utf-8").splitlines()
    return [tuple(line.split("\t")) for line in lines if line and line[0] != "#"]  # type: ignore[misc]


@pytest.mark.parametrize(("one", "verdict", "other"), _corpus())
def test_corpus(one: str, verdict: str, other: str) -> None:
    same = canonical(_said(one)) == canonical(_said(other))
    assert same is {"same": True, "apart": False}[verdict]


def test_what_has_happened_is_no_expectation() -> None:
    said = "AMZN;;capex;level;USD;2025;"
    assert canonical(_said(said)) != canonical(_said(said, modality="forward"))
    assert canonical(_said(said, modality="question")) != canonical(_said(said, modality="forward"))


def test_a_comparison_that_is_no_label_stays_as_it_is() -> None:
    assert "vs:plan" in canonical(_said("AMZN;;revenue;growth;percent;2025Q3;vs:plan"))


def test_the_amount_makes_no_difference() -> None:
    said = _said("AMZN;;revenue;level;USD;2025Q3;")
    other = replace(said, value=Decimal(5), qualifier="approx")
    assert canonical(said) == canonical(other)
