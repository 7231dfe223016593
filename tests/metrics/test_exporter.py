"""The exporter's figures: complete, never NaN, and left out when they are not known."""

import math
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from pipeline.lag.business import BusinessLag
from pipeline.lag.monitor import Monitor
from pipeline.lag.observe import Member, Observation, Reading
from pipeline.lag.probe import Unread
from pipeline.lag.report import Report
from pipeline.lag.unsettled import OpenTranscript
from pipeline.lag.verdict import Retention, Sample
from pipeline.lag.watched import Reader
from pipeline.metrics.declared import declared
from pipeline.metrics.exporter import LagCollector
from pipeline.problem import Problem

NOW = 1_800_000_000.0
STAGE = Reader("segment", "live", "callfacts", "transcripts.raw")
IDLE = Reader("", "subscriber", "desk", "facts.events")


class Watching:
    """Gives what it is told to, or fails."""

    def __init__(self, *reports: Report | None) -> None:
        self.reports = list(reports)

    def look(self) -> Report:
        report = self.reports.pop(0)
        if report is None:
            raise Problem("no Kafka answers")
        return report

    def close(self) -> None:
        pass


def report() -> Report:
    lagging = Sample(NOW, None, 0, 5, 4, NOW - 30, NOW - 30, owned=True)
    idle = Sample(NOW, 9, 9, 9, 0, owned=False)
    observation = Observation(
        time=NOW,
        cluster="abc",
        readings=(
            Reading(STAGE, 0, lagging, Unread(4), Member("m-1", "faust", "/127.0.0.1")),
            Reading(IDLE, 0, idle, Unread(0), None),
        ),
        firsts={("transcripts.raw", 0): 0},
        ends={("transcripts.raw", 0): 6},
        retention={"transcripts.raw": Retention(3600.0)},
        members={"callfacts": 1},
    )
    oldest = OpenTranscript("hbrl", 1, NOW - 30, "segment")
    stages = {"segment": 1, "normalize": 0, "extract": 0, "publish": 0, "": 0}
    return Report(
        observation,
        tuple(Monitor().take(observation)),
        BusinessLag(stages, oldest, 30.0),
    )


def samples(collector: LagCollector) -> dict[str, list[tuple[dict[str, str], float]]]:
    registry = CollectorRegistry()
    registry.register(collector)
    found: dict[str, list[tuple[dict[str, str], float]]] = {}
    for family in text_string_to_metric_families(generate_latest(registry).decode()):
        for sample in family.samples:
            found.setdefault(sample.name, []).append((sample.labels, sample.value))
    return found


def collector(*reports: Report | None) -> LagCollector:
    watching: Any = Watching(*reports)
    made = LagCollector(watching, 10)
    for _ in reports:
        made.look()
    return made


def test_figures_have_the_names_and_labels_that_dashboards_know() -> None:
    found = samples(collector(report()))
    ((labels, lag),) = [
        each for each in found["kafka_consumergroup_group_lag"] if each[0]["group"] == "callfacts"
    ]
    assert lag == 4
    assert labels == {
        "cluster_name": "abc",
        "group": "callfacts",
        "topic": "transcripts.raw",
        "partition": "0",
        "member_host": "/127.0.0.1",
        "consumer_id": "m-1",
        "client_id": "faust",
    }
    assert found["kafka_partition_latest_offset"][0][1] == 6
    assert found["callfacts_oldest_transcript_age_seconds"] == [({}, 30.0)]
    verdicts = {
        labels["verdict"]: value
        for labels, value in found["callfacts_reader_verdict"]
        if labels["stage"] == "segment"
    }
    assert [verdict for verdict, value in verdicts.items() if value] == ["behind"]
    assert len(verdicts) == 5


def test_nothing_is_nan_or_negative_and_an_idle_group_has_zeros() -> None:
    found = samples(collector(report()))
    for name, each in found.items():
        for labels, value in each:
            assert math.isfinite(value), (name, labels)
            assert value >= 0, (name, labels)
    idle = {
        name: value
        for name, each in found.items()
        for labels, value in each
        if labels.get("group") == "desk" and name.startswith("kafka_consumergroup_group_lag")
    }
    assert idle == {"kafka_consumergroup_group_lag": 0, "kafka_consumergroup_group_lag_seconds": 0}


def test_what_is_not_known_is_left_out() -> None:
    """No pace from one look, and no committed offset where there is none."""
    found = samples(collector(report()))
    assert "callfacts_reader_velocity" not in found
    groups = {labels["group"] for labels, _ in found["kafka_consumergroup_group_offset"]}
    assert groups == {"desk"}


def test_an_exporter_that_cannot_see_says_so_and_repeats_nothing() -> None:
    made = collector(report(), None)
    found = samples(made)
    assert not made.seeing
    assert found["callfacts_exporter_failures_total"] == [({}, 1.0)]
    assert found["callfacts_exporter_last_look_timestamp_seconds"] == [({}, NOW)]
    assert not [name for name in found if name.startswith(("kafka_", "callfacts_reader"))]
    assert "callfacts_oldest_transcript_age_seconds" not in found


def test_only_declared_metrics_are_given_and_all_of_them_can_be() -> None:
    names = {metric.name for metric in declared("exporter")}
    two = report()
    later = Report(
        two.observation,
        tuple(_twice(two.observation)),
        two.transcripts,
    )
    assert set(samples(collector(later))) == names


def _twice(observation: Observation) -> list[Any]:
    """Judge two looks, ten seconds apart, the second of which has read something."""
    from dataclasses import replace

    monitor = Monitor()
    earlier = [
        replace(each, sample=replace(each.sample, time=NOW - 10)) for each in observation.readings
    ]
    monitor.take(replace(observation, readings=tuple(earlier)))
    moved = [
        replace(each, sample=replace(each.sample, committed=each.sample.end - 1 or 0))
        for each in observation.readings
    ]
    return monitor.take(replace(observation, readings=tuple(moved)))
