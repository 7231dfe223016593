"""What is measured: the metrics of company results, and where a text names one.

The knowledge is in four tables beside this file: ``metrics.tsv`` (the metrics and the phrases that
name them), ``metric_adjusted.tsv`` (the words that make one an adjusted metric),
``metric_related.tsv`` (which metric is another's adjusted, loss or per-share form) and
``metric_stop.tsv`` (phrases that only look like a metric: "sales team", "balance sheet").
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import ahocorasick

_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz")
_WORD = _LETTERS | frozenset("0123456789")

# What may stand between a modifier and the metric that it makes an adjusted one.
_FILLER = re.compile(
    r"[\s\-,:，、：的后]*"
    r"(?:(?:and|our|the|fully|diluted|basic|consolidated|total|net|group|company|attributable"
    r"|full[ -]year|fourth[ -]quarter|third[ -]quarter|second[ -]quarter|first[ -]quarter"
    r"|quarterly|annual|q[1-4]|after[ -]tax|segment|cash|operating|continuing"
    r"|集团|公司|合并|全年|单季|综合|归母|归属|摊薄|稀释|整体|口径|会计准则|下|季度)"
    r"[\s\-的后]*){0,3}"
)
_LONGEST_FILLER = 36


@dataclass(frozen=True, slots=True)
class Metric:
    """A thing that is measured.

    ``family`` is the unit family of a level: money, money_per_share, percent, count, time, W,
    bit/s, mi, x, token or any. ``nature`` is flow (over a period) or stock (at a moment).
    """

    id: str
    family: str
    nature: str


@dataclass(frozen=True, slots=True)
class MetricMatch:
    """A place where a text names a metric: ``text[start:end]``.

    ``weak``: the words are ambiguous, to be used only where nothing better is near. ``loss``: the
    words name a loss, so a level is negative and what grows is the loss. ``adjusted``: the words
    say that the measure is adjusted, whether or not the adjusted measure has an id of its own.
    """

    start: int
    end: int
    metric: Metric
    weak: bool
    loss: bool
    adjusted: bool


class _Phrase(NamedTuple):
    """A phrase of the automaton: without a metric it is a modifier, or swallows what it covers."""

    length: int
    word_start: bool
    word_end: bool
    metric: Metric | None = None
    weak: bool = False
    loss: bool = False
    modifier: str = ""


class _Place(NamedTuple):
    start: int
    end: int
    phrase: _Phrase


def metric(name: str) -> Metric | None:
    """Give the metric with this id, or None."""
    return _metrics().get(name)


def related(name: str, form: str) -> Metric | None:
    """Give the metric that is the ``form`` of the metric ``name``, or None.

    Forms: "adjusted", "loss", "of_revenue" (the share of revenue), or a unit family, for what the
    words mean when the amount is of that family.

    >>> related("net_income", "money_per_share")
    Metric(id='eps', family='money_per_share', nature='flow')
    """
    return _related().get((name, form))


def find_metrics(text_folded: str) -> list[MetricMatch]:
    """Find the metrics that a text names, in order, without overlap; the longest phrase wins.

    ``text_folded`` is text as ``pipeline.normalize.script.fold`` gives it.

    >>> [(m.metric.id, m.start, m.end) for m in find_metrics("non-gaap eps of $2 vs. cost of sales")]
    [('adjusted_eps', 0, 12), ('cost_of_revenue', 23, 36)]
    """
    places = _without_overlap(sorted(_places(text_folded), key=_leftmost_longest))
    matches = []
    before: _Place | None = None
    for index, place in enumerate(places):
        phrase = place.phrase
        if phrase.metric is None:
            if phrase.modifier == "before":
                before = place
            continue
        start, end, adjusted = place.start, place.end, False
        if before is not None and _only_filler(text_folded, before.end, start):
            start, adjusted = before.start, True
        elif index + 1 < len(places) and _is_after(text_folded, place, places[index + 1]):
            end, adjusted = places[index + 1].end, True
        before = None
        matches.append(_match(start, end, phrase, adjusted))
    return matches


def _match(start: int, end: int, phrase: _Phrase, adjusted: bool) -> MetricMatch:
    found = phrase.metric
    assert found is not None  # noqa: S101 - the caller has dropped modifiers and stop phrases
    weak = phrase.weak
    if adjusted:
        own = related(found.id, "adjusted")
        found, weak = (own, False) if own is not None else (found, weak)
    elif found.id.startswith("adjusted_"):
        adjusted = True
    return MetricMatch(start, end, found, weak, phrase.loss, adjusted)


def _places(text: str) -> Iterator[_Place]:
    size = len(text)
    for last, phrase in _automaton().iter(text):
        end = last + 1
        start = end - phrase.length
        if phrase.word_start and start:
            before = text[start - 1]
            if before in _WORD or (before == "-" and start > 1 and text[start - 2] in _LETTERS):
                continue
        if phrase.word_end and end < size:
            after = text[end]
            if after == "s" and text[end + 1 : end + 2] not in _WORD and text[end - 1] != "s":
                end += 1
            elif after in _LETTERS or (after in _WORD and phrase.length < 3):
                continue
            elif after == "-" and text[end + 1 : end + 2] in _LETTERS:
                continue
        yield _Place(start, end, phrase)


def _leftmost_longest(place: _Place) -> tuple[int, int]:
    return place.start, -place.end


def _without_overlap(places: list[_Place]) -> list[_Place]:
    """Keep the leftmost, then longest; an ambiguous phrase gives way to a clear longer one."""
    kept: list[_Place] = []
    for place in places:
        if not kept or place.start >= kept[-1].end:
            kept.append(place)
            continue
        last = kept[-1]
        if (
            last.phrase.weak
            and not place.phrase.weak
            and place.end - place.start > last.end - last.start
        ):
            kept[-1] = place
    return kept


def _only_filler(text: str, start: int, end: int) -> bool:
    return end - start <= _LONGEST_FILLER and _FILLER.fullmatch(text, start, end) is not None


def _is_after(text: str, place: _Place, following: _Place) -> bool:
    if following.phrase.modifier != "after":
        return False
    return following.start - place.end <= 2 and not text[place.end : following.start].strip(" ,")


def _table(name: str) -> list[list[str]]:
    """Read the rows of a table of this folder: comment lines and the header row are left out."""
    text = files("pipeline.lexicon").joinpath(name).read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines() if line and line[0] != "#"][1:]


@cache
def _metric_rows() -> list[list[str]]:
    return _table("metrics.tsv")


@cache
def _metrics() -> dict[str, Metric]:
    return {name: Metric(name, family, nature) for name, family, nature, *_ in _metric_rows()}


@cache
def _related() -> dict[tuple[str, str], Metric]:
    metrics = _metrics()
    return {(name, form): metrics[other] for name, form, other in _table("metric_related.tsv")}


def _spellings(phrases: str) -> Iterator[str]:
    """Give each of the |-separated phrases, and once more with spaces for its hyphens."""
    for phrase in phrases.split("|"):
        if phrase:
            yield phrase
            if "-" in phrase:
                yield phrase.replace("-", " ")


@cache
def _automaton() -> ahocorasick.Automaton:
    automaton = ahocorasick.Automaton()

    def add(words: str, found: Metric | None, weak: bool, loss: bool, modifier: str) -> None:
        phrase = _Phrase(
            len(words), words[0] in _WORD, words[-1] in _WORD, found, weak, loss, modifier
        )
        automaton.add_word(words, phrase)

    for phrases in _table("metric_stop.tsv"):
        for words in _spellings(phrases[1]):
            add(words, None, weak=False, loss=False, modifier="")
    for place, phrases_of_place in _table("metric_adjusted.tsv"):
        for words in _spellings(phrases_of_place):
            add(words, None, weak=False, loss=False, modifier=place)
    metrics = _metrics()
    for name, _, _, english, chinese in _metric_rows():
        for words in _spellings(f"{english}|{chinese}"):
            bare = words.rstrip("?!")
            marks = words[len(bare) :]
            add(bare, metrics[name], weak="?" in marks, loss="!" in marks, modifier="")
    automaton.make_automaton()
    return automaton
