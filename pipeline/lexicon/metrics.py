"""What is measured: the metrics of company results, and where a text names one.

The knowledge is in four tables beside this file: ``metrics.tsv`` (the metrics and the phrases that
name them), ``metric_adjusted.tsv`` (the words that make one an adjusted metric),
``metric_related.tsv`` (which metric is another's adjusted, loss or per-share form) and
``metric_stop.tsv`` (phrases that only look like a metric: "sales team", "balance sheet").
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from operator import attrgetter

from pipeline.lexicon.compounds import find_compounds
from pipeline.lexicon.metric_patterns import elided_expenses, of_one_unit
from pipeline.lexicon.phrases import Phrases
from pipeline.lexicon.table import read_table, spellings
from pipeline.patterns import regex

_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz")
_WORD = _LETTERS | frozenset("0123456789")

# What may stand between a modifier and the metric that it makes an adjusted one.
_FILLER = regex(
    r"[\s\-,:，、：的后]*"
    r"(?:(?:and|fully|diluted|basic|consolidated|total|net|group|company|attributable"
    r"|full[ -]year|fourth[ -]quarter|third[ -]quarter|second[ -]quarter|first[ -]quarter"
    r"|quarterly|annual|q[1-4]|after[ -]tax|segment|cash|operating|continuing"
    r"|集团|公司|合并|全年|单季|综合|归母|归属|摊薄|稀释|整体|口径|会计准则|下|季度)"
    r"[\s\-的后]*){0,3}"
)
# After "non-GAAP", which is never a verb, the name of a business may stand too.
_BUSINESS = regex(r" (?:[a-z&/]+ ){0,2}")
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


@dataclass(slots=True)
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

    def of(self, metric: Metric) -> "MetricMatch":
        """Give the same words as the name of another metric."""
        return MetricMatch(self.start, self.end, metric, self.weak, self.loss, self.adjusted)

    def as_weak(self, weak: bool) -> "MetricMatch":
        """Give the same, ambiguous or not."""
        return MetricMatch(self.start, self.end, self.metric, weak, self.loss, self.adjusted)


# What stands between an abbreviation of terse notes and its figure: "CFO ~$28bn", "div +5%".
_FIGURE_NEXT = regex(
    r"(?:\s?[:=]\s?|\s|(?=[$€£¥~≈<>+(]))(?:(?:of|at|was|is|up|dn|down|to|c\.?|ca\.?|about) ?){0,2}"
    r"[~≈<>+\-–(]{0,2}"
    r"(?:(?:us|hk|nt|a|c|s|rmb|eur|dkk|sek|nok|chf|gbp)?\s?[$€£¥]?\s?\(?\d"
    r"|(?:flat|flattish|unch|stable|[lmh]sd|ldd)\b)"
)

# What a phrase means: whether it begins and ends with a letter or digit that must not go on, its
# metric, and its role: the marks ? (ambiguous), ! (loss) and ^ (only right before a figure) of a
# metric's name, "before" or "after" of a modifier (with ? where it is often something else), "stop"
# of a phrase that swallows what it covers.
_Phrase = tuple[bool, bool, Metric | None, str]


@dataclass(slots=True)
class _Place:
    start: int
    end: int
    plural: bool
    metric: Metric | None
    role: str


def metric(name: str) -> Metric | None:
    """Give the metric with this id, or None."""
    return _metrics().get(name)


def all_metrics() -> frozenset[str]:
    """Give the ids of all metrics that have phrases of their own."""
    return frozenset(_metrics())


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

    >>> [(m.metric.id, m.start, m.end) for m in find_metrics("non-gaap eps of $2, cost of sales")]
    [('adjusted_eps', 0, 12), ('cost_of_revenue', 20, 33)]
    """
    places = _without_overlap(_best_first(_all_places(text_folded)))
    matches: list[MetricMatch] = []
    modifier: _Place | None = None
    for index, place in enumerate(places):
        if place.metric is None:
            if "before" in place.role:
                modifier = place
            continue
        start, end, adjusted = place.start, place.end, False
        if modifier is not None and _is_before(text_folded, modifier, place.metric, start):
            start, adjusted = max(modifier.start, matches[-1].end if matches else 0), True
        elif index + 1 < len(places) and _is_after(text_folded, place, places[index + 1]):
            end, adjusted = places[index + 1].end, True
        modifier = None
        matches.append(_match(start, end, place.metric, place.role, adjusted))
    if text_folded.isascii():
        return matches
    return _with_compounds(text_folded, _with_kinds(text_folded, matches), places)


def _with_kinds(text: str, matches: list[MetricMatch]) -> list[MetricMatch]:
    """Let a kind of income take the plain word that it ends in: 初年度保费 and 收入."""
    kept: list[MetricMatch] = []
    for match in matches:
        last = kept[-1] if kept else None
        if (
            last is not None
            and last.end == match.start
            and match.metric.id == "revenue"
            and not last.weak
            and last.metric.id in _KINDS_OF_INCOME
            and text[match.start : match.end] in _INCOME
        ):
            kept[-1] = replace(last, end=match.end)
            continue
        kept.append(match)
    return kept


_INCOME = frozenset({"收入", "收益", "营收"})
_KINDS_OF_INCOME = frozenset(
    {"premiums", "rent", "fee_income", "royalty", "licensing_income", "interest_income",
     "investment_income", "trading_income", "subscription_revenue", "membership_fee_income",
     "advertising_revenue", "gaming_revenue", "milestone_payments", "subsidy"}
)  # fmt: skip


def _with_compounds(
    text: str, matches: list[MetricMatch], places: list[_Place]
) -> list[MetricMatch]:
    """Add the measures that are named by words put together; a word of such a name is none."""
    named = find_compounds(text, matches)
    if named:
        stops = [place for place in places if place.role == "stop"]
        named = [c for c in named if not any(s.start < c.end <= s.end for s in stops)]
    if not named:
        return matches
    kept = [m for m in matches if not any(c.start <= m.start and m.end <= c.end for c in named)]
    kept += [
        MetricMatch(
            c.start, c.end, Metric(c.name, c.family, "flow"), c.weak, loss=False, adjusted=False
        )
        for c in named
    ]
    return sorted(kept, key=attrgetter("start"))


def _match(start: int, end: int, found: Metric, marks: str, adjusted: bool) -> MetricMatch:
    weak = "?" in marks
    if adjusted:
        own = related(found.id, "adjusted")
        found, weak = (own, False) if own is not None else (found, weak)
    elif found.id.startswith("adjusted_"):
        adjusted = True
    return MetricMatch(start, end, found, weak, "!" in marks, adjusted)


def _all_places(text: str) -> list[_Place]:
    """Give what the lists know, and between what Chinese puts together: the first counts."""
    if text.isascii():
        return _places(text)
    found: list[_Place] = []
    if "费用" in text or "费率" in text:
        for start, end, name in elided_expenses(text):
            found.append(_Place(start, end, False, _metrics()[name], ""))
    found += _places(text)
    if "单" in text:
        for start, end, name, loss in of_one_unit(text):
            found.append(_Place(start, end, False, _metrics()[name], "!" if loss else ""))
    return found


def _places(text: str) -> list[_Place]:
    places: list[_Place] = []
    size = len(text)
    phrases = _phrases()
    meanings = phrases.meanings
    for which, start, ends in phrases.places(text):
        word_start, word_end, named, role = meanings[which]
        end = ends
        plural = False
        if word_start and start:
            before = text[start - 1]
            if before in _WORD or (before == "-" and start > 1 and text[start - 2] in _LETTERS):
                continue
        if word_end and end < size:
            after = text[end]
            if after == "s" and text[end + 1 : end + 2] not in _WORD and text[end - 1] != "s":
                end += 1
                plural = True
            elif (
                after in _LETTERS
                or (after in _WORD and end - start < 3)
                or (after == "-" and text[end + 1 : end + 2] in _LETTERS)
            ):
                continue
        if "^" in role and not _FIGURE_NEXT.match(text, end):
            continue
        places.append(_Place(start, end, plural, named, role))
    return places


def _best_first(places: list[_Place]) -> list[_Place]:
    """Order by place, the longer first; a phrase as listed comes before the plural of another."""
    if not any(_is_better(places[k], places[k - 1]) for k in range(1, len(places))):
        return places
    order = sorted([(p.start, -p.end, p.plural, k) for k, p in enumerate(places)])
    return [places[k] for _, _, _, k in order]


def _is_better(place: _Place, other: _Place) -> bool:
    if place.start != other.start:
        return place.start < other.start
    return place.end > other.end or (place.end == other.end and place.plural < other.plural)


def _without_overlap(places: list[_Place]) -> list[_Place]:
    """Keep the leftmost, then longest; an ambiguous phrase gives way to a clear longer one."""
    kept: list[_Place] = []
    for place in places:
        if not kept or place.start >= kept[-1].end:
            kept.append(place)
            continue
        last = kept[-1]
        if (
            "?" in last.role
            and "?" not in place.role
            and place.end - place.start > last.end - last.start
        ):
            kept[-1] = place
    return kept


def _is_before(text: str, modifier: _Place, named: Metric, start: int) -> bool:
    if "?" in modifier.role and related(named.id, "adjusted") is None:
        return False
    if start - modifier.end > _LONGEST_FILLER:
        return False
    if _FILLER.fullmatch(text, modifier.end, start):
        return True
    is_adjective = text.startswith("non", modifier.start)
    return is_adjective and _BUSINESS.fullmatch(text, modifier.end, start) is not None


def _is_after(text: str, place: _Place, following: _Place) -> bool:
    if "after" not in following.role:
        return False
    return following.start - place.end <= 2 and not text[place.end : following.start].strip(" ,")


@cache
def _metric_rows() -> list[list[str]]:
    return read_table("metrics.tsv")


@cache
def _metrics() -> dict[str, Metric]:
    return {name: Metric(name, family, nature) for name, family, nature, *_ in _metric_rows()}


@cache
def _related() -> dict[tuple[str, str], Metric]:
    metrics = _metrics()
    return {(name, form): metrics[other] for name, form, other in read_table("metric_related.tsv")}


def _spellings(phrases: str) -> Iterator[str]:
    """Give each of the |-separated phrases, and once more with spaces for its hyphens.

    Between letters and Chinese characters a space may stand too: "EBITDA 利润率".
    """
    for phrase in phrases.split("|"):
        if phrase:
            yield from spellings(phrase)
            if "-" in phrase:
                yield phrase.replace("-", " ")


@cache
def _phrases() -> Phrases[_Phrase]:
    known: dict[str, _Phrase] = {}

    def add(phrases: str, named: Metric | None, role: str) -> None:
        for marked in _spellings(phrases):
            words = marked.rstrip("?!^")
            marks = marked[len(words) :]
            word_start, word_end = words[0] in _WORD, words[-1] in _WORD
            known[words] = (word_start, word_end, named, role + marks)

    for _, phrases in read_table("metric_stop.tsv"):
        add(phrases, None, "stop")
    for place, phrases in read_table("metric_adjusted.tsv"):
        add(phrases, None, place)
    metrics = _metrics()
    for name, _, _, english, chinese in _metric_rows():
        add(f"{english}|{chinese}", metrics[name], "")
    return Phrases(known)
