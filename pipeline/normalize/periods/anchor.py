"""What a document's time words are relative to."""

from dataclasses import dataclass
from datetime import date

from schemas import Period


# Not frozen, which would have its fields set in a detour; nobody sets them again.
@dataclass(init=False, slots=True, unsafe_hash=True)
class Anchor:
    """The reporting quarter, the day of speaking, and the month in which the company's year ends.

    ``reporting`` is a calendar quarter (see :mod:`pipeline.normalize.periods.calendar`), ``day``
    the day of the call or of publication. Words that need what is not known name nothing.
    """

    reporting: Period | None
    day: date | None
    fiscal_year_end: int

    def __init__(
        self, reporting: Period | None, day: date | None, fiscal_year_end: int = 12
    ) -> None:
        """Refuse a month that is none."""
        if not 1 <= fiscal_year_end <= 12:
            raise ValueError(f"fiscal year end {fiscal_year_end}: expected a month, 1 to 12")
        self.reporting = reporting
        self.day = day
        self.fiscal_year_end = fiscal_year_end

    @property
    def year(self) -> int | None:
        """Give the calendar year of the day or the reporting quarter; None if neither is known."""
        if self.day:
            return self.day.year
        return self.reporting.end.year if self.reporting else None
