"""The metric that a quantity has from what was said before it: its row, its base, its heading."""

from pipeline.extract.amount.lead import GROWTH_METRICS, is_lapped, stands_bracketed
from pipeline.extract.cues import Cue
from pipeline.extract.frame import Frame, Reading, Setting
from pipeline.extract.metric.alone import stands_alone
from pipeline.extract.metric.background import is_whole
from pipeline.extract.metric.meaning import unnamed
from pipeline.extract.metric.meant import just_before, means
from pipeline.extract.metric.phrases import costs_points
from pipeline.extract.metric.whole import OF_ANY_BUSINESS
from pipeline.extract.place import Place, words_in
from pipeline.extract.reading import Mark
from pipeline.lexicon.metrics import Metric, MetricMatch, metric
from pipeline.lexicon.scopes import ScopeMatch
from pipeline.patterns import regex
from schemas import Quantity

# Revenues that are one business's by name; beside another business's name they are plain revenue.
_OF_ONE_BUSINESS = frozenset({"advertising_revenue", "subscription_revenue", "ai_revenue"})
# How far a growth rate may stand behind the count that it is of: "116,007 台，同比增长149.3%".
_COUNT_REACH = 8
# "Nearly 3x what we shipped in 2019", "twice as many as last year".
_WHAT_WAS_DONE = regex(r"\s*(?:what (?:we|it|they|the company)\b|as (?:many|much) as\b)")


def held_by_base(place: Place, frame: Frame) -> MetricMatch | None:
    """The metric of the reading before, where this quantity is the base that it is compared with.

    "$5.87 per diluted share, compared to $5.29": the same metric, whatever else was named earlier.
    """
    last, previous = frame.last, place.previous()
    if last is None or previous is not last.mark:
        return None
    if stands_bracketed(place) or is_lapped(place):
        same = metric(last.metric) or Metric(last.metric, last.family, last.nature)
        return MetricMatch(0, 0, same, weak=False, loss=False, adjusted=False)
    if last.quantity.kind != place.kind and place.kind != "number":
        return None
    cue, kinds = place.nearest_cue(breaks=1)
    if cue is None or "from" not in kinds or _names_metric(place):
        return None
    loss = frame.used is not None and frame.used.loss
    same = metric(last.metric) or Metric(last.metric, last.family, last.nature)
    return MetricMatch(0, 0, same, weak=False, loss=loss, adjusted=False)


def _names_metric(place: Place) -> bool:
    """Whether a metric that is no mere whole stands between a base and the figure before it."""
    marks = place.sentence.marks
    bracketed = False
    for at in range(place.at - 1, -1, -1):
        mark = marks[at]
        if mark.kind == "break" and mark.value in _BRACKETS:
            bracketed = mark.value in _CLOSES  # 净利 20 亿（含处置收益），去年同期 7 亿
        if bracketed and mark.kind == "metric":
            continue
        if mark.kind == "quantity" or (mark.kind == "break" and mark.weight > 1):
            return False
        if mark.kind == "metric" and not is_whole(place.sentence, at):
            return True
    return False


_BRACKETS, _CLOSES = frozenset("()（）"), frozenset(")）")
# "We sold 907 million gallons, 16.8% more than a year ago".
_MORE = regex(r" (?:more|less|fewer|higher|lower|up|down|above|below)\b")
# "The core portfolio contributed $335 million of that": what the figure before was.
# 同比增11%，其中并购贡献了4个点
_ADDED = regex(r"(?:贡献|拉动|带来)了?(?:大概|大约|约|近)?$")
_OF_WHICH = regex(r"其中(?:有|的|大约|约|近|将近|大概)*$")
_OF_THAT = regex(r"\s*of (?:that|those|it|this|the total|the increase|the decline|the decrease)\b")


def of_that(place: Place, frame: Frame) -> MetricMatch | None:
    """The metric of the figure before, where an amount is told as a part of it."""
    last = frame.last
    if last is None or not last.metric:
        return None
    if place.kind == "points":
        return _same(last) if _is_part_of_move(place, last) else None
    if last.measure not in ("level", "change"):
        return None
    if last.quantity.kind != place.kind or place.kind not in ("money", "count"):
        return None
    if not _OF_THAT.match(place.sentence.folded, place.mark.end) or last.quantity.counted:
        return None
    return _same(last)


def _same(last: Reading) -> MetricMatch:
    same = metric(last.metric) or Metric(last.metric, last.family, last.nature)
    return MetricMatch(0, 0, same, weak=False, loss=False, adjusted=False)


def _is_part_of_move(place: Place, last: Reading) -> bool:
    """Whether so many points are a part of the move right before: 其中并购贡献了4个点."""
    if last.mark is not place.previous():
        return False
    if last.quantity.kind == "points":
        return last.measure == "change" and _OF_WHICH.search(place.lead) is not None
    return last.unit == "percent" and _ADDED.search(place.lead) is not None


# "A benefit of roughly 50 basis points": to the margin that was told of.
_FELT = regex(
    r"\b(?:benefit|headwind|tailwind|drag|impact|hit|pressure|lift|uplift) of"
    r" (?:about |roughly |approximately |nearly |some |around )?$"
)


def margin_felt(place: Place, frame: Frame) -> MetricMatch | None:
    """The rate that so many points of benefit or burden are of, where the clause names none."""
    if place.kind != "points":
        return None
    before = just_before(place, 40)
    felt = " of" in before and _FELT.search(before) is not None
    if not felt and not costs_points(place):
        return None
    named = [m.value for m in place.before() if isinstance(m.value, MetricMatch)]
    last = frame.last
    if last is None or any(m.metric.family == "percent" for m in named):
        return None
    near = 0 <= place.sentence.start - last.sentence[0] <= _PARAGRAPH
    rated = last.family == "percent" or last.measure in ("growth", "change")
    if near and rated and last.unit in ("percent", "percentage_points"):
        same = metric(last.metric) or Metric(last.metric, last.family, last.nature)
        return MetricMatch(0, 0, same, weak=False, loss=False, adjusted=False)
    rates = (m for m in (frame.used, frame.inherited) if m is not None)
    return next((match for match in rates if match.metric.family == "percent"), None)


def of_another(chosen: MetricMatch, frame: Frame) -> MetricMatch | None:
    """Revenue, where another business is named behind one whose revenue has a name of its own.

    广告 177 亿；北美 1,063 亿: not the advertising of North America.
    """
    business = frame.scope_mark
    if chosen.metric.id not in _OF_ONE_BUSINESS or business is None or not frame.metrics:
        return None
    named = frame.metrics[-1]
    same = isinstance(named.value, MetricMatch) and named.value.metric.id == chosen.metric.id
    return unnamed("revenue") if same and named.end <= business.start else None


def rate_in_points(chosen: MetricMatch, place: Place, frame: Frame) -> MetricMatch | None:
    """The rate told just before, for points that stand beside it and not beside a sum.

    "Op inc $348mn, 15% mgn, +140bps q/q": the margin moved.
    """
    last = frame.last
    if place.kind != "points" or chosen.metric.family != "money" or last is None:
        return None
    if last.mark is not place.previous() or last.family != "percent" or last.measure != "level":
        return None
    if any(mark.value is chosen for mark in place.before()):
        return None  # 覆蓋率 905%，信用成本 18 個基點
    same = metric(last.metric)
    return MetricMatch(0, 0, same, weak=False, loss=False, adjusted=False) if same else None


def continued(place: Place, frame: Frame, setting: Setting) -> MetricMatch | None:
    """The metric of the figure before, where no other is named in between."""
    last, previous = frame.last, place.previous()
    if last is None or previous is None or previous is not last.mark or place.kind == "number":
        return None
    if _of_what_was_done(place) and frame.counted is not None:
        return frame.counted
    between = _between(place, previous)
    grew = place.kind == "percent" and last.quantity.kind == "measure"
    if (
        grew
        and "metric not named" in last.doubts
        and _MORE.match(place.sentence.folded, place.mark.end)
    ):
        named = metric(last.metric) or Metric(last.metric, "count", last.nature)
        return MetricMatch(0, 0, named, weak=False, loss=False, adjusted=False)
    if "metric from words" in last.doubts and last.business is None:
        if any(m.kind in ("metric", "scope", "break") for m in between):
            return None
        if last.quantity.kind != place.kind:
            return None
        named = metric(last.metric) or Metric(last.metric, last.family, last.nature)
        return MetricMatch(0, 0, named, weak=False, loss=False, adjusted=False)
    if _goes_on_unnamed(place, last, between):
        return unnamed(last.metric)
    # What a count counts is named right behind it and names no other measure.
    counts = isinstance(previous.value, Quantity) and previous.value.counted is not None
    noun = previous.end + 1 if counts else 0
    if any(m.kind == "metric" and m.start > noun for m in between):
        return None
    match = frame.used
    if frame.counted is not None:
        far = any(m.kind == "break" and m.weight > 1 for m in between)
        if far or words_in(place.gap_before(previous)) > _COUNT_REACH:
            return None
        match = frame.counted
    if match is None or not means(match, place, setting):
        return None
    if match.weak and _leaves_counted(match, place, between):
        first = frame.metrics[0].value if frame.metrics else None
        return first if isinstance(first, MetricMatch) and not first.weak else unnamed("revenue")
    rated = match.metric.family == "percent" and match.metric.id not in GROWTH_METRICS
    percent = place.kind == "percent"
    if rated and percent and place.signed:
        # A rate moves by points; what grows by +150% beside it is the business.
        another = "+" in place.quantity.text and any(m.kind == "scope" for m in between)
        if another or any(m.kind == "basis" for m in between):
            return unnamed("revenue")
    if rated and percent and _next_business_moves(place, between):
        return unnamed("revenue")
    if match.metric.id in _OF_ONE_BUSINESS and any(m.kind == "scope" for m in between):
        return unnamed("revenue")
    read = metric(last.metric)
    if read is None and "_per_" in last.metric:
        read = Metric(last.metric, last.family, last.nature)
    return match.of(read) if read and last.measure in ("level", "share") else match


def _next_business_moves(place: Place, between: list[Mark]) -> bool:
    """Whether the next business of a Chinese list grew: 空调毛利率34.9%；工业制品增长17%."""
    ended = any(m.kind == "break" and m.weight == 3 for m in between)
    if place.ascii or not ended or all(m.kind != "scope" for m in between):
        return False
    cue, kinds = place.nearest_cue()
    near = cue is not None and words_in(place.gap_before(cue)) <= 1
    return near and bool(kinds & {"up", "down"}) and "to" not in kinds


# 线上跌了12%，门店跌1%；批发却涨了7%: stores in a row of businesses are no number of stores.
_ALSO_BUSINESSES = frozenset({"stores", "facilities", "vehicles", "robots", "servers", "chips"})


def _leaves_counted(match: MetricMatch, place: Place, between: list[Mark]) -> bool:
    """Whether a move is of the next business of a Chinese row, not of what may be counted."""
    if match.metric.id not in _ALSO_BUSINESSES or place.kind != "percent":
        return False
    if place.ascii or not any(m.kind == "break" for m in between):
        return False
    if any(isinstance(m.value, Cue) and "gain" in m.value.kinds for m in between):
        return False  # 據點 62 處，海外獲利占 37%
    return any(m.kind == "scope" for m in between)


# 每桶 8.2 美元，上季 5.1 美元: an amount that only its words told, and the one before it.
_UNNAMED = frozenset({"price", "deal_value"})


def _goes_on_unnamed(place: Place, last: Reading, between: list[Mark]) -> bool:
    if last.metric not in _UNNAMED or "metric not named" not in last.doubts:
        return False
    if place.kind not in (last.quantity.kind, "percent") or place.ascii:
        return False
    return not any(
        m.kind in ("metric", "scope") or (m.kind == "break" and m.weight > 1) for m in between
    )


def _of_what_was_done(place: Place) -> bool:
    """Whether a multiple is told of the figure before it: "4x what we delivered by then"."""
    if place.kind != "multiple":
        return False
    return _WHAT_WAS_DONE.match(place.sentence.folded, place.mark.end) is not None


def _between(place: Place, left: Mark | None) -> list[Mark]:
    start = left.end if left else place.sentence.start
    marks = place.sentence.marks
    at = place.at
    while at and marks[at - 1].start >= start:
        at -= 1
    return list(marks[at : place.at])


def inherited(reading: Reading, place: Place, frame: Frame, setting: Setting) -> MetricMatch | None:
    """The metric of the sentence before, of the heading or of the segment's label."""
    quantity = place.quantity
    # 增速几乎是其他业务的两倍: where only growth is named, it is revenue's.
    of_growth = place.kind == "multiple" and frame.rate is not None
    if of_growth or (setting.metric is None and _business_alone(place, frame)):
        return told_by_line(place, frame, setting) or unnamed("revenue")
    if _guides_bare(place):
        return unnamed("revenue")
    first = setting.metric if frame.last is None else None
    growing = place.kind == "percent" and frame.rate is not None
    for match in (first, frame.used, frame.inherited, setting.metric):
        if match is None or not means(match, place, setting):
            continue
        if place.kind == "number" and (frame.last is None or frame.used is not match):
            continue
        counting = place.kind in ("count", "measure") and quantity.counted
        if counting and match.metric.family != "count" and match is not first:
            continue
        if counting and match is not first and _counts_others(quantity):
            continue
        if place.kind == "percent" and match.metric.family == "x":
            continue
        if place.kind == "money" and match.metric.id == "shares_outstanding":
            continue
        if match.metric.id not in OF_ANY_BUSINESS and _business_moves(place, frame):
            return unnamed("revenue")
        if match.metric.id in _OF_COMPANIES and _of_a_part(place, frame):
            return unnamed("revenue")
        reading.doubts.append("metric inherited")
        if growing and match.metric.family == "percent" and match.metric.id not in GROWTH_METRICS:
            # 年复合增长率由 45% 上修: a rate of growth is none of a margin told before.
            return unnamed("revenue")
        return match.as_weak(False)
    return None


_NOUN = 3


def _counts_others(quantity: Quantity) -> bool:
    """Whether a Chinese count has a noun of its own that no list knows: 9个潮玩艺术家."""
    counted = quantity.counted or ""
    return len(counted) >= _NOUN and not counted.isascii()


# 海外收入 12 亿元，毛利率 43%；华东 4 亿元: what begins behind a semicolon with a bare name.
_NAME_ALONE = regex(r"[;；]\s*[\u4e00-\u9fff a-z()（）·&/-]{2,18}$")
_NAME_REACH = 24


def of_list(place: Place, frame: Frame) -> MetricMatch | None:
    """The first metric of a Chinese list, where a name alone leads up to its next amount."""
    if place.kind != "money" or frame.head is None:
        return None
    start = max(place.sentence.start, place.mark.start - _NAME_REACH)
    alone = _NAME_ALONE.search(place.sentence.folded, start, place.mark.start)
    if alone is None:
        return None
    marks = [m for m in place.before(breaks=1) if m.start >= alone.start()]
    if any(m.kind == "cue" or _names_measure(m) for m in marks):
        return None
    if not any(m.kind == "scope" for m in marks):
        if place.ascii:
            return None  # "GAAP EPS $1.05; ex that $7.25"
        frame.scope = frame.scope_mark = None
    return frame.head


# "C&P rev -5%, mgn -50bps; D&E flat to +2%": likewise what moves behind a semicolon.
_MOVES_ALONE = regex(r";\s*[a-z][a-z&'’./ -]{1,24}$")


def moved_in_list(place: Place, frame: Frame) -> MetricMatch | None:
    """The first metric of a list in notes, where a business alone leads up to how it moved."""
    quantity, last = place.quantity, frame.last
    moves = place.kind == "percent" and (place.signed or quantity.text[:4] == "flat")
    if not moves or last is None or last.family != "percent" or not frame.metrics:
        return None
    start = max(place.sentence.start, place.mark.start - _NAME_REACH)
    if _MOVES_ALONE.search(place.sentence.folded, start, place.mark.start) is None:
        return None
    marks = place.before()
    if any(m.kind in ("metric", "cue") for m in marks) or not any(m.kind == "scope" for m in marks):
        return None
    first = frame.metrics[0].value
    sums = isinstance(first, MetricMatch) and first.metric.family == "money"
    return first if sums and isinstance(first, MetricMatch) else None


def _names_measure(mark: Mark) -> bool:
    """Whether a metric stands there that is no mere word for what may be counted: 汽车."""
    match = mark.value
    return isinstance(match, MetricMatch) and not (match.weak and match.metric.family == "count")


# What a company as a whole earns is seldom told of a brand or a channel: 线上渠道占比95%.
_OF_COMPANIES = frozenset({"net_income", "adjusted_net_income", "eps", "adjusted_eps", "net_loss"})


def _of_a_part(place: Place, frame: Frame) -> bool:
    """Whether a rate or a share in Chinese is a business's own after profit of the whole."""
    last, business = frame.last, frame.scope_mark
    if place.kind not in ("percent", "multiple") or last is None or business is None:
        return False
    if last.scope is not None or place.ascii:
        return False
    return business.start >= place.sentence.start and last.sentence[0] != place.sentence.start


_GUIDES = regex(
    r"\b(?:guidance|guides?|guided|guiding|outlook|forecast)\b(?: range)?(?: for [^,.;]{3,40}?)?"
    r"(?: (?:is|was|of|calls for|to|at|now|stands at|came in at|between|from))*"
    r"(?: (?:about|around))?\s*$"
)


def _guides_bare(place: Place) -> bool:
    """Whether an amount is guided without a word for what: "Guidance for Q4 is $605 million"."""
    if place.kind != "money" or not place.scaled:
        return False
    if any(mark.kind == "metric" for mark in (*place.before(breaks=2), *place.after())):
        return False
    folded = place.sentence.folded
    start = max(place.sentence.start, place.mark.start - 72)
    return _GUIDES.search(folded, start, place.mark.start) is not None


# "Fourth quarter growth should be 6%": of sales, unless another's growth was told just before.
_GROWTH = regex(
    r"\bgrowth (?:rate )?(?:in [a-z]+ |for [\w ]{2,20} )?"
    r"(?:was|is|at|should|will|would|could|came|remained|remains|accelerated|slowed|to)\b"
)


def bare_growth(place: Place, frame: Frame) -> MetricMatch | None:
    """The metric whose growth a clause tells that names none."""
    if place.kind != "percent" or any(m.kind == "metric" for m in place.before()):
        return None
    folded = place.sentence.folded
    start = max(place.sentence.start, place.mark.start - 60)
    if folded.find("growth ", start, place.mark.start) < 0:
        return None
    if _GROWTH.search(folded, start, place.mark.start) is None:
        return None
    last, used = frame.last, frame.used
    same = last is not None and last.measure == "growth" and used is not None
    if same and last is not None and used is not None and used.metric.id == last.metric:
        return used
    return unnamed("revenue")


def _business_alone(place: Place, frame: Frame) -> bool:
    """Whether only a business stands before an amount: 直播 96 亿, "Semis $9.2bn".

    It is its revenue, unless the sentence goes through the businesses of another metric.
    """
    last = frame.last
    alone = last is None or last.sentence != (place.sentence.start, place.sentence.end)
    return alone and stands_alone(place)


def told_by_line(place: Place, frame: Frame, setting: Setting) -> MetricMatch | None:
    """The metric that the whole company has just been told of and its lines are now.

    "Net premiums rose 5%. Insurance was up 6%": premiums, not revenue.
    """
    last, match = frame.last, frame.used
    burdens = _BURDEN.match(place.sentence.folded, place.mark.end)
    if burdens and last and match is not None and match.metric.id == last.metric:
        told = last.sentence[0]
    elif frame.line is not None:
        match, told = frame.line
    else:
        return None
    if not 0 <= place.sentence.start - told <= _PARAGRAPH:
        return None
    return match.as_weak(True) if means(match, place, setting) else None


_PARAGRAPH = 400
# "IB fees $1.2bn. Wealth $2.2bn": what some lines have and others need not.
OF_SOME_LINES = frozenset({"fee_income", "net_flows"})
# "Argentina was a $12 million headwind": to what was told before.
_BURDEN = regex(r" (?:headwind|tailwind|drag)\b")


def _business_moves(place: Place, frame: Frame) -> bool:
    """Whether a sentence tells only how a business of its own moved: "Shoes shone, growing 5%"."""
    business = frame.scope_mark
    if place.kind != "percent" or business is None or frame.metrics:
        return False
    if not isinstance(business.value, ScopeMatch) or business.value.kind == "region":
        return False
    cue, kinds = place.nearest_cue()
    near = cue is not None and words_in(place.gap_before(cue)) <= 1
    return near and bool(kinds & {"up", "down"})
