"""Where a sentence leaves a business that it named: a part, a contrast, a cause, another."""

from pipeline.extract.frame import Frame
from pipeline.extract.metric.whole import OF_ANY_BUSINESS
from pipeline.extract.reading import Mark, Sentence
from pipeline.lexicon.metrics import MetricMatch
from pipeline.patterns import regex
from schemas import Quantity

# What a Chinese clause sets before its metric, and words there that name no business.
_CLAUSE_HEAD = regex(r"[，；;、] ?([\u4e00-\u9fff]{2,8}|[a-z][a-z0-9+&-]{1,9}(?= ))\s?$")
_PLAIN_HEAD = regex(
    r"[总净毛其该此本上下去今明年季月度期内前后同环比按经调整非与及而但并且也均为实现录得达到完成取得合计累计"
    r"整体综合集团公司营业主新平均持续预计预期第全单报告口径汇率人民币我们他它推动带动受]"
)
# How many characters of Chinese a clause reaches back.
_CLAUSE_REACH = 12
_EARNED_BY_A_PART = frozenset(
    {"gross_margin", "gross_profit", "operating_income", "operating_margin", "net_income",
     "net_margin", "units", "average_selling_price", "price", "cost_per_unit", "profit_per_unit"}
)  # fmt: skip


def leaves_part(frame: Frame, sentence: Sentence, at: int) -> bool:
    """Go back from a part that 其中 named to what stood before it, where another metric is told."""
    if frame.of_which is None or frame.scope_mark is not frame.of_which[0]:
        return False
    part, scope, scope_mark = frame.of_which
    mark = sentence.marks[at]
    if part.start < sentence.start or not isinstance(mark.value, MetricMatch):
        return False
    between = [m for m in sentence.around(at) if part.end <= m.start and m.end <= mark.start]
    told = [m.kind for m in between]
    if "quantity" not in told or "break" not in told[told.index("quantity") :]:
        return False
    ended = any(m.kind == "break" and m.weight == 3 for m in between)
    if mark.value.metric.id in _EARNED_BY_A_PART and not ended:
        return False
    frame.scope, frame.scope_mark, frame.of_which = scope, scope_mark, None
    return True


def opens(sentence: Sentence, start: int) -> bool:
    """Whether no figure stands before a place in its sentence."""
    first = next((m for m in sentence.marks if m.kind == "quantity"), None)
    return first is None or first.start >= start


def is_of_another(business: Mark, sentence: Sentence, at: int) -> bool:
    """Whether a Chinese clause names another business that no list knows: …，控制器收入8亿元."""
    mark = sentence.marks[at]
    if not isinstance(mark.value, MetricMatch) or mark.value.metric.id not in OF_ANY_BUSINESS:
        return False
    reach = max(business.end, mark.start - _CLAUSE_REACH)
    named = _CLAUSE_HEAD.search(sentence.folded, reach, mark.start)
    if named is None or _PLAIN_HEAD.search(named[1]):
        return False
    start = named.start(1)
    return not any(start < m.end and m.start < mark.start for m in sentence.around(at))


def ends_contrast(frame: Frame, sentence: Sentence, at: int) -> bool:
    """Whether a new metric goes back to what the sentence is about.

    "Revenue was $17bn, software $6bn, gross margin 70%": the margin is not software's.
    """
    mark, business = sentence.marks[at], frame.scope_mark
    match = mark.value
    if business is None or not isinstance(match, MetricMatch) or match.weak:
        return False
    if opens(sentence, business.start):
        return False
    around = sentence.around(at)
    between = [m for m in around if business.end <= m.start and m.end <= mark.start]
    parted = any(m.kind == "break" and m.weight == 3 for m in between)
    if any(m.kind == "scope" or (m.kind == "metric" and not parted) for m in between):
        return False
    kinds = [m.kind for m in between]
    return "quantity" in kinds and "break" in kinds[kinds.index("quantity") :]


def leaves_contrast(frame: Frame, sentence: Sentence, at: int) -> bool:
    """Whether a new metric behind a Chinese semicolon goes back to what the sentence opened with.

    博彩收益 116 億元，貴賓廳升四成；市佔率 20%: not that of the part that was named last.
    """
    business, mark = frame.scope_mark, sentence.marks[at]
    if business is None or sentence.text.isascii() or not ends_contrast(frame, sentence, at):
        return False
    return any(
        m.kind == "break" and m.weight == 3
        for m in sentence.around(at)
        if business.end <= m.start and m.end <= mark.start
    )


def told_side_by_side(sentence: Sentence, business: Mark) -> bool:
    """Whether a business is the next of a row that the sentence opened with.

    线下增长130%，线上增长300%；会员数突破6000万: the members are those of neither.
    """
    first = next((m for m in sentence.marks if m.kind == "scope"), None)
    if first is None or first.start >= business.start:
        return False
    figures = [m for m in sentence.marks if isinstance(m.value, Quantity)]
    one = next((m for m in figures if m.start >= first.end), None)
    other = next((m for m in figures if m.start >= business.end), None)
    if one is None or other is None or one is other:
        return False
    between = sum(first.end <= m.start < business.start for m in figures)
    return between == 1 and getattr(one.value, "kind", "") == getattr(other.value, "kind", " ")


# PET 成本下降帶動毛利率升至 60%: the margin is not that of what moved it.
_MOVES_IT = regex(
    r"(?:带动|推动|推升|推高|拉动|拉高|拉低|拖累|拖低|压低|抬升|支撑|令|使得?|致使?|导致)(?:整体|集团|公司)?$"
)


def is_moved_by(frame: Frame, sentence: Sentence, mark: Mark) -> bool:
    """Whether a metric is told as moved by what the clause before it names."""
    business = frame.scope_mark
    if business is None or business.start < sentence.start or business.end > mark.start:
        return False
    start = max(business.end, mark.start - 6)
    return _MOVES_IT.search(sentence.folded, start, mark.start) is not None
