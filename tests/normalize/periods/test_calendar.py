from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.normalize.periods import (
    Anchor,
    fiscal_half,
    fiscal_position,
    fiscal_quarter,
    fiscal_year,
    label_period,
    quarter_before,
    reporting_quarter,
    year_before,
)
from pipeline.normalize.periods.calendar import quarter_close, quarter_closing_near

YEARS = st.integers(1995, 2055)
MONTHS = st.integers(1, 12)


@pytest.mark.parametrize(
    ("year", "quarter", "year_end", "label"),
    [
        (2026, 1, 5, "2025Q3"),
        (2025, 4, 1, "2025Q1"),
        (2025, 4, 8, "2025Q3"),
        (2025, 3, 10, "2025Q3"),
    ],
)
def test_a_fiscal_quarter_is_the_calendar_quarter_it_ends_in(
    year: int, quarter: int, year_end: int, label: str
) -> None:
    assert fiscal_quarter(year, quarter, year_end).label == label


def test_fiscal_years_and_halves_are_spans_of_months() -> None:
    assert fiscal_year(2026, 5).label == "2025-06..2026-05"
    assert fiscal_year(2025, 12).label == "2025"
    assert fiscal_half(2025, 1, 6).label == "2024H2"
    assert fiscal_half(2026, 1, 5).label == "2025-06..2025-11"


@given(YEARS, st.integers(1, 4), MONTHS)
def test_fiscal_position_undoes_fiscal_quarter(year: int, quarter: int, year_end: int) -> None:
    assert fiscal_position(fiscal_quarter(year, quarter, year_end), year_end) == (year, quarter)


@given(YEARS, st.integers(1, 4), MONTHS)
def test_a_quarter_closes_within_its_label(year: int, quarter: int, year_end: int) -> None:
    period = fiscal_quarter(year, quarter, year_end)
    close = quarter_close(period, year_end)
    assert period.start <= close <= period.end
    assert (close.month - year_end) % 3 == 0
    assert quarter_closing_near(close, year_end) == period


@given(st.dates(date(1995, 1, 1), date(2055, 1, 1)), MONTHS)
def test_the_reporting_quarter_is_the_last_that_ended(day: date, year_end: int) -> None:
    reported = reporting_quarter(day, year_end)
    assert (day - quarter_close(reported, year_end)).days >= 9
    assert (day - quarter_close(quarter_before(reported, -1), year_end)).days < 9


@pytest.mark.parametrize(
    ("day", "year_end", "label"),
    [("2025-09-09", 5, "2025Q3"), ("2025-01-14", 12, "2024Q4"), ("2025-02-26", 1, "2025Q1")],
)
def test_reporting_quarter(day: str, year_end: int, label: str) -> None:
    assert reporting_quarter(date.fromisoformat(day), year_end).label == label


@given(YEARS, st.integers(1, 4), st.integers(-12, 12))
def test_quarters_and_years_before_agree(year: int, quarter: int, n: int) -> None:
    period = fiscal_quarter(year, quarter, 12)
    assert quarter_before(quarter_before(period, n), -n) == period
    assert year_before(period, n) == quarter_before(period, 4 * n)


def test_a_year_before_the_end_of_february() -> None:
    assert year_before(label_period("2024-02")).label == "2023-02"
    assert year_before(label_period("2023-02"), -1).end == date(2024, 2, 29)
    assert year_before(label_period("@2024-02-29")).label == "@2023-02-28"


@pytest.mark.parametrize(
    "call", [lambda: fiscal_quarter(2025, 5, 12), lambda: fiscal_year(2025, 13)]
)
def test_impossible_fiscal_times_are_refused(call) -> None:
    with pytest.raises(ValueError, match="expected 1 to"):
        call()


def test_an_anchor_needs_a_month() -> None:
    with pytest.raises(ValueError, match="expected a month"):
        Anchor(None, None, 0)
