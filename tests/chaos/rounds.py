"""Rounds of faults under load: each is checked when everything is through, and all at the end."""

import contextlib
import random
import shutil
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from pipeline.settings import Settings
from tests.chaos.checker import Anomaly, check
from tests.chaos.crew import STAGES, Crew
from tests.chaos.expectation import expect
from tests.chaos.ground import Ground
from tests.chaos.history import History, Place
from tests.chaos.inprocess import Reader, Stages, stages_file
from tests.chaos.load import Driver, Messages
from tests.chaos.nemesis import Fault, Nemesis
from tests.chaos.watching import Pulse, Topics
from topics import DECLARED, cluster

_FAULTY = Path(__file__).parent / "faulty"
_POISON = 0.06
_MUCH_POISON = 0.5
_HOT_SECONDS = 60.0
_AFTERWARDS_SECONDS = 2.0
"""How long the load goes on after the last fault, so that all comes back under load."""
_QUIET_SECONDS = 150.0


@dataclass(frozen=True)
class Plan:
    """What to do: so many rounds of each fault, so many strikes in a round."""

    faults: Sequence[Fault]
    rounds: int
    strikes: int = 4
    seed: int = 1
    workers: int = 2
    rate: float = 10.0
    stages: Stages = "standin"
    worker_stages: Sequence[str] = STAGES
    outage_seconds: float = 60.0


@dataclass
class Row:
    """The figures of one fault.

    ``kills`` are processes, workers or brokers killed by signal 9, ``stalled`` the rounds after
    which something was still not committed when the time for it was up.
    """

    fault: str
    rounds: int = 0
    faults: int = 0
    kills: int = 0
    messages: int = 0
    transcripts: int = 0
    events: int = 0
    stalled: int = 0
    anomalies: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0


@dataclass
class Outcome:
    """The rows by fault, every anomaly, and the folder that is kept if there is one.

    It holds the workers' log and ``topics.jsonl``: all records, where they are and of what.
    """

    rows: list[Row]
    anomalies: list[Anomaly]
    folder: Path


def run(
    plan: Plan, broker: str | None = None, tell: Callable[[str], None] = lambda _: None
) -> Outcome:
    """Run rounds on a broker of their own, or on the one given (then without broker faults)."""
    folder = Path(tempfile.mkdtemp(prefix="callfacts-chaos-"))
    try:
        with contextlib.ExitStack() as stack:
            ground = None if broker else stack.enter_context(Ground(folder / "broker"))
            settings = Settings(
                bootstrap_servers=ground.address if ground else str(broker),
                topic_prefix=f"chaos-{uuid.uuid4().hex[:8]}.",
                partitions=4,
            )
            stack.enter_context(_topics(settings))
            outcome = stack.enter_context(_Run(plan, settings, ground, folder, tell)).all()
    except (KeyboardInterrupt, SystemExit):
        shutil.rmtree(folder)
        raise
    if not outcome.anomalies:
        shutil.rmtree(folder)
    return outcome


@contextlib.contextmanager
def _topics(settings: Settings) -> Iterator[None]:
    with cluster.connected(settings) as admin:
        cluster.apply(admin, settings)
    yield
    with cluster.connected(settings) as admin:
        admin.delete_topics([settings.topic(topic.name) for topic in DECLARED])


class _Run:
    """One run on topics of its own."""

    def __init__(
        self,
        plan: Plan,
        settings: Settings,
        ground: Ground | None,
        folder: Path,
        tell: Callable[[str], None],
    ) -> None:
        self._plan = plan
        self._settings = settings
        self._tell = tell
        self._log = folder / "workers.log"
        control = folder / "control"
        control.mkdir()
        environment = {
            "PYTHONPATH": str(_FAULTY),
            "CHAOS_STAGES": str(stages_file(plan.stages)),
            "CHAOS_CONTROL": str(control),
            "CHAOS_VERSION": "0",
        }
        self._rng = random.Random(plan.seed)
        self._read = Reader(plan.stages)
        self._topics = Topics(settings)
        self._pulse = Pulse(settings)
        self._crew = Crew(settings, environment, self._log, plan.worker_stages)
        self._nemesis = Nemesis(
            self._crew, ground, self._pulse, control, self._rng, plan.outage_seconds
        )
        self._acknowledged: set[Place] = set()
        self._rows: dict[str, Row] = {}

    def __enter__(self) -> "_Run":
        self._crew.__enter__()
        return self

    def __exit__(self, *exception: object) -> None:
        self._crew.__exit__(*exception)
        self._pulse.close()
        self._topics.close()

    def all(self) -> Outcome:
        for _ in range(self._plan.workers):
            self._crew.join()
        for fault in self._plan.faults:
            row = self._rows[fault] = Row(fault)
            for number in range(self._plan.rounds):
                self._round(fault, row, f"{fault}-{number:04}")
        anomalies = self._checked(self._history())
        if anomalies:
            self._topics.keep(self._log.with_name("topics.jsonl"))
        for row in self._rows.values():
            row.anomalies = Counter(
                each.kind for each in anomalies if _fault_of(each.transcript_id) == row.fault
            )
        elsewhere = [each for each in anomalies if _fault_of(each.transcript_id) not in self._rows]
        if elsewhere:
            rest = Row("(none)", anomalies=Counter(each.kind for each in elsewhere))
            return Outcome([*self._rows.values(), rest], anomalies, self._log.parent)
        return Outcome(list(self._rows.values()), anomalies, self._log.parent)

    def _round(self, fault: Fault, row: Row, name: str) -> None:
        began, before = time.monotonic(), replace(self._nemesis.toll)
        poison = _MUCH_POISON if fault == "poison" else _POISON
        messages = Messages(
            name, random.Random(f"{self._plan.seed}/{name}"), self._plan.stages, poison
        )
        with self._driven(messages):
            self._pulse.wait_for_events(_HOT_SECONDS)
            self._nemesis.strike(fault, self._plan.strikes)
            time.sleep(_AFTERWARDS_SECONDS)
        left = self._pulse.wait_until_quiet(_QUIET_SECONDS)
        toll = self._nemesis.toll
        row.rounds += 1
        row.stalled += bool(left)
        row.faults += toll.faults - before.faults
        row.kills += toll.kills - before.kills
        history = _of_round(name, self._history())
        _count(row, history)
        found = self._checked(history)
        row.seconds += time.monotonic() - began
        self._tell(
            f"{name}: {toll.faults - before.faults} faults, {time.monotonic() - began:.0f} s, "
            f"{len(found)} anomalies{'; not committed: ' if left else ''}{', '.join(left)}"
        )
        for each in found[:5]:
            self._tell(f"  {each.kind}: {each.transcript_id}: {each.detail}")

    @contextlib.contextmanager
    def _driven(self, messages: Messages) -> Iterator[None]:
        driver = Driver(self._settings, messages, self._plan.rate)
        try:
            with driver:
                yield
        finally:
            self._acknowledged |= driver.acknowledged

    def _history(self) -> History:
        return self._topics.history(frozenset(self._acknowledged))

    def _checked(self, history: History) -> list[Anomaly]:
        return check(history, expect(history.sent, self._read))


def _count(row: Row, history: History) -> None:
    row.messages += len(history.sent)
    row.events += len(history.events)
    row.transcripts += len({each.transcript_id for each in history.completions})


def _of_round(name: str, history: History) -> History:
    """Give what concerns the transcripts of a round; what has no key of theirs is left out."""
    own = f"{name}-".encode()
    return History(
        tuple(each for each in history.sent if own in (each.key or b"")),
        tuple(each for each in history.events if each.transcript_id.startswith(f"{name}-")),
        tuple(each for each in history.completions if each.transcript_id.startswith(f"{name}-")),
        tuple(each for each in history.dead_letters if own in (each.key or b"")),
    )


def _fault_of(transcript_id: str) -> str:
    return transcript_id.partition("-")[0]
