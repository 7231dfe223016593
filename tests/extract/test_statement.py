"""Statements: the sentence that says a fact, made from its fields."""

import doctest
from datetime import date
from decimal import Decimal

import pytest

from pipeline.extract import statement as module
from pipeline.extract.said import Said
from pipeline.extract.statement import statement
from schemas import Entity, Period


@pytest.mark.skipif(module.__file__.endswith(".so"), reason="compiled: it holds no examples")
def test_the_examples_of_the_documentation_hold() -> None:
    done = doctest.testmod(module)
    assert done.attempted > 1
    assert done.failed == 0


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("2025Q3", "in 2025Q3"),
        ("@2025-09-30", "at 2025-09-30"),
        ("TTM@2025-09-30", "in the twelve months to 2025-09-30"),
        ("2025-10..2026-09", "from 2025-10 to 2026-09"),
    ],
)
def test_the_time_is_said_as_people_say_it(label: str, said: str) -> None:
    end = date(2025, 9, 30)
    fact = Said(
        entity=Entity(id="HBRL", name="Harbourline"), scope=None, metric="cash", measure="level",
        value=Decimal(5), low=None, high=None, unit="USD", qualifier="exact", comparison=None,
        modality="actual", period=Period(start=end, end=end, label=label),
    )  # fmt: skip
    assert statement(fact) == f"Harbourline cash was USD 5 {said}."
