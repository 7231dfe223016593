"""What a segment's words may tell of: a rule is asked only where a word of its stands."""

from functools import lru_cache

_ASKING = ("问", "asked", "wonder", "queried", "wanted to know", "pressed", "nquired")
GUIDING = ("guid", "outlook", "forecast")
_SUPPOSING = ("若", "倘", "如果", "假", "一旦")
_POINTING_BACK = ("时", "that time", "the time", "that point", "back then")


class Wording:
    """Which of these words a segment holds; most hold none."""

    __slots__ = ("asks", "guides", "points_back", "supposes")

    def __init__(self, folded: str) -> None:
        self.asks = any(word in folded for word in _ASKING)
        self.guides = any(word in folded for word in GUIDING)
        self.supposes = any(word in folded for word in _SUPPOSING)
        self.points_back = any(word in folded for word in _POINTING_BACK)


@lru_cache(maxsize=16)
def wording_of(folded: str) -> Wording:
    """Look through the words of a segment, once for all of its figures."""
    return Wording(folded)
