"""Lines of facts say what the models of their events would."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from pipeline.batch import event_line
from schemas import Fact, FactEvent, examples

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
def test_a_line_is_the_event(changed: dict[str, object]) -> None:
    ingested = datetime(2025, 8, 1, tzinfo=UTC)
    fields = {name: getattr(examples.FACT, name) for name in Fact.model_fields} | changed
    event = FactEvent(
        **fields, status="asserted", ingested_at=ingested, extracted_at=EXTRACTED
    ).model_dump_json()
    fact = Fact.trusted_fields(fields)
    assert event_line(fact, ingested_at=ingested, extracted_at=EXTRACTED) == event.encode()
