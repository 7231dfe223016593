"""Writing systems: one reading for all of them, without moving a single character.

``fold`` maps text to the form in which all lexicons are written: Traditional characters to
Simplified, full-width forms to half-width, letters to lower case, typographic quotes, dashes and
spaces to their ASCII kin. Every character becomes exactly one character, so an offset in the folded
text is an offset in the original.
"""

import re
from functools import cache
from importlib.resources import files
from typing import Final

from pipeline.patterns import compiled_regex, regex
from schemas.segmented import Language

_SINGLE = {
    "\u00a0": " ",
    "\u2002": " ",
    "\u2003": " ",
    "\u2009": " ",
    "\u202f": " ",
    "\u3000": " ",
    "\ufeff": " ",
    "\u2018": "'",
    "\u2019": "'",
    "\u201c": '"',
    "\u201d": '"',
    "\u2010": "-",
    "\u2011": "-",
    "\u2212": "-",
    "\ufe63": "-",
    "\uffe5": "\u00a5",
    "\uffe1": "\u00a3",
}
# The full-width comma stays: in Chinese it parts clauses, while "," may group digits.
_KEPT_WIDE = {0xFF0C}

# Of Traditional text every fourth character changes; it is quicker to look up all of them.
_FEW, _APART = 3, 8

# A line that several steps look at is folded once. Longer texts would only take up room.
_LONGEST = 4_000
_MOST = 768
_REMEMBERED: Final[dict[str, str]] = {}

_HAN = regex(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_FIRST_HAN = 0x4E00
_LAST_HAN = 0x9FFF
_LATIN = regex(r"[A-Za-z]")
_LAST_ASCII = 0x7F
_LATIN_WORD = regex(r"[A-Za-z]+")
# Of longer lines only the head is looked at.
_LONGEST_LINE = 239

# Where letters have cases, from the first to the last code.
_CASED = (
    (0x41, 0x5A),
    (0xC0, 0x58F),
    (0x10A0, 0x13FF),
    (0x1C80, 0x1FFF),
    (0x2100, 0x218F),
    (0x24B6, 0x24CF),
    (0x2C00, 0x2DFF),
    (0xA640, 0xABFF),
)
# A class that names characters beyond the first plane one by one is slow.
_FAR = "\U00010000-\U0010ffff"


@cache
def _rows() -> list[list[str]]:
    table = files("pipeline.normalize").joinpath("traditional.tsv").read_text(encoding="utf-8")
    return [line.split("\t") for line in table.splitlines() if not line.startswith("#")]


@cache
def _folding() -> list[int]:
    """Give what the characters of the first plane fold to, by their codes.

    ``str.translate`` looks up a code in a list in half the time that a dictionary takes, and leaves
    alone what lies beyond.
    """
    table = list(range(0x10000))
    for first, last in _CASED:
        for code in range(first, last + 1):
            lowered = chr(code).lower()
            table[code] = ord(lowered) if len(lowered) == 1 else code
    for simplified, forms, _ in _rows():
        for form in forms:
            table[ord(form)] = ord(simplified)
    for code in range(0xFF01, 0xFF5F):
        if code not in _KEPT_WIDE:
            table[code] = ord(chr(code - 0xFEE0).lower())
    for written, folded in _SINGLE.items():
        table[ord(written)] = ord(folded)
    return table


@cache
def _changing() -> re.Pattern[str]:
    """Compile the characters that may change, to pass over those that do not."""
    forms = "".join(forms for _, forms, _ in _rows())
    letters = "".join(f"{chr(first)}-{chr(last)}" for first, last in _CASED)
    return compiled_regex(f"([{forms}{''.join(_SINGLE)}{letters}\uff01-\uff0b\uff0d-\uff5e])")


@cache
def _telling() -> tuple[frozenset[str], frozenset[str]]:
    """Give the characters that only Traditional has, and those that only Simplified has."""
    traditional = frozenset("".join(forms for _, forms, _ in _rows()))
    return traditional, frozenset(simplified for simplified, _, only in _rows() if only)


@cache
def _at_a_glance() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Compile both of these; what lies beyond the first plane may be either."""
    traditional, simplified = (
        compiled_regex(f"[{''.join(sorted(c for c in characters if c < _FAR[0]))}{_FAR}]")
        for characters in _telling()
    )
    return traditional, simplified


def fold(text: str) -> str:
    """Give the form in which lexicons are matched; ``len(fold(text)) == len(text)``.

    >>> fold("營收 １,３４４ 億，AWS’s")
    "营收 1,344 亿，aws's"
    """
    if len(text) > _LONGEST:
        return _fold(text)
    folded = _REMEMBERED.get(text)
    if folded is None:
        folded = _fold(text)
        # Cheaper than to tell which was used last, as a dictionary is than ``lru_cache``.
        if len(_REMEMBERED) >= _MOST:
            _REMEMBERED.clear()
        _REMEMBERED[text] = folded
    return folded


def _fold(text: str) -> str:
    if text.isascii():
        return text.lower()
    changing, table = _changing(), _folding()
    pieces = changing.split(text, _FEW)
    if len(pieces) == 1:
        return text
    if len(pieces) > 2 * _FEW:
        rest = pieces.pop()
        if len(text) - len(rest) < _FEW * _APART:
            return text.translate(table)
        pieces += changing.split(rest)
    for index in range(1, len(pieces), 2):
        pieces[index] = chr(table[ord(pieces[index])])
    return "".join(pieces)


def language_of(text: str, default: Language = "und") -> Language:
    """Tell the language and script of one segment.

    Chinese where Chinese characters outnumber Latin words; Traditional where different
    characters that only Traditional has outnumber those that only Simplified has. A Chinese
    text in characters that both scripts share takes ``default`` if that is Chinese, else
    Simplified; a text without letters takes ``default``.

    >>> language_of("AWS 營收年增 20%")
    'zh-Hant'
    >>> language_of("AWS revenue grew 20%")
    'en'
    """
    if not text or (ord(text[-1]) <= _LAST_ASCII and text.isascii()):
        return "en" if _LATIN.search(text) else default
    # In UTF-8 a Chinese character takes three bytes: a mostly Chinese text is told by its length.
    wide = (_utf8_length(text) - len(text)) // 2
    opens_chinese = _FIRST_HAN <= ord(text[0]) <= _LAST_HAN
    if wide * 2 <= len(text) or not (opens_chinese or _HAN.search(text)):
        han, latin = len(_HAN.findall(text)), len(_LATIN_WORD.findall(text))
        if not han:
            return "en" if latin else default
        if han < latin:
            return "en"
    # Where no character folds to another none is only Traditional; a line is folded in any case.
    is_plain = len(text) <= _LONGEST_LINE and fold(text) == text
    if is_plain and default == "zh-Hans":
        return default
    like_traditional, like_simplified = _at_a_glance()
    simplified = like_simplified.search(text)
    if simplified is None:
        more = int(not is_plain and like_traditional.search(text) is not None)
    elif (is_plain and simplified[0] < _FAR[0]) or not like_traditional.search(text):
        more = -1
    else:
        only_traditional, only_simplified = _telling()
        less = len(only_simplified.intersection(like_simplified.findall(text)))
        telling: set[str] = set()
        for found in like_traditional.finditer(text):
            if found[0] in only_traditional:
                telling.add(found[0])
                if len(telling) > less:
                    break
        more = len(telling) - less
    if more:
        return "zh-Hant" if more > 0 else "zh-Hans"
    return default if default in ("zh-Hant", "zh-Hans") else "zh-Hans"


def _utf8_length(text: str) -> int:
    try:
        return len(text.encode())
    except UnicodeEncodeError:  # half of a surrogate pair
        return len(text.encode("utf-8", "surrogatepass"))
