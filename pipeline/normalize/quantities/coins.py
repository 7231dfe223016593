"""Smaller coins after an amount of money, and coins alone: 3 dollars 50 cents, 五元七毛, 两毛五."""

import re
from decimal import Decimal
from functools import cache

from pipeline.normalize.quantities.ideographs import ideographic
from pipeline.normalize.quantities.lexicon import alternation, lexicon
from pipeline.normalize.quantities.number import Amount, Passage
from pipeline.normalize.quantities.numerals import spoken
from pipeline.patterns import compiled_regex, regex

CENT = Decimal("0.01")
ANY_CENTS = frozenset({"cents", "cent", "¢", "c", "分", "分钱"})

_LINK = regex(r" ?(and |oh |又|零)?(?=[0-9a-z一-鿿])")
_FEW_DIGITS = regex(r"[0-9]{1,2}(?![0-9.,])")
_TWO_DIGITS = regex(r"[0-9]{2}(?![0-9])")
_LEFT_ALONE = regex(
    r"\s*(?:[,.;:!?)]"
    r"|(?:and|or|but|versus|vs|compared|from|for|in|this|last|up|down|on|so|which|with|to|at|net"
    r"|gross|operating|adjusted|total|revenue|sales|our|we|that|that's|it|it's|now|then|uh|um|as|by"
    r"|free|capital|cash|full|excluding|including|before|after|over|year|while|a year|if|when|than)"
    r"(?![a-z])"
    r"|(?:a|an|per|each) [a-z]|$)"
)
_CENTS_ALONE, _PLAIN_CENTS = 10, 20
# What "a dollar twenty" cannot be followed by where the twenty are cents.
_COUNTED = regex(
    r"\s*(?:percent|per cent|%|points?|basis|bps|hundred|thousand|[mbt]illion|times|turns|point|of"
    r"|(?!(?:was|is|this|has|plus|less|versus|us)\b)[a-z]+s"
    r"(?! (?:was|were|is|are|came|grew|fell|rose|up|down)\b))(?![a-z])"
)
_MOST = Decimal(1_000_000)
_PAIR = 2
# The worth of what has smaller coins.
_PARTED = (Decimal(1), Decimal("0.1"))
_IDEOGRAPHS = "\u3400"
_UNITS_OF_TEN = frozenset({"块", "蚊", "角", "毛", "毫"})
# 块二, 毛八: the next smaller coin, unnamed.
_UNNAMED = regex(
    r"(零)?([一二两三四五六七八九1-9])(?=\s*(?:[,.;，。；、）)~～-]|到|至|以|左|的|$))"
)
_FOLLOWS = regex(r" ?零?[一二两三四五六七八九0-9]{1,2} ?[角毛毫分]")
_GOES_ON = regex(
    r"\s*(?:[,.;:，。；：！？）、/]|以[上下]|左右|多(?:钱)?(?:[,.;，。；：！？）、]|$)|[到至~～-]|$)"
)
# 单价十一万三千块: so many are no pieces of something, unless it is named.
_NO_PIECES = 1000
_PIECES = regex(r"[电屏板玻芯砖地石布铁硅显晶键区土木瓷模组件]")
_POINTING = frozenset("这那哪每的几")
# 单Wh盈利0.8分, 度电成本2分: what one unit brings or costs; …提升至1.5分 goes on with it.
_OF_ONE = regex(
    r"(?:单(?:位|票|瓦时?|w|wh|车|吨|件|瓶|度|公里)|度电|每(?:瓦时?|度|wh?|票|件))"
    r"[^，。；,;0-9]{0,12}$"
)
_NO_COIN = frozenset("钟之点项数部公")
_THEN = regex(
    r"(?:(?:提升|下降|提高|降低|回升|增加|减少|扩大|收窄|改善|升|降|增|减)?[至到]|[、~/-])约?"
)
_DIVIDEND = regex(r"(?:每股|股息|派息|派发|分红|股利|每份)[^，。；,;0-9]{0,8}$")


@cache
def _pattern() -> re.Pattern[str]:
    units = lexicon().units.items()
    names = alternation(name for name, unit in units if unit.kind == "money" and unit.worth < 1)
    return compiled_regex(rf" ?-?({names})")


def read_coins(folded: str, amount: Amount) -> None:
    """Add smaller coins: 3 dollars 50 cents, 五元七毛八分, 三块二, thirteen dollars forty five."""
    number = amount.number
    if amount.scale is not None or number is None or amount.decimal or number > _MOST:
        return
    for _ in range(2):
        if not _next_coin(folded, amount):
            return


def _next_coin(folded: str, amount: Amount) -> bool:
    unit, number = amount.unit, amount.number
    if unit is None or number is None or unit.worth not in _PARTED:
        return False
    smallest = amount.smallest
    link = _LINK.match(folded, amount.end)
    if link is None or (smallest == 1 and number % 1):
        return False
    if amount.prefixed and not link.group(1) and "a" <= folded[link.end()] <= "z":
        return False
    value, end = _number(folded, link.end())
    coin = _pattern().match(folded, end) if value is not None else None
    if coin and value is not None and 0 < value < 100:
        part = lexicon().units[coin.group(1)]
        alike = part.name in (unit.name, "*") or coin.group(1) in ANY_CENTS
        if not alike or part.worth >= smallest * unit.worth:
            return False
        amount.number = number + value * part.worth / unit.worth
        amount.end, amount.spelling = coin.end(), coin.group(1)
        amount.smallest = part.worth / unit.worth
        return True
    return _unnamed(folded, amount, number, link, value, end)


def _unnamed(
    folded: str,
    amount: Amount,
    number: Decimal,
    link: re.Match[str],
    value: Decimal | None,
    end: int,
) -> bool:
    """Add a coin that is not named: 三块二, 五毛八, "twenty dollars forty five"."""
    if amount.spelling in _UNITS_OF_TEN:
        tail = _UNNAMED.match(folded, amount.end)
        if tail is None:
            return False
        digit = tail.group(2)
        value = lexicon().number_words[digit].value if digit > "9" else Decimal(digit)
        amount.number = number + value * (CENT if tail.group(1) else amount.smallest / 10)
        amount.end = tail.end()
        return False
    first = folded[link.end()]
    if value is None or amount.smallest != 1 or not 0 < value < 100 or amount.prefixed:
        return False
    if "0" <= first <= "9":
        said = _TWO_DIGITS.match(folded, link.end()) is not None
    else:
        said = first < _IDEOGRAPHS and (value > _CENTS_ALONE or bool(link.group(1)))
        said = said and amount.form != "digits"
    worded = first > "9" and value >= _PLAIN_CENTS and _COUNTED.match(folded, end) is None
    if said and (worded or _LEFT_ALONE.match(folded, end)):
        amount.number, amount.end = number + value * CENT, end
    return False


def _number(folded: str, start: int) -> tuple[Decimal | None, int]:
    first = folded[start]
    if "0" <= first <= "9":
        digits = _FEW_DIGITS.match(folded, start)
        return (Decimal(digits.group()), digits.end()) if digits else (None, start)
    numeral = spoken(folded, start) if first < _IDEOGRAPHS else ideographic(folded, start)
    return (numeral.value, numeral.end) if numeral else (None, start)


def stands(passage: Passage, amount: Amount, spelling: str, end: int) -> bool:
    """Tell whether a coin's name is one here: 三块二, 两毛五, 每股派 5 分, no 长三角, 五分钟."""
    folded = passage.folded
    if _FOLLOWS.match(folded, end) or (
        spelling in _UNITS_OF_TEN and _UNNAMED.match(folded, end) and amount.form != "digits"
    ):
        return True
    if spelling == "分" and _of_one_unit(passage, amount, end):
        return True
    if spelling == "块" and amount.number is not None and amount.number >= _NO_PIECES:
        return not _PIECES.match(folded, end)
    if not _GOES_ON.match(folded, end):
        return False
    if spelling == "块" and folded[amount.start - 1 : amount.start] in _POINTING and amount.start:
        return False
    if spelling in ("块", "蚊") or (spelling in _UNITS_OF_TEN and amount.form == "digits"):
        return True
    if spelling in ("毛", "毫") and amount.number == _PAIR:
        return True
    if amount.unit is not None and amount.unit.kind == "money":
        return True
    lead = folded[max(passage.limit, amount.start - 14) : amount.start]
    return _DIVIDEND.search(lead) is not None


def _of_one_unit(passage: Passage, amount: Amount, end: int) -> bool:
    """Whether so many 分 are what one unit brings, or go on with such an amount."""
    folded, start, limit = passage.folded, amount.start, passage.limit
    if folded[end : end + 1] in _NO_COIN:
        return False
    if _OF_ONE.search(folded, max(0, start - 20), start):
        return True
    return folded[limit - 1 : limit] == "分" and _THEN.fullmatch(folded, limit, start) is not None
