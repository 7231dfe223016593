"""Labels that say question or answer: "Q1（高盛）：", "答：", "<Q - Dana Wu>:", "【问题2】"."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from pipeline.normalize.script import fold
from pipeline.patterns import regex
from pipeline.segment.titles import COMMA, is_name
from schemas.fact import Side, Speaker

Asks = Literal["question", "answer"]

_BEHIND = (
    r"(?P<number>\s?(?:\d{1,3}|[一二三四五六七八九十]{1,3}))?"
    r"(?:\s?[(（\[](?P<who>[^)）\]]{1,60})[)）\]])?$"
)
_ASKS = regex(
    r"(?:(?P<question>q|问|提问|问题|question"
    r"|(?:有|另有|另一)?(?:分析[师员]|投资者|投资人|法人|外资|外资法人|券商|投信|记者|媒体|股东)[提追发]?问)"
    r"|a|答|回答|回复|回覆|答复|答覆|回应|公司回覆|公司回应|answer|(?:[\u4e00-\u9fff]{0,8}(?:总监|总裁|经理|主席|长|高管|负责人)|公司|管理层)"
    r"(?:回?答|回复|回覆|回应|答复|答覆))" + _BEHIND
)
_NAMED = regex(
    r"[<\[(]?\s?(?P<asks>[QA]|Question|Answer)\s?[-–—]{1,2}\s?(?P<name>[^<>:\[\]]{2,80}?)"
    r"\s?(?:[>\])]\s?(?::\s*|$)|:\s*|$)"
)
_LONGEST_NAMED = 100


@dataclass(slots=True)
class AskingLabel:
    """``who`` stands in parentheses or behind a dash."""

    asks: Asks
    who: str | None
    numbered: bool

    @property
    def speaker(self) -> Speaker:
        """The speaker as the label tells: a name, else a role, else only the side."""
        return _speaker("analyst" if self.asks == "question" else "company", self.who)


@lru_cache(maxsize=256)
def _speaker(side: Side, who: str | None) -> Speaker:
    if who and is_name(who):
        return Speaker(name=who, side=side)
    found = COMMA.match(who) if who else None
    if found and is_name(found["name"]):
        return Speaker(name=found["name"], role=found["title"], side=side)
    return Speaker(role=who, side=side)


# The same few labels stand at most turns.
@lru_cache(maxsize=256)
def read_asking(label: str) -> AskingLabel | None:
    """Read a label without its colon.

    >>> read_asking("Q1（高盛）")
    AskingLabel(asks='question', who='高盛', numbered=True)
    """
    folded = fold(label)
    asks_or_answers = folded.startswith(("q", "a")) or "问" in folded
    if not asks_or_answers and "答" not in folded and "回" not in folded:
        return None
    found = _ASKS.match(folded)
    if not found:
        return None
    asks: Asks = "question" if found["question"] else "answer"
    begin, end = found.span("who")
    who = label[begin:end] if begin >= 0 else None
    return AskingLabel(asks, who, found["number"] is not None)


def read_named_asking(text: str) -> tuple[AskingLabel, int] | None:
    """Read "Q - Dana Wu" or "<A - Dana Wu>:" at a line's head; give where the words begin.

    >>> read_named_asking("<A - Dana Wu>: Yes.")
    (AskingLabel(asks='answer', who='Dana Wu', numbered=False), 15)
    """
    if text[0] not in "<[(QA" or not _NAMED.match(text[:_LONGEST_NAMED]):
        return None
    found = _NAMED.match(text)
    if not found:
        return None
    name = found["name"].strip()
    if not is_name(name.split(",")[0]):
        return None
    asks: Asks = "question" if found["asks"][0] == "Q" else "answer"
    return AskingLabel(asks, name, numbered=False), found.end()
