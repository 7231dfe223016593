"""The breaks that speech without punctuation leaves out.

Captions of a call run on: 自营门店收入是一百一十亿同比增长百分之四十七联营门店收入三十八亿.
What stands between two quantities would be anybody's; the reader hears where the next clause
begins.
"""

import re
from collections.abc import Sequence

from pipeline.extract.reading import Mark, Sentence

_PUNCTUATION = re.compile(r"[，,；;、：:。．(（|｜]|\. ")
_SUBJECTS = ("metric", "scope", "company", "period", "basis", "cue")
_NAMES = ("metric", "scope", "company")
# 百分之二十的增长, 三成是外卖: what goes on about the same quantity.
_GOES_ON = re.compile(r"\s*(?:左右|以上|多|吧|这样)?\s*[的之个]")
_CONNECTIVE = re.compile(
    r"那么|然后|但是|不过|所以|因为|另外|同时|其中|此外|嗯|呃|那(?=[个些]?[^个些里边时样])"
)
# "a twenty nine percent margin"
_ARTICLE = re.compile(r"(?:^| )(?:an?|the|our) $")
_HAN = "\u3400"


def with_breaks(sentence: Sentence) -> Sentence:
    """Put a break where the clause of a next quantity begins, if a sentence has no punctuation."""
    text = sentence.folded[sentence.start : sentence.end]
    count = sum(mark.kind == "quantity" for mark in sentence.marks)
    if count < 2 or _PUNCTUATION.search(text):
        return sentence
    han = sum(char >= _HAN for char in text[:40]) > 20
    places = _chinese(sentence, text) if han else _english(sentence)
    if not places:
        return sentence
    marks = sorted(
        [*sentence.marks, *(Mark(at, at, "break", "，", 1) for at in places)],
        key=lambda mark: (mark.start, mark.kind != "break"),
    )
    return Sentence(
        sentence.start,
        sentence.end,
        sentence.folded,
        tuple(marks),
        sentence.text,
        sentence.lead_in,
        sentence.first,
    )


def _chinese(sentence: Sentence, text: str) -> set[int]:
    """Chinese says what a quantity is before it; what comes after is about the next."""
    places = set()
    last: Mark | None = None
    for mark in sentence.marks:
        if mark.kind == "quantity":
            last = mark
        elif last is not None and mark.kind in _SUBJECTS and mark.start >= last.end:
            if not _GOES_ON.match(sentence.folded, last.end):
                places.add(mark.start)
            last = None
    for found in _CONNECTIVE.finditer(text):
        at = sentence.start + found.start()
        if not any(mark.start < at < mark.end for mark in sentence.marks):
            places.add(at)
    return places


def _english(sentence: Sentence) -> set[int]:
    """A name right behind a quantity whose own subject stands before it opens a clause."""
    places = set()
    marks = sentence.marks
    told = False
    for at, mark in enumerate(marks):
        if mark.kind == "break":
            told = False
        elif mark.kind == "metric":
            told = True
        elif mark.kind == "quantity":
            following = marks[at + 1] if at + 1 < len(marks) else None
            opens = following is not None and following.kind in _NAMES
            opens = opens and not _ARTICLE.search(sentence.folded[: mark.start][-4:])
            if opens and told and following is not None:
                gap = sentence.folded[mark.end : following.start]
                if not gap.strip() and _has_quantity(marks, at + 2):
                    places.add(following.start)
            told = False
    return places


def _has_quantity(marks: Sequence[Mark], begin: int) -> bool:
    """Say whether a quantity follows before the next break."""
    for mark in marks[begin:]:
        if mark.kind == "break":
            return False
        if mark.kind == "quantity":
            return True
    return False
