"""A time expression in its surroundings: what was read, and what it is relative to."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from pipeline.normalize.periods.anchor import Anchor
from pipeline.normalize.periods.calendar import (
    fiscal_position,
    quarter_before,
    quarter_close,
    reporting_quarter,
)
from pipeline.patterns import regex
from schemas import Period

_FORWARD = regex(
    r"\b(?:will|expect\w*|guid\w+|outlook|forecast\w*|plan\w*|anticipat\w+|target\w*|upcoming"
    r"|going to|should|we'll|look(?:ing)? (?:ahead|forward|to)|seen at|next)\b"
    r"|预计|预期|预估|预料|估计|预告|指引|有望|可望|目标|计划|展望|预测|财测"
    r"|(?<![原材资饮燃饲肥塑])料(?=将|于|全|明|年|可|会|\s)"
    # 将 also only marks an object (将资金用于…), so what follows has to be a change to come.
    r"|将(?=会|于|在|达|有|继|持|保|维|增|减|提|升|降|扩|超|突|实|推|再|进|从|由|为|不|\s?\d)"
)
# In what looks forward stands one of these, which are sooner looked for.
_SIGNS = (
    "will", "expect", "guid", "outlook", "forecast", "plan", "anticipat", "target", "upcoming",
    "going to", "should", "we'll", "look", "seen at", "next", "预", "估计", "指引", "望", "目标",
    "计划", "财测", "料", "将",
)  # fmt: skip
_SENTENCE_END = regex(r"[.!?。！？\n;；](?:(?<=[。！？\n;；])|\s)")
# 全年 13 億，明年目標…: a clause that turns to another time says nothing of this one.
_TURNS = regex(
    r"[，,、][^，,、]{0,3}(?:明年|后年|来年|下一?[年季财会]|新[财年会]|20\d\d ?年|fy\d\d)"
)
_REACH = 120


class Unresolved(Exception):  # noqa: N818 - not an error: the words name no time here
    """The words need an anchor that is not known, or name no possible date."""


@dataclass
class Scene:
    """An expression, its slots and number, and the text around it (``folded`` and as written).

    ``ahead`` says that the text as a whole, say under a heading "Guidance", looks ahead.
    """

    anchor: Anchor
    folded: str
    written: str
    start: int
    end: int
    language: str
    slots: dict[str, int]
    number: int = 0
    relation: str = "in"
    ahead: bool = False

    @property
    def words(self) -> str:
        """Give the expression itself, folded."""
        return self.folded[self.start : self.end]

    def before(self, count: int) -> str:
        """Give up to ``count`` characters to its left, folded."""
        return self.folded[max(0, self.start - count) : self.start]

    @property
    def year_end(self) -> int:
        """Give the month in which the company's year ends."""
        return self.anchor.fiscal_year_end

    @cached_property
    def reporting(self) -> Period:
        """Give the reporting quarter, known or the last before the day."""
        if self.anchor.reporting:
            return quarter_before(self.anchor.reporting, 0)
        if self.anchor.day:
            return reporting_quarter(self.anchor.day, self.year_end)
        raise Unresolved

    @cached_property
    def day(self) -> date:
        """Give the day of speaking, else the close of the reporting quarter."""
        return self.anchor.day or quarter_close(self.reporting, self.year_end)

    @cached_property
    def close(self) -> date:
        """Give the last day of the company's reporting quarter."""
        return quarter_close(self.reporting, self.year_end)

    @cached_property
    def position(self) -> tuple[int, int]:
        """Give the fiscal (year, quarter) of the reporting quarter."""
        return fiscal_position(self.reporting, self.year_end)

    @property
    def year_of_day(self) -> int:
        """Give the fiscal year in which the day of speaking falls."""
        return self.day.year + (self.day.month > self.year_end)

    @property
    def year(self) -> int:
        """Give the year in the slot, if it is one that a company can speak of."""
        year, now = self.slots["year"], self.anchor.year
        if now is not None and abs(year - now) > 40:
            raise Unresolved
        return year

    @cached_property
    def forward(self) -> bool:
        """Whether the sentence speaks of what is to come."""
        if self.ahead:
            return True
        before = self.before(_REACH)
        after = self.folded[self.end : self.end + _REACH]
        first = max((end.end() for end in _SENTENCE_END.finditer(before)), default=0)
        last = _SENTENCE_END.search(after) or _TURNS.search(after)
        sentence = before[first:] + " | " + after[: last.start() if last else len(after)]
        for sign in _SIGNS:
            if sign in sentence:
                return _FORWARD.search(sentence) is not None
        return False
