"""What the document as a whole says of itself."""

from collections.abc import Sequence

from schemas.segmented import DocumentContext, Segment
from schemas.transcript import TranscriptMessage


def read_context(message: TranscriptMessage, segments: Sequence[Segment]) -> DocumentContext:
    """Read company, reporting period, call day, currency and growth basis."""
    day = message.published_at.date() if message.published_at else None
    return DocumentContext(call_day=day)
