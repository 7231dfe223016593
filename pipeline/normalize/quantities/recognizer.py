"""Find the quantities of a text: triggers in one pass, then a look to both sides of each."""

import re
from functools import cache

from pipeline.normalize.quantities import notquantities
from pipeline.normalize.quantities.amount import read_amount
from pipeline.normalize.quantities.before import skip_spaces
from pipeline.normalize.quantities.lexicon import lexicon
from pipeline.normalize.quantities.number import Passage
from pipeline.normalize.quantities.settling import settle
from pipeline.normalize.quantities.spans import Span, read_span
from pipeline.normalize.quantities.triggers import triggers, web_addresses
from pipeline.normalize.quantities.worded import read_part, read_worded
from pipeline.normalize.script import fold
from schemas.normalized import Quantity

_LONGEST_CORRECTION = 40
_ORDINAL = "第"


def find_quantities(
    text: str, *, offset: int = 0, language: str = "und", currency: str | None = None
) -> list[Quantity]:
    """Find the numbers and worded quantities of one segment, in base units, in order.

    ``start`` and ``end`` of each are ``offset`` plus its place in ``text``; no two overlap. What a
    number counts is in ``counted``, not in the span. ``language`` is "en", "zh-Hans", "zh-Hant" or
    "und"; ``currency`` (ISO 4217) is what a bare 元 or 亿 stands for: without it 元 is CNY, but in
    Traditional Chinese money of no known currency (``unit`` None). Amounts are exact but for
    fractions, which are rounded to ten places. Only signs in the expression itself count ("-3%",
    "negative 3%"), not the words around it ("fell 3%"). Dates, ordinals, list numbers and names
    with digits are no quantities.

    >>> [quantity.text for quantity in find_quantities("Revenue was $9 billion, up 11% in Q3 2025")]
    ['$9 billion', '11%']
    """
    folded = fold(text)
    passage = Passage(text, folded, language, currency)
    found: list[Quantity] = []
    links = web_addresses(folded)
    done = 0
    for match in triggers(folded):
        start = match.start()
        if start < done:
            continue
        while links and links[0][1] <= start:
            links.pop(0)
        if links and links[0][0] <= start:
            done = links[0][1]
            continue
        span, done = _read(passage, start, match.lastgroup or "")
        quantity = settle(passage, span, offset) if span else None
        if quantity is None:
            continue
        if found and _taken_back(folded, found[-1].end - offset, quantity.start - offset):
            found.pop()
        found.append(quantity)
        passage.limit = done = max(done, quantity.end - offset)
    return found


def _read(passage: Passage, start: int, trigger: str) -> tuple[Span | None, int]:
    """Read at a trigger; give the span, if any, and where to go on."""
    if trigger == "digit":
        past = notquantities.skip(passage, start)
        if past >= 0:
            return None, past
    elif trigger == "part":
        part, end = read_part(passage, start)
        return (read_span(passage, part) if part else None), end
    elif trigger in ("worded", "band"):
        worded, end = read_worded(passage, start)
        if worded is not None:
            return read_span(passage, worded), end
        if passage.folded[start:end] != "half":
            return None, end
    elif trigger == "run" and _ordinal(passage, start):
        return None, start + 1
    amount = read_amount(passage, start)
    if amount is None:
        return None, start + 1
    if notquantities.is_name_or_date(passage, amount):
        return None, amount.end
    return read_span(passage, amount), amount.end


def _ordinal(passage: Passage, start: int) -> bool:
    end = skip_spaces(passage.folded, start, passage.limit)
    return end > 0 and passage.folded[end - 1] == _ORDINAL


@cache
def _corrections() -> re.Pattern[str]:
    words = sorted(lexicon().roles["correction"], key=len, reverse=True)
    return re.compile(
        rf"[\s,，.。…-]*(?:{'|'.join(map(re.escape, words))})[\s,，.。…-]*"
        r"(?:(?:that's|it's|it is|that is|is|a|an|the|是|应为|应该是|为) ?){0,3}"
    )


def _taken_back(folded: str, end: int, start: int) -> bool:
    """Whether the words between two quantities take the first back: "thirteen, sorry, twelve"."""
    if not 1 < start - end <= _LONGEST_CORRECTION:
        return False
    return _corrections().fullmatch(folded, end, start) is not None
