"""The tables of business lines, products and regions, read once and indexed for matching."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Literal, NamedTuple

from pipeline.lexicon.company_names import rows, table
from pipeline.lexicon.phrases import Phrases
from pipeline.lexicon.table import spaced
from pipeline.normalize.script import fold

Kind = Literal["line", "region", "product", "generic"]
_KINDS: dict[str, Kind] = {
    "line": "line",
    "region": "region",
    "product": "product",
    "generic": "generic",
}


class ScopeName(NamedTuple):
    """One name of a scope; ``exact`` and ``capital`` say how a Latin name has to be written.

    ``item`` marks a common Chinese word that is a name only where it stands as an item of a row.
    """

    length: int
    scope: str
    kind: Kind
    owner: str | None
    text: str
    exact: bool
    capital: bool
    item: bool = False


@cache
def names_of_all() -> Phrases[ScopeName]:
    """Give the names of the scopes that any company may report by, and those that tell whose.

    The latter (``AWS``, 淘宝) have an owner; none of them is one of the former.
    """
    generic = {
        key: name
        for scope, kind, english, chinese in rows(table("generic_scopes.tsv"))
        for key, name in _names(scope, _KINDS[kind], None, english, chinese)
    }
    return Phrases({**generic, **_telling_names(generic)})


@cache
def own_names(company_id: str) -> Phrases[ScopeName] | None:
    """Give the names of one company's lines and products; None where none are known."""
    lines = _lines().get(company_id)
    return Phrases(dict(pair for line in lines for pair in _line_names(line))) if lines else None


def _telling_names(generic: Mapping[str, ScopeName]) -> dict[str, ScopeName]:
    """Give the names that alone tell whose they are, folded."""
    owners: dict[str, set[str]] = {}
    names = [pair for lines in _lines().values() for line in lines for pair in _line_names(line)]
    for key, name in names:
        owners.setdefault(key, set()).add(name.owner or "")
    return {
        key: name
        for key, name in names
        if len(owners[key]) == 1 and key not in generic and _tells(name)
    }


@cache
def owned_words() -> frozenset[str]:
    """Give all names, folded, of products that some company owns."""
    return frozenset(
        key
        for lines in _lines().values()
        for line in lines
        if line[2] == "product"
        for key in fold(line[3]).split("|")
    )


@cache
def stop_words() -> frozenset[str]:
    """Give the capitalised words that name no scope."""
    return frozenset(word for word, _ in rows(table("scope_stop_words.tsv")))


@cache
def given_names() -> frozenset[str]:
    """Give the first names by which people are told from products."""
    return frozenset(name for (name,) in rows(table("given_names.tsv")))


@cache
def plain_modifiers() -> dict[str, str]:
    """Give the words that name no business before a metric, each with its kind."""
    return {
        word: kind
        for kind, words in rows(table("plain_modifiers.tsv"))
        for word in words.split("|")
    }


@cache
def _lines() -> dict[str, list[list[str]]]:
    lines: dict[str, list[list[str]]] = {}
    for fields in rows(table("business_lines.tsv")):
        lines.setdefault(fields[0], []).append(fields)
    return lines


def _line_names(line: list[str]) -> Iterator[tuple[str, ScopeName]]:
    owner, scope, kind, english, chinese = line
    return _names(scope, _KINDS[kind], owner, english, chinese)


def _names(
    scope: str, kind: Kind, owner: str | None, english: str, chinese: str
) -> Iterator[tuple[str, ScopeName]]:
    """Give the names of a scope, each with what it folds to; they are folded all at once."""
    for text, key in zip(english.split("|"), fold(english).split("|"), strict=True):
        if text:
            exact = len(text) < 5 and text.isupper()
            capital = not exact and text != text.lower()
            yield key, ScopeName(len(text), scope, kind, owner, text, exact, capital)
    for name, key in zip(chinese.split("|"), fold(chinese).split("|"), strict=True):
        if name:
            item = name.endswith("?")
            text, folded = name.rstrip("?"), key.rstrip("?")
            yield folded, ScopeName(len(text), scope, kind, owner, text, False, False, item)
            apart = spaced(text)
            if apart != text:
                again = ScopeName(len(apart), scope, kind, owner, apart, False, False, item)
                yield spaced(folded), again


def _tells(name: ScopeName) -> bool:
    """Whether a name is peculiar: a product's, an abbreviation, several words, or long Chinese."""
    if not name.text.isascii():
        return name.length >= 2 and (name.kind == "product" or name.length >= 3)
    return name.exact or name.capital or " " in name.text
