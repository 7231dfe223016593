"""The message that counts of each transcript, as the publisher's ledger names it."""

from typing import NamedTuple

import orjson

from pipeline.settings import Settings
from pipeline.stream.shelf import LEDGER
from pipeline.stream.subscription import Subscription


class Newest(NamedTuple):
    """The newest revision of a transcript: its message on ``transcripts.raw``, and its state."""

    partition: int
    offset: int
    run: int
    revision: int
    digest: str
    status: str

    def is_the_one(self, other: "Newest") -> bool:
        """Tell whether two ledgers mean the same message, or messages of the same content."""
        itself = (self.partition, self.offset) == (other.partition, other.offset)
        return itself or (self.revision, self.digest) == (other.revision, other.digest)


def newest(settings: Settings) -> dict[str, Newest]:
    """Read the ledger."""
    subscription = Subscription(settings, [LEDGER])
    subscription.from_beginning()
    found: dict[str, Newest] = {}
    for record in subscription.records(follow=False):
        if record is None:
            continue
        key = (record.key or b"").decode()
        if record.value is None:
            found.pop(key, None)
            continue
        entry = orjson.loads(record.value)
        found[key] = Newest(*(entry[name] for name in Newest._fields))
    return found


def effective(settings: Settings) -> dict[str, tuple[int, int] | None]:
    """Give each transcript's newest message by partition and offset, None where withdrawn."""
    return {
        key: None if each.status == "withdrawn" else (each.partition, each.offset)
        for key, each in newest(settings).items()
    }
