"""What is told once more without its date: "soon one million chips", of a target dated before."""

from pipeline.extract.frame import Reading
from schemas import Period

_Told = tuple[object, ...]


class Targets:
    """The targets that a document has dated so far, and the date that each has."""

    def __init__(self) -> None:
        self._dated: dict[_Told, Period | None] = {}

    def date(self, reading: Reading) -> None:
        """Give a target that was told without a time the one that the same target had before.

        Only the very same amount of the same thing is the same target, and only where all of its
        mentions had one date.
        """
        if reading.modality != "forward" or reading.quantity.kind == "percent":
            return
        told = _told(reading)
        if reading.period is None:
            reading.period = self._dated.get(told)
            return
        dated = self._dated.setdefault(told, reading.period)
        if dated is not reading.period and dated != reading.period:
            self._dated[told] = None


def _told(reading: Reading) -> _Told:
    about = reading.entity.id if reading.entity else None, reading.scope
    what = reading.metric, reading.measure, reading.unit
    return *about, *what, reading.value, reading.low, reading.high
