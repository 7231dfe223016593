"""What months, days, and stretches that end now, start now or end on a stated day mean, by verb."""

from collections.abc import Callable
from datetime import date

from pipeline.normalize.periods.calendar import (
    month_number,
    months_span,
    quarter_closing_near,
    year_closing_near,
)
from pipeline.normalize.periods.labels import moment, month_end, period_of, trailing_year
from pipeline.normalize.periods.scene import Scene
from schemas import Period

_JUST_CLOSED = 3
_WELL_PAST = 45
"""So many days after its end, a month is "last August" and no longer just August."""


def trailing_months(scene: Scene) -> Period:
    """Read "the past 12 months" up to the end of the reporting quarter."""
    return _trailing(scene, scene.number or scene.slots["n"])


def trailing_years(scene: Scene) -> Period:
    """Read "the past five years" up to the end of the reporting quarter."""
    return _trailing(scene, 12 * scene.slots["n"])


def coming_months(scene: Scene) -> Period:
    """Read "the next twelve months" after the end of the reporting quarter."""
    first = month_number(scene.close) + 1
    return months_span(first, first + (scene.number or scene.slots["n"]) - 1)


def month(scene: Scene) -> Period:
    """Read a month, of the nearest year where none is stated; "through December" is to come."""
    ahead = scene.slots["month"] >= scene.day.month
    if ahead and "year" not in scene.slots and scene.before(9).endswith((" through ", " until ")):
        return _whole(scene.day.year, scene.slots["month"])
    return _whole(_stated_year(scene), scene.slots["month"])


def month_of_year(scene: Scene) -> Period:
    """Read "October of last year"."""
    return _whole(scene.day.year + scene.number, scene.slots["month"])


def month_before_this(scene: Scene) -> Period:
    """Read "last August": one that is well past, so in September that of the year before."""
    year, named = scene.day.year, scene.slots["month"]
    while (scene.day - month_end(year, named)).days < _WELL_PAST:
        year -= 1
    return _whole(year, named)


def month_next(scene: Scene) -> Period:
    """Read "next March"."""
    return _whole(scene.day.year + (scene.slots["month"] <= scene.day.month), scene.slots["month"])


def months(scene: Scene) -> Period:
    """Read "July and August", 7、8月."""
    first, last = scene.slots["month"], scene.slots["month2"]
    year = scene.slots.get("year") or _nearest_year(scene, last)
    start = _whole(year - (first > last), first).start
    return period_of(start, _whole(year, last).end)


def day(scene: Scene) -> Period:
    """Read a day, of the nearest year where none is stated."""
    return moment(date(_stated_year(scene), scene.slots["month"], scene.slots["day"]))


def day_of_year(scene: Scene) -> Period:
    """Read "March 3 of last year"."""
    year = scene.day.year + scene.number
    return moment(date(year, scene.slots["month"], scene.slots["day"]))


def quarter_ended(scene: Scene) -> Period:
    """Read "quarter ended September 30": the fiscal quarter that closes about then."""
    return quarter_closing_near(_stated_end(scene), _closing_month(scene))


def year_ended(scene: Scene) -> Period:
    """Read "year ended May 31": the twelve months that close about then."""
    return year_closing_near(_stated_end(scene), _closing_month(scene))


def months_ended(scene: Scene) -> Period:
    """Read "nine months ended September 30"."""
    return _months_to(_stated_end(scene), scene.number)


def weeks_ended(scene: Scene) -> Period:
    """Read retailers' "16 weeks ended August 31": a quarter, half, three quarters or a year."""
    weeks = scene.slots["n"]
    if weeks <= 17:
        return quarter_ended(scene)
    if weeks >= 50:
        return year_ended(scene)
    return _months_to(_stated_end(scene), 6 if weeks <= 30 else 9)


def trailing_ended(scene: Scene) -> Period:
    """Read "trailing 12 months ended June 30"."""
    return trailing_year(_stated_end(scene))


def _trailing(scene: Scene, count: int) -> Period:
    if count == 12:
        return trailing_year(scene.close)
    last = month_number(scene.close)
    return months_span(last - count + 1, last)


def _whole(year: int, number: int) -> Period:
    return months_span(12 * year + number - 1, 12 * year + number - 1)


def _months_to(end: date, count: int) -> Period:
    last = month_number(end) - (end.day < 15)
    return months_span(last - count + 1, last)


def _stated_end(scene: Scene) -> date:
    year, named = _stated_year(scene), scene.slots["month"]
    return date(year, named, scene.slots["day"]) if "day" in scene.slots else month_end(year, named)


def _closing_month(scene: Scene) -> int:
    """Give the month that a stated end closes: the stated one, in its first days the one before."""
    named = scene.slots["month"]
    return (named - 2) % 12 + 1 if scene.slots.get("day", 31) <= 10 else named


def _stated_year(scene: Scene) -> int:
    return scene.year if "year" in scene.slots else _nearest_year(scene, scene.slots["month"])


def _nearest_year(scene: Scene, named: int) -> int:
    """Give the year of a month without one: the last past, unless the next is near or awaited."""
    past = scene.day.year - (named > scene.day.month)
    since = (scene.day.month - named) % 12
    if scene.relation == "by":
        # 到九月底门店总数达到…: the end of the quarter that is reported.
        closed = named == scene.close.month and since <= _JUST_CLOSED and not scene.forward
        return past + (since > 0 and not closed)
    if scene.relation == "in" and (since >= 9 or (since >= 5 and scene.forward)):
        return past + 1
    return past


VERBS: dict[str, Callable[[Scene], Period]] = {
    "trailing-months": trailing_months,
    "trailing-years": trailing_years,
    "coming-months": coming_months,
    "month": month,
    "month-of-year": month_of_year,
    "month-before-this": month_before_this,
    "month-next": month_next,
    "month-span": months,
    "day": day,
    "day-of-year": day_of_year,
    "quarter-ended": quarter_ended,
    "year-ended": year_ended,
    "months-ended": months_ended,
    "weeks-ended": weeks_ended,
    "trailing-ended": trailing_ended,
}
