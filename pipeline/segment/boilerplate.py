"""What is no news: safe harbour, disclaimers, copyright, notices, imprints, dial-in details."""

import re
from bisect import bisect_right
from collections.abc import Sequence, Set

from pipeline.lexicon.companies import find_companies
from pipeline.normalize.script import fold
from pipeline.patterns import regex
from pipeline.segment.cues import find_cues, has_cue
from pipeline.segment.draft import Draft
from pipeline.segment.lines import Line

FIGURE = regex(
    r"[$€£¥\d](?:(?<=\d)[\d,.]*\s?"
    r"(?:[%亿万兆元倍x]|个|million|billion|trillion|bps|bn|mn|basis|per ?cent)"
    r"|(?<=[$€£¥])\s?\d)"
)
"""A figure of business, in folded text."""

_READERS = regex(
    r"(?:阅读|浏览|留言|点赞|评论|页)(?:数|量)?\s?:?\s?\d|\d\s?(?:次阅读|阅读|赞|评论|浏览|留言|reads|views|likes)"
)
# "咖啡观察员　2025年11月18日 08:05": who wrote and when; no heading of what follows.
_BYLINE = regex(
    r"(?!.{0,12}(?:时间|日期|会议|调研|召开|纪要))[^,:。;%]{2,36}?[\s|·/]\s*"
    r"20\d\d ?[年./-] ?\d{1,2} ?[月./-] ?\d{1,2} ?日?(?:\s*\d{1,2}:\d{2}(?::\d{2})?)?\s*$"
)
_RESEARCH = regex(r"证券|研究|资本|投资|财经|新闻|日报|观察|笔记")
_NOISE = regex(r"\[[a-z ]{2,24}\]$", re.IGNORECASE)
_LINKS = ("http://", "https://", "www.")
_READ = ("读", "览", "留言", "赞", "评论", "页", "reads", "views", "likes")
_NOTICE_LENGTH = 220
_NAME_REACH = 20
_NO_KINDS: frozenset[str] = frozenset()


class Cues:
    """The stage's cues of a document by line."""

    def __init__(self, folded: str, lines: list[Line]) -> None:
        self._starts = [line.start for line in lines]
        self._last = -1
        self._kinds: dict[int, set[str]] = {}
        self._by_line: list[Set[str]] = [_NO_KINDS] * len(lines)
        for place, kind in find_cues(folded):
            index = bisect_right(self._starts, place) - 1
            if index >= 0 and place < lines[index].end:
                self._kinds.setdefault(index, set()).add(kind)
        for index, line in enumerate(lines[:12]):
            folded = fold(line.text[:200])
            if len(line.text) <= 120 and (
                any(link in folded for link in _LINKS)
                or (any(word in folded for word in _READ) and _READERS.search(folded))
                or (index and _is_byline(folded))
            ):
                self._kinds.setdefault(index, set()).add("imprint")
        for index, kinds in self._kinds.items():
            self._by_line[index] = kinds

    def lines_with(self, kind: str) -> set[int]:
        """Give the indexes of the lines that hold a cue of the kind."""
        return {index for index, kinds in self._kinds.items() if kind in kinds}

    def of(self, start: int) -> Set[str]:
        """Give the cue kinds of the line at a place in the text."""
        return self._by_line[self._line_at(start)]

    def _line_at(self, start: int) -> int:
        """Give the index of the line at a place; mostly it is the line behind the one before."""
        starts, line = self._starts, self._last + 1
        last = len(starts) - 1
        if line > last or start < starts[line] or (line < last and start >= starts[line + 1]):
            line = bisect_right(starts, start) - 1
        self._last = line
        return line


def _is_byline(folded: str) -> bool:
    """Whether a line of the head names its author and its day: no company's own heading."""
    if folded.isascii() or _BYLINE.match(folded) is None:
        return False
    return _RESEARCH.search(folded) is not None or not find_companies(folded[:_NAME_REACH])


def mark_boilerplate(drafts: Sequence[Draft], cues: Cues, folded: str) -> None:
    """Mark the drafts that hold such cues and no result. ``folded`` is the whole text, folded."""
    for draft in drafts:
        if ord(draft.text[0]) == ord("[") and _NOISE.match(draft.text):
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
