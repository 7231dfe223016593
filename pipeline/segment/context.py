"""What the document as a whole says of itself: company, period, day of the call, defaults."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from pipeline.lexicon.companies import (
    all_companies,
    company,
    find_companies,
    resolve_company,
)
from pipeline.lexicon.leading import heading_company, listed_codes, name_begins
from pipeline.normalize.periods import (
    infer_call_day,
    infer_reporting_period,
    likely_year_end,
)
from pipeline.normalize.script import fold
from pipeline.patterns import regex
from pipeline.segment.cues import places_of
from pipeline.segment.defaults import (
    declared_currency,
    declared_growth_basis,
    declared_scale,
    home_currency,
)
from pipeline.segment.draft import Draft
from pipeline.segment.roles import side_of
from pipeline.segment.roundup import RoundUp
from pipeline.segment.unlisted import declared_company, named_in_opening, named_in_title
from pipeline.unbroken import unbroken
from schemas.fact import Entity
from schemas.segmented import DocumentContext
from schemas.transcript import TranscriptMessage

_HEAD, _FOOT = 2_000, 600
_IN_TITLE = 5
_SURE = 3
_LATEST_PUBLICATION = timedelta(days=21)
_OPENING = 4
_BEFORE, _BEHIND, _MOST_PIECES = 30, 50, 6
# The words of a quarter and of a day. A choice of words that all begin with a letter of their own,
# and a set, are what a search passes over all else with; what stands before comes last.
_QUARTER = regex(
    r"季|财|半年|全年|年度|中期|中报|quarter|half|annual|year.ended|months.ended|weeks.ended"
    r"|f(?:iscal|ull.year|y(?<![a-z]fy)|q[1-4](?!\d)(?<![a-z]fq.)|[1-4]q(?<![a-z0-9]f.q))"
    r"|q[1-4](?!\d)(?<![a-z]q.)|h[12](?!\d)(?<![a-z]h.)"
    r"|1[qh](?<![a-z0-9]..)|2[qh](?<![a-z0-9]..)|3q(?<![a-z0-9].q)|4q(?<![a-z0-9].q)"
)
_DAY = regex(
    r"[昨前一二三四五六七八九十\djfmasond](?:[aeocpu][nlgbrypctv](?<![a-z]{4})"
    r"(?<=jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
    r"|[晚夜天日](?<=昨.|前[晚天]|[一二三四五六七八九十]日)|(?<=\d)(?:\s?[日号]|[/.-]\d))"
)
# The same in English, where every third letter may begin a month.
_DATE = regex(r"[0-9][/.-][0-9]")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def read_context(
    message: TranscriptMessage, drafts: Sequence[Draft], folded: str
) -> DocumentContext:
    """Read the context from the message's hints and from the head and the foot of its text.

    ``company`` is the hint's, else the one that title and head name most; None for a round-up of
    several. ``currency`` is the declared one, else in Chinese text the company's reporting one (the
    one of the document's wording where the company is unknown). ``folded`` is the text, folded.
    """
    head, folded_head = _head(message.text, folded, drafts)
    if message.title:
        head, folded_head = f"{message.title}\n{head}", f"{fold(message.title)}\n{folded_head}"
    published = message.published_at.date() if message.published_at else None
    several = RoundUp(drafts)
    about = _company(message, head, folded_head, drafts, several)
    known = company(about.id) if about else None
    around = _around(_spans(_QUARTER, folded_head), head)
    ends = f"{folded_head}\n{folded[-_FOOT:]}"
    chinese = sum(draft.language not in ("en", "und") for draft in drafts[:60]) * 2
    currency = declared_currency(ends)
    if currency is None and chinese > len(drafts[:60]):
        if known is not None:
            currency = known.currency
        elif about is not None:
            currency = home_currency(ends)
    return DocumentContext(
        company=about,
        companies=() if about else several.of_headings() or several.of_paragraphs(),
        period=infer_reporting_period(
            around,
            published=published,
            fiscal_year_end=known.fiscal_year_end if known else None,
            hint=message.period,
        ),
        call_day=_call_day(_around(_days(folded_head), head), published),
        currency=currency,
        scale=declared_scale(ends),
        growth_basis=declared_growth_basis(ends),
        fiscal_year_end=likely_year_end(around, published) if known is None else None,
    )


def _head(text: str, folded: str, drafts: Sequence[Draft]) -> tuple[str, str]:
    """Give the first of the text, as written and folded.

    It is without the breaks of captions where they break sentences.
    """
    if not any("-->" in draft.text or "\n" in draft.text for draft in drafts[:_OPENING]):
        return text[:_HEAD], folded[:_HEAD]
    head = "\n".join(map(_words, drafts[:_OPENING]))[:_HEAD]
    return head, fold(head)


def _words(draft: Draft) -> str:
    broken = unbroken(draft.text)
    return broken.text if broken else draft.text


def _call_day(around: str, published: date | None) -> date | None:
    """Give the stated day of the call; the day of publication if the stated one is long past."""
    day = infer_call_day(around, published)
    if day is not None and published is not None and published - day > _LATEST_PUBLICATION:
        return published
    return day


def _around(spans: Iterable[tuple[int, int]], head: str) -> str:
    """Cut a head down to what stands around the words that may name a time of some kind.

    To look for times is dear, and most of a head has none. ``spans`` are the places of the words.
    """
    pieces: list[str] = []
    reached = 0
    for begin, end in spans:
        if end <= reached:
            continue
        start = max(reached, begin - _BEFORE)
        joint = "" if start == reached else "\n"
        reached = end + _BEHIND
        pieces.append(joint + head[start:reached])
        if len(pieces) == _MOST_PIECES:
            break
    return "".join(pieces)


def _spans(pattern: re.Pattern[str], folded: str) -> Iterator[tuple[int, int]]:
    for found in pattern.finditer(folded):  # mostly the first few are enough
        yield found.span()


def _days(folded: str) -> Iterable[tuple[int, int]]:
    """Give the places of the words that may name a day."""
    if not folded.isascii():
        return _spans(_DAY, folded)
    spans = [found.span() for found in _DATE.finditer(folded)]
    spans += [
        (place, place + len(_MONTHS[0]))
        for place in places_of(folded, _MONTHS)
        if not folded[max(0, place - 1) : place].isalpha()
    ]
    spans.sort()
    return spans


def _company(
    message: TranscriptMessage,
    head: str,
    folded_head: str,
    drafts: Sequence[Draft],
    several: RoundUp,
) -> Entity | None:
    hint = (message.entity or "").strip()
    if hint:
        found = resolve_company(hint)
        if found is not None:
            return Entity(id=found.id, name=found.name)
        named = named_in_title(_titles(message, drafts), hint) or _in_opening(message, drafts, hint)
        return named or Entity(id=hint, name=hint)
    titles = _titles(message, drafts)
    in_title = {match.company.id for match in find_companies(titles)}
    plain = _without_analysts(head)
    folded = folded_head if len(plain) == len(head) else None
    votes = Counter(match.company.id for match in find_companies(plain, folded=folded))
    for company_id in in_title:
        votes[company_id] += _IN_TITLE
    doubtful = {match.company.id for match in find_companies(titles, all_companies())}
    codes = set(_CODES.findall(titles)) | listed_codes(titles) | doubtful
    if _is_round_up(in_title, codes, votes, drafts):
        return None
    if len(in_title) != 1 and several.of_paragraphs():
        return None
    if not in_title and several.of_headings():
        return None
    if not in_title and (declared := declared_company(head)):
        return declared
    if not in_title and (unknown := named_in_title(titles, None)):
        return unknown
    best, count = next(iter(votes.most_common(1)), ("", 0))
    if count < _SURE and (unknown := _in_opening(message, drafts, None)):
        return unknown
    known = company(best)
    if known is None or (count < 2 and not in_title):
        return None
    return Entity(id=known.id, name=known.name)


def _without_analysts(head: str) -> str:
    """Leave out the short lines that only say which bank somebody is from."""
    lines = head.split("\n")
    return "\n".join(
        line
        for line in lines
        if len(line) > 120 or side_of(line) != "analyst" or _QUARTER.search(fold(line))
    )


def _titles(message: TranscriptMessage, drafts: Sequence[Draft]) -> str:
    own = [" ".join(draft.text.split()) for draft in drafts[:6] if draft.is_title]
    return "\n".join(([message.title] if message.title else []) + own)


_CODES = regex(r"(?<![A-Za-z])[A-Z]{2,5}(?![A-Za-z])")


def _is_round_up(
    in_title: set[str], codes: set[str], votes: Counter[str], drafts: Sequence[Draft]
) -> bool:
    """Say whether a document goes through several companies, each under its own heading.

    ``in_title`` are those that the title names, ``codes`` words there that may be tickers, and
    companies whose names are words too.
    """
    headed = set()
    for draft in drafts:
        if draft.kind == "heading" and not draft.path and not draft.is_title:
            opening = next(iter(find_companies(draft.text[:60])), None)
            coded = heading_company(draft.text[:80], frozenset(codes))
            if coded is not None:
                headed.add(coded.id)
            elif opening is not None and opening.start - name_begins(draft.text) <= _OPENING:
                headed.add(opening.company.id)
            if len(headed) > 1 and (len(in_title) != 1 or len(headed & (in_title | codes)) > 1):
                return True
    if len(in_title) < 2:
        return False
    return max(votes.values()) * 3 < sum(votes.values()) * 2


def _in_opening(
    message: TranscriptMessage, drafts: Sequence[Draft], code: str | None
) -> Entity | None:
    """Name such a company from the words of welcome, its name in two languages, a Chinese title."""
    opening = "\n".join(_words(draft)[:600] for draft in drafts[:12] if not draft.is_title)
    titles = _titles(message, drafts)
    return named_in_opening(opening, message.text[:_HEAD], titles, _first_lines(drafts), code)


def _first_lines(drafts: Sequence[Draft]) -> tuple[str, str]:
    """Give the first line and what stands right below it, further lines of a title with it."""
    lines = [draft.text[:200] for draft in drafts[:4]]
    return (lines[0], "\n".join(lines[1:])) if lines else ("", "")
