"""Every metric, with what it means: endpoints, docs/metrics.md and the dashboard are made of it.

Names follow Prometheus: base units, ``_total`` for what only grows. The ``kafka_*`` names are those
of kafka-lag-exporter, so that dashboards and alerts made for it go on working.
"""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["counter", "gauge", "histogram"]
Source = Literal["worker", "exporter", "alerts"]

_MOMENTS = (0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)


@dataclass(frozen=True)
class Metric:
    """One metric: its name, what it means, its labels, and how a dashboard shows it.

    ``shown`` is the PromQL of its panel; left out, it is made from the kind; "" shows none.
    ``unit`` is one of Grafana's. ``by`` are the labels that a panel keeps apart, all if left out.
    ``buckets`` are a histogram's, in its unit.
    """

    name: str
    kind: Kind
    meaning: str
    labels: tuple[str, ...] = ()
    unit: str = "short"
    buckets: tuple[float, ...] = ()
    by: tuple[str, ...] | None = None
    shown: str | None = None
    title: str = ""


@dataclass(frozen=True)
class Section:
    """Metrics that belong together: a row of the dashboard and a chapter of the docs."""

    title: str
    source: Source
    metrics: tuple[Metric, ...]


_READER = ("stage", "group", "topic")
_PLACE = (*_READER, "partition")
_KAFKA_GROUP = ("cluster_name", "group")
_KAFKA_PLACE = ("cluster_name", "group", "topic", "partition", "member_host", "consumer_id",
                "client_id")  # fmt: skip
_KAFKA_PARTITION = ("cluster_name", "topic", "partition")

OLDEST_AGE = Metric(
    "callfacts_oldest_transcript_age_seconds",
    "gauge",
    "How long ago the oldest transcript landed that is not completed; 0 when all are.",
    unit="s",
    title="Oldest transcript not completed",
)
OPEN = Metric(
    "callfacts_open_transcripts",
    "gauge",
    "Transcripts that have landed and are not completed, by the stage that has them; the stage is "
    "empty for those that every stage has read without completing them.",
    ("stage",),
    title="Transcripts not completed",
)
VERDICT = Metric(
    "callfacts_reader_verdict",
    "gauge",
    "1 for the verdict on a reader of a topic, 0 for the others: keeping_up, behind, rewound, "
    "stalled, stopped. The worst of its partitions.",
    (*_READER, "role", "verdict"),
    shown='callfacts_reader_verdict{role!="replay",verdict!="keeping_up"} == 1',
    by=("stage", "group", "verdict"),
    title="Readers that do not keep up",
)
WAITING = Metric(
    "callfacts_reader_waiting_seconds",
    "gauge",
    "How long the oldest unread record has waited; in a replay since the reader was first seen to "
    "lag.",
    _PLACE,
    unit="s",
    by=("stage", "group"),
    title="Waiting time of what is unread",
)
TRANSCRIPT_LAG = Metric(
    "callfacts_reader_transcript_seconds",
    "gauge",
    "How long ago the transcript landed that a reader reads next; 0 when it has read all.",
    _PLACE,
    unit="s",
    by=("stage", "group"),
    title="Age of the transcript read next",
)
UNREAD = Metric(
    "callfacts_reader_unread_messages",
    "gauge",
    "Messages that a reader has not read. Markers of transactions are none.",
    _PLACE,
    by=("stage", "group"),
    title="Unread messages",
)
VELOCITY = Metric(
    "callfacts_reader_velocity",
    "gauge",
    "Messages a second that a reader has read, over the last five minutes.",
    _PLACE,
    unit="mps",
    by=("stage", "group"),
    title="Messages read",
)
ARRIVAL = Metric(
    "callfacts_reader_arrival",
    "gauge",
    "Messages a second that came for a reader, over the last five minutes.",
    _PLACE,
    unit="mps",
    by=("stage", "group"),
    title="Messages coming",
)
CATCH_UP = Metric(
    "callfacts_reader_catch_up_seconds",
    "gauge",
    "Time until nothing is unread at the present pace; left out while more comes than is read.",
    _PLACE,
    unit="s",
    by=("stage", "group"),
    title="Time to catch up",
)
RETENTION = Metric(
    "callfacts_reader_retention_seconds",
    "gauge",
    "Time until retention may delete the oldest unread record, by its age, or at the present pace "
    "by the size of the log; left out where nothing is unread or nothing is deleted.",
    _PLACE,
    unit="s",
    shown="min by (stage, group) (callfacts_reader_retention_seconds)",
    by=("stage", "group"),
    title="Time until unread records may be deleted",
)
LOST = Metric(
    "callfacts_reader_lost_offsets",
    "gauge",
    "Offsets that retention deleted before the reader read them.",
    _PLACE,
    by=("stage", "group"),
    title="Deleted unread",
)
MEMBERS = Metric(
    "callfacts_reader_members",
    "gauge",
    "Members of a reader's consumer group.",
    _READER,
    by=("stage", "group"),
    title="Members",
)
LOOKED = Metric(
    "callfacts_exporter_last_look_timestamp_seconds",
    "gauge",
    "When the exporter last saw the cluster, in seconds since 1970. While it cannot see it, the "
    "figures of the cluster are left out rather than repeated.",
    unit="s",
    shown="time() - callfacts_exporter_last_look_timestamp_seconds",
    title="Time since the exporter's last look",
)
LOOK_FAILURES = Metric(
    "callfacts_exporter_failures_total",
    "counter",
    "Looks of the exporter that failed.",
    title="Failed looks of the exporter",
)
LOOK_SECONDS = Metric(
    "callfacts_exporter_look_seconds",
    "gauge",
    "How long the exporter's last look took.",
    unit="s",
    title="Duration of a look",
)

GROUP_OFFSET = Metric(
    "kafka_consumergroup_group_offset",
    "gauge",
    "The offset that a group has committed; left out where it has committed none.",
    _KAFKA_PLACE,
    shown="",
)
GROUP_LAG = Metric(
    "kafka_consumergroup_group_lag",
    "gauge",
    "Messages that a group has not read of a partition.",
    _KAFKA_PLACE,
    shown="",
)
GROUP_LAG_SECONDS = Metric(
    "kafka_consumergroup_group_lag_seconds",
    "gauge",
    "How long the oldest message that a group has not read of a partition has waited.",
    _KAFKA_PLACE,
    unit="s",
    shown="",
)
GROUP_MAX_LAG = Metric(
    "kafka_consumergroup_group_max_lag",
    "gauge",
    "The most messages that a group has not read of any partition.",
    _KAFKA_GROUP,
    shown="",
)
GROUP_MAX_LAG_SECONDS = Metric(
    "kafka_consumergroup_group_max_lag_seconds",
    "gauge",
    "The longest that a message has waited for a group on any partition.",
    _KAFKA_GROUP,
    unit="s",
    shown="",
)
GROUP_SUM_LAG = Metric(
    "kafka_consumergroup_group_sum_lag",
    "gauge",
    "Messages that a group has not read, of all partitions together.",
    _KAFKA_GROUP,
    shown="",
)
GROUP_TOPIC_SUM_LAG = Metric(
    "kafka_consumergroup_group_topic_sum_lag",
    "gauge",
    "Messages that a group has not read of a topic.",
    (*_KAFKA_GROUP, "topic"),
    shown="",
)
LATEST_OFFSET = Metric(
    "kafka_partition_latest_offset",
    "gauge",
    "The offset that the next record of a partition gets.",
    _KAFKA_PARTITION,
    shown="",
)
EARLIEST_OFFSET = Metric(
    "kafka_partition_earliest_offset",
    "gauge",
    "The offset of the oldest record that a partition keeps.",
    _KAFKA_PARTITION,
    shown="",
)

TRANSCRIPTS = Metric(
    "callfacts_transcripts_total",
    "counter",
    "Transcripts completed: processed, incomplete (a part is in the dead letters), withdrawn.",
    ("status",),
    title="Transcripts completed",
)
SEGMENTS = Metric(
    "callfacts_segments_total",
    "counter",
    "Segments of the transcripts that were completed.",
    title="Segments",
)
FACTS = Metric(
    "callfacts_facts_total",
    "counter",
    "Facts published, asserted or retracted, by what they measure and how sure they are: the "
    "confidence's lower bound 0, 0.5, 0.7, 0.8 or 0.9.",
    ("status", "metric", "confidence"),
    by=("status", "confidence"),
    title="Facts by confidence",
)
FACTS_BY_METRIC = Metric(
    "callfacts_facts_total",
    "counter",
    FACTS.meaning,
    FACTS.labels,
    shown="topk(10, sum by (metric) (rate(callfacts_facts_total[5m])))",
    by=("metric",),
    title="Facts by metric, the ten most frequent",
)
QUANTITIES = Metric(
    "callfacts_quantities_total",
    "counter",
    "Quantities of the transcripts that were completed, by what became of them: used (in a fact), "
    "refused (judged to be none), dead_lettered (its part is in the dead letters).",
    ("fate",),
    title="Quantities",
)
WITHOUT_FACT = Metric(
    "callfacts_quantities_total",
    "counter",
    QUANTITIES.meaning,
    QUANTITIES.labels,
    unit="percentunit",
    shown='sum(rate(callfacts_quantities_total{fate!="used"}[15m])) / '
    "(sum(rate(callfacts_quantities_total[15m])) > 0)",
    by=(),
    title="Share of quantities without a fact",
)
END_TO_END = Metric(
    "callfacts_end_to_end_seconds",
    "histogram",
    "From a transcript's landing until its completion is published; replays are left out.",
    unit="s",
    buckets=(0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0),
    title="From landing to completion",
)
FIRST_FACT = Metric(
    "callfacts_fact_seconds",
    "histogram",
    "From a transcript's landing until a fact of it is published; replays are left out.",
    unit="s",
    buckets=(0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0),
    title="From landing to fact",
)
STAGE_SECONDS = Metric(
    "callfacts_stage_seconds",
    "histogram",
    "Time that a stage takes for a record until all that follows from it is delivered; for publish "
    "the time of a transaction.",
    ("stage",),
    unit="s",
    buckets=_MOMENTS,
    title="Time in each stage",
)
IN_WORK = Metric(
    "callfacts_stage_in_work",
    "gauge",
    "Records that a stage has in work.",
    ("stage",),
    title="Records in work",
)
TRANSLATED = Metric(
    "callfacts_translated_segments_total",
    "counter",
    "Segments that the stage translate asked its translator for: translated, or missing (late, "
    "failed, or with a figure changed). The time it takes is that of the stage.",
    ("outcome",),
    title="Segments translated",
)
DEAD_LETTERS = Metric(
    "callfacts_dead_letters_total",
    "counter",
    "Records sent to the dead letters, by the stage and the class of the failure.",
    ("stage", "cause"),
    title="Dead letters by cause",
)
RETRIES = Metric(
    "callfacts_retries_total",
    "counter",
    "Attempts that failed and were made again: a service or a broker did not answer, or a "
    "transaction was void.",
    ("stage",),
    title="Attempts made again",
)
ASSIGNED = Metric(
    "callfacts_worker_partitions",
    "gauge",
    "Partitions that the worker's process has been given.",
    ("process",),
    title="Partitions given to workers",
)
ANSWERS = Metric(
    "callfacts_worker_process_answers",
    "gauge",
    "1 while the worker's process answers, 0 while it does not.",
    ("process",),
    title="Processes that answer",
)
PROGRESS = Metric(
    "callfacts_worker_last_progress_timestamp_seconds",
    "gauge",
    "When the worker's process last finished a record, in seconds since 1970.",
    ("process",),
    unit="s",
    shown="",
)
ALERTS = Metric(
    "callfacts_alerts_total",
    "counter",
    "Alerts published on facts.alerts, fired or withdrawn, by set of rules and rule.",
    ("rules", "rule", "status"),
    by=("rules", "status"),
    title="Alerts",
)
ALERT_SECONDS = Metric(
    "callfacts_alert_seconds",
    "histogram",
    "From a fact's or claim's publication until the alert on it is published.",
    ("rules",),
    unit="s",
    buckets=_MOMENTS,
    title="Time to the alert",
)
ALERT_ATTEMPTS = Metric(
    "callfacts_alert_attempts_total",
    "counter",
    "Attempts to pass an alert on to a target (stdout, webhook), by what became of them: taken, "
    "put_off (it is tried again), refused or given_up (it stays on the topic only).",
    ("rules", "target", "outcome"),
    title="Alerts passed on",
)

SECTIONS = (
    Section("Transcripts not completed", "exporter", (OLDEST_AGE, OPEN, VERDICT)),
    Section(
        "Lag of readers",
        "exporter",
        (
            WAITING,
            TRANSCRIPT_LAG,
            UNREAD,
            VELOCITY,
            ARRIVAL,
            CATCH_UP,
            RETENTION,
            LOST,
            MEMBERS,
        ),
    ),
    Section(
        "What is published",
        "worker",
        (TRANSCRIPTS, SEGMENTS, FACTS, FACTS_BY_METRIC, QUANTITIES, WITHOUT_FACT, TRANSLATED),
    ),
    Section("How fast", "worker", (END_TO_END, FIRST_FACT, STAGE_SECONDS, IN_WORK)),
    Section("What goes wrong", "worker", (DEAD_LETTERS, RETRIES)),
    Section("Workers", "worker", (ASSIGNED, ANSWERS, PROGRESS)),
    Section("Alerts", "alerts", (ALERTS, ALERT_SECONDS, ALERT_ATTEMPTS)),
    Section("The exporter itself", "exporter", (LOOKED, LOOK_FAILURES, LOOK_SECONDS)),
    Section(
        "The same by the names of kafka-lag-exporter",
        "exporter",
        (
            GROUP_OFFSET,
            GROUP_LAG,
            GROUP_LAG_SECONDS,
            GROUP_MAX_LAG,
            GROUP_MAX_LAG_SECONDS,
            GROUP_SUM_LAG,
            GROUP_TOPIC_SUM_LAG,
            LATEST_OFFSET,
            EARLIEST_OFFSET,
        ),
    ),
)


def declared(source: Source | None = None) -> list[Metric]:
    """Give every metric once, those of one source only if asked."""
    found: dict[str, Metric] = {}
    for section in SECTIONS:
        for metric in section.metrics if source in (None, section.source) else ():
            found.setdefault(metric.name, metric)
    return list(found.values())
