"""What a segment's words may tell of: a rule is asked only where a word of its stands."""

# Lists, as the compiled loop over a tuple is slower.
_ASKING = ["asked", "wonder", "queried", "wanted to know", "pressed", "nquired"]
GUIDING = ["guid", "outlook", "forecast"]
_SUPPOSING = ["若", "倘", "如果", "假", "一旦"]
_POINTING_BACK = ["that time", "the time", "that point", "back then"]


class Wording:
    """Which of these words a segment holds; most hold none.

    The letters asked for first are in all of a row: hardly any Chinese segment has them.
    """

    __slots__ = ("asks", "folded", "guides", "points_back", "supposes")

    def __init__(self, folded: str) -> None:
        self.folded = folded
        self.asks = "问" in folded or ("ed" in folded and any(word in folded for word in _ASKING))
        self.guides = any(word in folded for word in GUIDING)
        self.supposes = not folded.isascii() and any(word in folded for word in _SUPPOSING)
        self.points_back = "时" in folded or (
            "th" in folded and any(word in folded for word in _POINTING_BACK)
        )


class _Latest:
    """The wording that was asked for last: the figures of a segment follow each other."""

    def __init__(self) -> None:
        self.wording = Wording("")


_LATEST = _Latest()


def wording_of(folded: str) -> Wording:
    """Look through the words of a segment, once for all of its figures."""
    wording = _LATEST.wording
    if wording.folded is not folded:
        wording = _LATEST.wording = Wording(folded)
    return wording
