"""Times that say when a result came out or an outlook was given, not what the figure is for."""

from pipeline.extract.frame import Reading, Setting
from pipeline.extract.place import Place
from pipeline.extract.time.times import mark_of
from pipeline.patterns import regex
from schemas import PeriodMention

# 11 月 6 日盘前公布三季报，收入 14 亿: results come out within days of the call.
_DAYS = 4
# What is counted or sold on one day may well be told of the day of the call.
_RESULTS = frozenset({"money", "money_per_share", "percent"})
_OF_A_DAY = frozenset({"share_price", "valuation", "price_to_earnings", "exchange_rate", "price"})
# 8 月刚上修过的指引, 年初定下的目标: what was said then is of another time.
_GIVEN = regex(
    r"(?:时|份|初|底|末)?(?:就|刚刚?|才|曾经?|已经?|所|对外|首次|那次|我们|公司|管理层|电话会上?|业绩会上?|法说会)*"
    r"(?:给出|给到|给的|给过|给|定下|定的|制定|设定|立下|上修|上调|调高|下修|下调|调低|提出|公布|发布|披露|预告|预计|预估|"
    r"说|喊出|喊|承诺|许诺|重申|更新)过?[^，。；、：,;:0-9]{0,6}?"
    r"(?:指引|目标|预期|预测|展望|计划|预算|财测|口径)"
)


_COMING = regex(r"未来|接下来|今后|下一?个?12|下一?年")


def tells_when(mention: PeriodMention, reading: Reading, place: Place, setting: Setting) -> bool:
    """Whether a time near a figure is only that of its being told."""
    if reading.metric == "backlog" and reading.measure != "share" and _COMING.match(mention.text):
        return True  # 未来12个月的剩余履约义务: which part of it, as it stands
    return _came(mention, reading, setting) or _was_guided(mention, place, setting)


def _came(mention: PeriodMention, reading: Reading, setting: Setting) -> bool:
    """Whether a day is the one on which results came out: no flow of money is of one such day."""
    period = mention.period
    if period.start != period.end or setting.day is None or reading.nature != "flow":
        return False
    if reading.family not in _RESULTS or reading.metric in _OF_A_DAY:
        return False
    return abs((period.end - setting.day).days) <= _DAYS


def _was_guided(mention: PeriodMention, place: Place, setting: Setting) -> bool:
    """Whether a time that is over is when an outlook was given: 8 月上修过的指引中值 112 亿."""
    if setting.reporting is None or place.ascii:
        return False
    mark = mark_of(place, mention)
    if mark is None or mark.start > place.mark.start:
        return False
    return _GIVEN.match(place.sentence.folded, mark.end, place.mark.start) is not None
