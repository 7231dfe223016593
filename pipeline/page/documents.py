"""From transcript messages to the page: run the stages and draw what they found."""

from collections.abc import Iterable, Iterator

from pipeline.page.render import Document, render
from pipeline.stages import extract, normalize, segment
from schemas import Fact, NormalizedSegment, TranscriptMessage


def page(messages: Iterable[TranscriptMessage]) -> str:
    """Give one self-contained HTML page for all the transcripts."""
    return render(_documents(messages))


def _documents(messages: Iterable[TranscriptMessage]) -> Iterator[Document]:
    for message in messages:
        segments: list[NormalizedSegment] = []
        facts: list[Fact] = []
        for part in segment(message):
            normal = normalize(part)
            segments.extend(normal.segments)
            facts.extend(extract(normal).facts)
        yield Document(message.transcript_id, message.title, message.text, segments, facts)
