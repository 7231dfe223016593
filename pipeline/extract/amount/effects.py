"""What something did to a metric: "the hit to EBITDA is $600 million"."""

from pipeline.extract.place import Place
from pipeline.patterns import regex

_EFFECT = regex(
    r"\b(?:(?P<bad>hit|drag|headwind|burden|blow|damage|dilution|penalty|harm)"
    r"|benefit|tailwind|lift|boost|uplift|accretion|upside|help)s? (?:to|on"
    r"|for) (?:[a-z&'-]+ ){0,4}?$"
)
_TELLS = regex(
    r"(?: [a-z]+){0,3}? (?:is|was|are|were|be|been|of|at|totaled|about|around|roughly|reach"
    r"|reached)"
    r"(?: (?:about|around|roughly|nearly|between|something|like|over|some|up to|another|just))*\s*$"
)
_REACH = 56
# "2.3 points from pricing offset by 1.9 points of volume".
_OFFSET = regex(r"\boffset by (?:about |roughly |nearly |a )?$")
# "A two point hit to gross margin".
_BEHIND = regex(
    r"\s*(?:(?P<bad>hit|drag|headwind|burden|blow)|benefit|tailwind|lift|boost|uplift)"
    r" (?:to|on|for|from)\b"
)


def effect_on(place: Place) -> int:
    """+1 or -1 where an amount is told as a help or a burden to the metric before it; else 0."""
    if place.kind not in ("money", "points"):
        return 0
    folded = place.sentence.folded
    if place.kind == "points":
        behind = _BEHIND.match(folded, place.mark.end)
        if behind is not None:
            return -1 if behind["bad"] else 1
        near = max(place.sentence.start, place.mark.start - 24)
        if place.spaced and _OFFSET.search(folded, near, place.mark.start):
            return -1
    named = next((mark for mark in place.before() if mark.kind == "metric"), None)
    if named is None or folded[named.start - 1 : named.start] != " ":
        return 0
    start = max(place.sentence.start, named.start - _REACH)
    before = folded[start : named.start]
    if " to " not in before and " on " not in before and " for " not in before:
        return 0
    found = _EFFECT.search(folded, start, named.start)
    if found is None or _TELLS.match(place.gap_before(named)) is None:
        return 0
    return -1 if found["bad"] else 1
