"""What the terse bullets of notes call a business: two letters, a word right before its figure."""

from collections.abc import Iterator

from pipeline.lexicon.metrics import find_metrics
from pipeline.lexicon.scope_names import plain_modifiers
from pipeline.patterns import regex

# "BA $1.9bn +8%", "IA -9%": two letters that open a clause of notes, and their figure.
_CLAUSE_OPENS = frozenset(";,:/|•*(-–—")
_FIGURE = regex(r" (?:[$€£¥]\s?\d|[+−(-]\d|(?:revs?|sales|mgn|op inc|ebitd?a?|comps?|orders) )")
# "Aero $4.5bn", "Nutrition +3%": a word before its figure; verbs before sums are none.
_AMOUNT = regex(
    r" (?:(?:(?:[A-Z]{1,2})?[$€£¥]|CHF|SEK|NOK|DKK|RMB|INR|KRW|JPY|EUR|USD|GBP|HKD|TWD)\s?\d[\d.,]*"
    r"\s?(?:[mbt]n?\b|bln|mln|tr)"
    r"|\+\d[\d.]*%|\(\d[\d.]*\)?%|[-−–]\d[\d.]*%"
    r"|(?:mgn|margin|revs?|sales|org|oi|op inc|ebitd?a?|gm|comps?|orders|vols?) [+(~-]?[$€£]?\d)"
)
_NO_NAME = regex(
    r"(?:ed|ing|ly)$|^(?:bought|sold|paid|spent|lost|took|cut|got|saw|won|beat|hit|met|made|gave|put|kept"
    r"|set|rose|fell|grew|added?|was|is|has|now|up|down|flat|about|over|under|nearly|almost|roughly|some"
    r"|only|just|at|from|to|for|with|of|in|vs|versus|than|and|plus|less|minus|net|gross|total|adj|core"
    r"|organic|underlying|constant|reported|street|st|consensus|cons|guide|guidance|target|mid|low|high|top"
    r"|record|prior|previous|last|next|another|extra|first|second|third|fourth|both|each|all|still|another"
    r"|incl|excl|ex|including|excluding|implied|est|ests|estimate|model|we|our|mgmt|management|run|raise"
    r"|raises|lift|lifts|beats|miss|misses|delta|upside|downside|growth|volume|volumes|price|prices|pricing"
    r"|mix|fx|currency|acquisitions?|inflation|headwinds?|tailwinds?|charges?|gains?|loss|losses|costs?"
    r"|around|against|between|above|below|worth|then|again|also|which|where|while|after|before|like"
    r"|more|less|better|worse|higher|lower|ahead|inline|tax|rate|mgn|margin|share|shares|stock)$"
)
_SHORTEST_WORD = 4
# "Coffee +7%, confectionery +8%; premium €3.8bn +9%": common words that a row goes through.
_ROW_WORD = regex(
    r"[,;:/|] (?P<name>[a-z][a-z&-]{3,}(?: [a-z&-]{4,})?) "
    r"(?=\+\d[\d.]*%|\(\d[\d.]*\)%|-\d[\d.]*%|[$€£]\d[\d.,]*(?:[mbt]n?)? (?:\+\d|\([+-]?\d|-\d))"
)


# "Baby/Fem/Family $5.2bn +1%", "NA +1%, LA +7%": names put together, and regions by two letters.
_PUT_TOGETHER = regex(
    r"(?<![\w/])(?P<name>[A-Z][A-Za-z]+(?:/[A-Z][A-Za-z]+){1,3})"
    r"(?= [$€£]\d| \+\d| -\d| \(\d| flat\b)"
)
_REGION = regex(
    r"(?:^|[,;:|] |^[-•*·+>] )(?P<name>NA|LA|ME)"
    r"(?= (?:[$€£]\d|\+\d|-\d|\(\d|flat\b|revs? |sales |org |vols? |comps? ))"
)
_REGIONS = {"NA": "North America", "LA": "Latin America", "ME": "Middle East"}


def rows_of_names(text: str) -> Iterator[tuple[int, int, str]]:
    """Find names that a slash joins and regions by their letters, each right before its figure.

    >>> [name for _, _, name in rows_of_names("Baby/Fem/Family $5.2bn flat; NA +1%")]
    ['Baby/Fem/Family', 'North America']
    """
    if "/" in text:
        for match in _PUT_TOGETHER.finditer(text):
            yield match.start("name"), match.end("name"), match["name"]
    if "NA " not in text and "LA " not in text and "ME " not in text:
        return
    for match in _REGION.finditer(text):
        yield match.start("name"), match.end("name"), _REGIONS[match["name"]]


def row_words(text: str) -> Iterator[tuple[int, int, str]]:
    """Find the common words that stand alone before a figure that moves, behind another's.

    >>> text = "- Coffee +7%, confectionery +8%; organic +6%"
    >>> [name for _, _, name in row_words(text)]
    ['Confectionery']
    """
    if " +" not in text and " -" not in text and " (" not in text:
        return
    for match in _ROW_WORD.finditer(text):
        words = match["name"].split(" ")
        plain = plain_modifiers()
        if any(word in plain or _NO_NAME.search(word) for word in words):
            continue
        if not find_metrics(match["name"]):
            yield match.start("name"), match.end("name"), match["name"].capitalize()


def abbreviates(text: str, start: int, end: int) -> bool:
    """Whether two letters are what notes call a business: they open a clause before a figure."""
    name, before = text[start:end], text[max(0, start - 2) : start].rstrip(" ")
    if not (name.isupper() and end - start > 1) or _FIGURE.match(text, end) is None:
        return False
    return (not before or before[-1] in _CLAUSE_OPENS) and not find_metrics(name.lower())


def heads_figure(text: str, start: int, end: int) -> bool:
    """Whether a capitalised word is what notes call a business: "- Aero $4.5bn, +15%"."""
    if _AMOUNT.match(text, end) is None or end - start < _SHORTEST_WORD:
        return False
    word = text[start:end].lower()
    return _NO_NAME.search(word) is None and not find_metrics(word)
