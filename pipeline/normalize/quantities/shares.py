"""Shares in words and fractions, in percent: 三分之一, two thirds, 2/3, 七成五, 八折."""

import re
from decimal import Decimal

from pipeline.normalize.quantities.lexicon import Unit, lexicon
from pipeline.normalize.quantities.number import Amount, Passage, read_number
from pipeline.patterns import regex

PERCENT = Unit("percent", Decimal(1), "percent", "after")

_PLACES = Decimal("1e-10")
_TENTHS_TAIL = regex(
    r"([一二三四五六七八九半])(?![0-9一二三四五六七八九十百千万亿个家倍成点年月])"
    r"| ([一二三四五六七八九半])(?=\s*(?:[,.;，。；：！？、]|$))"
    r"|(?<=成) ?([1-9])(?=\s*(?:[,.;，。；：！？、)）的以左上下至到~～]|$))"
)
_BECOME = "为"
_NOT_TENTHS = regex(r"[本长功果立交员都绩熟就品像]|分(?!之)|人[^数]|不变")
_NOT_DISCOUNT = regex(r"[算旧让合现射叠返换回磨腾]")
_LOWER_FIRST = regex(r" {0,3}分 {0,3}之 {0,4}(?=[0-9零〇一二三四五六七八九十百两半])")
_THOUSANDS = regex(r" ?([km])(?![a-z])")
_UPPER_FIRST = regex(
    r"[ -](thirds?|quarters?|fourths?|fifths?|sixths?|sevenths?|eighths?|ninths?|tenths?)(?![a-z])"
)
_OF_A_WHOLE = regex(
    r"(?: or so)? of (?:the|our|its|all|their|that|a|total|this|these|those|which|next|last|every)"
    r"(?![a-z])"
)
# "six-tenths of a percent", "a quarter of a point": a part of one unit, not of a whole.
PART_OF_ONE = regex(
    r" of (?:an?|one) (percent|per cent|pct|percentage point|basis point|point)(?![a-z])| of (1%)"
)
# "a quarter of a billion", "three quarters of a million dollars"
_OF_SCALE = regex(r"(?: of an?)? (thousand|million|billion|trillion)(?![a-z])")
# "one in five customers", "nine out of ten"
_IN_EACH = regex(
    r" (?P<out>in|out of|of(?= every))(?: every| each)? "
    r"(?P<lower>two|three|four|five|six|seven|eight|nine|ten|[2-9](?![0-9])|10(?![0-9]))"
    r"(?![a-z:/%-]|[.,][0-9])"
    r"(?! (?:years?|quarters?|months?|weeks?|days?|hours?|minutes?|dozen|hundred|thousand"
    r"|[mbt]illion|percent|basis|points?|of(?! (?:all|our|the|those|these|them|every)\b)"
    r"|and|or|to|different|separate|new)(?![a-z]))"
)
_SLASHED = regex(r"(?<![0-9]/[0-9])(?<!/[0-9]{2})/([0-9]{1,2})(?![0-9/]|\.[0-9])")
_SPLIT = regex(r"(?<![0-9/])([1-9][0-9])/$")
_EXACT_PARTS = (100, 1000, 10000)
_TEN = 10


def of(upper: Decimal, lower: Decimal) -> Decimal:
    """Give a fraction in percent, rounded to ten places."""
    return (upper * 100 / lower).quantize(_PLACES)


def read_share(passage: Passage, amount: Amount) -> bool:
    """Read a fraction of which the amount is the first half; False where there is none."""
    folded = passage.folded
    following = folded[amount.end : amount.end + 1]
    if not following:
        return False
    if following == "/":
        return amount.form == "digits" and _slashed(folded, amount)
    if following == "分" or following == " ":
        below = folded.find("分", amount.end, amount.end + _BLANKS) >= 0
        if below and (match := _LOWER_FIRST.match(folded, amount.end)):
            return _lower_first(passage, amount, match.end())
    if following in _PIECES and folded[max(0, amount.start - 1) : amount.start] == "每":
        return _of_every(folded, amount)
    if following == " ":
        parted = folded[amount.end + 1 : amount.end + 2] in _BEFORE_WHOLE
        if parted and folded.startswith((" in ", " out", " of every "), amount.end):
            return _in_each(folded, amount)
        if amount.form == "small" and _ONE_OF_THEM.match(folded, amount.end):
            return _one_in(folded, amount)
    return amount.form == "small" and following in " -" and _upper_first(folded, amount)


# So far may 分 of a fraction stand behind it, blanks included.
_BLANKS = 4
_BEFORE_WHOLE = frozenset("io")


# 每三个人里有一个, 每 5 辆车就有 1 辆
_PIECES = frozenset("个名位家台辆户单件张人杯瓶套部块")
_HAS_ONE = regex(
    r"[个名位家台辆户单件张人杯瓶套部块][\u4e00-\u9fff]{0,8}?[里中]?面?[,，]?(?:大约|约|差不多|几乎)?(?:就|便)?(?:差不多|几乎)?"
    r"(?:有|是)(?:将近|近|约|超过)?(?P<part>[一二两三四五六七八九]|[1-9](?![0-9.]))[个名位家台辆户单件张人杯瓶套部块]"
)


def _of_every(folded: str, amount: Amount) -> bool:
    match = _HAS_ONE.match(folded, amount.end)
    if match is None or amount.number is None:
        return False
    said = match["part"]
    part = Decimal(said) if said.isdigit() else lexicon().number_words[said].value
    if not 0 < part < amount.number <= _EXACT_PARTS[0]:
        return False
    amount.number = of(part, amount.number)
    amount.unit, amount.end, amount.form = PERCENT, match.end(), "fraction"
    return True


def _in_each(folded: str, amount: Amount) -> bool:
    match = _IN_EACH.match(folded, amount.end)
    if match is None or amount.number is None or amount.decimal or amount.prefixed:
        return False
    said = match["lower"]
    lower = Decimal(said) if said.isdigit() else lexicon().number_words[said].value
    if not 0 < amount.number < lower:
        return False
    if match["out"] == "in" and amount.number != 1 and amount.form == "digits":
        return False
    amount.number = of(amount.number, lower)
    amount.unit, amount.end, amount.form = PERCENT, match.end(), "fraction"
    return True


# "One American adult in eight", "one household in three".
_ONE_OF_THEM = regex(
    r" (?!of |in |out |and |or )[a-z]+(?: [a-z]+)? in "
    r"(?P<lower>three|four|five|six|seven|eight|nine|ten|twelve|twenty)(?![a-z-])"
    r"(?! (?:years?|quarters?|months?|weeks?|days?|hundred|thousand|[mbt]illion|of|and|or|to)\b)"
)


def _one_in(folded: str, amount: Amount) -> bool:
    match = _ONE_OF_THEM.match(folded, amount.end)
    if match is None or amount.number != 1:
        return False
    lower = lexicon().number_words[match["lower"]].value
    amount.number = of(Decimal(1), lower)
    amount.unit, amount.end, amount.form = PERCENT, match.end(), "fraction"
    return True


def _slashed(folded: str, amount: Amount) -> bool:
    """2/3 is a share; so are both sides of a split that adds up to 100: 53/47."""
    match = _SLASHED.match(folded, amount.end)
    if match is None or amount.number is None or amount.decimal:
        return False
    lower = Decimal(match.group(1))
    if amount.number + lower == 100 and amount.number >= _TEN:
        amount.unit = PERCENT
        return True
    if not 0 < amount.number < lower <= _TEN:
        return False
    amount.number = of(amount.number, lower)
    amount.unit, amount.end, amount.form = PERCENT, match.end(), "fraction"
    return True


def is_other_side(folded: str, amount: Amount) -> bool:
    """Whether the amount is the second side of a split that adds up to 100."""
    if not amount.start or folded[amount.start - 1] != "/" or amount.number is None:
        return False
    match = _SPLIT.search(folded[max(0, amount.start - 4) : amount.start])
    return match is not None and int(match.group(1)) + amount.number == 100


def _upper_first(folded: str, amount: Amount) -> bool:
    match = _UPPER_FIRST.match(folded, amount.end)
    if not match or amount.number is None:
        return False
    lower = lexicon().number_words[match.group(1)].value
    if amount.number >= lower:
        return False
    if part_of_scale(folded, amount, match.end(), amount.number, lower):
        return True
    three_months = match.group(1).startswith("quarter") and folded[match.start()] == " "
    if three_months and not _OF_A_WHOLE.match(folded, match.end()):
        return False
    if part := PART_OF_ONE.match(folded, match.end()):
        amount.number = (amount.number / lower).quantize(_PLACES)
        amount.unit, amount.end, amount.form = unit_of_one(part), part.end(), "plain"
        return True
    amount.number = of(amount.number, lower)
    amount.unit, amount.end, amount.form = PERCENT, match.end(), "plain"
    return True


def part_of_scale(folded: str, amount: Amount, end: int, upper: Decimal, lower: Decimal) -> bool:
    """Read a fraction that ends at ``end`` as one of a scale: a quarter of a billion."""
    match = _OF_SCALE.match(folded, end)
    if match is None:
        return False
    amount.number = (upper / lower).quantize(_PLACES).normalize()
    amount.scale = lexicon().scales[match.group(1)].worth
    amount.end, amount.form = match.end(), "plain"
    return True


def unit_of_one(part: re.Match[str]) -> Unit:
    """Give the unit that a fraction is a part of: "six-tenths of a percent"."""
    said = part.group(1)
    return lexicon().units[said] if said and said.endswith("point") else PERCENT


def _lower_first(passage: Passage, amount: Amount, start: int) -> bool:
    upper, lower = read_number(passage, start), amount.number
    if upper is None or lower is None or lower <= 0:
        return False
    factor = Decimal(1)
    amount.end = upper.end
    if scale := _THOUSANDS.match(passage.folded, upper.end):
        factor, amount.end = lexicon().scales[scale.group(1)].worth, scale.end()
    amount.unit, amount.form = PERCENT, "plain"
    amount.prefixed = lower == 100

    def share(number: Decimal | None) -> Decimal | None:
        if number is None:
            return None
        if lower in _EXACT_PARTS:
            return number * factor * 100 / lower
        return of(number * factor, lower)

    amount.number, amount.low, amount.high = map(share, (upper.number, upper.low, upper.high))
    return True


def read_tenths(folded: str, amount: Amount, spelling: str, end: int) -> bool:
    """成 and 折 after a number: 七成, 7.2成, 一成八, 8 成 5, 五成半, 九五折, 75折."""
    if amount.number == 1 and folded.startswith(_BECOME, end):
        return False
    if (_NOT_TENTHS if spelling == "成" else _NOT_DISCOUNT).match(folded, end):
        return False
    discount = spelling == "折" and amount.number is not None
    if discount and amount.number == _TEN:
        return False
    amount.unit, amount.end, amount.spelling = PERCENT, end, spelling
    if amount.form == "digits" and not discount:
        amount.scale = Decimal(_TEN)
    elif amount.number is not None and amount.number > _TEN:
        return True  # 75折, 九五成
    amount.scale = Decimal(_TEN)
    if amount.number is not None and (tail := _TENTHS_TAIL.match(folded, end)):
        if said := tail.group(3):
            if amount.form != "digits":
                return True
            amount.number += Decimal(said) / _TEN
        else:
            digit = lexicon().number_words.get(tail.group(1) or tail.group(2))
            amount.number += digit.value / _TEN if digit else Decimal("0.5")
        amount.end = tail.end()
    return True
