"""Claims kept on ``facts.claims``: fact events folded, each batch in one Kafka transaction.

The transaction holds the claims that the batch changed and its offset, so each state of a claim is
readable once. A claim is of one company and ``facts.events`` is keyed by company: all facts of a
claim come in one partition, and its state lies in the partition of ``facts.claims`` of the same
number, from which it is read back. Facts that name no company are keyed by transcript there; they
are passed on through ``facts.unattributed``, keyed by claim, and folded from that topic.
"""

import contextlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pipeline.claims.merge import fold
from pipeline.settings import Settings
from pipeline.stream.hop import Hop
from pipeline.stream.publisher import check_topics
from pipeline.stream.record import (
    Headers,
    Message,
    Record,
    event_headers,
    moment_of,
    traceparent_of,
)
from pipeline.stream.shelf import LedgerError, Shelf
from pipeline.stream.transaction import Sending, Transactional
from schemas import Claim, FactEvent

if TYPE_CHECKING:
    from kafka import TopicPartition
    from kafka.structs import ConsumerGroupMetadata

EVENTS = "facts.events"
UNATTRIBUTED = "facts.unattributed"
CLAIMS = "facts.claims"

CLAIM_CHANGED = "callfacts.claim.changed"
CLAIM_WITHDRAWN = "callfacts.claim.withdrawn"

# Bytes of states that are kept at hand for each partition; most events of a claim come together.
_AT_HAND_BYTES = 2 * 1024 * 1024
_AT_ONCE = 1_000


def keep_claims(
    settings: Settings, stop: threading.Event, ready: Callable[[], None] = lambda: None
) -> None:
    """Keep the claims until ``stop`` is set; raises ``StageStoppedError`` when it cannot go on."""
    with contextlib.closing(Shelf(settings)) as shelf:
        for source in (EVENTS, UNATTRIBUTED):
            check_topics(settings, shelf, source, (source, CLAIMS))
        Hop(
            settings,
            "claims",
            "claims",
            (EVENTS, UNATTRIBUTED),
            lambda place: ClaimsPartition(settings, place, shelf),
            gathers=True,
            at_once=_AT_ONCE,
        ).run(stop, ready)


class ClaimsPartition(Transactional):
    """The claims made of one partition of fact events, from ``open`` to ``close``.

    All claims are known by the offsets of their states; the states that were read or written last
    are at hand, the others are read back when a fact comes.
    """

    stage = "claims"
    targets = (UNATTRIBUTED, CLAIMS)

    def __init__(self, settings: Settings, place: "TopicPartition", shelf: Shelf) -> None:
        """Take the partition of fact events; ``open`` connects."""
        group = settings.topic(settings.worker_group)
        self._source = UNATTRIBUTED if place.topic == settings.topic(UNATTRIBUTED) else EVENTS
        super().__init__(settings, f"{group}-claims-{self._source}-{place.partition}")
        self._partition = place.partition
        self._shelf = shelf
        self._offsets: dict[str, int] = {}
        self._at_hand: OrderedDict[str, bytes] = OrderedDict()
        self._at_hand_bytes = 0

    def open(self) -> None:
        """End what an earlier keeper of this partition had begun; then find its claims."""
        super().open()
        for record in self._shelf.read(CLAIMS, self._partition, 0, None):
            self._remember((record.key or b"").decode(), record.offset, record.value)

    def publish(
        self, records: Sequence[Record], committed: dict[Any, Any], group: "ConsumerGroupMetadata"
    ) -> None:
        """Fold a batch of events into their claims, in one transaction with its offset.

        Any exception means that nothing of it is readable, or that this is not known: close this
        and open it again. ``StageStoppedError`` means that it would not help.
        """
        sending, changes = Sending(self._settings, self._producer), _Changes()
        sending.commit_offsets(committed, group)
        for record in records:
            self._take(record, sending, changes)
        messages = changes.messages()
        sent = {each: sending.send(message, self._partition) for each, message in messages.items()}
        sending.commit()
        for claim_id, each in sent.items():
            self._remember(claim_id, each.offset(), messages[claim_id].value)

    def _take(self, record: Record, sending: Sending, changes: "_Changes") -> None:
        """Take one event; one that cannot be read goes to the dead letters."""
        from kafka.errors import KafkaError

        try:
            event = FactEvent.model_validate_json(record.value or b"")
            if event.entity is None and self._source == EVENTS:
                key = event.claim_id.encode()
                sending.send(Message(UNATTRIBUTED, key, record.value, record.headers))
            else:
                self._fold(event, record, changes)
        except (KafkaError, LedgerError, OSError):
            raise
        except Exception as fault:  # noqa: BLE001 - kept as a dead letter
            sending.send(self.dead_letter(record, fault, datetime.now(UTC)))
            self.note_failure(fault)
        else:
            self.note_success()

    def _fold(self, event: FactEvent, record: Record, changes: "_Changes") -> None:
        claim_id = event.claim_id
        if claim_id in changes.after:
            before = changes.after[claim_id][0]
        else:
            before = changes.before[claim_id] = self._state(claim_id)
        after = fold(before, event)
        if after is not before:
            changes.after[claim_id] = (after, record)

    def _state(self, claim_id: str) -> Claim | None:
        """Give a claim as it was published last, None where there is none."""
        offset = self._offsets.get(claim_id)
        if offset is None:
            return None
        value = self._at_hand.get(claim_id)
        if value is None:
            value = self._shelf.value_at(CLAIMS, self._partition, offset, claim_id.encode())
        if value is None:
            raise LedgerError(
                f"{CLAIMS} [{self._partition}] @{offset} should hold claim {claim_id} and does "
                "not; was the topic made anew?"
            )
        return Claim.model_validate_json(value)

    def _remember(self, claim_id: str, offset: int, value: bytes | None) -> None:
        self._at_hand_bytes -= len(self._at_hand.pop(claim_id, b""))
        if value is None:
            self._offsets.pop(claim_id, None)
            return
        self._offsets[claim_id] = offset
        self._at_hand[claim_id] = value
        self._at_hand_bytes += len(value)
        while self._at_hand_bytes > _AT_HAND_BYTES:
            self._at_hand_bytes -= len(self._at_hand.popitem(last=False)[1])


class _Changes:
    """The claims that a batch changes: as they were, and as they are with the event that did it."""

    def __init__(self) -> None:
        self.before: dict[str, Claim | None] = {}
        self.after: dict[str, tuple[Claim | None, Record]] = {}

    def messages(self) -> dict[str, Message]:
        """Write the claims that are not as they were, by their ids."""
        return {
            claim_id: _message(claim_id, state, cause)
            for claim_id, (state, cause) in self.after.items()
            if state != self.before[claim_id]
        }


def _message(claim_id: str, state: Claim | None, cause: Record) -> Message:
    """Write the state of a claim, a tombstone where nobody states it any more."""
    value = None if state is None else state.model_dump_json().encode()
    return Message(CLAIMS, claim_id.encode(), value, _headers(claim_id, state, cause))


def _headers(claim_id: str, state: Claim | None, cause: Record) -> Headers:
    identity = f"{claim_id}@{cause.partition}-{cause.offset}"
    return event_headers(
        stage="claims",
        kind=CLAIM_WITHDRAWN if state is None else CLAIM_CHANGED,
        identity=identity,
        moment=moment_of(cause.timestamp),
        traceparent=traceparent_of(cause, identity),
    )
