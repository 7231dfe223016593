"""Facts and claims to hold rules against, and ways to put them on their topics."""

import itertools
from typing import Any

from kafka_view import Stream
from told import FIELDS, a_fact

from schemas import Claim, FactEvent

ENTITY = {"id": "AMZN", "name": "Amazon"}
Q2 = {"start": "2025-04-01", "end": "2025-06-30", "label": "2025Q2"}
Q3 = {"start": "2025-07-01", "end": "2025-09-30", "label": "2025Q3"}
YEAR = {"start": "2025-01-01", "end": "2025-12-31", "label": "2025"}

_NUMBERS = itertools.count()


def fact(value: str | None, **fields: Any) -> FactEvent:
    """Capex guidance of a company for the year, unless told otherwise; each a fact of its own."""
    number = next(_NUMBERS)
    given: dict[str, Any] = {
        "fact_id": f"fact-{number}",
        "claim_id": "capex-guidance",
        "entity": ENTITY,
        "metric": "capex",
        "modality": "forward",
        "period": YEAR,
        "value": value,
        "published_at": "2025-10-30T20:30:00Z",
        "ingested_at": "2025-10-30T20:31:00Z",
        **fields,
    }
    return a_fact(**given)


def retraction(of: FactEvent) -> FactEvent:
    return of.model_copy(update={"status": "retracted"})


def publish(stream: Stream, *facts: FactEvent, **more: Any) -> None:
    """Put fact events on their topic as the publisher does."""
    for each in facts:
        key = each.entity.id if each.entity else each.transcript_id
        identity = f"{each.fact_id}-{each.status}-r{each.revision}@0-0"
        headers = [("ce_id", identity.encode())]
        value = each.model_dump_json().encode()
        stream.send(key, value, "facts.events", headers=headers, **more)


def claim(agreement: str, *amounts: str, claim_id: str = "c1") -> Claim:
    """A claim on revenue that documents state with these amounts."""
    statement = {
        name: FIELDS[name]
        for name in ("revision", "published_at", "entity", "metric", "measure", "low", "high",
                     "unit", "qualifier")
    }  # fmt: skip
    statements = [
        {**statement, "fact_id": f"f{index}", "transcript_id": f"doc-{index}", "side": "company",
         "value": amount, "agrees": index == 0}
        for index, amount in enumerate(amounts)
    ]  # fmt: skip
    return Claim.model_validate(
        {
            "claim_id": claim_id,
            "entity": ENTITY,
            "scope": None,
            "metric": "revenue",
            "measure": "level",
            "unit": "USD",
            "period": Q3,
            "comparison": None,
            "modality": "actual",
            "value": amounts[0],
            "low": None,
            "high": None,
            "qualifier": "exact",
            "agreement": agreement,
            "statements": statements,
            "history": [],
        }
    )
