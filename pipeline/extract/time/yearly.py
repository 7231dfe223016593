"""Figures that stand in a row for years in a row: 预计 2025-2026 年净利润 690 亿、865 亿."""

from datetime import timedelta

from pipeline.extract.place import Place
from pipeline.extract.reading import Mark, Sentence
from pipeline.extract.time.times import mark_of
from pipeline.normalize.periods import period_of, year_before
from pipeline.patterns import regex
from schemas import Period, PeriodMention, Quantity

# What stands between the members of a row.
_BETWEEN = regex(
    r"\s*(?:[/、,，;]\s*(?:and )?|and|和|及|与)\s*"
    r"(?:(?:增长|增加|成长|上升|下降|减少|升|跌|增|减|降)\s*)?"
)
_SPAN = regex(r"(20\d\d)\.\.(20\d\d)")
_YEAR = regex(r"20\d\d")
# A row behind its figures: "EPS of $1.20/$1.50 in 2025/2026".
_INTRODUCED = regex(r"\s*(?:in|for|over|during)\s*(?:fiscal |fy)?\s*")
_FEWEST, _MOST = 2, 5
_OF_A_YEAR = (364, 365)


def years_in_a_row(sentence: Sentence) -> dict[int, Period]:
    """Give the period of each figure that has one of a row of years, by the index of its mark.

    A row of as many figures of one kind as there are years goes with them, one by one, until
    other times are named.
    """
    marks = sentence.marks
    found: dict[int, Period] = {}
    if not _names_years(sentence):
        return found
    years: list[Period] = []
    at = 0
    while at < len(marks):
        end = _row_end(sentence, at)
        if marks[at].kind == "period":
            behind = end < len(marks) and marks[end].kind == "quantity"
            years = _years(sentence, at, end)
            if years and not behind:
                _set_row_before(sentence, at, years, found)
        elif years and marks[at].kind == "quantity" and end - at >= _FEWEST:
            row = [k for k in range(at, end) if marks[k].kind == "quantity"]
            if len(row) == len(years):
                found.update(zip(row, years, strict=True))
        at = end
    return found


def _names_years(sentence: Sentence) -> bool:
    """Whether a sentence names at least two single years, or a span of years."""
    periods: list[Period] = []
    for mark in sentence.marks:
        if mark.kind == "period" and isinstance(mark.value, PeriodMention):
            period = mark.value.period
            label = period.label
            if ".." in label and _SPAN.fullmatch(label) is not None:
                return True
            periods.append(period)
    if len(periods) < _FEWEST:
        return False
    single = 0
    for period in periods:
        single += (period.end - period.start).days in _OF_A_YEAR
    return single >= _FEWEST


def _row_end(sentence: Sentence, at: int) -> int:
    """The index after the last mark of the row of times or figures of one kind at ``at``."""
    marks = sentence.marks
    last, end = at, at + 1
    for k in range(at + 1, len(marks)):
        mark = marks[k]
        if mark.kind == "break" or (mark.kind == "cue" and marks[at].kind == "quantity"):
            continue
        if not _alike(marks[at], mark):
            break
        if _BETWEEN.fullmatch(sentence.folded, marks[last].end, mark.start) is None:
            break
        last, end = k, k + 1
    return end


def _alike(first: Mark, mark: Mark) -> bool:
    if first.kind != mark.kind or first.kind not in ("quantity", "period"):
        return False
    return getattr(first.value, "unit", None) == getattr(mark.value, "unit", None)


def _years(sentence: Sentence, at: int, end: int) -> list[Period]:
    """The years that a row of times names, or the one span that stands alone."""
    mentions = [m.value for m in sentence.marks[at:end] if isinstance(m.value, PeriodMention)]
    if len(mentions) > 1:
        years = _fiscal([mention.period for mention in mentions])
        single = all((year.end - year.start).days in _OF_A_YEAR for year in years)
        return years if single else []
    span = _SPAN.fullmatch(mentions[0].period.label) if mentions else None
    if span is None:
        return []
    first, last = int(span[1]), int(span[2])
    if not _FEWEST <= last - first + 1 <= _MOST:
        return []
    start, years = mentions[0].period.start, []
    for year in range(first, last + 1):
        following = start.replace(year=start.year + 1)
        until = following - timedelta(days=1)
        years.append(Period.trusted_fields({"start": start, "end": until, "label": str(year)}))
        start = following
    return years


def _fiscal(years: list[Period]) -> list[Period]:
    """Read the years of a row as the last of them is told: 2026、2027財年 are two fiscal years."""
    last = years[-1]
    if _YEAR.fullmatch(last.label) or (last.end - last.start).days not in _OF_A_YEAR:
        return years
    if not all(_YEAR.fullmatch(year.label) for year in years[:-1]):
        return years
    return [year_before(last, last.end.year - year.end.year) for year in years[:-1]] + [last]


def _set_row_before(
    sentence: Sentence, at: int, years: list[Period], found: dict[int, Period]
) -> None:
    marks = sentence.marks
    row: list[int] = []
    until = marks[at].start
    for k in range(at - 1, -1, -1):
        if marks[k].kind == "break":
            continue
        if marks[k].kind != "quantity" or (row and not _alike(marks[row[0]], marks[k])):
            break
        joint = _BETWEEN if row else _INTRODUCED
        if joint.fullmatch(sentence.folded, marks[k].end, until) is None:
            break
        row.insert(0, k)
        until = marks[k].start
    if len(row) == len(years):
        found.update(zip(row, years, strict=True))


def one_each(place: Place, mention: PeriodMention) -> Period | None:
    """One year of several where as many numbers follow: "in the next three years 3, 4 and 6"."""
    months = _months(mention.period)
    if months < 24 or months % 12 or (mark := mark_of(place, mention)) is None:
        return None
    around = [*reversed(place.back()), place.mark, *place.onward()]
    listed = [m for m in around if m.kind == "quantity" and m.start >= mark.end]
    if len(listed) != months // 12 or place.mark not in listed:
        return None
    if any(isinstance(m.value, Quantity) and m.value.kind != place.kind for m in listed):
        return None
    first = period_of(mention.period.start, year_before(mention.period, months // 12 - 1).end)
    return year_before(first, -listed.index(place.mark))


def _months(period: Period) -> int:
    """How many months a time over several years has; 0 for one within a year."""
    start, end = period.start, period.end
    years = end.year - start.year
    return 12 * years + end.month - start.month + 1 if years else 0
