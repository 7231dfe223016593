"""Metrics that a sentence names without telling of them: the whole of a share, a place."""

from pipeline.extract.cues import Cue
from pipeline.extract.frame import Frame
from pipeline.extract.metric.meaning import unnamed
from pipeline.extract.metric.meant import just_before
from pipeline.extract.place import Place
from pipeline.extract.reading import Mark, Sentence
from pipeline.lexicon.metrics import MetricMatch
from pipeline.patterns import regex
from schemas import Quantity

_OF_WHOLE = regex(r"^\s*of\s+(?:the |our |its |total |net |average |new |all )*$")
# "The midpoint of our capex guidance": no part, but a point of a range.
_END_OF = regex(r"\b(?:midpoint|mid-point|middle|end|top|bottom|upper half|lower half|range) $")
_END = 16
_PERCENT_OF = regex(r"(?:percentage|percent|%) of (?:our |total |net )*$")
_NAMES_WHOLE = regex(r"(?:revenues?|sales|total)$")
_ASIDE = regex(r" [-–—] (?:that's|that is|which is|meaning|namely|i\.e\.) [^-–—]{3,80} [-–—] ")
# "Across our 60 largest metro areas, …", 在美国的120家门店，…: where, and not what.
_PLACES = frozenset({"cities_covered", "countries", "facilities", "stores"})
_WHERE = regex(r"(?:\b(?:across|in|within|throughout|among|at) |在)[^,，;；。]{0,48}$")


def is_where(sentence: Sentence, at: int) -> bool:
    """Whether a count of places only says where something else was so."""
    mark = sentence.marks[at]
    if not isinstance(mark.value, MetricMatch) or mark.value.metric.id not in _PLACES:
        return False
    if not sentence.folded.startswith((",", "，"), mark.end):
        return False
    start = max(sentence.start, mark.start - 64)
    return _WHERE.search(sentence.folded, start, mark.start) is not None


# "Book value per share, before dividends and buybacks, grew 6%", "costs excluding fuel were up 2%".
_EXCEPT = regex(
    r"\b(?:before|excluding|excludes|excl\.?|ex|net of|exclusive of|not including|without|absent"
    r"|aside from|apart from|other than|adjusting for|adjusted for|not counting|prior to)"
    r" (?:the |any |all |our |an? )?(?:impact |effects? |benefit )?(?:of |from )?"
    r"(?:[\w&'/-]+ ){0,3}$"
)
# What is in each of them.
_EXCEPTING = [
    "before", "excl", "ex ", "net of", "without", "absent", "side from", "part from",
    "other than", "adjust", "prior to", "not includ", "not count",
]  # fmt: skip
_EXCEPT_REACH = 60
# Where the clause goes on: a comma, or the verb of what stood before.
_GOES_ON = regex(
    r"[^,;.$0-9]{0,40}?(?:,|\b(?:was|were|is|are|rose|fell|grew|increased|decreased|declined"
    r"|came|totaled|stood|averaged"
    r"|improved|expanded|contracted|up|down)\b)"
)


def is_excepted(sentence: Sentence, at: int) -> bool:
    """Whether a metric is only named as left out of the one that a clause tells of."""
    mark = sentence.marks[at]
    if not sentence.ascii and _is_left_out(sentence, mark):
        return True
    if sentence.folded[mark.start - 1 : mark.start] != " ":
        return False
    start = max(sentence.start, mark.start - _EXCEPT_REACH)
    before = sentence.folded[start : mark.start]
    if not any(word in before for word in _EXCEPTING):
        return False
    found = _EXCEPT.search(sentence.folded, start, mark.start)
    if found is None or _GOES_ON.match(sentence.folded, mark.end) is None:
        return False
    return not any(
        m.kind == "quantity" and found.start() <= m.start < mark.start for m in sentence.around(at)
    )


# 剔除汇率后少了1%, 剔除资产减值影响，: the same in Chinese.
_EXCEPT_CHINESE = regex(
    r"(?:剔除|扣除|撇除|撇开|不计|不含|未计|排除|去掉|刨除|刨去|扣掉|除去|抛开|不考虑)[^，。；;,0-9]{0,6}$"
)
_LEFT_OUT = regex(
    r"(?:的?(?:影响|因素|变动|变化|波动|扰动|贡献|收益|损失|支出))*"
    r"(?:后|之后|外|之外|以外|不[谈计算说看]|[,，)）])"
)
_BEGIN_LEFT_OUT = frozenset("的影因变波扰贡收损支后之外以不,，)）")


def _is_left_out(sentence: Sentence, mark: Mark) -> bool:
    folded = sentence.folded
    if folded[mark.end : mark.end + 1] not in _BEGIN_LEFT_OUT:
        return False
    if _LEFT_OUT.match(folded, mark.end) is None:
        return False
    start = max(sentence.start, mark.start - 12)
    return _EXCEPT_CHINESE.search(folded, start, mark.start) is not None


# 受海运费下跌拖累，收入减少5%; 受关税扰动下降8%: what moved something else.
_CAUSED_BY = regex(r"(?:受|因|因为|由于|受益于|得益于|受制于|源于)[^，。；;、,0-9]{0,10}$")
_HAD_EFFECT = regex(
    r"[^，。；;,0-9]{0,8}?(?:影响|拖累|扰动|带动|驱动|冲击|压制|推动|支撑|拉动|提振|压力)"
)


def is_cause(sentence: Sentence, mark: Mark) -> bool:
    """Whether a Chinese clause names a metric only as what moved another one."""
    folded = sentence.folded
    if sentence.ascii:
        return False
    start = max(sentence.start, mark.start - 16)
    before = folded[start : mark.start]
    if "受" not in before and "因" not in before and "于" not in before:
        return False
    if _CAUSED_BY.search(folded, start, mark.start) is None:
        return False
    return _HAD_EFFECT.match(folded, mark.end) is not None


def dashed_aside(sentence: Sentence) -> tuple[int, int] | None:
    """Where a sentence explains between two dashes what it speaks of, without a figure there.

    "Non-merchandise sales - that's membership and the marketplace - rose 14%."
    """
    said = sentence.folded[sentence.start : sentence.end]
    if " " not in said or (" - " not in said and " – " not in said and " — " not in said):
        return None
    found = _ASIDE.search(sentence.folded, sentence.start, sentence.end)
    if found is None:
        return None
    start, end = found.span()
    if any(m.kind == "quantity" and start <= m.start < end for m in sentence.marks):
        return None
    return start, end


def names_whole(sentence: Sentence, mark: Mark) -> bool:
    """Whether a cue says what its share is of: "of revenue"."""
    if not isinstance(mark.value, Cue) or "share" not in mark.value.kinds:
        return False
    return _NAMES_WHOLE.search(sentence.folded[mark.start : mark.end]) is not None


def _is_of_part(sentence: Sentence, at: int) -> bool:
    """Whether a percentage right before says that it is of this: "44 basis points of our loans".

    Of revenue it is a share all the same, and no other metric is looked for.
    """
    match = sentence.marks[at].value
    if isinstance(match, MetricMatch) and match.metric.id == "revenue":
        return False
    for k in range(at - 1, max(-1, at - 4), -1):
        mark = sentence.marks[k]
        if mark.kind == "quantity" and isinstance(mark.value, Quantity):
            gap = sentence.folded[mark.end : sentence.marks[at].start]
            return mark.value.kind in ("percent", "points") and _OF_WHOLE.match(gap) is not None
        if mark.kind != "cue":
            return False
    return False


def is_whole(sentence: Sentence, at: int) -> bool:
    """Whether a metric is only the whole that a share is of: 占营收 30.9%, 44% of revenue."""
    mark = sentence.marks[at]
    later = sentence.marks[at + 1] if at + 1 < len(sentence.marks) else None
    figured = later is not None and later.kind == "quantity"
    if figured and later is not None and isinstance(later.value, Quantity):
        # 貸款總額的 40 個基點, 流水的七成: what stands before 的 is the whole.
        parts = later.value.kind in ("percent", "points") and not later.value.signed
        if parts and sentence.folded[mark.end : later.start].strip() == "的":
            return True
    if _is_of_part(sentence, at):
        return True
    earlier = sentence.marks[at - 1] if at else None
    if earlier is None:
        return False
    gap = sentence.folded[earlier.end : mark.start]
    if isinstance(earlier.value, Cue) and "share" in earlier.value.kinds:
        # "a fifth of revenue arpu there is $4": a cue that names its whole has none behind it.
        if _END_OF.search(sentence.folded, max(0, earlier.start - _END), earlier.start):
            return False
        return len(gap.strip()) <= 2 and not names_whole(sentence, earlier)
    return " of " in gap and _PERCENT_OF.search(gap) is not None


# "Digital was a third of food and beverage revenue", "5% of all orders": what a part is of.
_PART_OF = regex(
    r"\s*(?:\([^()]{0,20}\) )?of (?:(?:the|our|its|their|total|net|all|overall|system-wide"
    r"|systemwide"
    r"|company|group|annual|quarterly|global|worldwide|us|u\.s\.|new|food|beverage|retail|product"
    r"|service|services|commercial|and|&|restaurant|store|consolidated|segment|operating) )*"
    r"(?P<whole>revenues?|sales|turnover|business|mix|portfolio|tonnage|tons|orders|transactions"
    r"|volumes?|admissions|bookings|backlog"
    r"|premiums|deposits|loans|production|shipments|subscribers|members|units|rents?|profits?"
    r"|operating (?:income|profit)|ebitda|gmv|traffic|rides|trips|capex|spending)\b"
    r"(?! (?:growth|force|team|tax|price|mix|per|travel|travelers|customers|days|class|value"
    r"|companies|loans|of))"
)
_WHOLES = {
    "revenue": "revenue", "revenues": "revenue", "sales": "revenue", "turnover": "revenue",
    "volume": "units", "volumes": "units", "shipments": "units", "members": "subscribers",
    "business": "revenue", "mix": "revenue", "portfolio": "revenue", "tonnage": "units",
    "tons": "units", "rent": "rent", "rents": "rent", "profit": "operating_income",
    "profits": "operating_income",
    "operating profit": "operating_income", "operating income": "operating_income",
    "rides": "trips", "spending": "capex",
}  # fmt: skip


def whole_of_share(place: Place) -> MetricMatch | None:
    """The metric that a percentage is told as a part of, right behind it."""
    if place.kind != "percent" or place.next not in "(o":
        return None
    found = _PART_OF.match(place.sentence.folded, place.mark.end)
    return unnamed(_WHOLES.get(found["whole"], found["whole"])) if found else None


def part_of_named(place: Place) -> MetricMatch | None:
    """The metric that a Chinese share is a part of, its clause naming no other: 占核心净利六成.

    A part of revenue is told by its business, an expense is held against revenue.
    """
    if place.kind != "percent" or place.ascii:
        return None
    marks = place.before()
    if len(marks) < _PAIR or not isinstance(marks[0].value, MetricMatch):
        return None
    whole, cue = marks[0].value, marks[1].value
    shares = isinstance(cue, Cue) and "share" in cue.kinds
    if not shares or whole.metric.id not in _PARTED:
        return None
    if any(mark.kind == "metric" for mark in marks[1:]):
        return None
    between = place.sentence.folded[marks[1].end : marks[0].start]
    return None if between.strip() else unnamed(whole.metric.id)


_PAIR = 2
_OF_SHOPS = regex(
    r"(?:[直加联自]营店|加盟店|直营店|新店|老店|门店|店铺)(?:数量?)?(?:占比?|占到|占了)(?:约|近|超过?|逾)?$"
)
_PARTED = frozenset(
    {"net_income", "adjusted_net_income", "operating_income", "adjusted_operating_income", "units",
     "profit_before_tax", "gross_profit", "orders", "bookings", "backlog", "loans", "deposits",
     "premiums", "capex", "inventory", "gmv", "contracted_sales", "customers", "users", "headcount"}
)  # fmt: skip


def part_of_shops(place: Place) -> MetricMatch | None:
    """The shops, of which some are so large a part: 加盟店占 99%."""
    of_shops = place.kind == "percent" and "店" in place.lead and _OF_SHOPS.search(place.lead)
    return unnamed("stores") if of_shops else None


def end_of_whole(sentence: Sentence, mark: Mark) -> int:
    """Where a percentage ends with what it is told as a part of."""
    if not isinstance(mark.value, Quantity) or mark.value.kind != "percent":
        return mark.end
    found = _PART_OF.match(sentence.folded, mark.end)
    return found.end() if found else mark.end


def is_in_whole(sentence: Sentence, at: int) -> bool:
    """Whether a business is only named in what a part is of: "of food and beverage revenue"."""
    mark = sentence.marks[at]
    for k in range(at - 1, max(-1, at - 6), -1):
        if sentence.marks[k].kind == "quantity":
            found = _PART_OF.match(sentence.folded, sentence.marks[k].end)
            return found is not None and mark.end <= found.end()
    return False


def named_by_whole(place: Place, frame: Frame) -> MetricMatch | None:
    """What a part is of, where only a business is named with it: "digital was 3% of sales"."""
    if place.kind != "percent" or place.next not in "(o":
        return None
    if any(mark.kind in ("metric", "quantity") for mark in place.before()):
        return None
    last = frame.last
    if last is not None and last.mark is place.previous() and last.quantity.kind == "money":
        return None  # "Capex was $5 billion, that's 12% of sales"
    if not (
        any(mark.kind == "scope" for mark in place.before())
        or _THAT_IS.search(just_before(place, 32))
    ):
        return None
    return whole_of_share(place)


_THAT_IS = regex(
    r"(?:\b(?:that|they|those|these|which|it|who|this)(?:'s|'re| is| are| was| were| make up"
    r"| made up"
    r"| account for| accounted for| accounts for| represent| represents| represented| makes up))"
    r"(?: (?:now|still|about|around|roughly|nearly|almost|over|just|only|already|some))* $"
)
