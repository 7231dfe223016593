"""One sitting of a replay, from its bookmark to its end or to an interruption."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import Event
from typing import TYPE_CHECKING

from pipeline.problem import Problem
from pipeline.replay.bookmark import Bookmark, Plan, extended, planned, raw_places
from pipeline.replay.comparing import Comparison, Facts, comparable, compare
from pipeline.replay.newest import effective, newest
from pipeline.replay.publishing import Publishing
from pipeline.replay.replaying import Progress, Replay, Replayer
from pipeline.replay.selection import Selection
from pipeline.settings import Settings
from pipeline.stream.publisher import SOURCE
from pipeline.stream.record import moment_of
from topics import cluster

if TYPE_CHECKING:
    from kafka import KafkaAdminClient


@dataclass(frozen=True)
class Sitting:
    """How a sitting is done: ``jobs`` processes, ``stop`` ends it early, the others are told."""

    jobs: int
    stop: Event
    report: Callable[[Progress], None]
    tell: Callable[[str], None]


@dataclass(frozen=True)
class Outcome:
    """What a sitting came to; ``progress`` is None where there was nothing to do."""

    plan: Plan
    finished: bool
    progress: Progress | None


def replay_here(settings: Settings, selection: Selection, sitting: Sitting) -> Outcome:
    """Replay into the topics that are live; what has not changed is not sent again."""
    group = f"{settings.topic(settings.worker_group)}-replay-{selection.name}"
    with cluster.connected(settings) as admin:
        bookmark = Bookmark(settings, admin, group)
        plan = bookmark.load()
        if plan is None:
            plan = planned(settings, admin, selection, began=int(time.time() * 1000))
        else:
            sitting.tell(f"goes on with the replay that began at {moment_of(plan.began)}")
        replay = Replay(settings, settings, plan, selection, effective(settings))
        outcome = _sit(replay, bookmark, admin, sitting)
        if outcome.finished:
            bookmark.forget()
        return outcome


def replay_beside(
    settings: Settings, prefix: str, selection: Selection, sitting: Sitting, *, extend: bool
) -> Outcome:
    """Replay into a second generation of topics, which are made where they are not there.

    A finished generation is extended to what has landed since with ``extend``, else left as it is.
    """
    with cluster.connected(settings) as admin:
        target = _generation(settings, prefix, admin)
        bookmark = Bookmark(settings, admin, f"{target.topic(settings.worker_group)}-replay")
        made = {change.topic for change in cluster.apply(admin, target).made}
        if target.topic(SOURCE) in made:
            sitting.tell(f"made topics with the prefix {prefix}")
            bookmark.forget()
        plan = bookmark.load()
        if plan is None:
            plan = planned(settings, admin, selection, began=int(time.time() * 1000))
        elif plan.name != selection.name and not (plan.finished and not extend):
            raise Problem(
                f"the generation {prefix} was begun with {plan.options}, not with {selection}; "
                "give the same options or another prefix"
            )
        elif not plan.finished:
            sitting.tell(f"goes on with the replay that began at {moment_of(plan.began)}")
        elif extend:
            plan = extended(settings, admin, plan, selection)
        replay = Replay(settings, target, plan, selection, None)
        return _sit(replay, bookmark, admin, sitting)


def compare_here(settings: Settings, outcome: Outcome) -> Comparison:
    """Compare the live facts before and after a replay into the same topics."""
    began = outcome.plan.began
    transcripts = {key for key, each in newest(settings).items() if each.run == began}
    return compare(Facts(settings, moment_of(began)), Facts(settings), transcripts)


def compare_beside(settings: Settings, prefix: str) -> Comparison:
    """Compare the live facts with those of another generation, of all its transcripts."""
    target = replace(settings, topic_prefix=prefix)
    transcripts, others = comparable(newest(settings), newest(target))
    comparison = compare(Facts(settings), Facts(target), transcripts)
    comparison.not_compared = others
    return comparison


def _generation(settings: Settings, prefix: str, admin: "KafkaAdminClient") -> Settings:
    if prefix == settings.topic_prefix:
        raise Problem(
            f"the prefix {prefix!r} is that of the live topics; name another one, or leave it out"
        )
    return replace(settings, topic_prefix=prefix, partitions=len(raw_places(settings, admin)))


def _sit(
    replay: Replay, bookmark: Bookmark, admin: "KafkaAdminClient", sitting: Sitting
) -> Outcome:
    publishing = Publishing(
        replay.target, admin, generation=replay.effective is None, stop=sitting.stop
    )
    if replay.plan.finished and publishing.nothing_left():
        return Outcome(replay.plan, finished=True, progress=None)
    bookmark.save(replay.plan)
    try:
        if publishing.ensure() and replay.effective is not None:
            sitting.tell("no worker publishes; the replay publishes by itself while it lasts")
        replayer = Replayer(
            replay,
            bookmark,
            publishing,
            jobs=sitting.jobs,
            stop=sitting.stop,
            report=sitting.report,
        )
        finished = replayer.run()
    finally:
        publishing.close()
    return Outcome(replay.plan, finished, replayer.progress)
