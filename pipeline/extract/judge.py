"""What is no fact although a number stands there."""

from pipeline.extract.frame import Frame, Reading
from pipeline.extract.metric.meaning import TIME_UNITS
from pipeline.extract.place import Place
from pipeline.patterns import regex

# Counted things that structure speech, not business.
_IDLE_COUNTS = regex(
    r"^(?:questions?|things?|ways?|points?|reasons?|examples?|parts?|items?|topics?|areas?"
    r"|factors?|"
    r"layers?|pieces?|steps?|sides?|slides?|pages?|times?|people|minutes?|words?|ones?|of|quick"
    r"|key|other|"
    r"different|main|major|more|separate|个问题|点|方面|个方面|大方面|个原因|个维度|个角度|个要点|种|条|页|个部分|"
    r"件事|个例子|步|次|层|位|个|大|类|名|人|块|部分|重|条线|档|桌|岁|级)"
)


# "Four contracts", 三家: so few are told in words, and tell a story rather than a figure.
_FEW = 5
_LARGE = 100_000
# So much of a good as is sold by weight or volume is an amount in itself.
_GOODS = frozenset({"oz", "lb", "t", "bbl", "boe", "kg", "gal", "m3", "cf"})
_MUCH = 1000
# From here on a bare count is an amount: behind other figures, and at the head of a paragraph.
_THOUSAND, _AMOUNT = 1000, 100_000
# "In as little as 11 minutes" tells how fast something is, "in five minutes" when.
_QUICK = frozenset({"s", "min", "h"})
_WHEN = regex(
    r"\b(?:in|over|within|for|after|past|last|next|every|through|during)"
    r" (?:the |about |just |past |last |next )*$"
)
# What is counted to point at it, not to tell how much of it there is.
_HANDFUL = 10
_THESE = regex(r"\b(?:these|those)(?: (?:first|last|other|same|top|new))? $|[这该][前后]?$")
_DIGIT = regex(r"\d")


# The one unit of an exchange rate: 1 美元兌 30.6 元.
_ONE_UNIT = regex(r"1\s?[^\d.,%]")
_EXCHANGED = regex(r"\s*[兑对=]")


# 資產三千萬元以上的客戶: the amount only says which.
_CLASS = regex(
    r"的?[^，。；,;0-9]{0,4}[客用家人住车订企]"
    r"(?:(?<=客)[户群]|(?<=用)户|(?<=家)庭|(?<=人)士|(?<=住)[户宅]|(?<=车)[型款]|(?<=订)单|(?<=企)业)"
)


# "Households making under $100,000 a year": the amount says which people are spoken of.
_PEOPLE_EARN = regex(
    r"\b(?:households?|families|consumers?|customers?|guests?|people|shoppers?|americans?"
    r"|borrowers?"
    r"|members|diners?|cohorts?|those|anyone|buyers)\b[a-z ,]{0,24}"
    r"\b(?:making|earning|with (?:an )?(?:annual |household )*incomes?|(?:that|who) (?:make|earn))"
    r"(?: (?:of|under|over|above|below|less than|more than|at least|up to|between|around|about))* $"
)
_EARNING = ["making ", "earning ", "make ", "earn "]
_EARN_REACH = 80


def _only_says_who(place: Place) -> bool:
    if not place.spaced:
        return False
    folded, end = place.sentence.folded, place.mark.start
    start = max(place.sentence.start, end - _EARN_REACH)
    before = folded[start:end]
    if not any(word in before for word in _EARNING) and (
        "income" not in before or "with " not in before
    ):
        return False
    return _PEOPLE_EARN.search(folded, start, end) is not None


# 204 筆 100 萬美元以上的合約, 超 10 億美元大單數量: so large each of those counted is.
_DEALS = regex(
    r"(?:以上)?的?(?:大单|大型订单|大额订单|合同|合约|协议|交易|订单)(?P<number>数量|数|笔数|个数)?"
)
# 採用 8 個以上模組的客戶: the number only says which.
_WHO = regex(r"[^，。；,;0-9]{0,8}的(?:客户|用户|企业|公司|家庭|会员|商家|员工)")
_AND_MORE = frozenset({"more_than", "at_least"})


def _says_which(place: Place) -> bool:
    """Whether an amount or a count only tells which contracts or customers are counted."""
    quantity, folded, end = place.quantity, place.sentence.folded, place.mark.end
    if place.ascii:
        return False
    if place.kind == "count":
        who = _WHO.match(folded, end) if quantity.counted else None
        return who is not None and (quantity.qualifier in _AND_MORE or "以上" in who[0])
    if place.kind != "money" or place.next not in "以的大合协交订":
        return False
    deals = _DEALS.match(folded, end)
    if deals is None or quantity.qualifier not in _AND_MORE:
        return False
    previous = place.previous()
    counted = previous is not None and getattr(previous.value, "kind", "") == "count"
    near = previous is not None and counted and len(place.gap_before(previous)) <= _EACH_REACH
    return near or deals["number"] is not None


_EACH_REACH = 6


def _refers_back(place: Place) -> bool:
    """Whether a few things are only pointed to: "these first two layers", 这两个平台."""
    if place.size > _HANDFUL:
        return False
    start = max(place.sentence.start, place.mark.start - 16)
    return _THESE.search(place.sentence.folded, start, place.mark.start) is not None


def _in_row_of_places(place: Place, frame: Frame) -> bool:
    """Whether a few are counted in a row of places: 新加坡有六十八家店，美国五家."""
    last, counted = frame.last, place.quantity.counted
    if last is None or last.mark is None or last.mark is not place.previous() or not counted:
        return False
    named = any(mark.kind == "scope" for mark in place.before(breaks=1))
    return named and (last.quantity.counted or "")[:1] == counted[:1]


# 三年里省下20亿美元: when something is to be done.
_WITHIN = regex(r"时?间?之?[里内]|以内|时间[里内]")


def _only_when(place: Place) -> bool:
    """Whether a Chinese duration only says when, where its clause measures nothing in time."""
    if _WITHIN.match(place.sentence.folded, place.mark.end) is None:
        return False
    return not any(mark.kind in ("metric", "cue") for mark in place.before())


def is_fact(reading: Reading, place: Place, frame: Frame) -> bool:
    """Whether a reading says something measurable.

    Counts of topics, bare durations and numbers that nothing names do not.
    """
    quantity = reading.quantity
    if (
        place.next in "兑对="
        and _ONE_UNIT.match(quantity.text)
        and (_EXCHANGED.match(place.sentence.folded, place.mark.end))
    ):
        return False
    if (
        place.kind == "money"
        and not place.ascii
        and _CLASS.match(place.sentence.folded, place.mark.end)
    ):
        return quantity.qualifier not in ("at_least", "at_most", "more_than", "less_than")
    if place.kind == "money" and _only_says_who(place):
        return False
    if _says_which(place):
        return False
    unnamed = "metric not named" in reading.doubts
    if place.kind == "number":
        return not unnamed or reading.family == "money"
    if place.kind == "measure" and unnamed:
        # A length of time only says when; so much time as no one has is an amount: 210m hours.
        bounded = place.unit in _QUICK and quantity.qualifier in ("at_least", "at_most")
        least = _MUCH if place.unit in _GOODS else _LARGE
        return bounded or place.size >= least
    loose = reading.family == "any" or (
        reading.metric == "lead_time" and "lead" not in place.sentence.folded
    )
    if place.kind == "measure" and place.unit in TIME_UNITS and loose:
        lead = place.sentence.folded[max(0, place.mark.start - 24) : place.mark.start]
        if _WHEN.search(lead):
            return False
    if place.kind == "measure" and place.unit in TIME_UNITS and _only_when(place):
        return False
    if place.kind in ("count", "number") and _refers_back(place):
        return False
    if place.kind == "count":
        amount = quantity.value if quantity.value is not None else quantity.low
        few = amount is not None and abs(amount) <= _FEW and not _DIGIT.search(quantity.text)
        if few and not _in_row_of_places(place, frame):
            return False
        if unnamed and not quantity.counted and reading.family != "money":
            least = _THOUSAND if frame.last is not None else _AMOUNT
            return amount is not None and abs(amount) >= least
        if unnamed and quantity.counted and _IDLE_COUNTS.match(quantity.counted.strip().lower()):
            return amount is not None and abs(amount) >= 100
        if unnamed and amount is not None and abs(amount) <= 5:
            return False
    return True
