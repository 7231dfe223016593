"""The last hop: what the agents extracted becomes public, once.

A plain consumer of ``facts.extracted`` shares its partitions with the other publishers; each
partition it is given is opened as a ``Publication``.
"""

import contextlib
import threading
from collections.abc import Callable

from pipeline.problem import Problem
from pipeline.security.refusals import absent
from pipeline.settings import Settings
from pipeline.stream.hop import Hop
from pipeline.stream.publication import Publication
from pipeline.stream.shelf import ASSERTED, LEDGER, Shelf

SOURCE = "facts.extracted"


def run_publisher(
    settings: Settings, stop: threading.Event, ready: Callable[[], None] = lambda: None
) -> None:
    """Publish until ``stop`` is set; raises ``StageStoppedError`` when it cannot go on."""
    with contextlib.closing(Shelf(settings)) as shelf:
        check_topics(settings, shelf, SOURCE, (SOURCE, LEDGER, ASSERTED))
        Hop(
            settings,
            "publish",
            "publisher",
            (SOURCE,),
            lambda place: Publication(settings, place.partition, shelf),
            gathers_backlog=True,
        ).run(stop, ready)


def check_topics(settings: Settings, shelf: Shelf, source: str, names: tuple[str, ...]) -> None:
    """Check that topics are there and cut as the source is, whose partitions have state there."""
    expected = shelf.partitions(source)
    for name in names:
        found = shelf.partitions(name)
        if found == 0:
            raise absent(settings, settings.topic(name))
        if found < expected:
            raise Problem(
                f"the topic {settings.topic(name)} has {found} partitions, "
                f"{settings.topic(source)} has {expected}; they must have the same number"
            )
