"""The three stages in the order in which data flows, and all of them in one process."""

from collections.abc import Iterator
from datetime import datetime

from pipeline.extract.stage import extract
from pipeline.normalize.stage import normalize
from pipeline.segment import segment
from schemas import ExtractedPart, TranscriptMessage

__all__ = ["extract", "normalize", "run", "segment"]


def run(
    message: TranscriptMessage, *, ingested_at: datetime | None = None
) -> Iterator[ExtractedPart]:
    """Take a transcript through all stages, part by part, without a broker."""
    for part in segment(message, ingested_at=ingested_at):
        yield extract(normalize(part))
