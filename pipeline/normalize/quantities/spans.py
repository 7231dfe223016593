"""Two amounts that make one quantity: ranges with a shared unit, and a value with its margin."""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from pipeline.normalize.quantities.amount import read_amount
from pipeline.normalize.quantities.lexicon import alternation, lexicon, shortest
from pipeline.normalize.quantities.number import Amount, Passage, ahead
from pipeline.normalize.quantities.numerals import Numeral
from pipeline.normalize.quantities.triggers import word_beginnings
from pipeline.normalize.quantities.worded import read_coin, read_worded
from pipeline.patterns import compiled_regex, regex

_RISES = (
    r"(?:increas|decreas|rose|up|down|grew|fell|declin|improv|drop|gain|gr[eo]w|expand|by|lost|slid"
    r"|add|jump|climb|tumbl|plung|surg|edg|slip|sank|soar)[a-z]*"
)
_NEARLY = r"(?: (?:about|approximately|over|nearly|roughly|more than|almost|around))?"
_RISING = regex(
    rf"{_RISES}(?: by)?{_NEARLY}\s*$"
    r"|(?:[增减升降涨跌扩缩]|增加|减少|增长|下降|上升|提升|上调|下调)了?\s*$"
)
# "Sales rose 33% or $7.2 million to $40 million".
_RISING_OR = regex(rf"{_RISES}(?: by)?{_NEARLY} [0-9.]{{1,6}} ?(?:%|percent),? or{_NEARLY}\s*$")
_RISING_REACH = 64
_TO_WORD = regex(r"to|through|至|到")
_FROM = regex(r"(?:from|由|从|自)(?: (?:about|approximately|roughly|around))?\s*$")
_FROM_ALONE = regex(
    r",? ?(?:which (?:is|was) )?(?:raised |increased |lowered |narrowed |revised |reduced |cut )?"
    r"(?:up |down )?from (?:about |approximately |roughly |around )?$"
)
_RANGE_FROM = regex(r"(?:rang|anywhere|somewhere)[a-z]* from\s*$")
_MOST_RATIO = Decimal(8)
_CLOSE_RATIO = Decimal("1.6")
_COUNTS_RATIO = Decimal(3)
# "five or six percent", and in speech "five, six percent"
_OR = regex(r",? or |, ")
_OR_BEGINS = (", ", " or ")
# "$1.05, or $1.20 excluding special items" are two amounts.
_SAID_AGAIN = ", or "
# "half a percent to a percent"
_ONE_UNIT = regex(r"an? (percent|point|percentage point)(?![a-z])")
_COINS = ("a dollar ", "a buck ", "a euro ")
_RATES = ("percent", "points")
_SPOKEN_RATIO = Decimal("1.5")
_ROW_BEFORE = regex(r"[0-9%], $")
_ROW_AFTER = regex(r",? and [$0-9]|, [$0-9]| respectively")
_SPOKEN_HUNDREDS = 10
# A word that leads to no number, where it is none itself.
_NO_NUMBER = regex(r"(?!oh?(?![a-z])|rmb|usd|eur|c\.|[a-z]{2,3}\$)[a-z]")
_STARTS = regex(r"(?:[$€£¥(+~≈<>-]|[a-z]{2,3}\$|rmb|usd|eur|c\.|hk\$|约|近| )*")


@dataclass(slots=True)
class Span:
    """A quantity before its kind is settled: the amounts that it is made of and its ends."""

    first: Amount
    value: Decimal | None
    low: Decimal | None
    high: Decimal | None
    start: int
    end: int
    unit_from: Amount


@cache
def _to() -> re.Pattern[str]:
    words = alternation(lexicon().roles["to"])
    ways = alternation((*lexicon().roles["up"], *lexicon().roles["down"]))
    return compiled_regex(rf"[ -]?({words}) ?(?:(?:slightly |a )?({ways}) ?)?")


@cache
def _and() -> re.Pattern[str]:
    ways = alternation((*lexicon().roles["up"], *lexicon().roles["down"]))
    return compiled_regex(rf" ?(?:and(?: to)?|与|和|及|到|至|to) ?(?:({ways}) ?)?")


@cache
def _opening_words() -> tuple[str, ...]:
    return shortest(lexicon().roles["between"] | lexicon().roles["within"])


@cache
def _opening() -> re.Pattern[str]:
    def longest(role: str) -> str:
        words = sorted(sorted(lexicon().roles[role]), key=len, reverse=True)
        return "|".join(map(re.escape, words))

    return compiled_regex(
        rf"(?<![a-z])(?:(?P<part>{longest('between')})|{longest('within')})"
        r"\s*(?:about |approximately |约)?$"
    )


# 125亿美元，上下3亿美元
_OPENS_MARGIN = frozenset(",，(（")
_PARTS = frozenset(", ")
_BEFORE_TO = frozenset(" -")
_BEGINS_AND = frozenset("a与和及到至t")


@cache
def _margin() -> re.Pattern[str]:
    return compiled_regex(rf"[,，(（]? ?({alternation(lexicon().roles['plusminus'])}) ?(?:a )?")


@cache
def _way_before() -> re.Pattern[str]:
    ways = sorted((*lexicon().roles["up"], *lexicon().roles["down"]), key=len, reverse=True)
    return compiled_regex(rf"({'|'.join(map(re.escape, ways))})\s*(?:约|about|by)?\s*$")


def single(amount: Amount) -> Span:
    """Give the span of one amount."""
    value = amount.base(amount.number)
    low, high = amount.base(amount.low), amount.base(amount.high)
    if amount.sign < 0 and high is not None:
        low, high = high, low
    return Span(amount, value, low, high, amount.start, amount.end, amount)


def read_span(passage: Passage, amount: Amount) -> Span:
    """Join what follows the amount to it where the two are one quantity."""
    folded = passage.folded
    following = folded[amount.end : amount.end + 1]
    if not following or following in "。；.;、":
        return single(amount)
    behind = amount.end + (following in _OPENS_MARGIN)
    may_vary = ahead(folded, behind) in passage.known.initials.margins
    if following == "，" and not may_vary:
        return single(amount)
    if may_vary and (margin := _margin().match(folded, amount.end)):
        return _with_margin(passage, amount, margin)
    two = following in _PARTS and folded.startswith(_OR_BEGINS, amount.end)
    if two and (either := _either(passage, amount)):
        return either
    if (
        amount.form in ("small", "plain")
        and following == " "
        and (either := _neighbours(passage, amount))
    ):
        return either
    if following == "," or not _may_go_on(passage, amount.end, following):
        return single(amount)
    opened = _opened(passage, amount)
    link = (_and() if opened is not None else _to()).match(folded, amount.end)
    if link is None and opened is not None:
        link = _to().match(folded, amount.end)
    if link is None or _is_sign(folded, link):
        return single(amount)
    second = _second(passage, link.end())
    if second is None:
        return single(amount)
    if amount.form == second.form == "pair" and amount.unit is None and amount.number:
        in_points = second.unit is not None and second.unit.kind == "points"
        if in_points and (second.number or 0) >= _HUNDREDS:
            amount.number *= 100  # "two fifty to three fifty basis points"
    way = link.group(2 if link.re is _to() else 1)
    if way and (turned := _turned(passage, amount, second, way)):
        return turned
    if _is_flat(second) and (ended := _to_flat(passage, amount, second)):
        return ended
    if opened is None and way is None and not _one_range(passage, amount, second, link.group()):
        if amount.unit is None and _from_before(passage, amount):
            _share(amount, second)  # "from 12 to 13%": two amounts of one unit
        return single(amount)
    if way is not None and way not in ("plus", "minus", "negative", "positive", "+"):
        return single(amount)
    one = second.number == 1 and not second.decimal and second.scale is None
    if one and amount.unit is None and second.unit is None and amount.number:
        return _to_one(amount, second)
    if way in ("minus", "negative") and not second.signed:
        second.sign, second.signed = -1, True
    joined = _join(amount, second)
    if joined is None:
        return single(amount)
    if opened is not None:
        joined.start = opened
    return joined


def _may_go_on(passage: Passage, end: int, following: str) -> bool:
    """Whether a "to" or an "and" may stand at ``end``."""
    begins = passage.folded[end + 1 : end + 2] if following in _BEFORE_TO else following
    words = passage.known.initials.to
    return begins in words or following in words or begins in _BEGINS_AND


def _is_sign(folded: str, link: re.Match[str]) -> bool:
    """Whether a dash stands like a sign, " -3%", not like a "to", "2-3%" and "2 - 3%"."""
    wording = link.group()
    return wording.startswith(" ") and wording[-1] in "-–" and folded[link.end() - 2] == " "


def _opened(passage: Passage, amount: Amount) -> int | None:
    """Where "between" or 介于 stands before the amount."""
    folded = passage.folded
    if amount.start <= passage.limit:
        return None
    lowest = max(passage.limit, amount.start - 24)
    lead = folded[lowest : amount.start]
    if not any(word in lead for word in _opening_words()):
        return None
    match = _opening().search(lead)
    if match is None:
        return None
    return lowest + match.start() if match["part"] else amount.start


def _second(passage: Passage, position: int) -> Amount | None:
    folded = passage.folded
    limit = passage.limit
    match = _STARTS.match(folded, position)
    start = match.end() if match else position
    if start >= len(folded) or start - position > 10:
        return None
    passage.limit = position
    try:
        char = folded[start]
        if char == "a" and folded.startswith(_COINS, start):
            return read_coin(passage, start + len("a "))[0]
        if char == "a" and (one := _ONE_UNIT.match(folded, start)):
            amount = Amount(start, Numeral(Decimal(1), None, None, one.end(), "plain"))
            amount.unit = lexicon().units[one.group(1)]
            return amount
        if not ("0" <= char <= "9") and "a" <= char <= "z":
            worded, end = read_worded(passage, start)
            if end > start:
                return worded
        return read_amount(passage, start)
    finally:
        passage.limit = limit


def _turned(passage: Passage, first: Amount, second: Amount, way: str) -> Span | None:
    """Read ends in two directions: 年减 3%～年增 9%, flat to up 6%, down 2% to up 3%."""
    folded = passage.folded
    if second.number is None or second.unit is None:
        return None
    down = lexicon().roles["down"]
    sign = -1 if way in down else 1
    if _is_flat(first):
        ends = sorted((Decimal(0), sign * (second.base(second.number) or Decimal(0))))
        return Span(second, None, ends[0], ends[1], first.start, second.end, second)
    lead = _way_before().search(folded[max(passage.limit, first.start - 12) : first.start])
    if lead is None or first.number is None or first.unit not in (None, second.unit):
        return None
    first_sign = -1 if lead.group(1) in down else 1
    if first_sign == sign:
        return _join(first, second)
    first.unit = second.unit
    low, high = first.base(first.number), second.base(second.number)
    if low is None or high is None:
        return None
    ends = sorted((first_sign * low, sign * high))
    second.signed = True
    start = first.start - (lead.end() - lead.start())
    return Span(second, None, ends[0], ends[1], start, second.end, second)


def _is_flat(amount: Amount) -> bool:
    return amount.form == "band" and amount.low == -1 and amount.high == 1


def _to_flat(passage: Passage, first: Amount, second: Amount) -> Span | None:
    """Read "down 2% to flat" and "down mid-single digits to flat"."""
    lead = _way_before().search(passage.folded[max(passage.limit, first.start - 12) : first.start])
    far = first.base(first.number if first.number is not None else first.high)
    if lead is None or far is None or first.unit is None or first.unit.name != "percent":
        return None
    far = -abs(far) if lead.group(1) in lexicon().roles["down"] else abs(far)
    ends = sorted((far, Decimal(0)))
    first.signed = True
    start = first.start - (lead.end() - lead.start())
    return Span(first, None, ends[0], ends[1], start, second.end, first)


def _from_before(passage: Passage, first: Amount) -> bool:
    lead = passage.folded[max(passage.limit, first.start - 28) : first.start]
    return _FROM.search(lead) is not None and not _RANGE_FROM.search(lead)


def _either(passage: Passage, first: Amount) -> Span | None:
    """Read one or the other of two near numbers as a range: "five or six percent"."""
    if first.number is None or first.scale is not None or first.signed:
        return None
    if first.unit is not None and not (first.prefixed and first.unit.kind == "money"):
        return None
    link = _OR.match(passage.folded, first.end)
    if link is None or (first.unit is not None and link.group() == _SAID_AGAIN):
        return None
    second = _second(passage, link.end())
    if second is None or second.number is None or second.unit is None or second.signed:
        return None
    if second.form in ("year", "band") or (second.prefixed and first.unit is None):
        return None
    if first.unit is not None and not (second.prefixed and second.unit == first.unit):
        return None
    most = 2 * first.number
    if link.group() == ", ":
        told_apart = second.prefixed and second.scale is None  # "cons $0.54, $0.72 a year ago"
        if told_apart or _in_row(passage, first, second):
            return None
        most = max(first.number + 1, first.number * _SPOKEN_RATIO)
    return _join(first, second) if first.number < second.number <= most else None


def _neighbours(passage: Passage, first: Amount) -> Span | None:
    """Read two numbers in a row as speech without commas has them: "two three percent"."""
    if first.unit is not None or first.number is None or passage.language != "en":
        return None
    behind = passage.folded[first.end + 1 : first.end + 4]
    if behind not in word_beginnings() and _NO_NUMBER.match(passage.folded, first.end + 1):
        return None
    second = _second(passage, first.end + 1)
    if second is None or second.form not in ("small", "plain") or second.start != first.end + 1:
        return None
    if second.unit is None or second.unit.kind not in _RATES or second.number is None:
        return None
    step = second.number - first.number
    if first.scale is not None or second.scale is not None:
        return None
    rounded = not first.number % _FIVE and step in (_FIVE, 2 * _FIVE) and first.number >= 2 * _FIVE
    both_small = first.form == second.form == "small" and step == 1
    return _join(first, second) if both_small or rounded else None


_FIVE = 5


def _in_row(passage: Passage, first: Amount, second: Amount) -> bool:
    """Whether two numbers with a comma are of a longer row: "7, 8 and 9%"."""
    lead = passage.folded[max(0, first.start - 3) : first.start]
    return _ROW_BEFORE.search(lead) is not None or (
        _ROW_AFTER.match(passage.folded, second.end) is not None
    )


def _one_range(passage: Passage, first: Amount, second: Amount, link: str) -> bool:
    """Whether "A to B" is a range, not "up A to B" or "from A to B"."""
    lead = passage.folded[max(passage.limit, first.start - 28) : first.start]
    if _from_before(passage, first) and _TO_WORD.search(link):
        # "a range of 3 to 4 billion, from 2 to 3 billion": what a range replaces is one.
        return passage.ranged and _FROM_ALONE.match(lead) is not None
    if first.signed and not second.signed and second.scale is not None and first.scale is None:
        # "Wholesale +7 to 6.8bn" is a growth rate, then a level.
        return False
    if first.form == "band" or second.form == "band":
        return first.form == second.form
    if first.number is None or second.number is None:
        return False
    if not _TO_WORD.search(link):
        return True
    ratio = _ratio(first, second)
    if first.unit is None or second.unit is None:
        # "Subscribers grew by 3.8 million to 132 million" is a change, then a level.
        return not _rises(passage, first, lead) or ratio is None or 1 < ratio <= _COUNTS_RATIO
    if ratio is None or first.sign != second.sign:
        return True
    if first.unit.kind == "money" and _rises(passage, first, lead):
        return 1 < ratio <= _CLOSE_RATIO
    return 1 / _MOST_RATIO <= ratio <= _MOST_RATIO


def _rises(passage: Passage, first: Amount, lead: str) -> bool:
    """Whether the words before an amount say that it is how far something moved."""
    if _RISING.search(lead):
        return True
    start = max(0, first.start - _RISING_REACH)
    return lead.strip(", ").startswith("or") and bool(
        _RISING_OR.search(passage.folded, start, first.start)
    )


def _ratio(first: Amount, second: Amount) -> Decimal | None:
    """Give the second end over the first, as if they shared a scale that only one has."""
    if not first.number or not second.number:
        return None
    scale = first.scale or second.scale or Decimal(1)
    return second.number * (second.scale or Decimal(1)) / (first.number * scale)


def _join(first: Amount, second: Amount) -> Span | None:
    """Share unit and scale between the ends; None where they do not agree."""
    if not _share(first, second):
        return None
    if first.form == "band" and second.form == "band":
        least, most = first.base(first.low), second.base(second.high)
        if least is None or most is None:
            return None
        least, most = sorted((least, most))
        return Span(first, None, least, most, first.start, second.end, second)
    low = first.base(first.number if first.number is not None else first.low)
    high = second.base(second.number if second.number is not None else second.high)
    if low is None or high is None:
        return None
    per = second.per or first.per
    first.per = second.per = per
    if low > high:
        low, high = high, low
    return Span(first, None, low, high, first.start, second.end, second)


def _to_one(first: Amount, second: Amount) -> Span:
    """Read a ratio: 2.4 to 1."""
    first.unit = lexicon().units["x"]
    value = first.base(first.number)
    return Span(first, value, None, None, first.start, second.end, first)


def _share(first: Amount, second: Amount) -> bool:
    if first.unit is None and second.unit is not None:
        falls = first.number and second.number and first.number >= second.number
        if second.prefixed and falls:
            return False
        if first.scale is not None and second.scale is None and second.unit.kind != "money":
            return False
        first.unit = second.unit
    elif second.unit is None and first.unit is not None:
        if not first.prefixed:
            return False
        second.unit = first.unit
    elif first.unit is not second.unit and (
        first.unit is None or second.unit is None or first.unit.name != second.unit.name
    ):
        return False
    if first.number is not None and second.number is not None:
        unscaled = second.word_scale is None and second.scale is None
        if second.form == "pair" and unscaled and first.number >= _HUNDREDS > second.number:
            second.number *= 100  # "two hundred to two fifty"
    if first.scale is None and second.scale is not None:
        if second.scale == 10 and first.spelling:
            return True
        smaller = (
            first.number is None or second.number is None or first.number < second.number * 1000
        )
        if smaller:
            first.scale = second.scale
    elif second.scale is None and first.scale is not None and second.unit is not None:
        return False
    elif first.form == "pair" and first.number is not None and second.word_scale is not None:
        # "two fifteen to two twenty five million"
        first.number, first.scale = first.number * 100, second.word_scale
    elif first.number is not None and first.scale is None and first.word_scale is None:
        # "three to three and a half billion": said once, the scale is of both ends.
        first.scale = _said_once(first.number, second)
    return True


_HUNDREDS = 100


def _said_once(first: Decimal, second: Amount) -> Decimal | None:
    """Give the scale in words that the first end leaves to the second: three to four hundred."""
    whole, said = second.number or Decimal(0), second.word_scale
    if second.form == "digits":
        return None
    hundreds = 100 * (said or Decimal(1))
    if first * hundreds < whole < _SPOKEN_HUNDREDS * hundreds and not whole % hundreds:
        return hundreds
    return said if said is not None and first * said <= whole else None


def _with_margin(passage: Passage, amount: Amount, link: re.Match[str]) -> Span:
    """46%±1.5% in points; "$65 billion plus or minus 2%" in percent of the value."""
    second = _second(passage, link.end())
    if second is None or second.number is None or amount.number is None:
        return single(amount)
    share = second.unit is not None and second.unit.kind == "percent"
    percent = amount.unit is not None and amount.unit.kind == "percent"
    if amount.unit is None and share and not amount.scale:
        amount.unit, percent = second.unit, True
    value = amount.base(amount.number)
    if value is None:
        return single(amount)
    if share and not percent:
        margin = abs(value) * second.number / 100
    else:
        if second.unit is None or second.unit.kind == "points":
            second.unit = second.unit if percent and second.unit else amount.unit
        elif amount.unit is None or second.unit.name != amount.unit.name:
            return single(amount)
        margin = abs(second.base(second.number) or Decimal(0))
    amount.end = max(amount.end, second.end)
    if link[0][0] in "(（" and passage.folded[amount.end : amount.end + 1] in (")", "）"):
        amount.end += 1
    amount.hedge("approx")
    return Span(amount, value, value - margin, value + margin, amount.start, amount.end, amount)
