"""What the headings above a segment, its own label and its speaker say for all of it."""

from functools import cache
from importlib.resources import files
from typing import Any

from pipeline.extract.frame import Setting
from pipeline.extract.reading import marks_of
from pipeline.lexicon.companies import company
from pipeline.lexicon.metrics import MetricMatch, find_metrics
from pipeline.lexicon.scopes import ScopeMatch, find_scopes
from pipeline.normalize.about import year_end
from pipeline.normalize.periods import Anchor, find_periods
from pipeline.normalize.script import fold
from pipeline.patterns import regex
from pipeline.unbroken import words_of
from schemas import (
    DocumentContext,
    Entity,
    NormalizedSegment,
    Period,
    PeriodMention,
    Quantity,
    Speaker,
)

# "核心本地商业：收入…", "· Fabric ：收入…", "AWS: revenue…": a label speaks for the whole segment.
_LABEL = regex(r"^[\s•·●・◦▪*\-–—▍.、)）(（]*([^:：，。,;；$€¥%]{1,40})[:：｜|]")
# 存储行业有句老话：…, 有人问：…: a clause before a colon is no label.
_CLAUSE_LABEL = regex(
    r"行业[有是的里内]|圈[有里内]|有[句个人这一种]|[说问称讲道]$|表示$|指出$|提到$|谈到$|[吗呢吧]|怎么|什么"
    r"|为何|意味着|换句话|也就是|简单[说来]|问题[来是在]|答案|一句话|[他她我你它]们?[说觉认]"
)
_LABEL_ENDS = ":：｜|"
_NO_METRICS = frozenset[str]()
# The character comes first, so that a search passes over all others at once.
_OUTLOOK = regex(
    r"[指展财预財預OoGg](?:(?<=指)引|(?<=展)望|(?<=[财预])测|(?<=[財預])測|(?<=[Oo])(?i:utlook)"
    r"|(?<=[Gg])(?i:uidance|uide\b))"
)


_OPENING = 30
# A heading of what is done all over the world speaks of the whole company: 全球门店业务.
_EVERYWHERE = "Worldwide"


class Settings:
    """The settings of a part's segments; headings are read once for all segments under them."""

    def __init__(self, context: DocumentContext) -> None:
        self._context = context
        self._day, self._basis, self._scale = context.call_day, context.growth_basis, context.scale
        self._anchored: tuple[Entity | None, Period | None, Anchor] | None = None
        self._read: dict[tuple[str, str | None, bool], _Named] = {}
        self._topic: str | None = None
        self._asked: str | None = None
        self._measure: MetricMatch | None = None
        self._when: PeriodMention | None = None
        self._measures: frozenset[str] = frozenset()
        self._unread: NormalizedSegment | None = None

    def of(self, segment: NormalizedSegment) -> Setting:
        """Give the setting that holds for a segment."""
        fields: dict[str, Any] = segment.__dict__  # each for itself would take four times as long
        about: Entity | None = fields["about"]
        reporting: Period | None = fields["reporting"]
        speaker: Speaker | None = fields["speaker"]
        kind: str = fields["kind"]
        about_id = about.id if about else None
        anchor = self._anchor(about, reporting)
        scope, metric, period, outlook, of_rates = None, None, None, False, False
        texts: list[str] = list(fields["heading_path"])
        labelled = False
        label = _label(fields["text"], fields["quantities"], fields["start"])
        if label is not None:
            texts.append(label)
        for text in texts:
            named = self._named(text, about_id, anchor, outlook)
            scope = named.scope or scope
            labelled = named.scope is not None and text == label
            metric = named.metric or metric
            period = named.period or period
            outlook = named.outlook or outlook
            of_rates = named.of_rates
        if kind == "bullet":
            outlook = outlook or _opens_with_outlook(segment)
        if kind in ("answer", "question"):
            self._read_question()
        if kind == "answer":
            scope, metric = scope or self._topic, metric or self._measure
        asked = (speaker is not None and speaker.side == "analyst") or (
            kind == "question" and (speaker is None or speaker.side != "company")
        )
        return Setting(
            about=about,
            reporting=reporting,
            day=self._day,
            fiscal_year_end=anchor.fiscal_year_end,
            currency=fields["currency"],
            basis=self._basis,
            scale=self._scale,
            asked=asked,
            outlook=outlook,
            metric=metric,
            scope=scope,
            topic=self._asked if kind == "question" else None,
            period=period,
            of_rates=of_rates,
            labelled=labelled,
            asked_of=self._when if kind == "answer" else None,
            asked_metrics=self._measures if kind == "answer" else _NO_METRICS,
        )

    def _anchor(self, about: Entity | None, reporting: Period | None) -> Anchor:
        """Give what times are counted from; most segments share it with the one before."""
        known = self._anchored
        if known is not None and known[0] is about and known[1] is reporting:
            return known[2]
        anchor = Anchor(reporting, self._day, year_end(about, self._context))
        self._anchored = (about, reporting, anchor)
        return anchor

    def hear(self, question: NormalizedSegment) -> None:
        """Note a question; it is read when a segment with figures asks or answers it."""
        self._unread = question

    def _read_question(self) -> None:
        """Note what a question asks about: its answer need not name business or measure again."""
        if self._unread is None:
            return
        segment, self._unread = words_of(self._unread), None
        about = segment.about.id if segment.about else None
        known = [s for s in find_scopes(segment.text, about) if s.known]
        lines = {s.scope for s in known if s.kind == "line"}
        own = {s.scope for s in known if s.owner is not None and s.owner == about}
        self._asked = next(iter(own)) if len(own) == 1 else None
        every = {s.scope for s in known}
        placed = {s.scope for s in known if s.kind == "region"}
        self._topic = next(
            (each.pop() for each in (lines, own - placed, every - placed, every) if len(each) == 1),
            None,
        )
        anchor = Anchor(segment.reporting, self._day, 12)
        named = segment.periods or find_periods(segment.text, anchor)
        times = {each.period.label: each for each in named}
        self._when = next(iter(times.values())) if len(times) == 1 else None
        metrics = find_metrics(fold(segment.text))
        strong = {m.metric.id: m for m in metrics if not m.weak}
        if not strong and segment.language != "en":
            # 集团还持股多少？
            strong = {m.metric.id: m for m in metrics if m.metric.family == "percent"}
        self._measures = frozenset(strong)
        self._measure = next(iter(strong.values())) if len(strong) == 1 else None

    def _named(self, text: str, about_id: str | None, anchor: Anchor, ahead: bool) -> "_Named":
        key = (text, about_id, ahead)
        if key not in self._read:
            self._read[key] = _Named(text, about_id, anchor, ahead=ahead)
        return self._read[key]


def _label(text: str, quantities: tuple[Quantity, ...], start: int) -> str | None:
    """Give the label that a segment opens with, before its first quantity."""
    first = max(quantities[0].start - start, 0) if quantities else len(text)
    opening = text[:first]
    if not any(end in opening for end in _LABEL_ENDS):
        return None
    label = _LABEL.match(text)
    if label is None or label.end() > first or _CLAUSE_LABEL.search(label[1]):
        return None
    return label[1]


def _opens_with_outlook(bullet: NormalizedSegment) -> bool:
    """Whether a terse line announces guidance before its first figure: "4Q guide €9.2-9.8bn"."""
    if not bullet.quantities:
        return False
    first = bullet.quantities[0].start - bullet.start
    return first <= _OPENING and _OUTLOOK.search(bullet.text[:first]) is not None


# "管理层陈述与展望" and "Results and outlook" head results as well.
_MIXED = regex(r"[与與及和]|\band\b|&|回顾|回顧|陈述|陳述|战略|戰略|业绩|業績|结果|結果|results")
_NUMBERING = regex(r"[\s#•·●・◦▪*\-–—▍（(\d.、)）一二三四五六七八九十【「]*")
_CLAUSE = regex(r"[,，;；]")
_FIGURE = regex(r"[$€£¥]\s?\d|\d[\d,.]*\s?(?:%|％|[億亿萬万]|元|bn\b|mn?\b|bps\b)")
_EARLY = 14
# A heading is about a business that it opens with; one named further on is told of in passing.
_AT_ONCE = 3
# All of a short heading is its subject.
_SHORT = 12
_RATES = regex(r"[^，。,]{0,4}(?:成长性|增速|增长率|成长率|growth)[^，。,]{0,2}$")


def _is_in_name(match: ScopeMatch, text: str, about_id: str | None) -> bool:
    """Whether what looks like a business is (part of) the name of the company spoken of.

    So is the ticker of any other, above the notes on several: "TRV 3Q25 | HON 3Q25".
    """
    if not match.known and company(match.scope) is not None:
        return True
    if about_id is None or (match.owner is not None and match.known):
        return False
    known = company(about_id)
    name = (known.name if known else about_id).casefold()
    scope = match.scope.casefold()
    return scope in (name, about_id.casefold()) or (scope in name and name in text.casefold())


def _all_of_it(text: str, about_id: str | None) -> list[ScopeMatch]:
    """The business that is all of a label, though its word may also be a metric: "Data centers"."""
    named = text.strip()
    found = find_scopes(named, about_id)
    return [s for s in found if s.known and s.end - s.start == len(named)]


@cache
def _structure() -> frozenset[str]:
    table = files("pipeline.extract").joinpath("heading_words.txt").read_text(encoding="utf-8")
    lines = (line for line in table.splitlines() if not line.startswith("#"))
    return frozenset(word for line in lines for word in line.split())


_HEADING_WORD = regex(r"[a-z0-9&][a-z0-9&'’.-]*")


def _heads_a_part(text: str) -> bool:
    """Whether a heading is that of a part of the document: "Questions and Answers"."""
    if not text.isascii():
        return False
    words = [word.rstrip(".") for word in _HEADING_WORD.findall(fold(text))]
    known = _structure()
    return all(word in known or word.isdigit() for word in words)


# 二、云：34%背后的AI: the business by the one character that heads its part.
_CLOUD = regex(r"(?<=[、.\s])云(?=[：:，,\s]|$)|^云(?=[：:，,\s]|$)")


class _Named:
    """What one heading or label names."""

    def __init__(
        self, text: str, about_id: str | None, anchor: Anchor, *, ahead: bool = False
    ) -> None:
        if "云" in text:
            text = _CLOUD.sub("云业务", text, count=1)
        marks = marks_of(text, about_id)
        metrics = [m.value for m in marks if isinstance(m.value, MetricMatch)]
        head = len(_NUMBERING.match(text)[0])  # type: ignore[index]
        of_part = _heads_a_part(text)
        scopes = [
            m.value
            for m in marks
            if isinstance(m.value, ScopeMatch)
            and m.value.scope != _EVERYWHERE
            and m.start - head <= _AT_ONCE
            and not _is_in_name(m.value, text, about_id)
            and (m.value.known or not of_part)
        ] or _all_of_it(text[head:], about_id)
        strong = [
            m
            for m in metrics
            if not m.weak and (m.start - head <= _AT_ONCE or len(text) - head <= _SHORT)
        ]
        self.of_rates = _RATES.match(fold(text)) is not None
        self.metric = strong[0] if len(strong) == 1 else None
        self.scope = scopes[0].scope if scopes else None
        # A bullet with figures of its own, "beat the guide of $8.7bn", heads no outlook.
        outlook = _OUTLOOK.search(text)
        opens = outlook is not None and (
            outlook.start() - head <= _EARLY or not _FIGURE.search(text)
        )
        self.outlook = opens and not _MIXED.search(text)
        # The day on which results came out is not the time that they are for, nor is a base of
        # comparison, nor a time that a further clause names.
        periods = [
            m
            for m in find_periods(text, anchor, ahead=ahead or self.outlook)
            if m.period.start != m.period.end
            and m.relation not in ("versus", "since")
            and not _CLAUSE.search(text, head, m.start)
        ]
        self.period: PeriodMention | None = periods[0] if len(periods) == 1 else None
