"""Whom a segment is about: the document's company, or the one that its headings name."""

from datetime import date
from typing import Any

from pipeline.lexicon.companies import CompanyMatch, all_companies, company, find_companies
from pipeline.lexicon.leading import heading_company, leading_company, turns_away
from pipeline.normalize.periods import Anchor, reporting_quarter
from pipeline.patterns import regex
from schemas import DocumentContext, Entity, Period

# In a document about one company a heading turns to another only if it opens with its name.
_OPENING, _LONGEST = 6, 40
_NUMBERED = regex(r"(?:[\W\d_一二三四五六七八九十]|[A-Za-z](?=[.)、]))*")
_QUARTER = 100
# How far into a paragraph of a round-up the company that it is about is named.
_LEADING = 160
# "DELTA — premium again": a name that a heading sets off counts though it is an ordinary word too.
_SET_OFF = regex(r"\s*(?:[—–:：|｜(（]|-\s|$)")


class Abouts:
    """Whom the segments of one part are about; each heading is read once."""

    def __init__(self, context: DocumentContext, published: date | None = None) -> None:
        self._context = context
        self._company = context.company
        self._companies = bool(context.companies)
        self._published = published
        self._anchor: Anchor | None = None
        self._currencies: dict[str, str | None] = {}
        self._currency_of: Entity | None = None
        self._currency: str | None = _currency(None, context)
        self._path: tuple[str, ...] = ()
        self._on_path = self._company
        self._by_heading: dict[str, Entity | None] = {}
        self._led: Entity | None = None
        self._led_under: tuple[str, ...] = ()
        self._question_of: Entity | None = None
        self._goes_on = False
        ids = [named.company.id for named in context.companies]
        self.known = frozenset([context.company.id] if context.company else ids)
        self._aliases = [
            (alias, named.company) for named in context.companies for alias in named.aliases
        ]
        if context.company is not None and company(context.company.id) is None:
            self._aliases.append((context.company.name, context.company))

    def of(self, fields: dict[str, Any], text: str) -> Entity | None:
        """Give the company that a segment is about, by its fields and words; None if untold."""
        path: tuple[str, ...] = fields["heading_path"]
        if not self._companies:
            if path is not self._path and path != self._path:
                self._path, self._on_path = path, self._under(path) or self._company
            return self._on_path
        kind: str = fields["kind"]
        led_under = path
        if kind == "paragraph" and turns_away(text):
            path = ()
        if kind == "heading":
            path = (*path, text)
        named = self._under(path)
        if named is not None:
            return named
        if kind in ("question", "answer"):
            return self._asked(kind, text)
        return self._leading(led_under, text) if kind == "paragraph" else self._company

    def _under(self, path: tuple[str, ...]) -> Entity | None:
        """The company that the innermost heading that names one names."""
        for heading in reversed(path):
            named = self._named(heading)
            if named is not None:
                return named
        return None

    def _asked(self, kind: str, text: str) -> Entity | None:
        """The company that a question of a round-up names; its answer speaks of the same."""
        found = {m.company.id: m.company for m in find_companies(text, self.known)}
        named = [each for each in found.values() if each.id in self.known]
        if len(named) == 1:
            self._question_of = Entity(id=named[0].id, name=named[0].name)
        elif kind == "question" and (named or not self._goes_on):
            self._question_of = None
        self._goes_on = kind == "question"
        return self._question_of

    def _leading(self, path: tuple[str, ...], text: str) -> Entity | None:
        """The company that a paragraph of a round-up opens with, else that of the one before."""
        if path != self._led_under:
            self._led, self._led_under = None, path
        found = leading_company(text, self.known)
        named = [(found[0], Entity(id=found[1].id, name=found[1].name))] if found else []
        opening = text[:_LEADING]
        named += [(start, entity) for start, _, entity in self.unlisted(opening)]
        known = [each for each in named if each[1].id in self.known]
        if known:
            self._led = min(known, key=lambda each: each[0])[1]
        elif turns_away(text):
            self._led = None
        return self._led

    def unlisted(self, text: str) -> list[tuple[int, int, Entity]]:
        """Find the companies that only the document itself names, by the names it gives them."""
        found: list[tuple[int, int, Entity]] = []
        for alias, entity in self._aliases:
            at = text.find(alias)
            while at >= 0:
                found.append((at, at + len(alias), entity))
                at = text.find(alias, at + len(alias))
        return found

    def currency(self, about: Entity | None) -> str | None:
        """Give the currency that the company of a segment reports in, where one is known."""
        if about is not self._currency_of:
            name = about.id if about is not None else ""
            if name not in self._currencies:
                self._currencies[name] = _currency(about, self._context)
            self._currency_of, self._currency = about, self._currencies[name]
        return self._currency

    def anchor(self, about: Entity | None, reporting: Period | None) -> Anchor:
        """Give what the times of a segment are relative to: mostly as in the one before."""
        month, last = year_end(about, self._context), self._anchor
        if last is None or last.reporting is not reporting or last.fiscal_year_end != month:
            self._anchor = last = Anchor(reporting, self._context.call_day, month)
        return last

    def reporting(self, about: Entity | None) -> Period | None:
        """Give the reporting period of the company that a segment is about."""
        context = self._context
        if about is None or (context.company is not None and about.id == context.company.id):
            return context.period
        # In a round-up the call that dates the document need not be this company's.
        days = [day for day in (context.call_day, self._published) if day is not None]
        day = max(days) if days else None
        known = company(about.id)
        if day is None or known is None:
            return context.period
        if (
            context.period is not None
            and (context.period.end - context.period.start).days > _QUARTER
        ):
            return context.period  # 中报: all of them report on the half year
        return reporting_quarter(day, known.fiscal_year_end)

    def _named(self, heading: str) -> Entity | None:
        if heading not in self._by_heading:
            for alias, entity in self._aliases:
                if 0 <= heading.find(alias) <= _OPENING:
                    self._by_heading[heading] = entity
                    return entity
            coded = heading_company(heading, self.known)
            if coded is not None and (coded.id in self.known or self._context.company is None):
                self._by_heading[heading] = Entity(id=coded.id, name=coded.name)
                return self._by_heading[heading]
            found = find_companies(heading, self.known) or _set_off(heading)
            single = self._context.company is not None
            chosen = next(
                (m for m in found if not single or _opens(heading, m.start)),
                None,
            )
            self._by_heading[heading] = (
                Entity(id=chosen.company.id, name=chosen.company.name) if chosen else None
            )
        return self._by_heading[heading]


def _opens(heading: str, start: int) -> bool:
    """Whether a heading opens with a name: "1) ASML", but not 本業：台灣7-ELEVEN."""
    opening = start <= _OPENING and len(heading) <= _LONGEST
    return opening and _NUMBERED.fullmatch(heading, 0, start) is not None


def _currency(about: Entity | None, context: DocumentContext) -> str | None:
    if context.currency is not None:
        return context.currency
    if about is None:  # what all of a round-up report in
        known = [company(named.company.id) for named in context.companies]
        currencies = {each.currency if each else None for each in known}
        return currencies.pop() if len(currencies) == 1 else None
    listed = company(about.id)
    return listed.currency if listed else None


def year_end(about: Entity | None, context: DocumentContext) -> int:
    """Give the month in which a company's year ends: known, told by the document, or December."""
    known = company(about.id) if about else None
    if known is not None:
        return known.fiscal_year_end
    if about is None and context.companies:
        return 12  # of all of a round-up together
    own = about is None or context.company is None or about.id == context.company.id
    return (context.fiscal_year_end if own else None) or 12


def _set_off(heading: str) -> list[CompanyMatch]:
    """Find a doubtful name that a heading opens with and sets off."""
    return [
        match
        for match in find_companies(heading, all_companies())[:1]
        if match.start <= _OPENING
        and heading[match.start].isupper()
        and not match.ticker
        and _SET_OFF.match(heading, match.end)
    ]
