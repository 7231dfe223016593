"""One partition of facts or claims judged by a set of rules, each batch in one Kafka transaction.

The transaction holds the alerts, what the rules remember, how far they have read, and the offset:
all of it is readable, or none. So each match is on ``facts.alerts`` once, whenever this is killed.
"""

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pipeline.alerts.fold import Fold
from pipeline.alerts.measures import Measures
from pipeline.alerts.rules import RuleSet
from pipeline.alerts.state import (
    STATE,
    fingerprint_message,
    memory_messages,
    position_message,
    read_state,
    remembering,
)
from pipeline.settings import Settings
from pipeline.stream.guard import StageStoppedError
from pipeline.stream.record import Headers, Message, Record, event_headers, traceparent_of
from pipeline.stream.shelf import Shelf, record_of
from pipeline.stream.transaction import Sending, Transactional
from schemas import Alert

if TYPE_CHECKING:
    from kafka import TopicPartition
    from kafka.structs import ConsumerGroupMetadata

logger = logging.getLogger(__name__)

ALERTS = "facts.alerts"
RULES_HEADER = "callfacts_rules"
RULE_HEADER = "callfacts_rule"

ALERT_FIRED = "callfacts.alert.fired"
ALERT_WITHDRAWN = "callfacts.alert.withdrawn"

_NOTED_EVERY = 100_000
_AT_ONCE = 5_000


class AlertsPartition(Transactional):
    """What a set of rules makes of one partition of a source, from ``open`` to ``close``."""

    stage = "alerts"
    targets = (ALERTS, STATE)

    def __init__(
        self,
        settings: Settings,
        rules: RuleSet,
        place: "TopicPartition",
        shelf: Shelf,
        measures: Measures,
    ) -> None:
        """Take the partition; ``open`` connects."""
        self._source = place.topic.removeprefix(settings.topic_prefix)
        group = settings.topic(settings.worker_group)
        transactional_id = f"{group}-alerts-{rules.name}-{self._source}-{place.partition}"
        super().__init__(settings, transactional_id)
        self._rules = rules
        self._partition = place.partition
        self._shelf = shelf
        self._measures = measures
        self._fold = Fold(rules)
        self._position = 0

    def warm_up(self, committed: dict[Any, Any], group: "ConsumerGroupMetadata") -> None:
        """Read what the rules remember; of rules that are new or have changed, make it anew."""
        start = next(iter(committed.values())).offset
        state = read_state(self._shelf, self._rules.name, self._source, self._partition)
        self._fold = Fold(self._rules, state.memory)
        self._position = start if state.position is None else max(start, state.position)
        if self._position > self._shelf.end(self._source, self._partition):
            raise StageStoppedError(
                f"alerts: the rules {self._rules.name!r} have read {self._source} "
                f"[{self._partition}] up to {self._position}, and it does not go so far; was the "
                "topic made anew? Give the rules another name"
            )
        wanted = remembering(self._rules, self._source)
        changed = {
            name: fingerprint
            for name, fingerprint in wanted.items()
            if state.fingerprints.get(name) != fingerprint
        }
        known = {rule for rule, _ in state.memory} - {rule.name for rule in self._rules.rules}
        gone = (state.fingerprints.keys() - wanted.keys()) | known
        if changed or gone or state.position is None:
            self._remember_anew(changed, gone)
        super().warm_up(committed, group)

    def publish(
        self, records: Sequence[Record], committed: dict[Any, Any], group: "ConsumerGroupMetadata"
    ) -> None:
        """Judge a batch of events, in one transaction with its offset.

        Any exception means that nothing of it is readable, or that this is not known: close this
        and open it again.
        """
        sending = Sending(self._settings, self._producer)
        sending.commit_offsets(committed, group)
        told: list[Alert] = []
        for record in records:
            if record.offset < self._position:
                continue
            alerts = self._fold.take(record, self._source)
            told += alerts
            for alert in alerts:
                sending.send(alert_message(alert, record))
        position = max(self._position, records[-1].offset + 1)
        name = self._rules.name
        for message in memory_messages(name, self._source, self._fold):
            sending.send(message, self._partition)
        sending.send(position_message(name, self._source, position), self._partition)
        sending.commit()
        self._position = position
        self._measures.published(told)

    def _remember_anew(self, changed: dict[str, str], gone: set[str]) -> None:
        """Let rules read what was published before they were there; they tell nothing of it.

        Whatever happens in between, a rule's fingerprint is there only with all that it remembers.
        """
        for rule in gone | changed.keys():
            self._fold.forget(rule)
        if changed:
            self._read_past(frozenset(changed))
        nothing = dict.fromkeys(sorted(gone | changed.keys()))
        self._store([fingerprint_message(*self._of_rule(name), None) for name in nothing])
        remembered = memory_messages(self._rules.name, self._source, self._fold)
        for start in range(0, len(remembered), _AT_ONCE):
            self._store(remembered[start : start + _AT_ONCE])
        final = [fingerprint_message(*self._of_rule(name), changed[name]) for name in changed]
        self._store([*final, position_message(self._rules.name, self._source, self._position)])

    def _read_past(self, names: frozenset[str]) -> None:
        for count, found in enumerate(
            self._shelf.read(self._source, self._partition, 0, self._position), start=1
        ):
            record = record_of(found)
            self._fold.show_past(record, self._source, names)
            if count % _NOTED_EVERY == 0:
                logger.info("%s: read for what came before the rules", record.place)

    def _store(self, messages: Sequence[Message]) -> None:
        """Store some of the state in a transaction of its own."""
        if not messages:
            return
        sending = Sending(self._settings, self._producer)
        for message in messages:
            sending.send(message, self._partition)
        sending.commit()

    def _of_rule(self, name: str) -> tuple[str, str, str]:
        return self._rules.name, self._source, name


def alert_message(alert: Alert, cause: Record) -> Message:
    """Write an alert for its topic."""
    about = alert.fact or alert.claim
    entity = about.entity if about else None
    key = entity.id if entity else about.claim_id if about else (cause.key or b"").decode()
    return Message(ALERTS, key.encode(), alert.model_dump_json().encode(), _headers(alert, cause))


def _headers(alert: Alert, cause: Record) -> Headers:
    kind = ALERT_FIRED if alert.status == "fired" else ALERT_WITHDRAWN
    headers = event_headers(
        stage="alerts",
        kind=kind,
        identity=alert.alert_id,
        moment=alert.at,
        traceparent=traceparent_of(cause, alert.alert_id),
    )
    return (
        *headers,
        (RULES_HEADER, alert.rules.encode()),
        (RULE_HEADER, alert.rule.encode()),
    )
