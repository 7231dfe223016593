"""Find the quantities of a text: triggers in one pass, then a look to both sides of each."""

import re
from decimal import Decimal
from functools import cache

from pipeline.normalize.quantities import notquantities
from pipeline.normalize.quantities.amount import read_amount
from pipeline.normalize.quantities.before import skip_spaces
from pipeline.normalize.quantities.lexicon import alternation, lexicon, shortest
from pipeline.normalize.quantities.number import Passage
from pipeline.normalize.quantities.settling import settle
from pipeline.normalize.quantities.slashed import read_rows
from pipeline.normalize.quantities.spans import Span, read_span, single
from pipeline.normalize.quantities.triggers import triggers, web_addresses
from pipeline.normalize.quantities.worded import read_coin, read_part, read_points, read_worded
from pipeline.normalize.script import fold
from pipeline.patterns import compiled_regex, regex
from schemas.normalized import Quantity

_LONGEST_CORRECTION = 60
_ORDINAL = "第"
_BARE_SCALES = frozenset("亿兆万千百")
_FROM = frozenset("由从自")
_LEAST_SHARE = Decimal("0.01")
_EACH = regex(r"每[㐀-鿿]{0,2} ?$|(?:of|for|out of) (?:every|each) ?$")
_MAKES = regex(r"[^，。；,;.0-9]{0,6}[有就便来自中里]{1,2}[^，。；,;.0-9]{0,4}|[a-z ,]{1,32}")
_PLACES = Decimal("0.0000000001")
_CHANGED_TO = regex(r"[^，。；,;]{0,6}[到至为][^，。；,;]{0,3}")


def find_quantities(
    text: str,
    *,
    offset: int = 0,
    language: str = "und",
    currency: str | None = None,
    places: list[tuple[int, str]] | None = None,
) -> list[Quantity]:
    """Find the numbers and worded quantities of one segment, in base units, in order.

    ``start`` and ``end`` of each are ``offset`` plus its place in ``text``; no two overlap. What a
    number counts is in ``counted``, not in the span. ``language`` is "en", "zh-Hans", "zh-Hant" or
    "und"; ``currency`` (ISO 4217) is what a bare 元 or 亿 stands for: without it 元 is CNY, but in
    Traditional Chinese money of no known currency (``unit`` None). Amounts are exact but for
    fractions, which are rounded to ten places. Only signs in the expression itself count ("-3%",
    "negative 3%"), not the words around it ("fell 3%"). Dates, ordinals, list numbers and names
    with digits are no quantities. ``places`` are the text's triggers, where the caller has them.

    >>> [quantity.text for quantity in find_quantities("Revenue was $9 billion, up 11% in Q3 2025")]
    ['$9 billion', '11%']
    """
    folded = fold(text)
    if places is None:
        places = triggers(folded)
    if not places:
        return []
    passage = Passage(text, folded, language, currency)
    found: list[Quantity] = []
    links = web_addresses(folded)
    shared = "每" in folded or "each" in folded or "every" in folded
    done = 0
    for start, trigger in places:
        if start < done:
            continue
        while links and links[0][1] <= start:
            links.pop(0)
        if links and links[0][0] <= start:
            done = links[0][1]
            continue
        span, done = _read(passage, start, trigger)
        quantity = settle(passage, span, offset) if span else None
        if span is None or quantity is None:
            continue
        if shared and found:
            quantity = _share_of_each(passage, found, quantity, offset) or quantity
        if found:
            quantity = _reconsider_last(passage, found, quantity, offset)
        found.append(quantity)
        passage.ranged = span.value is None
        passage.limit = done = max(done, span.end)
    return read_rows(found, folded, offset, text)


def _read(passage: Passage, start: int, trigger: str) -> tuple[Span | None, int]:
    """Read at a trigger; give the span, if any, and where to go on."""
    if trigger == "digit":
        past = notquantities.skip(passage, start)
        if past >= 0:
            return None, past
    elif trigger == "part":
        part, end = read_part(passage, start)
        return (read_span(passage, part) if part else None), end
    elif trigger == "point_of":
        points, end = read_points(passage, start)
        return (single(points) if points else None), end
    elif trigger == "coin":
        coin, end = read_coin(passage, start)
        return (read_span(passage, coin) if coin else None), end
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
def _correcting() -> re.Pattern[str]:
    """Compile what stands in all that corrects."""
    return compiled_regex(alternation(shortest(lexicon().roles["correction"]), inside=True))


@cache
def _corrections() -> re.Pattern[str]:
    words = sorted(sorted(lexicon().roles["correction"]), key=len, reverse=True)
    return compiled_regex(
        r"(?P<between>(?: [a-z'&]{1,14}){1,6})?(?:[\s,，.。…-]|[嗯呃啊哦哎欸吧呢]|uh |um |er |oh )*"
        rf"(?:{'|'.join(map(re.escape, words))})[\s,，.。…-]*"
        r"(?:(?:that's|it's|it is|that is|is|a|an|the|是|应为|应该是|为) ?){0,3}"
    )


def _alike(last: Quantity, quantity: Quantity) -> bool:
    """Whether one may correct the other over words: "$1 million of stock, sorry, $2 million"."""
    return quantity.kind == last.kind and quantity.unit == last.unit


def _share_of_each(
    passage: Passage, found: list[Quantity], quantity: Quantity, offset: int
) -> Quantity | None:
    """Read 每 10 元…有 4 元 and "of every $10 … $4" as one share; the base is taken back."""
    base, folded = found[-1], passage.folded
    whole, part = base.value, quantity.value
    alike = quantity.kind == base.kind == "money" and quantity.unit == base.unit
    if not alike or whole is None or part is None or not 0 < part < whole:
        return None
    start, end = base.start - offset, base.end - offset
    if not _EACH.search(folded[max(0, start - 14) : start]):
        return None
    if not _MAKES.fullmatch(folded, end, quantity.start - offset):
        return None
    share = (part * 100 / whole).quantize(_PLACES)
    if share < _LEAST_SHARE:
        return None
    found.pop()
    return quantity.model_copy(update={"kind": "percent", "unit": "percent", "value": share})


def _reconsider_last(
    passage: Passage, found: list[Quantity], quantity: Quantity, offset: int
) -> Quantity:
    """Let a quantity change the one before: take it back, or give it its currency.

    What takes one back without a scale of its own has the other's: "91 million, sorry, 90.6".

    "thirteen, sorry, twelve" leaves only the correction; 由 400 億上修到 500 億美元 is USD twice.
    """
    last, folded = found[-1], passage.folded
    end, start = last.end - offset, quantity.start - offset
    if not 0 < start - end <= _LONGEST_CORRECTION:
        return quantity
    corrected = _correcting().search(folded, end, start) is not None
    correction = _corrections().fullmatch(folded, end, start) if corrected else None
    if correction and (correction["between"] is None or _alike(last, quantity)):
        found.pop()
        return _in_scale_of(last, quantity)
    guessed = last.unit == passage.currency and folded[end - 1] in _BARE_SCALES
    if not guessed:
        return quantity
    if quantity.kind == "money" and last.unit != quantity.unit and quantity.unit:
        lead = folded[max(0, last.start - offset - 2) : last.start - offset].rstrip()
        if lead[-1:] in _FROM and _CHANGED_TO.fullmatch(folded, end, start):
            found[-1] = last.model_copy(update={"unit": quantity.unit})
    return quantity


_SCALES = {"thousand": Decimal(1000), "million": Decimal(10**6), "billion": Decimal(10**9)}
_CLOSE = Decimal(3)


def _in_scale_of(last: Quantity, quantity: Quantity) -> Quantity:
    """Give a bare correction the scale in words of the number that it takes back."""
    scale = _SCALES.get(last.text.lower().rsplit(" ", 1)[-1])
    if scale is None or quantity.kind != "number" or not quantity.value or not last.value:
        return quantity
    if not 1 / _CLOSE < quantity.value * scale / last.value < _CLOSE:
        return quantity
    return quantity.model_copy(
        update={"kind": last.kind, "unit": last.unit, "value": quantity.value * scale}
    )
