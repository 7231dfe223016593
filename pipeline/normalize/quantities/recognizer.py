"""Find the quantities of a text: triggers in one pass, then a look to both sides of each."""

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache

from pipeline.normalize.quantities import counted, notquantities
from pipeline.normalize.quantities.amount import read_amount
from pipeline.normalize.quantities.before import last_word, skip_spaces
from pipeline.normalize.quantities.lexicon import alternation, lexicon
from pipeline.normalize.quantities.number import Amount, Passage
from pipeline.normalize.quantities.numerals import latin_words
from pipeline.normalize.quantities.spans import Span, read_span
from pipeline.normalize.quantities.worded import read_worded
from pipeline.normalize.script import fold
from schemas.normalized import Quantity

_OWN = "*"
_STEPS = frozenset("十百千万亿兆")
_YEN_OR_YUAN = "¥"
_JAPAN = re.compile(r"日[元圆本]|yen|jpy|japan|円")
_CHINA = re.compile(r"rmb|cny|yuan|renminbi|人民币")
_LARGE = Decimal(100_000_000)
_GROWTH_END = "增升涨长加高多大快提超翻扩了"


def find_quantities(
    text: str, *, offset: int = 0, language: str = "und", currency: str | None = None
) -> list[Quantity]:
    """Find the numbers and worded quantities of one segment, in base units, in order.

    ``start`` and ``end`` of each are ``offset`` plus its place in ``text``; no two overlap.
    ``language`` is "en", "zh-Hans", "zh-Hant" or "und"; ``currency`` (ISO 4217) is what a bare 元
    or 亿 stands for: without it 元 is CNY, but in Traditional Chinese money of no known currency
    (``unit`` None). Amounts are exact but for fractions, which are rounded to ten places. Dates,
    ordinals, list numbers and names with digits are no quantities.

    >>> [quantity.text for quantity in find_quantities("Revenue was $9 billion, up 11% in Q3 2025")]
    ['$9 billion', '11%']
    """
    folded = fold(text)
    passage = Passage(text, folded, language, currency)
    found: list[Quantity] = []
    links = notquantities.web_addresses(folded)
    done = 0
    for match in _triggers(folded):
        start = match.start()
        if start < done:
            continue
        if links and (inside := next((end for begin, end in links if begin <= start < end), 0)):
            done = inside
            continue
        span, done = _read(passage, start, match.lastgroup or "")
        if span is None:
            continue
        quantity = _quantity(passage, span, offset)
        if quantity is None:
            continue
        if found and _taken_back(passage, found[-1], quantity, offset):
            found.pop()
        found.append(quantity)
        passage.limit = done = max(done, quantity.end - offset)
    return found


@cache
def _latin_trigger() -> str:
    words = {word: 0 for word in latin_words() if word not in ("point", "oh", "o")}
    plain = alternation(words, inside=True)
    bands = alternation(band for band in lexicon().bands if band[0].isascii())
    digits = "|".join(word for word, entry in latin_words().items() if entry.role == "digit")
    return rf"(?P<digit>[0-9])|(?<![a-z])(?:(?P<worded>{bands})|(?P<word>{plain})(?:fold)?(?![a-z])|(?P<point>point(?= (?:{digits}) )))"


@cache
def _ascii_pattern() -> re.Pattern[str]:
    return re.compile(_latin_trigger())


@cache
def _mixed_pattern() -> re.Pattern[str]:
    known = lexicon()
    numbers = {char: entry for char, entry in known.number_words.items() if not char.isascii()}
    core = "".join(
        c for c, entry in numbers.items() if entry.role in ("digit", "hundred", "scale", "few")
    )
    follow = {unit[0] for unit in known.units if unit[0] > "\u3000"} | known.roles["measure"]
    follow |= {noun[0] for noun in known.roles["noun"]} | set("分点多余来半到至") | {"%"}
    strong = {
        unit[0]
        for unit, entry in known.units.items()
        if entry.kind != "measure" and unit[0] > "\u3000"
    }
    strong |= set("分点年季天周小到至")
    bands = alternation(band for band in known.bands if not band[0].isascii())
    others = core.replace("一", "")
    return re.compile(
        rf"{_latin_trigger()}|(?P<band>{bands})"
        rf"|(?P<run>[{others}](?= {{0,4}}[{core}{''.join(sorted(follow - set(core)))}])"
        rf"|一(?= {{0,4}}[{core}{''.join(sorted(strong - set(core)))}]))"
    )


def _triggers(folded: str) -> Iterator[re.Match[str]]:
    pattern = _ascii_pattern() if folded.isascii() else _mixed_pattern()
    return pattern.finditer(folded)


def _read(passage: Passage, start: int, trigger: str) -> tuple[Span | None, int]:
    """Read at a trigger; give the span, if any, and where to go on."""
    folded = passage.folded
    if trigger == "digit":
        past = notquantities.skip(passage, start)
        if past >= 0:
            return None, past
        if (
            start > passage.limit
            and folded[start - 1] == "."
            and not folded[start - 2 : start - 1].isalnum()
        ):
            return None, start + 1
    elif trigger in ("worded", "band"):
        amount, end = read_worded(passage, start)
        if amount is not None:
            return read_span(passage, amount), end
        if not folded.startswith("half", start) or end - start != len("half"):
            return None, end
    elif (
        trigger == "run"
        and start
        and folded[skip_spaces(folded, start, max(0, start - 1)) - 1] == "第"
    ):
        return None, start + 1
    amount = read_amount(passage, start)
    if amount is None:
        return _lower_half(passage, start, trigger)
    if notquantities.is_name_or_date(passage, amount):
        return None, max(amount.end, amount.bare_end)
    return read_span(passage, amount), amount.end


_PART = re.compile(r"(thirds?|quarter|fourth|fifth|sixth|seventh|eighth|ninth|tenth)(?![a-z])")
_PART_OF = re.compile(
    r" of (?!20|19|fiscal)|[,.;:)]|$| (?:higher|lower|more|less|in|to|from|on|at|as|and|are|is|were|was|this|last)\b"
)


def _lower_half(passage: Passage, start: int, trigger: str) -> tuple[Span | None, int]:
    """ "A third of": a fraction whose upper number is an article."""
    folded = passage.folded
    match = _PART.match(folded, start) if trigger == "word" else None
    if match is None or not folded.endswith((" a ", "a "), passage.limit, start):
        return None, start + 1
    begin = start - 2
    if begin and "a" <= folded[begin - 1] <= "z":
        return None, match.end()
    tail = _PART_OF.match(folded, match.end())
    if tail is None or (match.group(1) == "quarter" and not folded.startswith(" of ", match.end())):
        return None, match.end()
    from pipeline.normalize.quantities import after, before  # noqa: PLC0415
    from pipeline.normalize.quantities.numerals import Numeral  # noqa: PLC0415

    below = lexicon().number_words[match.group(1)].value
    share = (Decimal(100) / below).quantize(after.FRACTION_PLACES)
    amount = Amount(begin, Numeral(share, None, None, match.end(), "plain"))
    amount.unit = after.PERCENT
    before.read_hedges(passage, amount)
    return read_span(passage, amount), match.end()


def _quantity(passage: Passage, span: Span, offset: int) -> Quantity | None:
    """Settle unit, kind and what is counted; None where the number means nothing measurable."""
    amount, value, low, high = span.unit_from, span.value, span.low, span.high
    unit_name, kind, counted_words, end = None, "number", None, span.end
    unit = amount.unit
    if unit is not None:
        kind, unit_name = unit.kind, unit.name
        if kind == "money":
            unit_name = _currency(passage, amount)
            if unit_name and (amount.per or span.first.per or _each_share(passage, span.start)):
                unit_name += "/share"
        elif (
            kind == "multiple"
            and value == 1
            and amount.spelling == "倍"
            and _grows(passage, span.start)
        ):
            value = Decimal(2)
    else:
        settled = _unitless(passage, span)
        if settled is None:
            return None
        kind, unit_name, counted_words = settled
    qualifier = amount.qualifier if span.first is amount else span.first.qualifier
    if value is None and qualifier == "exact":
        qualifier = "between" if high is not None else "at_least"
    elif value is None and high is not None and low is not None:
        qualifier = "between"
    elif amount is not span.first and amount.hedged and value is not None:
        qualifier = amount.qualifier
    return Quantity.model_construct(
        start=offset + span.start,
        end=offset + end,
        text=passage.text[span.start : end],
        kind=kind,  # type: ignore[arg-type]
        value=value,
        low=low,
        high=high,
        unit=unit_name,
        qualifier=qualifier,  # type: ignore[arg-type]
        counted=counted_words or None,
        worded=amount.form in ("band", "vague"),
        signed=amount.signed or span.first.signed,
    )


def _each_share(passage: Passage, start: int) -> bool:
    end = skip_spaces(passage.folded, start, passage.limit)
    return passage.folded.endswith("每股", passage.limit, end)


def _grows(passage: Passage, start: int) -> bool:
    end = skip_spaces(passage.folded, start, passage.limit)
    return end > passage.limit and passage.folded[end - 1] in _GROWTH_END


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


def _unitless(passage: Passage, span: Span) -> tuple[str, str | None, str | None] | None:
    """Kind, unit and counted noun of a number without a unit; None if it is no quantity."""
    amount = span.unit_from
    noun = counted.read_counted(passage, amount)
    if noun == "-":
        return None
    if noun is not None:
        return "count", "count", noun
    chinese_scale = amount.scale is not None or amount.form in ("plain", "vague")
    character = passage.folded[amount.end - 1] > "\u3000"
    if character and chinese_scale:
        told = counted.subject_before(passage, amount)
        if told == "token":
            return "measure", "token", None
        if told or counted.subject_after(passage, amount):
            return "count", "count", None
        run = passage.folded[amount.bare_start : amount.bare_end]
        if amount.form != "digits" and not amount.hedged and not set(run) - _STEPS:
            return None
        size = span.value if span.value is not None else span.low
        if passage.currency and size is not None and abs(size) >= _LARGE:
            return "money", passage.currency, None
        return "number", None, None
    if amount.form == "digits" and "a" <= passage.folded[amount.end : amount.end + 1] <= "z":
        return None
    if _means_nothing(passage, span, amount):
        return None
    return "number", None, None


def _means_nothing(passage: Passage, span: Span, amount: Amount) -> bool:
    """Whether a bare small number is more likely a name's or a list's than an amount."""
    if (
        span.value is None
        or amount.hedged
        or amount.scale is not None
        or amount.decimal
        or amount.grouped
    ):
        return False
    if amount.form == "small":
        return True
    if amount.form != "digits":
        return False
    if amount.sign < 0 and passage.folded[amount.bare_end : amount.bare_end + 1] == ")":
        return True
    folded, start = passage.folded, span.start
    if amount.signed and amount.sign > 0:
        return False
    if folded[span.end : span.end + 1] == ")" and start and folded[start - 1] == "(":
        return True
    end = skip_spaces(folded, start, passage.limit)
    if end <= 0 or not end:
        return len(folded.strip()) > amount.end - amount.start
    char = folded[end - 1]
    if char > "\u3400":
        return True
    if "a" <= char <= "z":
        word = last_word(folded, end, 0)
        return passage.text[end - len(word)].isupper()
    return char in "/-–(" or amount.bare_end - amount.bare_start > 6  # noqa: PLR2004


@cache
def _corrections() -> re.Pattern[str]:
    words = sorted(lexicon().roles["correction"], key=len, reverse=True)
    return re.compile(
        rf"[\s,，.。…-]*(?:percent|%|million|billion)?[\s,，.。…-]*(?:{'|'.join(map(re.escape, words))})[\s,，.。…-]*(?:(?:that's|it's|it is|that is|is|a|an|the|是|应为|应该是|为) ?)*"
    )


def _taken_back(passage: Passage, last: Quantity, quantity: Quantity, offset: int) -> bool:
    gap = passage.folded[last.end - offset : quantity.start - offset]
    return 0 < len(gap) <= 40 and _corrections().fullmatch(gap) is not None  # noqa: PLR2004
