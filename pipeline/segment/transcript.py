"""The stage's one function: a transcript message in, its segments in parts out."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from pipeline.normalize.script import fold
from pipeline.segment.bilingual import pair_translations
from pipeline.segment.boilerplate import Cues, mark_boilerplate
from pipeline.segment.captions import join_captions
from pipeline.segment.context import read_context
from pipeline.segment.dialogue import read_dialogue
from pipeline.segment.draft import Draft
from pipeline.segment.lines import Line, read_lines
from pipeline.segment.parts import cut_parts
from pipeline.segment.reader import Reader
from schemas.segmented import Segment, SegmentedPart, TranscriptHeader, Translation
from schemas.transcript import TranscriptMessage

# Looked up once: to look up a method of a model takes as long as half of it.
_MADE_OF = Segment.trusted_fields


def segment(
    message: TranscriptMessage, *, ingested_at: datetime | None = None
) -> Iterator[SegmentedPart]:
    """Cut a transcript into segments, in parts that each carry the document's context.

    Every segment's text is exactly ``message.text[start:end]`` without surrounding white space,
    list numbers, bullets, and speakers' labels ("Q1：", "CFO："), which are not its words. Segments
    stand in the order of their starts and do not overlap; lines that only name a speaker or a time
    are no segments. ``heading_path`` holds the headings and parent bullets above a segment,
    outermost first, without their numbers and without the document's title; on a table's rows its
    last entry is the table's header row as written, if it has one. ``ingested_at`` is passed on in
    the header.
    """
    lines = join_captions(read_lines(message.text), message.text)
    folded = _fold(message.text, lines)
    drafts = _drafts(message, lines, folded)
    context = read_context(message, drafts, folded)
    header = _header(message, ingested_at)
    parts = list(cut_parts(drafts))
    finished = _Finished(message.text, drafts)
    for number, run in enumerate(parts):
        yield SegmentedPart.trusted(
            transcript=header,
            context=context,
            part=number,
            parts=len(parts),
            segments=tuple([finished.segment(draft) for draft in run]),
        )


def _fold(text: str, lines: list[Line]) -> str:
    """Fold a text by its lines: each is folded again later, and remembered for it."""
    if text.isascii():
        return fold(text)
    pieces = []
    end = 0
    for line in lines:
        between = text[end : line.start]
        pieces.append(between if between == "\n" else fold(between))
        pieces.append(fold(line.text))
        end = line.end
    pieces.append(fold(text[end:]))
    return "".join(pieces)


def _drafts(message: TranscriptMessage, lines: list[Line], folded: str) -> list[Draft]:
    cues = Cues(folded, lines)
    reader = Reader(lines, cues, folded)
    drafts = reader.read()
    mark_boilerplate(drafts, cues, folded)
    drafts = pair_translations(drafts, folded)
    publisher = message.source.publisher if message.source else None
    read_dialogue(drafts, cues, folded, publisher, stamped=reader.cast.stamped)
    return drafts


class _Finished:
    """Makes the drafts of a text into segments, in order, each when its part is due."""

    def __init__(self, text: str, drafts: Sequence[Draft]) -> None:
        self._text = text
        # Counted from such a number all have as many digits: 10001 is s0001.
        self._number = int(10 ** max(4, len(str(len(drafts)))))
        self._seen: dict[str, int] = {}
        self._shared: dict[str, object] = dict.fromkeys(Segment.model_fields)
        self._before: Draft | None = None

    def segment(self, draft: Draft) -> Segment:
        """Give the segment of the next draft."""
        before = self._before
        if before is None or not _alike(before, draft):
            self._shared = self._share(draft)
            self._before = draft
        self._number += 1
        draft.name = "s" + str(self._number)[1:]
        echo = self._seen.get(draft.text, 0)
        self._seen[draft.text] = echo + 1
        whole = len(draft.text) == draft.end - draft.start
        fields = self._shared.copy()  # sooner done than each value by its name
        fields["segment_id"] = draft.name
        fields["text"] = draft.text if whole else self._text[draft.start : draft.end]
        fields["start"] = draft.start
        fields["end"] = draft.end
        if draft.pair is not None:
            start, end, language = draft.pair
            fields["pair"] = Translation.trusted(
                start=start, end=end, language=language, text=self._text[start:end]
            )
        if echo:
            fields["echo"] = echo
        return _MADE_OF(fields)

    def _share(self, draft: Draft) -> dict[str, object]:
        """Give the fields of a segment, with the values that the next ones mostly have too."""
        shared = self._shared.copy()
        shared["kind"] = draft.kind
        shared["speaker"] = draft.speaker
        shared["section"] = draft.section
        shared["heading_path"] = draft.path
        shared["language"] = draft.language
        shared["boilerplate"] = draft.boilerplate
        shared["question_id"] = draft.question.name if draft.question is not None else None
        shared["echo"] = 0
        return shared


def _alike(one: Draft, other: Draft) -> bool:
    """Whether two drafts differ in nothing but their words and their places."""
    return (
        one.kind == other.kind
        and one.speaker is other.speaker
        and one.section == other.section
        and one.path is other.path
        and one.language == other.language
        and one.boilerplate == other.boilerplate
        and one.question is other.question
    )


def _header(message: TranscriptMessage, ingested_at: datetime | None) -> TranscriptHeader:
    return TranscriptHeader(
        transcript_id=message.transcript_id,
        revision=message.revision,
        published_at=message.published_at,
        title=message.title,
        source=message.source,
        entity=message.entity,
        period=message.period,
        language=message.language,
        ingested_at=ingested_at,
        extra=message.model_extra or {},
    )
