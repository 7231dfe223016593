"""The metrics that a sentence names, less the ambiguous words that something else lays claim to."""

from dataclasses import replace

from pipeline.extract.cues import Cue
from pipeline.lexicon.metrics import MetricMatch, find_metrics, metric
from pipeline.lexicon.scopes import ScopeMatch
from pipeline.patterns import regex

# Metrics that any business has; "advertising revenue" has an id of its own, "cloud revenue" not.
OF_EACH_BUSINESS = frozenset(
    {"revenue", "gross_margin", "gross_profit", "operating_income", "operating_margin", "units",
     "customers", "average_selling_price", "net_income", "same_store_sales", "fee_income",
     "loans", "deposits", "premiums", "rent", "occupancy", "vacancy_rate"}
)  # fmt: skip


def metrics_in(piece: str) -> list[MetricMatch]:
    """Find the metrics that a piece of folded text names."""
    return [_and_others(m, piece) for m in find_metrics(piece) if not _is_growth_in(m, piece)]


def standing(
    metrics: list[MetricMatch], piece: str, cues: list[Cue], scopes: tuple[ScopeMatch, ...]
) -> list[MetricMatch]:
    """Leave out the ambiguous words that cues, businesses or counts have a better claim to."""
    if not any(match.weak for match in metrics):
        return metrics
    surer = [(c.start, c.end) for c in cues if c.sure]
    names = [(s.start, s.end) for s in scopes if s.known or " " in s.scope]
    heads = {m.start for m in metrics if _has_a_business(m)}
    left: list[MetricMatch] = []
    for m in metrics:
        if m.weak:
            chinese = not piece[m.start : m.end].isascii()
            if _yields(m.start, m.end, surer, names, chinese=chinese):
                continue
            # 数据中心收入: the revenue of data centers, whose number is not told.
            if (m.start, m.end) in names and (m.end in heads or _is_sold(m, piece)):
                continue
        left.append(m)
    return left


def _and_others(match: MetricMatch, piece: str) -> MetricMatch:
    """Take 其他收入 for plain revenue where it ends a business's name: 在线营销服务及其他收入."""
    if match.metric.id != "other_income":
        return match
    named = piece[match.start - 1 : match.start] in _AND or piece.endswith("所有", 0, match.start)
    revenue = metric("revenue") if named else None
    return replace(match, start=match.end - 2, metric=revenue) if revenue else match


_AND = frozenset("及和与跟")


def _is_growth_in(match: MetricMatch, piece: str) -> bool:
    """Whether "growth" only says how far what follows it moved: "25% growth in subscriptions"."""
    if not match.weak or piece[match.start : match.end] != "growth":
        return False
    return piece.startswith((" in ", " across "), match.end) and (
        _RATE_BEFORE.search(piece, max(0, match.start - 24), match.start) is not None
    )


_RATE_BEFORE = regex(r"(?:%|percent|digits?|teens|points?) (?:[a-z-]+ )?$")


# What is counted and is a business too: 数据中心占到营收的56%, but 数据中心400座.
_SOLD = frozenset({"facilities", "servers"})
_COUNTED_NEXT = regex(
    r"(?:的?数量|总数|数目|部署|保有)"
    r"|[^，。；,;、:：]{0,8}?\d[\d,.]*[万亿多余 ]*[座个家处间台套辆颗枚片架块张多余]"
)


_COUNTED_BEFORE = regex(r"[\d万亿多余] ?[座个家处间台套辆颗枚片架块张][^，。；,;、:：]{0,14}$")


def _is_sold(match: MetricMatch, piece: str) -> bool:
    """Whether a Chinese word for what may be counted names a business: no count follows it."""
    if match.metric.id not in _SOLD or piece[match.start : match.end].isascii():
        return False
    if _COUNTED_NEXT.match(piece, match.end):
        return False
    return _COUNTED_BEFORE.search(piece, max(0, match.start - 20), match.start) is None


def _has_a_business(match: MetricMatch) -> bool:
    return match.metric.id == "units" or (not match.weak and match.metric.id in OF_EACH_BUSINESS)


def _yields(
    start: int,
    end: int,
    surer: list[tuple[int, int]],
    names: list[tuple[int, int]],
    *,
    chinese: bool,
) -> bool:
    """Whether an ambiguous metric word is part of a direction, a share or a business's name.

    "grew" may stand for revenue where nothing better does; that it is a direction is sure. So is
    占比 for a share, 效能 within 高效能運算 and, in Chinese, 加速器 at the end of AI加速器.
    """
    if any(first < end and start < last for first, last in surer):
        return True
    return any(first <= start and end < last + (first < start and chinese) for first, last in names)
