"""Businesses that no list knows, named by the words before a metric: "wholesale shoe sales"."""

import re
from collections.abc import Iterator
from functools import cache

from pipeline.lexicon.scope_names import given_names, plain_modifiers
from pipeline.patterns import regex

_WORD = regex(r"[a-z0-9](?:[a-z0-9'&/+.-]*[a-z0-9+])?|&")
# A head noun of which every business has its own: what stands before it says whose.
_HEAD = regex(
    r"\b(?:revenues?|sales|comps?|margins?|profits?|income|ebitda|ebit|earnings|bookings|orders|"
    r"shipments|volumes?|deliveries|backlog|growth|units|production|output|loans|deposits)\b"
)
_BEFORE = regex(r"[a-z0-9'&./+ -]*$")
_TIME = regex(r"(?:f?y|f?q|h|cy)\d+[ea]?")
_LONGEST = 4
# Behind these a business may yet be named: "wholesale net sales", "payments segment revenue".
_PASSABLE = frozenset({"whole", "accounting", "time", "quality"})
_REACH = 60


def head_of(folded: str, start: int, end: int) -> int:
    """Where the noun stands of which every business has its own, in a metric; -1 without one."""
    head = _HEAD.search(folded, start, end)
    return head.start() if head is not None else -1


def business_before(folded: str, start: int, head: int) -> tuple[int, str] | None:
    """The words that name a business before a metric in folded English text, and where they begin.

    ``start`` bounds the look back: the beginning of the clause. ``head`` is the metric's head noun.

    >>> business_before("our wholesale footwear sales rose", 0, 23)
    (4, 'Wholesale Footwear')
    >>> business_before("record quarterly revenue", 0, 17)
    """
    stretch = _BEFORE.search(folded, max(start, head - _REACH), head)
    if stretch is None or not stretch[0].endswith(" "):
        return None
    plain = plain_modifiers()
    passing = True
    taken: list[re.Match[str]] = []
    # From the last word back: mostly it is a plain one, and the others need not be looked at.
    for word in _words_back(folded, stretch.start(), head):
        passing = passing and plain.get(word[0]) in _PASSABLE
        if passing:
            continue
        if word[0] in plain or _is_plain_form(word[0]):
            break
        taken.insert(0, word)
    if not 1 <= len(taken) <= _LONGEST or not any(len(word[0]) > 2 for word in taken):
        return None
    return taken[0].start(), " ".join(_titled(word[0]) for word in taken)


def _words_back(folded: str, start: int, end: int) -> Iterator[re.Match[str]]:
    while end > start:
        begin = max(start, folded.rfind(" ", start, end))
        if end - begin > 1 or folded[begin] != " ":
            yield from reversed(list(_WORD.finditer(folded, begin, end)))
        end = begin


# What a business may be called that sounds like a doing: all others are verbs ("keeping revenue").
_BUSINESSES_IN_ING = frozenset(
    ("advertising", "marketing", "banking", "engineering", "packaging", "financing", "gaming",
     "lending", "manufacturing", "mining", "printing", "staffing", "streaming", "training",
     "trading", "publishing", "processing", "retailing", "wholesaling", "servicing", "clothing",
     "building", "lighting", "heating", "cooling", "plumbing", "roofing", "flooring", "housing",
     "wiring", "testing", "imaging", "screening", "sequencing", "networking", "computing",
     "consulting", "outsourcing", "billing", "hosting", "gambling", "betting", "ticketing",
     "shipping", "parking", "licensing", "leasing", "clearing", "cleaning", "baking", "snacking",
     "catering", "dining", "racing", "fishing", "cycling", "running", "outfitting", "drilling",
     "refining", "farming", "bedding", "bearing", "casting", "fastening", "plating", "molding",
     "tooling", "welding", "coating", "spring", "string", "king", "ring", "wing", "sterling",
     "learning", "brewing", "distilling", "footing", "siding", "decking", "fencing", "railing",
     "seating", "sporting", "swimming", "skiing", "hiking", "camping", "hunting", "knitting",
     "filing", "broadcasting", "underwriting", "recycling", "composting", "pharming", "boeing",
     "data-processing", "card-issuing", "issuing", "acquiring", "investing", "wealth-planning",
     "planning", "sourcing", "warehousing", "trucking", "towing", "rental-housing", "ongoing")
)  # fmt: skip


def _is_plain_form(word: str) -> bool:
    """Whether a word is an amount, an adverb or a participle rather than part of a name."""
    return (
        word[0].isdigit()
        or _TIME.fullmatch(word) is not None
        or word in _folded_names()
        or word.startswith("ex-")
        or word.endswith(("ly", "'s", "n't", "'re", "'ve", "'ll"))
        or (word.endswith("ing") and word not in _BUSINESSES_IN_ING)
        or (
            word.endswith("ed")
            and word not in ("owned", "branded", "managed", "packaged", "connected")
        )
    )


def _titled(word: str) -> str:
    return word.upper() if len(word) <= 3 and not set(word) & set("aeiou") else word.capitalize()


@cache
def _folded_names() -> frozenset[str]:
    return frozenset(name.casefold() for name in given_names())
