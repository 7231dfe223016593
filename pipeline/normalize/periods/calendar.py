"""Fiscal calendars: how a company's quarters and years lie on the calendar.

A fiscal quarter is named by, and dated as, the calendar quarter in which it ends: Oracle's first
quarter of fiscal 2026 (June to August 2025) is ``2025Q3``. A fiscal year is the span of its months,
named by the calendar year in which it ends. ``year_end_month`` (1 to 12) is the month in which the
company's year ends; a year that closes within the first days of a month (Broadcom's, on the Sunday
nearest to 31 October) is taken to end with the month before.
"""

from datetime import date, timedelta
from functools import lru_cache

from pipeline.normalize.periods.labels import month_end, period_of
from schemas import Period

RESULTS_AFTER = timedelta(days=9)
"""No company reports a quarter sooner after its end than this (the big US banks take ten days)."""


def fiscal_quarter(year: int, quarter: int, year_end_month: int) -> Period:
    """Give quarter 1 to 4 of a fiscal year as the calendar quarter in which it ends.

    >>> fiscal_quarter(2026, 1, 5).label
    '2025Q3'
    """
    if not 1 <= quarter <= 4:
        raise ValueError(f"fiscal quarter {quarter}: expected 1 to 4")
    last = _month_number(year, year_end_month) - 3 * (4 - quarter)
    return _quarter_holding(last)


def fiscal_half(year: int, half: int, year_end_month: int) -> Period:
    """Give half 1 or 2 of a fiscal year as the span of its six months."""
    if half not in (1, 2):
        raise ValueError(f"fiscal half {half}: expected 1 or 2")
    last = _month_number(year, year_end_month) - 6 * (2 - half)
    return months_span(last - 5, last)


def fiscal_year(year: int, year_end_month: int) -> Period:
    """Give a fiscal year as the span of its twelve months.

    >>> fiscal_year(2026, 5).label
    '2025-06..2026-05'
    """
    last = _month_number(year, year_end_month)
    return months_span(last - 11, last)


def fiscal_position(period: Period, year_end_month: int) -> tuple[int, int]:
    """Tell which fiscal (year, quarter) ends in the calendar quarter in which ``period`` ends.

    >>> fiscal_position(fiscal_quarter(2026, 1, 5), 5)
    (2026, 1)
    """
    close = quarter_close(period, year_end_month)
    quarter = 4 - (year_end_month - close.month) % 12 // 3
    return (close.year if close.month <= year_end_month else close.year + 1), quarter


def quarter_close(period: Period, year_end_month: int) -> date:
    """Give the last day of the fiscal quarter that ends in ``period``'s last calendar quarter.

    >>> quarter_close(fiscal_quarter(2026, 1, 5), 5)
    datetime.date(2025, 8, 31)
    """
    last_of_quarter = -(-period.end.month // 3) * 3
    return month_end(period.end.year, last_of_quarter - (last_of_quarter - year_end_month) % 3)


def quarter_before(period: Period, n: int = 1) -> Period:
    """Give the calendar quarter ``n`` before the one in which ``period`` ends."""
    return _quarter_holding(month_number(period.end) - 3 * n)


def year_before(period: Period, n: int = 1) -> Period:
    """Give the same span ``n`` years earlier (later: ``n`` < 0), the end of February kept."""
    return _days_years_off(period.start, period.end, -n)


def reporting_quarter(call_day: date, year_end_month: int) -> Period:
    """Give the last fiscal quarter that ended at least nine days before ``call_day``.

    >>> reporting_quarter(date(2025, 9, 9), 5).label
    '2025Q3'
    """
    latest = call_day - RESULTS_AFTER
    number = month_number(latest + timedelta(days=1)) - 1
    return _quarter_holding(number - (number % 12 + 1 - year_end_month) % 3)


def quarter_closing_near(day: date, year_end_month: int) -> Period:
    """Give the fiscal quarter whose last day is nearest to ``day``.

    >>> quarter_closing_near(date(2025, 8, 3), 10).label
    '2025Q3'
    """
    return _quarter_holding(_closing_month_near(day, year_end_month % 3, 3))


def year_closing_near(day: date, year_end_month: int) -> Period:
    """Give the fiscal year whose last day is nearest to ``day``."""
    last = _closing_month_near(day, year_end_month, 12)
    return months_span(last - 11, last)


@lru_cache(maxsize=4096)
def months_span(first: int, last: int) -> Period:
    """Give the whole months from number ``first`` to ``last`` (see :func:`month_number`)."""
    return period_of(date(first // 12, first % 12 + 1, 1), month_end(last // 12, last % 12 + 1))


def month_number(day: date) -> int:
    """Count a day's month from January of year 0, so that months can be added."""
    return 12 * day.year + day.month - 1


def _month_number(year: int, month: int) -> int:
    if not 1 <= month <= 12:
        raise ValueError(f"year-end month {month}: expected 1 to 12")
    return 12 * year + month - 1


def _quarter_holding(number: int) -> Period:
    return months_span(number - number % 3, number - number % 3 + 2)


@lru_cache(maxsize=4096)
def _days_years_off(start: date, end: date, years: int) -> Period:
    first, last = _years_off(start, years), _years_off(end, years)
    if end == month_end(end.year, end.month) and start != end:
        last = month_end(last.year, last.month)
    return period_of(first, last)


def _years_off(day: date, years: int) -> date:
    last = month_end(day.year + years, day.month)
    return last if day.day > last.day else day.replace(year=day.year + years)


def _closing_month_near(day: date, year_end_month: int, step: int) -> int:
    here = month_number(day)
    back = (here + 1 - year_end_month) % step
    numbers = (here - back - step, here - back, here - back + step)
    return min(
        numbers, key=lambda number: abs((month_end(number // 12, number % 12 + 1) - day).days)
    )
