"""Numbers that say nothing measurable: dates, times, ordinals, names, list and form numbers."""

from decimal import Decimal
from functools import cache

from pipeline.normalize.quantities.after import has_unit
from pipeline.normalize.quantities.before import BASES, CENTS, last_word, skip_spaces
from pipeline.normalize.quantities.counted import read_counted
from pipeline.normalize.quantities.lexicon import lexicon
from pipeline.normalize.quantities.number import COUNTS_DAYS, Amount, Passage, is_decimal_part
from pipeline.patterns import regex

_MONTHS = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december"
    r"|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)"
)
_WRITTEN = regex(
    r"(?:19|20)[0-9]{2} ?[-/.] ?[0-9]{1,2}(?: ?[-/.] ?[0-9]{1,2})?(?![0-9%])(?! ?[年%])"
    r"|[0-9]{1,2}[-/.][0-9]{1,2}[-/.](?:[0-9]{4}|[0-9]{2})(?![0-9.%])"
    r"|7[0-9]7(?:x\b|(?=(?: max| program| rate| production| line| jets?| deliver| family|s\b)))"
    r"|[0-9]{1,2}/[0-9]{1,2}(?= (?:close|closing|open|prices?|call)(?![a-z]))"
    r"|[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?![0-9])"
    r"|(?:19|20)[0-9]{2} ?(?:[-~–—/至到、]|to |and |through ) ?(?:19|20)?[0-9]{2}(?![0-9,.%万亿])"
    r"(?! ?(?:%|percent|million|billion))(?: ?(?:财年|年度?))?"
    r"|(?:19|20)?[0-9]{2} ?[-~–—/至到、和与及] ?(?:19|20)?[0-9]{2} ?(?:财年|年度)"
    r"|[0-9]{1,2}(?: ?(?:[、,~–—/至到和及与或-]|月[、至到和及与或~-]?) ?[0-9]{1,2}){0,4} ?月(?!球)"
    r"(?: ?(?:份|底|初|末|中旬|上旬|下旬|[0-9]{1,2}(?: ?[-~–—至到、] ?[0-9]{1,2})? ?[日号]))?"
    r"|[0-9]{1,2}(?: ?[-~–—至到、] ?[0-9]{1,2})? ?[日号](?![元圆币均本产销活])"
    r"|[0-9]+(?:st|nd|rd|th)(?![a-z])"
    r"|[0-9]{1,2} ?(?:[ap]\.?m\b\.?)"
    r"|[0-9]{1,2}[qh](?:fy|cy)?'?(?:[0-9]{2}|[0-9]{4})?e?(?![0-9a-z])"
    r"|(?:20)?[0-9]{2}[qh][1-4](?![0-9a-z])"
    r"|(?:3|6|9|12)m ?(?:fy|cy)?'?(?:20)?[0-9]{2}(?![0-9a-z.,%])"
    rf"|[0-9]{{1,2}}(?:st|nd|rd|th)?(?: of)?[ -]{_MONTHS}(?![a-z])(?:,? (?:19|20)[0-9]{{2}})?"
    r"|[0-9]{4,6}\.(?:hk|sh|sz|tw|two|ss|ks|kq|us|to)(?![a-z])"
    r"|(?:10|8|6|20|40|11|424|425)-?[kqfb][0-9]?(?![0-9a-z])(?! ?(?:%|gpu|xpu))(?<=-[kqfb])"
    r"|[0-9]{3,4}[- ][0-9]{4}(?![0-9,.%])(?! ?[a-z%年])"
    r"|[0-9](?:-[0-9]{3}){2}-[0-9]{4}|[0-9]{3}[-.][0-9]{3}[-.][0-9]{4}"
    r"|[0-9]+(?:\.[0-9]+){2,}"
    r"|(?:24/7|7-eleven|9/11|20/20)(?![0-9])"
    r"|[0-9]+-[0-9]+-[0-9]+(?![0-9.,%])"
    r"|[0-9]{4} ?(?:大卡|千卡)"
    r"|0[0-9]+(?![0-9.])"
)
# What most figures look like, and nothing that is written so: groups of thousands, a decimal point
# that no second one follows, the end of a clause, or what none of the above has behind its digits.
_FIGURE = regex(
    r"(?!(?:19|20)[0-9]{2}\.|7[0-9]7)(?:[1-9][0-9]*+|0(?![0-9]))"
    r"(?:,[0-9]{3}|,(?! ?[0-9])|\.[0-9]++(?![-/.])|\.(?![0-9a-z])"
    r"|(?![-/.:,~–—至到、和与及或月日号大千a-z ])"
    r"| (?:(?![-/.:,~–—至到、和与及或月日号大千0-9adfjmnopst])|million|percent|points?(?![a-z])))"
)
# Numbers that share a unit: 6/8/10 亿元.
_ROW = regex(r"[0-9][0-9,.]{0,11}(?:/[0-9][0-9,.]{0,11}){2,5} ?(?:[万亿元倍%]|[mb]n\b|[mb]illion)")
_LONGEST_OF_ROW = 13
# 前10大客户: so many first ones, not so many.
_RANKED = regex(r"[0-9]{1,3} ?[大名强]")
_TOKEN = regex(r"[0-9a-z]*(?:[-./_:'][0-9a-z]+)*")
_OUTLINE = regex(
    r"(?P<number>[0-9]{1,2}(?:\.[0-9]{1,2}){0,3})"
    r"(?:[)、．](?![%a-z])|\.(?=\s|[^\d\s%])|(?<=\.[0-9])\s+(?=[a-z\u3400-\u9fff])(?!至|到|to ))\s*"
)
_PERIOD_AFTER_YEAR = regex(
    r" ?(?:[0-9一二三四上下前初底末中全第qh財财度营净的款起]|年度|年報|年报)"
)
_UNTIL_YEAR = "至到在自从于'截"
_DEEPEST_INDENT = 12
_BULLETS = " \t(*•·-"
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz")
# What may stand between a name and the digits in it.
_JOINS = _LETTERS | frozenset("_#@№'第前-. :")
_PLAIN_DIGITS = regex(r"[0-9]+(?![0-9.,%]| ?(?:%|mn|bn|million|billion))")
# c30%, c44k: "circa", where C30 would be a name.
_ABOUT = regex(r"[0-9][0-9,.]* ?(?:%|bn|mn?|k|bps?|pp|pts?|x)(?![a-z])")
# GMV173.2亿元, DAU4.16亿, ROE12%: in Chinese text a metric's abbreviation needs no space.
_OF_ABBREVIATION = regex(
    r"[0-9][0-9,]*(?:\.[0-9]+)?"
    r"(?:%|[亿万][元美港欧日人辆台件单家户个次吨股，。、；,;（( ]|元|美元|港元|倍|个基点|个百分点)"
)
_AGED = regex(
    r"(?:(?:people|members|customers|users|consumers|adults|buyers|shoppers|drivers|viewers|those"
    r"|anyone|everyone|they|half|third|most|who) (?:are |is )?|aged? )(?:under|over|above|below) $"
)
_AGE_ENDS = regex(r"\s*(?:[,.;:!?)]|$|and |or )")
_YOUNGEST, _OLDEST = Decimal(12), Decimal(90)
# "yoy-21.3%", "qoq+2pct": no name with a number, a basis and a sign.
_BOUNDS = frozenset({"sub", "plus"}) | BASES
_FIRST_YEAR, _LAST_YEAR = Decimal(1900), Decimal(2100)
# 單位均為新台幣億元, 未註明者為億元: what a note says of all its amounts.
_DECLARES = regex(r"(?:位|币别|货币|金额|[标注][示明记]|说明|特别)[^，。；,;]{0,8}[为是]$")


def skip(passage: Passage, start: int) -> int:
    """Give where to go on after digits at ``start`` that are no quantity; -1 if they may be one."""
    folded = passage.folded
    if start and (past := _joined(passage, start)) >= 0:
        return past
    if is_decimal_part(folded, start):
        return -1
    slashed = folded.find("/", start, start + _LONGEST_OF_ROW) >= 0
    if slashed and _ROW.match(folded, start):
        return -1
    figure = _FIGURE.match(folded, start) is not None
    match = None if figure else _WRITTEN.match(folded, start)
    if (
        match
        and match.group()[-1] == "日"
        and COUNTS_DAYS.search(folded[max(0, start - 6) : start])
    ):
        return -1
    return match.end() if match else _outline(folded, start)


def _joined(passage: Passage, start: int) -> int:
    """Give the end of the name that the digits are part of, or -1."""
    folded = passage.folded
    before, earlier = folded[start - 1], folded[start - 2 : start - 1]
    if before not in _JOINS:
        return -1
    if before in _LETTERS or before == "_":
        joined = not (
            _currency_letters(folded, start, passage.limit)
            or (earlier in _LETTERS and _OF_ABBREVIATION.match(folded, start))
        )
    elif before in "#@№'第" or (before == "前" and _RANKED.match(folded, start)):
        joined = True
    elif before == "-":
        joined = earlier in _LETTERS and last_word(folded, start - 1, 0) not in _BOUNDS
    elif before == ".":
        joined = earlier.isdigit()
    elif before == " ":
        joined = earlier == "第"
    elif before == ":" and passage.text[start - 2 : start - 1].isupper() and earlier.isascii():
        plain = _PLAIN_DIGITS.match(folded, start)
        return plain.end() if plain else -1
    else:
        return -1
    return _token_end(folded, start) if joined else -1


def _token_end(folded: str, start: int) -> int:
    match = _TOKEN.match(folded, start)
    return match.end() if match and match.end() > start else start + 1


def _currency_letters(folded: str, start: int, limit: int) -> bool:
    word = last_word(folded, start, limit)
    if word == "c":
        return _ABOUT.match(folded, start) is not None
    if word == "c." or CENTS.match(folded, start):
        return True
    known = lexicon().prefixes.get(word, ())
    return any(word == wording and unit.place != "cents" for wording, unit in known)


def _outline(folded: str, start: int) -> int:
    """Give the end of a list or section number that opens a line, or -1."""
    line = folded.rfind("\n", max(0, start - _DEEPEST_INDENT), start) + 1
    if (line == 0 and start > _DEEPEST_INDENT) or folded[line:start].strip(_BULLETS):
        return -1
    match = _OUTLINE.match(folded, start)
    if match is None or has_unit(folded, match.end("number")):
        return -1
    return match.end()


@cache
def _labels() -> frozenset[str]:
    return lexicon().roles["label"]


@cache
def _months() -> frozenset[str]:
    return lexicon().roles["month"]


def is_name_or_date(passage: Passage, amount: Amount) -> bool:
    """Whether what was read as an amount is a year, a day of a month, or the number of a name."""
    folded, text = passage.folded, passage.text
    unit = amount.unit
    number = amount.number
    if amount.form == "year" and unit is None and amount.scale is None:
        return True
    if unit is not None and unit.name == "none":
        return True
    if number is None:
        return False
    if unit is not None and unit.kind == "measure" and amount.spelling[:1] > "\u3400":
        return _chinese_time(folded, amount, passage.limit)
    if amount.form == "fraction":
        word = last_word(folded, skip_spaces(folded, amount.start, passage.limit), passage.limit)
        return word in _labels() or word in _months()
    if unit is not None and unit.kind == "money" and folded[amount.bare_start] > "\u3400":
        return amount.number is not None and _heads_a_table(folded, amount)
    if amount.spelling == "c" and not amount.decimal:
        end = skip_spaces(folded, amount.bare_start, passage.limit)
        return last_word(folded, end, passage.limit) in _labels()
    if unit is not None or amount.scale is not None:
        return False
    if (
        not number
        and folded[amount.bare_start] == "零"
        and _ZERO_OF_A_WORD.match(folded, amount.end)
    ):
        return True
    if _is_age(folded, amount):
        return True
    whole = not amount.decimal and not amount.grouped
    if whole and not amount.signed and _FIRST_YEAR <= number <= _LAST_YEAR:
        return not _counts(passage, amount)
    end = skip_spaces(folded, amount.bare_start, passage.limit)
    word = last_word(folded, end, passage.limit)
    if word in _months() and number <= 31 and whole:
        return word != "may" or text[end - 3].isupper()
    if not whole:
        return False
    return word in _labels() and not amount.hedged


# 零組件, 零件, 零售: the first character of a word.
_ZERO_OF_A_WORD = regex(r"[组件配部售食星碎散钱花工距用容缺失错误接]")


def _counts(passage: Passage, amount: Amount) -> bool:
    """Whether a number that could be a year counts something: 2000 个, two thousand people."""
    folded = passage.folded
    if amount.form != "digits" and (folded[amount.bare_start] > "\u3000" or amount.number == 2000):
        return True
    following = folded[amount.end : amount.end + 2].lstrip()[:1]
    return following > "\u3400" and bool(read_counted(passage, amount))


_ENDS_A_HEAD = frozenset(("", *")）,，;；。/计为\n"))


def _heads_a_table(folded: str, amount: Amount) -> bool:
    """Whether 亿元 or 百万美元 only says in what a table or text counts: (亿元), 单位:亿元."""
    before = folded[amount.start - 1 : amount.start]
    if set(folded[amount.bare_start : amount.bare_end]) - set("十百千万亿"):
        return False
    heads = (
        before in "(（:：/位以"
        or (before in "，,、" and folded[amount.end : amount.end + 1] in (")", "）"))
    ) or (before in "为是" and _DECLARES.search(folded[max(0, amount.start - 16) : amount.start]))
    if not heads or (not before and folded[amount.bare_start] in "十百"):
        return False
    return folded[amount.end : amount.end + 1] in _ENDS_A_HEAD


def _chinese_time(folded: str, amount: Amount, limit: int) -> bool:
    """Whether 年, 季 or 月 after a number make a date, not a length of time."""
    unit, number = amount.unit, amount.number
    if (
        unit is None
        or number is None
        or unit.name not in ("year", "quarter", "month", "week", "day")
    ):
        return False
    before = folded[skip_spaces(folded, amount.bare_start, limit) - 1 : amount.bare_start][:1]
    if before in lexicon().roles["before_time"] and before:
        return True
    character = folded[amount.bare_start] > "\u3000"
    if amount.spelling == "年":
        if number >= _FIRST_YEAR:
            return True
        if 10 <= number <= 49 and amount.form == "digits" and not amount.hedged:
            if before and before in _UNTIL_YEAR:
                return True
            return bool(_PERIOD_AFTER_YEAR.match(folded, amount.end))
    if amount.spelling in ("季", "季度") and number <= 4 and folded[amount.bare_start] != "两":
        return not (before and before in "续去来后近连")
    return number == 1 and character and not amount.hedged


def _is_age(folded: str, amount: Amount) -> bool:
    """Whether the number is how old people are: "half of the members are under 40"."""
    number = amount.number
    if number is None or not amount.hedged or not _YOUNGEST <= number <= _OLDEST:
        return False
    lead = folded[max(0, amount.bare_start - 32) : amount.bare_start]
    return _AGED.search(lead) is not None and _AGE_ENDS.match(folded, amount.end) is not None
