"""Rows of tables that people read: facts and segments in a few words each."""

from collections.abc import Iterable, Iterator
from typing import Any

from pipeline.extract.statement import amount_in_words
from pipeline.stages import extract, normalize, segment
from schemas import NormalizedSegment, Segment, TranscriptMessage
from schemas.fact import FactFields

_LONG = 60


def table_rows(messages: Iterable[TranscriptMessage], stage: str) -> Iterator[dict[str, Any]]:
    """Give a row a fact, or a segment for the earlier stages."""
    for message in messages:
        for part in segment(message):
            if stage == "segmented":
                yield from (segment_row(cut) for cut in part.segments)
                continue
            normal = normalize(part)
            if stage == "normalized":
                yield from (segment_row(found) for found in normal.segments)
                continue
            yield from (fact_row(fact) for fact in extract(normal).facts)


def fact_row(fact: FactFields) -> dict[str, Any]:
    """What a reader wants of a fact, in one row."""
    subject = " · ".join(part for part in (fact.entity and fact.entity.id, fact.scope) if part)
    measured = fact.metric.replace("_", " ")
    if fact.measure != "level":
        measured += f" {fact.measure}" + (f" {fact.comparison}" if fact.comparison else "")
    amounts = (fact.value,) if fact.value is not None else (fact.low, fact.high)
    return {
        "about": subject,
        "metric": measured,
        "amount": " – ".join(amount_in_words(a, fact.unit) for a in amounts if a is not None),
        "period": fact.period.label if fact.period else "",
        "modality": fact.modality,
        "sure": f"{fact.confidence:.2f}",
        "evidence": _short(fact.evidence[0].sentence, fact.evidence[0].text),
    }


def segment_row(cut: Segment) -> dict[str, Any]:
    """A segment's role and its first words."""
    row: dict[str, Any] = {
        "segment": cut.segment_id,
        "kind": cut.kind,
        "speaker": (cut.speaker.name or cut.speaker.side) if cut.speaker else "",
        "section": cut.section or "",
        "language": cut.language,
        "under": " › ".join(cut.heading_path)[:_LONG],
        "text": cut.text[:_LONG].replace("\n", " "),
    }
    if isinstance(cut, NormalizedSegment):
        row["quantities"] = ", ".join(quantity.text for quantity in cut.quantities)
    return row


def _short(sentence: str, text: str) -> str:
    """The sentence around its number, cut to one line."""
    at = max(sentence.find(text), 0)
    start = max(0, min(at - _LONG // 2, len(sentence) - _LONG))
    piece = sentence[start : start + _LONG].replace("\n", " ").strip()
    return ("…" if start else "") + piece + ("…" if start + _LONG < len(sentence) else "")
