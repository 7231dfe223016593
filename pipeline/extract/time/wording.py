"""What a sentence's words may tell of: a rule is asked only where a word of its stands."""

from pipeline.extract.reading import Sentence

# Lists, as the compiled loop over a tuple is slower.
_ASKING = ["asked", "wonder", "queried", "wanted to know", "pressed", "nquired"]
GUIDING = ["guid", "outlook", "forecast"]
_SUPPOSING = ["若", "倘", "如果", "假", "一旦"]
POINTING_BACK = ["that time", "the time", "that point", "back then"]


class Wording:
    """Which of these words a sentence holds; most hold none.

    The letters asked for first are in all of a row: hardly any Chinese sentence has them.
    """

    __slots__ = ("asks", "end", "folded", "guides", "points_back", "start", "supposes")

    def __init__(self, sentence: Sentence) -> None:
        self.folded, self.start, self.end = sentence.folded, sentence.start, sentence.end
        said = self.folded[self.start : self.end]
        self.asks = "问" in said or ("ed" in said and any(word in said for word in _ASKING))
        self.guides = any(word in said for word in GUIDING)
        self.supposes = not sentence.ascii and any(word in said for word in _SUPPOSING)
        self.points_back = "时" in said or (
            "th" in said and any(word in said for word in POINTING_BACK)
        )


class _Latest:
    """The wording that was asked for last: the figures of a sentence follow each other."""

    def __init__(self) -> None:
        self.wording = Wording(Sentence(0, 0, "", ()))


_LATEST = _Latest()


def wording_of(sentence: Sentence) -> Wording:
    """Look through the words of a sentence, once for all of its figures."""
    wording = _LATEST.wording
    # A sentence is another one of the same words where a figure was lent its unit.
    same = wording.start == sentence.start and wording.end == sentence.end
    if not same or wording.folded is not sentence.folded:
        wording = _LATEST.wording = Wording(sentence)
    return wording
