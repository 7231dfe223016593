"""Times: what a text calls "last quarter", FY26 or 去年同期, in calendar days.

``labels`` names spans of days, ``calendar`` knows fiscal quarters and years, ``find`` reads a
segment, ``head`` reads what the start of a document says of itself. The wordings are in
``symbols.tsv``, ``en.tsv`` and ``zh.tsv``, the words of their slots in ``words.tsv``; what stands
beside them and tells "by 2027" from "since 2027" is in ``relations.tsv``. ``rules`` compiles them,
``guards`` judge doubtful matches, and ``quarters``, ``years`` and ``stretches`` say what each means
in its ``scene``.
"""

from pipeline.normalize.periods.anchor import Anchor
from pipeline.normalize.periods.calendar import (
    fiscal_half,
    fiscal_position,
    fiscal_quarter,
    fiscal_year,
    quarter_before,
    reporting_quarter,
    year_before,
)
from pipeline.normalize.periods.comparisons import comparisons_in, find_comparisons
from pipeline.normalize.periods.find import find_periods
from pipeline.normalize.periods.head import infer_call_day, infer_reporting_period
from pipeline.normalize.periods.labels import label_period, period_of
from pipeline.normalize.periods.yearend import likely_year_end

__all__ = [
    "Anchor",
    "comparisons_in",
    "find_comparisons",
    "find_periods",
    "fiscal_half",
    "fiscal_position",
    "fiscal_quarter",
    "fiscal_year",
    "infer_call_day",
    "infer_reporting_period",
    "label_period",
    "likely_year_end",
    "period_of",
    "quarter_before",
    "reporting_quarter",
    "year_before",
]
