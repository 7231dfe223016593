"""Amounts of rules, and comparisons."""

from dataclasses import dataclass
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.alerts.amounts import Bound, Limit, Size, extent, middle, read_limit, read_size
from schemas.fact import Qualifier

decimals = st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**15),
                       max_value=10**15)  # fmt: skip


@dataclass
class Stated:
    value: Decimal | None
    low: Decimal | None = None
    high: Decimal | None = None
    unit: str = "USD"
    qualifier: Qualifier = "exact"


amounts = st.one_of(
    st.builds(Stated, value=decimals, qualifier=st.sampled_from(
        ["exact", "approx", "more_than", "at_least", "less_than", "at_most"])),
    st.builds(lambda one, other: Stated(None, min(one, other), max(one, other),
                                        qualifier="between"), decimals, decimals),
    st.builds(lambda low: Stated(None, low, None), decimals),
    st.builds(lambda high: Stated(None, None, high), decimals),
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "amount", "unit"),
    [
        ("33 billion", "33000000000", None),
        ("33 billion USD", "33000000000", "USD"),
        ("$33bn", "33000000000", "USD"),
        ("USD 33 billion", "33000000000", "USD"),
        ("330億美元", "33000000000", "USD"),
        ("RMB 20 billion", "20000000000", "CNY"),
        ("18%", "18", "percent"),
        ("-3%", "-3", "percent"),
        ("2 points", "2", "percentage_points"),
        ("50 basis points", "0.5", "percentage_points"),
        ("2x", "2", "x"),
        ("3.8 GW", "3800000000", "W"),
        ("$1.40 per share", "1.40", "USD/share"),
        ("10 million users", "10000000", "count"),
        ("1500000", "1500000", None),
        ("2025", "2025", None),
        ("0.18", "0.18", None),
        (" 5 ", "5", None),
    ],
)
def test_amounts_as_people_write_them(text: str, amount: str, unit: str | None) -> None:
    assert read_limit(text) == (Limit(Decimal(amount), unit), "exact")


@pytest.mark.parametrize(
    "text",
    ["", "x", "1e9", "nan", "5 billion less tax", "from 5%", "5% 6%", "0x10", "1_000", "inf"],
)
def test_what_is_no_amount(text: str) -> None:
    with pytest.raises(ValueError, match="it is not one amount"):
        read_limit(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("any", "any"),
        ("more than 5%", "more than 5%"),
        ("by at least  50 basis points", "at least 0.5 percentage points"),
        ("More than 1 billion USD", "more than USD 1 billion"),
    ],
)
def test_sizes_as_people_write_them(text: str, shown: str) -> None:
    assert str(read_size(text)) == shown


@pytest.mark.parametrize("text", ["", "5%", "less than 5%", "more than", "more than about 5%"])
def test_what_is_no_size(text: str) -> None:
    with pytest.raises(ValueError, match="it "):
        read_size(text)


@given(amounts, decimals)
def test_an_amount_is_above_a_limit_or_below_it_or_neither_but_never_both(
    stated: Stated, limit: Decimal
) -> None:
    one = (Limit(limit, None),)
    above, at_least = Bound("above", one).holds(stated), Bound("at_least", one).holds(stated)
    below, at_most = Bound("below", one).holds(stated), Bound("at_most", one).holds(stated)
    assert not (above and at_most)
    assert not (below and at_least)
    assert at_least or not above
    assert at_most or not below
    if stated.qualifier in ("exact", "approx") and stated.value is not None:
        assert above or below or stated.value == limit
        assert above == (not at_most)


@given(amounts, decimals, decimals)
def test_a_higher_limit_is_never_easier_to_be_above(
    stated: Stated, one: Decimal, other: Decimal
) -> None:
    low, high = sorted((one, other))
    if Bound("above", (Limit(high, "USD"),)).holds(stated):
        assert Bound("above", (Limit(low, "USD"),)).holds(stated)
    if Bound("between", (Limit(low, None), Limit(high, None))).holds(stated):
        assert Bound("at_least", (Limit(low, None),)).holds(stated)
        assert Bound("at_most", (Limit(high, None),)).holds(stated)


@given(amounts)
def test_the_middle_lies_within(stated: Stated) -> None:
    figure, (low, high) = middle(stated), extent(stated)
    assert figure is not None
    assert low is None or low <= figure
    assert high is None or figure <= high


@given(decimals, decimals, st.decimals(min_value=0, max_value=1000, places=2))
def test_percentages_are_exact(old: Decimal, new: Decimal, percent: Decimal) -> None:
    limit = Limit(percent, "percent")
    beyond = Size(limit).reached(old, new, "USD")
    reached = Size(limit, beyond=False).reached(old, new, "USD")
    if old == 0:
        assert not reached
        return
    moved = abs(new - old) * 100
    assert beyond == (moved > percent * abs(old))
    assert reached == (moved >= percent * abs(old))


@given(decimals, decimals)
def test_any_move_is_a_move(old: Decimal, new: Decimal) -> None:
    assert Size().reached(old, new, "USD") == (old != new)


def test_hundreds_of_digits_are_compared_without_harm() -> None:
    long = Decimal("9" * 900)
    assert Size(Limit(Decimal(5), "percent")).reached(Decimal(1), long, "USD")
    assert Bound("above", (Limit(Decimal(5), None),)).holds(Stated(long))
