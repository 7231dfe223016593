"""From a symbolic expression (``quarter -1``) in its scene to the days that it means."""

from collections.abc import Callable
from datetime import date

from pipeline.normalize.periods import quarters, stretches, years
from pipeline.normalize.periods.calendar import month_number, months_span, quarter_close
from pipeline.normalize.periods.labels import moment
from pipeline.normalize.periods.scene import Scene, Unresolved
from schemas import Period

VERBS: dict[str, Callable[[Scene], Period]] = {**quarters.VERBS, **years.VERBS, **stretches.VERBS}
SUFFIXES = ("close", "opening")


def resolve(verb: str, scene: Scene, suffix: str) -> Period | None:
    """Work out an expression; None where the anchor does not tell or there is no such date.

    ``suffix`` is ``close`` for the last day of the time, ``opening`` for its first quarter.
    """
    try:
        period = VERBS[verb](scene)
        if suffix == "close":
            return moment(_close_of(period, scene))
        if suffix == "opening":
            first = month_number(period.start)
            return months_span(first, first + 2)
    except (Unresolved, ValueError, OverflowError):
        return None
    return period


def _close_of(period: Period, scene: Scene) -> date:
    quarterly = month_number(period.end) - month_number(period.start) == 2
    return quarter_close(period, scene.year_end) if quarterly else period.end
