"""What stands before a line's words: bullets, numbers, heading signs. Knows no language but digits.

A mark is cut off the segment's text (a list number is no figure); it says what the line is.
"""

import re
from dataclasses import dataclass
from typing import Literal

from pipeline.patterns import regex
from pipeline.segment.lines import BLANK, Line, may_be_blank
from pipeline.segment.prose import NUMERALS

MarkKind = Literal["bullet", "number", "heading", "none"]

_HAN = f"[{NUMERALS}]"
_MARK = regex(
    rf"""
      (?P<hash>\#{{1,6}}(?=[\s\#]))
    | (?P<sign>[▍▎▌▋▊█■◆◼◾▶►❚┃❖★☆✦◇□▼▲※»])
    | (?P<chevron>>{{2,3}}|={{2,}})(?=\s)
    | (?P<bullet>[•‣◦▪▫●○∙⁃◉◎➢➤➜✓✔√・‧·⚫🔹🔸✅👉📌]️?|[-–—*＊+](?=[\s\u3000]))
    | (?P<han>{_HAN}{{1,3}}\s?[、．.]|第{_HAN}{{1,3}}[章节節部][分]?\s?[、：:\s])
    | (?P<hanparen>[（(]{_HAN}{{1,3}}[）)]、?)
    | (?P<paren>[（(](?:\d{{1,2}}|[a-z]|[ivx]{{1,4}})[）)](?=[^，,。.;；）)%％\s]|\s\S))
    | (?P<circle>[①-⑳⓪❶-❿➀-➓㈠-㈩⑴-⒇])
    | (?P<decimal>\d{{1,2}}(?:[.．]\d{{1,2}}){{1,3}}[、.]?(?=[\s\u3000\u4e00-\u9fff]))
    | (?P<number>\d{{1,2}}\s?(?:[、)）]|[.．](?![\d]))(?=\s*\S))
    | (?P<roman>(?:[IVX]{{1,4}}[.、)]|[ivx]{{1,4}}\))(?=\s))
    | (?P<letter>(?:[A-Z]\)|[a-z][.)])(?=\s))
    """,
    re.VERBOSE,
)
# The letters beyond ASCII that a mark may begin with.
_HAN_FIRST = frozenset(f"第{NUMERALS}")
_BRACKETED = regex(r"[【〖〔［\[]\s*([^】〗〕］\]]{1,60})[】〗〕］\]]\s*[:：]?$")
_EMPHASISED = regex(r"(\*{1,3}|_{2,3})([^*\n]{1,120})\1[:：]?$")
_UNIT_NEXT = regex(
    r"\s*(?:billion|million|trillion|thousand|bn|mn|percent|times|x\b|%|％|[亿億万萬兆倍元美港个個]"
    r"|gigawatt|GW|MW|吉瓦|(?:人民|新[台臺]|[台臺日欧歐英韩韓澳加])(?:[币幣元圆圓镑鎊]|法郎)"
    r"|成(?![长長本立果功交为為员員熟])|折(?![旧舊扣让讓合现現])|[块塊蚊]|[到至~～]\s*\d)",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Mark:
    """A line's mark: what it makes of the line, and where its words begin and end.

    Lines whose marks have the same ``style`` are of one level.
    """

    kind: MarkKind
    style: str
    begin: int
    end: int
    numbers: tuple[int, ...] = ()


def read_mark(text: str) -> Mark:
    """Read the mark at the head of a line's text.

    >>> read_mark("• 交付")
    Mark(kind='bullet', style='•', begin=2, end=4, numbers=())
    >>> read_mark("1.5 billion").kind, read_mark("-3% q/q").kind
    ('none', 'none')
    """
    end = len(text)
    first = text[0]
    if first.isalpha():
        latin = first.isascii()
        if text[1:2] not in (")", ".", "I", "V", "X") if latin else first not in _HAN_FIRST:
            return Mark("none", "", 0, end)
    if text[0] in "【〖〔［*_":
        for pattern, style, group in ((_BRACKETED, "bracket", 1), (_EMPHASISED, "emphasis", 2)):
            whole = pattern.match(text)
            if whole:
                return Mark("heading", style, *_trimmed(text, *whole.span(group)))
    found = _MARK.match(text)
    if not found or found.end() == end:
        return Mark("none", "", 0, end)
    style = str(found.lastgroup)
    if style == "hash":
        return Mark("heading", f"hash{len(found.group())}", *_trimmed(text, found.end(), end, "#"))
    if style == "chevron":
        return Mark("heading", found.group()[0], *_trimmed(text, found.end(), end, "=<> "))
    if style == "decimal":
        numbers = tuple(int(part) for part in re.split(r"[.．]", found.group().rstrip("、.")))
        if _UNIT_NEXT.match(text, found.end()):
            return Mark("none", "", 0, end)
        return Mark("number", f"decimal{len(numbers)}", *_trimmed(text, found.end(), end), numbers)
    if style == "bullet":
        return Mark("bullet", found.group()[0], *_trimmed(text, found.end(), end))
    if style == "sign":
        begin, last = _trimmed(text, found.end(), end)
        numbered = _MARK.match(text, begin)
        if numbered and numbered.lastgroup in ("han", "number", "paren", "hanparen", "circle"):
            begin, last = _trimmed(text, numbered.end(), end)
        return Mark("heading", found.group(), begin, last)
    kind: MarkKind = "number"
    return Mark(kind, style, *_trimmed(text, found.end(), end))


def _trimmed(text: str, begin: int, end: int, also: str = "") -> tuple[int, int]:
    if begin < end and may_be_blank(ord(text[begin])):
        body = text[begin:end]
        begin += len(body) - len(body.lstrip(BLANK))
    if end == len(text) and not also:
        return begin, end  # no line ends with a blank
    return begin, begin + len(text[begin:end].rstrip(BLANK + also))


SIGN_BULLETS = "◎○●◉⚫🔹🔸📌👉"
"""Bullets that some writers set before their headings."""
_LONGEST_SIGNED = 24
_NO_HEADING = regex(r"[，。；！？,;!?%％]|[亿億万萬]|[:：].")


def heading_bullets(lines: list[Line]) -> frozenset[str]:
    """Give the bullets that stand before headings only: each above something else, all short.

    "◎ 銀行" above a paragraph, "◎ 個人心得" above another.
    """
    counts: dict[str, int] = {}
    spoilt: set[str] = set()
    for index, line in enumerate(lines):
        if line.is_prose:
            continue
        sign = line.text[:1]
        if sign not in SIGN_BULLETS or not sign:
            continue
        words = line.text[1:].strip(BLANK)
        below = lines[index + 1].text if index + 1 < len(lines) else sign
        headed = 0 < len(words) <= _LONGEST_SIGNED and not _NO_HEADING.search(words)
        if headed and below[:1] != sign and len(below) > len(words):
            counts[sign] = counts.get(sign, 0) + 1
        else:
            spoilt.add(sign)
    return frozenset(sign for sign, count in counts.items() if count > 1 and sign not in spoilt)
