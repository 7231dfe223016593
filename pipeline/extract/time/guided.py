"""What was guided before: the old figure beside a new outlook."""

from pipeline.extract.frame import Frame
from pipeline.extract.place import Place
from pipeline.patterns import regex

# "Net adds 7.2-7.4m (was 6.1-6.4m)", "EPS $9.92 (prior 9.74)": the outlook before this one.
_WAS = regex(
    r"[(（,]\s*(?:was|prev\.?|previously|prior|from|old|vs\.?|versus|up from|down from|raised from"
    r"|cut from|lifted from|before|earlier|原|此前|前次|原先|原本)\s*"
    r"(?:was |guide |guidance |[为是]|(?:给的|指引|预期|目标)[为是]?)?[:：]?\s*[~c.约]*\s*$"
)


# "It was ten to twelve before", "we were at six previously"
_IT_WAS = regex(
    r"\b(?:(?:it|that|which) (?:was|had been)|we (?:were|had been) at|we (?:said|had|guided))"
    r"(?: (?:about|around|roughly))?\s*$"
)
_BEFORE = regex(r"\s*(?:before|previously|prior|earlier|last (?:time|quarter)|in (?:april|july))\b")


def was_guided(place: Place, frame: Frame) -> bool:
    """Whether a figure is what was guided before the outlook just told: "(was 6.1-6.4m)"."""
    last, previous = frame.last, place.previous()
    if last is None or previous is None or last.mark is not previous or last.modality != "forward":
        return False
    if place.kind != last.quantity.kind:
        return False
    start = max(place.sentence.start, previous.end)
    folded = place.sentence.folded
    if _WAS.search(folded, start, place.mark.start):
        return True
    if place.next not in "bpeli" or not _BEFORE.match(folded, place.mark.end):
        return False
    return _IT_WAS.search(folded, start, place.mark.start) is not None
