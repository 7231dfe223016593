"""Draw transcripts with their facts as one HTML page that needs nothing else."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from jinja2 import Environment, Template

from pipeline.extract.statement import amount_in_words
from schemas import Fact, NormalizedSegment, Quantity

LOW_CONFIDENCE = 0.7


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of the transcript's characters: plain, one fact or several, or a bare quantity."""

    text: str
    facts: tuple[Fact, ...] = ()
    bare: bool = False

    @property
    def doubtful(self) -> bool:
        """Whether every fact here is of low confidence."""
        return bool(self.facts) and all(f.confidence < LOW_CONFIDENCE for f in self.facts)


@dataclass(frozen=True, slots=True)
class Document:
    """A transcript to draw: its text, its normalised segments and its facts."""

    transcript_id: str
    title: str | None
    text: str
    segments: Sequence[NormalizedSegment]
    facts: Sequence[Fact]


@dataclass(slots=True)
class _Marks:
    """Where facts and bare quantities stand in a text."""

    facts: dict[tuple[int, int], list[Fact]] = field(default_factory=lambda: defaultdict(list))
    bare: set[tuple[int, int]] = field(default_factory=set)


def render(documents: Iterable[Document]) -> str:
    """Give the page. All that comes from a transcript is escaped."""
    drawn = [
        {
            "id": document.transcript_id,
            "title": document.title or document.transcript_id,
            "pieces": pieces(document),
            "groups": _groups(document.facts),
            "count": len(document.facts),
            "doubtful": sum(f.confidence < LOW_CONFIDENCE for f in document.facts),
            "bare": len(_marks(document).bare),
        }
        for document in documents
    ]
    return _template().render(documents=drawn, amount=_amount, low=LOW_CONFIDENCE)


def pieces(document: Document) -> list[Piece]:
    """Cut a transcript's text into pieces; joined, they are the text."""
    marks = _marks(document)
    cut: list[Piece] = []
    at = 0
    for start, end in sorted({*marks.facts, *marks.bare}):
        if start < at:
            continue
        if start > at:
            cut.append(Piece(document.text[at:start]))
        facts = tuple(marks.facts.get((start, end), ()))
        cut.append(Piece(document.text[start:end], facts, bare=not facts))
        at = end
    if at < len(document.text):
        cut.append(Piece(document.text[at:]))
    return cut


def _marks(document: Document) -> _Marks:
    marks = _Marks()
    for fact in document.facts:
        for evidence in fact.evidence:
            marks.facts[evidence.start, evidence.end].append(fact)
    cited = sorted(marks.facts)
    for segment in document.segments:
        quantities: tuple[Quantity, ...] = (*segment.quantities, *segment.pair_quantities)
        for quantity in quantities:
            if (quantity.start, quantity.end) not in marks.facts:
                marks.bare.add((quantity.start, quantity.end))
    del cited
    return marks


def _groups(facts: Sequence[Fact]) -> list[tuple[str, list[tuple[str, list[Fact]]]]]:
    """Facts by company, then by metric, in the order in which they are first said."""
    companies: dict[str, dict[str, list[Fact]]] = defaultdict(lambda: defaultdict(list))
    for fact in facts:
        name = fact.entity.name if fact.entity else "No company"
        companies[name][fact.metric.replace("_", " ")].append(fact)
    return [(name, list(metrics.items())) for name, metrics in companies.items()]


def _amount(fact: Fact) -> str:
    if fact.value is not None:
        return amount_in_words(fact.value, fact.unit)
    ends = [amount_in_words(a, fact.unit) for a in (fact.low, fact.high) if a is not None]
    return " – ".join(ends)


@cache
def _template() -> Template:
    source = files("pipeline.page").joinpath("page.html.j2").read_text(encoding="utf-8")
    return Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(source)
