"""How a table of this folder is read."""

from collections.abc import Iterator
from importlib.resources import files

from pipeline.patterns import regex

_LATIN = regex(r"[A-Za-z0-9]")
_SCRIPTS_MEET = regex(r"(?<=[A-Za-z0-9])(?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])(?=[A-Za-z0-9])")


def read_table(name: str) -> list[list[str]]:
    """Give the rows of the TSV file ``name``: without comment lines, empty lines and the header."""
    text = files("pipeline.lexicon").joinpath(name).read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines() if line and line[0] != "#"][1:]


def spellings(phrase: str) -> Iterator[str]:
    """Give a phrase, and once more with the spaces that may stand where two scripts meet.

    >>> list(spellings("微信及WeChat"))
    ['微信及WeChat', '微信及 WeChat']
    """
    yield phrase
    if (apart := spaced(phrase)) != phrase:
        yield apart


def spaced(phrase: str) -> str:
    """Give a phrase with spaces where Latin and Chinese characters meet."""
    if phrase.isascii() or not _LATIN.search(phrase):
        return phrase
    return _SCRIPTS_MEET.sub(" ", phrase)
