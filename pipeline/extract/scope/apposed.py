"""A business that a sentence opens with and explains: "Galen, our school, has 34 campuses"."""

from functools import lru_cache

from pipeline.extract.place import Place
from pipeline.patterns import regex

_APPOSED = regex(
    r"\s*(?:And |But |So |Now |Then )?(?P<name>(?:The "
    r"|Our )?[A-Z][\w&'’/+-]*(?: [\w&'’/+-]+){0,3}),"
    r" (?:(?:our|the|a|an|its|one of our|now our|still our|which (?:is|was))"
    r" (?P<what>[A-Za-z][^,.;:!?]{3,60})"
    r"|(?:(?:at |now |still )?(?:about|roughly|around|nearly|some|over|almost|just over"
    r"|just under) )?"
    r"(?:an? (?:half|third|quarter|fifth|tenth)|half|two-thirds|three-quarters|[0-9.]+(?:%"
    r"| percent))"
    r" of (?:our |total |group |net |the company's |company )*(?:sales|revenues?|business|mix"
    r"|volume)),"
)
# What the first comma of such a sentence leads to.
_EXPLAINS = regex(
    r", (?:our|the|an?|its|one|now|still|which|at|about|roughly|around|nearly|some|over|almost"
    r"|just|half|two|three|[0-9.])"
)
_PERSON = regex(
    r"\b(?:ceo|cfo|coo|chief|officer|president|director|founder|chair\w*|analyst|manager|colleague"
    r"|treasurer)\b"
    r"|\b(?:head|leader|team|host|first|second|third|last|next|same|best|worst|highest|lowest"
    r"|strongest|weakest|result|reason|point|question|answer|way|fact|measure|metric|ratio|number)$"
)
_NO_NAME = regex(
    r"(?:however|overall|again|meanwhile|today|now|yes|look|well|finally|still|also|instead|indeed"
    r"|further|moreover|plus|here|there|secondly|thirdly|lastly|frankly|remember|thanks|thank you"
    r"|please|sure|right|okay|first|second|third|fourth|then|next|so|and|but|in [a-z ]+|as [a-z ]+"
    r"|for [a-z ]+|on [a-z ]+|at [a-z ]+|with [a-z ]+|by [a-z ]+|after [a-z ]+|since [a-z ]+|we|it"
    r"|they|this|that|these|those|\w+ly|of course|all in|to [a-z ]+|from [a-z ]+|if [a-z ]+"
    r"|when [a-z ]+|while [a-z ]+|excluding [a-z ]+|including [a-z ]+|(?:\w+ )*(?:year|quarter|week"
    r"|month|morning|afternoon|ago|time|words|hand|rate|rates|margin|growth|sales|revenue|price"
    r"|prices|cost|costs|demand|income|profit|earnings|volume|volumes|cash|debt|capex|guidance))"
)
_OPENING = 60
_ARTICLE = regex(r"^(?:The|Our) ")


def apposed_business(place: Place) -> str | None:
    """The name that the sentence opens with, where it is told what it is and no list knows it."""
    sentence = place.sentence
    named = _opening_name(sentence.text)
    if named is None:
        return None
    name, begin, length = named
    start, end = sentence.start + begin, sentence.start + begin + length
    if place.mark.end <= end:
        return None
    taken = any(
        m.kind in ("metric", "period", "quantity", "company") and m.start < end and start < m.end
        for m in sentence.marks[:8]
    )
    moved_on = any(
        (m.kind == "scope" or (m.kind == "break" and m.weight == 3)) and m.start >= end
        for m in place.back()
    )
    return None if taken or moved_on else _ARTICLE.sub("", name)


# Each figure of a sentence asks for it.
@lru_cache(maxsize=8)
def _opening_name(text: str) -> tuple[str, int, int] | None:
    """The name that a text opens with and explains, its start and its length."""
    opening = text[:_OPENING].lstrip()
    if ", " not in opening or not opening[0].isupper():
        return None
    if _EXPLAINS.match(text, text.find(",")) is None:
        return None
    found = _APPOSED.match(text)
    if found is None or _NO_NAME.fullmatch(found["name"].lower()):
        return None
    if found["what"] and _PERSON.search(found["what"].lower()):
        return None
    return found["name"], found.start("name"), len(found["name"])
