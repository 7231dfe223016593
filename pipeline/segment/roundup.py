"""The companies that a round-up goes through, as its headings name them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from pipeline.lexicon.companies import all_companies, find_companies
from pipeline.lexicon.company_names import company_names
from pipeline.lexicon.leading import (
    codes_alike,
    heading_company,
    leading_company,
    listed_codes,
    name_begins,
)
from pipeline.lexicon.phrases import Phrases
from pipeline.normalize.script import fold
from pipeline.patterns import regex
from pipeline.segment.cues import cue_words
from pipeline.segment.draft import Draft
from schemas.fact import Entity
from schemas.segmented import DocumentCompany

_AT_ONCE = 6
# "Redquill Logistics（紅羽物流）": the two names of a company that no list holds.
_BILINGUAL = regex(
    r"(?P<name>[A-Z][A-Za-z&.'’\-]+(?: [A-Z&][A-Za-z&.'’\-]*){0,4})"
    r"\s?[（(]\s?(?P<local>[\u4e00-\u9fff]{2,8})[^）)]{0,20}[）)]"
)
_SHORT = _FEW = 2
_WHOLE_NAME = range(4, 6)
_APART = regex(r"\s?[】」\])]|\s?[（(|｜：:›»>]|\s?[—–]|\s-\s|$")
_HAN = regex(r"[\u4e00-\u9fff]+")
_HONG_KONG, _MAINLAND = 4, 6
# "3) Kestrel Shipping (KSTR LN)": likewise, with its code.
_CODED = regex(
    r"(?P<name>[A-Z][A-Za-z&.'’\-]+(?: [A-Z&][A-Za-z&.'’\-]*){0,4})"
    r"\s?[（(]\s?(?:[A-Za-z]+:\s?)?(?P<code>[A-Z]{2,5}|\d{4,6})(?:[ .][A-Z]{1,2})?\s?[）)]"
)
# "【绿城服务】（2869.HK）中期收入稳健": a Chinese name that no list holds, with its code.
_CODED_CHINESE = regex(
    r"(?P<name>[\u4e00-\u9fff]{2,8})\s?[】」]?\s?[（(]\s?(?P<code>[A-Z]{2,5}|\d{4,6})"
    r"(?:\.[A-Z]{1,2})?(?:[/、，,][^）)]{0,20})?\s?[）)]"
)
# "HZEN 汇真医疗（11月6日披露）", "6999.HK 领地（财报已出）": the code first, and a day behind.
_CODE_FIRST = regex(
    r"(?:[\s#•·●・◦▪*【「]|\d{1,2}[.、)）])*\$?(?P<code>[A-Z]{2,5}|\d{4,6})(?:\.[A-Z]{1,2})?\$?\s+"
    r"(?P<name>[\u4e00-\u9fff]{2,8})\s?[】」]?\s?[（(](?:[^）)]{0,12}"
    r"(?:\d[日号號]|\d[/.-]\d|盘[前后中]|盤[前後中]|披露|公布|公佈|发布|發布|财报|財報|业绩|業績|港股|美股|A股))"
)
_LEAST_PARAGRAPH = 160
_LEAST_PARAGRAPH_CHINESE = 60
_OPENING = 160
_NAME = r"[A-Z][\w&'’\-]+(?: (?:&|of|and|de|[A-Z][\w&'’\-]*)){0,4}"
# "Aldermoor Biologics, a contract manufacturer in Leeds": whom a paragraph introduces.
_APPOSED = regex(rf"(?P<name>{_NAME}), (?:an?|the|one of)\s(?P<what>[^,.;:]{{3,90}})")
_ARTICLES = (", a", ", the", ", one of")
# "the Dutch lender Vechtstroom", "chipmaker Halden Micro".
_CALLED = regex(rf"(?P<what>[a-z]+) (?P<name>{_NAME})")


class RoundUp:
    """The companies that a document goes through, told when somebody first asks."""

    def __init__(self, drafts: Sequence[Draft]) -> None:
        self._drafts = drafts
        self._headings: tuple[DocumentCompany, ...] | None = None
        self._paragraphs: tuple[DocumentCompany, ...] | None = None

    def of_headings(self) -> tuple[DocumentCompany, ...]:
        """Give those that headings open with."""
        if self._headings is None:
            self._headings = companies_of_headings(self._drafts)
        return self._headings

    def of_paragraphs(self) -> tuple[DocumentCompany, ...]:
        """Give those that paragraphs open with."""
        if self._paragraphs is None:
            self._paragraphs = companies_of_paragraphs(self._drafts)
        return self._paragraphs


def companies_of_headings(drafts: Sequence[Draft]) -> tuple[DocumentCompany, ...]:
    """Give the companies that headings open with, in order, where there are two or more.

    A doubtful name (理想, "Target") counts here, for a list of companies is what bears it out.
    """
    headings = [
        draft.text[:80] for draft in drafts if draft.kind == "heading" and not draft.is_title
    ]
    listed = listed_codes("\n".join(draft.text for draft in drafts[:6] if draft.is_title))
    listed |= codes_alike(headings)
    certain = _opening(headings, frozenset(), listed)
    unknown = _unknown(headings)
    if len(certain) + len(unknown) < _SHORT and len(_set_apart(headings)) < _SHORT:
        return ()
    found = _opening(headings, frozenset(company_names().companies), listed)
    short = _short_names(headings)
    return tuple(
        DocumentCompany(company=Entity(id=company_id, name=name), aliases=short.get(company_id, ()))
        for company_id, name in found.items()
    ) + tuple(unknown)


def _set_apart(headings: Iterable[str]) -> set[str]:
    """Give the companies, doubtful names too, that a heading names and sets apart: 【国航】."""
    return {
        match.company.id
        for heading in headings
        for match in find_companies(heading, all_companies())[:1]
        if match.start == name_begins(heading) and _APART.match(heading, match.end)
    }


def _short_names(headings: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Give what a round-up calls the companies of its headings: 百济神州 百济, 传奇生物 传奇.

    That is the name without the word for the trade, or its first two characters; names that begin
    with a place have none, and neither have two that begin alike.
    """
    plain = cue_words()["place_in_name"]
    found: dict[str, list[str]] = {}
    for heading in headings:
        for match in find_companies(heading, all_companies())[:_FEW]:
            name = heading[match.start : match.end]
            whole = len(name) in _WHOLE_NAME and _HAN.fullmatch(name)
            if whole and not fold(name).startswith(plain):
                found.setdefault(name[:_SHORT], []).append(match.company.id)
    return {ids[0]: (name,) for name, ids in found.items() if len(set(ids)) == 1}


def companies_of_paragraphs(drafts: Sequence[Draft]) -> tuple[DocumentCompany, ...]:
    """Give the companies that paragraphs of prose go through, in order, where none prevails.

    Such a letter or round-up has no headings for its companies: each paragraph opens with the one
    that it is about. Those that no list holds count where their kind is told.
    """
    found: dict[str, DocumentCompany] = {}
    votes: Counter[str] = Counter()
    for draft in drafts:
        text = draft.text
        least = _LEAST_PARAGRAPH if draft.language == "en" else _LEAST_PARAGRAPH_CHINESE
        if draft.kind != "paragraph" or len(text) < least:
            continue
        if draft.speaker is not None and draft.speaker.side != "publisher":
            continue
        leading = leading_company(text)
        unknown = _introduced(text[:_OPENING]) if draft.language == "en" else None
        if unknown is not None and (leading is None or unknown[0] < leading[0]):
            found.setdefault(unknown[1].company.id, unknown[1])
            votes[unknown[1].company.id] += 1
        elif leading is not None:
            known = leading[1]
            named = DocumentCompany(company=Entity(id=known.id, name=known.name))
            found.setdefault(known.id, named)
            votes[known.id] += 1
    if len(found) < _SHORT or max(votes.values()) * 3 > sum(votes.values()) * 2:
        return ()
    return tuple(found.values()) + tuple(_doubtful(drafts, found))


def _doubtful(
    drafts: Sequence[Draft], found: dict[str, DocumentCompany]
) -> Iterator[DocumentCompany]:
    """Give those whose name is a word too (理想): it counts right at the head of a paragraph."""
    seen = set(found)
    for draft in drafts:
        if draft.kind != "paragraph" or len(draft.text) < _LEAST_PARAGRAPH_CHINESE:
            continue
        if draft.language == "en" or leading_company(draft.text):
            continue
        doubtful = leading_company(draft.text, all_companies())
        if doubtful is not None and doubtful[0] <= _AT_ONCE and doubtful[1].id not in seen:
            seen.add(doubtful[1].id)
            named = Entity(id=doubtful[1].id, name=doubtful[1].name)
            yield DocumentCompany(company=named)


def _introduced(opening: str) -> tuple[int, DocumentCompany] | None:
    kinds = cue_words()["company_kind"]
    for pattern in (_APPOSED, _CALLED):
        # Both are tried at each letter, and what most paragraphs lack is soon seen.
        if pattern is _APPOSED and not any(article in opening for article in _ARTICLES):
            continue
        if pattern is _CALLED and not _kinds_before().find(opening):
            continue
        for match in pattern.finditer(opening):
            words = match["what"].lower().replace("-", " ").split()
            name = match["name"]
            if any(word.endswith(kinds) for word in words) and not find_companies(name):
                first = name.split()[0]
                aliases = (name, first) if len(first) > _AT_ONCE - 2 else (name,)
                named = DocumentCompany(company=Entity(id=name, name=name), aliases=aliases)
                return match.start("name"), named
    return None


@cache
def _kinds_before() -> Phrases[bool]:
    return Phrases({f"{kind} ": True for kind in cue_words()["company_kind"]})


def _opening(
    headings: Iterable[str], known: frozenset[str], listed: frozenset[str]
) -> dict[str, str]:
    found: dict[str, str] = {}
    for heading in headings:
        coded = heading_company(heading, listed)
        if coded is not None:
            found.setdefault(coded.id, coded.name)
            continue
        first = next(iter(find_companies(heading, known)), None)
        if first is not None and first.start - name_begins(heading) <= _AT_ONCE:
            found.setdefault(first.company.id, first.company.name)
    return found


def _unknown(headings: Iterable[str]) -> list[DocumentCompany]:
    named: dict[str, DocumentCompany] = {}
    for heading in headings:
        if find_companies(heading):
            continue
        begin = name_begins(heading)
        match = _BILINGUAL.match(heading, begin)
        if match:
            name, local = match["name"], match["local"]
            short = (local[:_SHORT],) if len(local) > _SHORT + 1 else ()
            named[name] = DocumentCompany(
                company=Entity(id=name, name=name), aliases=(name, local, *short)
            )
            continue
        coded = _CODED.match(heading, begin)
        if coded:
            name, code = coded["name"], coded["code"]
            named[code] = DocumentCompany(
                company=Entity(id=code, name=name), aliases=(name, name.split()[0], code)
            )
            continue
        local = _CODED_CHINESE.match(heading, begin) or _CODE_FIRST.match(heading)
        if local:
            # A Hong Kong code has four digits: 02869.HK is 2869.
            name, code = local["name"], local["code"]
            code = code[1:] if len(code) > _HONG_KONG and code[0] == "0" else code
            code = code if len(local["code"]) < _MAINLAND else local["code"]
            named[code] = DocumentCompany(company=Entity(id=code, name=name), aliases=(name, code))
    return list(named.values())
