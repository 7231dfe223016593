"""Whether a percentage is a rate that stands, a growth or a share."""

from pipeline.extract.amount.drivers import is_driver
from pipeline.extract.amount.lead import GROWTH_METRICS, Lead
from pipeline.extract.frame import Frame, Reading
from pipeline.extract.metric.phrases import OF_PRICE, loses_value
from pipeline.extract.place import Place, words_in
from pipeline.lexicon.metrics import MetricMatch, related
from pipeline.normalize.script import fold
from pipeline.patterns import regex

_OF_WHOLE = regex(r"^\s*(?:of|in)\s+(?:the\s+|our\s+|its\s+|all\s+|total\s+|net\s+)*$")


def set_percent(reading: Reading, lead: Lead, place: Place, frame: Frame) -> None:
    """Decide whether a percentage is a level, a growth, a change or a share of something."""
    last = frame.last
    if (
        lead.base
        and last is not None
        and last.mark is place.previous()
        and not (last.mark is not None and _PART.search(place.gap_before(last.mark)))
        and _like_growth(reading, last)
    ):
        reading.measure = "growth"
        lead.direction = lead.direction or last.sign  # "to fall by 3% rather than 1.5%"
        return
    if (
        (lead.base or (lead.to and "%" in fold(reading.quantity.text)))
        and not lead.rate
        and last is not None
        and last.mark is place.previous()
        and (last.measure == "share" or (last.measure == "level" and last.unit == "percent"))
        and last.metric == reading.metric
    ):
        reading.measure = last.measure
        return
    if not place.ascii and _ABSORBED.search(place.lead):
        reading.measure = "share"
        return
    shared = _share_of_revenue(place)
    of_revenue = shared and ("metric inherited" in reading.doubts or _named_far(reading, place))
    if reading.measure == "share" or (
        lead.share and reading.metric in GROWTH_METRICS and _followed_by_whole(place)
    ):
        reading.measure = "share"
    elif reading.family == "percent" and not of_revenue:
        stands = lead.to or lead.base or lead.share
        moves = lead.direction != 0 and not stands and _moves(place)
        grows = reading.metric in GROWTH_METRICS or moves or _stays(reading)
        reading.measure = "growth" if grows else "level"
        if moves and fold(reading.quantity.text).endswith("pct"):
            # A margin that rises by 4.1pct rises by points, in the shorthand of Chinese notes.
            reading.measure, reading.unit = "change", POINTS
    elif not lead.share and _tells_pace(place):
        reading.measure = "growth"
    elif lead.to and _ends_move_of_share(reading, place, frame):
        reading.measure = "share"
    elif shared:
        told = (m.value for m in frame.metrics if isinstance(m.value, MetricMatch))
        _part_of_revenue(reading, told_here=any(match.metric.family != "count" for match in told))
    elif (reading.metric == "price" and OF_PRICE.match(place.sentence.folded, place.mark.end)) or (
        lead.direction and loses_value(place)
    ):
        reading.measure = "growth"
    elif (_followed_by_whole(place) and not _moved_in(place, lead)) or (
        (lead.share or _of_them(reading, place)) and not is_moving(reading, lead)
    ):
        reading.measure = "share"
    elif _is_of_price(reading, place) or _grows(reading, lead, place, frame):
        reading.measure = "growth"
    elif "metric from words" in reading.doubts and not lead.share:
        reading.measure = "level"
    else:
        reading.measure = "share"
        reading.doubts.append("no direction")
    if reading.measure == "share" and reading.metric in ("eps", "adjusted_eps"):
        # EPS 6.87 元；壽險貢獻 45%: parts are of what was earned, not of one share's.
        reading.metric = reading.metric.replace("eps", "net_income")
        reading.family = "money"


def _named_far(reading: Reading, place: Place) -> bool:
    """Whether the clause does not name the metric that was chosen."""
    for mark in place.before():
        if isinstance(mark.value, MetricMatch) and mark.value.metric.id == reading.metric:
            return False
    return True


# 行程數加速到 21%, "spending accelerated to 9%": the pace at which an amount grows.
_PACE = regex(
    r"[加放减提降ro](?:(?<=加)[速快]|(?<=放)[缓慢]|(?<=减)[速慢]|(?<=[提降])速|(?<=r)ated|(?<=o)wed)"
    r"(?:(?<![ad])(?:到|至|为|达)了?约? ?$|(?<=d) to $)"
)


def _tells_pace(place: Place) -> bool:
    if place.ascii and not place.lead.endswith("d to "):
        return False
    return _PACE.search(place.lead) is not None


# "RPO 78.8 億，+37%，其中 48% 將於 12 個月內認列", "of which 48%", "o/w a third": a part of it.
_OF_THEM = regex(
    r"其中(?:的|有|约|近|逾|超过|将近|大约|约有)*\s*$|\b(?:of which|o/w|of that|of those|of these)"
    r"(?: about| some| c\.?)?\s*$"
)


# 收入增长12%，占营业收入的比重由38%提升到42%: the base of a share is one.
_PART = regex(r"占比|比重|占|share of|% of|proportion")


# "Growth of 3.9%, of which volumes were 1.5% and prices 2.4%".
_VOLUME_AND_PRICE = frozenset(
    {"units", "price", "realized_price", "average_ticket", "transactions"}
)


def _of_them(reading: Reading, place: Place) -> bool:
    """Whether a part is told of what was just said."""
    lead = place.lead
    told = "of " in lead or "o/w" in lead
    if "其中" not in lead and (reading.metric in _VOLUME_AND_PRICE or not told):
        return False
    return bool(_OF_THEM.search(lead))


def _like_growth(reading: Reading, last: Reading) -> bool:
    """Whether a base is a growth as the one before it: "grew 40%, faster than the 39% before"."""
    return (
        last.measure == "growth"
        and last.metric == reading.metric
        and reading.family != "percent"
        and last.quantity.kind == "percent"
        and not _FRACTION.search(reading.quantity.text)
    )


def _ends_move_of_share(reading: Reading, place: Place, frame: Frame) -> bool:
    """Whether a share is where a move of points ended: 占比下降2.3个百分点至36.2%."""
    last = frame.last
    return (
        last is not None
        and last.mark is place.previous()
        and last.measure == "change"
        and last.unit == POINTS
        and last.metric == reading.metric
    )


_EVEN = regex(r"持平|不变|flat|unchanged")


def _stays(reading: Reading) -> bool:
    """Whether words say that a rate has not moved: 不良率与年初基本持平."""
    return reading.quantity.worded and _EVEN.search(fold(reading.quantity.text)) is not None


# 保持在六成上下, 在百分之十几
_STAYS_AT = regex(r"(?:保持|维持|稳定|停留|都|均|也|还)在(?:约|近)?$")


def _said_in_words(place: Place) -> bool:
    """Whether a rate in Chinese words goes on with a growth told before it."""
    text = place.quantity.text
    return text.startswith("百分之") or ("成" in text and bool(_STAYS_AT.search(place.lead)))


# 增速这么高，明年怎么办？有没有信心保持两成以上？
_KEEPS = regex(r"(?:保持|维持|守住|做到|回到)(?:在)?(?:约|近)?$")
_OF_GROWTH = regex(r"增速|增长率|增幅|成长率")


def _asked_of_growth(place: Place) -> bool:
    """Whether a rate is kept of which the sentence before said that it is one of growth."""
    if place.sentence.lead_in is None or not _KEEPS.search(place.lead):
        return False
    return _OF_GROWTH.search(place.sentence.folded, *place.sentence.lead_in) is not None


# 靠涨价对冲了七成多, 由客户承担八成: so large a part of what weighs.
_ABSORBED = regex(
    r"(?:对冲|抵消|抵销|消化|覆盖|承担|吸收|转嫁|分担|化解|弥补)(?:了|掉了?|其中)*(?:的)?(?:约|近|大约|大概|将近|超过?)*$"
)


# Of these no part is told in percent, only how far they move: "potential upside of 16%".
_OF_NAME = regex(r"\s*of (?:the )?[A-Z]")
_OF_PRICES = frozenset(
    {"share_price", "target_price", "price", "average_selling_price", "realized_price"}
)


def _is_of_price(reading: Reading, place: Place) -> bool:
    if reading.metric not in _OF_PRICES:
        return False
    if _OF_NAME.match(place.sentence.text, place.mark.end - place.sentence.start):
        return False  # "we realized 98% of WTI"
    said = fold(reading.quantity.text)
    return not _FRACTION.search(said) or "%" in said or "percent" in said


def is_moving(reading: Reading, lead: Lead) -> bool:
    """Whether words or a sign say which way an amount went."""
    return lead.direction != 0 or reading.quantity.signed


def _part_of_revenue(reading: Reading, *, told_here: bool = True) -> None:
    """Name what a cost or cash flow is of revenue: a ratio of its own where it has one.

    What the sentence before told of (``told_here`` is false) is no part, unless it is a cost.
    """
    reading.measure = "share"
    ratio = related(reading.metric, "of_revenue")
    if ratio is not None:
        reading.metric, reading.family, reading.measure = ratio.id, ratio.family, "level"
    elif reading.family not in ("money", "any") or not (told_here or _SPENT.search(reading.metric)):
        reading.metric, reading.family = "revenue", "money"


_SPENT = regex(r"cost|expense|selling|research|capex|tax|depreciation|compensation|incentive|fees")


# "A third more than a year ago", "half as much again".
_THAN = regex(
    r"\s*(?:(?:more|higher|greater|better|fewer|less|lower|bigger|smaller) than"
    r"|as (?:much|many) again)\b"
)


_RATIOS = ("费用率", "费率", "占比", "比重", "占比率")


def _grows(reading: Reading, lead: Lead, place: Place, frame: Frame) -> bool:
    """Whether a percentage of an amount is its growth: a direction, a basis or its row says so."""
    quantity = reading.quantity
    if not place.signed and place.lead.rstrip(" 约为达").endswith(_RATIOS):
        return False  # 费用同比大增55%，研发费用率11.9%: a ratio named right at the number
    parts = _FRACTION.search(quantity.text) and not _moves(place)
    if lead.direction and (not parts or _THAN.match(place.sentence.folded, place.mark.end)):
        return True
    if place.signed or quantity.worded or _MOVING_TEXT.search(quantity.text):
        return True
    if is_driver(place) or _RATE_NAMED.match(place.sentence.folded, place.mark.end):
        return True
    if lead.rate or frame.of_rates or (frame.rate is not None and (lead.to or lead.base)):
        return True
    if _asked_of_growth(place):
        return True
    if _has_basis(place) or _at_rates(place) or _named_as_growth(place):
        return True
    last = frame.last
    moved = last is not None and last.measure == "growth" and last.sentence == reading.sentence
    if moved and reading.metric in _VOLUME_AND_PRICE and not lead.share:
        return True
    if last is not None and last.metric == reading.metric and _restates_move(place, last):
        return True
    return (
        last is not None
        and ("%" in place.said or _said_in_words(place))
        and (last.measure == "growth" or (last.measure == "change" and last.unit == POINTS))
        and last.metric == reading.metric
        and (last.sentence == reading.sentence or _grows_on(place, last))
    )


def _grows_on(place: Place, last: Reading) -> bool:
    """Whether a rate goes on with one of the sentence before: "growth of 10%. At 5% now, …"."""
    near = 0 < place.sentence.start - last.sentence[0] <= _PARAGRAPH
    if near and _BOTH_AT.search(place.lead):
        return True
    return (
        near
        and place.quantity.text.isascii()
        and not _OF_WHAT.match(place.sentence.folded, place.mark.end)
    )


# 2026年，两者都在百分之十几: the rates that were told of before.
_BOTH_AT = regex(r"(?:都|均|也|同样)(?:会|将|预计|应该|大概)*(?:在|是|为|达到?)(?:约|近)?$")
_PARAGRAPH = 240
_OF_WHAT = regex(r"\s*(?:of|in)\b")
# "10% annual rate base growth", "8% EBITDA growth".
_RATE_NAMED = regex(r" (?:[\w&/-]+ ){1,4}(?:growth|cagr)\b")


def _named_as_growth(place: Place) -> bool:
    """Whether the metric's own words say that it grows: "sales growth in the range of 3% to 5%"."""
    for mark in place.before():
        if mark.kind == "metric":
            said = place.sentence.folded[mark.start : mark.end]
            return said.endswith(" growth") or said in _GROWTH_SHORT
    return False


# "OG 3.3%": organic growth in notes.
_GROWTH_SHORT = frozenset(("og", "org", "organic", "lfl", "like-for-like"))


def _restates_move(place: Place, last: Reading) -> bool:
    """Whether a percentage says again how far an amount has moved: "So that is 12%"."""
    if last.measure != "change" or last.quantity.kind == "points":
        return False
    if any(mark.kind in ("metric", "scope") for mark in place.before()):
        return False
    start = max(place.sentence.start, place.mark.start - 24)
    return _THAT_IS.search(place.sentence.folded, start, place.mark.start) is not None


# "That's about 12%", 也就是12%: what has just been told, in another measure.
_THAT_IS = regex(
    r"\b(?:that|which|it)(?:'s| is| was| works out to| equates to| amounts to)"
    r"(?: about| roughly| around| nearly| some)? $"
    r"|(?:相当于|也就是|就是|等于|折合|那是|这是)约?\s?$"
)
POINTS = "percentage_points"
# A range may hold its directions itself: 季持平至季增 6%.
_MOVING_TEXT = regex(r"[增減减升降跌漲涨]|持平|flat")
# Half, a third, 一半, 三分之一: parts, unless a direction stands right before them.
_FRACTION = regex(r"half|third|quarter|fifth|半|分之")


def _moves(place: Place) -> bool:
    """Whether the direction stands right at the number ("margin up 2%", not "improving: 42%")."""
    mark, _ = place.nearest_cue()
    return mark is not None and words_in(place.gap_before(mark)) <= 1


def _followed_by_whole(place: Place) -> bool:
    for mark in place.after():
        if mark.kind == "metric" and _OF_WHOLE.match(place.gap_after(mark)):
            return True
        if mark.kind in ("metric", "break"):
            return False
    return place.next == "o" and _OF_THE.match(place.sentence.folded, place.mark.end) is not None


_IN = regex(r"\s*in\b")


def _moved_in(place: Place, lead: Lead) -> bool:
    """Whether a move is told in one measure of several: "flat in dollars, down 4% in units"."""
    moved = lead.direction != 0 and _moves(place)
    return moved and _IN.match(place.sentence.folded, place.mark.end) is not None


_OF_THE = regex(r"\s*of (?:the|our|its|all|total|that|this|them|those)\b")


_SHARE_BEFORE = regex(r"占(?:总|公司|集团)?(?:营|收入|收益|销售)[^,，;；。]*$")
_SHARE_AFTER = regex(r"\s*of (?:our |total |net )*(?:rev|revenue|revenues|sales)\b")


def _share_of_revenue(place: Place) -> bool:
    folded, end = place.sentence.folded, place.mark.end
    if not place.ascii:
        near = max(place.sentence.start, place.mark.start - 12)
        before = folded[near : place.mark.start]
        if "占" in before and _SHARE_BEFORE.search(before):
            return True
    return place.next == "o" and _SHARE_AFTER.match(folded[end : end + 24]) is not None


def _has_basis(place: Place) -> bool:
    return any(mark.kind == "basis" for mark in place.before()) or any(
        mark.kind == "basis" for mark in place.after()
    )


# Growth is what is told "in constant currency".
_CONSTANT = regex(
    r"constant (?:currenc|exchange|rate)|\bcer\b|\bcc\b|local currenc|before (?:currenc|fx)"
    r"|(?:excluding|ex|ex-) ?(?:currenc|fx|foreign exchange)|currency[- ]neutral|organically"
    r"|固定汇率|恒定汇率|不变汇率"
)


def _at_rates(place: Place) -> bool:
    sentence = place.sentence
    first = max(sentence.start, place.mark.start - 14)
    last = min(sentence.end, place.mark.end + 24)
    if (ended := sentence.folded.find(";", place.mark.end, last)) >= 0:
        last = ended
    said = sentence.folded[first:last]
    if not any(word in said for word in _CONSTANTS):
        return False
    return _CONSTANT.search(sentence.folded, first, last) is not None


# One of these stands in any of the wordings above.
_CONSTANTS = ["constant", "cer", "cc", "currenc", "before", "ex", "organically", "汇率"]
