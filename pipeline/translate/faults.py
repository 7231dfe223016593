"""What a translation got wrong in figures, years and names; empty where it may be passed on."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from decimal import Decimal

from pipeline.lexicon.companies import find_companies
from pipeline.normalize.quantities import find_quantities
from pipeline.normalize.script import fold
from pipeline.translate.glossary import NO_CURRENCY
from schemas import Quantity
from schemas.segmented import Language

_YEAR = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?=\s?年)")
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]{1,20}")
_DIGIT = re.compile(r"[0-9０-９]")
_LATIN_NAME = re.compile(r"[A-Za-z0-9]+")
# Period labels and abbreviations that English spells out: 3Q25, FY26E, 1H; YoY, QoQ, MoM.
_SPELT_OUT = re.compile(
    r"(?:FY)?(?:(?:20)?[1-3][0-9])?(?:[1-4][QH]|[QH][1-4])(?:FY)?(?:(?:20)?[1-3][0-9])?[EAF]?"
    r"|[FC]Y[0-9]*[EAF]?|[0-9]+[EAF]?|YOY|QOQ|MOM|PCT",
    re.IGNORECASE,
)
_FALLING = re.compile(
    r"\b(?:-|negative|minus|down|declin|decreas|fell|fall|los[st]|lower|drop|contract|narrow|shr[aiu]nk"
    r"|reduc|below|less|worse|slid|deficit)",
    re.IGNORECASE,
)
_COUNTS = frozenset({"count", "number", "measure"})
_NUMBER = re.compile(r"(?<![a-z0-9.])[0-9][0-9,]{0,20}(?:\.[0-9]{1,9})?(?![a-z0-9])")
_SMALL = Decimal(10)
_UP_TO = frozenset({"at_most", "less_than"})
_FROM = frozenset({"at_least", "more_than"})
# Translations are longer than their Chinese by a factor of two to five; runaway drafts by far more.
_LONGEST_FACTOR, _LONGEST_MORE = 12, 100


@dataclass(frozen=True, slots=True)
class _Figure:
    """One amount without its sign; a range is two of them."""

    amount: Decimal
    unit: str
    text: str
    negative: bool
    small: bool
    worded: bool
    bare: bool
    bound: str


def faults(text: str, english: str, source: Language) -> list[str]:
    """Say what is wrong with ``english`` as the translation of ``text``, one line a fault.

    Every figure of the text has to be there with its unit, and no other; every year, every company
    and every product name in Latin letters has to be there. Small whole numbers in words (两家,
    "both") may come and go. Whether the words between them are right is not looked at.

    >>> faults("收入为13.2亿美元", "Revenue was $13.2 billion", "zh-Hans")
    ['13.2亿美元 is lost', '$13.2 billion is added']
    >>> faults("收入为13.2亿美元", "Revenue was $1.32 billion", "zh-Hans")
    []
    """
    if not english.strip():
        return ["it is empty"]
    if left := _HAN.search(english):
        return [f"{left[0]} is left in Chinese"]
    if len(english) > _LONGEST_FACTOR * len(text) + _LONGEST_MORE:
        return ["it is far longer than the text"]
    quantities = find_quantities(text, language=source, currency=NO_CURRENCY)
    found = find_quantities(english, language="en")
    wanted, given = _figures(quantities), _figures(found)
    pairs, lost, added = _compared(wanted, given)
    outside = _outside(text, quantities)
    said = {(figure.amount, figure.unit) for figure, _ in pairs if figure.worded}
    return list(
        dict.fromkeys(
            [
                *_changes(pairs, english),
                *(f"{each} is lost" for each in _missed(lost, _outside(english, found), said)),
                *(f"{each} is added" for each in _missed(added, outside, said)),
                *(f"the year {y} is lost" for y in _years(outside) if not _year_is_in(y, english)),
                *_name_faults(text, outside, english),
            ]
        )
    )


def _figures(quantities: Iterable[Quantity]) -> list[_Figure]:
    return [
        _Figure(
            amount=abs(amount),
            unit=(quantity.unit or "count").partition("/")[0],
            text=quantity.text,
            negative=amount < 0,
            small=_is_small(quantity, abs(amount)),
            worded=quantity.worded,
            bare=quantity.kind in _COUNTS,
            bound=quantity.qualifier,
        )
        for quantity in quantities
        for amount in (quantity.value, *_ends(quantity))
        if amount is not None
    ]


def _is_small(quantity: Quantity, size: Decimal) -> bool:
    """Whether it is a small number in words, or a 持平 that "stable" says as well as "flat"."""
    if _DIGIT.search(quantity.text):
        return False
    if quantity.worded:
        return size <= 1
    return quantity.kind in _COUNTS and size <= _SMALL


def _ends(quantity: Quantity) -> tuple[Decimal | None, ...]:
    return () if quantity.value is not None else (quantity.low, quantity.high)


def _compared(
    wanted: list[_Figure], found: list[_Figure]
) -> tuple[list[tuple[_Figure, _Figure]], list[_Figure], list[_Figure]]:
    """Pair the figures that are the same; give the pairs, what is lost and what is added."""
    left: dict[Decimal, list[_Figure]] = {}
    for figure in found:
        left.setdefault(figure.amount, []).append(figure)
    pairs, lost = [], []
    for figure in sorted(wanted, key=lambda figure: figure.unit == NO_CURRENCY):
        match = _taken(figure, left.get(figure.amount, []))
        if match is None:
            lost.append(figure)
        else:
            pairs.append((figure, match))
    return pairs, lost, [each for same in left.values() for each in same]


def _taken(figure: _Figure, candidates: list[_Figure]) -> _Figure | None:
    """Take out the figure of the same unit, if there is one."""
    for index, other in enumerate(candidates):
        if figure.unit in (other.unit, NO_CURRENCY):
            return candidates.pop(index)
    return None


def _changes(pairs: list[tuple[_Figure, _Figure]], english: str) -> Iterator[str]:
    for figure, match in pairs:
        if figure.negative and not match.negative and not _FALLING.search(english):
            yield f"the sign of {figure.text} is lost"
        bounds = {figure.bound, match.bound}
        if bounds & _UP_TO and bounds & _FROM:
            yield f"{figure.text} is turned into {match.text}"


def _missed(figures: list[_Figure], outside: str, said: Set[tuple[Decimal, str]]) -> Iterator[str]:
    """Leave out what may come and go, and bare numbers that only one language's reader counts.

    ``outside`` is the other text without its figures: the 60 of "top 60" stands there. ``said`` are
    the worded figures that both have: saying one twice changes nothing.
    """
    numbers = Counter(Decimal(each.replace(",", "")) for each in _NUMBER.findall(fold(outside)))
    for figure in figures:
        if figure.small or (figure.worded and (figure.amount, figure.unit) in said):
            continue
        if figure.bare and numbers[figure.amount]:
            numbers[figure.amount] -= 1
        else:
            yield figure.text


def _outside(text: str, quantities: Iterable[Quantity]) -> str:
    """Blank out the figures of a text."""
    pieces, done = [], 0
    for quantity in quantities:
        pieces += [text[done : quantity.start], " " * (quantity.end - quantity.start)]
        done = quantity.end
    return "".join(pieces) + text[done:]


def _years(outside: str) -> list[str]:
    return _YEAR.findall(fold(outside))


def _year_is_in(year: str, english: str) -> bool:
    return year in english or any(f"{mark}{year[2:]}" in english for mark in ("'", "’", "FY"))


def _name_faults(text: str, outside: str, english: str) -> Iterator[str]:
    named = {match.company.id: text[match.start : match.end] for match in find_companies(text)}
    there = {match.company.id for match in find_companies(english, frozenset(named))}
    yield from (f"{name} is lost" for identity, name in named.items() if identity not in there)
    bare = re.sub(r"[^a-z0-9]", "", fold(english))
    for word in dict.fromkeys(_LATIN_NAME.findall(outside)):
        if _is_name(word) and word.lower() not in bare:
            yield f"{word} is lost"


def _is_name(word: str) -> bool:
    """Whether English must keep it: letters with digits (H20), or with both cases (OpenAI)."""
    if word.isdigit() or _SPELT_OUT.fullmatch(word):
        return False
    return any(map(str.isdigit, word)) or (word != word.lower() and word != word.upper())
