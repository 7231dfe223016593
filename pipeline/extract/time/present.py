"""What is so already, though the sentence began with what is to come."""

from pipeline.extract.place import Place
from pipeline.patterns import regex

# "It will hurt, but 40% of what we sell is already sugar free".
_ALREADY = regex(
    r"[^,;.]{0,48}\b(?:is|are|has|have|was|were)(?: been)? already\b"
    r"|[^,;.，；。]{0,12}(?:已经?(?:是|为|有|在|达|占|来自|使用|采用)|(?:如今|目前|现在)已)"
)


# 授權剩 249 億, "$652 million remains": what is left is left now.
_LEFT = regex(r"(?:剩|剩余|尚余|还剩|尚有|还有)(?:下|约|余额|额度)*\s*$")


def is_left_over(place: Place) -> bool:
    """Whether an amount is told as what is left of a sum that was set aside."""
    if place.ascii:
        return _LEFT_BEHIND.match(place.sentence.folded, place.mark.end) is not None
    return _LEFT.search(place.lead) is not None


_LEFT_BEHIND = regex(r"\s*(?:is |was |still )*(?:left|remaining|remains|to go|available)\b")


def is_so_already(place: Place) -> bool:
    """Whether the words behind a number say that it holds by now.

    The verb of what is to come stands in a clause before it.
    """
    folded, start, end = place.sentence.folded, place.mark.end, place.sentence.end
    if folded.find("已", start, end) < 0 and folded.find("already", start, end) < 0:
        return False
    if _ALREADY.match(folded, start, end) is None:
        return False
    return not any("forward" in kinds for _, kinds in place.cues_before())
