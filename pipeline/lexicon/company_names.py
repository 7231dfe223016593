"""The table of companies, read once and indexed by id, by listing code and by name."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from pipeline.lexicon.phrases import Phrases
from pipeline.normalize.script import fold
from pipeline.patterns import compiled_regex, regex

_MARKETS = {
    "US": "US",
    "OQ": "US",
    "N": "US",
    "HK": "HK",
    "SH": "SH",
    "SS": "SH",
    "SZ": "SZ",
    "TW": "TW",
    "TWO": "TW",
    "TT": "TW",
    "T": "T",
    "JP": "T",
    "L": "L",
    "LN": "L",
    "DE": "DE",
    "GR": "DE",
    "PA": "PA",
    "FP": "PA",
    "KS": "KS",
    "AS": "AS",
    "NA": "AS",
    "SW": "SW",
}
_ABBREVIATION = regex(r"[A-Z0-9][A-Z0-9&]{0,4}")


@dataclass(frozen=True, slots=True)
class Company:
    """A company; ``fiscal_year_end`` is the month (1 to 12) in which its business year ends.

    ``id`` is the ticker of its US listing, else its home code without market suffix, else its
    plain English name; ``currency`` the ISO 4217 code that it reports in; ``home`` its home
    listing (``9988.HK``).
    """

    id: str
    name: str
    fiscal_year_end: int
    currency: str
    home: str | None


class Alias(NamedTuple):
    """A name of one or (for doubtful ones) several companies; no ids: known to be no company."""

    text: str
    length: int
    ids: tuple[str, ...]
    weak: bool


class Context(NamedTuple):
    """Words that make a doubtful name a company's, right after and right before it (folded)."""

    after: re.Pattern[str]
    before: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class CompanyNames:
    """All that is known about companies' names; ``abbreviations`` are matched in upper case."""

    companies: dict[str, Company]
    by_alias: dict[str, Alias]
    abbreviations: dict[str, Alias]
    codes: dict[str, str]
    phrases: Phrases[Alias]
    context: Context
    ticker_words: frozenset[str]

    def by_code(self, code: str) -> Company | None:
        """Give the company listed under ``AMZN.US``, ``03690.HK``, ``9988`` or ``2330.TT``."""
        symbol, _, market = code.rpartition(".")
        if not symbol or market not in _MARKETS:
            identity = code if code in self.companies else self.codes.get(_plain(code))
            return self.companies[identity] if identity else None
        place = _MARKETS[market]
        if place == "US":
            return self.by_ticker(symbol)
        identity = self.codes.get(f"{_plain(symbol)}.{place}")
        return self.companies[identity] if identity else None

    def by_ticker(self, symbol: str) -> Company | None:
        """Give the company with this US ticker, or with another ticker of it (GOOG) as a name."""
        if found := self.companies.get(symbol):
            return found if not symbol.isdigit() else None
        alias = self.abbreviations.get(symbol)
        return self.companies[alias.ids[0]] if alias else None

    def names_of(self, company_id: str) -> tuple[str, ...]:
        """Give all folded names of a company, doubtful ones too."""
        return _names_of().get(company_id, ())


def table(name: str) -> str:
    """Give the text of a table of this folder."""
    return files("pipeline.lexicon").joinpath(name).read_text(encoding="utf-8")


def rows(text: str) -> Iterator[list[str]]:
    """Split a table into its rows' tab-separated fields; ``#`` lines are comments."""
    return (line.split("\t") for line in text.split("\n") if line and line[0] != "#")


@cache
def company_names() -> CompanyNames:
    """Read the tables; later calls give the same object."""
    companies: dict[str, Company] = {}
    codes: dict[str, str] = {}
    by_alias: dict[str, Alias] = {}
    for identity, name, month, currency, home, *names in rows(table("companies.tsv")):
        listings = home.split("|") if home else []
        companies[identity] = Company(
            identity, name, int(month), currency, listings[0] if listings else None
        )
        for listing in listings:
            symbol, _, market = listing.rpartition(".")
            codes[f"{_plain(symbol)}.{_MARKETS.get(market, market)}"] = identity
            codes.setdefault(_plain(symbol), identity)
        ids = (identity,)
        for column, weak in zip(names, (False, False, True), strict=True):
            if column:
                # To fold all names at once is several times faster than to fold each.
                for text, key in zip(column.split("|"), fold(column).split("|"), strict=True):
                    if key in by_alias:
                        by_alias[key] = _both(by_alias[key], text, identity)
                    else:
                        by_alias[key] = Alias(text, len(text), ids, weak)
    for (phrase,) in rows(fold(table("not_companies.tsv"))):
        by_alias[phrase] = Alias(phrase, len(phrase), (), weak=False)
    abbreviations: dict[str, Alias] = {}
    phrases: dict[str, Alias] = {}
    for key, alias in by_alias.items():
        if alias.length < 6 and alias.ids and _ABBREVIATION.fullmatch(alias.text):
            abbreviations[alias.text] = alias
        else:
            phrases[key] = alias
    words = frozenset(fields[0] for fields in rows(table("ticker_words.tsv")))
    return CompanyNames(
        companies, by_alias, abbreviations, codes, Phrases(phrases), _context(), words
    )


def _both(known: Alias, text: str, identity: str) -> Alias:
    """Join two entries of one folded name: of two companies, or of one in two spellings."""
    if identity not in known.ids:
        return known._replace(ids=(*known.ids, identity), weak=True)
    return known._replace(text=text) if _ABBREVIATION.fullmatch(known.text) else known


def _plain(symbol: str) -> str:
    """Write a code without leading zeros where it is a number of up to five digits."""
    return (symbol.lstrip("0") or "0") if symbol.isdigit() and len(symbol) < 6 else symbol


def _context() -> Context:
    places: dict[str, list[str]] = {"after": [], "before": []}
    for word, place in rows(table("company_words.tsv")):
        latin = word[-1].isalpha() and word[-1] < "\u2e80"
        places[place].append(re.escape(fold(word)) + (r"(?![a-z])" if latin else ""))
    return Context(
        compiled_regex(rf"(?:'s)?,? ?(?:{'|'.join(places['after'])})"),
        compiled_regex(rf"(?:{'|'.join(places['before'])}) ?$"),
    )


@cache
def _names_of() -> dict[str, tuple[str, ...]]:
    names: dict[str, list[str]] = {}
    for key, alias in company_names().by_alias.items():
        for identity in alias.ids:
            names.setdefault(identity, []).append(key)
    return {identity: tuple(keys) for identity, keys in names.items()}
