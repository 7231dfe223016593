"""What the words for quarters mean, by verb (the expressions in the rule files)."""

from collections.abc import Callable

from pipeline.normalize.periods.calendar import (
    fiscal_quarter,
    month_number,
    months_span,
    quarter_before,
    year_before,
)
from pipeline.normalize.periods.labels import period_of
from pipeline.normalize.periods.scene import Scene
from pipeline.patterns import regex
from schemas import Period

_FISCAL = regex(r"(?:财政?|会计)季")


def quarter(scene: Scene) -> Period:
    """Count from the reporting quarter; 期内 in a half's report is the half."""
    whole = scene.anchor.reporting
    if whole and scene.number == 0 and "季" not in scene.words and "q" not in scene.words:
        return whole
    return quarter_before(scene.reporting, -scene.number)


def year_ago(scene: Scene) -> Period:
    """Give the reporting quarter's; where the sentence names a time before, ``find`` moves it."""
    return year_before(scene.anchor.reporting or scene.reporting)


def quarter_now(scene: Scene) -> Period:
    """Read "the current quarter": of plans the one under way, of results the reported one."""
    return quarter_before(scene.reporting, -1 if scene.forward else 0)


def quarter_named(scene: Scene) -> Period:
    """Give the reporting quarter or the next if it has that number, else the nearest past one."""
    return _named(scene, scene.slots["q"])


def quarter_of_year(scene: Scene) -> Period:
    """Read "Q3 of last year"; in the call on a year's Q4, "Q4 last year" is a year before that."""
    wanted = scene.slots["q"]
    if scene.language == "zh":
        return fiscal_quarter(scene.day.year + scene.number, wanted, 12)
    year, current = scene.position
    base = year if wanted == current or not scene.anchor.day else scene.year_of_day
    return fiscal_quarter(base + scene.number, wanted, scene.year_end)


def quarter_label(scene: Scene) -> Period:
    """Read 2025Q3 and 2025年三季度, which are calendar quarters; 2025年第三财季 is none."""
    if scene.language == "zh" and _FISCAL.search(scene.words):
        return quarter_of_fiscal_year(scene)
    return fiscal_quarter(scene.year, scene.slots["q"], 12)


def quarter_of_fiscal_year(scene: Scene) -> Period:
    """Read "the first quarter of fiscal 2026"."""
    return fiscal_quarter(scene.year, scene.slots["q"], scene.year_end)


def quarter_in_year(scene: Scene) -> Period:
    """Read "Q3 2025": fiscal, unless read by the calendar it is the one reported on."""
    by_calendar = quarter_label(scene)
    if scene.anchor.reporting and by_calendar == scene.reporting:
        return by_calendar
    return quarter_of_fiscal_year(scene)


def quarter_span(scene: Scene) -> Period:
    """Read "first and second quarters", 第一至第三季度."""
    if "year" in scene.slots:
        first = fiscal_quarter(scene.year, scene.slots["q"], scene.year_end)
        last = fiscal_quarter(scene.year, scene.slots["q2"], scene.year_end)
    else:
        first, last = _named(scene, scene.slots["q"]), _named(scene, scene.slots["q2"])
    return period_of(first.start, last.end)


def month_quarter(scene: Scene) -> Period:
    """Read "the December quarter", 12月份季度: the one that ends in that month."""
    wanted = -(-scene.slots["month"] // 3)
    if "year" in scene.slots:
        return fiscal_quarter(scene.year, wanted, 12)
    return _nearest(scene, wanted - scene.reporting.end.month // 3)


def comparable_period(scene: Scene) -> Period:
    """Read 2023年同期: the reporting quarter in another year."""
    return year_before(scene.reporting, scene.reporting.end.year - scene.year)


def trailing_quarters(scene: Scene) -> Period:
    """Read "the last three quarters", the reporting quarter among them."""
    first = quarter_before(scene.reporting, scene.slots["n"] - 1)
    return period_of(first.start, scene.reporting.end)


def preceding_quarters(scene: Scene) -> Period:
    """Read 此前两个季度, the reporting quarter not among them."""
    last = month_number(scene.reporting.start) - 1
    return months_span(last - 3 * scene.slots["n"] + 1, last)


def coming_quarters(scene: Scene) -> Period:
    """Read "the next two quarters"."""
    first = month_number(scene.reporting.end) + 1
    return months_span(first, first + 3 * scene.slots["n"] - 1)


def _named(scene: Scene, wanted: int) -> Period:
    """Give the quarter of a number: of the company's year, in Chinese as well of the calendar's.

    "预计四季度营收" in the call on the third quarter of either year is of the one to come.
    """
    fiscal = wanted - scene.position[1]
    if scene.language == "zh":
        by_calendar = wanted - scene.reporting.end.month // 3
        if scene.forward and _NEXT in (fiscal % 4, by_calendar % 4):
            return quarter_before(scene.reporting, -_NEXT)
        if by_calendar == 0:
            return scene.reporting
        if not scene.forward and fiscal % 4 == _NEXT and by_calendar % 4 == _LAST:
            return quarter_before(scene.reporting)
    return _nearest(scene, fiscal)


# Quarters from the reporting one on, give or take a year.
_NEXT, _LAST = 1, 3


def _nearest(scene: Scene, ahead: int) -> Period:
    """Give the quarter so many ahead, give or take whole years: the next one, else the last."""
    ahead %= 4
    if ahead == 3 or (ahead == 2 and not scene.forward):
        ahead -= 4
    return quarter_before(scene.reporting, -ahead)


VERBS: dict[str, Callable[[Scene], Period]] = {
    "quarter": quarter,
    "year-ago": year_ago,
    "quarter-now": quarter_now,
    "quarter-named": quarter_named,
    "quarter-of-year": quarter_of_year,
    "quarter-label": quarter_label,
    "fiscal-quarter": quarter_of_fiscal_year,
    "quarter-in-year": quarter_in_year,
    "quarter-span": quarter_span,
    "month-quarter": month_quarter,
    "comparable-period": comparable_period,
    "trailing-quarters": trailing_quarters,
    "preceding-quarters": preceding_quarters,
    "coming-quarters": coming_quarters,
}
