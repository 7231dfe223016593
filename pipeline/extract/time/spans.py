"""The longer time than the quarter that the first point under a heading sets for the next ones."""

from schemas import NormalizedSegment, PeriodMention

_YEAR = 300


class Spans:
    """The time that the bullets under one heading tell of: 前三季度营收…; 毛利率…; 费用率….

    The first of them sets it; one that names another time keeps that to itself.
    """

    def __init__(self) -> None:
        self._section: tuple[object, ...] | None = None
        self._span: PeriodMention | None = None
        self._heard = False

    def of(self, segment: NormalizedSegment) -> PeriodMention | None:
        """Give the time that an undated figure of the segment is for, where one was set."""
        path = segment.heading_path[:1] if segment.kind == "bullet" else None
        section = (path, segment.about)
        if path is None or section != self._section:
            self._section, self._span, self._heard = section, None, path is None
        return self._span

    def hear(self, through: PeriodMention | None) -> None:
        """Note the time that a segment with figures opened with."""
        if not self._heard:
            within = (
                through is not None and (through.period.end - through.period.start).days < _YEAR
            )
            self._span, self._heard = through if within else None, True
