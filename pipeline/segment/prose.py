"""Prose at a glance: most lines are sentences, and need not be asked what else they may be."""

from collections.abc import Sequence

from schemas.segmented import Language

NUMERALS = "一二三四五六七八九十壹贰叁肆伍陆柒捌玖拾貳參陸"
"""Chinese numerals that lists are numbered with."""

NOT_IN_PROSE = ("|", "｜", "\t", "  ", "\u3000", "**")
"""What parts the cells of a row, and what sets words apart."""

# What begins a number: "第一章".
_BEGINNINGS = frozenset(f"第{NUMERALS}")
# The label of one who asks or answers: "Q - Dana Wu", "A1. Yes", "Answer - Lee Novak".
_ASKING_WORDS = ("Question", "Answer")
_LAST_ASCII = 0x7F
_SMALL = 0x20
_FIRST_IDEOGRAPH = 0x4E00
_LAST_IDEOGRAPH = 0x9FFF
# A Chinese name ends before here, if a title stands behind it.
_NAME_REACH = 10
_LONG_WORDS = 60
_LEGAL_FORMS = (" Inc.", " Corp.", " Co.", " Ltd.", " N.V.", " S.A.", " L.P.", " p.l.c.")
_FORMS_END = frozenset(form[-2] for form in _LEGAL_FORMS)


def is_letter(code: int) -> bool:
    """Say of an English letter or a Chinese character that it is one."""
    return _FIRST_IDEOGRAPH <= code <= _LAST_IDEOGRAPH or ord("a") <= code | 0x20 <= ord("z")


def is_prose(text: str, language: Language, signs: Sequence[str]) -> bool:
    """Say at a glance whether a line without a label is a sentence and nothing else.

    Nothing that it holds can be a mark, a time stamp, a speaker or a cell, and no heading ends as
    it does. ``signs`` are those of ``NOT_IN_PROSE`` that the document has.
    """
    first, last = ord(text[0]), ord(text[-1])
    if not is_letter(first) or (first > _LAST_ASCII and text[0] in _BEGINNINGS):
        return False
    if last == ord("."):
        capital = ord("A") <= ord(text[-2]) <= ord("Z")  # "ACME INC."
        if language != "en" or capital or not is_sentence(text):
            return False
    elif (last != ord("。") and last != ord("！")) or text.find(" ", 0, _NAME_REACH) >= 0:
        return False
    if first <= _LAST_ASCII:
        if _numbers(ord(text[1])):
            return False
        asking = first | _SMALL == ord("q") or first | _SMALL == ord("a")
        if asking and (not text[1].islower() or text.startswith(_ASKING_WORDS)):
            return False
    return not any(sign in text for sign in signs)


def _numbers(code: int) -> bool:
    """Say whether a letter and this character begin a number: "A)", "IV."."""
    if code <= ord("."):
        return code == ord(".") or code == ord(")")
    return code == ord("I") or code == ord("V") or code == ord("X")


def is_sentence(line: str) -> bool:
    """Say at a glance whether a line is a sentence, not a name with a title."""
    if len(line) > _LONG_WORDS and line[-1] in "。！？":
        return True
    if line[-1:] != "." or len(line) <= 30:
        return False
    if "-" in line and (" - " in line or "--" in line):
        return False
    return line[-2] not in _FORMS_END or not line.endswith(_LEGAL_FORMS)
