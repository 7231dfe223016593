"""Where a quantity stands in its sentence: what leads up to it and what follows."""

from decimal import Decimal
from typing import Any

from pipeline.extract.amount.sizes import is_scaled, size_of
from pipeline.extract.cues import Cue
from pipeline.extract.reading import Mark, Sentence
from pipeline.patterns import regex
from schemas import Quantity

# How many marks away a sentence is searched, so that one without an end takes no longer.
_NEARBY = 60
_LEAD = 10
_OF_WHICH = regex(r"\bof which,? $")

_SPANS = frozenset({"year", "month", "quarter", "week", "day"})
_WITHIN = regex(r"之?[内里]|以内|时间[内里]")
_BEGIN_WITHIN = "之内里以时"

_Cues = list[tuple[Mark, frozenset[str]]]


def unspaced(before: str) -> str:
    """Leave out the space that parts Chinese characters from a number: 淨關店 611 間."""
    if not before or before[-1] != " ":
        return before
    words = before.rstrip(" ")
    return words if words and words[-1] >= "\u2e80" else before


def _first_of(text: str, start: int) -> str:
    """Give the first character from ``start`` on that is no white space; none at the end."""
    for at in range(start, len(text)):
        if not text[at].isspace():
            return text[at]
    return ""


class Place:
    """The quantity at ``marks[at]`` of a sentence.

    ``kind`` is the quantity's, ``said`` are its words, folded, ``lead`` the ten characters right
    before them, ``next`` is the first character behind them that is no blank: most words that tell
    something there begin with few letters. ``spaced`` says that a blank parts them from a word,
    without which no English one leads up to them, ``ascii`` that the whole sentence is English.
    Its surroundings are asked for again and again: each side is looked through once.
    """

    __slots__ = (
        "_back", "_cues", "_cues_right", "_earlier", "_left", "_onward", "_right", "_scaled",
        "_size", "ascii", "at", "kind", "lead", "mark", "next", "quantity", "said", "sentence",
        "signed", "spaced", "unit"
    )  # fmt: skip

    def __init__(self, sentence: Sentence, at: int) -> None:
        self.sentence = sentence
        self.at = at
        self.mark = sentence.marks[at]
        value = self.mark.value
        assert isinstance(value, Quantity)  # noqa: S101 - a place is made for quantity marks only
        self.quantity = value
        fields: dict[str, Any] = value.__dict__  # each for itself would take longer
        self.kind: str = fields["kind"]
        self.unit: str = fields["unit"] or ""
        self.signed: bool = fields["signed"]
        self.ascii = sentence.ascii
        start = self.mark.start
        self.said = sentence.folded[start : self.mark.end]
        self.next = _first_of(sentence.folded, self.mark.end)
        lead = sentence.folded[max(sentence.start, start - _LEAD) : start]
        self.lead = lead if sentence.ascii else unspaced(lead)
        self.spaced = self.lead[-1:] == " "
        # By the weight of the breaks that do not end them, which is 3 at most.
        self._left: list[list[Mark] | None] = [None, None, None, None]
        self._right: list[Mark] | None = None
        self._cues: list[_Cues | None] = [None, None, None, None]
        self._cues_right: _Cues | None = None
        self._back: list[Mark] | None = None
        self._onward: list[Mark] | None = None
        self._earlier: tuple[Mark | None] | None = None
        self._size: Decimal | None = None
        self._scaled: bool | None = None

    @property
    def size(self) -> Decimal:
        """The size of the quantity, of a range its lower end."""
        if self._size is None:
            self._size = size_of(self.quantity)
        return self._size

    @property
    def scaled(self) -> bool:
        """Whether the quantity's own words hold a scale: "4.5bn", 3亿."""
        if self._scaled is None:
            self._scaled = is_scaled(self.said)
        return self._scaled

    def before(self, *, breaks: int = 0) -> list[Mark]:
        """Give the marks to the left, nearest first, up to the quantity before.

        Breaks of a weight above ``breaks`` end it.
        """
        found = self._left[breaks]
        if found is None:
            found = self._left[breaks] = []
            marks = self.sentence.marks
            for k in range(self.at - 1, -1, -1):
                if self._ends_clause(marks[k], breaks):
                    break
                found.append(marks[k])
        return found

    def after(self) -> list[Mark]:
        """The marks to the right, nearest first, up to the next quantity or break."""
        found = self._right
        if found is None:
            found = self._right = []
            marks = self.sentence.marks
            for k in range(self.at + 1, len(marks)):
                if self._ends_clause(marks[k], 0):
                    break
                found.append(marks[k])
        return found

    def previous(self) -> Mark | None:
        """The quantity before this one in the sentence."""
        if self._earlier is None:
            self._earlier = (None,)
            marks = self.sentence.marks
            for k in range(self.at - 1, -1, -1):
                if marks[k].kind == "quantity":
                    self._earlier = (marks[k],)
                    break
        return self._earlier[0]

    def is_part(self) -> bool:
        """Whether this is told as a part of the figure before: "…, of which $4 billion was EUV"."""
        return "which" in self.lead and _OF_WHICH.search(self.lead) is not None

    def back(self) -> list[Mark]:
        """The marks to the left, nearest first, whatever they are, as far as a clause may refer."""
        found = self._back
        if found is None:
            found = self._back = list(self.sentence.marks[max(0, self.at - _NEARBY) : self.at])
            found.reverse()
        return found

    def onward(self) -> list[Mark]:
        """The marks to the right, nearest first, in the same way."""
        found = self._onward
        if found is None:
            start = self.at + 1
            found = self._onward = list(self.sentence.marks[start : start + _NEARBY])
        return found

    def gap_before(self, left: Mark) -> str:
        """The folded text between a mark to the left and the quantity."""
        return self.sentence.folded[left.end : self.mark.start]

    def gap_after(self, right: Mark) -> str:
        """The folded text between the quantity and a mark to the right."""
        return self.sentence.folded[self.mark.end : right.start]

    def cues_before(self, *, breaks: int = 0) -> _Cues:
        """Cue marks to the left, nearest first, with the kinds that hold at that distance."""
        found = self._cues[breaks]
        if found is None:
            found = self._cues[breaks] = []
            for mark in self.before(breaks=breaks):
                if isinstance(mark.value, Cue):
                    kinds = mark.value.kinds
                    if mark.value.tight and self.gap_before(mark).strip(" 了约近"):
                        kinds = kinds - mark.value.tight
                    if kinds:
                        found.append((mark, kinds))
        return found

    def nearest_cue(self, *, breaks: int = 0) -> tuple[Mark | None, frozenset[str]]:
        """The nearest of the cues to the left; none, of no kinds, where there is none."""
        cues = self.cues_before(breaks=breaks)
        return cues[0] if cues else (None, frozenset())

    def cues_after(self) -> _Cues:
        """Cue marks to the right, nearest first."""
        found = self._cues_right
        if found is None:
            found = self._cues_right = []
            for mark in self.after():
                if isinstance(mark.value, Cue):
                    kinds = mark.value.kinds - mark.value.tight
                    if kinds:
                        found.append((mark, kinds))
        return found

    def _only_times(self, mark: Mark) -> bool:
        """Whether a duration only says when: 三到五年内让海外贡献一半."""
        folded, end, value = self.sentence.folded, mark.end, mark.value
        if folded[end : end + 1] not in _BEGIN_WITHIN or _WITHIN.match(folded, end) is None:
            return False
        return isinstance(value, Quantity) and value.kind == "measure" and value.unit in _SPANS

    def _ends_clause(self, mark: Mark, breaks: int) -> bool:
        """Whether a clause ends at a mark: a quantity, or a break of a weight above ``breaks``."""
        if mark.kind == "break":
            return mark.weight > breaks
        return mark.kind == "quantity" and not self._only_times(mark)


def words_in(gap: str) -> int:
    """How far apart two places are: English words, or Chinese characters halved."""
    if not gap or gap == " ":
        return 0
    han = 0
    if not gap.isascii():
        for character in gap:
            han += 0x3400 <= ord(character) <= 0x9FFF
    return len(gap.split()) if not han else (han + 1) // 2
