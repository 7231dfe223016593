"""What stands after a number and belongs to it: scale, unit, "per share", bounds and hedges."""

import re
from decimal import Decimal
from functools import cache

from pipeline.normalize.quantities.lexicon import Scale, Unit, alternation, compact, lexicon
from pipeline.normalize.quantities.number import Amount, Passage, read_number
from pipeline.normalize.quantities.numerals import ideographic, spoken

PERCENT = Unit("percent", Decimal(1), "percent", "after")
FRACTION_PLACES = Decimal("1e-10")

_CLAUSE_ENDS = re.compile(r"\s*(?:[,.;:!?)，。；：！？）、\"'|｜/]|$)")
_TENTHS_TAIL = re.compile(
    r"([一二三四五六七八九半])(?![0-9一二三四五六七八九十百千万亿个家倍成点年月])"
    r"| ([一二三四五六七八九半])(?=\s*(?:[,.;，。；：！？、]|$))"
)
_NOT_TENTHS = re.compile(r"[为本长功果立交员都绩熟就品像]|分(?!之)|人[^数]|不变")
_NOT_DISCOUNT = re.compile(r"[算旧让合现射叠返换回磨腾]")
_ANOTHER = re.compile(
    r" ?([0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?) ?(百万|千万|亿|万|千)"
)
_PER_SHARE = re.compile(
    r"(?: ?- ?| ?)(?:(?:per|a|an|each|/)(?: ?- ?| ?))(?:[a-z]+ ){0,3}?(?:shares?|adss?)(?![a-z])"
    r"| ?/ ?股|每股"
)
_PART_LINK = re.compile(r" ?(?:and |又|零)?(?=[0-9a-z一-鿿])")
_FRACTION = re.compile(r" {0,3}分 {0,3}之 {0,4}(?=[0-9零〇一二三四五六七八九十百两半])")
_ENGLISH_FRACTION = re.compile(
    r"[ -](thirds?|quarters?|fourths?|fifths?|sixths?|sevenths?|eighths?|ninths?|tenths?)(?![a-z])"
)
_SIGNS = frozenset("$€£¥₩₹")
_OPENING = frozenset("0123456789(")
_NOT_PLUS = frozenset("0123456789/-")
_MORE_TO_COME = re.compile(r" (?:[0-9$€£a]|or minus|minus)|/minus")
_SLASHED = re.compile(r"/([0-9]{1,2})(?![0-9/]|\.[0-9])")
_SPLIT = re.compile(r"(?<![0-9/])([1-9][0-9])/$")
_FREQUENCY = re.compile(r" (?:a|per|each|every) (?:day|week|month|year|quarter)| annually")


@cache
def suffix_pattern() -> re.Pattern[str]:
    """Give the pattern of a scale, a unit or both, after a number."""
    known = lexicon()
    units = alternation(known.units, spaced=True)
    scales = alternation(known.scales)
    return re.compile(
        rf"(?: ?\[[a-z ]{{2,16}}\])? {{0,4}}-?(?:(?P<unit>{units})"
        rf"|(?P<more>[多余几来])? ?(?P<scale>{scales})(?P<plus>[多余]|\+(?![/0-9-])|-plus)?"
        rf" {{0,4}}-?(?P<scaled>{units})?"
        rf"|(?P<rest>[多余来]|\+) ?(?P<odd>{units}))"
    )


@cache
def _scale_only() -> re.Pattern[str]:
    return re.compile(rf" {{0,2}}-?({alternation(lexicon().scales)})")


@cache
def _unit_only() -> re.Pattern[str]:
    return re.compile(rf" {{0,4}}-?({alternation(lexicon().units, spaced=True)})")


@cache
def _hedges_after() -> re.Pattern[str]:
    return re.compile(rf" ?({alternation(lexicon().hedges_after)})")


def read_suffix(passage: Passage, amount: Amount) -> None:
    """Take in scale, unit, further parts of the number, and what the amount is per."""
    folded = passage.folded
    following = folded[amount.end : amount.end + 1]
    if following == "%":
        amount.unit, amount.end, amount.spelling = PERCENT, amount.end + 1, "%"
        return _percent_tail(folded, amount)
    if following == "/" and amount.form == "digits" and _ratio(folded, amount):
        return None
    if following and amount.unit is None and _fraction(passage, amount, following):
        return None
    if amount.form == "vague" and folded.startswith(" of ", amount.end):
        match = _unit_only().match(folded, amount.end + len(" of"))
        if match and lexicon().units[compact(match.group(1))].kind == "money":
            _take_unit(passage, amount, match.group(1), match.start(1), match.end(1))
        return None
    match = suffix_pattern().match(folded, amount.end)
    if match is None:
        if amount.start and folded[amount.start - 1] == "/" and _other_side(folded, amount):
            amount.unit = PERCENT
        if amount.unit is not None and amount.unit.kind == "money":
            _per_share(folded, amount)
        return None
    if match["unit"] is not None:
        if not _take_unit(passage, amount, match["unit"], match.start("unit"), match.end("unit")):
            again = _scale_only().match(folded, amount.end)
            if again and _take_scale(amount, again.group(1), again.start(1), again.end()):
                _further(folded, amount)
                _unit_after_scale(passage, amount)
    elif match["scale"] is not None:
        if _take_scale(amount, match["scale"], match.start("scale"), match.end("scale")):
            if match["more"] or match["plus"]:
                amount.hedge(_loosely(match["more"] or match["plus"]))
            if match["plus"]:
                amount.end = match.end("plus")
            _further(folded, amount)
            _unit_after_scale(passage, amount)
    elif _take_unit(passage, amount, match["odd"], match.start("odd"), match.end("odd")):
        amount.hedge(_loosely(match["rest"]))
    if amount.unit is not None and amount.unit.kind == "money":
        _parts(passage, amount)
        _per_share(folded, amount)
    return None


def _loosely(mark: str) -> str:
    if mark in "+-plus":
        return "at_least"
    return "approx" if mark == "来" else "more_than"


def _percent_tail(folded: str, amount: Amount) -> None:
    if folded.startswith(("pt", "-pt", " pt"), amount.end) and (
        match := re.compile(r"[ -]?p(?:oin)?ts?(?![a-z])").match(folded, amount.end)
    ):
        amount.unit, amount.end = lexicon().units["pts"], match.end()


def _take_scale(amount: Amount, spelling: str, start: int, end: int) -> bool:
    scale: Scale = lexicon().scales[spelling.replace("-", " ")]
    money = amount.unit is not None and amount.unit.kind == "money"
    attached = start == amount.bare_end or start == amount.end
    if scale.when == "money" and not money:
        return False
    if scale.when == "close" and not (money or (attached and amount.form == "digits")):
        return False
    if amount.form not in ("digits", "plain", "small", "vague") and spelling[0].isascii():
        return False
    amount.scale, amount.end = scale.worth, end
    return True


def _further(folded: str, amount: Amount) -> None:
    """Further parts in falling order: 1 兆 460 億 9,000 萬."""
    if amount.number is None or amount.scale is None or folded[amount.end - 1] < "\u3400":
        return
    smallest = amount.scale
    while match := _ANOTHER.match(folded, amount.end):
        scale = lexicon().scales[match.group(2)].worth
        if scale >= smallest or _unit_only().match(folded, match.start(2)):
            return
        part = Decimal(match.group(1).replace(",", "")) * scale
        amount.number += part / amount.scale
        amount.end, smallest = match.end(), scale


def _unit_after_scale(passage: Passage, amount: Amount) -> None:
    match = _unit_only().match(passage.folded, amount.end)
    if match:
        _take_unit(passage, amount, match.group(1), match.start(1), match.end())


def _take_unit(passage: Passage, amount: Amount, spelling: str, start: int, end: int) -> bool:
    units = lexicon().units
    spelling = spelling if spelling in units else compact(spelling)
    unit = units[spelling]
    folded = passage.folded
    if unit.place == "close" and (start != amount.end or passage.text[start] in "DHG"):
        return False
    if unit.place == "part" or (unit.place == "last" and not _CLAUSE_ENDS.match(folded, end)):
        return False
    if spelling in _SIGNS and (amount.prefixed or folded[end : end + 1] in _OPENING):
        return False
    if amount.unit is not None:
        if unit.kind != "money" or (unit.name not in (amount.unit.name, "*")):
            return False
        amount.end = end
        return True
    if unit.kind == "points" and _remark(folded, amount, spelling, end):
        return False
    if unit.kind == "tenths":
        return _tenths(folded, amount, spelling, end)
    if unit.name == "x" and spelling == "times" and _FREQUENCY.match(folded, end):
        return False
    amount.unit, amount.end, amount.spelling = unit, end, spelling
    return True


def _remark(folded: str, amount: Amount, spelling: str, end: int) -> bool:
    """Whether "two points" or 三点 are things said, not percentage points."""
    if spelling == "点":
        return amount.form != "digits"
    if spelling not in ("point", "points") or amount.form != "small":
        return False
    few = amount.number is not None and amount.number <= 2  # noqa: PLR2004
    return few and not folded.startswith(" of ", end)


def _tenths(folded: str, amount: Amount, spelling: str, end: int) -> bool:
    """成 and 折: 七成, 7.2成, 一成八, 五成半, 七五折 and 75折."""
    if (_NOT_TENTHS if spelling == "成" else _NOT_DISCOUNT).match(folded, end):
        return False
    number = amount.number
    amount.spelling = spelling
    if number == 10 and spelling == "折":  # noqa: PLR2004
        return False
    if number is not None and number >= 10 and spelling == "折":  # noqa: PLR2004
        amount.unit, amount.end = PERCENT, end
        return True
    amount.unit, amount.end = PERCENT, end
    amount.scale = Decimal(10)
    if amount.number is not None and (tail := _TENTHS_TAIL.match(folded, end)):
        digit = lexicon().number_words.get(tail.group(1) or tail.group(2))
        amount.number += digit.value / 10 if digit else Decimal("0.5")
        amount.end = tail.end()
    return True


def _fraction(passage: Passage, amount: Amount, following: str) -> bool:
    """三分之一, 百分之二十, two thirds: a share in percent."""
    folded = passage.folded
    if following in " 分" and (match := _FRACTION.match(folded, amount.end)):
        return _chinese_fraction(passage, amount, match.end())
    if amount.form != "small" or following not in " -":
        return False
    found = _ENGLISH_FRACTION.match(folded, amount.end)
    if not found or amount.number is None:
        return False
    below = lexicon().number_words[found.group(1)].value
    if amount.number >= below or (
        found.group(1).startswith("quarter")
        and following == " "
        and not re.compile(r" of (?:the|our|its|all|their|that|a|total)\b").match(
            folded, found.end()
        )
    ):
        return False
    amount.number = (amount.number * 100 / below).quantize(FRACTION_PLACES)
    amount.unit, amount.end, amount.form = PERCENT, found.end(), "plain"
    return True


def _ratio(folded: str, amount: Amount) -> bool:
    """2/3 is a share; so are both sides of a split that adds up to 100: 53/47."""
    match = _SLASHED.match(folded, amount.end)
    if match is None or amount.number is None or amount.unit is not None or amount.decimal:
        return False
    below = Decimal(match.group(1))
    if amount.number + below == 100 and amount.number >= 10:  # noqa: PLR2004
        amount.unit = PERCENT
        return True
    if not 0 < amount.number < below <= 10:  # noqa: PLR2004
        return False
    amount.number = (amount.number * 100 / below).quantize(FRACTION_PLACES)
    amount.unit, amount.end, amount.form = PERCENT, match.end(), "fraction"
    return True


def _other_side(folded: str, amount: Amount) -> bool:
    """Whether the amount is the second side of a split that adds up to 100."""
    match = _SPLIT.search(folded[max(0, amount.start - 3) : amount.start])
    return (
        match is not None
        and amount.number is not None
        and int(match.group(1)) + amount.number == 100
    )  # noqa: PLR2004


def _chinese_fraction(passage: Passage, amount: Amount, start: int) -> bool:
    upper = read_number(passage, start)
    below = amount.number
    if upper is None or below is None or below <= 0:
        return False
    if scale := re.compile(r" ?([km])(?![a-z])").match(passage.folded, upper.end):
        upper.scale, upper.end = lexicon().scales[scale.group(1)].worth, scale.end()
    amount.unit, amount.end, amount.form = PERCENT, upper.end, "plain"
    amount.prefixed = below == 100  # noqa: PLR2004
    factor = (upper.scale or Decimal(1)) * 100

    def share(number: Decimal | None) -> Decimal | None:
        if number is None:
            return None
        exact = number * factor / below
        return exact if below in (100, 1000, 10000) else exact.quantize(FRACTION_PLACES)

    amount.number, amount.low, amount.high = (
        share(upper.number),
        share(upper.low),
        share(upper.high),
    )
    return True


def _per_share(folded: str, amount: Amount) -> None:
    match = _PER_SHARE.match(folded, amount.end)
    if match:
        amount.per, amount.end = "share", match.end()


def _parts(passage: Passage, amount: Amount) -> None:
    """Smaller coins after larger: 3 dollars 50 cents, 五元三毛."""
    folded, unit = passage.folded, amount.unit
    if amount.scale is not None or amount.number is None or unit is None or unit.worth != 1:
        return
    if amount.number % 1 or amount.prefixed:
        return
    link = _PART_LINK.match(folded, amount.end)
    if not link or link.end() >= len(folded):
        return
    start = link.end()
    first = folded[start]
    if "0" <= first <= "9":
        digits = re.compile(r"[0-9]{1,2}(?![0-9.,])").match(folded, start)
        value, end = (Decimal(digits.group()), digits.end()) if digits else (None, start)
    else:
        numeral = spoken(folded, start) if first < "\u3400" else ideographic(folded, start)
        value, end = (numeral.value, numeral.end) if numeral else (None, start)
    if value is None or not 0 < value < 100:  # noqa: PLR2004
        return
    coin = re.compile(rf" ?-?({_coins()})").match(folded, end)
    if coin:
        part = lexicon().units[coin.group(1)]
        if part.name == unit.name and part.worth < 1:
            amount.number += value * part.worth
            amount.end = coin.end()
    elif amount.form != "digits" and first < "\u3400" and unit.name == "USD" and value > 10:  # noqa: PLR2004
        if _CLAUSE_ENDS.match(folded, end):
            amount.number += value / 100
            amount.end = end


@cache
def _coins() -> str:
    return alternation(
        name for name, unit in lexicon().units.items() if unit.kind == "money" and unit.worth < 1
    )


def read_hedges(passage: Passage, amount: Amount) -> None:
    """Take in "or more", 以上, 左右, "plus" and the like after the amount."""
    folded = passage.folded
    for _ in range(2):
        match = _hedges_after().match(folded, amount.end)
        if match is None:
            return
        wording = match.group(1)
        if wording == "+" and folded[match.end() : match.end() + 1] in _NOT_PLUS:
            return
        if wording.startswith("or ") and folded.startswith(" than", match.end()):
            return
        if wording in ("plus", "give or take") and _MORE_TO_COME.match(passage.folded, match.end()):
            return
        amount.hedge(
            lexicon().hedges_after[
                wording if wording in lexicon().hedges_after else wording.replace("-", " ")
            ]
        )
        amount.end = match.end()
