"""Which consumer groups read which topics: the stages of the pipeline, replays, subscribers."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from pipeline.settings import Settings

Role = Literal["live", "replay", "subscriber"]

SOURCES = {
    "segment": "transcripts.raw",
    "normalize": "transcripts.segmented",
    "extract": "transcripts.normalized",
    "publish": "facts.extracted",
}
"""What each stage reads, in the order in which transcripts pass them."""


@dataclass(frozen=True)
class Reader:
    """A group and a topic that it reads; ``stage`` is empty for a subscriber's."""

    stage: str
    role: Role
    group: str
    topic: str


def live_readers(settings: Settings) -> list[Reader]:
    """Give the readers that the pipeline itself consists of, in the order of its stages."""
    return [
        Reader(stage, "live", _group_of(settings, stage), settings.topic(topic))
        for stage, topic in SOURCES.items()
    ]


def other_readers(settings: Settings, reads: Iterable[tuple[str, str]]) -> list[Reader]:
    """Give the readers that are no part of the live pipeline, from pairs of group and topic.

    Groups whose names go on after the workers' are replays; all others are subscribers.
    """
    live = {(each.group, each.topic) for each in live_readers(settings)}
    stages = {settings.topic(topic): stage for stage, topic in SOURCES.items()}
    workers = settings.topic(settings.worker_group)
    found = []
    for group, topic in sorted(set(reads) - live):
        replayed = group.startswith((workers + "-", workers + "."))
        stage = stages.get(topic, "") if replayed else ""
        found.append(Reader(stage, "replay" if replayed else "subscriber", group, topic))
    return found


def _group_of(settings: Settings, stage: str) -> str:
    workers = settings.topic(settings.worker_group)
    return workers + "-publisher" if stage == "publish" else workers
