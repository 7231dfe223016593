"""Statements held against each other, as rounded."""

from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.claims.agreement import agree, all_agree, allowed
from pipeline.claims.precision import stated_precision


def _stated(written: str) -> Any:
    """Read ``text; amount unit [qualifier]``, the amount as low..high for a range."""
    text, _, said = written.partition(";")
    amount, unit, qualifier = (*said.split(), "exact")[:3]
    low, dots, high = amount.partition("..")
    ends = [Decimal(end) if end else None for end in (low, high)]
    value = None if dots else ends[0]
    low_end, high_end = ends if dots else (None, None)
    first = next(end for end in (value, high_end, low_end) if end is not None)
    return SimpleNamespace(
        value=value,
        low=low_end,
        high=high_end,
        unit=unit,
        qualifier="between" if dots else qualifier,
        precision=stated_precision(text.strip(), first, unit),
    )


def _corpus() -> list[tuple[str, str, str]]:
    lines = (Path(__file__).parent / "agreement.tsv").read_text("utf-8").splitlines()
    return [tuple(line.split("\t")) for line in lines if line and line[0] != "#"]  # type: ignore[misc]


@pytest.mark.parametrize(("one", "other", "verdict"), _corpus())
def test_corpus(one: str, other: str, verdict: str) -> None:
    expected = {"agree": True, "conflict": False}[verdict]
    assert agree(_stated(one), _stated(other)) is expected
    assert agree(_stated(other), _stated(one)) is expected


amounts = st.decimals(-(10**12), 10**12, allow_nan=False, places=2)
qualifiers = st.sampled_from(["exact", "approx", "more_than", "at_least", "less_than", "at_most"])


@st.composite
def statements(draw: st.DrawFn) -> Any:
    value = draw(amounts)
    return SimpleNamespace(
        value=value,
        low=None,
        high=None,
        unit="USD",
        qualifier=draw(qualifiers),
        precision=stated_precision(str(value), value, "USD"),
    )


@given(statements())
def test_a_statement_agrees_with_itself(one: Any) -> None:
    assert agree(one, one)


@given(st.lists(st.lists(statements(), min_size=1, max_size=3), max_size=5))
def test_documents_agree_that_put_some_amount_alike(documents: list[list[Any]]) -> None:
    alike = [
        any(agree(one, other) for one in document for other in another)
        for document in documents
        for another in documents
    ]
    assert all_agree(documents) == all(alike)


@given(statements())
def test_a_span_holds_the_figure_at_its_edge_or_inside(one: Any) -> None:
    span = allowed(one)
    assert span.low <= one.value <= span.high
    assert span.width > 0


@given(st.decimals(1, 999, allow_nan=False, places=1), st.sampled_from(["billion", "億", "%"]))
def test_rounding_to_fewer_digits_agrees(figure: Decimal, scale: str) -> None:
    times, unit = {"billion": (10**9, "USD"), "億": (10**8, "USD"), "%": (1, "percent")}[scale]
    rounded = figure.quantize(Decimal(1))
    exact, round_one = (
        _stated(f"{each} {scale}; {each * times} {unit}") for each in (figure, rounded)
    )
    assert agree(exact, round_one)
