"""What the start of a document says of itself: the quarter reported on and the day of the call."""

import re
from datetime import date, timedelta

from pipeline.normalize.periods.anchor import Anchor
from pipeline.normalize.periods.calendar import (
    fiscal_position,
    fiscal_quarter,
    quarter_before,
    quarter_close,
    reporting_quarter,
)
from pipeline.normalize.periods.find import find_periods
from pipeline.normalize.periods.labels import label_period
from pipeline.normalize.periods.yearend import likely_year_end
from pipeline.normalize.script import fold
from pipeline.patterns import regex
from schemas import Period, PeriodMention

_HEAD = 2000
_LATEST_REPORT = timedelta(days=200)
_LATEST_CALL = timedelta(days=60)
_LATEST_PUBLICATION = timedelta(days=10)
_CALL_WORDS = regex(
    r"call|earnings|interview|conference|teleconference|results|meeting|电话会|业绩会|法说|说明会|"
    r"财报|披露|公布|发布会|召开|业绩"
)
# 昨晚盘前，瑞幸交出了三季度成绩单: the day of the call by that of the writing.
_DAYS_AGO = regex(
    r"([昨前])(?:[晚夜天日])[^。\n]{0,36}?"
    r"(?:公布|发布|交出|披露|召开|举行|举办|放榜|出炉|电话会|业绩|财报|季报|成绩单|法说)"
)
# Words that stand for the period reported on, whichever it is.
_REFERS_TO_IT = regex(r"期内|本期|报告期|当期|(?:the|this|our) (?:reporting )?(?:period|quarter)\b")
_ANNUAL = regex(
    r"(?:全年|年度|年|末期)(?:业绩|财报|年报|报告)|年报|(?:annual|full[- ]year) results"
)
_NO_DAY = regex(r"end|close|quarter|half|year|底|末|期|季", re.IGNORECASE)
# Every day that the rules read holds one of these; what ends is no day but for a "conclusion".
_DAY = regex(r"[-/.月结](?:(?<=\d[-/.])\d{1,2}[-/.]\d|(?<=月)[^日号]{0,9}[日号]|(?<=结)束)")
_DAY_WORDS = (
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    "conclusion", "finish",
)  # fmt: skip
_DAY_WORD = regex(
    r"(?<![a-z])(?:[a-z]{3}(?:uary|ruary|ch|il|[ey]|ust|t|t?ember|ober)?|conclusion|finish)(?![a-z])"
)
# So far to the left and the right of it stands what the rules look at.
_BEFORE_DAY, _BEHIND_DAY = 60, 60
# Mostly the first words name the quarter, and the rules look no further to the right than that.
_FIRST, _AHEAD = 200, 140
_NO_CALL_WORDS = regex(
    r"(?:ended|ending|as of|posted|published|updated|截至|截止|汇率|发布于|发布[:： ]*|更新)\s?$"
)


def infer_reporting_period(
    head: str, *, published: date | None, fiscal_year_end: int | None = 12, hint: str | None = None
) -> Period | None:
    """Tell the calendar quarter (of companies that report by halves, the half) reported on.

    ``hint`` is a label such as ``2025Q3`` and decides if it is one; else the first half or year
    just over if the text opens with it; else the first quarter (or, failing that, year) that the
    first 2,000 characters name and that can have been reported by
    ``published``; else the last fiscal quarter before ``published``. None if nothing tells.
    ``fiscal_year_end`` None is of a company that no table knows: "Q2 of fiscal 2026" in September
    2025 tells then that its year ends in January.
    """
    if hint:
        try:
            return quarter_before(label_period(hint.strip()), 0)
        except ValueError:
            pass  # a hint in another form is weighed like any other words
    known = published or infer_call_day(head, None)
    if fiscal_year_end is None:
        fiscal_year_end = likely_year_end(head[:_HEAD], known)
    anchor = _anchor(known, fiscal_year_end)
    text, first = head[:_HEAD], head[:_FIRST]
    if not hint and len(text) > _FIRST and _tells_soon(text, first, known):
        early = [each for each in find_periods(first, anchor) if each.end <= _FIRST - _AHEAD]
        if period := _told(head, early, anchor, known, (3,)):
            return period
    heads = [hint, text] if hint else [text]
    mentions = [mention for part in heads for mention in find_periods(part, anchor)]
    # A year or a half tells the quarter only if one knows when it was written.
    for months in ((3,), (6, 9, 12)) if known else ((3,),):
        if period := _told(head, mentions, anchor, known, months):
            return period
    return anchor.reporting


def _tells_soon(text: str, first: str, known: date | None) -> bool:
    """Say whether the first words of a text may tell the quarter, in the language of the rest.

    English ones name its year; another year than one's own is not found by reading them twice.
    """
    if not text.isascii():
        return not first.isascii()
    return known is None or any(str(known.year + off) in first for off in (0, -1, 1))


def _told(
    head: str,
    mentions: list[PeriodMention],
    anchor: Anchor,
    known: date | None,
    months: tuple[int, ...],
) -> Period | None:
    """Give the period reported on by the first of the mentions of so many months that tells it."""
    if known and (longer := _opening_with_more(head, mentions, anchor)):
        return longer
    for mention in mentions:
        if mention.relation != "in" or _REFERS_TO_IT.search(fold(mention.text)):
            continue
        if _months(mention.period) in months:
            period = _reported(mention.period, known, anchor.fiscal_year_end)
            if period:
                half = _months(mention.period) == 6 and period.end == mention.period.end
                return mention.period if half else period
    return None


def infer_call_day(head: str, published: date | None) -> date | None:
    """Tell the day of the call: a full date in the first 2,000 characters, else ``published``.

    Such a date lies 1 to 60 days before ``published`` beside words such as "call" or 电话会, or
    1 to 10 days before it without them.
    """
    text = head[:_HEAD]
    folded = fold(text)
    stated = [
        mention
        for mention in _near_days(text, folded, Anchor(None, published))
        if mention.period.start == mention.period.end
        and not _NO_CALL_WORDS.search(folded[max(0, mention.start - 12) : mention.start])
        and _names_day(mention)
    ]
    if published is None:
        return stated[0].period.end if stated else None
    before = [
        (published - mention.period.end, mention)
        for mention in stated
        if timedelta(0) < published - mention.period.end <= _LATEST_CALL
        # A quarter's last day that is well past dates balances and exchange rates, not a call.
        and not (
            published - mention.period.end > _LATEST_PUBLICATION
            and mention.period.end == quarter_before(mention.period, 0).end
        )
    ]
    for _, mention in before:
        if _CALL_WORDS.search(folded[max(0, mention.start - 60) : mention.end + 40]):
            return mention.period.end
    near = [mention.period.end for since, mention in before if since <= _LATEST_PUBLICATION]
    if not near and (ago := _DAYS_AGO.search(folded)) is not None:
        return published - timedelta(days=1 if ago[1] == "昨" else 2)
    return near[0] if near else published


def _near_days(text: str, folded: str, anchor: Anchor) -> list[PeriodMention]:
    """Give the times that stand where days may be named: all others take long to read."""
    places = [found.start() for found in _DAY.finditer(folded)]
    for word in _DAY_WORDS:
        place = folded.find(word)
        while place >= 0:
            if _DAY_WORD.match(folded, place):
                places.append(place)
            place = folded.find(word, place + 1)
    if not places:
        return []
    begin = max(0, min(places) - _BEFORE_DAY)
    return find_periods(text[begin : max(places) + _BEHIND_DAY], anchor, offset=begin)


def _anchor(published: date | None, fiscal_year_end: int) -> Anchor:
    if published is None:
        return Anchor(None, None, fiscal_year_end)
    return Anchor(reporting_quarter(published, fiscal_year_end), published, fiscal_year_end)


def _reported(period: Period, published: date | None, fiscal_year_end: int) -> Period | None:
    """Give the last quarter of a period that can have been reported by ``published``."""
    quarter = quarter_before(period, 0)
    if published is None:
        return quarter
    for year_off in (0, 1, -1):
        # Some companies with a year end in January call the year by the one in which it began.
        if year_off and fiscal_year_end > 2:
            break
        year, number = fiscal_position(quarter, fiscal_year_end)
        candidate = fiscal_quarter(year + year_off, number, fiscal_year_end)
        since = published - quarter_close(candidate, fiscal_year_end)
        if timedelta(0) < since <= _LATEST_REPORT:
            return candidate
    return None


def _opening_with_more(head: str, mentions: list[PeriodMention], anchor: Anchor) -> Period | None:
    """Give the first half, or the year, that a document says first it reports on.

    A note on interim results may tell of the second quarter further down; one on annual results
    names the year in its title.
    """
    title = head.lstrip().partition("\n")[0]
    for mention in mentions:
        months = _months(mention.period)
        if mention.relation != "in" or _REFERS_TO_IT.search(fold(mention.text)):
            continue
        if months == 3 or anchor.reporting is None:
            return None
        if quarter_before(mention.period, 0) != anchor.reporting:
            continue
        quarter = fiscal_position(mention.period, anchor.fiscal_year_end)[1]
        if months == 6 and quarter == 2:
            return mention.period
        if months == 12 and quarter == 4 and _ANNUAL.search(fold(title)):
            return mention.period
    return None


def _months(period: Period) -> int:
    return 12 * (period.end.year - period.start.year) + period.end.month - period.start.month + 1


def _names_day(mention: PeriodMention) -> bool:
    return _NO_DAY.search(mention.text) is None
