"""Draw transcripts with their facts as one HTML page that needs nothing else."""

from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files

from jinja2 import Environment, Template
from markupsafe import Markup, escape

from pipeline.page.cards import LABELS, company
from pipeline.page.drawing import Drawing, Numbers
from schemas import DocumentContext, Fact, NormalizedSegment


@dataclass(frozen=True, slots=True)
class Document:
    """A transcript to draw: its text, its normalised segments and its facts.

    ``notes`` are short remarks beside the title, such as when it was published.
    """

    transcript_id: str
    title: str | None
    text: str
    segments: Sequence[NormalizedSegment]
    facts: Sequence[Fact]
    context: DocumentContext | None = None
    published: str | None = None


def render(documents: Iterable[Document]) -> str:
    """Give the page. All that comes from a transcript is escaped, and the page runs only its own.

    Its content security policy names the style and the script by their hashes and forbids all
    else, so that even a mark-up that got through could neither run nor load anything.
    """
    numbers = Numbers()
    drawn = [
        Drawing(
            title=document.title or document.transcript_id,
            notes=_notes(document),
            text=document.text,
            segments=document.segments,
            facts=document.facts,
            numbers=numbers,
        )
        for document in documents
    ]
    style, script = _source("page.css"), _source("page.js")
    return _template().render(
        documents=drawn,
        cards={"labels": LABELS, "cards": numbers.cards},
        style=Markup(style),  # noqa: S704 - the project's own file
        script=Markup(script),  # noqa: S704 - the project's own file
        policy="; ".join(
            (
                "default-src 'none'",
                f"style-src '{_hash(style)}'",
                f"script-src '{_hash(script)}'",
                "base-uri 'none'",
                "form-action 'none'",
            )
        ),
    )


def _notes(document: Document) -> list[str]:
    context = document.context
    notes = []
    if context and context.company:
        notes.append(company(context.company))
    if context and context.period:
        notes.append(context.period.label)
    if context and context.call_day:
        notes.append(f"call {context.call_day.isoformat()}")
    if document.published:
        notes.append(f"published {document.published}")
    if document.title:
        notes.append(document.transcript_id)
    return notes


def _exact(text: str) -> Markup:
    """Escape a text so that a browser keeps all of it: a bare carriage return, too."""
    escaped = str(escape(text))
    return Markup(escaped.replace("\r", "&#13;"))  # noqa: S704 - escaped above


def _hash(text: str) -> str:
    return "sha256-" + b64encode(sha256(text.encode()).digest()).decode()


@cache
def _source(name: str) -> str:
    return files("pipeline.page").joinpath(name).read_text(encoding="utf-8")


@cache
def _template() -> Template:
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters["exact"] = _exact
    environment.policies["json.dumps_kwargs"] = {
        "ensure_ascii": False,
        "separators": (",", ":"),
    }
    return environment.from_string(_source("page.html.j2"))
