"""Which consumer groups read which topics: the stages of the pipeline, replays, subscribers."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from pipeline.settings import Settings

Role = Literal["live", "replay", "subscriber"]

SOURCES = (
    ("segment", "transcripts.raw"),
    ("normalize", "transcripts.segmented"),
    ("extract", "transcripts.normalized"),
    ("publish", "facts.extracted"),
    ("claims", "facts.events"),
    ("claims", "facts.unattributed"),
)
"""What each stage reads, in the order in which transcripts pass them."""

TRANSLATING = ("translate", "transcripts.normalized")
"""What stands beside them where a translator is set."""

_GROUPS = {"publish": "-publisher", "claims": "-claims", "translate": "-translate"}


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
        for stage, topic in (*SOURCES, *([TRANSLATING] if settings.translator != "none" else []))
    ]


def other_readers(settings: Settings, reads: Iterable[tuple[str, str]]) -> list[Reader]:
    """Give the readers that are no part of the live pipeline, from pairs of group and topic.

    Replays keep their place as a group of their own (pipeline/replay); others are subscribers.
    """
    live = {(each.group, each.topic) for each in live_readers(settings)}
    stages = {settings.topic(topic): stage for stage, topic in SOURCES}
    found = []
    for group, topic in sorted(set(reads) - live):
        replayed = is_replay(settings, group)
        stage = stages.get(topic, "") if replayed else ""
        found.append(Reader(stage, "replay" if replayed else "subscriber", group, topic))
    return found


def is_replay(settings: Settings, group: str) -> bool:
    """Tell whether a group is a replay's, into the same topics or into those of another prefix."""
    return re.search(rf"{re.escape(settings.worker_group)}-replay(-\w+)?$", group) is not None


def _group_of(settings: Settings, stage: str) -> str:
    return settings.topic(settings.worker_group) + _GROUPS.get(stage, "")
