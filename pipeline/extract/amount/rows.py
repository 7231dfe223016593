"""Rows of figures for rows of subjects: 营收、净利润分别为 52 亿元、6 亿元, 营收/净利 +12%/-3%."""

from itertools import pairwise

from pipeline.extract.reading import Mark, Sentence
from pipeline.patterns import regex
from schemas import Quantity

_JOINT = regex(r"\s*(?:[、,，/]|和|与|及|以及)\s*(?:[\u4e00-\u9fff]{1,6}\s*)?")
_EACH = regex(r"分别|各")
_SLASH = regex(r"\s*/\s*")
# What may stand between two subjects of a row: 暖通空调收入、冰洗收入.
_NEXT_SUBJECT = regex(r"[^，。；;,0-9]{0,8}?(?:[、/]|和|与|及|以及)[^，。；;,0-9]{0,4}")
_SUBJECTS = ("metric", "scope", "period")


def rows_of(sentence: Sentence) -> dict[int, Mark]:
    """Tell which subject each figure of such rows has, by mark index."""
    folded = sentence.folded
    shares: dict[int, Mark] = {}
    row: list[Mark] = []
    end = sentence.start
    for figures in _runs(sentence):
        first = sentence.marks[figures[0]]
        lead = folded[end : first.start]
        second = sentence.marks[figures[1]]
        slashed = _SLASH.fullmatch(folded, first.end, second.start) is not None
        between = [m for m in sentence.marks if end <= m.start and m.end <= first.start]
        if any(m.kind in _SUBJECTS for m in between):
            row = _subjects(sentence, between, len(figures))
        if len(row) == len(figures) and (slashed or _EACH.search(lead)):
            shares.update(zip(figures, row, strict=True))
        end = sentence.marks[figures[-1]].end
    return shares


def _runs(sentence: Sentence) -> list[list[int]]:
    """Give the figures of one kind that only joints part, two and more, by mark index."""
    runs: list[list[int]] = []
    run: list[int] = []
    marks = sentence.marks
    last = ""
    for at, mark in enumerate(marks):
        if mark.kind != "quantity" or not isinstance(mark.value, Quantity):
            continue
        kind: str = mark.value.kind
        kind = "money" if kind == "number" else kind
        if run and kind == last and _goes_on(sentence, marks[run[-1]], mark):
            run.append(at)
        else:
            run = [at]
            runs.append(run)
        last = kind
    return [run for run in runs if len(run) > 1]


def _goes_on(sentence: Sentence, left: Mark, right: Mark) -> bool:
    if _JOINT.fullmatch(sentence.folded, left.end, right.start) is None:
        return False
    return not any(
        m.kind in _SUBJECTS and left.end <= m.start < right.start for m in sentence.marks
    )


def _subjects(sentence: Sentence, between: list[Mark], count: int) -> list[Mark]:
    """The last metrics before a row, else businesses or times, where there are as many."""
    for kind in _SUBJECTS:
        named = [m for m in between if m.kind == kind]
        row = named[-count:]
        joined = all(
            _NEXT_SUBJECT.fullmatch(sentence.folded, left.end, right.start)
            for left, right in pairwise(row)
        )
        if len(row) == count and joined:
            return row
    return []
