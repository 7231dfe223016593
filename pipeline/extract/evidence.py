"""The characters that a fact came from, in the original and in its translation."""

from decimal import Decimal

from pipeline.extract.frame import Reading
from schemas import Evidence, NormalizedSegment, Quantity, Translation

_evidence = Evidence.trusted_fields


class Citing:
    """Cites the quantities of one segment, and their sentences."""

    def __init__(self, segment: NormalizedSegment) -> None:
        self._segment, told = segment, segment.__dict__
        self._text: str = told["text"]
        self._start: int = told["start"]
        self._language: str = told["language"]
        self._pair: Translation | None = told["pair"]
        self._span, self._sentence = (0, 0), ""

    def evidence_of(self, reading: Reading) -> tuple[Evidence, ...]:
        """Cite the quantity, and beside it the one that says the same in the translation.

        A translation that has as many quantities but another figure at that place is cited too,
        marked as not agreeing.
        """
        told = reading.quantity.__dict__
        start, text = told["start"], told["text"]
        sentence = self._sentence_at(reading.sentence, start, text)
        first = _cited(start, told["end"], text, self._language, sentence)
        pair = self._pair
        if pair is None:
            return (first,)
        partner, agrees = _partner(self._segment, reading.quantity)
        if partner is None:
            return (first,)
        start, end, text = partner.start, partner.end, partner.text
        sentence = _sentence_around(pair.text, start - pair.start, end - pair.start)
        return (first, _cited(start, end, text, pair.language, sentence, agrees=agrees))

    def _sentence_at(self, span: tuple[int, int], start: int, text: str) -> str:
        """Give a sentence, once for all of its figures, or what is around one in a long one."""
        if span[1] - span[0] > _LONGEST:
            return _clipped(self._text[span[0] : span[1]], start - self._start - span[0], len(text))
        if span != self._span:
            self._span, self._sentence = span, self._text[span[0] : span[1]].strip()
        return self._sentence


def _cited(
    start: int, end: int, text: str, language: str, sentence: str, *, agrees: bool = True
) -> Evidence:
    return _evidence(
        {
            "start": start,
            "end": end,
            "text": text,
            "language": language,
            "sentence": sentence,
            "agrees": agrees,
        }
    )


# Captions run on without a full stop; what is around the number is sentence enough.
_LONGEST = 600


def _clipped(sentence: str, at: int, length: int) -> str:
    first = max(0, at - _LONGEST // 2)
    last = min(len(sentence), at + length + _LONGEST // 2)
    first = sentence.rfind(" ", 0, first) + 1 if first else 0
    space = sentence.find(" ", last)
    return sentence[first : space if 0 <= space < last + 40 else last].strip()


def _partner(segment: NormalizedSegment, quantity: Quantity) -> tuple[Quantity | None, bool]:
    """The quantity of the translation that stands for this one, and whether the two agree."""
    own = [q for q in segment.quantities if _same(q, quantity)]
    nth = next((k for k, q in enumerate(own) if q.start == quantity.start), 0)
    equal = [q for q in segment.pair_quantities if _same(q, quantity)]
    if nth < len(equal):
        return equal[nth], True
    if equal:
        return equal[-1], True
    mine = [q for q in segment.quantities if _sort(q) == _sort(quantity)]
    theirs = [q for q in segment.pair_quantities if _sort(q) == _sort(quantity)]
    if len(mine) == len(theirs):
        place = next((k for k, q in enumerate(mine) if q.start == quantity.start), None)
        if place is not None and not any(_same(theirs[place], q) for q in mine):
            return theirs[place], False
    return None, True


def _sort(quantity: Quantity) -> str:
    """What a quantity may be translated as: an amount as an amount, a rate as a rate."""
    return quantity.kind if quantity.kind in ("percent", "points", "multiple") else "amount"


def _same(a: Quantity, b: Quantity) -> bool:
    if a.kind != b.kind and {a.kind, b.kind} - {"number", "count", "money", "percent"}:
        return False
    return _amounts(a) == _amounts(b)


def _amounts(quantity: Quantity) -> tuple[Decimal | None, ...]:
    return tuple(
        None if amount is None else abs(amount)
        for amount in (quantity.value, quantity.low, quantity.high)
    )


def _sentence_around(text: str, start: int, end: int) -> str:
    first = max(text.rfind(mark, 0, start) for mark in "。！？\n") + 1
    ends = [at for at in (text.find(mark, end) for mark in "。！？\n") if at >= 0]
    last = min(ends) + 1 if ends else len(text)
    return text[first:last].strip()
