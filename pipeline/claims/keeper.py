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
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from pipeline.claims.merge import Folding
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
from pipeline.written import written
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
_AT_ONCE = 2_000


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
        sending = Sending(self._settings, self._producer)
        sending.commit_offsets(committed, group)
        events: dict[str, list[_Taken]] = {}
        for record in records:
            self._read(record, sending, events)
        states = self._states(events)
        messages: dict[str, Message] = {}
        for claim_id, taken in events.items():
            message = self._fold(claim_id, states.get(claim_id), taken, sending)
            if message is not None:
                messages[claim_id] = message
        sent = {each: sending.send(message, self._partition) for each, message in messages.items()}
        sending.commit()
        for claim_id, each in sent.items():
            self._remember(claim_id, each.offset(), messages[claim_id].value)

    def _read(self, record: Record, sending: Sending, events: dict[str, list["_Taken"]]) -> None:
        """Put an event to the others of its claim; one that cannot be read to the dead letters."""
        try:
            event = FactEvent.model_validate_json(record.value or b"")
        except Exception as fault:  # noqa: BLE001 - kept as a dead letter
            self._refuse(record, fault, sending)
            return
        if event.entity is None and self._source == EVENTS:
            key = event.claim_id.encode()
            sending.send(Message(UNATTRIBUTED, key, record.value, record.headers))
            self.note_success()
        else:
            events.setdefault(event.claim_id, []).append(_Taken(event, record))

    def _fold(
        self, claim_id: str, before: Claim | None, taken: Sequence["_Taken"], sending: Sending
    ) -> Message | None:
        """Fold events of one claim; give its message where it is not as it was."""
        try:
            after, cause = _folded(before, taken)
        except Exception:  # noqa: BLE001 - found one by one
            after, cause = self._fold_one_by_one(before, taken, sending)
        else:
            for _ in taken:
                self.note_success()
        return _message(claim_id, after, cause) if cause and after != before else None

    def _fold_one_by_one(
        self, state: Claim | None, taken: Iterable["_Taken"], sending: Sending
    ) -> tuple[Claim | None, Record | None]:
        """Fold what can be folded; what cannot goes to the dead letters."""
        last = None
        for each in taken:
            try:
                state, cause = _folded(state, (each,))
            except Exception as fault:  # noqa: BLE001 - kept as a dead letter
                self._refuse(each.record, fault, sending)
            else:
                last = cause or last
                self.note_success()
        return state, last

    def _refuse(self, record: Record, fault: Exception, sending: Sending) -> None:
        sending.send(self.dead_letter(record, fault, datetime.now(UTC)))
        self.note_failure(fault)

    def _states(self, claim_ids: Iterable[str]) -> dict[str, Claim]:
        """Give claims as they were published last, without those that there are not yet."""
        offsets = {each: self._offsets[each] for each in claim_ids if each in self._offsets}
        values = {each: self._at_hand[each] for each in offsets if each in self._at_hand}
        absent = {offset: each for each, offset in offsets.items() if each not in values}
        if absent:
            keys = {offset: each.encode() for offset, each in absent.items()}
            read = self._shelf.values_at(CLAIMS, self._partition, keys)
            for offset, claim_id in absent.items():
                if offset not in read:
                    raise LedgerError(
                        f"{CLAIMS} [{self._partition}] @{offset} should hold claim {claim_id} and "
                        "does not; was the topic made anew?"
                    )
                values[claim_id] = read[offset]
        return {each: Claim.model_validate_json(value) for each, value in values.items()}

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


class _Taken(NamedTuple):
    """An event, and the record that it came with."""

    event: FactEvent
    record: Record


def _folded(before: Claim | None, taken: Iterable[_Taken]) -> tuple[Claim | None, Record | None]:
    """Give a claim after some events, and the record of the last that changed it."""
    folding, cause = Folding(before), None
    for event, record in taken:
        if folding.take(event):
            cause = record
    return (folding.claim(), cause) if cause else (before, None)


def _message(claim_id: str, state: Claim | None, cause: Record) -> Message:
    """Write the state of a claim, a tombstone where nobody states it any more."""
    value = None if state is None else written(state)
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
