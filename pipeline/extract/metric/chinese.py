"""The metric that a Chinese turn of phrase before a number names, where no noun of the tables does.

全球市场有 120 亿, 从下单到送达只要 28 分钟, 覆盖村镇达 2.1 万个.
"""

from pipeline.extract.amount.units import is_scaled
from pipeline.extract.metric.meaning import TIME_UNITS, unnamed
from pipeline.extract.place import Place
from pipeline.lexicon.metrics import MetricMatch
from pipeline.patterns import regex

_REACH = 24
# A market that is worth so much, and no 资本市场, no 市场费用.
_MARKET = regex(
    r"(?<!资本)(?<!股票)(?<!一级)(?<!二级)(?:市场|赛道|行业)(?:今年|明年|目前|现在|每年|一年)?"
    r"(?:的?总?盘子|总量|蛋糕|总规模|空间|容量)?(?:大概|大约|约|大致|已经|已|将|会|能|可|预计|估计)*"
    r"(?:有|达到?|是|在|超过?|突破|接近|逼近|为)(?:近|约|了|上)*$"
)
# 从启动到首例入组平均只要 9 周: how long something takes from one end to the other.
_TAKES = regex(
    r"(?:从[^，。；,;0-9]{1,14}到[^，。；,;0-9]{1,14}?|(?:周期|时间|耗时|全程|流程)[^，。；,;0-9]{0,4})"
    r"(?:平均|大约|约|一般|通常|也|就)*(?:只|仅|最快|最短)?(?:要|需要?|用|花|耗时|历时)了?(?:不到|约|近|大约)*$"
)
_PLACES = regex(
    r"(?:覆盖|进驻|触达|深入|下沉|服务)[^，。；,;0-9]{0,8}[村镇县城乡](?:数量?)?(?:已|约|近|超过?|突破|达到?|共)*$"
)
_PLACE = frozenset("个座")


def told_in_chinese(place: Place) -> MetricMatch | None:
    """Give the metric that the words right before a quantity tell; None where they tell none."""
    quantity = place.quantity
    if place.sentence.text.isascii():
        return None
    folded = place.sentence.folded
    start = max(place.sentence.start, place.mark.start - _REACH)
    if quantity.kind in ("money", "number"):
        if is_scaled(quantity) and _MARKET.search(folded, start, place.mark.start):
            return unnamed("market_size")
        return None
    if quantity.kind == "measure" and quantity.unit in TIME_UNITS:
        return unnamed("lead_time") if _TAKES.search(folded, start, place.mark.start) else None
    counted = (quantity.counted or "-")[:1]
    if quantity.kind == "count" and counted in _PLACE:
        told = _PLACES.search(folded, start, place.mark.start)
        return unnamed("cities_covered") if told else None
    return None
