"""The normalize stage: a part of segments in, the same with quantities, times and companies out."""

from typing import Any

from pipeline.lexicon.companies import company, find_companies
from pipeline.normalize.about import Abouts
from pipeline.normalize.periods import Anchor, find_periods
from pipeline.normalize.quantities import find_quantities
from pipeline.patterns import regex
from pipeline.unbroken import as_said, as_written
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
    published = part.transcript.published_at
    abouts = Abouts(part.context, published.date() if published else None)
    return NormalizedPart.trusted(
        transcript=part.transcript,
        context=part.context,
        part=part.part,
        parts=part.parts,
        segments=tuple(_normalized(segment, part.context, abouts) for segment in part.segments),
    )


_NOTHING_FOUND = {
    name: field.default
    for name, field in NormalizedSegment.model_fields.items()
    if name not in Segment.model_fields
}
# Looked up once: to look up a method of a model takes as long as some of them.
_MADE_OF = NormalizedSegment.trusted_fields


def _normalized(written: Segment, context: DocumentContext, abouts: Abouts) -> NormalizedSegment:
    # Its fields are read from here: an attribute of a model takes five times as long.
    fields: dict[str, Any] = written.__dict__.copy()
    fields.update(_NOTHING_FOUND)
    text: str = fields["text"]
    segment = written
    if "\n" in text or "\r" in text:
        segment = as_said(written)
        text = segment.text
    language: str = fields["language"]
    pair: Translation | None = fields["pair"]
    about = abouts.of(segment)
    fields["about"] = about
    fields["english"] = text if language == "en" else _english(pair)
    if fields["boilerplate"]:
        return _MADE_OF(fields)
    currency = abouts.currency(about)
    start: int = fields["start"]
    quantities = find_quantities(text, offset=start, language=language, currency=currency)
    if not quantities:
        return _MADE_OF(fields)
    reporting = abouts.reporting(about)
    if about is not None and context.companies and company(about.id) is None:
        reporting = _stated(segment, context, reporting) or reporting
    anchor = abouts.anchor(about, reporting)
    ahead = language != "en" and any(map(_heads_outlook, segment.heading_path))
    periods = find_periods(text, anchor, offset=start, ahead=ahead)
    pair_quantities = (
        find_quantities(pair.text, offset=pair.start, language=pair.language, currency=currency)
        if pair
        else []
    )
    companies = _companies(segment, abouts)
    quantities = _outside_names(_outside(quantities, periods), companies)
    fields["quantities"] = as_written(quantities, written)
    fields["pair_quantities"] = tuple(pair_quantities)
    fields["periods"] = as_written(periods, written)
    fields["companies"] = as_written(companies, written)
    fields["reporting"] = reporting
    fields["currency"] = currency
    return _MADE_OF(fields)


# 五、指引, 【业绩展望】; but 回顾与展望 and 管理层陈述与展望 head results as well.
_OUTLOOK = regex(r"指引|展望|财测|財測")
_RESULTS_TOO = regex(r"[与與及和]|回顾|回顧|陈述|陳述|业绩点评|兑现|超|低于|高于|好于|不及")


def _heads_outlook(heading: str) -> bool:
    return _OUTLOOK.search(heading) is not None and _RESULTS_TOO.search(heading) is None


_LEAST_DAYS, _MOST_DAYS = 80, 380


def _stated(segment: Segment, context: DocumentContext, reporting: Period | None) -> Period | None:
    """The reporting period that a paragraph of a round-up states for a company no list holds."""
    anchor = Anchor(reporting=reporting, day=context.call_day, fiscal_year_end=12)
    for mention in find_periods(segment.text[:_OPENING], anchor):
        days = (mention.period.end - mention.period.start).days
        over = context.call_day is None or mention.period.end <= context.call_day
        if mention.relation == "in" and over and _LEAST_DAYS <= days <= _MOST_DAYS:
            return mention.period
    return None


_OPENING = 320


def _english(pair: Translation | None) -> str | None:
    return pair.text if pair is not None and pair.language == "en" else None


def _companies(segment: Segment, abouts: Abouts) -> list[CompanyMention]:
    text, offset = segment.text, segment.start
    places = [
        (
            match.start,
            match.end,
            Entity.trusted(id=match.company.id, name=match.company.name),
        )
        for match in find_companies(text, abouts.known)
    ]
    taken = 0
    mentions: list[CompanyMention] = []
    # Of two names at one place the longer one is meant: 紅羽物流, not 紅羽.
    for start, end, entity in sorted(
        [*places, *abouts.unlisted(text)], key=lambda place: (place[0], -place[1])
    ):
        if start >= taken:
            taken = end
            mentions.append(
                CompanyMention.trusted(
                    start=offset + start, end=offset + end, text=text[start:end], company=entity
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
