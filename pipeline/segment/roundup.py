"""The companies that a round-up goes through, as its headings name them."""

import re
from collections.abc import Iterable, Sequence

from pipeline.lexicon.companies import find_companies
from pipeline.lexicon.company_names import company_names
from pipeline.segment.draft import Draft
from schemas.fact import Entity
from schemas.segmented import DocumentCompany

# Behind its number and bullet a heading opens with the name.
_NUMBERING = re.compile(r"^[\s#•·●・◦▪*\-–—▍（(\d.、)）一二三四五六七八九十【「]*")
_AT_ONCE = 6
# "Redquill Logistics（紅羽物流）": the two names of a company that no list holds.
_BILINGUAL = re.compile(
    r"(?P<name>[A-Z][A-Za-z&.'’\-]+(?: [A-Z&][A-Za-z&.'’\-]*){0,4})"
    r"\s?[（(]\s?(?P<local>[\u4e00-\u9fff]{2,8})[^）)]{0,20}[）)]"
)
_SHORT = 2


def companies_of_headings(drafts: Sequence[Draft]) -> tuple[DocumentCompany, ...]:
    """Give the companies that headings open with, in order, where there are two or more.

    A doubtful name (理想, "Target") counts here, for a list of companies is what bears it out.
    """
    headings = [
        draft.text[:80] for draft in drafts if draft.kind == "heading" and not draft.is_title
    ]
    certain = _opening(headings, frozenset())
    unknown = _unknown(headings)
    if len(certain) + len(unknown) < _SHORT:
        return ()
    found = _opening(headings, frozenset(company_names().companies))
    return tuple(
        DocumentCompany(company=Entity(id=company_id, name=name))
        for company_id, name in found.items()
    ) + tuple(unknown)


def _opening(headings: Iterable[str], known: frozenset[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for heading in headings:
        start = _NUMBERING.match(heading)
        first = next(iter(find_companies(heading, known)), None)
        if first is not None and first.start - (start.end() if start else 0) <= _AT_ONCE:
            found.setdefault(first.company.id, first.company.name)
    return found


def _unknown(headings: Iterable[str]) -> list[DocumentCompany]:
    named: dict[str, DocumentCompany] = {}
    for heading in headings:
        start = _NUMBERING.match(heading)
        match = _BILINGUAL.match(heading, start.end() if start else 0)
        if match and not find_companies(heading):
            name, local = match["name"], match["local"]
            short = (local[:_SHORT],) if len(local) > _SHORT + 1 else ()
            named[name] = DocumentCompany(
                company=Entity(id=name, name=name), aliases=(name, local, *short)
            )
    return list(named.values())
