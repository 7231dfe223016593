"""Writing systems: one reading for all of them, without moving a single character.

``fold`` maps text to the form in which all lexicons are written: Traditional characters to
Simplified, full-width forms to half-width, letters to lower case, typographic quotes, dashes and
spaces to their ASCII kin. Every character becomes exactly one character, so an offset in the folded
text is an offset in the original.
"""

from functools import cache, lru_cache
from importlib.resources import files

from pipeline.patterns import regex
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

# Longer texts are folded once, and would only take up room.
_REMEMBERED = 4_000

_HAN = regex(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_LATIN_WORD = regex(r"[A-Za-z]+")


class _Folding(dict[int, int]):
    """A table for ``str.translate`` that fills itself for characters it has not met yet."""

    def __missing__(self, code: int) -> int:
        lowered = chr(code).lower()
        folded = ord(lowered) if len(lowered) == 1 else code
        self[code] = folded
        return folded


@cache
def _rows() -> list[list[str]]:
    table = files("pipeline.normalize").joinpath("traditional.tsv").read_text(encoding="utf-8")
    return [line.split("\t") for line in table.splitlines() if not line.startswith("#")]


@cache
def _folding() -> _Folding:
    table = _Folding()
    for simplified, forms, _ in _rows():
        table.update(dict.fromkeys(map(ord, forms), ord(simplified)))
    for code in range(0xFF01, 0xFF5F):
        if code not in _KEPT_WIDE:
            table[code] = ord(chr(code - 0xFEE0).lower())
    table.update({ord(a): ord(b) for a, b in _SINGLE.items()})
    return table


@cache
def _telling() -> tuple[frozenset[str], frozenset[str]]:
    """Give the characters that only Traditional has, and those that only Simplified has."""
    traditional = frozenset("".join(forms for _, forms, _ in _rows()))
    return traditional, frozenset(simplified for simplified, _, only in _rows() if only)


def fold(text: str) -> str:
    """Give the form in which lexicons are matched; ``len(fold(text)) == len(text)``.

    >>> fold("營收 １,３４４ 億，AWS’s")
    "营收 1,344 亿，aws's"
    """
    if text.isascii():
        return text.lower()
    if len(text) > _REMEMBERED:
        return text.translate(_folding())
    return _folded(text)


@lru_cache(maxsize=512)
def _folded(text: str) -> str:
    """Fold a line that several steps look at, each of which would fold it again."""
    return text.translate(_folding())


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
    if text.isascii():
        return "en" if _LATIN_WORD.search(text) else default
    # In UTF-8 a Chinese character takes three bytes: a mostly Chinese text is told by its length.
    wide = (len(text.encode("utf-8", "surrogatepass")) - len(text)) // 2
    if wide * 2 <= len(text) or not _HAN.search(text):
        han, latin = len(_HAN.findall(text)), len(_LATIN_WORD.findall(text))
        if not han:
            return "en" if latin else default
        if han < latin:
            return "en"
    seen = set(text)
    only_traditional, only_simplified = _telling()
    traditional, simplified = len(only_traditional & seen), len(only_simplified & seen)
    if traditional != simplified:
        return "zh-Hant" if traditional > simplified else "zh-Hans"
    return default if default in ("zh-Hant", "zh-Hans") else "zh-Hans"
