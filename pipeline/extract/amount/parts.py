"""A bare number that is some, or as many again, of what was counted before it."""

from pipeline.extract.amount.units import is_scaled
from pipeline.extract.place import Place
from pipeline.patterns import regex
from schemas import Quantity

# How many marks away the count may stand.
_NEAR = 40
# "Over 80% of them with a drive-through, and 350 to 370 next year, of which 10 to 15 abroad".
_OF_THOSE = regex(r"\s*of (?:them|those|these|which)\b")
_PART_BEFORE = regex(
    r"(?:\bof which|\bof those|\bof these|\bincluding|\bamong them|其中)"
    r"(?: about| around| roughly| nearly| over| some|有|约)?[, ]*$"
)
_PART_BEHIND = regex(r" (?:with|in|at|on|under|will|were|was|are|have|had|that|of them|abroad)\b")
_AND_THEN = regex(r"(?:\band|\bthen|\bversus|\bagainst|[,;]) (?:then |another |about |roughly )?$")
_NEXT_TIME = regex(
    r" (?:more )?(?:(?:in|for) (?:20\d\d|fiscal|the (?:second|third|fourth|first|following|next))"
    r"|(?:next|last|this) (?:year|quarter|fiscal)|the (?:year|quarter) (?:after|before)"
    r"|a year (?:ago|earlier))"
)


def of_same_count(place: Place, bare: Quantity) -> Quantity | None:
    """Some or as many again of what was counted before: "including 64 with", "12 of them"."""
    folded, start, end = place.sentence.folded, place.mark.start, place.mark.end
    if bare.signed or is_scaled(bare):
        return None
    of_those = _OF_THOSE.match(folded, end)
    before = folded[max(place.sentence.start, start - 28) : start]
    part = _PART_BEFORE.search(before) and _PART_BEHIND.match(folded, end)
    again = _AND_THEN.search(before) and _NEXT_TIME.match(folded, end)
    if not (of_those or part or again):
        return None
    for mark in reversed(place.sentence.marks[max(0, place.at - _NEAR) : place.at]):
        model = mark.value
        if not isinstance(model, Quantity):
            continue
        if model.kind == "count" and model.counted:
            return bare.model_copy(
                update={"kind": "count", "unit": "count", "counted": model.counted}
            )
        if model.kind != "percent" or not _OF_THOSE.match(folded, mark.end):
            return None
    return None
