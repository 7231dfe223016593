"""The extract stage: a part of normalised segments in, its facts out."""

from typing import Any

from pipeline.extract.frame import Frame
from pipeline.extract.link import link
from pipeline.extract.setting import Settings
from pipeline.extract.time.again import Targets
from pipeline.extract.time.spans import Spans
from pipeline.extract.writing import Writing
from pipeline.unbroken import words_of
from schemas import Entity, ExtractedPart, Fact, NormalizedPart, Speaker

# What only those have who earn interest; their bare "margin" is that of it.
_OF_LENDERS = frozenset({"net_interest_income", "net_interest_margin", "interest_spread"})
# What a company may mean by its margin: the first of them that its call names.
_MARGINS = frozenset(
    {"operating_margin", "adjusted_operating_margin", "ebitda_margin", "adjusted_ebitda_margin",
     "store_level_margin", "segment_margin"}
)  # fmt: skip


def _id_of(company: Entity | None) -> str | None:
    return company.id if company is not None else None


def _are_alike(one: Speaker | Entity | None, other: Speaker | Entity | None) -> bool:
    # To hold two models against each other takes five times as long as to hold their fields.
    if one is other or one is None or other is None:
        return one is other
    return one.__dict__ == other.__dict__


def extract(part: NormalizedPart) -> ExtractedPart:
    """Link the quantities of a part into facts.

    Pure: the same part gives the same facts with the same ids. Every quantity is counted once, as
    used or as refused.
    """
    settings = Settings(part.context)
    facts: list[Fact] = []
    quantities = used = 0
    frame, targets = Frame(), Targets()
    path: tuple[str, ...] | None = None
    speaker: Speaker | None = None
    about: Entity | None = None
    spans, kind = Spans(), ""
    lenders: set[str | None] = set()
    margins: dict[str | None, str | None] = {}
    for written in part.segments:
        fields: dict[str, Any] = written.__dict__  # each for itself would take four times as long
        before, kind = kind, fields["kind"]
        if kind == "question":
            settings.hear(written)
        above = path, speaker, about
        path, speaker, about = fields["heading_path"], fields["speaker"], fields["about"]
        goes_on = path == above[0] and _are_alike(speaker, above[1]) and _are_alike(about, above[2])
        if not goes_on or "bullet" in (kind, before):
            told_of = _id_of(about) if margins or lenders else None
            line = frame.line if goes_on else None
            frame = Frame(lends=told_of in lenders, margin=margins.get(told_of), line=line)
            frame.span = spans.of(written)
        told = len(fields["quantities"])
        if not told or fields["boilerplate"]:
            quantities += told
            continue
        segment = words_of(written)
        setting = settings.of(segment)
        writing = Writing(part.transcript, written, segment)
        for reading in link(segment, setting, frame):
            quantities += 1
            if reading is not None:
                used += 1
                targets.date(reading)
                if reading.metric in _OF_LENDERS:
                    lenders.add(_id_of(about))
                    frame.lends = True
                if reading.metric in _MARGINS and "weak metric" not in reading.doubts:
                    named = None if reading.metric == "operating_margin" else reading.metric
                    frame.margin = margins.setdefault(_id_of(about), named)
                facts.append(writing.fact(reading))
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
