"""The three things to subscribe to, each as a feed of typed values."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from pipeline.settings import Settings
from pipeline.stream.record import Record
from pipeline.subscribe.connection import Start
from pipeline.subscribe.feed import Commits, Feed, Plan
from pipeline.subscribe.reading import event_of
from pipeline.subscribe.repeats import Repeats
from pipeline.subscribe.wanted import Choice, Wanted
from schemas import Claim, FactEvent, TranscriptCompleted

Value = TypeVar("Value")


@dataclass(frozen=True)
class ClaimGone:
    """Nobody states this claim any more."""

    claim_id: str


def facts(
    settings: Settings | None = None,
    *,
    start: Start = "beginning",
    group: str | None = None,
    commits: Commits = "taken",
    follow: bool = True,
    entity: Choice = None,
    metric: Choice = None,
    modality: Choice = None,
    section: Choice = None,
    least_confidence: float = 0.0,
    deduplicate: int = 0,
) -> Feed[FactEvent]:
    """Subscribe to fact events, asserted and retracted.

    A retraction has the fields of what it retracts, so it passes the same filters. The filters
    take one value or several; None takes all. ``entity`` is an entity's id (a ticker).

    ``start`` is "beginning", "now" or a time (UTC where it has no zone). With a ``group`` it holds
    only until that group has a stored position; all who read under one group share the facts
    between them. ``commits`` is explained in ``pipeline.subscribe.feed``. Without ``follow`` the
    feed ends at what was there when it was opened.

    ``deduplicate`` is how many events to remember, to leave out those that come again (same
    fact_id, status and revision, from the same transcript message): for a reader whose own store
    cannot do that by key. 100000 take some 20 MB. Publishing repeats nothing; reading on after a
    crash, or a change of who reads in a group, may.

    Raises ``Problem`` for a filter that nothing can pass. ``settings`` are those of the
    environment where none are given.
    """
    wanted = Wanted.of(entity, metric, modality, section, least_confidence)
    repeats = Repeats(deduplicate)

    def read(record: Record) -> FactEvent | None:
        event = event_of(FactEvent, record)
        if not wanted.passes(event):
            return None
        told = record.header("ce_id") or b""
        identity = f"{event.fact_id} {event.status} {event.revision} ".encode() + told
        return None if repeats.again(identity) else event

    return _feed("facts.events", settings, start, group, commits, follow, read)


def claims(
    settings: Settings | None = None,
    *,
    start: Start = "beginning",
    group: str | None = None,
    commits: Commits = "taken",
    follow: bool = True,
    entity: Choice = None,
    metric: Choice = None,
    modality: Choice = None,
) -> Feed[Claim | ClaimGone]:
    """Subscribe to the states of claims; a later state of a claim_id replaces the earlier.

    From the beginning it gives the latest state of every claim, and of those that changed lately
    some earlier ones. ``ClaimGone`` has no fields to filter by and passes all filters. The rest is
    as for ``facts``.
    """
    wanted = Wanted.of(entity, metric, modality)

    def read(record: Record) -> Claim | ClaimGone | None:
        if record.value is None:
            return ClaimGone((record.key or b"").decode("utf-8", "replace"))
        claim = event_of(Claim, record)
        return claim if wanted.passes(claim) else None

    return _feed("facts.claims", settings, start, group, commits, follow, read)


def completions(
    settings: Settings | None = None,
    *,
    start: Start = "beginning",
    group: str | None = None,
    commits: Commits = "taken",
    follow: bool = True,
) -> Feed[TranscriptCompleted]:
    """Subscribe to the ends of transcripts: all facts of a revision are published before its own.

    The arguments are as for ``facts``.
    """

    def read(record: Record) -> TranscriptCompleted:
        return event_of(TranscriptCompleted, record)

    return _feed("transcripts.completed", settings, start, group, commits, follow, read)


def _feed(
    topic: str,
    settings: Settings | None,
    start: Start,
    group: str | None,
    commits: Commits,
    follow: bool,
    read: Callable[[Record], Value | None],
) -> Feed[Value]:
    settings = Settings.load() if settings is None else settings
    return Feed(Plan(settings, topic, start, group, commits, follow), read)
