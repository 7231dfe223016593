"""Numerals in characters written together: 三千五百亿, 四○○, 十几, 一百二十点五, 七八."""

import re
from decimal import Decimal
from functools import cache

from pipeline.normalize.quantities.lexicon import NumberWord, lexicon
from pipeline.normalize.quantities.numerals import Numeral, vague
from pipeline.patterns import compiled_regex

_MOST_CHARACTERS = 40
_HUNDRED, _SMALL = Decimal(100), Decimal(10)


@cache
def _characters() -> dict[str, NumberWord]:
    return {word: entry for word, entry in lexicon().number_words.items() if not word[0].isascii()}


@cache
def _run_pattern() -> re.Pattern[str]:
    roles: dict[str, str] = {}
    for char, entry in _characters().items():
        roles[entry.role] = roles.get(entry.role, "") + char
    core = roles["digit"] + roles["hundred"] + roles["scale"]
    below = "".join(c for c in core if _characters()[c].value < _HUNDRED)  # 二十五分之一
    few, more = roles["few"], roles["more"]
    digit, steps, tens = roles["digit"], roles["hundred"] + roles["scale"], roles["hundred"]
    return compiled_regex(
        rf"(?!兆[瓦比字赫])[{core}{few}](?:(?!兆[瓦比字赫])(?:[{below}]|[{core}](?! ?分 ?之))"
        rf"|(?:(?<=[{tens}点]) {{1,4}}[{digit}{tens}]| {{1,4}}[{tens}])(?! ?分 ?之)"
        rf"| {{1,2}}[{digit}](?= {{0,2}}折)"
        rf"| {{0,2}}点(?= {{0,2}}[{digit}])"
        rf"|[{few}{more}](?=[{steps}])"
        rf"|(?<=[{roles['hundred']}])[{few}]){{0,{_MOST_CHARACTERS}}}"
    )


# 前十大客户, 前三名: so many first ones, not so many.
_RANKED = frozenset("大名强")


def ideographic(text: str, start: int) -> Numeral | None:
    """Read a numeral in Chinese characters at ``start``.

    >>> ideographic("一百二十点五", 0).value
    Decimal('120.5')
    """
    match = _run_pattern().match(text, start)
    if not match:
        return None
    if text[start - 1 : start] == "前" and text[match.end() : match.end() + 1] in _RANKED:
        return None
    known = _characters()
    if match.end() == start + 1:
        return _lone(known[match.group()], match.end())
    run = match.group().replace(" ", "")
    qualifier = "exact"
    kept = []
    for char in run:
        if known[char].role == "more":
            qualifier = "more_than"
        else:
            kept.append(char)
    run = "".join(kept)
    end = match.end()
    few = [index for index, char in enumerate(run) if known[char].role == "few"]
    if few and run[1:2] and few[0] == 0 and known[run[1]].role == "digit":
        return None  # 筆數五成: a number of something, not some of it
    if few:
        return _few(run, few, end)
    if close := _neighbours(run):
        low, high = _evaluate(close[0]), _evaluate(close[1])
        return Numeral(None, low, high, end, "plain", "between")
    value = _evaluate(run)
    if value is None:
        return None
    form = "small" if len(run) == 1 and value <= _SMALL else "plain"
    return Numeral(value, None, None, end, form, qualifier, _last_scale(run))


def _lone(entry: NumberWord, end: int) -> Numeral | None:
    """Read a single character; 几 and 数 alone are no number."""
    if entry.role == "few":
        return None
    form = "small" if entry.value <= _SMALL else "plain"
    scale = entry.value if entry.role == "scale" else None
    return Numeral(entry.value, None, None, end, form, scale=scale)


def _last_scale(run: str) -> Decimal | None:
    """Give the scale that a numeral in characters ends with: 亿 of 十八亿, 万亿 of 两万亿."""
    scale = None
    for char in reversed(run):
        entry = _characters()[char]
        if entry.role != "scale":
            break
        scale = entry.value if scale is None else scale * entry.value
    return scale


def _few(run: str, places: list[int], end: int) -> Numeral | None:
    if len(places) > 1 or len(run) == 1:
        return None
    at = places[0]
    lowest = _evaluate(run[:at] + "一" + run[at + 1 :])
    if lowest is None:
        return None
    if at == 0:
        low, high = vague(lowest)
        return Numeral(None, low, high, end, "vague", "between")
    return Numeral(
        None, lowest, _evaluate(run[:at] + "九" + run[at + 1 :]), end, "vague", "between"
    )


def _neighbours(run: str) -> tuple[str, str] | None:
    """Two digits in a row that stand for "one or the other": 三四十, 两三, 七八."""
    known = _characters()
    for index in range(len(run) - 1):
        first, second = known[run[index]], known[run[index + 1]]
        if first.role != "digit" or second.role != "digit":
            continue
        before = known[run[index - 1]].role if index else ""
        after = known[run[index + 2]].role if index + 2 < len(run) else ""
        near = second.value - first.value == 1 or (first.value == 3 and second.value == 5)
        if not near or not first.value or "digit" in (before, after):
            return None
        if before in ("point", "scale"):
            return None
        return run[: index + 1] + run[index + 2 :], run[:index] + run[index + 1 :]
    return None


def _evaluate(run: str) -> Decimal | None:
    whole, point, decimals = run.partition("点")
    known = _characters()
    if not point:
        return _whole(whole)
    digits, scale = "", Decimal(1)
    for char in decimals:
        entry = known[char]
        if entry.role == "digit":
            digits += str(entry.value)
        else:
            scale *= entry.value
    value = _whole(whole)
    return None if value is None else (value + Decimal(f"0.{digits or 0}")) * scale


def _whole(run: str) -> Decimal | None:
    known = _characters()
    total = section = Decimal(0)
    digits, last, zero = "", Decimal(1), False
    for char in run:
        entry = known[char]
        if entry.role == "digit":
            digits += str(entry.value)
            zero = zero or not entry.value
        elif entry.role == "hundred":
            if entry.value in (20, 30):
                section += entry.value
                last, zero = Decimal(10), False
                continue
            section += Decimal(digits or 1) * entry.value
            digits, last, zero = "", entry.value, False
        else:
            section += Decimal(digits or 0)
            if not section:
                total = (total or Decimal(1)) * entry.value
            elif total and total < entry.value:
                total = (total + section) * entry.value
            else:
                total += section * entry.value
            section, digits, last, zero = Decimal(0), "", entry.value, False
    if digits:
        bare_tail = len(digits) == 1 and not zero and last >= 100
        section += Decimal(digits) * (last / 10 if bare_tail else 1)
    return total + section
