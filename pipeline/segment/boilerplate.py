"""What is no news: safe harbour, disclaimers, copyright, notices, imprints, dial-in details."""

import re
from bisect import bisect_right
from collections.abc import Sequence

from pipeline.normalize.script import fold
from pipeline.segment.cues import find_cues, has_cue
from pipeline.segment.draft import Draft
from pipeline.segment.lines import Line

FIGURE = re.compile(
    r"[$€£¥]\s?\d"
    r"|\d[\d,.]*\s?(?:[%亿万兆元倍x]|个|million|billion|trillion|bps|bn|mn|basis|per ?cent)"
)
"""A figure of business, in folded text."""

_READERS = re.compile(
    r"(?:阅读|浏览|留言|点赞|评论|页)(?:数|量)?\s?:?\s?\d|\d\s?(?:次阅读|阅读|赞|评论|浏览|留言|reads|views|likes)"
)
_NOISE = re.compile(r"\[[a-z ]{2,24}\]$", re.IGNORECASE)
_LINK = re.compile(r"https?://|www\.")
_NOTICE_LENGTH = 220


class Cues:
    """The stage's cues of a document by line."""

    def __init__(self, folded: str, lines: Sequence[Line]) -> None:
        self._starts = [line.start for line in lines]
        self._kinds: dict[int, set[str]] = {}
        for place, kind in find_cues(folded):
            index = bisect_right(self._starts, place) - 1
            if index >= 0 and place < lines[index].end:
                self._kinds.setdefault(index, set()).add(kind)
        for index, line in enumerate(lines[:12]):
            folded = fold(line.text[:200])
            if len(line.text) <= 120 and (_READERS.search(folded) or _LINK.search(folded)):
                self._kinds.setdefault(index, set()).add("imprint")

    def lines_with(self, kind: str) -> set[int]:
        """Give the indexes of the lines that hold a cue of the kind."""
        return {index for index, kinds in self._kinds.items() if kind in kinds}

    def of(self, start: int) -> set[str]:
        """Give the cue kinds of the line at a place in the text."""
        return self._kinds.get(bisect_right(self._starts, start) - 1, set())


def mark_boilerplate(drafts: Sequence[Draft], cues: Cues, folded: str) -> None:
    """Mark the drafts that hold such cues and no result. ``folded`` is the whole text, folded."""
    for draft in drafts:
        if draft.text[0] == "[" and _NOISE.match(draft.text):
            draft.boilerplate = True
            continue
        kinds = cues.of(draft.start)
        if not kinds:
            continue
        legal = "legal" in kinds
        notice = draft.kind != "heading" and ("imprint" in kinds or "call_in" in kinds)
        notice = notice and len(draft.text) <= _NOTICE_LENGTH
        if not legal and not notice:
            continue
        words = folded[draft.start : draft.end]
        draft.boilerplate = not (FIGURE.search(words) and has_cue(words, "result"))
