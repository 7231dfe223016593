"""The metric that a Chinese turn of phrase before a number names, where no noun of the tables does.

全球市场有 120 亿, 从下单到送达只要 28 分钟, 覆盖村镇达 2.1 万个.
"""

from pipeline.extract.metric.meaning import TIME_UNITS, unnamed
from pipeline.extract.place import Place
from pipeline.lexicon.metrics import MetricMatch
from pipeline.patterns import regex

_REACH = 24
# A market that is worth so much, and no 资本市场, no 市场费用.
_MARKET = regex(
    r"(?:市场|赛道|行业)(?<!资本..)(?<!股票..)(?<!一级..)(?<!二级..)(?:今年|明年|目前|现在|每年|一年)?"
    r"(?:的?总?盘子|总量|蛋糕|总规模|空间|容量)?(?:大概|大约|约|大致|已经|已|将|会|能|可|预计|估计)*"
    r"(?:有|达到?|是|在|超过?|突破|接近|逼近|为)(?:近|约|了|上)*$"
)
# 从启动到首例入组平均只要 9 周: how long something takes from one end to the other.
_TAKES = regex(
    r"(?:从[^，。；,;0-9]{1,14}到[^，。；,;0-9]{1,14}?|(?:周期|时间|耗时|全程|流程)[^，。；,;0-9]{0,4})"
    r"(?:平均|大约|约|一般|通常|也|就)*(?:只|仅|最快|最短)?(?:要|需要?|用|花|耗时|历时)了?(?:不到|约|近|大约)*$"
)
# 星巴克保留四成, 集团仍持有86.9%
_HOLDS = regex(
    r"(?:保留|持有|持股|占股|控股|留下|留存|剩下|仍持|还持|持(?<![维保支坚]持))(?:了|有|着)?(?:约|近|大概|大约|其|余下|剩余|剩下)*(?:的)?$"
)
# 纯碱降价贡献毛利率约1.5个百分点: which rate something moved.
_MOVES_MARGIN = regex(
    r"(?:贡献|增厚|拉动|抬升|推高|拖累|拉低|影响|改善|压低)了?(?:公司|集团|整体|综合)?的?"
    r"(毛利率|净利率|营业利润率|经营利润率)(?:约|近|大概|大约|了)*$"
)
_MARGINS = {
    "毛利率": "gross_margin", "净利率": "net_margin",
    "营业利润率": "operating_margin", "经营利润率": "operating_margin",
}  # fmt: skip
_MARKET_OF = regex(r"(?:左右|以上)?的?[^，。；,;0-9]{0,4}(?:市场|份额|市占)")
_PLACES = regex(
    r"(?:覆盖|进驻|触达|深入|下沉|服务)[^，。；,;0-9]{0,8}[村镇县城乡](?:数量?)?(?:已|约|近|超过?|突破|达到?|共)*$"
)
_PLACE = frozenset("个座")


# 170 亿元来自出售部分股权的一次性收益: what an amount is said to be.
_CAME_FROM = regex(
    r"(?:左右|上下|以上|的?部分)?(?:主要)?(?:来自|源自|源于|属于|归功于|系|是|为)(?:于|了)?[^，。；,;、0-9]{0,24}?"
    r"(?:(?P<sold>(?:一次性|非经常性|处置|出售|减持|股权转让)[^，。；,;、0-9]{0,14}?(?:收益|利得))"
    r"|(?P<fair>公允价值(?:变动)?[^，。；,;、0-9]{0,6}?(?:收益|利得)|重估收益)"
    r"|(?P<grant>政府补[助贴])|(?P<impaired>减值)|(?P<coins>汇兑[收损][益失]))"
)
_BEGIN_CAME_FROM = "左上以的部主来源属归系是为"
_FROM = {
    "sold": "disposal_gain", "fair": "fair_value_gain", "grant": "subsidy",
    "impaired": "impairment", "coins": "fx_impact",
}  # fmt: skip
# 现金、短期投资和持有至到期存款合计 1077 亿元
_ALL_CASH = regex(r"现金(?:及|和|与|、)[^，。；,;0-9]{2,30}$")
_NO_CASH = regex(r"现金流|现金分红|现金股|净额|债|借款|负债")
_CASH_REACH = 40
# 8 月公布的 50 亿美元新回购计划, 董事会批准 50 亿美元回购
_PROGRAMME = regex(r"(?:的|新的?|新一轮|股份|股票)*回购(?:计划|授权|额度|方案)")
_GRANTED = regex(
    r"(?:批准|授权|通过|推出|宣布|公布|启动|追加|新增|获批)了?(?:一项|新一轮|最高|不超过|总额|高达|规模|至多|最多|[达为])*$"
)
_BUYBACK = regex(r"的?(?:股份|股票)?回购")


def _of_money(place: Place, start: int) -> MetricMatch | None:
    folded, end = place.sentence.folded, place.mark.end
    near = folded[start : place.mark.start]
    market = "市场" in near or "赛道" in near or "行业" in near
    if market and _MARKET.search(folded, start, place.mark.start):
        return unnamed("market_size")
    told = _CAME_FROM.match(folded, end) if place.next in _BEGIN_CAME_FROM else None
    if told is not None and told.lastgroup:
        return unnamed(_FROM[told.lastgroup])
    if place.next in "的新股回":
        if _PROGRAMME.match(folded, end):
            return unnamed("repurchase_authorization")
        if _BUYBACK.match(folded, end) and _GRANTED.search(folded, start, place.mark.start):
            return unnamed("repurchase_authorization")
    first = max(place.sentence.start, place.mark.start - _CASH_REACH)
    if "现金" not in folded[first : place.mark.start]:
        return None
    held = _ALL_CASH.search(folded, first, place.mark.start)
    return unnamed("cash") if held and not _NO_CASH.search(held[0]) else None


def told_in_chinese(place: Place) -> MetricMatch | None:
    """Give the metric that the words right before a quantity tell; None where they tell none."""
    if place.ascii:
        return None
    folded = place.sentence.folded
    start = max(place.sentence.start, place.mark.start - _REACH)
    if place.kind in ("money", "number"):
        return _of_money(place, start) if place.scaled else None
    if place.kind == "measure" and place.unit in TIME_UNITS:
        near = folded[start : place.mark.start]
        if "从" not in near and "周" not in near and "时" not in near and "程" not in near:
            return None
        return unnamed("lead_time") if _TAKES.search(folded, start, place.mark.start) else None
    if place.kind == "percent":
        near = folded[start : place.mark.start]
        if "持" not in near and "留" not in near and "股" not in near and "剩" not in near:
            return None
        held = _HOLDS.search(folded, start, place.mark.start)
        held = None if any(mark.kind == "metric" for mark in place.before()) else held
        return (
            unnamed("ownership") if held and not _MARKET_OF.match(folded, place.mark.end) else None
        )
    if place.kind == "points":
        moved = _MOVES_MARGIN.search(folded, start, place.mark.start)
        return unnamed(_MARGINS[moved[1]]) if moved else None
    if place.kind == "count" and (place.quantity.counted or "-")[:1] in _PLACE:
        told = _PLACES.search(folded, start, place.mark.start)
        return unnamed("cities_covered") if told else None
    return None
