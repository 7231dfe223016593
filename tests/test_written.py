"""What is written is what the models would write, to the byte."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Literal

import pytest

from pipeline.claims.merge import claims_of
from pipeline.samples import samples
from pipeline.stages import extract, normalize, segment
from pipeline.written import event_written, written
from schemas import Fact, FactEvent, Speaker, TranscriptMessage, examples
from schemas.event import plain

EXTRACTED = datetime(2025, 8, 1, 20, 30, 5, 120_000, tzinfo=UTC)


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"value": Decimal("-1.250E+10"), "low": Decimal("0.50"), "high": Decimal(0)},
        {"scope": '"云"\\\n\x1f\x7f\u2028😀', "entity": None, "period": None, "speaker": None},
        {"published_at": EXTRACTED},
    ],
)
@pytest.mark.parametrize("status", ["asserted", "retracted"])
def test_an_event_is_written_as_its_model_writes_it(
    changed: dict[str, object], status: Literal["asserted", "retracted"]
) -> None:
    ingested = datetime(2025, 8, 1, tzinfo=UTC)
    fields = {name: getattr(examples.FACT, name) for name in Fact.model_fields} | changed
    event = FactEvent(
        **fields, status=status, ingested_at=ingested, extracted_at=EXTRACTED
    ).model_dump_json()
    fact = Fact.trusted_fields(fields)
    line = event_written(fact, status, ingested_at=ingested, extracted_at=EXTRACTED)
    assert line == event.encode()


@pytest.mark.parametrize("message", samples(), ids=lambda message: message.transcript_id)
def test_what_the_stages_hand_on_is_written_as_its_model_writes_it(
    message: TranscriptMessage,
) -> None:
    facts: list[Fact] = []
    for part in segment(message, ingested_at=EXTRACTED):
        normal = normalize(part)
        extracted = extract(normal)
        facts += extracted.facts
        for event in (part, normal, extracted):
            assert written(event) == event.model_dump_json().encode()
    for claim in claims_of(facts).values():
        assert written(claim) == claim.model_dump_json().encode()


@pytest.mark.parametrize(
    ("amount", "spelled"),
    [
        ("0", "0"), ("-0", "0"), ("0.0", "0"), ("-0.00", "0"), ("100", "100"), ("20.20", "20.2"),
        ("-3.5", "-3.5"), ("1.320E+11", "132000000000"), ("1E-7", "0.0000001"), ("0.50", "0.5"),
        ("7.0", "7"),
    ],
)  # fmt: skip
def test_an_amount_is_spelled_plainly(amount: str, spelled: str) -> None:
    assert plain(Decimal(amount)) == spelled


def test_a_fact_is_written_with_its_own_speaker_whatever_was_written_before() -> None:
    fields = {name: getattr(examples.FACT, name) for name in Fact.model_fields}
    speakers = (fields["speaker"], Speaker(name="Li Wei", role="CFO", side="company"), None)
    facts = [Fact.trusted_fields({**fields, "speaker": speaker}) for speaker in speakers]
    for fact in facts * 2:
        assert written(fact) == fact.model_dump_json().encode()


def test_what_json_has_no_form_for_is_refused() -> None:
    fact = Fact.trusted_fields({**examples.FACT.__dict__, "value": {1, 2}})
    with pytest.raises(TypeError):
        written(fact)
