"""Fact events to subscribe to, and a way to put them on a topic."""

from typing import Any

from kafka_view import Stream

from schemas import FactEvent

FIELDS: dict[str, Any] = {
    "fact_id": "f1",
    "claim_id": "c1",
    "transcript_id": "call",
    "revision": 1,
    "segment_id": "s1",
    "entity": {"id": "AAAA", "name": "Alpha"},
    "scope": None,
    "metric": "revenue",
    "measure": "level",
    "value": "5",
    "low": None,
    "high": None,
    "unit": "USD",
    "qualifier": "exact",
    "comparison": None,
    "modality": "actual",
    "period": None,
    "speaker": None,
    "section": "prepared",
    "evidence": [{"start": 0, "end": 2, "text": "$5", "language": "en", "sentence": "$5."}],
    "statement": "Alpha revenue was USD 5.",
    "confidence": 0.9,
    "extractor": {"name": "callfacts", "version": "0"},
    "published_at": None,
    "status": "asserted",
    "ingested_at": None,
    "extracted_at": "2025-10-30T21:00:00Z",
}


def a_fact(**fields: Any) -> FactEvent:
    """A fact event that differs from a plain one in some fields."""
    return FactEvent.model_validate({**FIELDS, **fields})


def tell(stream: Stream, *names: str, **fields: Any) -> None:
    """Publish fact events of these fact_ids; a record's ``timestamp_ms`` and ``ce_id`` may be set.

    The record's key is the fact_id, so that several partitions get some.
    """
    more: dict[str, Any] = {}
    if (timestamp := fields.pop("timestamp_ms", None)) is not None:
        more["timestamp_ms"] = timestamp
    if (told := fields.pop("ce_id", None)) is not None:
        more["headers"] = [("ce_id", told)]
    for name in names:
        value = a_fact(fact_id=name, **fields).model_dump_json().encode()
        stream.send(name, value, "facts.events", **more)
