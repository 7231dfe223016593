"""Names in snake_case for measures that no canonical id covers."""

import re
from functools import cache
from importlib.resources import files

from pipeline.patterns import regex
from schemas import Quantity

# What parts a clause's subject from what is said of it.
_VERBS = frozenset(
    ("was", "were", "is", "are", "be", "been", "averaged", "lasted", "took", "added", "adds",
     "stood", "came", "remained", "reached", "hit", "totaled", "totalled", "ended", "finished",
     "rose", "fell", "grew", "increased", "decreased", "declined", "dropped", "improved",
     "expanded", "went", "ran", "ticked", "contributed", "generated", "brought", "moved",
     "climbed", "slid", "sank", "shrank", "slumped", "gained", "advanced", "rebounded",
     "recovered", "contracted", "swelled", "crept", "inched", "edged", "held", "topped",
     "exceeded", "surpassed", "crossed", "passed", "neared", "approached", "numbered", "surged",
     "soared", "tumbled", "plunged", "slipped", "eased", "doubled", "made", "makes", "make",
     "account", "accounts", "accounted", "represent", "represents", "represented", "comprised",
     "comprises", "posted", "registered", "yielded", "will", "amounted", "amounts", "should",
     "would", "has", "had", "have", "at", "stands", "stays", "jumped", "down", "up", "to")
)  # fmt: skip
_LATIN_WORD = regex(r"\b[a-z]+\b")
# "Of" parts them only where it leads up to the number.
_OF_NUMBER = regex(r" (?:[a-z]+ )?$")
_LEADING = regex(
    r"^(?:[^a-z]*\b(?:the|our|its|their|a|an|this|these|total|average|also|now|so|then|and|in|for|"
    r"on|with|excluding|including|reflecting|plus|less|meanwhile|overall|still|while|as|but|net"
    r"|both|all|can|could|does|did|uh|um|okay|yeah|well|look|again)\b)*\s*"
)
# "Active vessels in the segment": what a subject is told of stands behind it.
_WHERE = regex(
    r" (?:in|for|at|on|within|across|during|from|excluding|outside) (?:the|our|its|their|all) "
)
# Lists, as the compiled loop over a tuple is slower.
_BEFORE_PLACES = [" the ", " our ", " its ", " their ", " all "]
# "Average active vessels increased": what is averaged is a measure, and no business.
_AVERAGED = regex(r"\b(?:average|number of|total number|count of)\b")
_COUNTS = ["average", "number", "count of"]
_LONGEST = 5
_WORD = regex(r"[a-z0-9]+")
_NAMING = regex(r"[-']*[a-z0-9]+(?:[-'/&][a-z0-9]+)*[-']*")
# "We delivered 46 F-35s": a model's name counts units of it.
_MODEL = regex(r"^[A-Z]+-?\d")
_UNIT_NAMES = {
    "h": "duration", "min": "duration", "day": "duration", "week": "duration",
    "month": "duration", "quarter": "tenure", "year": "tenure", "mi": "distance", "km": "distance",
    "bbl": "production", "boe": "production", "cf": "gas_production", "oz": "production",
    "gal": "gallons", "sqft": "square_feet", "t": "volume", "lb": "volume", "kg": "volume",
}  # fmt: skip


def snake_case(phrase: str) -> str:
    """Turn an English noun phrase into an id.

    >>> snake_case("SAP instances")
    'sap_instances'
    """
    return "_".join(_WORD.findall(phrase.lower())[-3:])


def counted_name(quantity: Quantity) -> str:
    """An id for what a count counts, or for the kind of thing that its unit measures."""
    unit = (quantity.unit or "").partition("/")[0]
    if unit in _UNIT_NAMES:
        return _UNIT_NAMES[unit]
    if quantity.counted and _MODEL.search(quantity.counted):
        return "units"
    return snake_case(quantity.counted or "") or "count"


def subject_of(clause: str) -> tuple[str, bool] | None:
    """Give the subject of an English clause that ends at its number, and whether it moves.

    >>> subject_of("our stress capital buffer is ")
    ('stress capital buffer', False)
    >>> subject_of("professional grew ")
    ('professional', True)
    >>> subject_of("we were ")
    """
    for verb in _LATIN_WORD.finditer(clause):
        if _is_verb(verb, clause):
            break
    else:
        return None
    said = clause[: verb.start()]
    leading = _LEADING.match(said)
    subject = said[leading.end() if leading else 0 :]
    if any(word in subject for word in _BEFORE_PLACES):
        subject = _WHERE.split(subject, maxsplit=1)[0]
    subject = subject.strip()
    words = subject.split()
    if not 1 <= len(words) <= _LONGEST or len(words[-1]) <= _SHORTEST:
        return None
    if not _no_names().isdisjoint(words) or not all(_NAMING.fullmatch(word) for word in words):
        return None
    if len(words) == 1 and words[0] in _POINTING:
        return None
    moves = _MOVES.match(verb[0]) is not None or (
        any(word in clause for word in _UP) and _WAS_UP.search(clause, verb.start()) is not None
    )
    counted = any(word in said for word in _COUNTS) and _AVERAGED.search(said) is not None
    return subject, moves and not counted


def begins_with_verb(clause: str) -> bool:
    """Whether the subject of an English clause stands before the comma that it begins behind."""
    word = _LATIN_WORD.match(clause)
    return word is not None and _is_verb(word, clause)


def _is_verb(word: re.Match[str], clause: str) -> bool:
    said = word[0]
    return said in _VERBS or (said == "of" and _OF_NUMBER.match(clause, word.end()) is not None)


# A business grows and contributes; a measure is, stands and averages.
_MOVES = regex(
    r"slid|sank|shrank|slumped|gained|advanced|rebounded|recovered|contracted|swelled|crept|inched|"
    r"grew|rose|fell|increased|decreased|declined|dropped|improved|jumped|climbed|up|down"
    r"|reached|hit|ran|"
    r"contributed|generated|brought|surged|soared|tumbled|plunged|slipped|edged|ticked|eased"
    r"|doubled"
)
_WAS_UP = regex(
    r"(?:was|were|is|are|been|came in|ended|finished) (?:also |again |only |just |still |now )?"
    r"(?:up|down|higher by|lower by)(?: (?:by|about|around|roughly|nearly|over|some|a|another))* $"
)
_UP = ["up", "down", "higher by", "lower by"]
_SHORTEST = 2
# "This group makes up a quarter of sales": words that alone only point at what was named before.
_POINTING = frozenset(("group", "cohort", "segment", "category", "business", "division", "unit"))


@cache
def _no_names() -> frozenset[str]:
    table = files("pipeline.extract.metric").joinpath("no_subjects.txt").read_text(encoding="utf-8")
    lines = (line for line in table.splitlines() if not line.startswith("#"))
    return frozenset(word for line in lines for word in line.split())


# "That's the tough compare aviation grew eighteen percent": what captions run together.
_MOVED_NOUN = regex(
    r"\b(?P<noun>[a-z][a-z-]{3,}) (?:was |were |is |are )?(?:also |only |just )?"
    r"(?:up|down|grew|rose|fell|declined|increased|decreased|dropped|jumped|climbed|slipped|surged)"
    r"(?: (?:by|about|around|roughly|nearly|over|another|some|almost))* $"
)
_NO_NOUN = frozenset(
    ("that", "this", "they", "these", "those", "which", "there", "here", "have", "were", "with",
     "from", "then", "than", "also", "just", "only", "still", "even", "both", "each", "more",
     "most", "much", "such", "some", "what", "when", "where", "while", "will", "been", "being",
     "again", "back", "come", "came", "goes", "going", "gone", "went", "ended", "ending", "move",
     "moving", "moved", "today", "down", "over", "under", "about", "into", "onto", "them", "well",
     "it's", "that's", "continued", "continue", "overall", "rates", "numbers", "prices", "price",
     "seeing", "show", "showing", "showed", "coming", "running", "tracking", "trending", "assume",
     "expect", "think", "guess", "believe", "said", "guiding", "actually", "volume", "volumes",
     "revenue", "sales", "growth", "margin", "margins", "costs", "yields", "pricing")
)  # fmt: skip


def noun_that_moves(clause: str) -> tuple[str, bool] | None:
    """Give the noun right before the verb that leads up to a number, as speech runs on.

    >>> noun_that_moves("that's the tough compare aviation grew ")
    ('aviation', True)
    """
    found = _MOVED_NOUN.search(clause)
    if found is None or found["noun"] in _NO_NOUN or found["noun"].endswith("ly"):
        return None
    return None if found["noun"] in _no_names() else (found["noun"], True)
