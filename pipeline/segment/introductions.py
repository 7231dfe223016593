"""Whom a text announces: the analyst whose question comes next, the people of the company.

A name that is announced is a speaker's wherever it stands on a line of its own or as a label.
"""

from collections.abc import Iterator
from functools import cache

from pipeline.lexicon.phrases import Phrases
from pipeline.patterns import regex
from pipeline.segment.roles import role_words, side_of
from pipeline.segment.titles import is_name
from schemas.fact import Speaker

_LONGEST = 1_500
# What ``_ASKING`` holds, and how it begins, as it would be tried at each letter.
_ASKING_WORDS = ("from", "to", "is", "of", "question", "up")
_ASKING_OPENINGS = (
    "come", "is from", "be from", "are from", "question", "line of", "hear from", "go ", "move ",
    "turn ", "open it up ", "Next is", "next is", "up is", "first is", "caller is",
    "take a question from", "Next up", "next up",
)  # fmt: skip
# Each begins with a capital at once, so that a search passes over all else.
_WORD = r"[A-Z](?:\.(?:[A-Z]\.)*|[\w'’\-]*)"
_NAME = rf"{_WORD}(?: (?:{_WORD}|van|von|der|den|de|del|della|di|da|bin)){{0,4}}"
_FIRM_WORD = r"[A-Z](?:\.(?:[A-Z]\.)*|[\w'’&\-]*)"
_FIRM = rf"{_FIRM_WORD}(?: (?:&|of|and|{_FIRM_WORD})){{0,5}}"
_ON = "(?:first |next |now |on |over )?"
# "Our first question comes from the line of Dana Wu with Eastgate Securities."
_ASKING = regex(
    r"(?:comes? from|is from|be from|are from|questions? from|line of|hear from"
    rf"|go {_ON}to|move {_ON}to|turn {_ON}to|open it up {_ON}to|Next is|next is|up is|first is"
    r"|question,|caller is|question goes to|take a question from|Next up,?|next up,?)"
    r"\s+(?:the line of\s+)?"
    rf"(?:Mr\. |Ms\. |Mrs\. |Dr\. )?(?P<name>{_NAME})"
    rf"(?:,?\s+(?:with|of|at|from|representing|calling from)\s+(?P<firm>{_FIRM})"
    rf"|,\s(?P<bare>{_FIRM}))?"
)
# "With me are Dana Wu, Chief Financial Officer, and Lee Novak, our Chief Operating Officer."
_COMPANY = regex(
    rf"(?P<name>{_NAME}), (?:our |the |its )?"
    r"(?P<title>[A-Za-z][A-Za-z&\- ]{1,70}?(?=[,.;:]|$| and [A-Z]))"
)
_LEADING = regex(
    r"\b(?:over to|hand it to|call to|conference to|floor to|I'm|I am|this is)"
    r" (?:our [a-z ]{3,40}, )?"
    rf"(?:Mr\. |Ms\. |Mrs\. |Dr\. )?(?P<name>{_NAME})"
)
# 下一位提问的是高盛的李文博 / 来自中金公司的赵敏
_ASKING_CHINESE = regex(
    r"(?:来自|來自|提问的是|提問的是|提问者是|提問者是|有请|有請|下一位是|第一位是|请|請)[于於]?"
    r"(?P<firm>[\u4e00-\u9fffA-Za-z& ]{2,14}?)(?:分析师|分析師|研究员|研究員|的)+"
    r"(?P<name>[\u4e00-\u9fff]{2,4}?)(?=[，,。、；;：:\s]|$|请|請|先生|女士|小姐|提问|提問|分析|总|總)"
)


def announced_analysts(text: str) -> Iterator[Speaker]:
    """Give those whom an operator's words call up to ask, with their firms as roles.

    >>> [(who.name, who.role) for who in announced_analysts("Next is Dana Wu, Eastgate & Co.")]
    [('Dana Wu', 'Eastgate & Co')]
    """
    text = text[:_LONGEST]
    end = 0
    calls = any(word in text for word in _ASKING_WORDS)
    for place in sorted({start for start, _, _ in _openings().find(text)}) if calls else ():
        found = _ASKING.match(text, place) if place >= end else None
        if found is None:
            continue
        end = found.end()
        name = _clean(found["name"])
        firm = found["firm"] or found["bare"]
        if is_name(name) and not role_words(name):
            yield Speaker(name=name, role=_clean(firm) if firm else None, side="analyst")
    for found in _ASKING_CHINESE.finditer(text) if not text.isascii() else ():
        if is_name(found["name"]):
            yield Speaker(name=found["name"], role=found["firm"].strip(), side="analyst")


@cache
def _openings() -> Phrases[None]:
    return Phrases(dict.fromkeys(_ASKING_OPENINGS))


def announced_company(text: str) -> Iterator[Speaker]:
    """Give the people of the company who are introduced with their titles, or handed the word.

    >>> text = "With me are Dana Wu, Chief Financial Officer, and Lee Novak, COO."
    >>> [(who.name, who.role) for who in announced_company(text)]
    [('Dana Wu', 'Chief Financial Officer'), ('Lee Novak', 'COO')]
    """
    for found in _COMPANY.finditer(text[:_LONGEST]):
        title = found["title"].strip()
        if is_name(found["name"]) and role_words(title):
            side = side_of(title)
            yield Speaker(name=found["name"], role=title, side=side or "company")
    for found in _LEADING.finditer(text[:_LONGEST]):
        name = _clean(found["name"])
        if is_name(name) and not role_words(name):
            yield Speaker(name=name, side="publisher")


def _clean(name: str) -> str:
    return name.removesuffix("'s").removesuffix("’s").rstrip(".,")
