"""Find the time expressions in one segment and resolve them to days."""

import re
from typing import Literal, cast

from pipeline.normalize.periods.anchor import Anchor
from pipeline.normalize.periods.guards import GUARDS
from pipeline.normalize.periods.labels import period_of
from pipeline.normalize.periods.resolve import Scene, resolve
from pipeline.normalize.periods.rules import Section, relation_cues, sections
from pipeline.normalize.script import fold
from schemas import Period, PeriodMention

Relation = Literal["in", "by", "since", "versus"]
_JOINED = re.compile(r"\s{0,2}(?:to|through|thru|until|-|–|—|~|至|到)\s{0,2}(?:the\s)?")
_LOOK_BACK = 44
_LOOK_AHEAD = 16


def find_periods(text: str, anchor: Anchor, *, offset: int = 0) -> list[PeriodMention]:
    """Give every time expression in a segment's text, in order and without overlaps.

    ``offset`` is where the text starts in the transcript and is added to the mentions' places.
    ``relation`` tells what the time is to the amount beside it: ``in`` (it is the amount's time),
    ``by`` (a deadline), ``since`` (where a development starts), ``versus`` (a base of comparison;
    words such as 去年同期 or "a year ago", which name a base by themselves, are always that).
    Words that need an anchor that is missing give nothing.

    >>> from datetime import date
    >>> from pipeline.normalize.periods.labels import label_period
    >>> anchor = Anchor(label_period("2025Q3"), date(2025, 10, 30))
    >>> [m.period.label for m in find_periods("up 5% from last quarter", anchor)]
    ['2025Q2']
    """
    folded = fold(text)
    languages = ("any", "en") if text.isascii() else ("any", "en", "zh")
    found = [
        one
        for language in languages
        for section in sections(language)
        for one in _found(folded, text, anchor, section)
    ]
    if not found:
        return []
    return [
        PeriodMention(
            start=offset + start,
            end=offset + end,
            text=text[start:end],
            period=period,
            relation=relation,
        )
        for start, end, period, relation in _joined(folded, _longest(found))
    ]


Found = tuple[int, int, Period, Relation]


def _found(folded: str, text: str, anchor: Anchor, section: Section) -> list[Found]:
    found = []
    for match in section.matches(folded):
        rule = section.rules[match.lastindex or 0]
        start, end = match.span()
        start += len(match[0]) - len(match[0].lstrip())
        slots = section.slots_of(match, rule)
        if slots is None:
            continue
        if rule.guard and not GUARDS[rule.guard](text, folded, start, end, slots, anchor):
            continue
        cue = "versus" if rule.relation == "versus" else _relation(folded, start, end)
        scene = Scene(anchor, folded, start, end, section.language, cue)
        period = resolve(rule.verb, scene, slots, rule.number, rule.suffix)
        if period is None:
            continue
        if cue == "versus-past":
            past = anchor.reporting is not None and period.end < anchor.reporting.start
            cue = "versus" if past and not rule.verb.startswith("trailing") else "in"
        found.append((start, end, period, cast(Relation, cue)))
    return found


def _relation(folded: str, start: int, end: int) -> str:
    cues, relations = relation_cues("after")
    after = cues.match(folded, end, end + _LOOK_AHEAD)
    if after:
        return relations[after.lastindex or 0]
    cues, relations = relation_cues("before")
    before = cues.search(folded[max(0, start - _LOOK_BACK) : start])
    return relations[before.lastindex or 0] if before else "in"


def _longest(found: list[Found]) -> list[Found]:
    """Keep of overlapping findings the longest."""
    kept: list[Found] = []
    for one in sorted(found, key=lambda one: (one[0] - one[1], one[0])):
        if all(one[1] <= other[0] or other[1] <= one[0] for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda one: one[0])


def _joined(folded: str, found: list[Found]) -> list[Found]:
    """Make one span of two times of a kind with "to" between them: Q1 to Q3, 2024年到2026年."""
    joined: list[Found] = []
    for one in found:
        if joined:
            start, end, first, _ = joined[-1]
            last = one[2]
            alike = first.end < last.start and _grain(first) == _grain(last) != "moment"
            if alike and _JOINED.fullmatch(folded, end, one[0]):
                joined[-1] = (start, one[1], period_of(first.start, last.end), "in")
                continue
        joined.append(one)
    return joined


def _grain(period: Period) -> str:
    days = (period.end - period.start).days
    return "moment" if days == 0 else "month" if days < 31 else "quarter" if days < 93 else "year"
