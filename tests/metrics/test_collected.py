"""What a worker's processes count, and what they say together."""

import time
from collections.abc import Iterator

import pytest
from prometheus_client import generate_latest
from samples_of import value

from pipeline.metrics.collected import Collected, confidence_class
from pipeline.metrics.declared import declared
from pipeline.metrics.merged import merged
from pipeline.metrics.observer import Silent, observed, set_observer
from pipeline.stream.ledger import Asserted, Retracted
from pipeline.stream.record import Lineage
from schemas.examples import COMPLETED, EXTRACTED

FACT = EXTRACTED.facts[0]
OF_A_REPLAY = Lineage(partition=0, offset=0, ingested_at=5_000, run=1)


def lately() -> Lineage:
    """Give the lineage of a transcript that landed two seconds ago."""
    return Lineage(partition=0, offset=0, ingested_at=round(time.time() * 1000) - 2_000)


@pytest.fixture
def collected() -> Iterator[Collected]:
    made = Collected("publisher")
    set_observer(made)
    yield made
    set_observer(Silent())


def test_what_is_published_is_counted(collected: Collected) -> None:
    collected.published(lately(), [Asserted(FACT), Asserted(FACT), Retracted(FACT), COMPLETED])
    text = generate_latest(collected.registry)
    kind = {"metric": FACT.metric, "confidence": confidence_class(FACT.confidence)}
    assert value(text, "callfacts_facts_total", status="asserted", **kind) == 2
    assert value(text, "callfacts_facts_total", status="retracted", **kind) == 1
    assert value(text, "callfacts_transcripts_total", status="processed") == 1
    assert value(text, "callfacts_quantities_total", fate="used") == COMPLETED.quantities_used
    assert value(text, "callfacts_segments_total") == COMPLETED.segments
    assert value(text, "callfacts_end_to_end_seconds_count") == 1
    assert value(text, "callfacts_end_to_end_seconds_sum") == pytest.approx(2, abs=1)
    assert value(text, "callfacts_fact_seconds_count") == 2


def test_a_replay_counts_and_has_no_latency(collected: Collected) -> None:
    collected.published(OF_A_REPLAY, [Asserted(FACT), COMPLETED])
    text = generate_latest(collected.registry)
    assert value(text, "callfacts_transcripts_total", status="processed") == 1
    assert value(text, "callfacts_end_to_end_seconds_count") == 0
    assert value(text, "callfacts_fact_seconds_count") == 0


def test_work_is_timed_when_it_is_done_and_not_when_it_failed(collected: Collected) -> None:
    with observed("publish"):
        text = generate_latest(collected.registry)
        assert value(text, "callfacts_stage_in_work", stage="publish") == 1
    with pytest.raises(ValueError, match="void"), observed("publish"):
        raise ValueError("void")
    text = generate_latest(collected.registry)
    assert value(text, "callfacts_stage_in_work", stage="publish") == 0
    assert value(text, "callfacts_stage_seconds_count", stage="publish") == 1


def test_causes_of_dead_letters_are_classes_and_hold_nothing_of_the_input(
    collected: Collected,
) -> None:
    collected.dead_lettered("segment", ValueError("the text of a transcript"))
    text = generate_latest(collected.registry)
    assert value(text, "callfacts_dead_letters_total", stage="segment", cause="ValueError") == 1
    assert b"the text of" not in text


def test_processes_add_up_and_one_that_does_not_answer_is_told(collected: Collected) -> None:
    other = Collected("agents")
    collected.published(lately(), [COMPLETED])
    collected.assigned([("facts.extracted", 0)], settled=True)
    other.published(lately(), [COMPLETED])
    other.assigned([("transcripts.raw", 0), ("transcripts.raw", 1)], settled=True)
    texts = [generate_latest(each.registry) for each in (collected, other)]
    text = merged({"publisher": texts[0], "agents": texts[1], "claims": None})
    assert value(text, "callfacts_transcripts_total", status="processed") == 2
    assert value(text, "callfacts_worker_partitions", process="publisher") == 1
    assert value(text, "callfacts_worker_partitions", process="agents") == 2
    assert value(text, "callfacts_worker_process_answers", process="agents") == 1
    assert value(text, "callfacts_worker_process_answers", process="claims") == 0
    assert value(text, "callfacts_end_to_end_seconds_bucket", le="+Inf") == 2


def test_every_declared_metric_of_the_worker_is_served(collected: Collected) -> None:
    text = merged({"publisher": generate_latest(collected.registry)}).decode()
    for metric in declared("worker"):
        assert f"# HELP {metric.name} {metric.meaning}" in text
        assert f"# TYPE {metric.name} {metric.kind}" in text
