"""What a span of amounts is a quantity of: its kind, its unit, and what it counts."""

from dataclasses import dataclass
from decimal import Decimal

from pipeline.normalize.quantities import counted
from pipeline.normalize.quantities.before import last_word, skip_spaces
from pipeline.normalize.quantities.lexicon import lexicon
from pipeline.normalize.quantities.number import Amount, Passage, ahead
from pipeline.normalize.quantities.spans import Span
from pipeline.patterns import regex
from schemas.normalized import Quantity, QuantityKind

# Looked up once: to look up a method of a model takes as long as some of them.
_MADE_OF = Quantity.trusted_fields
_NO_QUANTITY = "none"
_OWN = "*"
_YEN_OR_YUAN = "¥"
_JAPAN = regex(r"日[元圆本]|yen|jpy|japan|円")
_CHINA = regex(r"rmb|cny|yuan|renminbi|人民币")
_POUNDS = frozenset({"pound", "pounds"})
_OF_MATTER = regex(
    r" (?:of|at|per) (?:payable |refined |contained |recoverable |fine |copper |of )?"
    r"(?:copper|gold|lithium|zinc|lead|nickel|cobalt|uranium|molybdenum|moly|silver|aluminum"
    r"|aluminium"
    r"|steel|beef|chicken|pork|meat|poultry|coffee|sugar|cotton|milk|cheese|butter|cocoa|resin"
    r"|plastic"
    r"|paper|pulp|fiber|fibre|lce|u3o8|concentrate|metal|product|packaging|food|waste|thrust"
    r"|volume)"
    r"(?![a-z])"
)
_BRITISH = regex(r"£|sterling|british|(?<![a-z])(?:u\.?k\.?|gbp|pence|britain|london)(?![a-z])")
_ONE = Decimal(1)
_BARE_MONEY = Decimal(100_000_000)
_GROWTH_END = "增升涨长加高多大快提超翻扩了"
_STEPS = frozenset("十百千万亿兆")
_HAN = "\u3400"
# 10,950E: an estimate; a growth rate after a number tells that it is no name: Converse 366, -27.
_ESTIMATE = regex(r"e(?![a-z0-9])")
_GROWTH_FOLLOWS = regex(r",? ?[(]?[+-][0-9]")
# "PRASM +2%, Atlantic (7)": the next of a list of growth rates.
_NEXT_OF_RATES = regex(r"[,;] [a-z][a-z &./-]{1,30} \(?$")
# 每股作价 155 港元
_PER_SHARE_BEFORE = regex(r"每股[^0-9，。；,;]{0,8}$")
_TEN_SHARES = regex(r"(?:每 ?(?:10|十) ?股[^0-9，。；,;]{0,12}|(?<![0-9.])10 ?[派转送] ?)$")
_DIVIDES = frozenset("派转送")
_PER_TEN = regex(r" ?[/每] ?10 ?股")
_BEFORE_TEN = frozenset("/每")
_UP_OR_DOWN = regex(r"(?<![a-z])(?:up|down|plus|minus|negative|lapped) $")
_MOVE_ENDS = regex(
    r"\s*(?:[,.;)]|$|(?:and|but|while|so|which|with|for|in|on|as|this|that|year|from|uh|um|we|it"
    r"|it's|that's"
    r"|last|versus|they|there|i|our|the) )"
)
# "Beauty was up six grooming up three": the next of a row of moves.
_NEXT_MOVES = regex(
    r" (?!(?:percent|points?|basis|million|billion|hundred|thousand|times|years?|quarters?"
    r"|months?)\b)"
    r"(?:[a-z]+ ){1,4}(?:up|down|was|were|plus|minus|grew|fell|flat|both)(?![a-z])"
)
_LEAST_MOVE = 2
# "A hundred million pounds of cost savings" weigh nothing.
_OF_VALUE = regex(
    r" (?:of|in) (?:\w+ )?(?:costs?|savings?|revenues?|cash|debt|profits?|sales|investments?"
    r"|synerg\w+|capex|orders|deposits|loans|assets|premiums?|shares|stock|dividends?|income"
    r"|ebitda?|tax"
    r"|value|business|contracts?|funding|equity|buybacks?|impairments?|charges?|losses"
    r"|bonds?)(?![a-z])"
)
# 门店 7,020 家，净增 512: of what was counted before.
_NET = ("净增", "净减", "净开", "净关", "新增", "新开")
_LONG_DIGITS = 6
_LEAST_IN_CHARACTERS = 100
# 上午九点三十: a time of day.
_OF_DAY = frozenset({"上午", "下午", "晚上", "早上", "凌晨", "中午", "傍晚", "今晚", "明早"})
_LARGEST_LIST_NUMBER = 20
_VERSIONS = 20


@dataclass(slots=True)
class _Reading:
    kind: QuantityKind
    unit: str | None
    counted: str | None = None


def settle(passage: Passage, span: Span, offset: int) -> Quantity | None:
    """Give the quantity of a span; None where the number means nothing measurable."""
    amount, value = span.unit_from, span.value
    unit = amount.unit
    if unit is None:
        reading = _without_unit(passage, span)
        if reading is None:
            return None
    elif unit.kind == _NO_QUANTITY:
        return None
    elif (
        unit.name == "GBP"
        and amount.spelling in _POUNDS
        and not amount.per
        and _is_weight(passage, span)
    ):
        reading = _Reading("measure", "lb")
    elif unit.kind == "money":
        reading = _Reading("money", _money(passage, span))
        if value is not None and unit.worth <= _ONE and _of_ten_shares(passage, span):
            value = value / 10
            reading = _Reading("money", f"{_currency(passage, amount)}/share")
    elif amount.spelling == "pct" and passage.language.startswith("zh"):
        # In Chinese notes "pct" is short for 个百分点: 毛利率同比+2.0pct.
        reading = _Reading("points", "percentage_points")
    else:
        reading = _Reading(unit.kind, unit.name)  # type: ignore[arg-type]
        if amount.spelling == "倍" and value == 1 and _grows(passage, span.start):
            value = Decimal(2)
    return _MADE_OF(
        {
            "start": offset + span.start,
            "end": offset + span.end,
            "text": passage.text[span.start : span.end],
            "kind": reading.kind,
            "value": value,
            "low": span.low,
            "high": span.high,
            "unit": reading.unit,
            "qualifier": _qualifier(span),
            "counted": reading.counted or None,
            "worded": amount.form in ("band", "vague"),
            "signed": amount.signed or span.first.signed,
        }
    )


def _qualifier(span: Span) -> str:
    first, amount = span.first, span.unit_from
    if span.value is None:
        if span.high is not None:
            return "between"
        return first.qualifier if first.hedged else "at_least"
    return amount.qualifier if amount.hedged else first.qualifier


def _of_ten_shares(passage: Passage, span: Span) -> bool:
    """Whether money is told of ten shares: 每 10 股派 5 元, 10 派 5 元."""
    folded = passage.folded
    lead = folded[max(0, span.start - 20) : span.start]
    told = "股" in lead or lead.rstrip()[-1:] in _DIVIDES
    if told and _TEN_SHARES.search(lead):
        return True
    return ahead(folded, span.end) in _BEFORE_TEN and _PER_TEN.match(folded, span.end) is not None


def _money(passage: Passage, span: Span) -> str | None:
    amount = span.unit_from
    name = _currency(passage, amount)
    if name and (amount.per or span.first.per or _each_share(passage, span.start)):
        return f"{name}/share"
    return name


def _currency(passage: Passage, amount: Amount) -> str | None:
    name = amount.unit.name if amount.unit else None
    if name == _OWN:
        if passage.currency or passage.language == "zh-Hant":
            return passage.currency
        return "CNY"
    if name == _YEN_OR_YUAN:
        if passage.currency in ("JPY", "CNY"):
            return passage.currency
        if _JAPAN.search(passage.folded):
            return "JPY"
        chinese = passage.language.startswith("zh") or _CHINA.search(passage.folded)
        return "CNY" if chinese else "JPY"
    return name


def _is_weight(passage: Passage, span: Span) -> bool:
    """Whether "pounds" weigh: those of copper, or of a company whose money is none."""
    folded = passage.folded
    if _OF_VALUE.match(folded, span.end):
        return False
    if _OF_MATTER.match(folded, span.end):
        return True
    if passage.currency in (None, "GBP") or passage.language != "en":
        return False
    return _BRITISH.search(folded) is None


def _each_share(passage: Passage, start: int) -> bool:
    lead = passage.folded[max(passage.limit, start - 12) : start]
    return "股" in lead and _PER_SHARE_BEFORE.search(lead) is not None


def _grows(passage: Passage, start: int) -> bool:
    """Whether 一倍 is said of a growth, so that the new is twice the old."""
    end = skip_spaces(passage.folded, start, passage.limit)
    return end > passage.limit and passage.folded[end - 1] in _GROWTH_END


def _without_unit(passage: Passage, span: Span) -> _Reading | None:
    amount = span.unit_from
    noun = counted.read_counted(passage, amount)
    if noun == counted.NOTHING:
        return None
    if noun is not None:
        return _Reading("count", "count", noun)
    character = passage.folded[amount.end - 1] >= "\u3000"
    if character and (amount.scale is not None or amount.form in ("plain", "vague")):
        return _chinese_magnitude(passage, span, amount)
    if amount.form == "digits" and "a" <= passage.folded[amount.end : amount.end + 1] <= "z":
        estimate = _ESTIMATE.match(passage.folded, amount.end)
        return _Reading("number", None) if estimate and (amount.decimal or amount.grouped) else None
    if _means_nothing(passage, span, amount):
        return None
    return _Reading("number", None)


def _chinese_magnitude(passage: Passage, span: Span, amount: Amount) -> _Reading | None:
    """Read a bare 8亿 or 数十万: a count where a subject says so, else money if it is large."""
    told = counted.subject_before(passage, amount)
    if told == "token":
        return _Reading("measure", "token")
    if told or counted.subject_after(passage, amount):
        return _Reading("count", "count")
    run = passage.folded[amount.bare_start : amount.bare_end]
    if amount.form != "digits" and not amount.hedged and not set(run) - _STEPS:
        return None
    size = span.value if span.value is not None else span.low
    if "点" in run and amount.form == "plain" and size is not None and abs(size) < _BARE_MONEY:
        lead = passage.folded[max(0, amount.start - 2) : amount.start]
        return None if lead in _OF_DAY else _Reading("number", None)
    if amount.form == "plain" and size is not None and abs(size) < _LEAST_IN_CHARACTERS:
        return _Reading("number", None) if amount.hedged else None
    if passage.currency and size is not None and abs(size) >= _BARE_MONEY:
        return _Reading("money", passage.currency)
    return _Reading("number", None)


def _means_nothing(passage: Passage, span: Span, amount: Amount) -> bool:
    """Whether a bare small number is more likely a name's or a list's than an amount."""
    if span.value is None or amount.hedged or amount.scale is not None:
        return False
    if amount.decimal or amount.grouped:
        return amount.decimal and _is_version(passage, amount)
    if amount.form != "digits":
        return amount.form == "small" and not _small_move(passage.folded, amount)
    folded, start = passage.folded, span.start
    if folded[span.end : span.end + 1] == ")" and _list_number(folded, start, span.value):
        return True
    if amount.signed:
        negative = amount.sign < 0 and folded[amount.bare_end : amount.bare_end + 1] == ")"
        return negative and not _in_rates(passage, start)
    if _GROWTH_FOLLOWS.match(folded, amount.end) and folded[start - 1 : start] == " ":
        return False
    end = skip_spaces(folded, start, passage.limit)
    if not end:
        return bool(folded[amount.end :].strip())
    char = folded[end - 1]
    if folded.endswith(_NET, 0, end):
        return False
    if char > _HAN or char in "/-–(":
        return True
    if "a" <= char <= "z":
        word = last_word(folded, end, 0)
        return passage.text[end - len(word)].isupper() and word not in lexicon().roles["amount"]
    return amount.bare_end - amount.bare_start > _LONG_DIGITS


def _is_version(passage: Passage, amount: Amount) -> bool:
    """Whether a whole number with a nought behind the point is a name's: "Studio XL 1.0"."""
    if passage.folded[amount.bare_end - 2 : amount.bare_end] != ".0" or amount.signed:
        return False
    end = skip_spaces(passage.folded, amount.start, passage.limit)
    word = last_word(passage.folded, end, 0)
    named = word.isalpha() and passage.text[end - len(word)].isupper()
    return named and word not in lexicon().roles["amount"] and (amount.number or 0) < _VERSIONS


def _small_move(folded: str, amount: Amount) -> bool:
    """Whether a small number in words is the size of a move: "ticket up two"."""
    if amount.number is None or amount.number < _LEAST_MOVE:
        return False
    moved = amount.signed or _UP_OR_DOWN.search(folded[max(0, amount.start - 9) : amount.start])
    ends = _MOVE_ENDS.match(folded, amount.end) or _NEXT_MOVES.match(folded, amount.end)
    return bool(moved) and ends is not None


def _in_rates(passage: Passage, start: int) -> bool:
    limit = passage.limit
    rate = passage.folded[limit - 1 : limit] in ("%", ")") and limit > 0
    return rate and _NEXT_OF_RATES.fullmatch(passage.folded, limit, start) is not None


def _list_number(folded: str, start: int, value: Decimal) -> bool:
    """Whether a number before a closing bracket that nothing opened counts a list: 1) and 2)."""
    lowest = max(0, start - 60)
    opened, closed = folded.rfind("(", lowest, start), folded.rfind(")", lowest, start)
    return value < _LARGEST_LIST_NUMBER and opened <= closed
