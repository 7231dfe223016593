"""Claims on a real broker: equal to the fold of the facts, whatever dies meanwhile."""

import os
import signal
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

import pytest
from folding import fold
from kafka_view import Stream, start_worker

from pipeline.claims.merge import claims_of
from pipeline.stages import run
from pipeline.stream.worker import Worker
from schemas import Claim, FactEvent, TranscriptMessage
from schemas.examples import FACT
from schemas.fact import Evidence

pytestmark = pytest.mark.broker


@pytest.fixture
def worker(stream: Stream) -> Iterator[Worker]:
    started = start_worker(stream.settings)
    yield started
    started.stop()


def kept(stream: Stream) -> dict[str, Claim]:
    """The claims that a reader of the compacted topic has in the end."""
    claims: dict[str, Claim] = {}
    for record in stream.records("facts.claims"):
        claims.pop(record.key.decode(), None)
        if record.value is not None:
            claims[record.key.decode()] = Claim.model_validate_json(record.value)
    return claims


def folded(stream: Stream) -> dict[str, Claim]:
    """The claims that the facts on the topic make."""
    claims: dict[str, Claim | None] = {}
    for record in stream.records("facts.events"):
        event = FactEvent.model_validate_json(record.value)
        claims[event.claim_id] = fold(claims.get(event.claim_id), event)
    return {claim_id: claim for claim_id, claim in claims.items() if claim is not None}


def wait_until_kept(stream: Stream) -> dict[str, Claim]:
    stream.wait_for(lambda: kept(stream) == folded(stream))
    return kept(stream)


def test_claims_are_what_the_facts_say_together(stream: Stream, worker: Worker) -> None:
    stream.publish("first", "AAAA made 134", "BBBB made 13")
    stream.publish("second", "AAAA made 134", "BBBB made 24")
    stream.wait_completed("first")
    stream.wait_completed("second")
    stream.wait_for(lambda: len(kept(stream)) == 2)
    claims = wait_until_kept(stream)
    assert claims["c-AAAA"].agreement == "agree"
    assert claims["c-BBBB"].agreement == "conflict"
    assert {each.transcript_id for each in claims["c-BBBB"].statements} == {"first", "second"}
    (record, *_) = stream.records("facts.claims")
    headers = {name: value.decode() for name, value in record.headers}
    assert headers["ce_source"] == "/callfacts/claims"
    assert headers["ce_type"] == "callfacts.claim.changed"
    assert headers["content-type"] == "application/json"


def test_a_correction_and_a_withdrawal_reach_the_claims(stream: Stream, worker: Worker) -> None:
    stream.publish("corrected", "CCCC made 13", "DDDD made 5")
    stream.publish("other", "CCCC made 24")
    stream.wait_completed("corrected")
    stream.wait_completed("other")
    stream.wait_for(lambda: len(kept(stream).get("c-CCCC", Claim.model_construct(
        statements=())).statements) == 2)  # fmt: skip
    assert wait_until_kept(stream)["c-CCCC"].agreement == "conflict"
    stream.publish("corrected", "CCCC made 24", "DDDD made 5", revision=2)
    stream.wait_completed("corrected", 2)
    stream.wait_for(lambda: kept(stream)["c-CCCC"].agreement == "agree")
    stream.send("corrected", None)
    stream.wait_completed("corrected", 3)
    stream.wait_for(lambda: "c-DDDD" not in kept(stream))
    assert wait_until_kept(stream)["c-CCCC"].agreement == "single"
    gone = [r for r in stream.records("facts.claims") if r.key == b"c-DDDD"][-1]
    assert gone.value is None
    assert dict(gone.headers)["ce_type"] == b"callfacts.claim.withdrawn"


def test_facts_about_nobody_come_together_from_all_partitions(
    stream: Stream, worker: Worker
) -> None:
    for number in range(8):
        stream.publish(f"nobody-{number}", f"someone made {number + 1}")
    stream.wait_for(lambda: len(getattr(kept(stream).get("c-someone"), "statements", ())) == 8)
    assert wait_until_kept(stream)["c-someone"].agreement == "conflict"


def test_the_stream_gives_what_one_process_gives(stream: Stream) -> None:
    messages = [
        TranscriptMessage(transcript_id="call", text="Harbourline revenue was $134.4 billion."),
        TranscriptMessage(transcript_id="note", text="Harbourline 收入為 1344 億美元。"),
    ]
    worker = start_worker(stream.settings, standin=False)
    try:
        for message in messages:
            stream.publish(message.transcript_id, message.text)
        for message in messages:
            stream.wait_completed(message.transcript_id)
        expected = claims_of(fact for each in messages for p in run(each) for fact in p.facts)
        assert expected
        stream.wait_for(lambda: expected.items() <= kept(stream).items())
    finally:
        worker.stop()


def test_killed_keepers_lose_and_double_nothing(stream: Stream) -> None:
    ids = [f"killed-{number}" for number in range(48)]
    worker = start_worker(stream.settings)
    try:
        for part in (ids[:16], ids[16:32], ids[32:]):
            before = len(stream.records("facts.claims"))
            for each in part:
                stream.publish(each, "AAAA made 1", "SLOW-20 BBBB made 2", "someone made 3")
                stream.publish(each, "AAAA made 1", "SLOW-20 BBBB made 4", revision=2)
            stream.wait_for(lambda b=before: len(stream.records("facts.claims")) > b)
            os.kill(worker.process_ids["claims"], signal.SIGKILL)
            worker.stop()
            worker = start_worker(stream.settings)
        for each in ids:
            stream.wait_completed(each, 2)
        wait_until_kept(stream)
    finally:
        worker.stop()
    stated = {each.transcript_id for each in kept(stream)["c-AAAA"].statements}
    assert stated >= set(ids)
    states = Counter(dict(r.headers)["ce_id"] for r in stream.records("facts.claims"))
    assert max(states.values()) == 1
    for claim_id in (b"c-AAAA", b"c-BBBB", b"c-someone"):
        changes = [r.value for r in stream.records("facts.claims") if r.key == claim_id]
        assert all(one != other for one, other in pairwise(changes))
    assert not stream.records("pipeline.deadletters")


def test_a_foreign_record_goes_to_the_dead_letters(stream: Stream, worker: Worker) -> None:
    stream.send("foreign", b"{}", topic="facts.events")
    (letter,) = stream.wait_for(lambda: stream.dead_letters("foreign"))
    assert letter.value == b"{}"
    assert dict(letter.headers)["__connect.errors.stage"] == b"claims"


def test_an_event_that_cannot_be_folded_goes_to_the_dead_letters_alone(stream: Stream) -> None:
    fields = {"claim_id": "c-long", "unit": "USD", "evidence": (_said("twenty"),)}
    good = FACT.model_copy(update=fields)
    digits = Decimal("1" + "0" * 5000)  # more than Python turns into text
    bad = good.model_copy(update={"fact_id": "bad", "value": digits})
    other = good.model_copy(update={"fact_id": "other", "transcript_id": "other"})
    for each in (good, bad, other):
        value = each.model_dump_json().encode()
        stream.send(FACT.transcript_id, value, topic="facts.events")
    worker = start_worker(stream.settings)
    try:
        (letter,) = stream.wait_for(lambda: stream.dead_letters(FACT.transcript_id))
        assert FactEvent.model_validate_json(letter.value).fact_id == "bad"
        assert dict(letter.headers)["__connect.errors.stage"] == b"claims"
        claim = stream.wait_for(lambda: kept(stream).get("c-long"))
        assert {each.fact_id for each in claim.statements} == {good.fact_id, "other"}
    finally:
        worker.stop()


def _said(text: str) -> Evidence:
    return FACT.evidence[0].model_copy(update={"text": text})
