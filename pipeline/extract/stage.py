"""The extract stage: a part of normalised segments in, its facts out."""

from pipeline.extract.confidence import confidence, traits
from pipeline.extract.evidence import evidence_of
from pipeline.extract.frame import Frame, Reading
from pipeline.extract.identity import claim_id, fact_id
from pipeline.extract.link import link
from pipeline.extract.said import said_by
from pipeline.extract.setting import Settings
from pipeline.extract.statement import statement
from pipeline.extract.time.again import Targets
from pipeline.extract.time.spans import Spans
from pipeline.unbroken import as_written, words_of
from pipeline.version import EXTRACTOR
from schemas import Entity, ExtractedPart, Fact, NormalizedPart, NormalizedSegment, TranscriptHeader

# What only those have who earn interest; their bare "margin" is that of it.
_OF_LENDERS = frozenset({"net_interest_income", "net_interest_margin", "interest_spread"})
# What a company may mean by its margin: the first of them that its call names.
_MARGINS = frozenset(
    {"operating_margin", "adjusted_operating_margin", "ebitda_margin", "adjusted_ebitda_margin",
     "store_level_margin", "segment_margin"}
)  # fmt: skip


def extract(part: NormalizedPart) -> ExtractedPart:
    """Link the quantities of a part into facts.

    Pure: the same part gives the same facts with the same ids. Every quantity is counted once, as
    used or as refused.
    """
    settings = Settings(part.context)
    facts: list[Fact] = []
    quantities = used = 0
    frame, targets = Frame(), Targets()
    above: tuple[object, ...] = ()
    spans, kind = Spans(), ""
    lenders: set[Entity | None] = set()
    margins: dict[Entity | None, str | None] = {}
    for written in part.segments:
        segment = words_of(written)
        settings.hear(segment)
        here = (segment.heading_path, segment.speaker, segment.about)
        if here != above or "bullet" in (segment.kind, kind):
            line = frame.line if here == above else None
            margin = margins.get(segment.about)
            frame = Frame(lends=segment.about in lenders, margin=margin, line=line)
            above = here
            frame.span = spans.of(segment)
        kind = segment.kind
        if segment.boilerplate or not segment.quantities:
            quantities += len(segment.quantities)
            continue
        setting = settings.of(segment)
        repeated: dict[tuple[str, str], int] = {}
        for reading in link(segment, setting, frame):
            quantities += 1
            if reading is not None:
                used += 1
                targets.date(reading)
                if reading.metric in _OF_LENDERS:
                    lenders.add(segment.about)
                    frame.lends = True
                if reading.metric in _MARGINS and "weak metric" not in reading.doubts:
                    told = None if reading.metric == "operating_margin" else reading.metric
                    frame.margin = margins.setdefault(segment.about, told)
                facts.append(_fact(part.transcript, written, segment, reading, repeated))
        spans.hear(frame.through)
    return ExtractedPart.trusted(
        transcript=part.transcript,
        part=part.part,
        parts=part.parts,
        facts=tuple(facts),
        segments=len(part.segments),
        quantities=quantities,
        quantities_used=used,
        quantities_refused=quantities - used,
    )


def _fact(
    header: TranscriptHeader,
    written: NormalizedSegment,
    segment: NormalizedSegment,
    reading: Reading,
    repeated: dict[tuple[str, str], int],
) -> Fact:
    evidence = evidence_of(segment, reading)
    said = said_by(reading)
    claim = claim_id(said)
    sentence = evidence[0].sentence
    key = (claim, sentence + evidence[0].text)
    before = repeated.get(key, 0)
    repeated[key] = before + 1
    identity = fact_id(
        transcript_id=header.transcript_id,
        claim=claim,
        amounts=(reading.value, reading.low, reading.high, reading.quantity.qualifier),
        sentence=sentence,
        text=evidence[0].text,
        nth=(segment.echo, before),
    )
    return Fact.trusted(
        fact_id=identity,
        claim_id=claim,
        transcript_id=header.transcript_id,
        revision=header.revision,
        segment_id=segment.segment_id,
        **said,
        speaker=segment.speaker,
        section=segment.section,
        evidence=as_written(evidence, written),
        statement=statement(said),
        confidence=confidence(
            traits(
                reading,
                agrees=evidence[-1].agrees,
                section=segment.section,
                sentence=sentence,
            )
        ),
        extractor=EXTRACTOR,
        published_at=header.published_at,
    )
