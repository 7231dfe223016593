"""What stands before a number and belongs to it: currency, sign, bounds and hedges."""

from functools import lru_cache

from pipeline.normalize.quantities.lexicon import Hedge, Unit, lexicon
from pipeline.normalize.quantities.number import Amount, Passage
from pipeline.patterns import regex

_LONGEST_WORD = 16
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz")
_ENDS_WORD = _LETTERS | {"."}
_IN_WORD = _LETTERS | frozenset(".'&")
_ARTICLE_ENDS = frozenset("an")
_SIGN_FREE = frozenset(" \t\n([{（［【|｜/,，、;；:：~>=。\"'$€£¥—–")
BASES = frozenset({"yoy", "qoq", "mom", "hoh"})
_MOST_HEDGES = 2
CENTS = regex(r"[0-9.]{1,9}[ -]?(?:cents?(?![a-z])|¢)")
# "as a percentage of 2024 revenue"
_YEAR = regex(r"(?:19|20)[0-9]{2}(?![0-9,.])")
_SCALE = regex(r"[ -]?(?:hundred|thousand|[mbt]illion|bn|mn|tn|mio|[mb])(?![a-z])")
_NEGATIVE_WORDS = ("negative", "minus")
# 美元兑日元 150: a rate, no amount of money.
_EXCHANGED = "兑"


def last_word(folded: str, end: int, limit: int) -> str:
    """Give the Latin word that ends at ``end``, or the single character there."""
    if end <= limit:
        return ""
    char = folded[end - 1]
    if char not in _ENDS_WORD:
        return char
    lowest = max(limit, end - _LONGEST_WORD)
    start = end - 1
    while start > lowest and folded[start - 1] in _IN_WORD:
        start -= 1
    return folded[start:end]


def skip_spaces(folded: str, end: int, limit: int) -> int:
    """Give the position after the last character before ``end`` that is no space."""
    while end > limit and folded[end - 1] == " ":
        end -= 1
        if end <= limit:
            break
    return end


def _boundary(folded: str, start: int, limit: int, wording: str) -> bool:
    if not wording[0].isascii() or not wording[0].isalpha() or start <= limit:
        return True
    return folded[start - 1] not in _LETTERS and folded[start - 1] != "&"


def _circa(passage: Passage, start: int) -> bool:
    """Whether a small c before the sign means "about", as it does where capitals are in use."""
    return passage.text[start] == "c" and not passage.text.islower()


def _is_sum(passage: Passage, amount: Amount, start: int, unit: Unit) -> bool:
    """Whether what follows a currency's name or letters is a sum: "Euro 5 million", no "Euro 6"."""
    if unit.place == "letters" and not passage.text[start].isupper():
        return False
    scaled = amount.word_scale is not None or _SCALE.match(passage.folded, amount.end) is not None
    return scaled or amount.decimal or amount.grouped


_TO_US = ("cost ", "costs ", "costing ", "gave ", "saves ", "saved ")
_FEW = 4
_PERCENT = regex(r"\)?\s?(?:%|percent|bps)")


@lru_cache(maxsize=1024)
def _ending_so(word: str, before: str) -> tuple[tuple[str, Unit], ...]:
    """Give the wordings that end in a word, alone or behind two characters: 64 are of dollars."""
    return tuple(
        (wording, unit)
        for wording, unit in lexicon().prefixes[word]
        if before.endswith(wording.removesuffix(word)[-2:])
    )


def _currency(passage: Passage, end: int, word: str, amount: Amount) -> tuple[int, Unit] | None:
    """Give where the currency that ends with ``word`` at ``end`` begins, and what it is."""
    folded, limit, at = passage.folded, passage.limit, amount.bare_start
    known = passage.known.prefixes.get(word)
    if known is None:
        return None
    if len(known) > _FEW:
        before = end - len(word)
        known = _ending_so(word, folded[max(limit, before - 2) : before])
    for wording, unit in known:
        if folded.endswith(wording, limit, end):
            start = end - len(wording)
            if wording == "c$" and _circa(passage, start):
                continue
            if wording in ("us $", "us") and (
                passage.pronoun(start) or folded.endswith(_TO_US, limit, start)
            ):
                continue
            if unit.place == "cents" and not CENTS.match(folded, at):
                continue
            if unit.place == "capitals" and not passage.capitals(start, end):
                continue
            if unit.place in ("amount", "letters") and not _is_sum(passage, amount, start, unit):
                continue
            if unit.kind == "money" and _PERCENT.match(folded, amount.end):
                continue  # "Americas 3.5%, AOA 1.9%": a region, not the money of Angola
            if start > limit and folded[start - 1] in _EXCHANGED:
                continue
            if _boundary(folded, start, limit, wording):
                return start, unit
    return None


def read_prefix(passage: Passage, amount: Amount) -> None:
    """Take in the currency and the sign before the number, in either order."""
    folded, limit = passage.folded, passage.limit
    start = amount.start
    if start <= limit:
        return
    char = folded[start - 1]
    if char == "(" and folded.startswith(")", amount.end):
        _parenthesised(amount)
        start = amount.start
        char = folded[start - 1] if start > limit else ""
    elif char in "-+" or char == "–":
        start = _sign(folded, amount, limit)
    for _ in range(2):
        end = skip_spaces(folded, start, max(limit, start - 2))
        if end <= limit:
            break
        word = last_word(folded, end, limit)
        if amount.unit is None and (found := _currency(passage, end, word, amount)):
            if found[1].kind == "percent" and _YEAR.match(folded, amount.bare_start):
                break
            start, amount.unit = found
            amount.prefixed = True
            amount.start = start
            if start > limit and folded[start - 1] in "-+–":
                start = _sign(folded, amount, limit)
            elif (
                start > limit
                and folded.startswith("(", start - 1)
                and folded[amount.end : amount.end + 1] == ")"
            ):
                start = _loss(passage, amount)
            continue
        if word == "的" and folded.startswith("负", end - 2) and end - 2 >= limit:
            word = "负的"
        if word in _NEGATIVE_WORDS or word in ("负", "负的"):
            amount.sign, amount.signed = -1, True
            start = amount.start = end - len(word)
            continue
        break
    if amount.form != "digits":
        _article(passage, amount)


def _article(passage: Passage, amount: Amount) -> None:
    start = amount.start - 2
    folded = passage.folded
    if start < passage.limit or folded[start] != "a":
        return
    article = folded.startswith(("a ", "an "), start)
    if article and (start == 0 or folded[start - 1] not in _LETTERS):
        first = folded[amount.bare_start : amount.bare_start + 3]
        if first in ("hun", "tho", "mil", "bil", "tri", "doz", "few", "cou"):
            amount.start = start


def _sign(folded: str, amount: Amount, limit: int) -> int:
    start = amount.start - 1
    before = folded[start - 1] if start > limit else " "
    if before not in _SIGN_FREE and before < "\u2e80" and folded[start - 3 : start] not in BASES:
        return amount.start
    amount.signed = True
    if folded[start] != "+":
        amount.sign = -1
    amount.start = start
    return start


def _parenthesised(amount: Amount) -> None:
    """Read an accountant's negative: (3)%, $(1.9)bn, ($0.45)."""
    amount.sign, amount.signed = -1, True
    amount.start -= 1
    amount.end += 1


def _loss(passage: Passage, amount: Amount) -> int:
    """Read ($0.45) as negative, unless it restates what stands just before: €0.39 ($0.45)."""
    if amount.decimal and (not passage.limit or amount.start - passage.limit > 3):
        _parenthesised(amount)
    return amount.start


def _find(passage: Passage, end: int) -> tuple[int, Hedge] | None:
    folded, limit = passage.folded, passage.limit
    key = last_word(folded, end, limit)
    known = passage.known.hedges.get(key)
    if known is None and key.startswith("."):
        known = passage.known.hedges.get(key.lstrip("."))
    if known is None:
        return None
    for hedge in known:
        if not folded.endswith(hedge.wording, limit, end):
            continue
        start = end - len(hedge.wording)
        if start > limit and folded[start - 1] in hedge.not_after:
            continue
        if _boundary(folded, start, limit, hedge.wording):
            return start, hedge
    return None


def read_hedges(passage: Passage, amount: Amount) -> None:
    """Take in "more than", 逾, "about", 近 and the like before the amount."""
    folded, limit = passage.folded, passage.limit
    start = amount.start
    for _ in range(_MOST_HEDGES):
        end = skip_spaces(folded, start, max(limit, start - 2))
        article = end > limit + 1 and folded[end - 1] in _ARTICLE_ENDS
        if article and folded.endswith((" a", " an"), limit, end):
            end = skip_spaces(folded, end - 1 - (folded[end - 1] == "n"), limit)
        found = _find(passage, end) if end > limit else None
        if found is None:
            if (
                start > limit
                and folded[start - 1] == "上"
                and folded[amount.bare_start] in "百千万亿"
            ):
                amount.hedge("at_least")
                amount.start = start - 1
            return
        if found[1].wording == "past" and (amount.unit is None or amount.unit.kind == "measure"):
            return
        start, hedge = found
        amount.hedge(hedge.qualifier)
        amount.start = start
