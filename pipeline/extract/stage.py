"""The extract stage: a part of normalised segments in, its facts out."""

from pipeline.extract.frame import Frame
from pipeline.extract.link import link
from pipeline.extract.setting import Settings
from pipeline.extract.time.again import Targets
from pipeline.extract.time.spans import Spans
from pipeline.extract.writing import Writing
from pipeline.unbroken import words_of
from schemas import Entity, ExtractedPart, Fact, NormalizedPart

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
        fields = written.__dict__  # each for itself would take four times as long
        before, kind = kind, fields["kind"]
        if kind == "question":
            settings.hear(written)
        about = fields["about"]
        here = (fields["heading_path"], fields["speaker"], about)
        if here != above or "bullet" in (kind, before):
            line = frame.line if here == above else None
            margin = margins.get(about) if margins else None
            lends = bool(lenders) and about in lenders
            frame = Frame(lends=lends, margin=margin, line=line)
            above = here
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
                    lenders.add(about)
                    frame.lends = True
                if reading.metric in _MARGINS and "weak metric" not in reading.doubts:
                    named = None if reading.metric == "operating_margin" else reading.metric
                    frame.margin = margins.setdefault(about, named)
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
