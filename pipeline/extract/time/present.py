"""What is so already, though the sentence began with what is to come."""

from pipeline.extract.place import Place
from pipeline.patterns import regex

# "It will hurt, but 40% of what we sell is already sugar free".
_ALREADY = regex(
    r"[^,;.]{0,48}\b(?:is|are|has|have|was|were)(?: been)? already\b"
    r"|[^,;.，；。]{0,12}(?:已经?(?:是|为|有|在|达|占|来自|使用|采用)|(?:如今|目前|现在)已)"
)


def is_so_already(place: Place) -> bool:
    """Whether the words behind a number say that it holds by now.

    The verb of what is to come stands in a clause before it.
    """
    told = _ALREADY.match(place.sentence.folded, place.mark.end, place.sentence.end)
    if told is None:
        return False
    return not any("forward" in kinds for _, kinds in place.cues_before())
