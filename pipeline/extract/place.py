"""Where a quantity stands in its sentence: what leads up to it and what follows."""

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.extract.cues import Cue
from pipeline.extract.reading import Mark, Sentence
from schemas import Quantity

# How many marks away a sentence is searched, so that one without an end takes no longer.
_NEARBY = 60


@dataclass(frozen=True, slots=True)
class Place:
    """The quantity at ``marks[at]`` of a sentence."""

    sentence: Sentence
    at: int

    @property
    def mark(self) -> Mark:
        """The quantity's own mark."""
        return self.sentence.marks[self.at]

    @property
    def quantity(self) -> Quantity:
        """The quantity itself."""
        value = self.mark.value
        assert isinstance(value, Quantity)  # noqa: S101 - a place is made for quantity marks only
        return value

    def before(self, *, breaks: int = 0) -> Iterator[Mark]:
        """Give the marks to the left, nearest first, up to the quantity before.

        Breaks of a weight above ``breaks`` end it.
        """
        for k in range(self.at - 1, -1, -1):
            mark = self.sentence.marks[k]
            if mark.kind == "quantity" or (mark.kind == "break" and mark.weight > breaks):
                return
            yield mark

    def after(self, *, breaks: int = 0) -> Iterator[Mark]:
        """The marks to the right, nearest first, in the same way."""
        marks = self.sentence.marks
        for k in range(self.at + 1, len(marks)):
            mark = marks[k]
            if mark.kind == "quantity" or (mark.kind == "break" and mark.weight > breaks):
                return
            yield mark

    def previous(self) -> Mark | None:
        """The quantity before this one in the sentence."""
        marks = self.sentence.marks
        return next(
            (marks[k] for k in range(self.at - 1, -1, -1) if marks[k].kind == "quantity"), None
        )

    def back(self) -> Iterator[Mark]:
        """The marks to the left, nearest first, whatever they are, as far as a clause may refer."""
        for k in range(self.at - 1, max(-1, self.at - 1 - _NEARBY), -1):
            yield self.sentence.marks[k]

    def onward(self) -> Iterator[Mark]:
        """The marks to the right, nearest first, in the same way."""
        for k in range(self.at + 1, min(len(self.sentence.marks), self.at + 1 + _NEARBY)):
            yield self.sentence.marks[k]

    def gap_before(self, left: Mark) -> str:
        """The folded text between a mark to the left and the quantity."""
        return self.sentence.folded[left.end : self.mark.start]

    def gap_after(self, right: Mark) -> str:
        """The folded text between the quantity and a mark to the right."""
        return self.sentence.folded[self.mark.end : right.start]

    def cues_before(self, *, breaks: int = 0) -> Iterator[tuple[Mark, frozenset[str]]]:
        """Cue marks to the left, nearest first, with the kinds that hold at that distance."""
        for mark in self.before(breaks=breaks):
            if isinstance(mark.value, Cue):
                kinds = mark.value.kinds
                if mark.value.tight and self.gap_before(mark).strip(" 了约近"):
                    kinds = kinds - mark.value.tight
                if kinds:
                    yield mark, kinds

    def cues_after(self, *, breaks: int = 0) -> Iterator[tuple[Mark, frozenset[str]]]:
        """Cue marks to the right, nearest first."""
        for mark in self.after(breaks=breaks):
            if isinstance(mark.value, Cue):
                kinds = mark.value.kinds - mark.value.tight
                if kinds:
                    yield mark, kinds


def words_in(gap: str) -> int:
    """How far apart two places are: English words, or Chinese characters halved."""
    han = sum(1 for character in gap if "\u3400" <= character <= "\u9fff")
    return len(gap.split()) if not han else (han + 1) // 2
