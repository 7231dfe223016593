"""What a run of rules counts, and the endpoint that serves it."""

import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Literal

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

from pipeline.metrics import declared as names
from pipeline.metrics.collected import made_of
from pipeline.metrics.declared import declared
from pipeline.metrics.http import Answer, listen, serve
from pipeline.settings import Settings
from schemas import Alert

Outcome = Literal["taken", "put_off", "refused", "given_up"]


class Measures:
    """The metrics of one run; several threads count."""

    def __init__(self, rules: str) -> None:
        """Take the name of the set of rules."""
        self._rules = rules
        self.registry = CollectorRegistry()
        made = [made_of(metric, self.registry) for metric in declared("alerts")]
        self._counters = {name: each for name, each in made if isinstance(each, Counter)}
        self._histograms = {name: each for name, each in made if isinstance(each, Histogram)}

    def published(self, alerts: Iterable[Alert]) -> None:
        """Count alerts that can be read from now on."""
        now = time.time()
        for alert in alerts:
            self._counters[names.ALERTS.name].labels(self._rules, alert.rule, alert.status).inc()
            waited = max(0.0, now - alert.at.timestamp())
            self._histograms[names.ALERT_SECONDS.name].labels(self._rules).observe(waited)

    def tried(self, target: str, outcome: Outcome) -> None:
        """Count an attempt to pass an alert on."""
        self._counters[names.ALERT_ATTEMPTS.name].labels(self._rules, target, outcome).inc()


@contextmanager
def served(measures: Measures, settings: Settings) -> Iterator[None]:
    """Serve /metrics as long as a ``with`` statement lasts, where the settings name a port."""
    if not settings.metrics_port:
        yield
        return
    opened = listen(settings.metrics_address, settings.metrics_port)
    routes = {
        "/metrics": lambda: Answer(200, generate_latest(measures.registry)),
        "/healthz": lambda: Answer(200, b"running\n", "text/plain"),
    }
    server = serve(opened, routes)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
