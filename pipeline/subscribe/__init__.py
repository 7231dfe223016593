"""Reading what callfacts publishes, from Python: facts, claims and completions as typed values.

>>> from pipeline.subscribe import facts
>>> with facts(entity="AMZN", least_confidence=0.8, follow=False) as feed:  # doctest: +SKIP
...     for fact in feed:
...         print(fact.status, fact.statement)

``facts``, ``claims`` and ``completions`` make a ``Feed``, which is read with ``for`` or with
``async for``. ``pipeline.subscribe.feed`` says when a stored position moves.
"""

from pipeline.subscribe.connection import Start
from pipeline.subscribe.feed import Commits, Feed
from pipeline.subscribe.feeds import ClaimGone, claims, completions, facts
from pipeline.subscribe.reading import UnreadableEvent

__all__ = [
    "ClaimGone",
    "Commits",
    "Feed",
    "Start",
    "UnreadableEvent",
    "claims",
    "completions",
    "facts",
]
