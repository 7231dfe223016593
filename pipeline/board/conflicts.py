"""The claims in conflict: those that changed last, each with a version."""

from collections import OrderedDict
from dataclasses import dataclass

from pipeline.board.view import Searchable, View


@dataclass(frozen=True, slots=True)
class Conflict:
    """A claim in conflict as it is shown, in JSON; ``version`` is another after each change."""

    claim_id: str
    version: int
    shown: bytes
    found_by: Searchable


class Conflicts:
    """The last ``size`` claims in conflict, by when they changed."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._kept: OrderedDict[str, Conflict] = OrderedDict()
        self.version = 0

    def begin(self) -> None:
        """Forget all."""
        self._kept.clear()
        self.version += 1

    def put(self, claim_id: str, shown: bytes, found_by: Searchable) -> None:
        """Take the state of a claim that is in conflict."""
        self.version += 1
        self._kept.pop(claim_id, None)
        self._kept[claim_id] = Conflict(claim_id, self.version, shown, found_by)
        if len(self._kept) > self._size:
            self._kept.popitem(last=False)

    def drop(self, claim_id: str) -> None:
        """Forget a claim that is no longer in conflict, if it was."""
        if self._kept.pop(claim_id, None) is not None:
            self.version += 1

    def wanted(self, most: int, view: View) -> list[Conflict]:
        """Give those that a view wants, the last changed last, at most so many."""
        found = [each for each in self._kept.values() if view.wants(each.found_by)]
        return found[-most:]
