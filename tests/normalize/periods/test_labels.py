from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.normalize.periods import label_period, period_of

DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))
LABELS = st.one_of(
    st.integers(1990, 2060).map(str),
    st.builds(lambda y, h: f"{y}H{h}", st.integers(1990, 2060), st.integers(1, 2)),
    st.builds(lambda y, q: f"{y}Q{q}", st.integers(1990, 2060), st.integers(1, 4)),
    st.builds(lambda y, m: f"{y}-{m:02}", st.integers(1990, 2060), st.integers(1, 12)),
    DAYS.map(lambda day: f"@{day.isoformat()}"),
)


@pytest.mark.parametrize(
    ("label", "start", "end"),
    [
        ("2025Q3", "2025-07-01", "2025-09-30"),
        ("2024", "2024-01-01", "2024-12-31"),
        ("2025H2", "2025-07-01", "2025-12-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("@2023-06-30", "2023-06-30", "2023-06-30"),
        ("TTM@2023-06-30", "2022-07-01", "2023-06-30"),
        ("TTM@2024-02-29", "2023-03-01", "2024-02-29"),
        ("2025..2027", "2025-01-01", "2027-12-31"),
        ("2025Q1..2025Q3", "2025-01-01", "2025-09-30"),
        ("2025-06..2026-05", "2025-06-01", "2026-05-31"),
        ("2023-01..@2023-08-03", "2023-01-01", "2023-08-03"),
    ],
)
def test_label_names_its_days(label: str, start: str, end: str) -> None:
    period = label_period(label)
    assert (period.start.isoformat(), period.end.isoformat()) == (start, end)
    assert period.label == label


@pytest.mark.parametrize(
    "label",
    [
        "",
        "now",
        "2025Q5",
        "2025-13",
        "@2025-02-30",
        "25Q1",
        "2025..",
        "2026..2025",
        "0000",
        "２０２５",
    ],
)
def test_other_labels_are_refused_by_name(label: str) -> None:
    with pytest.raises(ValueError, match="period label") as refused:
        label_period(label)
    assert repr(label) in str(refused.value)


@given(LABELS)
def test_plain_labels_are_the_best_labels_of_their_days(label: str) -> None:
    period = label_period(label)
    assert period_of(period.start, period.end) == period


@given(DAYS, st.integers(0, 4000))
def test_any_span_has_a_label_that_names_it(start: date, days: int) -> None:
    period = period_of(start, start + timedelta(days=days))
    assert label_period(period.label) == period


def test_a_span_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValueError, match="ends before it starts"):
        period_of(date(2025, 1, 2), date(2025, 1, 1))


@pytest.mark.parametrize(
    ("label", "best"),
    [
        ("2024-07..2024-12", "2024H2"),
        ("2025-01..2025-09", "2025Q1..2025Q3"),
        ("2025Q1..2025Q4", "2025"),
    ],
)
def test_best_label(label: str, best: str) -> None:
    period = label_period(label)
    assert period_of(period.start, period.end).label == best
