"""A run of a set of rules: one thread judges, one for each target passes alerts on."""

import contextlib
import hashlib
import threading
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from pipeline.alerts.delivery import Delivery
from pipeline.alerts.fold import sources
from pipeline.alerts.measures import Measures, served
from pipeline.alerts.partition import ALERTS, RULE_HEADER, AlertsPartition
from pipeline.alerts.printing import Printer, escaped
from pipeline.alerts.rules import RuleSet, Target
from pipeline.alerts.sink import Sink
from pipeline.alerts.starting import Start, store_start
from pipeline.alerts.state import STATE, read_state
from pipeline.alerts.webhook import Webhook
from pipeline.settings import Settings
from pipeline.stream.hop import Hop
from pipeline.stream.publisher import check_topics
from pipeline.stream.record import Record
from pipeline.stream.shelf import Shelf

if TYPE_CHECKING:
    from kafka import TopicPartition

_AT_ONCE = 1_000


class _Body:
    """A sink whose alerts are written so that nothing acts on the texts in them."""

    def __init__(self, webhook: Webhook) -> None:
        self._webhook = webhook
        self.name = webhook.name
        self.kind = "webhook"

    def send(self, alert_id: str, body: bytes) -> None:
        self._webhook.send(alert_id, escaped(body))


class Run:
    """Judges and passes on until stopped; any number of runs of one set share the work."""

    def __init__(
        self,
        settings: Settings,
        rules: RuleSet,
        targets: tuple[Target, ...] | None = None,
        *,
        as_json: bool = True,
        first_wait: float = 0.5,
    ) -> None:
        """Take the rules; ``targets`` go before those of the file.

        Without either, alerts are printed. Raises ``Problem`` for a webhook that is not allowed.
        """
        self._settings = settings
        self._rules = rules
        self._targets = {
            rule.name: _first(targets, rule.send, rules.send, (Target(),)) for rule in rules.rules
        }
        self._first_wait = first_wait
        self._measures = Measures(rules.name)
        self._group = f"{settings.topic(settings.worker_group)}-alerts-{rules.name}"
        self._sinks: dict[Target, Sink] = {
            target: _Body(Webhook(target.url, settings)) if target.url else Printer(as_json=as_json)
            for target in dict.fromkeys(each for some in self._targets.values() for each in some)
        }

    def run(self, start: Start, stop: threading.Event, ready: Callable[[], None]) -> None:
        """Work until ``stop`` is set; ``start`` is where a set that never ran begins.

        Raises ``Problem``, ``BrokenPipeError`` or whatever else ended one of the threads.
        """
        with contextlib.closing(Shelf(self._settings)) as shelf:
            self._prepare(shelf, start)
        failures: list[BaseException] = []
        runs = [self._judge, *map(self._delivery, self._sinks)]
        threads = [
            threading.Thread(target=_guarded, args=(run, stop, failures), daemon=True)
            for run in runs
        ]
        with served(self._measures, self._settings):
            for thread in threads:
                thread.start()
            ready()
            # Signals are only seen by this thread when it is not waiting for long.
            while not stop.wait(0.5):
                pass
            for thread in threads:
                thread.join()
        if failures:
            raise failures[0]

    def _prepare(self, shelf: Shelf, start: Start) -> None:
        """Check the topics and store where groups begin: the targets first, lest they miss any."""
        for source in sources(self._rules):
            check_topics(self._settings, shelf, source, (source, STATE))
        for target in self._sinks:
            store_start(self._settings, self._target_group(target), [ALERTS], "now")

        def known(place: "TopicPartition") -> int | None:
            topic = place.topic.removeprefix(self._settings.topic_prefix)
            return read_state(shelf, self._rules.name, topic, place.partition).position

        store_start(self._settings, self._group, sources(self._rules), start, known)

    def _judge(self, stop: threading.Event) -> None:
        with contextlib.closing(Shelf(self._settings)) as shelf:
            Hop(
                self._settings,
                "alerts",
                f"alerts-{self._rules.name}",
                sources(self._rules),
                self._partition(shelf),
                at_once=_AT_ONCE,
            ).run(stop)

    def _partition(self, shelf: Shelf) -> Callable[["TopicPartition"], AlertsPartition]:
        return lambda place: AlertsPartition(
            self._settings, self._rules, place, shelf, self._measures
        )

    def _delivery(self, target: Target) -> Callable[[threading.Event], None]:
        delivery = Delivery(
            self._settings,
            self._rules.name,
            self._target_group(target),
            self._sinks[target],
            self._measures,
            partial(self._is_for, target),
            target.give_up_after,
            self._first_wait,
        )
        return delivery.run

    def _is_for(self, target: Target, record: Record) -> bool:
        rule = (record.header(RULE_HEADER) or b"").decode("utf-8", "replace")
        return target in self._targets.get(rule, (target,))

    def _target_group(self, target: Target) -> str:
        if target.url is None:
            return f"{self._group}-stdout"
        digest = hashlib.sha256(target.url.encode()).hexdigest()[:12]
        return f"{self._group}-webhook-{digest}"


def _first(*choices: tuple[Target, ...] | None) -> tuple[Target, ...]:
    return next(choice for choice in choices if choice is not None)


def _guarded(
    run: Callable[[threading.Event], None], stop: threading.Event, failures: list[BaseException]
) -> None:
    """Run until it ends; when it fails, everything ends: half a run would look alive."""
    try:
        run(stop)
    except BaseException as failure:  # noqa: BLE001 - raised again by the main thread
        failures.append(failure)
    finally:
        stop.set()
