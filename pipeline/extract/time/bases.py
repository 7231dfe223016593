"""What stands at a figure that another is held against, and tells its time."""

from pipeline.extract.place import Place
from pipeline.patterns import regex

# "Versus about 3,900 restaurants today".
_NOW_BEHIND = regex(r" (?:[a-z-]+ ){0,2}(?:today|now|currently|at present|right now|as we speak)\b")
# "Compared with $1.85 billion, or 90 cents a share": the base in another unit.
_OR = regex(r",? or (?:about |roughly |some |nearly )?$")


def restates(place: Place) -> bool:
    """Whether an "or" tells the figure before it again in another measure."""
    previous = place.previous()
    return previous is not None and _OR.fullmatch(place.gap_before(previous)) is not None


def is_told_as_of_now(place: Place) -> bool:
    """Whether a base is told of the present: "versus about 3,900 restaurants today"."""
    return _NOW_BEHIND.match(place.sentence.folded, place.mark.end) is not None
