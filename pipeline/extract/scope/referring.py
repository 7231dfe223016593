"""Businesses that a clause only points back to: by a noun ("these chips"), by a pronoun."""

import re

from pipeline.extract.place import Place
from pipeline.lexicon.scopes import ScopeMatch
from pipeline.normalize.script import fold
from pipeline.patterns import regex

# "How do you take that to $100 billion?": the business that is asked about.
_OF_TOPIC = regex(
    r"\b(?:take|get|grow|bring|scale|push) (?:that|it|this)\b|\b(?:that|this) business\b"
    r"|(?:这个|这块|该|这项)业务|把(?:它|这)"
)
# "These chips", 这些芯片: a business that was named with this noun.
_POINTED = regex(
    r"[t这该此](?:(?<=\bt)(?:hese|hose|his|hat) ([a-z]{4,})\b"
    r"|(?<=[这该此])[些类款种个]?([\u4e00-\u9fff]{2}))"
)
_REACH = 36
# How good a product is, is told of one generation of it; how far back that may be named.
OF_A_GENERATION = frozenset({"price_performance", "performance"})
_GENERATION_REACH = 400


def pointed_to(place: Place) -> str | None:
    """The business that a noun refers back to: "AWS' Graviton chips …, and these chips are 40%"."""
    scopes = [mark for mark in place.back() if mark.kind == "scope"]
    if not scopes:
        return None
    folded, at = place.sentence.folded, place.mark.start
    pointed = _POINTED.search(folded, max(place.sentence.start, at - _REACH), at)
    if pointed is None:
        return None
    noun = pointed[1] or pointed[2]
    for mark in scopes:
        if isinstance(mark.value, ScopeMatch) and mark.end < pointed.start():
            named = mark.value.known and mark.value.kind != "region"
            if named and folded[mark.end : pointed.start()].lstrip(" 的").startswith(noun):
                return mark.value.scope
    return None


def generation_of(scope: str, place: Place) -> str:
    """The generation of a product that its bare name means: "Trainium2 …. Trainium is 30% better".

    The one named last in the paragraph; the bare name where none is.
    """
    folded, at = place.sentence.folded, place.mark.start
    named = re.compile(re.escape(fold(scope)) + r"(\d{1,2})(?![\d.,%])")
    number = None
    for found in named.finditer(folded, max(0, at - _GENERATION_REACH), at):
        number = found[1]
    return f"{scope}{number}" if number else scope


def takes_up_topic(place: Place) -> bool:
    """Whether the clause takes up the business that a question is about by a pronoun."""
    folded, at = place.sentence.folded, place.mark.start
    start = max(place.sentence.start, at - _REACH)
    return _OF_TOPIC.search(folded, start, at) is not None


# "Its margin", "segment margin", 该业务: what was spoken of just before.
_SAME_BUSINESS = regex(
    r"\s*(?:(?:its|their|that|this|the)\s+(?:segment|business|division|unit|product|line)\b|"
    r"(?:its|segment|divisional|it|they|their)\b|该|其(?!中|他|它|余|实|次)|这块|这个业务|这项业务|此业务)"
)
# "Operating earnings in the sector rose 51%".
_IN_THE_BUSINESS = regex(
    r"\b(?:in|for|of|from|within) (?:the|this|that) "
    r"(?:segment|sector|division|business unit|region)"
    r"\b(?! of)|\b(?:the|this) (?:segment|division|sector)['’]s\b"
)
_PARTS = ("segment", "sector", "division", "business unit", "region")


def same_business(place: Place) -> bool:
    """Whether the sentence opens by referring to the business of the one before."""
    folded, start = place.sentence.folded, place.sentence.start
    if _SAME_BUSINESS.match(folded, start) is not None:
        return True
    end = place.sentence.end
    said = folded[start:end]
    named = any(part in said for part in _PARTS)
    return named and _IN_THE_BUSINESS.search(folded, start, end) is not None
