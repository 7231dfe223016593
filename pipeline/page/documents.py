"""From transcript messages to the page: run the stages and draw what they found."""

from collections.abc import Iterable, Iterator, Sequence

from pipeline.page.render import Document, render
from pipeline.stages import extract, normalize, segment
from schemas import DocumentContext, Fact, NormalizedSegment, TranscriptMessage


def page(messages: Iterable[TranscriptMessage]) -> str:
    """Give one self-contained HTML page for all the transcripts."""
    return render(_documents(messages))


def _documents(messages: Iterable[TranscriptMessage]) -> Iterator[Document]:
    for message in messages:
        context: DocumentContext | None = None
        segments: list[NormalizedSegment] = []
        facts: list[Fact] = []
        for part in segment(message):
            normal = normalize(part)
            context = normal.context
            segments.extend(normal.segments)
            facts.extend(extract(normal).facts)
        published = message.published_at
        yield Document(
            transcript_id=message.transcript_id,
            title=message.title or _first_heading(segments),
            text=message.text,
            segments=segments,
            facts=facts,
            context=context,
            published=published.date().isoformat() if published else None,
        )


def _first_heading(segments: Sequence[NormalizedSegment]) -> str | None:
    first = segments[0] if segments else None
    return first.text.strip() if first and first.kind == "heading" else None
