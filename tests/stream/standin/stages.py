"""Stages that stand in for the real ones: small, fast, and failing where the text asks for it.

A transcript is one part for each line; each number in a line is a fact. A line with ``FAIL-IN-x``
makes stage x fail on its part; ``SLOW-x`` makes it take x milliseconds. All facts about a company,
and all about nobody, are of one claim.
"""

import hashlib
import re
import time
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from schemas import (
    DocumentContext,
    Entity,
    Evidence,
    ExtractedPart,
    Extractor,
    Fact,
    NormalizedPart,
    NormalizedSegment,
    Quantity,
    Segment,
    SegmentedPart,
    TranscriptHeader,
    TranscriptMessage,
)

_NUMBER = re.compile(r"[0-9]+")
_ENTITY = re.compile(r"[A-Z]{4}")


def segment(
    message: TranscriptMessage, *, ingested_at: datetime | None = None
) -> Iterator[SegmentedPart]:
    _obey("segment", message.text)
    lines, start = message.text.splitlines(keepends=True), 0
    for number, line in enumerate(lines):
        yield SegmentedPart(
            transcript=TranscriptHeader(
                transcript_id=message.transcript_id,
                revision=message.revision,
                published_at=message.published_at,
                title=message.title,
                entity=message.entity,
                ingested_at=ingested_at,
            ),
            context=DocumentContext(),
            part=number,
            parts=len(lines),
            segments=(
                Segment(
                    segment_id=f"s{number}",
                    kind="paragraph",
                    language="en",
                    text=line,
                    start=start,
                    end=start + len(line),
                ),
            ),
        )
        start += len(line)


def normalize(part: SegmentedPart) -> NormalizedPart:
    segments = []
    for each in part.segments:
        _obey("normalize", each.text)
        quantities = tuple(
            Quantity(
                start=each.start + found.start(),
                end=each.start + found.end(),
                text=found[0],
                kind="number",
                value=Decimal(found[0]),
            )
            for found in _NUMBER.finditer(each.text)
        )
        segments.append(NormalizedSegment(**each.model_dump(), quantities=quantities))
    return NormalizedPart(
        transcript=part.transcript,
        context=part.context,
        part=part.part,
        parts=part.parts,
        segments=tuple(segments),
    )


def extract(part: NormalizedPart) -> ExtractedPart:
    facts: list[Fact] = []
    for each in part.segments:
        _obey("extract", each.text)
        facts.extend(_fact(part, each, quantity) for quantity in each.quantities)
    return ExtractedPart(
        transcript=part.transcript,
        part=part.part,
        parts=part.parts,
        facts=tuple(facts),
        segments=len(part.segments),
        quantities=len(facts),
        quantities_used=len(facts),
        quantities_refused=0,
    )


def _fact(part: NormalizedPart, segment: NormalizedSegment, quantity: Quantity) -> Fact:
    header, entity = part.transcript, _ENTITY.search(segment.text)
    said = f"{header.transcript_id}|{segment.text}|{quantity.text}"
    return Fact(
        fact_id=hashlib.sha256(said.encode()).hexdigest()[:24],
        claim_id="c-" + (entity[0] if entity else "someone"),
        transcript_id=header.transcript_id,
        revision=header.revision,
        segment_id=segment.segment_id,
        entity=Entity(id=entity[0], name=entity[0]) if entity else None,
        scope=None,
        metric="revenue",
        measure="level",
        value=quantity.value,
        low=None,
        high=None,
        unit="count",
        qualifier="exact",
        comparison=None,
        modality="actual",
        period=None,
        speaker=None,
        section=None,
        evidence=(
            Evidence(
                start=quantity.start,
                end=quantity.end,
                text=quantity.text,
                language="en",
                sentence=segment.text,
            ),
        ),
        statement=segment.text.strip(),
        confidence=0.9,
        extractor=Extractor(name="standin", version="1"),
        published_at=header.published_at,
    )


def _obey(stage: str, text: str) -> None:
    if f"FAIL-IN-{stage}" in text:
        raise RuntimeError(f"the text asks {stage} to fail")
    slow = re.search(r"SLOW-([0-9]+)", text)
    if slow:
        time.sleep(int(slow[1]) / 1000)
