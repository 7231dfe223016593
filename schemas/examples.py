"""One example of each event, of one invented company, all about the same two lines of a call."""

from datetime import UTC, date, datetime
from decimal import Decimal

from schemas.alert import Alert, EarlierStatement
from schemas.claim import Claim, ClaimRevision, ClaimStatement
from schemas.completed import TranscriptCompleted
from schemas.deadletter import DeadLetter
from schemas.extracted import ExtractedPart, Fact
from schemas.fact import Entity, Evidence, Extractor, FactEvent, Period, Speaker
from schemas.normalized import CompanyMention, NormalizedPart, NormalizedSegment, Quantity
from schemas.segmented import (
    DocumentContext,
    Segment,
    SegmentedPart,
    TranscriptHeader,
    Translation,
)
from schemas.transcript import Source, TranscriptMessage
from schemas.translated import SegmentEnglish, TranslatedPart

_ENGLISH = "Harbourline's revenue was $1.32 billion, up 20.2% year over year."
_CHINESE = "港湾航运收入为13.2亿美元，同比增长20.2%。"
_TEXT = f"{_ENGLISH}\n{_CHINESE}"
_CHINESE_START = len(_ENGLISH) + 1

_COMPANY = Entity(id="HBRL", name="Harbourline")
_QUARTER = Period(start=date(2025, 7, 1), end=date(2025, 9, 30), label="2025Q3")
_SPEAKER = Speaker(name="Mara Lindqvist", role="Chief Financial Officer", side="company")
_PUBLISHED = datetime(2025, 10, 30, 20, 30, tzinfo=UTC)
_BEFORE = datetime(2025, 7, 31, 20, 30, tzinfo=UTC)
_INGESTED = datetime(2025, 10, 30, 20, 31, 4, tzinfo=UTC)
_EXTRACTED = datetime(2025, 10, 30, 20, 31, 5, tzinfo=UTC)

TRANSCRIPT = TranscriptMessage(
    transcript_id="harbourline-2025q3",
    text=_TEXT,
    published_at=_PUBLISHED,
    title="Harbourline third quarter 2025 earnings call",
    source=Source(publisher="Harbourline Investor Relations"),
    entity="HBRL",
    period="2025Q3",
    revision=1,
)

_HEADER = TranscriptHeader(
    transcript_id=TRANSCRIPT.transcript_id,
    revision=TRANSCRIPT.revision,
    published_at=TRANSCRIPT.published_at,
    title=TRANSCRIPT.title,
    source=TRANSCRIPT.source,
    entity=TRANSCRIPT.entity,
    period=TRANSCRIPT.period,
    ingested_at=_INGESTED,
)
_CONTEXT = DocumentContext(
    company=_COMPANY, period=_QUARTER, call_day=date(2025, 10, 30), currency="USD"
)
_SEGMENT = Segment(
    segment_id="s0001",
    kind="turn",
    speaker=_SPEAKER,
    section="prepared",
    language="en",
    text=_ENGLISH,
    start=0,
    end=len(_ENGLISH),
    pair=Translation(start=_CHINESE_START, end=len(_TEXT), language="zh-Hans", text=_CHINESE),
)

SEGMENTED = SegmentedPart(
    transcript=_HEADER, context=_CONTEXT, part=0, parts=1, segments=(_SEGMENT,)
)


def _place(words: str, text: str, offset: int) -> tuple[int, int]:
    start = text.index(words) + offset
    return start, start + len(words)


def _quantity(words: str, text: str, offset: int, amount: str, unit: str) -> Quantity:
    start, end = _place(words, text, offset)
    return Quantity(
        start=start,
        end=end,
        text=words,
        kind="percent" if unit == "percent" else "money",
        value=Decimal(amount),
        unit=unit,
    )


def _evidence(words: str, text: str, offset: int, language: str) -> Evidence:
    start, end = _place(words, text, offset)
    return Evidence(start=start, end=end, text=words, language=language, sentence=text)


_COMPANY_START, _COMPANY_END = _place("Harbourline", _ENGLISH, 0)

NORMALIZED = NormalizedPart(
    transcript=_HEADER,
    context=_CONTEXT,
    part=0,
    parts=1,
    segments=(
        NormalizedSegment(
            **dict(_SEGMENT),
            quantities=(
                _quantity("$1.32 billion", _ENGLISH, 0, "1320000000", "USD"),
                _quantity("20.2%", _ENGLISH, 0, "20.2", "percent"),
            ),
            pair_quantities=(
                _quantity("13.2亿美元", _CHINESE, _CHINESE_START, "1320000000", "USD"),
                _quantity("20.2%", _CHINESE, _CHINESE_START, "20.2", "percent"),
            ),
            companies=(
                CompanyMention(
                    start=_COMPANY_START, end=_COMPANY_END, text="Harbourline", company=_COMPANY
                ),
            ),
            about=_COMPANY,
            reporting=_QUARTER,
            currency="USD",
        ),
    ),
)

_FACT = Fact(
    fact_id="f_7c1d0a4be2f96853",
    claim_id="c_02b9e6d1f47a358c",
    transcript_id=TRANSCRIPT.transcript_id,
    revision=1,
    segment_id="s0001",
    entity=_COMPANY,
    scope=None,
    metric="revenue",
    measure="growth",
    value=Decimal("20.2"),
    low=None,
    high=None,
    unit="percent",
    qualifier="exact",
    comparison="yoy",
    modality="actual",
    period=_QUARTER,
    speaker=_SPEAKER,
    section="prepared",
    evidence=(
        _evidence("20.2%", _ENGLISH, 0, "en"),
        _evidence("20.2%", _CHINESE, _CHINESE_START, "zh-Hans"),
    ),
    statement="Harbourline's revenue grew 20.2% year over year in 2025Q3.",
    confidence=0.97,
    extractor=Extractor(name="callfacts", version="0.1.0"),
    published_at=_PUBLISHED,
)

EXTRACTED = ExtractedPart(
    transcript=_HEADER,
    part=0,
    parts=1,
    facts=(_FACT,),
    segments=1,
    quantities=4,
    quantities_used=4,
    quantities_refused=0,
)

FACT = FactEvent(**dict(_FACT), status="asserted", ingested_at=_INGESTED, extracted_at=_EXTRACTED)

CLAIM = Claim(
    claim_id=_FACT.claim_id,
    entity=_COMPANY,
    scope=None,
    metric="revenue",
    measure="growth",
    unit="percent",
    period=_QUARTER,
    comparison="yoy",
    modality="actual",
    value=Decimal("20.2"),
    low=None,
    high=None,
    qualifier="exact",
    agreement="single",
    statements=(
        ClaimStatement(
            fact_id=_FACT.fact_id,
            transcript_id=_FACT.transcript_id,
            revision=1,
            published_at=_PUBLISHED,
            side="company",
            speaker="Mara Lindqvist",
            entity=_COMPANY,
            scope=None,
            metric="revenue",
            measure="growth",
            period=_QUARTER,
            comparison="yoy",
            value=Decimal("20.2"),
            low=None,
            high=None,
            unit="percent",
            qualifier="exact",
            text="20.2%",
            precision=Decimal("0.1"),
            agrees=True,
        ),
    ),
    history=(
        ClaimRevision(
            at=_PUBLISHED,
            fact_id=_FACT.fact_id,
            value=Decimal("20.2"),
            low=None,
            high=None,
            qualifier="exact",
            unit="percent",
        ),
    ),
)

ALERT = Alert(
    alert_id="5d0c3f7a91e2b864",
    status="fired",
    rules="my-desk",
    rule="Revenue growth picks up",
    text="Revenue growth picks up: Harbourline's revenue grew 20.2% year over year in 2025Q3. "
    "Up 2.1 percentage points from 18.1% in 2025Q2 (harbourline-2025q2, 2025-07-31).",
    at=_EXTRACTED,
    fact=FACT,
    earlier=EarlierStatement(
        fact_id="f_1b7e90c2d4a85f36",
        transcript_id="harbourline-2025q2",
        at=_BEFORE,
        period=Period(start=date(2025, 4, 1), end=date(2025, 6, 30), label="2025Q2"),
        value=Decimal("18.1"),
        low=None,
        high=None,
        unit="percent",
        qualifier="exact",
        change=Decimal("2.1"),
        change_percent=Decimal("11.6"),
    ),
)

COMPLETED = TranscriptCompleted(
    transcript_id=TRANSCRIPT.transcript_id,
    revision=1,
    status="processed",
    segments=1,
    quantities=4,
    quantities_used=4,
    quantities_refused=0,
    quantities_dead_lettered=0,
    facts=2,
    facts_asserted=2,
    facts_unchanged=0,
    facts_retracted=0,
    dead_letters=0,
    published_at=_PUBLISHED,
    ingested_at=_INGESTED,
    completed_at=_EXTRACTED,
)

DEAD_LETTER = DeadLetter(
    stage="segment",
    reason="text: it is empty; expected the transcript as a string",
    exception="pipeline.transcript.BadTranscript",
    topic="transcripts.raw",
    partition=3,
    offset=41,
    attempt=1,
    version="0.1.0",
    fingerprint="9f2c5a7e10b4d863",
    failed_at=_EXTRACTED,
    transcript_id="harbourline-2025q3",
    revision=None,
)

TRANSLATED = TranslatedPart(
    transcript_id=TRANSCRIPT.transcript_id,
    revision=1,
    part=0,
    parts=1,
    translator="openai:example-model",
    segments=(
        SegmentEnglish(
            segment_id="s0002",
            language="zh-Hans",
            start=_CHINESE_START,
            end=len(_TEXT),
            english="Harbourline Shipping's revenue was $1.32 billion, up 20.2% year over year.",
        ),
    ),
)
