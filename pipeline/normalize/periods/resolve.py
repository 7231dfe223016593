"""From a symbolic expression (``quarter -1``) and an anchor to the days that it means."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from pipeline.normalize.periods.anchor import Anchor
from pipeline.normalize.periods.calendar import (
    fiscal_half,
    fiscal_position,
    fiscal_quarter,
    fiscal_year,
    month_number,
    months_span,
    quarter_before,
    quarter_close,
    quarter_closing_near,
    reporting_quarter,
    year_before,
    year_closing_near,
)
from pipeline.normalize.periods.labels import moment, month_end, period_of, trailing_year
from schemas import Period

_FORWARD = re.compile(
    r"\b(?:will|expect\w*|guid\w+|outlook|forecast\w*|plan\w*|anticipat\w+|target\w*|upcoming"
    r"|going to|should|we'll|look(?:ing)? (?:ahead|forward|to)|seen at|next)\b"
    r"|预计|预期|指引|有望|可望|目标|计划|展望|预测|财测|(?<![原材资饮燃饲肥塑])料(?=将|于|全|明|年|可|会|\s)"
    # 将 also only marks an object (将资金用于…), so what follows has to be a change to come.
    r"|将(?=会|于|在|达|有|继|持|保|维|增|减|提|升|降|扩|超|突|实|推|再|进|从|由|为|不|\s?\d)"
)
_SENTENCE_END = re.compile(r"[.!?]\s|[。！？\n;；]")
_REACH = 120


class Unresolved(Exception):  # noqa: N818 - not an error: the words name no time here
    """The words need an anchor that is not known, or name no possible date."""


@dataclass
class Scene:
    """An expression's surroundings: what it is relative to and what is said around it."""

    anchor: Anchor
    text: str
    start: int
    end: int
    language: str
    relation: str = "in"
    ahead: bool = False
    """Whether the text as a whole, say under a heading "Guidance", speaks of what is to come."""

    @property
    def year_end(self) -> int:
        """Give the month in which the company's year ends."""
        return self.anchor.fiscal_year_end

    @property
    def fiscal_habit(self) -> bool:
        """Whether "year" without more means the fiscal year: in English, for odd calendars."""
        return self.language != "zh"

    @cached_property
    def reporting(self) -> Period:
        """Give the reporting quarter, known or the last before the day."""
        if self.anchor.reporting:
            return quarter_before(self.anchor.reporting, 0)
        if self.anchor.day:
            return reporting_quarter(self.anchor.day, self.year_end)
        raise Unresolved

    @cached_property
    def day(self) -> date:
        """Give the day of speaking, else the close of the reporting quarter."""
        return self.anchor.day or quarter_close(self.reporting, self.year_end)

    @cached_property
    def close(self) -> date:
        """Give the last day of the company's reporting quarter."""
        return quarter_close(self.reporting, self.year_end)

    @cached_property
    def position(self) -> tuple[int, int]:
        """Give the fiscal (year, quarter) of the reporting quarter."""
        return fiscal_position(self.reporting, self.year_end)

    @cached_property
    def year_of_day(self) -> int:
        """Give the fiscal year in which the day of speaking falls."""
        return self.day.year + (self.day.month > self.year_end)

    @cached_property
    def forward(self) -> bool:
        """Whether the sentence speaks of what is to come."""
        if self.ahead:
            return True
        before = self.text[max(0, self.start - _REACH) : self.start]
        after = self.text[self.end : self.end + _REACH]
        first = max((end.end() for end in _SENTENCE_END.finditer(before)), default=0)
        last = _SENTENCE_END.search(after)
        sentence = before[first:] + " | " + after[: last.start() if last else len(after)]
        return _FORWARD.search(sentence) is not None


Slots = Mapping[str, int]
Verb = Callable[[Scene, Slots, int], Period]
VERBS: dict[str, Verb] = {}
SUFFIXES = ("close", "opening")


def resolve(verb: str, scene: Scene, slots: Slots, number: int, suffix: str) -> Period | None:
    """Work out an expression; None where the anchor does not tell or there is no such date."""
    try:
        period = VERBS[verb](scene, slots, number)
        if suffix == "close":
            return moment(_close_of(period, scene))
        if suffix == "opening":
            return months_span(month_number(period.start), month_number(period.start) + 2)
    except (Unresolved, ValueError, OverflowError):
        return None
    return period


def _close_of(period: Period, scene: Scene) -> date:
    quarterly = month_number(period.end) - month_number(period.start) == 2
    return quarter_close(period, scene.year_end) if quarterly else period.end


def _verb(name: str) -> Callable[[Verb], Verb]:
    def register(verb: Verb) -> Verb:
        VERBS[name] = verb
        return verb

    return register


# Quarters


@_verb("quarter")
def _quarter(scene: Scene, slots: Slots, number: int) -> Period:
    return quarter_before(scene.reporting, -number)


@_verb("year-ago")
def _year_ago(scene: Scene, slots: Slots, number: int) -> Period:
    """Give the reporting quarter's; where another time is named before, see ``find``."""
    return quarter_before(scene.reporting, 4)


@_verb("quarter-now")
def _quarter_now(scene: Scene, slots: Slots, number: int) -> Period:
    return quarter_before(scene.reporting, -1 if scene.forward else 0)


@_verb("quarter-named")
def _quarter_named(scene: Scene, slots: Slots, number: int) -> Period:
    """Give the reporting quarter or the next if it has that number, else the nearest past one."""
    if scene.language == "zh" and scene.reporting.end.month == 3 * slots["q"]:
        return scene.reporting
    return _nearest(scene, slots["q"] - scene.position[1])


def _nearest(scene: Scene, ahead: int) -> Period:
    """Give the quarter so many ahead, give or take whole years: the next one, else the last."""
    ahead %= 4
    if ahead == 3 or (ahead == 2 and not scene.forward):
        ahead -= 4
    return quarter_before(scene.reporting, -ahead)


@_verb("quarter-of-year")
def _quarter_of_year(scene: Scene, slots: Slots, number: int) -> Period:
    wanted = slots["q"]
    if scene.language == "zh":
        return fiscal_quarter(scene.day.year + number, wanted, 12)
    year, current = scene.position
    # In the call on a year's last quarter, "Q4 last year" is a year before that quarter.
    base = year if wanted == current or not scene.anchor.day else scene.year_of_day
    return fiscal_quarter(base + number, wanted, scene.year_end)


@_verb("quarter-label")
def _quarter_label(scene: Scene, slots: Slots, number: int) -> Period:
    return fiscal_quarter(slots["year"], slots["q"], 12)


@_verb("fiscal-quarter")
def _fiscal_quarter(scene: Scene, slots: Slots, number: int) -> Period:
    return fiscal_quarter(_near(scene, slots["year"]), slots["q"], scene.year_end)


@_verb("quarter-in-year")
def _quarter_in_year(scene: Scene, slots: Slots, number: int) -> Period:
    """Give the fiscal quarter, unless read by the calendar it is the one reported on."""
    calendar_quarter = fiscal_quarter(_near(scene, slots["year"]), slots["q"], 12)
    if scene.year_end == 12 or scene.language == "zh":
        return calendar_quarter
    if scene.anchor.reporting and calendar_quarter == scene.reporting:
        return calendar_quarter
    return _fiscal_quarter(scene, slots, number)


@_verb("quarter-span")
def _quarter_span(scene: Scene, slots: Slots, number: int) -> Period:
    year = slots.get("year")
    ends = [
        fiscal_quarter(year, slots[q], scene.year_end)
        if year
        else _quarter_named(scene, {"q": slots[q]}, 0)
        for q in ("q", "q2")
    ]
    return _span(*ends)


@_verb("month-quarter")
def _month_quarter(scene: Scene, slots: Slots, number: int) -> Period:
    wanted = -(-slots["month"] // 3)
    if "year" in slots:
        return fiscal_quarter(slots["year"], wanted, 12)
    return _nearest(scene, wanted - scene.reporting.end.month // 3)


@_verb("comparable-period")
def _comparable_period(scene: Scene, slots: Slots, number: int) -> Period:
    return year_before(scene.reporting, scene.reporting.end.year - slots["year"])


# Halves and counted months from the start of the year


@_verb("half-named")
def _half_named(scene: Scene, slots: Slots, number: int) -> Period:
    year, quarter = scene.position
    if quarter == 4 and scene.forward:
        year += 1
    return fiscal_half(year, slots["h"], scene.year_end)


@_verb("half-of-year")
def _half_of_year(scene: Scene, slots: Slots, number: int) -> Period:
    if scene.language == "zh":
        return fiscal_half(scene.day.year + number, slots["h"], 12)
    return fiscal_half(scene.year_of_day + number, slots["h"], scene.year_end)


@_verb("half-in-year")
def _half_in_year(scene: Scene, slots: Slots, number: int) -> Period:
    return fiscal_half(_near(scene, slots["year"]), slots["h"], 12)


@_verb("fiscal-half")
def _fiscal_half(scene: Scene, slots: Slots, number: int) -> Period:
    return fiscal_half(_near(scene, slots["year"]), slots["h"], scene.year_end)


@_verb("half-one")
def _half_one(scene: Scene, slots: Slots, number: int) -> Period:
    return fiscal_half(slots["year"], 1, scene.year_end)


@_verb("half-one-close")
def _half_one_close(scene: Scene, slots: Slots, number: int) -> Period:
    year = slots.get("year") or scene.position[0]
    return moment(fiscal_half(year, 1, scene.year_end).end)


@_verb("half-reported")
def _half_reported(scene: Scene, slots: Slots, number: int) -> Period:
    last = month_number(scene.close)
    return months_span(last - 5, last)


@_verb("first-months")
def _first_months(scene: Scene, slots: Slots, number: int) -> Period:
    first = month_number(fiscal_year(scene.position[0], scene.year_end).start)
    return months_span(first, first + (number or slots["n"]) - 1)


@_verb("nine-months")
def _nine_months(scene: Scene, slots: Slots, number: int) -> Period:
    first = month_number(fiscal_year(_near(scene, slots["year"]), scene.year_end).start)
    return months_span(first, first + 8)


@_verb("nine-months-of-year")
def _nine_months_of_year(scene: Scene, slots: Slots, number: int) -> Period:
    return _nine_months(scene, {"year": scene.position[0] + number}, 0)


@_verb("year-to-date")
def _year_to_date(scene: Scene, slots: Slots, number: int) -> Period:
    first = fiscal_year(scene.position[0], scene.year_end).start
    return months_span(month_number(first), month_number(scene.close))


# Years


@_verb("year")
def _year(scene: Scene, slots: Slots, number: int) -> Period:
    return fiscal_year(_near(scene, slots["year"]), 12)


@_verb("fiscal-year")
def _fiscal_year(scene: Scene, slots: Slots, number: int) -> Period:
    return fiscal_year(_near(scene, slots["year"]), scene.year_end)


@_verb("fiscal-year-to-month")
def _fiscal_year_to_month(scene: Scene, slots: Slots, number: int) -> Period:
    """Read 截至6月底的2025财年: the stated month outweighs what is known of the company."""
    return fiscal_year(slots["year"], slots["month"])


@_verb("year-of-day")
def _year_of_day(scene: Scene, slots: Slots, number: int) -> Period:
    """Give this (0), last (-1) or next (1) year; as a base, the year before the reported one."""
    if scene.relation == "versus" and number < 0:
        return fiscal_year(scene.position[0] + number, scene.year_end)
    return fiscal_year(scene.year_of_day + number, scene.year_end)


@_verb("prior-year")
def _prior_year(scene: Scene, slots: Slots, number: int) -> Period:
    """Give last year's; where a year is named before, see ``find``."""
    return _year_of_day(scene, slots, number)


@_verb("calendar-prior-year")
def _calendar_prior_year(scene: Scene, slots: Slots, number: int) -> Period:
    return _calendar_year_of_day(scene, slots, number)


@_verb("this-fiscal-year")
def _this_fiscal_year(scene: Scene, slots: Slots, number: int) -> Period:
    """Give the year under way; just after a year's end, without a look ahead, the one reported."""
    year, quarter = scene.position
    closed = quarter == 4 and not scene.forward
    return fiscal_year(year if closed else scene.year_of_day, scene.year_end)


@_verb("reported-year")
def _reported_year(scene: Scene, slots: Slots, number: int) -> Period:
    return fiscal_year(scene.position[0], scene.year_end)


@_verb("fiscal-year-of-day")
def _fiscal_year_of_day(scene: Scene, slots: Slots, number: int) -> Period:
    return fiscal_year(scene.year_of_day + number, scene.year_end)


@_verb("calendar-year-of-day")
def _calendar_year_of_day(scene: Scene, slots: Slots, number: int) -> Period:
    if scene.relation == "versus" and number < 0:
        return fiscal_year(scene.reporting.end.year + number, 12)
    return fiscal_year(scene.day.year + number, 12)


@_verb("report-year")
def _report_year(scene: Scene, slots: Slots, number: int) -> Period:
    """Give the year of the reporting quarter; from a year's last quarter, plans are for the next."""
    year, quarter = scene.position
    return fiscal_year(year + (quarter == 4 and scene.forward), scene.year_end)


@_verb("year-remaining")
def _year_remaining(scene: Scene, slots: Slots, number: int) -> Period:
    year, quarter = scene.position
    last = month_number(fiscal_year(year + (quarter == 4), scene.year_end).end)
    return months_span(month_number(scene.close) + 1, last)


@_verb("year-end")
def _year_end(scene: Scene, slots: Slots, number: int) -> Period:
    return moment(month_end(_year_closing(scene, scene.year_end), scene.year_end))


@_verb("calendar-year-end")
def _calendar_year_end(scene: Scene, slots: Slots, number: int) -> Period:
    return moment(month_end(_year_closing(scene, 12), 12))


def _year_closing(scene: Scene, month: int) -> int:
    """Give the year whose end is meant: just reported, unless the words look ahead."""
    just_closed = month_end(scene.close.year, month) == scene.close
    if just_closed and scene.relation != "by" and not scene.forward:
        return scene.close.year
    return scene.day.year + (scene.day.month > month)


@_verb("year-span")
def _year_span(scene: Scene, slots: Slots, number: int) -> Period:
    return _span(fiscal_year(slots["year"], 12), fiscal_year(slots["year2"], 12))


@_verb("fiscal-year-span")
def _fiscal_year_span(scene: Scene, slots: Slots, number: int) -> Period:
    return _span(*(fiscal_year(slots[year], scene.year_end) for year in ("year", "year2")))


# So many quarters, months, years back or ahead


@_verb("trailing-months")
def _trailing_months(scene: Scene, slots: Slots, number: int) -> Period:
    months = number or slots["n"]
    if months == 12:
        return trailing_year(scene.close)
    last = month_number(scene.close)
    return months_span(last - months + 1, last)


@_verb("trailing-quarters")
def _trailing_quarters(scene: Scene, slots: Slots, number: int) -> Period:
    return _span(quarter_before(scene.reporting, slots["n"] - 1), scene.reporting)


@_verb("preceding-quarters")
def _preceding_quarters(scene: Scene, slots: Slots, number: int) -> Period:
    return _span(quarter_before(scene.reporting, slots["n"]), quarter_before(scene.reporting, 1))


@_verb("trailing-years")
def _trailing_years(scene: Scene, slots: Slots, number: int) -> Period:
    return _trailing_months(scene, {}, 12 * slots["n"])


@_verb("coming-months")
def _coming_months(scene: Scene, slots: Slots, number: int) -> Period:
    first = month_number(scene.close) + 1
    return months_span(first, first + (number or slots["n"]) - 1)


@_verb("coming-quarters")
def _coming_quarters(scene: Scene, slots: Slots, number: int) -> Period:
    return _span(quarter_before(scene.reporting, -1), quarter_before(scene.reporting, -slots["n"]))


@_verb("coming-years")
def _coming_years(scene: Scene, slots: Slots, number: int) -> Period:
    """Give the whole years after the reported one (in odd English calendars, fiscal years)."""
    if scene.fiscal_habit:
        first, month = scene.position[0] + 1, scene.year_end
    else:
        first, month = scene.reporting.end.year + 1, 12
    return _span(fiscal_year(first, month), fiscal_year(first + slots["n"] - 1, month))


# Months, days, and spans that end on a stated day


@_verb("month")
def _month(scene: Scene, slots: Slots, number: int) -> Period:
    year = slots.get("year")
    if year is None:
        year = _year_of_nearest(scene, slots["month"])
    return months_span(*(2 * (12 * year + slots["month"] - 1,)))


@_verb("month-of-year")
def _month_of_year(scene: Scene, slots: Slots, number: int) -> Period:
    return _month(scene, {"month": slots["month"], "year": scene.day.year + number}, 0)


@_verb("month-before-this")
def _month_before_this(scene: Scene, slots: Slots, number: int) -> Period:
    """Read "last August": one that is well past, so in September that of the year before."""
    year = scene.day.year
    while (scene.day - month_end(year, slots["month"])).days < 45:
        year -= 1
    return _month(scene, {"month": slots["month"], "year": year}, 0)


@_verb("month-next")
def _month_next(scene: Scene, slots: Slots, number: int) -> Period:
    year = scene.day.year + (slots["month"] <= scene.day.month)
    return _month(scene, {"month": slots["month"], "year": year}, 0)


@_verb("month-span")
def _month_span(scene: Scene, slots: Slots, number: int) -> Period:
    last = _month(scene, {**slots, "month": slots["month2"]}, 0)
    year = last.start.year - (slots["month"] > slots["month2"])
    return _span(_month(scene, {"month": slots["month"], "year": year}, 0), last)


@_verb("day")
def _day(scene: Scene, slots: Slots, number: int) -> Period:
    year = slots.get("year")
    if year is None:
        year = _year_of_nearest(scene, slots["month"])
    return moment(date(year, slots["month"], slots["day"]))


@_verb("day-of-year")
def _day_of_year(scene: Scene, slots: Slots, number: int) -> Period:
    return _day(scene, {**slots, "year": scene.day.year + number}, 0)


def _stated_end(scene: Scene, slots: Slots) -> date:
    year = slots.get("year")
    if year is None:
        year = _year_of_nearest(scene, slots["month"])
    if "day" in slots:
        return date(year, slots["month"], slots["day"])
    return month_end(year, slots["month"])


@_verb("quarter-ended")
def _quarter_ended(scene: Scene, slots: Slots, number: int) -> Period:
    return quarter_closing_near(_stated_end(scene, slots), _closing_month(scene, slots))


@_verb("months-ended")
def _months_ended(scene: Scene, slots: Slots, number: int) -> Period:
    last = _stated_end(scene, slots)
    last_month = month_number(last) - (last.day < 15)
    return months_span(last_month - number + 1, last_month)


@_verb("year-ended")
def _year_ended(scene: Scene, slots: Slots, number: int) -> Period:
    return year_closing_near(_stated_end(scene, slots), _closing_month(scene, slots))


@_verb("weeks-ended")
def _weeks_ended(scene: Scene, slots: Slots, number: int) -> Period:
    """Read retailers' "16 weeks ended August 31": a quarter, half, three quarters or a year."""
    weeks = slots["n"]
    if weeks <= 17:
        return _quarter_ended(scene, slots, 0)
    if weeks >= 50:
        return _year_ended(scene, slots, 0)
    return _months_ended(scene, slots, 6 if weeks <= 30 else 9)


@_verb("trailing-ended")
def _trailing_ended(scene: Scene, slots: Slots, number: int) -> Period:
    return trailing_year(_stated_end(scene, slots))


def _closing_month(scene: Scene, slots: Slots) -> int:
    """Give the month that a stated end closes: the stated one, or the one before its first week."""
    if "day" in slots and slots["day"] <= 10:
        return (slots["month"] - 2) % 12 + 1
    return slots["month"]


def _year_of_nearest(scene: Scene, month: int) -> int:
    """Give the year of the month that is meant without one: the last, unless the next is near or awaited."""
    day = scene.day
    past = day.year - (month > day.month)
    since = (day.month - month) % 12
    if scene.relation == "by":
        return past + (since > 0)
    if scene.relation == "in" and (since >= 9 or (since >= 5 and scene.forward)):
        return past + 1
    return past


def _near(scene: Scene, year: int) -> int:
    """Refuse years that no company speaks of: the digits are then something else."""
    anchor = scene.anchor.day or (scene.anchor.reporting and scene.anchor.reporting.end)
    if anchor and not anchor.year - 40 <= year <= anchor.year + 40:
        raise Unresolved
    return year


def _span(first: Period, last: Period) -> Period:
    return period_of(first.start, last.end)
