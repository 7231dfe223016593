"""Who may do what: the roles that people and programs play, with the least that each needs.

Names are without the prefix that an environment may set; ``{worker}`` stands for the group of the
workers, ``{own}`` for the group of whoever plays the role. ``callfacts topics apply --acls`` grants
this.
"""

from dataclasses import dataclass
from typing import Literal

from topics.declared import DECLARED

Resource = Literal["topic", "group", "transactional id"]
Operation = Literal[
    "read", "write", "create", "delete", "alter", "describe", "describe_configs", "alter_configs"
]


@dataclass(frozen=True)
class Grant:
    """What may be done with some topics, groups or transactional ids.

    ``prefixed`` is of all whose names begin so. Who may read, write, delete or alter, may describe.
    """

    resource: Resource
    operations: tuple[Operation, ...]
    names: tuple[str, ...]
    prefixed: bool = False


@dataclass(frozen=True)
class Role:
    """A role; ``meaning`` says who plays it."""

    name: str
    meaning: str
    grants: tuple[Grant, ...]

    def may(self, operation: Operation, topic: str) -> bool:
        """Tell whether it may do something with a declared topic."""
        return any(
            each.resource == "topic" and operation in each.operations and topic in each.names
            for each in self.grants
        )


def by_name(name: str) -> Role:
    """Give the role of this name; ``KeyError`` if there is none."""
    return {role.name: role for role in ROLES}[name]


def _topics(operation: Operation, *names: str) -> Grant:
    return Grant("topic", (operation,), names)


_AGENTS = (
    _topics("read", "transcripts.raw", "transcripts.segmented", "transcripts.normalized"),
    _topics("write", "transcripts.segmented", "transcripts.normalized", "facts.extracted"),
    _topics("write", "pipeline.deadletters"),
    Grant("group", ("read",), ("{worker}",)),
)
_PUBLISHER = (
    # A transcript that is refused becomes a dead letter as it came, so it is read again.
    _topics("read", "facts.extracted", "facts.ledger", "facts.asserted", "transcripts.raw"),
    _topics("write", "facts.ledger", "facts.asserted", "facts.events", "transcripts.completed"),
    _topics("write", "pipeline.deadletters"),
    Grant("group", ("read",), ("{worker}-publisher",)),
    Grant("transactional id", ("write",), ("{worker}-publisher-",), prefixed=True),
)
_CLAIMS = (
    _topics("read", "facts.events", "facts.unattributed", "facts.claims"),
    _topics("write", "facts.unattributed", "facts.claims", "pipeline.deadletters"),
    Grant("group", ("read",), ("{worker}-claims",)),
    Grant("transactional id", ("write",), ("{worker}-claims-",), prefixed=True),
)
_TRANSLATOR = (
    _topics("read", "transcripts.normalized"),
    _topics("write", "transcripts.translated", "pipeline.deadletters"),
    Grant("group", ("read",), ("{worker}-translate",)),
    Grant("transactional id", ("write",), ("{worker}-translate-",), prefixed=True),
)

_ALL = tuple(topic.name for topic in DECLARED)
_UNWATCHED = ("facts.asserted", "alerts.state", "pipeline.requeued")

ROLES = (
    Role(
        "administrator",
        "who creates and updates topics; ACLs only a super user grants",
        (
            Grant(
                "topic",
                ("create", "describe", "alter", "describe_configs", "alter_configs"),
                _ALL,
            ),
        ),
    ),
    Role("publisher", "who sends transcripts", (_topics("write", "transcripts.raw"),)),
    Role("worker", "the workers, all stages", (*_AGENTS, *_PUBLISHER, *_CLAIMS, *_TRANSLATOR)),
    Role(
        "subscriber",
        "who reads what is public, alone or as the group of their own name",
        (
            _topics("read", "facts.events", "facts.claims", "transcripts.completed"),
            _topics("read", "facts.alerts", "transcripts.translated"),
            Grant("group", ("read",), ("{own}",)),
            Grant("group", ("read",), ("{own}-",), prefixed=True),
        ),
    ),
    Role(
        "alerter",
        "`callfacts alerts run`",
        (
            _topics("read", "facts.events", "facts.claims", "facts.alerts", "alerts.state"),
            _topics("write", "facts.alerts", "alerts.state"),
            Grant("group", ("read",), ("{worker}-alerts-",), prefixed=True),
            Grant("transactional id", ("write",), ("{worker}-alerts-",), prefixed=True),
        ),
    ),
    Role(
        "monitor",
        "`callfacts lag` and `callfacts exporter`",
        (
            # The oldest unread record of a stage says since when it waits.
            _topics("read", *(name for name in _ALL if name not in _UNWATCHED)),
            _topics("describe", *_UNWATCHED),
            _topics("describe_configs", *_ALL),
            Grant("group", ("describe",), ("",), prefixed=True),
        ),
    ),
    Role(
        "replayer",
        "`callfacts replay`, also where it publishes by itself; for another prefix, under both",
        (
            *_PUBLISHER,
            *_CLAIMS,
            _topics("write", "facts.extracted"),
            # It looks whether the topics are as declared.
            _topics("describe", *_ALL),
            _topics("describe_configs", *_ALL),
            Grant("group", ("read", "delete"), ("{worker}-replay",), prefixed=True),
        ),
    ),
    Role(
        "requeuer",
        "`callfacts deadletters`",
        (
            _topics("read", "pipeline.deadletters", "pipeline.requeued"),
            _topics("write", "pipeline.requeued"),
            _topics(
                "write",
                "transcripts.raw",
                "transcripts.segmented",
                "transcripts.normalized",
                "facts.extracted",
                "facts.events",
                "facts.unattributed",
            ),
            Grant("transactional id", ("write",), ("{worker}-requeue",)),
        ),
    ),
)
