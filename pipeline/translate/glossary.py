"""Names, figures and metrics of a text, with the English that each must come out as."""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from pipeline.extract.statement import amount_in_words
from pipeline.lexicon.companies import find_companies
from pipeline.lexicon.metrics import find_metrics
from pipeline.normalize.quantities import find_quantities
from pipeline.normalize.script import fold
from pipeline.translate.translator import Ask, Term
from schemas import Quantity
from schemas.segmented import Language

NO_CURRENCY = "XXX"
"""ISO 4217 for no currency: the unit of an amount whose wording, a bare 元 or 亿, names none."""

_BEFORE = {
    "approx": "about ",
    "more_than": "more than ",
    "at_least": "at least ",
    "less_than": "less than ",
    "at_most": "at most ",
}
_KINDS = frozenset({"money", "percent", "points", "count", "number"})


def terms_of(text: str, source: Language) -> tuple[Term, ...]:
    """List the figures, company names and metrics of a text, in order, without overlap.

    Figures come before names and names before metrics where they overlap. Left out are figures
    whose English is not a matter of number and unit alone (翻倍, 数百亿, 三分之一, watts).
    """
    chosen: list[Term] = []
    taken = bytearray(len(text))
    for term in (*_figures(text, source), *_names(text), *_metrics(text)):
        length = term.end - term.start
        if not any(taken[term.start : term.end]):
            taken[term.start : term.end] = b"\x01" * length
            chosen.append(term)
    return tuple(sorted(chosen, key=lambda term: term.start))


def protected(ask: Ask) -> str:
    """Give the text with its figures and names in English already, for models that copy these.

    >>> text = "亚马逊收入为13.2亿美元"
    >>> protected(Ask(text, "zh-Hans", terms_of(text, "zh-Hans")))
    'Amazon收入为USD 1.32 billion'
    """
    pieces, done = [], 0
    for term in ask.terms:
        written = ask.text[term.start : term.end]
        if term.kind == "metric" or written.isascii():
            continue
        pieces += [ask.text[done : term.start], term.english]
        done = term.end
    return "".join(pieces) + ask.text[done:]


def with_currency(text: str, source: Language, currency: str | None) -> str:
    """Name the currency that a bare 元 stands for, which a translator cannot know.

    ``currency`` is ISO 4217. How each is named is in ``currency_words.tsv``.

    >>> with_currency("營收4,300億元，毛利率45%", "zh-Hant", "TWD")
    '營收4,300億新台幣，毛利率45%'
    """
    words = _currency_words().get(currency or "")
    if words is None:
        return text
    pieces, done = [], 0
    for quantity in find_quantities(text, language=source, currency=NO_CURRENCY):
        if (quantity.unit or "").partition("/")[0] != NO_CURRENCY:
            continue
        at = text.rfind("元", quantity.start, quantity.end)
        if at >= 0:
            pieces += [text[done:at], words[source == "zh-Hant"]]
            done = at + 1
    return "".join(pieces) + text[done:]


def _figures(text: str, source: Language) -> Iterator[Term]:
    for quantity in find_quantities(text, language=source, currency=NO_CURRENCY):
        unit = (quantity.unit or "count").partition("/")[0]
        if quantity.kind not in _KINDS or quantity.worded or unit == NO_CURRENCY:
            continue
        if "分之" in quantity.text and quantity.value and quantity.value % 1:
            continue
        if amount := _in_words(quantity, unit):
            yield Term(quantity.start, quantity.end, amount, "figure")


def _in_words(quantity: Quantity, unit: str) -> str:
    if quantity.value is not None:
        return _BEFORE.get(quantity.qualifier, "") + amount_in_words(quantity.value, unit)
    if quantity.low is not None and quantity.high is not None:
        low, high = (amount_in_words(a, unit) for a in (quantity.low, quantity.high))
        return f"{low} to {high}"
    return ""


def _names(text: str) -> Iterator[Term]:
    for match in find_companies(text):
        if not match.ticker:
            yield Term(match.start, match.end, match.company.name, "name")


def _metrics(text: str) -> Iterator[Term]:
    for match in find_metrics(fold(text)):
        written = text[match.start : match.end]
        if not match.weak and not match.loss and not written.isascii():
            yield Term(match.start, match.end, match.metric.id.replace("_", " "), "metric")


@cache
def _currency_words() -> dict[str, tuple[str, str]]:
    table = files("pipeline.translate").joinpath("currency_words.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in table.splitlines() if line and line[0] != "#"][1:]
    return {code: (simplified, traditional) for code, simplified, traditional in rows}
