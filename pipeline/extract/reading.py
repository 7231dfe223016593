"""A sentence as the linker sees it: quantities, metrics, scopes, times, cues, breaks, in order."""

from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Literal

from pipeline.extract.breaks import breaks_in
from pipeline.extract.cues import Cue, find_cues
from pipeline.extract.metric.standing import OF_EACH_BUSINESS, metrics_in, standing
from pipeline.extract.places import places_of
from pipeline.lexicon.companies import company
from pipeline.lexicon.metrics import MetricMatch, find_metrics
from pipeline.lexicon.scope_names import plain_modifiers
from pipeline.lexicon.scopes import ScopeMatch, find_scopes
from pipeline.normalize.periods import comparisons_in
from pipeline.normalize.script import fold
from pipeline.patterns import regex
from schemas import CompanyMention, Entity, NormalizedSegment, PeriodMention, Quantity

MarkKind = Literal["quantity", "metric", "scope", "company", "period", "basis", "cue", "break"]
MarkValue = Quantity | MetricMatch | ScopeMatch | CompanyMention | PeriodMention | Cue | str

# A full stop ends an English sentence where white space and no lower-case letter follow it, and
# what stands before it is no single letter or usual abbreviation; 。！？ and a line end always do.
_MAY_FOLLOW, _QUOTES = '。！？!?”"」』）)', '”")'
_ENDS = ["。", "！", "？", "!", "?", ".", "\n"]
_SENTENCE_END = regex(
    r"[。！？!?.\n](?:(?<=[。！？!?])[。！？!?]*[”\"」』）)]*|(?<=\n)\n*|(?<=\.)(?=[”\")]*\s)(?:"
    r"(?<![.\s][A-Za-z]\.)(?<!\A[A-Z]\.)(?<!\bvs\.)(?<!\bInc\.)(?<!\bCo\.)(?<!\bMr\.)(?<!\bMs\.)(?<!\bDr\.)"
    r"(?<!\bapprox\.)(?<!\bCorp\.)(?<!\bLtd\.)(?<!\bNo\.)(?<!\b[Aa]dj\.)(?<!\best\.)(?<!\bincl\.)"
    r"(?<!\bexcl\.)(?<!\bavg\.)(?<!\bSt\.)(?<!\bcf\.)(?<!\bca\.)[”\")]*(?=\s+[^a-z\s])"
    r"|(?<=[.\s][A-Z]\.)"
    r"(?=\s+(?:The|We|Our|Is|Are|In|And|But|It|For|This|That|So|How|What|Can)\b)))"
)


WINDOW = 40


@dataclass(slots=True)
class Mark:
    """One thing that the sentence says, at its place in the segment's text."""

    start: int
    end: int
    kind: MarkKind
    value: MarkValue
    weight: int = 0


@dataclass(slots=True)
class Sentence:
    """A sentence of a segment: its place in the segment's text, that text folded, its marks.

    ``text`` is the sentence as written, ``lead_in`` is the place of the sentence before it
    where that one holds no quantity, ``first`` that of the first of all where no quantity
    stands before this sentence. ``figures`` is how many quantities it holds,
    ``ascii`` says that it has no character beyond the English ones.
    """

    start: int
    end: int
    folded: str
    marks: tuple[Mark, ...]
    text: str = ""
    lead_in: tuple[int, int] | None = None
    first: tuple[int, int] | None = None
    figures: int = 0
    ascii: bool = False

    def around(self, at: int) -> tuple[Mark, ...]:
        """The marks about one of them, in order: as far as a clause may reach."""
        return self.marks[max(0, at - WINDOW) : at + WINDOW]

    def with_marks(self, marks: tuple[Mark, ...]) -> "Sentence":
        """Give the same sentence with other marks."""
        return Sentence(
            self.start,
            self.end,
            self.folded,
            marks,
            self.text,
            self.lead_in,
            self.first,
            self.figures,
            self.ascii,
        )

    def between(self, left: Mark, right: Mark) -> str:
        """The folded text between two marks."""
        return self.folded[left.end : right.start]


class _Rows:
    """The marks of a sentence by their kinds, each row by itself."""

    __slots__ = ("bases", "breaks", "companies", "cues", "metrics", "scopes", "times")

    def __init__(self) -> None:
        self.times: list[Mark] = []
        self.bases: list[Mark] = []
        self.metrics: list[Mark] = []
        self.scopes: list[Mark] = []
        self.companies: list[Mark] = []
        self.cues: list[Mark] = []
        self.breaks: list[Mark] = []


def sentences(segment: NormalizedSegment) -> list[Sentence]:
    """Read the sentences of a segment that hold a quantity.

    Sentences without one say nothing that a fact could be made of; they are passed over unread.
    """
    fields: dict[str, Any] = segment.__dict__  # each for itself would take four times as long
    text: str = fields["text"]
    offset: int = fields["start"]
    folded = fold(text)
    company_spoken_of: Entity | None = fields["about"]
    about = company_spoken_of.id if company_spoken_of else None
    figures = [Mark(q.start - offset, q.end - offset, "quantity", q) for q in fields["quantities"]]
    times = [Mark(p.start - offset, p.end - offset, "period", p) for p in fields["periods"]]
    times = [mark for mark in times if not _is_of_an_award(folded, mark)]
    named = [Mark(c.start - offset, c.end - offset, "company", c) for c in fields["companies"]]
    read: list[Sentence] = []
    upcoming = 0
    lead_in: tuple[int, int] | None = None
    opening: tuple[int, int] | None = None
    for start, end in _spans(text, figures):
        first = upcoming
        while upcoming < len(figures) and figures[upcoming].start < end:
            upcoming += 1
        if upcoming > first:
            said = text[start:end]
            rows = _words(said, folded[start:end], start, about)
            rows.times = [mark for mark in times if start <= mark.start < end]
            rows.companies = [mark for mark in named if start <= mark.start < end]
            marks = _merge(figures[first:upcoming], rows)
            figured = upcoming - first
            read.append(
                Sentence(start, end, folded, marks, said, lead_in, opening, figured, said.isascii())
            )
            lead_in = opening = None
        else:
            lead_in = (start, end)
            opening = opening or (lead_in if first == 0 else None)
    return read


def _spans(text: str, figures: list[Mark]) -> list[tuple[int, int]]:
    """Cut into sentences, never inside a quantity, as far as there are quantities."""
    spans: list[tuple[int, int]] = []
    start = end = k = 0
    for begin in places_of(_ENDS, text):
        reached = _end_at(text, begin) if begin >= end else 0
        if not reached:
            continue
        end = reached
        while k < len(figures) and figures[k].end <= begin:
            k += 1
        if k < len(figures) and figures[k].start < end <= figures[k].end:
            continue
        if end > start:
            spans.append((start, end))
            start = end
            if not figures or figures[-1].start < start:
                return spans
    if start < len(text):
        spans.append((start, len(text)))
    return spans


def _end_at(text: str, at: int) -> int:
    """Give where the sentence ends that the sign at ``at`` may end; 0 where it goes on."""
    behind = text[at + 1 : at + 2]
    if text[at] == "." and behind not in _QUOTES and not behind.isspace():
        return 0
    if text[at] in "。！？" and behind not in _MAY_FOLLOW:
        return at + 1
    match = _SENTENCE_END.match(text, at)
    return match.end() if match is not None else 0


def lead_in_metric(sentence: Sentence) -> MetricMatch | None:
    """The one metric that the sentence before names without a figure ("Now, RPO.")."""
    if sentence.lead_in is None:
        return None
    start, end = sentence.lead_in
    strong = [m for m in find_metrics(sentence.folded[start:end]) if not m.weak]
    return strong[0] if len({m.metric.id for m in strong}) == 1 else None


def _turned_to(match: ScopeMatch, company_id: str | None, *, turns: bool) -> bool:
    if match.known:
        return match.kind == "line" or (turns and match.kind in ("region", "generic"))
    # "Flow Control had another strong quarter.": a name of two words that opens the sentence.
    opens = match.start <= _OPENING and " " in match.scope
    known = company(company_id) if company_id else None
    name = (known.name if known else company_id or "").casefold()
    named = match.scope.casefold()
    return opens and (company_id or "").casefold() not in named and name not in named


# "Moving to the international segment.", 接下来看海外。
_TURNS = regex(
    r"\b(?:moving|move|turning|turn|shifting|switching|going) (?:now )?(?:on )?to\b|\bas for\b"
    r"|接下来|再看|来看|至于|转向|说到"
)


def lead_in_scope(sentence: Sentence, text: str, company_id: str | None) -> str | None:
    """The business that the sentence before turns to ("Moving to AWS.")."""
    if sentence.lead_in is None:
        return None
    start, end = sentence.lead_in
    named = find_scopes(text[start:end], company_id, folded=sentence.folded[start:end])
    turns = bool(named) and _TURNS.search(sentence.folded, start, end) is not None
    found = [s for s in named if _turned_to(s, company_id, turns=turns)]
    if not found:
        return _metric_goes_on(sentence, text, start, end, company_id)
    return found[0].scope if len({s.scope for s in found}) == 1 else None


# "As it relates to our stores, …", 关于海外业务，…: what a paragraph says that it is about.
_ABOUT = regex(
    r"\s*(?:[a-z' ]{0,24}\b(?:as it relates to|when it comes to|with respect to|in terms of"
    r"|regarding|as for|speaking of) (?:the |our )?|关于|对于|至于|谈到|说到)"
)


def opening_scope(sentence: Sentence, text: str, company_id: str | None) -> str | None:
    """The company's own product that a paragraph opens with, sentences before its first figure."""
    if sentence.first is None or sentence.start - sentence.first[0] > _OPENING_FAR:
        return None
    start, end = sentence.first
    lead = _ABOUT.match(sentence.folded, start, end)
    head = lead.end() if lead else start
    end = min(end, head + _OPENING_REACH)
    named = find_scopes(text[head:end], company_id, folded=sentence.folded[head:end])
    near = [s for s in named if s.start <= _OPENING and s.known]
    if not near:
        return None
    owned = near[0].owner == company_id and near[0].kind != "region"
    return near[0].scope if owned or (lead is not None and near[0].kind != "region") else None


def _metric_goes_on(
    sentence: Sentence, text: str, start: int, end: int, company_id: str | None
) -> str | None:
    """The business whose metric the sentence before names and this one goes on about.

    "We talked about European retail margins. I think you said a margin of 4%."
    """
    first = next((m for m in sentence.marks if m.kind in ("metric", "scope", "quantity")), None)
    if first is None or not isinstance(first.value, MetricMatch):
        return None
    piece = sentence.folded[start:end]
    starts = [m.start for m in find_metrics(piece) if m.metric.id == first.value.metric.id]
    known = [s for s in find_scopes(text[start:end], company_id, folded=piece) if s.known]
    near = [
        s
        for s in known
        if any(s.end <= at and _ONE_WORD.fullmatch(piece[s.end : at]) for at in starts)
    ]
    near = [s for s in near if s.kind == "region"] or near
    return near[0].scope if len(near) == 1 else None


# "North American retail margins", 北美零售的利润率: at most a word between business and metric.
_ONE_WORD = regex(r"(?: [a-z]+)? |[\u4e00-\u9fff]{0,3}")


def marks_of(text: str, company_id: str | None) -> tuple[Mark, ...]:
    """Read a text that stands by itself, such as a heading: its metrics and scopes."""
    piece = fold(text)
    metrics = metrics_in(piece)
    cues = find_cues(piece) if any(match.weak for match in metrics) else []
    rows = _names(text, piece, 0, company_id, metrics, cues)
    if rows.metrics or rows.scopes:
        rows.bases = _bases(piece, 0)
    return _merge([], rows)


# "Manufacturer of the year": an award, and no time.
_AWARD = regex(
    r"\b(?:manufacturer|employer|supplier|company|product|brand|car|truck|vehicle|bank|insurer|deal"
    r"|restaurant|chain|retailer|airline|partner|person|player|team|best|game|app|device) $"
)


def _is_of_an_award(folded: str, mark: Mark) -> bool:
    if folded[mark.start : mark.start + 11] != "of the year":
        return False
    return _AWARD.search(folded, max(0, mark.start - 16), mark.start) is not None


def _words(said: str, piece: str, start: int, company_id: str | None) -> _Rows:
    """Read what stands in the words from ``start`` on; ``piece`` is what is ``said``, folded."""
    cues = find_cues(piece)
    rows = _names(said, piece, start, company_id, metrics_in(piece), cues)
    rows.bases = _bases(piece, start)
    rows.cues = [Mark(start + c.start, start + c.end, "cue", c) for c in cues]
    rows.breaks = [
        Mark(start + at, start + end, "break", piece[at:end], weight)
        for at, end, weight in breaks_in(piece)
    ]
    return rows


def _names(
    said: str,
    piece: str,
    start: int,
    company_id: str | None,
    metrics: list[MetricMatch],
    cues: list[Cue],
) -> _Rows:
    """Read the businesses that words name, and which of their ``metrics`` stand beside them."""
    scopes = find_scopes(said, company_id, folded=piece)
    rows = _Rows()
    rows.metrics = [
        Mark(start + m.start, start + m.end, "metric", m)
        for m in standing(metrics, piece, cues, scopes)
        if m.end - m.start != _TICKER or piece[m.start : m.end].upper() != company_id
    ]
    for s in scopes:
        if (named := s if s.known else _without_metric(s, piece, metrics)) is not None:
            rows.scopes.append(Mark(start + named.start, start + named.end, "scope", named))
    return rows


def _bases(piece: str, start: int) -> list[Mark]:
    return [
        Mark(start + at, start + end, "basis", basis) for at, end, basis in comparisons_in(piece)
    ]


def _without_metric(name: ScopeMatch, piece: str, metrics: list[MetricMatch]) -> ScopeMatch | None:
    """Cut the metric off a capitalised name: "Permian Production", but none of "Blended RevPAR"."""
    for m in metrics:
        if name.start < m.start < name.end <= m.end:
            end = name.start + len(piece[name.start : m.start].rstrip())
            if piece[name.start : end] in plain_modifiers():
                return None
            own = name.scope[: end - name.start]
            return ScopeMatch(name.start, end, own, name.known, name.kind, name.owner)
    return name


_MOVED = frozenset({"up_after", "down_after"})
_MOVING = frozenset({"up", "down", "rate", "gain", "loss"})

# Two letters that are the company's own, no metric: "gm financial".
_TICKER = 2
_OPENING, _OPENING_REACH, _OPENING_FAR = 4, 40, 400

_START = attrgetter("start")


def _merge(quantities: list[Mark], rows: _Rows) -> tuple[Mark, ...]:
    """Order the marks and let the higher rank win where two overlap.

    A number's own words are no cue, and so on down the rows. A company and a scope may overlap
    ("Google Cloud"): both are kept.
    """
    if rows.times:
        opened = {mark.start: mark.end for mark in rows.metrics}
        rows.times = [mark for mark in rows.times if opened.get(mark.start, 0) <= mark.end]
    taken = _in_order(quantities)
    _take(taken, rows.times)
    _take(taken, rows.bases)
    _take(taken, rows.metrics)
    _take(taken, rows.scopes)
    _take(taken, rows.companies)
    _take(taken, rows.cues)
    _take(taken, rows.breaks)
    return tuple(taken)


def _take(taken: list[Mark], row: list[Mark]) -> None:
    """Put the marks of a lower row among those of higher ones, where they may stand with them.

    Of those that start together the higher comes first.
    """
    if not row:
        return
    merged: list[Mark] = []
    places: list[int] = []
    k, count = 0, len(taken)
    for mark in _in_order(row):
        start, end = mark.start, mark.end
        while k < count and taken[k].end <= start:
            k += 1
        at = k
        while at < count and taken[at].start < end:
            if not _stand_together(mark, taken[at]):
                break
            at += 1
        else:
            at = k
            while at < count and taken[at].start <= start:
                at += 1
            merged.append(mark)
            places.append(at)
    for k in range(len(merged) - 1, -1, -1):
        taken.insert(places[k], merged[k])


def _in_order(marks: list[Mark]) -> list[Mark]:
    """Order marks by their start; most are in order already."""
    for k in range(1, len(marks)):
        if marks[k - 1].start > marks[k].start:
            return sorted(marks, key=_START)
    return marks


def _stand_together(mark: Mark, other: Mark) -> bool:
    """Whether a lower mark holds beside a higher one that overlaps it.

    A company within a scope ("Google Cloud"); a metric around a time ("adjusted Q4 EPS");
    a direction within a basis (年增) or at the end of a
    metric's phrase ("sales declined").
    """
    if mark.kind == "company":
        return other.kind == "scope"
    if mark.kind == "metric":
        inside = mark.start <= other.start and other.end < mark.end
        # 2025 年营收: the 年 of the year is not the one of the phrase 年营收.
        follows = other.start < mark.start < other.end < mark.end
        return other.kind in ("period", "basis") and (inside or follows)
    if mark.kind == "scope" and isinstance(other.value, MetricMatch):
        if (mark.start, mark.end) == (other.start, other.end):
            # "Prime members" counts subscribers and says whose.
            owned = isinstance(mark.value, ScopeMatch) and mark.value.owner is not None
            # 房貸 are loans, and of which kind.
            named = other.value.metric.id
            return (owned and named == "subscribers") or named == "loans"
        within = other.start <= mark.start and mark.end < other.end
        # 阿里云收入: the business reaches into the phrase 云收入.
        reaches_in = mark.start < other.start
        if within and isinstance(mark.value, ScopeMatch) and mark.value.kind == "region":
            return True
        if other.value.metric.id == "same_store_sales" and other.start < mark.start:
            return reaches_in  # "comparable restaurant sales" are those of the company
        return reaches_in or (within and other.value.metric.id in OF_EACH_BUSINESS)
    if other.kind == "quantity":
        # 会超过 40%: the bound is the quantity's, that it is to come is said by the cue.
        ahead = isinstance(mark.value, Cue) and "forward" in mark.value.kinds
        return ahead and mark.start < other.start
    if not isinstance(mark.value, Cue) or not mark.value.kinds & (_MOVING | _MOVED):
        return False
    if other.kind == "basis":
        return True
    if other.kind == "period":
        # 去年增加: the year's 年 is not the one of 年增.
        return other.start < mark.start < other.end < mark.end
    if isinstance(other.value, MetricMatch) and mark.start < other.start < mark.end <= other.end:
        # "a low single digit decline in sales": the preposition opens the metric's phrase.
        return True
    return (
        isinstance(other.value, MetricMatch)
        and other.start < mark.start < other.end <= mark.end
        and not _MOVES_ITSELF.search(other.value.metric.id)
    )


_MOVES_ITSELF = regex(r"reduction|growth|loss|cuts|savings")
