"""The things that a part is told of: "85% of our contracts", "half of all support requests"."""

from pipeline.extract.metric.naming import snake_case
from pipeline.extract.place import Place
from pipeline.lexicon.counted import counted_metric
from pipeline.lexicon.metrics import Metric, MetricMatch
from pipeline.patterns import regex

_OF_THINGS = regex(
    r"\s*of (?:(?:all(?: of)?|our|its|their|the company's|the group's|total|new|active|existing"
    r"|these"
    r"|those|such|us|u\.s\.|domestic|overseas) )+(?P<noun>(?:[a-z][a-z-]+ ){0,3}?[a-z][a-z-]+s)"
    r"(?=\s*(?:[,.;:?!)]|$)| (?:on|use|uses|used|have|has|had|are|is|were|was|run|runs|ran|now"
    r"|already"
    r"|come|comes|came|with|who|that|which|in|at|by|from|will|buy|pay|take|took|sell|go|goes"
    r"|went|open"
    r"|through|to|under|as|and|get|got|include|includes|involve|last|this|today|within|without"
    r"|before|after)\b)"
)
_NO_THINGS = regex(
    r"(?:sales|revenues|earnings|profits|costs|expenses|assets|deposits|loans|savings|losses"
    r"|proceeds"
    r"|funds|results|terms|years|quarters|months|weeks|days|times|hours|goods|premiums|receipts"
    r"|securities|investments|volumes|markets|proceeds|shares|means|gains|synergies|benefits"
    r"|repurchases|buybacks|dividends|needs|efforts|purposes|business|process|progress|success)$"
)
_OWN = frozenset({"money", "percent", "any", "money_per_share", "x"})


def part_of_things(place: Place) -> MetricMatch | None:
    """The count of things that a percentage is a part of, where its clause names no measure."""
    found = _OF_THINGS.match(place.sentence.folded, place.mark.end)
    if found is None or _NO_THINGS.search(found["noun"]):
        return None
    if any(isinstance(m.value, MetricMatch) and not m.value.weak for m in place.before()):
        return None
    start, end = found.span("noun")
    for mark in place.after():
        if isinstance(mark.value, MetricMatch) and start <= mark.start < end:
            if mark.value.metric.family in _OWN:
                return None
            if not mark.value.weak or mark.start == start:
                return mark.value
            break
    counted = counted_metric(found["noun"])
    if counted is not None and not counted.weak and counted.metric.id != "units":
        return MetricMatch(0, 0, counted.metric, weak=True, loss=False, adjusted=False)
    named = Metric(snake_case(found["noun"]), "count", "stock")
    return MetricMatch(0, 0, named, weak=True, loss=False, adjusted=False)
