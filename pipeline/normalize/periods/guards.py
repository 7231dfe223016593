"""Judgements that a pattern cannot make: whether digits or a word really name a time here."""

import re
from collections.abc import Callable, Mapping

from pipeline.normalize.periods.anchor import Anchor

Guard = Callable[[str, str, int, int, Mapping[str, int], Anchor], bool]
"""Takes the text, the folded text, start, end, the slots read and the anchor."""

_COUNTED = re.compile(
    r"\s?(?:%|‰|percent|percentage|bps|basis|million|billion|trillion|thousand|hundred|bn\b|mn\b|k\b"
    r"|x\b|mw\b|gw\b|kw|km|miles|dollars|usd|euros?|shares|stores|restaurants|locations|customers"
    r"|employees|people|units|sites|branches|users|vehicles|cars|homes|patients|beds|trucks"
    r"|patents|partners|shops|members|hours|days|weeks|warehouses|associates|clients|accounts"
    r"|countries|cities|stations|rooms|hotels|megawatts|gigawatts|tons|tonnes|barrels|rigs|wells"
    r"|多?[个家名台人亿万千百元件辆套吨座间款种颗枚倍米克次张只箱部条项笔户单点]"
    r"|美元|港元|港币|欧元|日元|人民币|余|多)"
    r"|[.,:]\d|-\d|\+"
)
_MONEY_BEFORE = re.compile(r"(?:[$€£¥#@_&]\s?|\d\s?[-–—~]\s?|\d[.,])$")
_HYPHEN_BEFORE = re.compile(r"-$")
_WORD_HYPHEN_BEFORE = re.compile(r"\b(?:mid|end|pre|post|late|early|full|year|since|to)-$")
_TIME_BEFORE = re.compile(
    r"\b(?:in|since|from|by|during|before|after|until|through|late|early|mid|end of|of|year|than"
    r"|versus|vs\.?|back to|into|for)(?: the)?[ -]$|[自于在至到较比从]\s?$"
)
_AMBIGUOUS_MONTHS = frozenset({"may", "march", "mar", "sec", "dec"})
_MONTH_BEFORE = re.compile(
    r"\b(?:in|of|by|since|through|until|till|late|early|mid|last|this|next|during|from|to|end|for"
    r"|before|after|on|through|january|february|march|april|june|july|august)(?: the)?[ -](?:and )?$"
    r"|\b(?:april|february|june)(?:,| and| to| or) $"
)
_SENTENCE_START = re.compile(r"(?:^|[.!?:\n\"])\s*$")
_QUESTION_LABEL = re.compile(r"\s*[:：、)）]|\.\s")
_LONG_AGO_IN_CHINESE = re.compile(r"\s?(?:来|以来|间|期|前|后|内|的历史|时间|经验|历史|多|余|以上)")
_CLAUSE_START = re.compile(r"(?:^|[到至较比自从在对，,。;；：:、(（\s])$")


def _bare_year(
    text: str, folded: str, start: int, end: int, slots: Mapping[str, int], anchor: Anchor
) -> bool:
    """Tell a year from a count of about two thousand, a price or a part of a number."""
    before = folded[max(0, start - 14) : start]
    if _COUNTED.match(folded, end) or _MONEY_BEFORE.search(before):
        return False
    if _HYPHEN_BEFORE.search(before) and not _WORD_HYPHEN_BEFORE.search(before):
        return False
    around = anchor.day or (anchor.reporting and anchor.reporting.end)
    now = around.year if around else 2020
    if not all(slots[year] >= now - 30 for year in ("year", "year2") if year in slots):
        return _TIME_BEFORE.search(before) is not None
    if slots.get("year2", 9999) < slots["year"]:
        return False
    return now - 16 <= slots["year"] <= now + 26 or _TIME_BEFORE.search(before) is not None


def _month_word(
    text: str, folded: str, start: int, end: int, slots: Mapping[str, int], anchor: Anchor
) -> bool:
    """Tell May and March from the verbs: by a preposition, or by a capital within a sentence."""
    words = re.findall(r"[a-z]+", folded[start:end])
    if not _AMBIGUOUS_MONTHS.intersection(words) or len(words) > 1:
        return True
    before = folded[max(0, start - 20) : start]
    if _MONTH_BEFORE.search(before):
        return True
    at = start + folded[start:end].index(words[0])
    return text[at].isupper() and ("day" in slots or not _SENTENCE_START.search(before))


def _upper(
    text: str, folded: str, start: int, end: int, slots: Mapping[str, int], anchor: Anchor
) -> bool:
    return text[start:end].isupper()


def _upper_e(
    text: str, folded: str, start: int, end: int, slots: Mapping[str, int], anchor: Anchor
) -> bool:
    around = anchor.day or (anchor.reporting and anchor.reporting.end)
    near = around is None or abs(slots["year"] - around.year) <= 8
    return near and text[start:end].endswith("E")


def _apostrophe(
    text: str, folded: str, start: int, end: int, slots: Mapping[str, int], anchor: Anchor
) -> bool:
    """Take '26 for a year where it is near, and not a closing quotation mark before a number."""
    around = anchor.day or (anchor.reporting and anchor.reporting.end)
    near = around is None or abs(slots["year"] - around.year) <= 12
    return near and not folded.startswith("'", end) and not _COUNTED.match(folded, end)


def _question_label(
    text: str, folded: str, start: int, end: int, slots: Mapping[str, int], anchor: Anchor
) -> bool:
    """Refuse the "Q3:" that numbers a question at the start of a line."""
    if folded[start] != "q" or end - start > 3:
        return True
    first_in_line = not folded[folded.rfind("\n", 0, start) + 1 : start].strip(" *#-•·")
    return not (first_in_line and _QUESTION_LABEL.match(folded, end))


def _calendar_year(
    text: str, folded: str, start: int, end: int, slots: Mapping[str, int], anchor: Anchor
) -> bool:
    words = folded[start:end]
    return words.startswith("c") or "'" in words or re.search(r"\d{4}", words) is not None


def _spoken_year(
    text: str, folded: str, start: int, end: int, slots: Mapping[str, int], anchor: Anchor
) -> bool:
    return not folded[start].isdigit() and not _COUNTED.match(folded, end)


def _chinese_month(
    text: str, folded: str, start: int, end: int, slots: Mapping[str, int], anchor: Anchor
) -> bool:
    """Refuse 近三月, 前三月, 每月: months that are counted, not named."""
    return folded[max(0, start - 1) : start] not in tuple("近去前满续第达逾用了每")


def _short_year(
    text: str, folded: str, start: int, end: int, slots: Mapping[str, int], anchor: Anchor
) -> bool:
    """Tell 26年 (2026) from twenty-six years: near, at the start of a clause, and not 26年来."""
    around = anchor.day or (anchor.reporting and anchor.reporting.end)
    if around is None or abs(slots["year"] - around.year) > 4:
        return False
    starts = _CLAUSE_START.search(folded[max(0, start - 2) : start]) is not None
    return starts and not _LONG_AGO_IN_CHINESE.match(folded, end)


GUARDS: dict[str, Guard] = {
    "apostrophe": _apostrophe,
    "bare-year": _bare_year,
    "cy-year": _calendar_year,
    "month": _month_word,
    "question-label": _question_label,
    "short-year": _short_year,
    "spoken-year": _spoken_year,
    "upper": _upper,
    "upper-e": _upper_e,
    "zh-month": _chinese_month,
}
