"""Captions that break their sentences at every cue: the lines of one speaker become one line.

Subtitle files (WebVTT, SubRip) and the caption panes of video sites show a few words at a time. A
number that runs from one cue into the next would be read as two.
"""

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from pipeline.patterns import regex
from pipeline.segment.layout import split_chevron
from pipeline.segment.lines import Line
from pipeline.segment.stamps import leading_stamp
from pipeline.segment.titles import NUMBERED

_HEADER = regex(r"\ufeff?WEBVTT\b")
_FURNITURE = regex(r"\ufeff?WEBVTT\b.*|(?:Kind|Language|Region|X-TIMESTAMP-MAP)[:=].*|NOTE\b.*")
_HEADER_LINES = 6
_CUE_NUMBER = regex(r"\d{1,5}$")
_TIME = regex(r"[\[(<（]?(?:(\d{1,2}):)?(\d{1,2}):(\d{2})(?!\d)")
_SECONDS_A_CUE = 12
_LABEL = regex(r"[^\W\d_][\w.'’\-]{0,20}(?: [\w.'’\-]{1,20}){0,3}\s?[:：](?:\s|$)")
_ENDS = ".?!。？！…"
_FEW_CUES = 8
_SHORT, _SHORT_CHINESE = 64, 30
_MOST_LINES_A_CUE = 3
_LONGEST = 700


def join_captions(lines: list[Line], text: str) -> list[Line]:
    """Join the lines of running captions into what one speaker says; others stay as they are.

    A joined line's text is the text from its first line to its last, with the line ends and the
    time stamps between them. ``text`` is the whole document.
    """
    kept = _without_header(lines)
    if not _breaks_sentences(kept):
        return kept if len(kept) < len(lines) else list(lines)
    joined: list[Line] = []
    open_line = False
    for place, line in enumerate(kept):
        if _is_stamp(kept, place):
            if joined and not open_line:
                joined.append(line)
            continue
        if open_line and line.first and _goes_on(joined[-1], line):
            last = joined[-1]
            joined[-1] = Line(
                last.start,
                line.end,
                text[last.start : line.end],
                last.indent,
                last.after_blank,
                last.first,
                last.language,
            )
        else:
            joined.append(line)
        open_line = not _is_label(line.text)
    return joined


def _without_header(lines: list[Line]) -> list[Line]:
    """Leave out what a subtitle file says of itself."""
    if not lines or not _HEADER.match(lines[0].text):
        return list(lines)
    head = [line for line in lines[:_HEADER_LINES] if not _FURNITURE.fullmatch(line.text)]
    return [*head, *lines[_HEADER_LINES:]]


def _is_stamp(lines: list[Line], place: int) -> bool:
    text = lines[place].text
    if not text[0].isdigit() and text[0] not in "[(<（":
        return False
    if leading_stamp(text) == len(text):
        return True
    following = lines[place + 1].text if place + 1 < len(lines) else ""
    return _CUE_NUMBER.match(text) is not None and "-->" in following[:40]


def _breaks_sentences(lines: list[Line]) -> bool:
    """Say whether short pieces with a stamp every line or two go on in the next."""
    stamps = leading = 0
    for place, line in enumerate(lines):
        if not line.is_prose:
            stamps += _is_stamp(lines, place)
            leading += line.text[0].isdigit() and 0 < leading_stamp(line.text) < len(line.text)
    cues = max(stamps, leading)
    if cues < _FEW_CUES:
        return False
    if _pace(lines) > _SECONDS_A_CUE:
        return False
    words = [line for place, line in enumerate(lines) if not _is_stamp(lines, place)]
    if len(words) > cues * _MOST_LINES_A_CUE or len(words) * 2 < cues:
        return False
    english = sum(line.language == "en" for line in words) * 2 > len(words)
    if median(len(line.text) for line in words) > (_SHORT if english else _SHORT_CHINESE):
        return False
    return sum(line.text[-1] in _ENDS for line in words) * 2 < len(words)


def _pace(lines: Sequence[Line]) -> float:
    """Give how many seconds lie between two stamps, as a rule."""
    times = []
    for line in lines:
        if line.text[0].isdigit() or line.text[0] in "[(<（":
            found = _TIME.match(line.text)
            if found:
                hours, minutes, seconds = found.groups()
                times.append(int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds))
    gaps = [later - earlier for earlier, later in pairwise(times)]
    return median(gaps) if gaps else _SECONDS_A_CUE + 1


def _goes_on(last: Line, line: Line) -> bool:
    """Say whether a line goes on with the words of the one before it."""
    if last.text[-1] in _ENDS or line.end - last.start > _LONGEST or _is_label(line.text):
        return False
    text = line.text[leading_stamp(line.text) :]
    if not text or text[0] in "[【-–—♪" or split_chevron(text)[1] or _LABEL.match(text):
        return False
    return not (last.text[0] in "[【" and last.text[-1] in "]】")


def _is_label(text: str) -> bool:
    """Say whether a line only names its speaker."""
    short = text[leading_stamp(text) :].strip(" :：").lower()
    return NUMBERED.match(short) is not None or text[-1] in ":："
