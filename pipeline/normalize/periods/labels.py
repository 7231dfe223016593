"""Period labels: the names that facts, claims and gold give to spans of calendar days."""

import calendar
import re
from datetime import date, timedelta
from functools import lru_cache

from pipeline.patterns import regex
from schemas import Period

_LABEL = regex(
    r"(?P<year>\d{4})(?:Q(?P<quarter>[1-4])|H(?P<half>[12])|-(?P<month>\d{2}))?"
    r"|(?P<trailing>TTM)?@(?P<day>\d{4}-\d{2}-\d{2})",
    re.ASCII,
)


def label_period(label: str) -> Period:
    """Give the days that a label names.

    Forms: ``2025``, ``2025H1``, ``2025Q3``, ``2023-04``, ``@2023-06-30`` (a moment),
    ``TTM@2023-06-30`` (the twelve months to that day) and spans ``A..B`` of any two of these.
    Raises ValueError, naming the label, for anything else and for a span that ends before it
    starts.

    >>> label_period("2025-06..2026-05").end
    datetime.date(2026, 5, 31)
    """
    first, dots, last = label.partition("..")
    try:
        start, end = _days(first)
        if dots:
            end = _days(last)[1]
    except (ValueError, OverflowError):
        raise ValueError(
            f"period label {label!r}: expected 2025, 2025H1, 2025Q3, 2025-04, @2025-04-30, "
            "TTM@2025-04-30 or a span A..B of two of them"
        ) from None
    if end < start:
        raise ValueError(f"period label {label!r}: the span ends before it starts")
    return Period(start=start, end=end, label=label)


@lru_cache(maxsize=4096)
def period_of(start: date, end: date) -> Period:
    """Give a span of days its plainest label: year, half, quarter, month, else a span.

    Twelve months that are no calendar year are a span of months, as fiscal years are written.
    Raises ValueError when ``end`` is before ``start``.

    >>> period_of(date(2025, 6, 1), date(2026, 5, 31)).label
    '2025-06..2026-05'
    """
    if end < start:
        raise ValueError(f"period from {start} to {end}: it ends before it starts")
    return Period(start=start, end=end, label=_label_of(start, end))


def trailing_year(end: date) -> Period:
    """Give the twelve months up to and including ``end``, labelled ``TTM@``."""
    return label_period(f"TTM@{end.isoformat()}")


def moment(day: date) -> Period:
    """Give the one day ``day``, labelled ``@``."""
    return period_of(day, day)


@lru_cache(maxsize=1024)
def month_end(year: int, month: int) -> date:
    """Give the last day of a month."""
    return date(year, month, calendar.monthrange(year, month)[1])


def _label_of(start: date, end: date) -> str:
    if start == end:
        return f"@{start.isoformat()}"
    if start.day != 1 or end != month_end(end.year, end.month):
        return f"@{start.isoformat()}..@{end.isoformat()}"
    months = 12 * (end.year - start.year) + end.month - start.month + 1
    first, last = f"{start.year:04}", f"{end.year:04}"
    if start.month == 1 and end.month == 12:
        return first if first == last else f"{first}..{last}"
    if months == 6 and start.month == 7:
        return f"{first}H2"
    if months == 6 and start.month == 1:
        return f"{first}H1"
    if months != 12 and start.month % 3 == 1 and end.month % 3 == 0:
        first += f"Q{start.month // 3 + 1}"
        last += f"Q{end.month // 3}"
        return first if first == last else f"{first}..{last}"
    first, last = f"{first}-{start.month:02}", f"{last}-{end.month:02}"
    return first if first == last else f"{first}..{last}"


def _days(label: str) -> tuple[date, date]:
    found = _LABEL.fullmatch(label)
    if not found:
        raise ValueError(label)
    if found["day"]:
        day = date.fromisoformat(found["day"])
        return (_year_back(day) + timedelta(days=1) if found["trailing"] else day), day
    year, first, last = int(found["year"]), 1, 12
    if found["quarter"]:
        last = 3 * int(found["quarter"])
        first = last - 2
    elif found["half"]:
        last = 6 * int(found["half"])
        first = last - 5
    elif found["month"]:
        first = last = int(found["month"])
    return date(year, first, 1), month_end(year, last)


def _year_back(day: date) -> date:
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)
