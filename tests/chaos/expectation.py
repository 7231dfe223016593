"""What should stand on the topics: the contract's rules on revisions, applied to what was sent.

Written from the contract and not from the ledger, so that the two can disagree.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from tests.chaos.history import Fields, Place, Sent

Status = Literal["processed", "incomplete", "withdrawn"]

_NOT_SAID = frozenset(
    ("fact_id", "transcript_id", "revision", "segment_id", "confidence", "extractor")
)
_NOT_SAID_OF_EVIDENCE = frozenset(("start", "end", "agrees"))


@dataclass(frozen=True)
class Document:
    """A transcript message as one process reads it.

    ``said`` is equal for messages that say the same, ``failed_parts`` counts the parts that no
    stage can process, ``facts`` are those of the others, by ``fact_id``. ``failed_whole`` if not
    even its parts are known.
    """

    transcript_id: str
    revision: int
    said: object
    facts: Mapping[str, Fields]
    failed_parts: int = 0
    failed_whole: bool = False


Read = Callable[[bytes, bytes], Document | None]
"""Read a message's value and key in this process; None where it is no transcript."""


@dataclass(frozen=True)
class Step:
    """What one accepted message of a transcript changes, and the facts that stand after it."""

    place: Place
    revision: int
    status: Status
    facts: Mapping[str, Fields]
    asserted: Mapping[str, Fields]
    retracted: Mapping[str, Fields]
    standing: Mapping[str, Fields]
    said: object = None

    @property
    def unchanged(self) -> int:
        """The number of facts that held before and still hold."""
        return len(self.facts) - len(self.asserted)


@dataclass
class Expectation:
    """What should be there: each transcript's steps, and the messages that are dead letters.

    ``dead`` says, for each of their places, whether the message itself is one (True), parts of it
    are (False), or both.
    """

    steps: dict[str, list[Step]] = field(default_factory=dict)
    dead: dict[Place, set[bool]] = field(default_factory=dict)

    def bury(self, place: Place, *, whole: bool) -> None:
        """Note a dead letter."""
        self.dead.setdefault(place, set()).add(whole)


def expect(sent: Iterable[Sent], read: Read) -> Expectation:
    """Say what should follow from messages, given in the order of each partition."""
    expected = Expectation()
    for message in sorted(sent, key=lambda each: each.place):
        _take(message, read, expected)
    return expected


def substance(fields: Fields) -> object:
    """Give what a fact says, without where it stands and by which program it was read."""
    said = {name: value for name, value in fields.items() if name not in _NOT_SAID}
    said["evidence"] = [
        {name: value for name, value in each.items() if name not in _NOT_SAID_OF_EVIDENCE}
        for each in fields.get("evidence", ())
    ]
    said.pop("published_at", None)
    return said


def _take(message: Sent, read: Read, expected: Expectation) -> None:
    if not message.key:
        expected.bury(message.place, whole=True)
        return
    transcript_id = message.key.decode("utf-8", "replace")
    before = expected.steps.get(transcript_id, [])
    last = before[-1] if before else None
    if message.value is None:
        step = _withdrawn(message.place, last)
    else:
        document = read(message.value, message.key)
        if document is None:
            expected.bury(message.place, whole=True)
            return
        if document.failed_parts:
            expected.bury(message.place, whole=document.failed_whole)
        step = _revised(message.place, document, last)
    if step is None:
        expected.bury(message.place, whole=True)
    elif step is not last:
        expected.steps.setdefault(transcript_id, []).append(step)


def _withdrawn(place: Place, last: Step | None) -> Step | None:
    """Take a tombstone: None where there is nothing to withdraw, the last step for a repetition."""
    if last is None or last.status == "withdrawn":
        return last
    return Step(place, last.revision, "withdrawn", {}, {}, last.standing, {})


def _revised(place: Place, document: Document, last: Step | None) -> Step | None:
    """Take a transcript: None where it is refused, the last step where it changes nothing."""
    if last is not None and last.status != "withdrawn" and document.revision <= last.revision:
        if document.said != last.said:
            return None
        if document.revision < last.revision or last.status == "processed":
            return last
    former = last.standing if last else {}
    changed = {
        fact_id
        for fact_id, fields in document.facts.items()
        if fact_id in former and substance(fields) != substance(former[fact_id])
    }
    asserted = {
        fact_id: fields
        for fact_id, fields in document.facts.items()
        if fact_id not in former or fact_id in changed
    }
    failed = document.failed_parts > 0
    # While a part of it is missing, nobody knows what the new revision does not hold any more.
    gone = changed if failed else {i for i in former if i not in document.facts} | changed
    standing = {i: fields for i, fields in former.items() if i not in gone} | asserted
    return Step(
        place,
        document.revision,
        "incomplete" if failed else "processed",
        document.facts,
        asserted,
        {fact_id: former[fact_id] for fact_id in gone},
        standing,
        document.said,
    )
