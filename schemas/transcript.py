"""A transcript as it lands: the message on ``transcripts.raw``."""

from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field

from schemas.event import Event, Moment


def _has_words(text: str) -> str:
    if not text.strip():
        raise ValueError("the text is empty: a transcript has at least one character to read")
    return text


class Source(Event):
    """Where a transcript was published."""

    model_config = ConfigDict(extra="allow", frozen=True)

    publisher: str | None = None
    url: str | None = None


class TranscriptMessage(Event):
    """One document about one earnings event, or about several companies' events.

    ``entity``, ``period`` and ``language`` are hints; what the text itself says is weighed against
    them. Fields that this model does not know are kept and passed on. The reader in
    ``pipeline/transcript.py`` asks more of ``text`` than a schema can say: at most 10,000,000 bytes
    in UTF-8, some letter or digit, no control characters but tabs, line ends and page breaks.
    """

    model_config = ConfigDict(extra="allow", frozen=True)

    transcript_id: Annotated[str, Field(min_length=1, max_length=500)]
    text: Annotated[str, AfterValidator(_has_words), Field(min_length=1)]
    published_at: Moment | None = None
    title: str | None = None
    source: Source | None = None
    entity: str | None = None
    period: str | None = None
    language: str | None = None
    revision: Annotated[int, Field(ge=1, strict=True)] = 1
