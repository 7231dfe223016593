"""In which month a company's business year ends, told from how a document names its quarter."""

import re
from datetime import date, timedelta

from pipeline.normalize.periods.calendar import fiscal_quarter, quarter_close
from pipeline.normalize.script import fold
from pipeline.patterns import regex

# The commonest first.
_YEAR_ENDS = (12, 6, 9, 3, 1, 10, 2, 4, 5, 7, 8, 11)
_SOONEST_REPORT = timedelta(days=12)
_LATEST_CALL = timedelta(days=60)
_DECEMBER = 12
_ORDINALS = ("first", "second", "third", "fourth")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?P<month>jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?"
_QUARTER = (
    r"(?:f?q(?P<q>[1-4])(?!\d)|(?<!\d)(?P<q2>[1-4])f?q\b|(?P<word>first|second|third|fourth)[ -]"
    r"(?:fiscal[ -])?quarter)"
)
_YEAR = r"'?(?P<year>20[0-9]{2}|[0-9]{2})(?![0-9])"
_FISCAL = r"(?:fiscal years?|fiscal|fy)"
# "Q2 of fiscal 2026", "second quarter fiscal year 2026", "FY26 Q2", "fiscal 2025 fourth quarter".
_NAMED = (
    regex(rf"{_QUARTER}(?: of| for|,)?(?: the| its| our)? ?{_FISCAL} ?{_YEAR}"),
    regex(rf"\b{_FISCAL} ?{_YEAR}(?:'s|,)? ?{_QUARTER}"),
)
# "Q1 2026" of a call in September 2025 can be no calendar quarter either.
_PLAIN = (
    regex(rf"{_QUARTER}(?: of|,)? ?(?P<year>20[0-9]{{2}})(?![0-9])"),
    regex(rf"(?<![0-9])(?P<year>20[0-9]{{2}}) {_QUARTER}"),
)
_NUMBER = regex(_QUARTER)
_ENDED = regex(
    rf"\b(?P<what>(?:quarter|months?|weeks?|period|year)s?)[^.;,\n]{{0,24}}? end(?:ed|ing)"
    rf"(?: on)?(?: [a-z]+day,?)? (?:(?P<before>\d{{1,2}}) )?{_MONTH}(?: (?P<day>\d{{1,2}}))?"
)
_WHOLE_YEAR = regex(r"(?:fiscal|full|twelve|12|52|53|fifty)\W")
_FIRST_DAYS = 7


def likely_year_end(head: str, published: date | None) -> int:
    """Give the month (1 to 12) in which the year of a company that no table knows ends.

    Told by its words ("the fiscal year ended September 30", "second quarter … ended October 31"),
    else by which year's end lets the quarter that it names have been closed shortly before
    ``published``; December where nothing tells.

    >>> likely_year_end("Second Quarter Fiscal 2026 Results, quarter ended October 31", None)
    4
    >>> likely_year_end("Q1 fiscal 2026 earnings call", date(2025, 9, 4))
    1
    """
    folded = fold(head)
    named = _NUMBER.search(folded) if "q" in folded else None
    number = _number(named) if named else None
    for ended in _ENDED.finditer(folded) if " end" in folded else ():
        month = _MONTHS.index(ended["month"][:3]) + 1
        day = int(ended["day"] or ended["before"] or 28)
        if day <= _FIRST_DAYS:
            month = (month - 2) % 12 + 1
        if ended["what"].startswith("year"):
            if _WHOLE_YEAR.search(folded, max(0, ended.start() - 24), ended.end()):
                return month
        elif number is not None:
            return (month + 3 * (4 - number) - 1) % 12 + 1
    if published is None or number is None:
        return _DECEMBER
    patterns = (*_NAMED, *_PLAIN) if "fiscal" in folded or "fy" in folded else _PLAIN
    for pattern in patterns:
        stated = pattern.search(folded)
        if stated is not None:
            return _closed_by(int(stated["year"]) % 100 + 2000, _number(stated), published)
    return _DECEMBER


def _number(found: re.Match[str]) -> int:
    return int(found["q"] or found["q2"] or 1 + _ORDINALS.index(found["word"]))


def _closed_by(year: int, number: int, published: date) -> int:
    """Give the year's end by which a stated fiscal quarter has just been closed."""
    for latest in (_LATEST_CALL, 2 * _LATEST_CALL):
        for month in _YEAR_ENDS:
            since = published - quarter_close(fiscal_quarter(year, number, month), month)
            if _SOONEST_REPORT <= since <= latest:
                return month
    return _DECEMBER
