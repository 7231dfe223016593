"""Bands and multiples in words: mid-teens, 三位数, doubled, 翻两番, 腰斩, half of."""

import re
from decimal import Decimal
from functools import cache

from pipeline.normalize.quantities import after, before, shares
from pipeline.normalize.quantities.lexicon import Band, Unit, alternation, lexicon
from pipeline.normalize.quantities.number import Amount, Passage
from pipeline.normalize.quantities.numerals import Numeral
from pipeline.patterns import compiled_regex, regex

_WIDER = regex(
    r"(lower|low|mid|high|upper)[- ]*(single|double)?(?:[- ]*digits?)?[- ]+(?:to|and)[- ]+$"
)
_HALF_OF = regex(
    r" (?:of|the|our|its|their|what|that|those|these|as|from"
    r"|a(?! (?:percent|point|b|m|t)))(?![a-z])"
)
_NOT_HALF = regex(
    r"[ -]?(?:(?:a )?(?:million|billion|trillion|thousand|hundred|dozen|percent|point|basis)"
    r"|year|hour|time|day|life|way|hearted|marathon|step|inch|mile)"
)
_PART = regex(r"thirds?|quarters?|(?:fif|six|seven|eigh|nin|ten|four)ths?")
_PART_OF = regex(
    r"(?: or so)? of (?!20|19|fiscal)|[,.;:)]|$"
    r"| (?:higher|lower|more|less|in|to|from|on|at|as|and|are|is|were|was|this|last)(?![a-z])"
)
# "dn high-single", but "a high single-family share".
# Behind an ordinal too: "a third in 2026, a fourth is planned".
_ORDINAL_TOO = frozenset(
    ("in", "to", "from", "on", "at", "as", "and", "are", "is", "were", "was", "this", "last")
)
_ALONE = regex(r"\s*(?:[,.;:)/&(]|$)|[ -](?:and|in|on|for|yoy|y/y|ex|incl|to)(?![a-z])")
# 降价一半, 砍了一半: what is left is half.
_FALLEN = regex(r"(?:[降跌砍缩削腰]|减少|下跌)[价低少水短减掉]?(?:了|掉|去|至|到)?$")
_HALF = Decimal("0.5")
_POINT = regex(
    r"(?:full |whole )?(basis |percentage )?(point)|couple of (basis |percentage )?points"
)
_MOVED_BEFORE = regex(
    r"(?:up|down|by|about|around|roughly|approximately|nearly|almost|over|under|another|added|lost"
    r"|gained|than|maybe|only|just|cost us|costs us|worth|picked up|say|be|of) (?:a )?$"
)
_MOVED_AFTER = regex(
    r" (?:or so|or two|better|worse|higher|lower|above|below|ahead|behind|headwind|tailwind|drag"
    r"|increase|decrease|decline|improvement|impact|benefit|hit)(?![a-z])"
    r"| of (?!view|order|contact|sale|fact|pride|reference|care|entry|difference|interest|time|the"
    r"|this|that|clarification|no |contention|departure|inflection|emphasis|presence|purchase)"
)
_BY = regex(r"(?:by|down|up) $")
_AND_A_HALF = regex(r" and a half(?![a-z])")
# "a quarter point", "a quarter percent"
_OF_UNIT = regex(r"[ -](percent|percentage point|point)(?![a-z])")
_MOVED_BY = frozenset(
    ("by", "up", "down", "rose", "fell", "grew", "jumped", "dropped", "shrank", "climbed", "slid")
)
_MOVE_ENDS = regex(
    r"\s*(?:[,.;:)]|$| (?:to|from|in|on|this|last|since|year|again|as|and)(?![a-z]))"
)
# "An increase of a quarter", "down a third": how far something moved.
_MOVE_OF = regex(
    r"(?:\b(?:by|up|down)|(?:increase|rise|fall|drop|decline|growth|gain|jump|cut|reduction|decrease"
    r"|improvement|loss) of) $"
)
# What may stand before "a fourth in 2027" where it is a part and no ordinal.
_LEADS_PART = regex(
    r"(?:^|[^a-z])(?:by|up|down|than|to|of|fell|rose|dropped|grew|cut|only|just|increased"
    r"|declined|some|at|is|was|are|were|about|around|roughly|nearly|almost|over|under|shed"
    r"|lost|gained|slipped|jumped|climbed|for|makes|accounts?|accounted"
    r"|represents|or|maybe|another|approximately|c\.?) $"
)
_NO_POINT = regex(
    r" (?:in time|where|when|that|at which|of view|about|on|here|there|i|we|you)(?![a-z])"
)
_UNITS = {
    "x": Unit("x", Decimal(1), "multiple", "after"),
    "percent": Unit("percent", Decimal(1), "percent", "after"),
    "percentage_points": Unit("percentage_points", Decimal(1), "points", "after"),
}


@cache
def _pattern() -> re.Pattern[str]:
    return compiled_regex(alternation(lexicon().bands))


_INITIALS = frozenset({"lsd", "msd", "hsd", "ldd"})
_NAMED = regex(r"(?![增成下左以的水级同])[\u4e00-\u9fff]")


def read_worded(passage: Passage, start: int, *, hedges: bool = True) -> tuple[Amount | None, int]:
    """Read the band or multiple at ``start``; give it (None for a false friend) and its end.

    The end is ``start`` where there is no such wording.
    """
    folded = passage.folded
    match = _pattern().match(folded, start)
    if match is None:
        return None, start
    wording = match.group()
    known = lexicon().bands
    band = known.get(wording) or known[wording.replace("-", " ")]
    if band.unit == "-":
        return None, match.end()
    if wording in _INITIALS and _NAMED.match(folded, match.end()):
        # 收到MSD首付款: in Chinese text a company's name, unless growth is told with it.
        return None, match.end()
    if wording in _IN_NAMES and _is_named(passage, start, match.end()):
        return None, match.end()
    if wording == "half" and not _half(passage, start, match.end()):
        return None, match.end()
    short = band.unit == "percent" and wording.endswith(("single", "double"))
    if short and not _ALONE.match(folded, match.end()):
        return None, match.end()
    if wording == "一半" and _FALLEN.search(folded[max(passage.limit, start - 4) : start]):
        band = Band(_HALF, _HALF, "x", band.qualifier)
    amount = _amount(passage, start, match.end(), wording.replace("-", " "), band)
    if hedges:
        before.read_hedges(passage, amount)
        after.read_hedges(passage, amount)
    return amount, amount.end


# "The rollout of Double Play": a multiple within a name.
_IN_NAMES = frozenset(("double", "triple", "quadruple", "half", "twice"))


def _is_named(passage: Passage, start: int, end: int) -> bool:
    """Whether a capital within a sentence and a capital behind make a word part of a name."""
    text = passage.text
    before = text[max(0, start - 3) : start].rstrip()
    return (
        text[start].isupper()
        and before[-1:].isalnum()
        and text[end : end + 1] == " "
        and text[end + 1 : end + 2].isupper()
        and not before.isupper()
    )


def _amount(passage: Passage, start: int, end: int, wording: str, band: Band) -> Amount:
    folded = passage.folded
    if band.low == band.high:
        numeral = Numeral(band.low, None, None, end, "worded", band.qualifier)
    else:
        low = band.low
        lead = _WIDER.search(folded[max(passage.limit, start - 28) : start])
        if lead:
            start -= lead.end() - lead.start()
            low = _wider(lead, wording, low)
        numeral = Numeral(None, low, band.high, end, "band", "between")
    amount = Amount(start, numeral)
    amount.unit = _UNITS[band.unit]
    if band.low != band.high:
        amount.hedged = False
        _band_unit(folded, amount)
    return amount


def _wider(lead: re.Match[str], wording: str, low: Decimal) -> Decimal:
    head = wording.split(" ")
    noun = [lead.group(2) or head[1], "digits"] if "digit" in wording else head[1:]
    band = lexicon().bands.get(" ".join([lead.group(1), *noun]))
    return band.low if band else low


def _band_unit(folded: str, amount: Amount) -> None:
    tail = compiled_regex(
        r"[ -](percent|%|basis points|bps|points|percentage points|millions?|billions?)(?![a-z])|%"
    ).match(folded, amount.end)
    if tail is None:
        return
    word = tail.group(1) or "%"
    amount.end = tail.end()
    if word[:3] in ("mil", "bil"):
        amount.scale, amount.unit = lexicon().scales[word.rstrip("s")].worth, None
    else:
        amount.unit = lexicon().units[word]


def _half(passage: Passage, start: int, end: int) -> bool:
    """Whether a lone "half" is 50%, not a half-year or one side of something."""
    folded = passage.folded
    position = before.skip_spaces(folded, start, passage.limit)
    word = before.last_word(folded, position, passage.limit)
    if word in lexicon().roles["not_half"] or _NOT_HALF.match(folded, end):
        return False
    if word in lexicon().hedges or _HALF_OF.match(folded, end):
        return True
    # "Goes up by half to 6p", "profits fell half".
    return word in _MOVED_BY and _MOVE_ENDS.match(folded, end) is not None


def read_part(passage: Passage, start: int) -> tuple[Amount | None, int]:
    """Read the fraction at ``start`` whose upper half is the article before it: "a third of"."""
    folded = passage.folded
    match = _PART.match(folded, start)
    if match is None:
        return None, start + 1
    begin, end = start - len("a "), match.end()
    if begin < passage.limit or folded[begin] != "a":
        return None, end
    whole = Amount(begin, Numeral(None, None, None, end, "plain"))
    parts = lexicon().number_words[match.group()].value
    if shares.part_of_scale(folded, whole, end, Decimal(1), parts):
        after.read_suffix(passage, whole)
        before.read_hedges(passage, whole)
        after.read_hedges(passage, whole)
        return whole, whole.end
    if unit := _OF_UNIT.match(folded, end):
        amount = Amount(begin, Numeral(1 / parts, None, None, unit.end(), "plain"))
        amount.unit = lexicon().units[unit.group(1)]
        before.read_hedges(passage, amount)
        return amount, amount.end
    follows = _PART_OF.match(folded, end)
    if follows is None:
        return None, end
    lead = folded[max(passage.limit, begin - 16) : begin]
    if match.group().startswith("quarter"):
        if not folded.startswith((" of ", " or so of "), end) and not _MOVE_OF.search(lead):
            return None, end
    elif follows.group()[:1] == " " and not _LEADS_PART.search(lead):
        said = follows.group().strip()
        if said in _ORDINAL_TOO:
            return None, end
    lower = lexicon().number_words[match.group()].value
    if part := shares.PART_OF_ONE.match(folded, end):
        tenth = shares.of(Decimal("0.01"), lower)
        amount = Amount(begin, Numeral(tenth, None, None, part.end(), "plain"))
        amount.unit = shares.unit_of_one(part)
    else:
        amount = Amount(begin, Numeral(shares.of(Decimal(1), lower), None, None, end, "plain"))
        amount.unit = shares.PERCENT
    before.read_hedges(passage, amount)
    if folded.startswith(" or so", end):
        after.read_hedges(passage, amount)
    return amount, amount.end


def read_coin(passage: Passage, start: int) -> tuple[Amount | None, int]:
    """Read money told with an article: "a buck fifty", "a dollar a share", "beat by a penny".

    A dollar of no more than that may be any: "every time a dollar is spent".
    """
    folded = passage.folded
    begin = start - len("a ")
    if begin < passage.limit or folded[begin] != "a":
        return None, start + 1
    amount = Amount(begin, Numeral(Decimal(1), None, None, start - 1, "plain"))
    after.read_suffix(passage, amount)
    said = amount.number != 1 or bool(amount.per)
    before.read_hedges(passage, amount)
    if amount.unit is None or not (said or amount.hedged or _BY.search(folded[:begin][-8:])):
        return None, start + 1
    return amount, amount.end


def read_points(passage: Passage, start: int) -> tuple[Amount | None, int]:
    """Read points told with an article: "up a basis point", "about a point", "a couple of points".

    "A point" alone may be one that is made in speech; words of size or movement must stand by.
    """
    folded = passage.folded
    match = _POINT.match(folded, start)
    begin = start - len("a ")
    if match is None or begin < passage.limit or folded[begin] != "a":
        return None, start + 1
    end = match.end()
    kind = match.group(1) or match.group(3)
    half = _AND_A_HALF.match(folded, end)
    if kind is None and not half and not folded.startswith(("full", "whole"), start):
        moved = _MOVED_BEFORE.search(folded[max(passage.limit, begin - 14) : begin])
        if _NO_POINT.match(folded, end) or not (moved or _MOVED_AFTER.match(folded, end)):
            return None, end
    few = match.group(2) is None
    value = Decimal(2 if few else 1)
    if half:
        value, end = value + _HALF, half.end()
    numeral = Numeral(value, None, None, end, "plain", "approx" if few else "exact")
    amount = Amount(begin, numeral)
    amount.unit = lexicon().units[f"{kind or 'percentage '}point"]
    before.read_hedges(passage, amount)
    after.read_hedges(passage, amount)
    return amount, amount.end
