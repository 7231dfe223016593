"""What a metric is by the figure, the part or the business that the sentence told of before it."""

from pipeline.extract.frame import Frame, Setting
from pipeline.extract.metric.meaning import unnamed
from pipeline.extract.metric.whole import SUBSIDIARIES
from pipeline.extract.place import Place
from pipeline.lexicon.metrics import Metric, MetricMatch, metric
from pipeline.patterns import regex

# 在手訂單 80 億，其中約六成明年出貨: a part of the orders, whatever becomes of it.
_OF_WHICH = regex(r"其中(?:的|有|约|近|逾|超过|将近|大约|约有|大概)*\s*$")
# 每股 is of a dividend where one was told of: 股利調高 8% 到每股 0.54 元.
_PER_SHARE = "每股"
_PAID = frozenset({"dividends", "dividend_per_share", "shareholder_returns"})
_DIVIDEND = regex(r"股利|股息|派息|配息|现金红利|分红")
# What a business earns is told before tax and interest: 利潤, "profit", but 淨利 and "net income".
_EARNED = {"net_income": "operating_income", "net_margin": "operating_margin"}
_PROFIT = regex(r"(?:利润|获利|盈利|溢利)率?|profit|earnings")


# 重組費用 10 億，其中現金約 4 億: so much of the cost.
_PAID_IN_CASH = regex(r"其中(?:非)?现金(?:部分|部份|费用|支出|成本)?(?:的|有|约|近|占|为)*\s*$")
_A_COST = regex(r"cost|expense|impairment|charge|provision|deal_value|tax_expense")


def part_of_last(place: Place, frame: Frame) -> MetricMatch | None:
    """The metric of the figure before, where this one is a part of it that 其中 opens."""
    last = frame.last
    if (points := _points_of_move(place, frame)) is not None:
        return points
    if place.kind not in ("percent", "money") or place.signed or last is None:
        return None
    if not last.metric or last.sentence[0] != place.sentence.start or last.family == "percent":
        return None
    if "其中" not in place.lead:
        return None
    if place.kind == "money":
        if not _A_COST.search(last.metric) or not _PAID_IN_CASH.search(place.lead):
            return None
    elif _OF_WHICH.search(place.lead) is None:
        return None
    same = metric(last.metric) or Metric(last.metric, last.family, last.nature)
    return MetricMatch(0, 0, same, weak=False, loss=False, adjusted=False)


# 毛利率年減 320 個基點，其中關稅約 100 個基點: so much of the move is the cause's.
_OF_MOVE = regex(r"其中[^，。；,;0-9%]{0,10}$")


def _points_of_move(place: Place, frame: Frame) -> MetricMatch | None:
    last = frame.last
    if place.kind != "points" or last is None or last.mark is not place.previous():
        return None
    if last.unit != "percentage_points" or last.measure != "change":
        return None
    if not is_part_of_move(place):
        return None
    same = metric(last.metric) or Metric(last.metric, last.family, last.nature)
    return MetricMatch(0, 0, same, weak=False, loss=False, adjusted=False)


def is_part_of_move(place: Place) -> bool:
    """Whether points are told as the part that one cause has in the move before them."""
    start = max(place.sentence.start, place.mark.start - 16)
    return _OF_MOVE.search(place.sentence.folded, start, place.mark.start) is not None


def of_dividend(chosen: MetricMatch, place: Place, frame: Frame) -> MetricMatch | None:
    """The dividend that a bare 每股 is of; None where the sentence told of none just before."""
    if chosen.metric.id != "eps" or not chosen.weak or place.kind != "money":
        return None
    mark = next((m for m in place.before() if m.value is chosen), None)
    last = frame.last
    if mark is None or last is None or last.metric not in _PAID:
        return None
    folded = place.sentence.folded
    if folded[mark.start : mark.end] != _PER_SHARE or last.mark is not place.previous():
        return None
    paid = _DIVIDEND.search(folded, place.sentence.start, mark.start)
    return unnamed("dividend_per_share") if paid else None


def earned_by_business(
    chosen: MetricMatch, place: Place, frame: Frame, setting: Setting
) -> MetricMatch | None:
    """The operating income that a plain profit is where a business is told of, else None."""
    if not chosen.weak or chosen.metric.id not in _EARNED:
        return None
    own = setting.scope if setting.labelled else None
    business = own or (frame.scope if frame.scope_mark is not None else None)
    if business is None or SUBSIDIARIES.search(business) is not None:
        return None
    mark = next((m for m in reversed(frame.metrics) if m.value is chosen), None)
    if mark is None or not _PROFIT.fullmatch(place.sentence.folded, mark.start, mark.end):
        return None
    return unnamed(_EARNED[chosen.metric.id])


# 會員 3,600 萬，占總預訂額近四成: what a share of an amount is a share of.
_PART_OF = regex(r"占(?:了|到|去|据)?(?:公司|集团|整体|全部|其)?的?$")
_HEDGED = regex(r"\s*(?:的|约|近|逾|超过|将近|大约|比重|比例|达)*\s*")


def amount_shared(place: Place, frame: Frame) -> MetricMatch | None:
    """The amount that so many people or things are said to make up a part of."""
    last = frame.last
    if place.kind != "percent" or last is None or last.family != "count":
        return None
    mark = next((m for m in place.before() if m.kind == "metric"), None)
    if mark is None or not isinstance(mark.value, MetricMatch) or mark.value.weak:
        return None
    folded = place.sentence.folded
    before = folded[max(place.sentence.start, mark.start - 8) : mark.start]
    if mark.value.metric.family != "money" or not _PART_OF.search(before):
        return None
    return mark.value if _HEDGED.fullmatch(place.gap_before(mark)) else None


# 204 筆 100 萬美元以上的合約: what is counted is named further behind.
_OF_DEALS = regex(r" ?[笔份张个项][^，。；,;]{0,24}?(?:的|新)?(?:合同|合约|协议)")


def counts_contracts(place: Place) -> bool:
    """Whether a plain measure word counts the contracts that its clause goes on to name."""
    return _OF_DEALS.match(place.sentence.folded, place.mark.end) is not None
