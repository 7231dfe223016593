"""A claim after one event, as the keeper makes it where a batch holds no other of that claim."""

from pipeline.claims.merge import Folding
from schemas import Claim, FactEvent


def fold(state: Claim | None, event: FactEvent) -> Claim | None:
    """Give the claim after an event; where it changes nothing, the very same state."""
    folding = Folding(state)
    return folding.claim() if folding.take(event) else state
