"""Rows of a table: a metric in the first cell, a column's time or comparison over each figure.

Or the other way round: a company or a business in the first cell, a column's metric over each.
"""

from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache

from pipeline.extract.frame import Basis, Frame, Reading, Setting
from pipeline.extract.metric.meaning import unnamed
from pipeline.extract.reading import marks_of
from pipeline.lexicon.companies import all_companies, find_companies
from pipeline.lexicon.metrics import MetricMatch
from pipeline.lexicon.scopes import ScopeMatch
from pipeline.normalize.periods import Anchor, find_comparisons, find_periods, year_before
from pipeline.normalize.script import fold
from pipeline.patterns import regex
from schemas import Entity, NormalizedSegment, Period, PeriodMention, Quantity

_CELL = regex(r"[|｜\t]")
_SCALES = (
    (regex(r"百万|million|\bmn?\b|mln"), Decimal(10) ** 6),
    (regex(r"十亿|billion|\bbn\b"), Decimal(10) ** 9),
    (regex(r"亿"), Decimal(10) ** 8),
    (regex(r"千万"), Decimal(10) ** 7),
    (regex(r"万"), Decimal(10) ** 4),
    (regex(r"千|thousand|\bk\b"), Decimal(1000)),
)
_CURRENCIES = (
    (regex(r"美元|美仙|us\$|usd|\$"), "USD"), (regex(r"港元|港币|港仙|hk\$|hkd"), "HKD"),
    (regex(r"人民币|rmb|cny|元人民"), "CNY"), (regex(r"新台币|台币|nt\$|twd"), "TWD"),
    (regex(r"欧元|€|eur"), "EUR"), (regex(r"英镑|£|gbp"), "GBP"),
    (regex(r"日元|日圆|jpy|¥|yen"), "JPY"),
)  # fmt: skip
# 每股派息（港仙）: hundredths of the currency.
_CENTS, _HUNDREDTH = regex(r"仙|人民币分|(?<![十百千万亿])分$|\bcents?\b"), Decimal("0.01")
_CHANGE_COLUMN = regex(r"变动|变化|增幅|增长|change|chg|%|growth|\+/-")


def is_row(segment: NormalizedSegment) -> bool:
    """Whether a segment is a table row under a header row of as many cells."""
    if segment.kind != "bullet" or len(segment.heading_path) < 1:
        return False
    text = segment.text
    if "|" not in text and "\t" not in text and "｜" not in text:
        return False
    cells = _CELL.split(text)
    return len(cells) > 2 and len(_CELL.split(segment.heading_path[-1])) == len(cells)


def read_row(
    segment: NormalizedSegment, setting: Setting, frame: Frame
) -> Iterator[Reading | None]:
    """Read each figure of a row by its column; None for a figure that no column explains.

    ``frame`` tells the next row the metric of this one: a row of its growth names none.
    """
    header = _CELL.split(segment.heading_path[-1])
    title = fold(" ".join(segment.heading_path))
    anchor = Anchor(setting.reporting, setting.day, setting.fiscal_year_end)
    metric, scope = _subject(segment, setting)
    label = fold(_CELL.split(segment.text)[0])
    grows = metric is None and _GROWTH_ROW.search(label) is not None
    if grows and frame.line is not None:
        metric, scope = frame.line[0], None
    frame.line = (metric, 0) if metric is not None else None
    own = _IN_BRACKETS.search(label)
    columns = _Columns(header, setting)
    about = _company(_CELL.split(segment.text)[0]) or setting.about
    column, at = 0, 0
    for quantity in segment.quantities:
        start = quantity.start - segment.start
        while (separator := _CELL.search(segment.text, at)) and separator.start() < start:
            column, at = column + 1, separator.end()
        # What a table gives of businesses without a word more is their revenue.
        of_business = unnamed("revenue") if scope is not None else None
        named = metric or columns.metric(column) or setting.metric or of_business
        if named is None or column >= len(header) or column == 0:
            yield None
            continue
        reading = Reading(quantity, sentence=(0, len(segment.text)))
        reading.metric, reading.family = named.metric.id, named.metric.family
        reading.scope, reading.entity = scope, _company(header[column]) or about
        units = (fold(header[column]), own[1] if own else "", title)
        _amount(reading, quantity, units, setting, named)
        if _is_bracketed(segment.text, start, quantity) and reading.measure in ("growth", "change"):
            reading.value = -reading.value if reading.value is not None else None
        if grows and quantity.kind in ("percent", "number"):
            reading.measure, reading.unit = "growth", "percent"
        _time(reading, header[column], anchor, setting)
        yield reading


def _is_bracketed(text: str, start: int, quantity: Quantity) -> bool:
    """Whether brackets around a move make it negative: (8.9%)."""
    end = start + len(quantity.text)
    return (
        not quantity.signed
        and text[start - 1 : start] in ("(", "（")
        and text[end : end + 1] in (")", "）")
    )


# A row of how the one above has moved; the unit that a row's own label tells.
_GROWTH_ROW = regex(
    r"^[\s(（-]*(?:按年|按季|同比|环比|年|季)?(?:变幅|变动|变化|增幅|增长率?|增速|成长率?|年增率?|季增率?)"
    r"|^\s*(?:yoy|qoq|y/y|q/q|growth|change|chg|同比|环比|按年|按季)"
)
_IN_BRACKETS = regex(r"[(（]([^)）]{1,16})[)）]")


class _Columns:
    """The metrics that a header names; a column of growth is of the metric named before it."""

    def __init__(self, header: list[str], setting: Setting) -> None:
        about = setting.about.id if setting.about else None
        self._metrics: list[MetricMatch | None] = []
        last: MetricMatch | None = None
        for cell in header:
            last = _heading_metric(cell, about) or last
            self._metrics.append(last)

    def metric(self, column: int) -> MetricMatch | None:
        return self._metrics[column] if column < len(self._metrics) else None


# What the rows of a table have in common is read once for each of its columns.
_COLUMNS = 256


@lru_cache(maxsize=_COLUMNS)
def _heading_metric(cell: str, about: str | None) -> MetricMatch | None:
    found = [m.value for m in marks_of(cell, about) if isinstance(m.value, MetricMatch)]
    return min(found, key=lambda m: m.weak) if found else None


def _company(cell: str) -> Entity | None:
    """The company that a cell opens with; a doubtful name counts, for a list bears it out."""
    first = next(iter(find_companies(cell, all_companies())), None)
    if first is None or first.start > len(cell) - len(cell.lstrip()):
        return None
    return Entity(id=first.company.id, name=first.company.name)


def _subject(segment: NormalizedSegment, setting: Setting) -> tuple[MetricMatch | None, str | None]:
    label = _CELL.split(segment.text)[0]
    marks = marks_of(label, setting.about.id if setting.about else None)
    metrics = [m.value for m in marks if isinstance(m.value, MetricMatch)]
    scopes = [m.value.scope for m in marks if isinstance(m.value, ScopeMatch)]
    best = sorted(metrics, key=lambda m: m.weak)
    scope = None if _company(label) else next(iter(scopes), setting.scope)
    return (best[0] if best else None), scope


def _amount(
    reading: Reading,
    quantity: Quantity,
    units: tuple[str, str, str],
    setting: Setting,
    metric: MetricMatch,
) -> None:
    """Settle measure, unit and value; ``units`` are where they may be told, nearest first.

    They are the column's heading, the brackets of the row's label, all headings.
    """
    column = units[0]
    amounts = (quantity.value, quantity.low, quantity.high)
    reading.unit = quantity.unit or "count"
    if quantity.kind in ("percent", "points"):
        changes = quantity.signed or find_comparisons(column) or _CHANGE_COLUMN.search(column)
        if quantity.kind == "points":
            reading.measure = "change"
        elif reading.family != "percent" or (changes and quantity.signed):
            reading.measure = "growth" if changes else "share"
    elif quantity.kind == "number":
        factor = Decimal(1)
        if reading.family == "money":
            factor = _scale(units) or setting.scale
            reading.unit = _currency(units) or setting.currency or "USD"
        elif reading.family == "money_per_share":
            reading.unit = f"{_currency(units) or setting.currency or 'USD'}/share"
            factor = _HUNDREDTH if _CENTS.search(units[0] + units[1]) else factor
        elif reading.family == "percent":
            reading.unit = "percent"
        elif reading.family == "x":
            reading.unit = "x"
        if metric.loss:
            factor = -factor
        amounts = tuple(None if a is None else a * factor for a in amounts)  # type: ignore[assignment]
    reading.value, reading.low, reading.high = amounts


@lru_cache(maxsize=_COLUMNS)
def _scale(units: tuple[str, ...]) -> Decimal | None:
    return next((by for title in units for word, by in _SCALES if word.search(title)), None)


@lru_cache(maxsize=_COLUMNS)
def _currency(units: tuple[str, ...]) -> str | None:
    return next((code for title in units for word, code in _CURRENCIES if word.search(title)), None)


def _time(reading: Reading, column: str, anchor: Anchor, setting: Setting) -> None:
    mention, basis, estimated = _heading_time(column, anchor)
    period: Period | None = mention.period if mention else setting.reporting
    if reading.measure in ("growth", "change"):
        reading.comparison = basis or setting.basis
        told = mention is not None and basis is None and mention.relation == "in"
        reading.period = period if told else setting.reporting
    else:
        if mention and mention.relation == "versus" and setting.reporting:
            period = year_before(setting.reporting)
        reading.period = period
    ahead = (
        reading.period is not None
        and setting.reporting is not None
        and reading.period.start > setting.reporting.end
    )
    reading.modality = "forward" if ahead or estimated else "actual"


_ESTIMATED = regex(r"\d{2,4}e\b|预测|预估|est")


@lru_cache(maxsize=_COLUMNS)
def _heading_time(column: str, anchor: Anchor) -> tuple[PeriodMention | None, Basis | None, bool]:
    """Read the time of a column, the basis of its comparison, and whether it holds estimates."""
    mentions = find_periods(column, anchor)
    folded = fold(column)
    basis = find_comparisons(folded)
    estimated = _ESTIMATED.search(folded) is not None
    return mentions[0] if mentions else None, basis[0][2] if basis else None, estimated
