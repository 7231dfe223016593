"""Find the time expressions in one segment and resolve them to days."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, cast

from pipeline.normalize.periods.anchor import Anchor
from pipeline.normalize.periods.calendar import year_before
from pipeline.normalize.periods.guards import GUARDS
from pipeline.normalize.periods.labels import period_of, trailing_year
from pipeline.normalize.periods.resolve import resolve
from pipeline.normalize.periods.rules import (
    HAN,
    Rule,
    Section,
    relation_cues,
    sections_met,
)
from pipeline.normalize.periods.scene import Scene
from pipeline.normalize.script import fold
from pipeline.patterns import regex
from schemas import Period, PeriodMention

Relation = Literal["in", "by", "since", "versus"]
# Looked up once: to look up a method of a model takes as long as some of them.
_MADE_OF = PeriodMention.trusted_fields
_JOINED = regex(r"\s{0,2}(?:to|through|thru|until|-|–|—|~|至|到)\s{0,2}(?:the\s)?")
_NEVER_BASES = frozenset(
    (
        "trailing-months",
        "trailing-quarters",
        "trailing-years",
        "preceding-quarters",
        "year-span",
        "quarter-span",
        "month-span",
        "fiscal-year-span",
    )
)
_LETTERS = regex(r"[a-z][a-z]")
_SENTENCE_END = regex(r"[.!?;。！？\n](?:(?<=[。！？\n])|\s)")
_CHANGE = regex(r"\s?(?:增|升|降|跌|涨|提|扩|减|下滑|grew|rose|fell|increased|decreased)")
_SAME_STATEMENT = 110
# A month, a year.
_DAYS = (27, 366)
_PRIOR_YEARS = frozenset(("prior-year", "calendar-prior-year"))
_LOOK_BACK, _LOOK_BACK_HAN = 44, 12
_LOOK_AHEAD = 16


@dataclass(slots=True)
class _Found:
    start: int
    end: int
    period: Period
    relation: Relation
    verb: str


def find_periods(
    text: str, anchor: Anchor, *, offset: int = 0, ahead: bool = False
) -> list[PeriodMention]:
    """Give every time expression in a segment's text, in order and without overlaps.

    ``offset`` is where the text starts in the transcript and is added to the mentions' places.
    ``ahead`` says that all of it speaks of what is to come (it stands under a heading "Guidance"),
    so that after a year's last quarter "full year" is the next; else each sentence's words decide.
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
    if text.isascii():
        languages: tuple[str, ...] = ("any", "en")
    else:
        languages = ("any", "en", "zh") if _LETTERS.search(folded) else ("any", "zh")
    found: list[_Found] = []
    for section, places in sections_met(folded, languages):
        for match, rule in section.matches(folded, places):
            one = _resolved(folded, text, anchor, section, match, rule, ahead)
            if one is not None:
                found.append(one)
    if not found:
        return []
    return [
        _MADE_OF(
            {
                "start": offset + one.start,
                "end": offset + one.end,
                "text": text[one.start : one.end],
                "period": one.period,
                "relation": one.relation,
            }
        )
        for one in _with_bases(folded, _joined(folded, _longest(found)))
    ]


def _resolved(
    folded: str,
    text: str,
    anchor: Anchor,
    section: Section,
    match: re.Match[str],
    rule: Rule,
    ahead: bool,
) -> _Found | None:
    start, end = match.span()
    words = folded[start:end]
    start += len(words) - len(words.lstrip())
    slots = section.slots_of(match, rule)
    if slots is None:
        return None
    scene = Scene(
        anchor, folded, text, start, end, section.language, slots, rule.number, ahead=ahead
    )
    if rule.guard and not GUARDS[rule.guard](scene):
        return None
    scene.relation = cue = rule.relation or _relation(folded, start, end)
    period = resolve(rule.verb, scene, rule.suffix)
    if period is None:
        return None
    if cue == "versus-past":
        cue = "versus" if _is_base(period, rule.verb, anchor) else "in"
    return _Found(start, end, period, cast(Relation, cue), rule.verb)


def _is_base(period: Period, verb: str, anchor: Anchor) -> bool:
    """Whether a time after "over", "on" or "from" can be what is compared with."""
    if verb in _PRIOR_YEARS and anchor.reporting is not None:
        return True  # "an increase of 11% from the prior year", told when that year is over too
    past = anchor.reporting is not None and period.end < anchor.reporting.start
    return past and _grain(period) not in ("moment", "month") and verb not in _NEVER_BASES


def _relation(folded: str, start: int, end: int) -> str:
    before, beginnings, after = relation_cues()
    following = folded[end : end + 1]
    if following <= HAN or following in after.characters:
        cue = after.pattern.match(folded, end, end + _LOOK_AHEAD)
        if cue:
            return after.relations[cue.lastindex or 0]
    lead = folded[max(0, start - _LOOK_BACK) : start]
    last = lead.rstrip()[-1:]
    if last > HAN:
        if last not in before.characters:
            return "in"
        lead = lead[-_LOOK_BACK_HAN:]  # what ends in Chinese is Chinese, and short
    places = [first for first, _, _ in beginnings.find(lead)]
    places.sort()
    for place in places:
        cue = before.pattern.match(lead, place)
        if cue:
            return before.relations[cue.lastindex or 0]
    return "in"


def _longest(found: list[_Found]) -> list[_Found]:
    """Keep of overlapping findings the longest."""
    kept: list[_Found] = []
    reach = 0
    for one in sorted(found, key=lambda one: (one.start, -one.end)):
        if one.start >= reach:
            kept.append(one)
        elif one.end - one.start > kept[-1].end - kept[-1].start:
            kept[-1] = one
        reach = kept[-1].end
    return kept


def _joined(folded: str, found: list[_Found]) -> list[_Found]:
    """Make one span of two times of a kind with "to" between them: Q1 to Q3, 2024年到2026年."""
    joined: list[_Found] = []
    for one in found:
        if joined:
            first, last = joined[-1].period, one.period
            alike = first.end < last.start and _grain(first) == _grain(last) != "moment"
            if alike and _JOINED.fullmatch(folded, joined[-1].end, one.start):
                if joined[-1].relation == "versus" and _CHANGE.match(folded, one.end):
                    joined.append(replace(one, relation="in"))
                    continue
                span = period_of(first.start, last.end)
                joined[-1] = _Found(joined[-1].start, one.end, span, "in", "span")
                continue
        joined.append(one)
    return joined


def _with_bases(folded: str, found: list[_Found]) -> Iterator[_Found]:
    """Move "a year ago" to a year before the time that its sentence named: 上半年…，去年同期."""
    named: _Found | None = None
    for one in found:
        if named and _SENTENCE_END.search(folded, named.end, one.start):
            named = None
        if one.verb == "year-ago" and named and one.start - named.end <= _SAME_STATEMENT:
            yield replace(one, period=_year_before(named.period))
            continue
        if one.verb in _PRIOR_YEARS and named and _grain(named.period) == "year":
            yield replace(one, period=_year_before(named.period))
            continue
        if named and _is_whole_of(folded, named, one):
            yield replace(one, period=named.period)
            continue
        aside = folded[max(0, one.start - 1) : one.start] in ("(", "（")
        if not aside and one.relation == "in" and _DAYS[0] <= _days(one.period) <= _DAYS[1]:
            named = one
        yield one


_NO_FIGURE = regex(r"[^0-9。；;]{1,12}")


def _is_whole_of(folded: str, named: _Found, one: _Found) -> bool:
    """Whether 全年 means a year named right before it: 2026年的目标是全年盈利."""
    whole = folded[one.start : one.end] == "全年" and _grain(named.period) == "year"
    return whole and _NO_FIGURE.fullmatch(folded, named.end, one.start) is not None


def _days(period: Period) -> int:
    return (period.end - period.start).days


def _year_before(period: Period) -> Period:
    before = year_before(period)
    return trailing_year(before.end) if period.label.startswith("TTM") else before


def _grain(period: Period) -> str:
    days = (period.end - period.start).days
    for grain, longest in (("moment", 0), ("month", 31), ("quarter", 92), ("half", 184)):
        if days <= longest:
            return grain
    return "year" if days >= 364 else "months"
