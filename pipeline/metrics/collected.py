"""The declared metrics as counters, gauges and histograms of the Prometheus client."""

import time
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics

from pipeline.metrics import declared as names
from pipeline.metrics.declared import Metric, declared

if TYPE_CHECKING:
    from pipeline.stream.ledger import Change
    from pipeline.stream.record import Lineage
    from schemas import TranscriptCompleted

CONFIDENCES = (0.9, 0.8, 0.7, 0.5, 0.0)
"""Lower bounds of the classes of confidence, from the surest."""


class Collected:
    """An observer that counts; ``registry`` holds what has been counted."""

    def __init__(self, process: str) -> None:
        """Take the process's role: ``agents``, ``publisher``, ``claims``."""
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = CollectorRegistry()
        self.partitions: tuple[tuple[str, int], ...] = ()
        self.settled = False
        self._process = process
        made = [made_of(metric, self.registry) for metric in declared("worker")]
        self._counters = {name: each for name, each in made if isinstance(each, Counter)}
        self._gauges = {name: each for name, each in made if isinstance(each, Gauge)}
        self._histograms = {name: each for name, each in made if isinstance(each, Histogram)}

    def began(self, stage: str) -> None:
        """Count a record in work."""
        self._gauges[names.IN_WORK.name].labels(stage).inc()

    def ended(self, stage: str, seconds: float, *, done: bool) -> None:
        """Note the time that a record took."""
        self._gauges[names.IN_WORK.name].labels(stage).dec()
        if done:
            self._histograms[names.STAGE_SECONDS.name].labels(stage).observe(seconds)
            self._gauges[names.PROGRESS.name].labels(self._process).set(time.time())

    def retried(self, stage: str) -> None:
        """Count an attempt that is made again."""
        self._counters[names.RETRIES.name].labels(stage).inc()

    def dead_lettered(self, stage: str, fault: Exception) -> None:
        """Count a dead letter by the class of its failure: classes are few, reasons are not."""
        self._counters[names.DEAD_LETTERS.name].labels(stage, type(fault).__name__).inc()

    def published(self, lineage: "Lineage", changes: "Sequence[Change]") -> None:
        """Count what has been published, and how long after the landing."""
        from pipeline.stream.ledger import Asserted, Retracted
        from schemas import TranscriptCompleted

        waited = max(0.0, time.time() - lineage.ingested_at / 1000)
        facts = self._counters[names.FACTS.name]
        for change in changes:
            if isinstance(change, Asserted | Retracted):
                status = "asserted" if isinstance(change, Asserted) else "retracted"
                fact = change.fact
                facts.labels(status, fact.metric, confidence_class(fact.confidence)).inc()
                if not lineage.run and status == "asserted":
                    self._histograms[names.FIRST_FACT.name].observe(waited)
            elif isinstance(change, TranscriptCompleted):
                self._completed(change)
                if not lineage.run:
                    self._histograms[names.END_TO_END.name].observe(waited)

    def translated(self, segments: int, *, missing: int) -> None:
        """Count the segments that were given to the translator, by what it gave."""
        given = self._counters[names.TRANSLATED.name]
        given.labels("translated").inc(segments)
        given.labels("missing").inc(missing)

    def assigned(self, partitions: Iterable[tuple[str, int]], *, settled: bool) -> None:
        """Note the partitions of this process."""
        self.partitions, self.settled = tuple(partitions), settled
        self._gauges[names.ASSIGNED.name].labels(self._process).set(len(self.partitions))

    def _completed(self, completed: "TranscriptCompleted") -> None:
        self._counters[names.TRANSCRIPTS.name].labels(completed.status).inc()
        self._counters[names.SEGMENTS.name].inc(completed.segments)
        quantities = self._counters[names.QUANTITIES.name]
        quantities.labels("used").inc(completed.quantities_used)
        quantities.labels("refused").inc(completed.quantities_refused)
        quantities.labels("dead_lettered").inc(completed.quantities_dead_lettered)


def confidence_class(confidence: float) -> str:
    """Give the lower bound of a confidence's class.

    >>> [confidence_class(each) for each in (1.0, 0.89, 0.1)]
    ['0.9', '0.8', '0']
    """
    return f"{next(each for each in CONFIDENCES if confidence >= each):g}"


def made_of(metric: Metric, registry: CollectorRegistry) -> tuple[str, Counter | Gauge | Histogram]:
    """Make a declared metric in a registry; gives its name too."""
    if metric.kind == "counter":
        return metric.name, Counter(metric.name, metric.meaning, metric.labels, registry=registry)
    if metric.kind == "gauge":
        return metric.name, Gauge(metric.name, metric.meaning, metric.labels, registry=registry)
    return metric.name, Histogram(
        metric.name, metric.meaning, metric.labels, buckets=metric.buckets, registry=registry
    )
