"""One transcript made ready for the page: its sections, lines and pieces, and its list of facts."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from pipeline.page.cards import amount, card, card_without_fact
from pipeline.page.lines import Line, lines
from pipeline.page.marks import Cited, differs, is_doubtful, marks
from pipeline.page.pieces import Piece, pieces
from schemas import Fact, NormalizedSegment

_LABELS = {"prepared": "Prepared remarks", "qa": "Questions and answers", "summary": "Summary"}
_KINDS = {"actual": "actual", "forward": "forward", "question": "asked"}
# A section has about so many lines: few enough to lay out at once, and enough to be worth it.
_FEW_LINES = 12
_MANY_LINES = 40
_MANY_CHARACTERS = 16_000
_ROW_CHARACTERS = 80
_CONTEXT = 28


@dataclass(slots=True)
class Numbers:
    """The numbers that marks, rows and cards of one page share; a card's number is its place."""

    cards: list[list[str]] = field(default_factory=list)
    marks: int = 0

    def add(self, fields: list[str]) -> int:
        """Give a card its number."""
        self.cards.append(fields)
        return len(self.cards) - 1


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark as the page writes it: the number of the mark, those of its cards, and its classes."""

    number: int
    cards: tuple[int, ...]
    classes: str


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the list: where it leads, and what it says at a glance."""

    mark: int
    card: int
    classes: str
    amount: str
    about: str


@dataclass(frozen=True, slots=True)
class DrawnPiece:
    """A piece of a line; ``marks`` are empty for plain text, ``opens`` is the mark that begins."""

    text: str
    cards: str = ""
    classes: str = ""
    opens: int | None = None
    several: int = 0


@dataclass(frozen=True, slots=True)
class DrawnLine:
    """A line of the page: what stands before its body (a bullet, 「問：」) and the body."""

    line: Line
    classes: str
    level: int
    lead: list[DrawnPiece]
    body: list[DrawnPiece]


@dataclass(slots=True)
class Section:
    """Lines that a browser may lay out together, or leave until they come into view."""

    label: str | None = None
    lines: list[DrawnLine] = field(default_factory=list)

    @property
    def height(self) -> int:
        """About how high it is, for a browser that has not laid it out."""
        characters = (drawn.line.end - drawn.line.start for drawn in self.lines)
        return _height(sum(1 + count // _ROW_CHARACTERS for count in characters))


@dataclass(frozen=True, slots=True)
class Company:
    """What is listed under a company: rows by metric."""

    name: str
    metrics: dict[str, list[Row]]

    @property
    def height(self) -> int:
        """About how high it is, for a browser that has not laid it out."""
        return _height(sum(2 + len(rows) for rows in self.metrics.values()))


class Drawing:
    """A transcript on the page. ``numbers`` are shared by all drawings of the page."""

    def __init__(
        self,
        *,
        title: str,
        notes: Sequence[str],
        text: str,
        segments: Sequence[NormalizedSegment],
        facts: Sequence[Fact],
        numbers: Numbers,
    ) -> None:
        self.title = title
        self.notes = notes
        self.text = text
        self._segments = segments
        self._facts = facts
        self._cited = marks(facts, segments)
        self._card_of = {fact.fact_id: numbers.add(card(fact)) for fact in facts}
        self._marks = [self._mark(cited, numbers) for cited in self._cited]

    def _mark(self, cited: Cited, numbers: Numbers) -> Mark:
        number = numbers.marks
        numbers.marks += 1
        if cited.quantity is not None:
            return Mark(number, (numbers.add(card_without_fact(cited.quantity)),), "bare")
        cards = tuple(self._card_of[fact.fact_id] for fact in cited.facts)
        classes = [_KINDS[cited.facts[0].modality]]
        if any(is_doubtful(fact) for fact in cited.facts):
            classes.append("low")
        if cited.differs:
            classes.append("differs")
        return Mark(number, cards, " ".join(classes))

    @cached_property
    def counts(self) -> list[tuple[str, str, int]]:
        """How many facts of each kind there are, and quantities without one: class, name, count."""
        facts = self._facts
        found = [
            ("actual", "results", sum(f.modality == "actual" for f in facts)),
            ("forward", "outlook", sum(f.modality == "forward" for f in facts)),
            ("asked", "asked", sum(f.modality == "question" for f in facts)),
            ("low", "low confidence", sum(map(is_doubtful, facts))),
            ("differs", "translation differs", sum(map(differs, facts))),
            ("bare", "no fact", sum(c.quantity is not None for c in self._cited)),
        ]
        return [entry for entry in found if entry[2]]

    @property
    def fact_count(self) -> int:
        """How many facts there are."""
        return len(self._facts)

    @cached_property
    def companies(self) -> list[Company]:
        """Rows by company, then by metric, in the order in which they are first said."""
        opened: dict[int, int] = {}
        first_mark: dict[str, int] = {}
        for cited, mark in zip(self._cited, self._marks, strict=True):
            # Of marks that begin together only the first has a place of its own to lead to.
            place = opened.setdefault(cited.start, mark.number)
            for fact in cited.facts:
                first_mark.setdefault(fact.fact_id, place)
        named: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
        for fact in sorted(self._facts, key=lambda fact: fact.entity is None):
            company = fact.entity.name if fact.entity else "No company"
            row = self._row(fact, first_mark[fact.fact_id])
            named[company][fact.metric.replace("_", " ")].append(row)
        return [Company(name, dict(metrics)) for name, metrics in named.items()]

    def _row(self, fact: Fact, mark: int) -> Row:
        measure = "" if fact.measure == "level" else fact.measure
        compared = (fact.comparison or "").replace("vs:", "vs ")
        period = fact.period.label if fact.period else ""
        about = " · ".join(part for part in (fact.scope, measure, compared, period) if part)
        classes = [_KINDS[fact.modality]]
        if is_doubtful(fact):
            classes.append("low")
        if differs(fact):
            classes.append("differs")
        return Row(mark, self._card_of[fact.fact_id], " ".join(classes), amount(fact), about)

    @cached_property
    def without_fact(self) -> list[Row]:
        """Rows of the quantities that no fact cites, each with the words around it."""
        rows = []
        for cited, mark in zip(self._cited, self._marks, strict=True):
            if cited.quantity is None:
                continue
            before = self.text[max(0, cited.start - _CONTEXT) : cited.start].split("\n")[-1]
            after = self.text[cited.end : cited.end + _CONTEXT].split("\n")[0]
            quantity = self.text[cited.start : cited.end]
            about = f"…{before.lstrip()}{quantity}{after.rstrip()}…"
            rows.append(Row(mark.number, mark.cards[0], "bare", quantity, about))
        return rows

    @cached_property
    def sections(self) -> list[Section]:
        """The text, as sections of lines of pieces; all its characters in their order."""
        found: list[Section] = []
        shown: str | None = None
        for line in self._lines():
            section = line.line.segment.section if line.line.segment else None
            label = _LABELS.get(section or "") if section != shown else None
            if not found or label or _begins(line, found[-1]):
                titled = line.line.role in ("title", "heading")
                found.append(Section(label=None if titled else label))
            shown = section or shown
            found[-1].lines.append(line)
        return found

    def _lines(self) -> Iterator[DrawnLine]:
        found = lines(self.text, self._segments)
        edges = [line.start for line in found]
        edges += [line.body for line in found]
        spans = [(cited.start, cited.end) for cited in self._cited]
        coming = pieces(self.text, spans, edges)
        piece = next(coming, None)
        said = ""
        for line in found:
            parts: tuple[list[DrawnPiece], list[DrawnPiece]] = ([], [])
            while piece is not None and piece.start < line.end:
                parts[piece.start >= line.body].append(self._drawn(piece))
                piece = next(coming, None)
            again = line.role == "speaker" and self.text[line.start : line.end].strip() == said
            if line.role != "blank":
                said = self.text[line.start : line.end].strip()
            yield DrawnLine(line, _classes(line, again=again), _level(line), *parts)

    def _drawn(self, piece: Piece) -> DrawnPiece:
        if not piece.spans:
            return DrawnPiece(piece.text)
        here = [self._marks[number] for number in piece.spans]
        cards = tuple(dict.fromkeys(number for mark in here for number in mark.cards))
        classes = dict.fromkeys(name for mark in here for name in mark.classes.split())
        return DrawnPiece(
            piece.text,
            " ".join(map(str, cards)),
            " ".join(classes),
            self._marks[piece.opens[0]].number if piece.opens else None,
            len(cards) if len(cards) > 1 else 0,
        )


def _height(rows: int) -> int:
    """Give the step of the style sheet's heights for so many rows: 4 · 2**step of them."""
    return min(8, (rows // 4).bit_length())


def _begins(line: DrawnLine, section: Section) -> bool:
    many = len(section.lines)
    if line.line.role in ("speaker", "heading") and "again" not in line.classes:
        return many >= _FEW_LINES
    characters = section.lines[-1].line.end - section.lines[0].line.start
    return many >= _MANY_LINES or characters >= _MANY_CHARACTERS


def _classes(line: Line, *, again: bool) -> str:
    names: list[str] = [line.role]
    if again:
        names.append("again")
    segment = line.segment
    if segment and segment.boilerplate and line.role not in ("speaker", "note", "blank"):
        names.append("boilerplate")
    if segment and line.role == "bullet":
        names.append(f"depth-{min(3, max(0, line.body - line.start) // 4)}")
    if segment and segment.speaker and line.role in ("speaker", "turn", "question", "answer"):
        names.append(segment.speaker.side)
    return " ".join(names)


def _level(line: Line) -> int:
    """Give a heading's level, below the page's own title of 1; 0 for what is no heading."""
    if line.role == "title":
        return 2
    if line.role == "heading" and line.segment:
        return min(6, 3 + len(line.segment.heading_path))
    return 0
