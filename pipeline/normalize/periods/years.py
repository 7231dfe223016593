"""What the words for years, halves and months counted from a year's start mean, by verb."""

from collections.abc import Callable

from pipeline.normalize.periods import calendar
from pipeline.normalize.periods.calendar import month_number, months_span
from pipeline.normalize.periods.labels import moment, month_end, period_of
from pipeline.normalize.periods.scene import Scene
from schemas import Period


def year(scene: Scene) -> Period:
    """Read "in 2024" by the calendar."""
    return calendar.fiscal_year(scene.year, 12)


def fiscal_year(scene: Scene) -> Period:
    """Read "fiscal 2026" by the company's calendar."""
    return calendar.fiscal_year(scene.year, scene.year_end)


def fiscal_year_to_month(scene: Scene) -> Period:
    """Read 截至6月底的2025财年: the stated month outweighs what is known of the company."""
    return calendar.fiscal_year(scene.year, scene.slots["month"])


def year_of_day(scene: Scene) -> Period:
    """Give this (0), last (-1) or next (1) year; as a base, the year before the reported one."""
    base = scene.year_of_day
    if scene.relation == "versus" and scene.number < 0:
        base = scene.position[0]
    return calendar.fiscal_year(base + scene.number, scene.year_end)


def calendar_year_of_day(scene: Scene) -> Period:
    """Read 去年, 今年, 明年, which are calendar years whatever the company's."""
    base = scene.day.year
    if scene.relation == "versus" and scene.number < 0:
        base = scene.reporting.end.year
    return calendar.fiscal_year(base + scene.number, 12)


def year_within(scene: Scene) -> Period:
    """Read 年内: the year reported on where that is a year, else the calendar year."""
    reported = scene.anchor.reporting
    if reported is not None and _YEAR[0] <= (reported.end - reported.start).days <= _YEAR[1]:
        return reported
    return calendar_year_of_day(scene)


_YEAR = 363, 371


def fiscal_year_of_day(scene: Scene) -> Period:
    """Read 下一财年."""
    return calendar.fiscal_year(scene.year_of_day + scene.number, scene.year_end)


def this_fiscal_year(scene: Scene) -> Period:
    """Give the year under way; just after a year's end, without a look ahead, the one reported."""
    reported, quarter = scene.position
    closed = quarter == 4 and not scene.forward
    return calendar.fiscal_year(reported if closed else scene.year_of_day, scene.year_end)


def this_year(scene: Scene) -> Period:
    """Read "this year": of a business year that is none of the calendar's as "this fiscal year"."""
    if scene.year_end != _DECEMBER:
        return this_fiscal_year(scene)
    return calendar.fiscal_year(scene.year_of_day, scene.year_end)


_DECEMBER = 12


def report_year(scene: Scene) -> Period:
    """Read "the full year": the reporting quarter's; plans made after a Q4 are for the next."""
    reported, quarter = scene.position
    ahead = quarter == 4 and scene.forward
    return calendar.fiscal_year(reported + ahead, scene.year_end)


def reported_year(scene: Scene) -> Period:
    """Read "we finished the year"."""
    return calendar.fiscal_year(scene.position[0], scene.year_end)


def year_to_date(scene: Scene) -> Period:
    """Give the fiscal year up to the end of the reporting quarter."""
    first = reported_year(scene).start
    return months_span(month_number(first), month_number(scene.close))


def year_remaining(scene: Scene) -> Period:
    """Read "the rest of the year": the months after the reporting quarter."""
    reported, quarter = scene.position
    last = calendar.fiscal_year(reported + (quarter == 4), scene.year_end).end
    return months_span(month_number(scene.close) + 1, month_number(last))


def year_end(scene: Scene) -> Period:
    """Read "year-end": the last day of the company's year."""
    return _closing(scene, scene.year_end)


def calendar_year_end(scene: Scene) -> Period:
    """Read 年底: 31 December; of results of a year that has just closed, its own end."""
    reports_year = scene.position[1] == 4 and scene.year_end != 12
    if reports_year and scene.relation != "by" and not scene.forward:
        return moment(scene.close)
    return _closing(scene, 12)


def _closing(scene: Scene, month: int) -> Period:
    """Give the end of the year just reported, unless the words look ahead."""
    just_closed = month_end(scene.close.year, month) == scene.close
    if just_closed and scene.relation != "by" and not scene.forward:
        return moment(scene.close)
    return moment(month_end(scene.day.year + (scene.day.month > month), month))


def year_span(scene: Scene) -> Period:
    """Read "2025-2027" and "2025-26"."""
    return _years(scene.year, scene.slots["year2"], 12)


def fiscal_year_span(scene: Scene) -> Period:
    """Read "FY25-27"."""
    return _years(scene.year, scene.slots["year2"], scene.year_end)


def coming_years(scene: Scene) -> Period:
    """Give the whole years after the reported one (in Chinese calendar years, else fiscal)."""
    if scene.language == "zh":
        first, month = scene.reporting.end.year + 1, 12
    else:
        first, month = scene.position[0] + 1, scene.year_end
    return _years(first, first + scene.slots.get("n", scene.number) - 1, month)


def _years(first: int, last: int, month: int) -> Period:
    return period_of(
        calendar.fiscal_year(first, month).start, calendar.fiscal_year(last, month).end
    )


def half_named(scene: Scene) -> Period:
    """Read "the first half" of the reporting quarter's year; after a Q4, plans are for the next."""
    return calendar.fiscal_half(
        scene.position[0] + (scene.position[1] == 4 and scene.forward),
        scene.slots["h"],
        scene.year_end,
    )


def half_of_year(scene: Scene) -> Period:
    """Read "the second half of last year"."""
    if scene.language == "zh":
        return calendar.fiscal_half(scene.day.year + scene.number, scene.slots["h"], 12)
    base = scene.year_of_day + scene.number
    return calendar.fiscal_half(base, scene.slots["h"], scene.year_end)


def half_in_year(scene: Scene) -> Period:
    """Read "1H25" by the calendar."""
    return calendar.fiscal_half(scene.year, scene.slots["h"], 12)


def half_of_fiscal_year(scene: Scene) -> Period:
    """Read "the first half of fiscal 2026"."""
    return calendar.fiscal_half(scene.year, scene.slots["h"], scene.year_end)


def half_one(scene: Scene) -> Period:
    """Read "the first six months of 2025"."""
    return calendar.fiscal_half(scene.year, 1, scene.year_end)


def half_one_close(scene: Scene) -> Period:
    """Read 上半年末."""
    named = scene.year if "year" in scene.slots else scene.position[0]
    return moment(calendar.fiscal_half(named, 1, scene.year_end).end)


def half_reported(scene: Scene) -> Period:
    """Read 中期业绩: the six months to the end of the reporting quarter."""
    last = month_number(scene.close)
    return months_span(last - 5, last)


def first_months(scene: Scene) -> Period:
    """Read "the first nine months" of the reporting quarter's year."""
    return _first(scene, scene.position[0], scene.number or scene.slots["n"])


def nine_months(scene: Scene) -> Period:
    """Read "the first nine months of 2024"."""
    return _first(scene, scene.year, 9)


def nine_months_of_year(scene: Scene) -> Period:
    """Read 去年前三季度."""
    return _first(scene, scene.position[0] + scene.number, 9)


def _first(scene: Scene, named: int, months: int) -> Period:
    first = month_number(calendar.fiscal_year(named, scene.year_end).start)
    return months_span(first, first + months - 1)


VERBS: dict[str, Callable[[Scene], Period]] = {
    "year": year,
    "fiscal-year": fiscal_year,
    "fiscal-year-to-month": fiscal_year_to_month,
    "year-of-day": year_of_day,
    "prior-year": year_of_day,
    "calendar-year-of-day": calendar_year_of_day,
    "year-within": year_within,
    "calendar-prior-year": calendar_year_of_day,
    "fiscal-year-of-day": fiscal_year_of_day,
    "this-fiscal-year": this_fiscal_year,
    "this-year": this_year,
    "report-year": report_year,
    "reported-year": reported_year,
    "year-to-date": year_to_date,
    "year-remaining": year_remaining,
    "year-end": year_end,
    "calendar-year-end": calendar_year_end,
    "year-span": year_span,
    "fiscal-year-span": fiscal_year_span,
    "coming-years": coming_years,
    "half-named": half_named,
    "half-of-year": half_of_year,
    "half-in-year": half_in_year,
    "fiscal-half": half_of_fiscal_year,
    "half-one": half_one,
    "half-one-close": half_one_close,
    "half-reported": half_reported,
    "first-months": first_months,
    "nine-months": nine_months,
    "nine-months-of-year": nine_months_of_year,
}
