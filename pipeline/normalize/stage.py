"""The normalize stage: a part of segments in, the same with quantities, times and companies out."""

from typing import Any

from pipeline.lexicon.companies import company, find_companies
from pipeline.normalize.about import Abouts
from pipeline.normalize.periods import Anchor, find_periods
from pipeline.normalize.quantities import find_quantities, triggers_in_each
from pipeline.normalize.script import fold
from pipeline.patterns import regex
from pipeline.unbroken import as_written, unbroken
from schemas import (
    CompanyMention,
    DocumentContext,
    Entity,
    NormalizedPart,
    NormalizedSegment,
    Period,
    PeriodMention,
    Quantity,
    Segment,
    SegmentedPart,
    Translation,
)


def normalize(part: SegmentedPart) -> NormalizedPart:
    """Find what each segment says in numbers, times and names. Pure; boilerplate is left unread."""
    context, published = part.context, part.transcript.published_at
    abouts = Abouts(context, published.date() if published else None)
    # Fields are read from here: an attribute of a model takes five times as long.
    given: list[dict[str, Any]] = [segment.__dict__ for segment in part.segments]
    texts: list[str] = []
    read: list[str] = []
    for fields in given:
        text = _said(fields["text"])
        texts.append(text)
        read.append("" if fields["boilerplate"] else fold(text))
    numbers = triggers_in_each(read)
    return NormalizedPart.trusted(
        transcript=part.transcript,
        context=context,
        part=part.part,
        parts=part.parts,
        segments=tuple(
            [
                _normalized(segment, given[place], texts[place], numbers[place], context, abouts)
                for place, segment in enumerate(part.segments)
            ]
        ),
    )


# Looked up once: to look up a method of a model takes as long as some of them.
_MADE_OF = NormalizedSegment.trusted_fields
_MENTION_OF = CompanyMention.trusted_fields
_ENTITY_OF = Entity.trusted_fields


def _said(text: str) -> str:
    broken = unbroken(text)
    return text if broken is None else broken.text


def _normalized(
    written: Segment,
    given: dict[str, Any],
    text: str,
    numbers: list[tuple[int, str]],
    context: DocumentContext,
    abouts: Abouts,
) -> NormalizedSegment:
    """Read a segment with the ``given`` fields, of which words and places of numbers are known."""
    language: str = given["language"]
    pair: Translation | None = given["pair"]
    about = abouts.of(given, text)
    fields = given.copy()
    # In the order of the model. To update with a dictionary of these takes longer.
    fields["quantities"] = ()
    fields["pair_quantities"] = ()
    fields["periods"] = ()
    fields["companies"] = ()
    fields["about"] = about
    fields["reporting"] = None
    fields["currency"] = None
    fields["english"] = text if language == "en" else _english(pair)
    if not numbers:
        return _MADE_OF(fields)
    currency = abouts.currency(about)
    start: int = fields["start"]
    quantities = find_quantities(
        text, offset=start, language=language, currency=currency, places=numbers
    )
    if not quantities:
        return _MADE_OF(fields)
    reporting = abouts.reporting(about)
    if about is not None and context.companies and company(about.id) is None:
        reporting = _stated(text, context, reporting) or reporting
    anchor = abouts.anchor(about, reporting)
    ahead = language != "en" and any(map(_heads_outlook, fields["heading_path"]))
    periods = find_periods(text, anchor, offset=start, ahead=ahead)
    if pair is not None:
        fields["pair_quantities"] = tuple(
            find_quantities(pair.text, offset=pair.start, language=pair.language, currency=currency)
        )
    companies = _companies(text, start, abouts)
    quantities = _outside_names(_outside(quantities, periods), companies)
    fields["quantities"] = tuple(quantities)
    fields["periods"] = tuple(periods)
    fields["companies"] = tuple(companies)
    if text is not fields["text"]:
        for name in ("quantities", "periods", "companies"):
            fields[name] = as_written(fields[name], written)
    fields["reporting"] = reporting
    fields["currency"] = currency
    return _MADE_OF(fields)


# 五、指引, 【业绩展望】; but 回顾与展望 and 管理层陈述与展望 head results as well.
_OUTLOOK = regex(r"指引|展望|财测|財測")
_RESULTS_TOO = regex(r"[与與及和]|回顾|回顧|陈述|陳述|业绩点评|兑现|超|低于|高于|好于|不及")


def _heads_outlook(heading: str) -> bool:
    return _OUTLOOK.search(heading) is not None and _RESULTS_TOO.search(heading) is None


_LEAST_DAYS, _MOST_DAYS = 80, 380


def _stated(text: str, context: DocumentContext, reporting: Period | None) -> Period | None:
    """The reporting period that a paragraph of a round-up states for a company no list holds."""
    anchor = Anchor(reporting=reporting, day=context.call_day, fiscal_year_end=12)
    for mention in find_periods(text[:_OPENING], anchor):
        days = (mention.period.end - mention.period.start).days
        over = context.call_day is None or mention.period.end <= context.call_day
        if mention.relation == "in" and over and _LEAST_DAYS <= days <= _MOST_DAYS:
            return mention.period
    return None


_OPENING = 320


def _english(pair: Translation | None) -> str | None:
    return pair.text if pair is not None and pair.language == "en" else None


def _companies(text: str, offset: int, abouts: Abouts) -> list[CompanyMention]:
    places = [
        (
            match.start,
            match.end,
            _ENTITY_OF({"id": match.company.id, "name": match.company.name}),
        )
        for match in find_companies(text, abouts.known)
    ]
    places += abouts.unlisted(text)
    if len(places) > 1:
        # Of two names at one place the longer one is meant: 紅羽物流, not 紅羽.
        places.sort(key=lambda place: (place[0], -place[1]))
    taken = 0
    mentions: list[CompanyMention] = []
    for start, end, entity in places:
        if start >= taken:
            taken = end
            mentions.append(
                _MENTION_OF(
                    {
                        "start": offset + start,
                        "end": offset + end,
                        "text": text[start:end],
                        "company": entity,
                    }
                )
            )
    return mentions


def _outside_names(quantities: list[Quantity], companies: list[CompanyMention]) -> list[Quantity]:
    """Leave out the number words of a Chinese name: the 百 of 茶百道, the 三 of 三一重工."""
    names = [(each.start, each.end) for each in companies if not each.text.isascii()]
    if not names:
        return quantities
    return [
        q for q in quantities if not any(start <= q.start and q.end <= end for start, end in names)
    ]


def _outside(quantities: list[Quantity], periods: list[PeriodMention]) -> list[Quantity]:
    """Leave out what only counts the days of a time: the 12 of "the past 12 months"."""
    if not periods:
        return quantities
    spans = [(period.start, period.end) for period in periods]
    outside: list[Quantity] = []
    for quantity in quantities:
        first, last = quantity.start, quantity.end
        for start, end in spans:
            if start <= first and last <= end:
                break
        else:
            outside.append(quantity)
    return outside
