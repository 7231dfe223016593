"""Those who make a replay's results public: the publisher, and in a generation what follows it."""

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.problem import Problem
from pipeline.replay.backlog import Backlog, Place
from pipeline.settings import Settings
from pipeline.stream.publisher import SOURCE
from pipeline.stream.worker import AGENT_STAGES, ALL_STAGES, PUBLISH, Worker

if TYPE_CHECKING:
    from collections.abc import Callable

    from kafka import KafkaAdminClient

# What follows the publisher, by the stage's name, which is that of its group too.
_FOLLOWING = {"claims": ("facts.events", "facts.unattributed")}
_PAUSE = 0.1


class Publishing:
    """How far the publishers of some topics have come, and ones of our own where there are none."""

    def __init__(
        self,
        settings: Settings,
        admin: "KafkaAdminClient",
        *,
        generation: bool,
        stop: threading.Event,
    ) -> None:
        """Take the settings of the topics that results are sent to, and what ends all waiting.

        A ``generation`` has nobody else to work on it, so all that follows the stages is run.
        """
        self._settings = settings
        self._stop = stop
        self._publisher = Backlog(settings, admin, "publisher", [SOURCE])
        self._stages = [PUBLISH]
        if generation:
            self._stages = [stage for stage in ALL_STAGES if stage not in AGENT_STAGES]
        self._hops = [self._publisher] + [
            Backlog(settings, admin, stage, _FOLLOWING[stage])
            for stage in self._stages
            if stage != PUBLISH
        ]
        self._worker: Worker | None = None
        self._failure: Problem | None = None

    @property
    def topic(self) -> str:
        """The full name of the topic that the publisher reads."""
        return self._settings.topic(SOURCE)

    def ensure(self) -> bool:
        """Start a publisher where nobody publishes; says whether it did."""
        if self._publisher.has_members():
            return False
        level = self._settings.log_level
        quiet = replace(self._settings, log_level="warning" if level == "info" else level)
        worker = self._worker = Worker(quiet, self._stages)
        worker.start()
        threading.Thread(target=self._watch, args=(worker,), daemon=True).start()
        return True

    def close(self) -> None:
        """Stop our publisher, if we have one; what it has not published, its successor does."""
        if self._worker is not None:
            self._worker.stop()

    def waiting(self, sent: dict[int, int]) -> int:
        """Count what is not published before the offsets that were sent, by partition."""
        self._check()
        ends: dict[Place, int] = {(self.topic, each): end for each, end in sent.items()}
        return self._publisher.count(ends)

    def nothing_left(self) -> bool:
        """Tell whether all that is there now is published, and all that follows is done."""
        return not any(hop.holds_records(hop.ends()) for hop in self._hops)

    def finish(self, tell: "Callable[[int], None]") -> bool:
        """Wait until all that is there now is published and followed; False if told to stop.

        ``tell`` is called with what is waiting, again and again.
        """
        for hop in self._hops:
            ends = hop.ends()
            while not hop.is_done(ends):
                self._check()
                tell(hop.count(ends))
                if self._stop.wait(_PAUSE):
                    return False
            tell(0)
        return not self._stop.is_set()

    def _check(self) -> None:
        if self._failure is not None and not self._stop.is_set():
            raise self._failure

    def _watch(self, worker: Worker) -> None:
        try:
            worker.watch()
        except Problem as problem:
            self._failure = problem
