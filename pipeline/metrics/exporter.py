"""The lag as Prometheus metrics: looked at again and again, given as it was seen last.

A look that fails leaves the figures of the cluster out: an old figure would pass for a new one.
"""

import logging
import threading
import time
from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.core import Metric as Family

from pipeline.lag.monitor import ReaderLag
from pipeline.lag.report import Report, Watch
from pipeline.lag.verdict import VERDICTS
from pipeline.metrics import declared as names
from pipeline.metrics.declared import Metric, declared
from pipeline.problem import Problem

logger = logging.getLogger(__name__)


class LagCollector:
    """Looks in its own thread, ``run``, and gives the last look to whoever collects."""

    def __init__(self, watch: Watch, interval: float) -> None:
        """Take who looks, and how many seconds there are from one look to the next."""
        self._watch = watch
        self._interval = interval
        self._report: Report | None = None
        self._looked: float | None = None
        self._took = 0.0
        self._failures = 0
        self._stop = threading.Event()

    def run(self) -> None:
        """Look until ``stop`` is called."""
        while not self._stop.is_set():
            self.look()
            self._stop.wait(max(0.0, self._interval - self._took))
        self._watch.close()

    def stop(self) -> None:
        """End ``run``; may be called from another thread."""
        self._stop.set()

    def look(self) -> None:
        """Look once."""
        began = time.monotonic()
        try:
            self._report = self._watch.look()
            self._looked = self._report.observation.time
        except Problem as problem:
            self._report = None
            self._failures += 1
            logger.warning("%s", problem)
        self._took = time.monotonic() - began

    @property
    def seeing(self) -> bool:
        """Whether the last look succeeded."""
        return self._report is not None

    def collect(self) -> Iterator[Family]:
        """Give all metrics of the exporter."""
        failures = CounterMetricFamily(names.LOOK_FAILURES.name, names.LOOK_FAILURES.meaning)
        failures.add_metric([], self._failures)
        yield failures
        families = {
            metric.name: GaugeMetricFamily(metric.name, metric.meaning, labels=metric.labels)
            for metric in declared("exporter")
            if metric.kind == "gauge"
        }
        gauges = _Gauges(families)
        gauges.set(names.LOOKED, (), self._looked)
        gauges.set(names.LOOK_SECONDS, (), self._took)
        if self._report is not None:
            gauges.report(self._report)
        yield from families.values()


class _Gauges:
    """Sets gauges from a report; what is None is left out, so that nothing is NaN."""

    def __init__(self, families: dict[str, GaugeMetricFamily]) -> None:
        self._families = families

    def set(self, metric: Metric, labels: tuple[object, ...], value: float | None) -> None:
        if value is not None:
            self._families[metric.name].add_metric([str(each) for each in labels], value)

    def report(self, report: Report) -> None:
        cluster = report.observation.cluster
        self.set(names.OLDEST_AGE, (), report.transcripts.age)
        for stage, count in report.transcripts.by_stage.items():
            self.set(names.OPEN, (stage,), count)
        for reader in report.readers:
            self._reader(reader)
            self._as_lag_exporter(cluster, reader)
        self._groups(cluster, report)
        for (topic, partition), offset in report.observation.ends.items():
            self.set(names.LATEST_OFFSET, (cluster, topic, partition), offset)
        for (topic, partition), offset in report.observation.firsts.items():
            self.set(names.EARLIEST_OFFSET, (cluster, topic, partition), offset)

    def _reader(self, lag: ReaderLag) -> None:
        reader = (lag.reader.stage, lag.reader.group, lag.reader.topic)
        self.set(names.MEMBERS, reader, lag.members)
        for verdict in VERDICTS:
            value = float(verdict == lag.verdict)
            self.set(names.VERDICT, (*reader, lag.reader.role, verdict), value)
        for each in lag.partitions:
            place, judged = (*reader, each.reading.partition), each.judgement
            self.set(names.UNREAD, place, judged.lag)
            self.set(names.WAITING, place, judged.lag_seconds)
            self.set(names.TRANSCRIPT_LAG, place, judged.transcript_seconds)
            self.set(names.VELOCITY, place, judged.velocity)
            self.set(names.ARRIVAL, place, judged.arrival)
            self.set(names.CATCH_UP, place, judged.catch_up_seconds)
            self.set(names.RETENTION, place, judged.retention_seconds)
            self.set(names.LOST, place, judged.lost)

    def _as_lag_exporter(self, cluster: str, lag: ReaderLag) -> None:
        group, topic = lag.reader.group, lag.reader.topic
        for each in lag.partitions:
            member = each.reading.member
            who = (member.host, member.member_id, member.client_id) if member else ("", "", "")
            place = (cluster, group, topic, each.reading.partition, *who)
            committed = each.reading.sample.committed
            self.set(names.GROUP_OFFSET, place, committed)
            self.set(names.GROUP_LAG, place, each.judgement.lag)
            self.set(names.GROUP_LAG_SECONDS, place, each.judgement.lag_seconds)
        self.set(names.GROUP_TOPIC_SUM_LAG, (cluster, group, topic), lag.lag)

    def _groups(self, cluster: str, report: Report) -> None:
        groups: dict[str, list[ReaderLag]] = {}
        for each in report.readers:
            groups.setdefault(each.reader.group, []).append(each)
        for group, lags in groups.items():
            judged = [one.judgement for each in lags for one in each.partitions]
            self.set(names.GROUP_SUM_LAG, (cluster, group), sum(each.lag for each in judged))
            self.set(names.GROUP_MAX_LAG, (cluster, group), max(each.lag for each in judged))
            longest = max(each.lag_seconds for each in judged)
            self.set(names.GROUP_MAX_LAG_SECONDS, (cluster, group), longest)
