"""What stands after a number and belongs to it: scale, unit, "per share", bounds and hedges."""

import re
from decimal import Decimal
from functools import cache
from typing import Final

from pipeline.normalize.quantities.coins import ANY_CENTS, CENT, read_coins, stands
from pipeline.normalize.quantities.lexicon import Unit, alternation, compact, lexicon
from pipeline.normalize.quantities.number import COUNTS_DAYS, Amount, Passage, ahead
from pipeline.normalize.quantities.shares import (
    PERCENT,
    is_other_side,
    read_share,
    read_tenths,
)
from pipeline.patterns import compiled_regex, regex

_CLAUSE_ENDS = regex(r"\s*(?:[,.;:!?)，。；：！？）、\"'|｜/]|$)")
_FURTHER = regex(
    r" ?([0-9]{1,3}(?:,[0-9]{3}){1,3}(?:\.[0-9]+)?|[0-9]{1,9}(?:\.[0-9]+)?) ?(百万|千万|亿|万|千)"
)
_PER_SHARE = regex(
    r"(?: ?- ?| ?)(?:(?:per|an?|each)(?: ?- ?| )|/ ?)(?:[a-z]+ ){0,3}?(?:shares?|adss?)(?![a-z])"
    r"| ?/ ?股|每股"
)
_BEGINS_PER = frozenset("-/pae每")
# "two forty seven a pound"
_PER_PIECE = regex(
    r" (?:a|an|per) (?:pound|ounce|ton|tonne|barrel|gallon|unit|bushel|case|boe|mcf|month|seat)"
    r"(?![a-z])"
)
_OF_EACH = regex(
    r" (?:of|on|out of|from|for) (?:every|each|the) (?:[a-z]+ ){0,2}?"
    r"(?:dollar|pound|euro|buck)(?![a-z])"
)
_FREQUENCY = regex(r" (?:a|per|each|every) (?:day|week|month|year|quarter)| annually")
_POINTS_AFTER_PERCENT = regex(r"[ -]?p(?:oin)?ts?(?![a-z])")
_BEFORE_POINTS = frozenset(" -p")
_MORE_TO_COME = regex(
    r" (?:[0-9$€£a]|or minus|minus|(?:one|two|three|four|five|six|seven|eight|nine|ten"
    r"|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen"
    r"|(?:twen|thir|for|fif|six|seven|eigh|nine)ty)(?![a-z]))"
    r"|/minus"
)
_SIGNS = frozenset("$€£¥₩₹")
_FIGURES = frozenset("0123456789")
_OPENS_AMOUNT = _FIGURES | {"("}
_NO_PLUS = frozenset("0123456789/-")
_ATTACHED_NAMES = frozenset("DHG")
_IDEOGRAPHS = "\u3400"
# 一個季度多了 3 億: a verb, no hedge.
_MORE_BY = frozenset("了出赚收花卖付近约逾")
# 两千来家, 十来个: some two thousand, some ten.
_SOME = regex(r"来(?=[家个台人名座款条辆位间套艘架处所部件种项次只])")
# 一倍半, 六元半, 两年半
_HALF_MORE = regex(r"半(?![年天月个价数以径导日])")
_HALVED = frozenset({"倍", "元", "块", "块钱", "年", "天"})
_HALF = Decimal("0.5")
# 三个亿级产品, 两个亿元产业: things of that size, no sum.
_CLASSES = ("级", "户", "元级", "元户", "元镇", "元产业", "元俱乐部")
# The last day of a month: 385日 are days.
_LAST_DAY = 31
# 比去年同期的 8.47 元多 6.5%: by so much more.
_FIGURE = regex(r" ?[0-9]")
# An index stands at so many 点; a rate moves by fewer.
_LEAST_INDEX = 100
_SINGULAR_TIMES = frozenset({"year", "quarter", "month", "week", "day", "hour"})
_HAN_COINS = frozenset({"块", "蚊", "角", "毛", "毫", "分"})


_LEAD = r"(?: ?\[[a-z ]{2,16}\])? {0,4}-?"
_UNIT_LEAD = regex(_LEAD)


def _match_unit(folded: str, start: int) -> re.Match[str] | None:
    """Match a unit, its group 1, behind what may part it from its number."""
    initial = ahead(folded, start)
    if initial in _MORE_LEAD and (lead := _UNIT_LEAD.match(folded, start)):
        initial = folded[lead.end() : lead.end() + 1]
    if initial not in _UNIT_PATTERNS:
        _UNIT_PATTERNS[initial] = _unit_pattern(initial)
    pattern = _UNIT_PATTERNS[initial]
    return pattern.match(folded, start) if pattern else None


# What goes on with what may part them, and for each initial the units that begin with it, compiled
# when it is first met: most texts meet few of them.
_MORE_LEAD = frozenset(" [-")
_UNIT_PATTERNS: Final[dict[str, re.Pattern[str] | None]] = {}


def _unit_pattern(initial: str) -> re.Pattern[str] | None:
    units = _units_by_initial().get(initial)
    return compiled_regex(f"{_LEAD}({alternation(units, spaced=True)})") if units else None


@cache
def _units_by_initial() -> dict[str, list[str]]:
    units: dict[str, list[str]] = {}
    for unit in lexicon().units:
        units.setdefault(unit[0], []).append(unit)
    return units


@cache
def _scale_pattern() -> re.Pattern[str]:
    scales = alternation(lexicon().scales)
    return compiled_regex(
        r"(?: ?\[[a-z ]{2,16}\])? {0,2}-?(?P<more>[多余几来]|(?:plus|some|odd|ish)(?= ))? ?"
        rf"(?P<scale>{scales})"
        r"(?P<plus>[多余](?![了近约逾]| ?[0-9])|\+(?![/0-9-])|-plus)?"
    )


_BEGINS_MORE = frozenset("多余来+-psoi")


@cache
def _more_pattern() -> re.Pattern[str]:
    return compiled_regex(r" ?([多余来](?!了)|\+(?![/0-9-]))|[ -]?(plus|some|odd|ish)(?= )")


@cache
def _hedges_after() -> re.Pattern[str]:
    return compiled_regex(rf" ?({alternation(lexicon().hedges_after)})")


def has_unit(folded: str, end: int) -> bool:
    """Whether a unit or scale stands at ``end``."""
    return bool(_match_unit(folded, end) or _scale_pattern().match(folded, end))


def read_suffix(passage: Passage, amount: Amount) -> None:
    """Take in scale, unit, further parts of the number, and what the amount is per."""
    folded = passage.folded
    following = folded[amount.end : amount.end + 1]
    if following == "%":
        amount.unit, amount.end, amount.spelling = PERCENT, amount.end + 1, "%"
        _points_after_percent(folded, amount)
        _part_of_ten(folded, amount)
        return
    # What reads on may set the unit, which a check on the spot would have mypy hold for None still.
    without_unit = amount.unit is None
    if without_unit and (read_share(passage, amount) or is_other_side(folded, amount)):
        if amount.scale is None:
            amount.unit = amount.unit or PERCENT
        else:
            _unit_here(passage, amount)
        return
    if amount.form == "vague" and folded.startswith(" of ", amount.end):
        _money_of(passage, amount)
        return
    if not _unit_here(passage, amount) and not _scaled(passage, amount):
        _more_units(passage, amount)
    if amount.unit is None and (amount.form == "pair" or amount.decimal):
        _unnamed_money(passage, amount)
    if amount.unit is not None and amount.unit.kind == "money":
        read_coins(folded, amount)
        per = ahead(folded, amount.end) in _BEGINS_PER
        if per and (match := _PER_SHARE.match(folded, amount.end)):
            amount.per, amount.end = "share", match.end()
        elif amount.spelling in ("cents", "cent", "pence") and _OF_EACH.match(folded, amount.end):
            # "23 cents of every sales dollar" is 23% of sales.
            amount.unit = PERCENT


def _unnamed_money(passage: Passage, amount: Amount) -> None:
    """Take what is said per share as money: "we earned two fifty a share"."""
    folded, end = passage.folded, amount.end
    if passage.language != "en" or amount.scale is not None:
        return
    if _PER_SHARE.match(folded, end) or (amount.form == "pair" and _PER_PIECE.match(folded, end)):
        amount.unit = Unit(passage.currency or "USD", Decimal(1), "money", "after")


def _points_after_percent(folded: str, amount: Amount) -> None:
    if folded[amount.end : amount.end + 1] not in _BEFORE_POINTS:
        return
    if match := _POINTS_AFTER_PERCENT.match(folded, amount.end):
        amount.unit, amount.end = lexicon().units["pts"], match.end()


# 80%中高段: where in the eighties, in units of one percent.
_PART_OF_TEN = regex(r" ?的?(低|中低|中|中高|高)[段位](?:区间|区域|水平|数)?")
_BEGINS_PART = frozenset("的低中高")
_TEN = Decimal(10)
_OF_TEN = {"低": (1, 3), "中低": (1, 6), "中": (4, 6), "中高": (4, 9), "高": (7, 9)}


def _part_of_ten(folded: str, amount: Amount) -> None:
    """Read the part of a round ten of percent that is told: 20%低段 is 21% to 23%."""
    number = amount.number
    if number is None or ahead(folded, amount.end) not in _BEGINS_PART:
        return
    if number % _TEN or number < 0:
        return
    if (part := _PART_OF_TEN.match(folded, amount.end)) is not None:
        first, last = _OF_TEN[part[1]]
        amount.low, amount.high, amount.number = number + first, number + last, None
        amount.qualifier, amount.hedged = "between", False
        amount.form, amount.end = "band", part.end()


def _money_of(passage: Passage, amount: Amount) -> None:
    """Take the currency after a worded magnitude: tens of billions of dollars."""
    match = _match_unit(passage.folded, amount.end + len(" of"))
    if match and lexicon().units[compact(match.group(1))].kind == "money":
        _take_unit(passage, amount, match)


def _unit_here(passage: Passage, amount: Amount) -> bool:
    match = _match_unit(passage.folded, amount.end)
    return match is not None and _take_unit(passage, amount, match)


def _scaled(passage: Passage, amount: Amount) -> bool:
    initial = ahead(passage.folded, amount.end)
    if initial not in passage.known.initials.scales and initial not in _BEFORE_SCALE:
        return False
    match = _scale_pattern().match(passage.folded, amount.end)
    if match is None or not _take_scale(amount, match):
        return False
    if mark := match["more"] or match["plus"]:
        amount.hedge(_looseness(mark))
    amount.end = match.end()
    following = ahead(passage.folded, amount.end)
    if following in _FIGURES:
        _further(passage.folded, amount)
        following = ahead(passage.folded, amount.end)
    if following != "倍" or not _DOUBLES.match(passage.folded, amount.end):
        _unit_here(passage, amount)
    return True


# As in "3 [uh] billion" or 三百多亿.
_BEFORE_SCALE = frozenset(" [-多余几来psoi")


# 由 35 億倍增至 70 億: a verb, and so many 億.
_DOUBLES = regex(r" ?倍[增升]")


def _more_units(passage: Passage, amount: Amount) -> None:
    """Take a mark of "and more" between number and unit: 20+ GW, 十来天."""
    if ahead(passage.folded, amount.end) not in _BEGINS_MORE:
        return
    match = _more_pattern().match(passage.folded, amount.end)
    unit = match and _match_unit(passage.folded, match.end())
    if match and unit and _take_unit(passage, amount, unit):
        amount.hedge(_looseness(match.group(1) or match.group(2)))


def _looseness(mark: str) -> str:
    if mark in ("+", "-plus", "plus"):
        return "at_least"
    return "approx" if mark in ("来", "ish", "odd") else "more_than"


def _take_scale(amount: Amount, match: re.Match[str]) -> bool:
    spelling = match["scale"]
    scale = lexicon().scales[spelling.replace("-", " ")]
    money = amount.unit is not None and amount.unit.kind == "money"
    attached = match.start("scale") == amount.end and amount.form == "digits"
    if scale.when == "money" and not money:
        return False
    if scale.when == "close" and not (money or attached):
        return False
    if amount.form in ("pair", "year") and spelling[0].isascii():
        return False
    if spelling[0] == "个":
        if match.string.startswith(_CLASSES, match.end("scale")):
            return False
        _spoken_piece(amount, spelling)
    amount.scale = scale.worth
    return True


def _spoken_piece(amount: Amount, spelling: str) -> None:
    """Read what speech puts before the scale: 两个半亿 is 2.5 亿, 三十个多亿 more than 30 亿."""
    if spelling[1] == "多":
        amount.hedge("more_than")
    elif spelling[1] == "半" and amount.number is not None:
        amount.number += _HALF


def _further(folded: str, amount: Amount) -> None:
    """Add further parts in falling order: 1 兆 460 億 9,000 萬."""
    if amount.number is None or amount.scale is None or folded[amount.end - 1] < _IDEOGRAPHS:
        return
    smallest = amount.scale
    while match := _FURTHER.match(folded, amount.end):
        scale = lexicon().scales[match.group(2)].worth
        if scale >= smallest or _match_unit(folded, match.start(2)):
            return
        part = Decimal(match.group(1).replace(",", "")) * scale
        amount.number += part / amount.scale
        amount.end, smallest = match.end(), scale


def _take_unit(passage: Passage, amount: Amount, match: re.Match[str]) -> bool:
    units, folded = passage.known.units, passage.folded
    start, end = match.span(1)
    spelling = folded[start:end]
    spelling = spelling if spelling in units else compact(spelling)
    unit = units[spelling]
    if spelling == "x" and amount.form == "plain" and start == amount.end + 1:
        amount.unit, amount.end, amount.spelling = unit, end, spelling
        return True
    if unit.place == "close" and (start != amount.end or passage.text[start] in _ATTACHED_NAMES):
        return False
    if not _may_stand(passage, amount, unit, start, end):
        return False
    if unit.place == "capitals" and not passage.capitals(start, end):
        return False
    if spelling in _SIGNS and (amount.prefixed or folded[end : end + 1] in _OPENS_AMOUNT):
        return False
    if amount.unit is not None:
        cents = unit.worth == CENT and spelling in ANY_CENTS
        if unit.kind != "money" or not (cents or unit.name in (amount.unit.name, "*")):
            return False
        if unit.worth < 1:
            amount.unit = amount.unit._replace(worth=unit.worth)
        amount.end = end
        return True
    if unit.kind == "points" and _remark(folded, amount, spelling, end):
        return False
    if spelling == "点" and amount.number is not None and amount.number >= _LEAST_INDEX:
        unit = Unit("count", Decimal(1), "count", "last")
    if spelling == "日" and (
        (amount.number is not None and amount.number > _LAST_DAY)
        or COUNTS_DAYS.search(folded[max(0, amount.start - 6) : amount.start])
    ):
        unit = units["天"]
    if unit.kind == "tenths":
        return read_tenths(folded, amount, spelling, end)
    if spelling == "times" and _FREQUENCY.match(folded, end):
        return False
    scaled = amount.scale is not None or amount.word_scale is not None
    if scaled and spelling in _SINGULAR_TIMES and folded[amount.end : amount.end + 1] == " ":
        return False  # "twenty eight billion year to date"
    if spelling == "度" and amount.scale is not None:
        unit = units["度电"]  # 售电量163亿度
    amount.unit, amount.end, amount.spelling = unit, end, spelling
    if spelling.startswith("个半") and amount.number is not None:
        amount.number += _HALF
    halved = spelling in _HALVED and amount.scale is None and _HALF_MORE.match(folded, end)
    if halved and amount.number is not None:
        amount.number, amount.end = amount.number + _HALF, end + 1
    return True


def _may_stand(passage: Passage, amount: Amount, unit: Unit, start: int, end: int) -> bool:
    """Whether a unit that has a place of its own stands there."""
    spelling = passage.folded[start:end]
    if spelling in _HAN_COINS:
        return stands(passage, amount, spelling, end)
    if unit.place == "pence":
        return _are_pence(passage, amount, start, end)
    if unit.place == "last":
        return _CLAUSE_ENDS.match(passage.folded, end) is not None
    return unit.place != "part"


def _are_pence(passage: Passage, amount: Amount, start: int, end: int) -> bool:
    """Whether a "p" behind the digits is pence: "3.2p per share", "£4m, and 12.5p of earnings"."""
    if start != amount.end or amount.form != "digits" or amount.unit is not None:
        return False
    if _PER_SHARE.match(passage.folded, end):
        return True
    return amount.decimal and (passage.currency == "GBP" or "£" in passage.folded)


def _remark(folded: str, amount: Amount, spelling: str, end: int) -> bool:
    """Whether "two points" or 三点 are things said, not percentage points."""
    if spelling == "点":
        return amount.form != "digits"
    if spelling not in ("point", "points") or amount.form != "small":
        return False
    few = amount.number is not None and amount.number <= 2
    ranged = folded[max(0, amount.start - 4) : amount.start].endswith((" to ", " or "))
    moved = _MOVED.search(folded[max(0, amount.start - 14) : amount.start]) or _APART.match(
        folded, end
    )
    return few and not ranged and not moved and not folded.startswith(" of ", end)


# "Down two points", "two points above its level": of a rate, and not of a speech.
_MOVED = regex(r"\b(?:up|down|by|rose|fell|gained|lost|grew|another|about|roughly) $")
_APART = regex(
    r" (?:hit|drag|benefit|headwind|tailwind|improvement|increase|decline|decrease|drop|gain"
    r"|swing|lift"
    r"|impact|contribution|gap|above|below|higher|lower|better|worse|ahead|behind|sequentially"
    r"|year[ -]over[ -]year)\b"
)


def read_hedges(passage: Passage, amount: Amount) -> None:
    """Take in "or more", 以上, 左右, "plus" and the like after the amount."""
    folded = passage.folded
    following = ahead(folded, amount.end)
    if following == "来" and amount.unit is None and _SOME.match(folded, amount.end):
        amount.hedge("approx")
        amount.end += 1
        return
    known, initials = passage.known.hedges_after, passage.known.initials.hedges_after
    for _ in range(2):
        if ahead(folded, amount.end) not in initials:
            return
        match = _hedges_after().match(folded, amount.end)
        if match is None:
            return
        wording, end = match.group(1), match.end()
        if wording == "+" and folded[end : end + 1] in _NO_PLUS:
            return
        if wording.startswith("or ") and folded.startswith(" than", end):
            return
        if wording == "多" and (
            folded[end : end + 1] in _MORE_BY or _FIGURE.match(folded, end) is not None
        ):
            return
        if wording in ("plus", "give or take") and _MORE_TO_COME.match(folded, end):
            return
        amount.hedge(known.get(wording) or known[wording.replace("-", " ")])
        amount.end = end
