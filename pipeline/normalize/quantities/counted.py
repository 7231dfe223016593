"""What a number counts: the noun phrase after it ("paid memberships", 家门店)."""

import re
from decimal import Decimal
from functools import cache

from pipeline.normalize.quantities.before import skip_spaces
from pipeline.normalize.quantities.lexicon import alternation, lexicon
from pipeline.normalize.quantities.number import Amount, Passage
from pipeline.patterns import compiled_regex, regex

_WORD = r"([a-z][a-z0-9'&/-]*)"
_NOUNS = regex(rf"[ -]{_WORD}(?: {_WORD})?(?: {_WORD})?(?: {_WORD})?")
_ATTACHED = regex(rf"[ -]?{_WORD}(?: {_WORD})?(?: {_WORD})?(?: {_WORD})?")  # 30萬TEU
_OF_THEM = regex(
    r" (?:of (?:them|those|these|which)|in all|in total|more|new|used|others?)(?![a-z])"
)
_HAN_RUN = regex(r"[㐀-鿿]{1,8}")
_DIVIDED = regex(r" ?派 ?(?:息)?[0-9]")  # 10 派 5 元: a dividend on ten shares
# "1.02 million 8-inch equivalent wafers": the size of each stands between.
_SIZED = regex(
    r" \d{1,4}(?:\.\d)?[- ](?:inch|nanometer|nm|foot|meter|metre|liter|litre|megawatt|kilowatt|watt"
    r"|gigabyte|terabyte|ounce|pound|mile|seat|bed|ton|tonne)(?:[- ]equivalent)?(?= [a-z])"
)
_MOST_COUNTED = 6
_SMALL, _MANY = Decimal(20), Decimal(100)
NOTHING = "-"
_LOOK_BACK = 10


def read_counted(passage: Passage, amount: Amount) -> str | None:
    """Give what the amount counts, as written; "" if it counts something unnamed, None if nothing.

    Small numbers of things that say nothing of a company ("two questions") give ``NOTHING``.
    """
    folded = passage.folded
    position = amount.end
    following = folded[position : position + 1]
    if following == " ":
        following = folded[position + 1 : position + 2]
    if not following:
        return None
    if following >= "\u3400":
        return _chinese(passage, amount)
    if following.isdigit() and (sized := _SIZED.match(folded, position)) is not None:
        return _english(passage, amount, sized.end())
    if following.isascii() and (following.isalpha() or following == "-"):
        return _english(passage, amount)
    return None


_MILLIONS = Decimal(1_000_000)
_MOVES = regex(r" (?:up|down) (?:about |roughly |nearly )?(?:[a-z]+(?:teen|ty)?|\d+)(?![a-z])")
# The verb of the next clause, in captions without a stop.
_VERB = regex(
    r" (?:did|was|were|is|are|grew|rose|fell|declined|increased|decreased|had|came|made|went"
    r"|drove|led"
    r"|saw|remain|remained|continue|continued|up|down|added|improved|accounted|represented)\b"
)


def _english(passage: Passage, amount: Amount, behind: int | None = None) -> str | None:
    folded = passage.folded
    if amount.form == "small" and amount.number == 1:
        return NOTHING
    start = behind or amount.end
    if amount.form == "vague" and folded.startswith(" of ", start):
        start += len(" of")
    match = (_ATTACHED if folded[start - 1] > "\u3400" else _NOUNS).match(folded, start)
    unnamed = "" if _OF_THEM.match(folded, amount.end) else None
    sized = amount.word_scale or amount.scale or 0
    spoken = passage.text.islower()
    millions = sized >= _MILLIONS and spoken
    if match is None:
        return unnamed
    roles = lexicon().roles
    stops, plurals, uncounted = roles["stop"], roles["plural"], roles["uncounted"]
    if match.group(1) in roles["noun"]:  # 30 萬 TEU: an abbreviation has no plural
        return passage.text[match.start(1) : match.end(1)]
    for group in range(1, 5):
        word = match.group(group)
        if word is None or word in stops or (word.endswith("ly") and len(word) > 4):
            return unnamed
        if word in uncounted:
            if amount.scale is None and amount.number is not None and amount.number < _SMALL:
                return NOTHING
            if amount.number is None or amount.number < _MANY:
                return None
        if spoken and _MOVES.match(folded, match.end(group)):
            return unnamed  # "watches up twenty five maps up three percent"
        if millions and _VERB.match(folded, match.end(group)):
            return unnamed  # "revenue was six hundred million wearables did most of that"
        if word in plurals or (
            word.endswith("s") and not word.endswith(("ss", "is", "'s")) and len(word) > 2
        ):
            return passage.text[match.start(1) : match.end(group)]
    return unnamed


def _each(folded: str, start: int, limit: int) -> bool:
    """Whether the number only says of how many something is: 每10股."""
    end = skip_spaces(folded, start, limit)
    return folded.endswith(("每", "元/"), 0, end)


@cache
def _nouns() -> re.Pattern[str]:
    return compiled_regex(f" ?({alternation(lexicon().roles['noun'])})")


@cache
def _things() -> tuple[str, ...]:
    return tuple(word for word in lexicon().roles["uncounted"] if not word.isascii())


@cache
def _subjects() -> re.Pattern[str]:
    return compiled_regex(
        f"({alternation(word.lower() for word in lexicon().roles['subject'])}|tokens?|词元)"
    )


def _chinese(passage: Passage, amount: Amount) -> str | None:
    folded, roles = passage.folded, passage.known.roles
    start = amount.end + (folded[amount.end] == " ")
    run = _HAN_RUN.match(folded, start)
    if run is None:
        return None
    known = _nouns().match(folded, amount.end)
    said = run.group()
    first = said[0]
    if said[:2] in roles["not_measure"]:
        return None
    if first == "股" and _each(folded, amount.start, passage.limit):
        return NOTHING
    if first == "派" and _DIVIDED.match(folded, amount.end):
        return NOTHING
    measured = first in roles["measure"]
    if known is None and not measured:
        return None
    if amount.scale is None and amount.number is not None and amount.number < _SMALL:
        thing = said[1:] if measured else said
        if thing.startswith(_things()) or said.startswith(_things()):
            return NOTHING
    if amount.form == "small" and amount.number == 1 and amount.scale is None:
        return NOTHING
    length = known.end() - start if known else 1
    stops = roles["stop"]
    while length < min(len(said), _MOST_COUNTED):
        if said[length] in stops and not _in_a_noun(said, length):
            break
        length += 1
    return passage.text[start : start + length]


# Nouns that hold a character which elsewhere ends what is counted: 供应商, 会员, 适应症, 智能体.
_NOUNS_WITH_STOPS = frozenset(
    re.findall(
        r"\S+",
        "供应 适应 会员 中心 地区 地级 地市 功能 智能 经销 经纪 中小 上市 内容 自营 自习 前置 同学"
        " 共享 对外 效应 经理 间夜 公共 中台",
    )
)


def _in_a_noun(said: str, at: int) -> bool:
    return said[at : at + 2] in _NOUNS_WITH_STOPS or said[at - 1 : at + 1] in _NOUNS_WITH_STOPS


@cache
def _subject_after() -> re.Pattern[str]:
    words = alternation(word.lower() for word in lexicon().roles["subject"])
    return compiled_regex(rf"(?: ?[a-z][a-z0-9.-]* ?|的[㐀-鿿]{{0,4}}?)({words})")


def subject_after(passage: Passage, amount: Amount) -> bool:
    """Tell whether a bare Chinese number counts what comes a little later: 1亿的独立用户."""
    return _subject_after().match(passage.folded, amount.end) is not None


def subject_before(passage: Passage, amount: Amount) -> str | None:
    """Give the unit that the words before a bare Chinese number tell: 月活突破1亿 is a count."""
    start = max(passage.limit, amount.start - _LOOK_BACK)
    clause = passage.folded[start : amount.start]
    for mark in "，。；、,;:：":
        clause = clause[clause.rfind(mark) + 1 :]
    found = None
    for match in _subjects().finditer(clause):
        found = match.group()
    if found is None:
        return None
    return "token" if found.startswith(("token", "词元")) else "count"
