"""Those who follow Kafka for the board, each in a thread of its own: facts, claims, the lag.

They hand over what they find and keep little. When Kafka fails them they say so and begin anew, so
that what is shown never has a hole that nobody sees.
"""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import orjson
from kafka.errors import KafkaError

from pipeline.board.sentences import Sentences
from pipeline.board.shown import (
    claim_found_by,
    claim_shown,
    fact_found_by,
    fact_shown,
    lag_shown,
    line,
)
from pipeline.board.view import Searchable
from pipeline.board.window import Entry
from pipeline.lag.report import Watch
from pipeline.problem import Problem
from pipeline.settings import Settings
from pipeline.stream.clients import reader
from pipeline.stream.record import Record, moment_of
from pipeline.subscribe.connection import Connection
from pipeline.subscribe.reading import UnreadableEvent, event_of
from schemas import Claim, FactEvent

logger = logging.getLogger(__name__)

_AGAIN_SECONDS = 2.0
_LOOK_SECONDS = 5.0
# Transactions leave markers among the facts, often one for a few of them.
_OFFSETS_FOR_A_FACT = 2
# More than are kept: of those that are read before now, later ones may settle many.
_MOST_CONFLICTS = 5_000


@dataclass(frozen=True)
class ClaimState:
    """The latest state of a claim; ``shown`` is None where it is not in conflict.

    ``at`` is when it changed, in milliseconds since 1970.
    """

    claim_id: str
    at: int
    shown: bytes | None = None
    found_by: Searchable | None = None


@dataclass(frozen=True)
class Taking:
    """Who takes what the followers find. Each may block, and is called from their threads.

    ``begin`` flags say that all taken before is to be forgotten.
    """

    facts: Callable[[Sequence[Entry], bool], None]
    claims: Callable[[Sequence[ClaimState], bool], None]
    lag: Callable[[dict[str, Any]], None]


class Followers:
    """Follow Kafka from ``start`` until ``stop``."""

    def __init__(self, settings: Settings, kept: int, taking: Taking) -> None:
        """Take how many facts are wanted of those before now, and who takes them."""
        self._settings = settings
        self._kept = kept
        self._taking = taking
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Connect; ``Problem`` where no Kafka answers or topics are missing. Then follow."""
        facts, claims = self._facts_connection(), self._claims_connection()
        for name, run in (
            ("facts", lambda: self._follow(facts, self._facts_connection, self._facts)),
            ("claims", lambda: self._follow(claims, self._claims_connection, self._claims)),
            ("lag", self._look),
        ):
            # What hangs in a request to Kafka when the board stops is not waited for.
            thread = threading.Thread(target=run, name=f"board-{name}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop(self, seconds: float) -> None:
        """Stop, and wait so long for each thread."""
        self._stop.set()
        for thread in self._threads:
            thread.join(seconds)

    def _facts_connection(self) -> Connection:
        connection = Connection(self._settings, "facts.events", "now", None)
        connection.from_last(self._kept * _OFFSETS_FOR_A_FACT)
        return connection

    def _claims_connection(self) -> Connection:
        return Connection(self._settings, "facts.claims", "beginning", None)

    def _follow(
        self,
        connection: Connection,
        connect: Callable[[], Connection],
        read: Callable[[Connection], None],
    ) -> None:
        opened: Connection | None = connection
        while not self._stop.is_set():
            try:
                with closing(opened or connect()) as following:
                    read(following)
            except Exception as problem:  # noqa: BLE001 - said, and tried again
                if not self._stop.is_set():
                    logger.warning("%s; beginning anew", problem or type(problem).__name__)
            opened = None
            self._stop.wait(_AGAIN_SECONDS)

    def _facts(self, connection: Connection) -> None:
        sentences, earlier = Sentences(), list[Record]()
        while not connection.at_end() and not self._stop.is_set():
            earlier += [record for _, record in connection.arrivals(follow=True)]
            earlier.sort(key=lambda record: (record.timestamp, record.partition, record.offset))
            del earlier[: -self._kept]
        self._taking.facts(entries(earlier, sentences), True)
        del earlier
        while not self._stop.is_set():
            arrived = [record for _, record in connection.arrivals(follow=True)]
            if arrived:
                self._taking.facts(entries(arrived, sentences), False)

    def _claims(self, connection: Connection) -> None:
        newest: dict[str, ClaimState] = {}
        while not connection.at_end() and not self._stop.is_set():
            for state in _states(record for _, record in connection.arrivals(follow=True)):
                newest.pop(state.claim_id, None)
                if state.shown is not None:
                    newest[state.claim_id] = state
                    if len(newest) > _MOST_CONFLICTS:
                        del newest[next(iter(newest))]
        self._taking.claims(sorted(newest.values(), key=lambda state: state.at), True)
        newest.clear()
        while not self._stop.is_set():
            states = list(_states(record for _, record in connection.arrivals(follow=True)))
            if states:
                self._taking.claims(states, False)

    def _look(self) -> None:
        with closing(Watch(self._settings)) as watch:
            while not self._stop.is_set():
                try:
                    found = lag_shown(watch.look())
                except Exception as problem:  # noqa: BLE001 - said, and looked again
                    found = self._unseen(problem)
                if not self._stop.is_set():
                    self._taking.lag(found)
                self._stop.wait(_LOOK_SECONDS)

    def _unseen(self, problem: Exception) -> dict[str, Any]:
        """Say why the lag cannot be seen, and whether that is because no Kafka answers."""
        logger.warning("the lag cannot be seen: %s", problem or type(problem).__name__)
        known = isinstance(problem, Problem)
        words = str(problem) if known else "it cannot be seen; the board's log says why"
        return {"problem": line(words, 400), "kafka": self._kafka_answers()}

    def _kafka_answers(self) -> bool:
        try:
            with closing(reader(self._settings)) as asking:
                return bool(asking.topics())
        except (KafkaError, OSError):
            return False


def entries(records: Sequence[Record], sentences: Sentences) -> list[Entry]:
    """Make fact events ready to be shown; what cannot be is logged and left out."""
    events = [(record, event) for record in records if (event := _event(record)) is not None]
    for _, event in events:
        for evidence in event.evidence[:2]:
            sentences.see(event.transcript_id, event.revision, evidence)
    made = (_entry(event, record, sentences) for record, event in events)
    return [entry for entry in made if entry is not None]


def _entry(event: FactEvent, record: Record, sentences: Sentences) -> Entry | None:
    try:
        shown = fact_shown(event, moment_of(record.timestamp), sentences)
        entity = shown["entity"]
        return Entry(
            shown=orjson.dumps(shown),
            found_by=fact_found_by(event),
            entity=None if entity is None else (entity["id"], entity["name"]),
        )
    except Exception:  # a fact that cannot be shown must not hide the others
        logger.exception("%s cannot be shown", record.place)
        return None


def _event(record: Record) -> FactEvent | None:
    try:
        return event_of(FactEvent, record)
    except UnreadableEvent as unreadable:
        logger.warning("%s", unreadable)
        return None


def _states(records: Iterator[Record]) -> Iterator[ClaimState]:
    """Read states of claims; those not in conflict, which are nearly all, only as far as that."""
    for record in records:
        claim_id = (record.key or b"").decode("utf-8", "replace")
        try:
            value = orjson.loads(record.value) if record.value is not None else None
            if value is None or value["agreement"] != "conflict":
                yield ClaimState(claim_id, record.timestamp)
                continue
            claim = Claim.model_validate(value, strict=False)
            shown = orjson.dumps(claim_shown(claim, moment_of(record.timestamp)))
            yield ClaimState(claim_id, record.timestamp, shown, claim_found_by(claim))
        except Exception as fault:  # noqa: BLE001 - what is no claim must not hide the others
            logger.warning("%s is no claim: %s", record.place, type(fault).__name__)
