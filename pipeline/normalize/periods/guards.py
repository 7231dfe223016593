"""Judgements that a pattern cannot make: whether digits or a word really name a time here."""

import re
from collections.abc import Callable

from pipeline.normalize.periods.scene import Scene
from pipeline.patterns import regex

_COUNTED = regex(
    r"\s?(?:%|‰|percent|percentage|bps|basis|million|billion|trillion|thousand|hundred|bn\b|mn\b|k\b"
    r"|x\b|mw\b|gw\b|kw|km|miles|dollars|usd|euros?|shares|stores|restaurants|locations|customers"
    r"|employees|people|units|sites|branches|users|vehicles|cars|homes|patients|beds|trucks"
    r"|patents|partners|shops|members|hours|days|weeks|warehouses|associates|clients|accounts"
    r"|countries|cities|stations|rooms|hotels|megawatts|gigawatts|tons|tonnes|barrels|rigs|wells"
    r"|多?[个家名台人亿万千百元件辆套吨座间款种颗枚倍米克次张只箱部条项笔户单点]"
    r"|美元|港元|港币|欧元|日元|人民币|余|多)"
    r"|[.,:]\d|-\d|\+"
)
_MONEY_BEFORE = regex(r"(?:[$€£¥#@_&]\s?|\d\s?[-–—~]\s?|\d[.,])$")
# "We retired the 2026 notes", "the 2019 vintage": a year that names a debt or a batch is no time.
_OF_DEBT = regex(
    r" (?:(?:senior|convertible|unsecured|secured|subordinated|first lien|euro|hybrid|green) ){0,2}"
    r"(?:notes?|bonds?|converts?|convertibles|debentures?|maturit(?:y|ies)|term loans?|vintages?"
    r"|tax act|model years?)(?![a-z])"
)
_HYPHEN_BEFORE = regex(r"-$")
_WORD_HYPHEN_BEFORE = regex(r"\b(?:mid|end|pre|post|late|early|full|year|since|to)-$")
_TIME_BEFORE = regex(
    r"\b(?:in|since|from|by|during|before|after|until|through|late|early|mid|end of|of|year|than"
    r"|versus|vs\.?|back to|into|for)(?: the)?[ -]$|[自于在至到较比从]\s?$"
)
_AMBIGUOUS_MONTHS = frozenset({"may", "march", "mar", "sec", "dec"})
_MONTH_BEFORE = regex(
    r"\b(?:in|of|by|since|through|until|till|late|early|mid|last|this|next|during|from|to|end|for"
    r"|before|after|on|january|february|march|april|june|july|august)(?: the)?[ -](?:and )?$"
    r"|\b(?:april|february|june)(?:,| and| to| or) $"
)
_SENTENCE_START = regex(r"(?:^|[.!?:\n\"])\s*$")
_QUESTION_LABEL = regex(r"\s*[:：、)）]|\.\s")
_LASTS_IN_CHINESE = regex(r"的?(?:左右|时间|以上|以来|之久|寿命|质保|租期|租约|期|前|来|间)")
_LONG_AGO_IN_CHINESE = regex(r"\s?(?:来|以来|间|期|前|后|内|的历史|时间|经验|历史|多|余|以上)")
_CLAUSE_START = regex(r"(?:^|[到至较比自从在对，,。;；：:、(（\s])$")


def _bare_year(scene: Scene) -> bool:
    """Tell a year from a count of about two thousand, a price or a part of a number."""
    before = scene.before(14)
    if _is_counted(scene) or _MONEY_BEFORE.search(before):
        return False
    if _OF_DEBT.match(scene.folded, scene.end):
        return False
    if _HYPHEN_BEFORE.search(before) and not _WORD_HYPHEN_BEFORE.search(before):
        return False
    first, last = scene.slots["year"], scene.slots.get("year2", scene.slots["year"])
    now = scene.anchor.year or first
    near = now - 16 <= first <= last <= now + 26
    return near or (first <= last and _TIME_BEFORE.search(before) is not None)


def _month_word(scene: Scene) -> bool:
    """Tell May and March from the verbs: by a preposition, or by a capital within a sentence."""
    words = re.findall(r"[a-z]+", scene.words)
    if not _AMBIGUOUS_MONTHS.intersection(words) or len(words) > 1:
        return True
    before = scene.before(20)
    if _MONTH_BEFORE.search(before):
        return True
    capital = scene.written[scene.start + scene.words.index(words[0])].isupper()
    return capital and ("day" in scene.slots or not _SENTENCE_START.search(before))


def _upper(scene: Scene) -> bool:
    return scene.written[scene.start : scene.end].isupper()


def _estimated_year(scene: Scene) -> bool:
    """Take 26E for a year where it is near and the E a capital."""
    return _near(scene, 8) and scene.written[scene.end - 1] == "E"


def _apostrophe(scene: Scene) -> bool:
    """Take '26 for a year where it is near, and not a closing quotation mark before a number."""
    closed = scene.folded.startswith("'", scene.end)
    return _near(scene, 12) and not closed and not _is_counted(scene)


# "growth for a second quarter" counts quarters in a row.
_ONCE_MORE = regex(r"\bfor an? $")


def _question_label(scene: Scene) -> bool:
    """Refuse the "Q3:" that numbers a question at the start of a line."""
    if _ONCE_MORE.search(scene.before(10)):
        return False
    if scene.words[0] != "q" or len(scene.words) > 3:
        return True
    line = scene.folded[scene.folded.rfind("\n", 0, scene.start) + 1 : scene.start]
    labelled = _QUESTION_LABEL.match(scene.folded, scene.end) is not None
    return not labelled or line.strip(" *#-•·") != ""


def _calendar_year(scene: Scene) -> bool:
    """Take "CY26" and "year 2026", but not "year 10"."""
    return scene.words[0] == "c" or "'" in scene.words or bool(re.search(r"\d{4}", scene.words))


def _spoken_year(scene: Scene) -> bool:
    return not scene.words[0].isdigit() and not _is_counted(scene)


def _chinese_month(scene: Scene) -> bool:
    """Refuse 近三月, 前三月, 每月: months that are counted, not named."""
    return scene.before(1) not in tuple("近去前满续第达逾用了每")


_PASSING = frozenset("去近前后来每这约了")


def _short_year(scene: Scene) -> bool:
    """Tell 26年 (2026) from twenty-six years: near, at a clause's start, and not 26年来.

    25-27年 is three years wherever it stands, unless something lasts that long.
    """
    if scene.anchor.year is None or not _near(scene, 4):
        return False
    if scene.slots.get("year2", 0) > scene.slots["year"]:
        return not _LASTS_IN_CHINESE.match(scene.folded, scene.end)
    if scene.folded[scene.start] == "二":
        # 二六年: twenty-six years are 二十六年. 过去二三年 are two or three of them.
        return scene.before(1) not in _PASSING
    starts = _CLAUSE_START.search(scene.before(2)) is not None
    return starts and not _LONG_AGO_IN_CHINESE.match(scene.folded, scene.end)


def _is_counted(scene: Scene) -> bool:
    return _COUNTED.match(scene.folded, scene.end) is not None


def _near(scene: Scene, years: int) -> bool:
    now = scene.anchor.year
    return now is None or abs(scene.slots["year"] - now) <= years


GUARDS: dict[str, Callable[[Scene], bool]] = {
    "apostrophe": _apostrophe,
    "bare-year": _bare_year,
    "cy-year": _calendar_year,
    "month": _month_word,
    "question-label": _question_label,
    "short-year": _short_year,
    "spoken-year": _spoken_year,
    "upper": _upper,
    "estimated-year": _estimated_year,
    "zh-month": _chinese_month,
}
