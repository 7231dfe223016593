"""Add the members of stock indices that ``companies.tsv`` does not have yet.

Run ``python -m pipeline.lexicon.refresh`` with ``pytickersymbols`` installed (it carries the
members of the S&P 500, S&P 600, NASDAQ 100, FTSE 100, DAX, CAC 40, Nikkei 225 and others). Rows
that are there stay as they are, character for character: only rows for new ids are added, and the
table is sorted by id. Everything in it may therefore be edited by hand.
"""

import re
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from pipeline.lexicon.company_names import company_names
from pipeline.normalize.script import fold
from pipeline.patterns import regex

_TABLE = Path(__file__).with_name("companies.tsv")
_AMERICAN = ("S&P 500", "NASDAQ 100", "S&P 600")
_FOREIGN = {
    "DAX": "EUR",
    "MDAX": "EUR",
    "CAC_40": "EUR",
    "AEX": "EUR",
    "IBEX 35": "EUR",
    "FTSE 100": "GBP",
    "Switzerland 20": "CHF",
    "OMX Stockholm 30": "SEK",
    "NIKKEI 225": "JPY",
}
_FISCAL_YEAR_END = {"NIKKEI 225": "3"}
_LEGAL_FORM = regex(
    r"(?:,? (?:Inc\.?|Incorporated|Corporation|Corp\.?|plc|Company|Group|Ltd\.?|Limited|Co\.?|"
    r"S\.A\.|SA|SE|AG|AB|N\.V\.|Holdings?|Trust|\(.*\)))+$"
)


class _Member(NamedTuple):
    id: str
    name: str
    month: str
    currency: str
    home: str


def main() -> None:
    """Add the missing rows and say on standard error how many."""
    lines = _TABLE.read_text(encoding="utf-8").splitlines()
    added = [_row(member) for member in _missing()]
    head = [line for line in lines if line.startswith("#")]
    rows = [line for line in lines if not line.startswith("#")]
    rows = sorted(rows + added, key=lambda line: line.split("\t")[0])
    _TABLE.write_text("\n".join(head + rows) + "\n", encoding="utf-8")
    sys.stderr.write(f"{_TABLE.name}: {len(added)} companies added to {len(lines) - len(head)}\n")


def _missing() -> Iterator[_Member]:
    names = company_names()
    seen = set(names.companies)
    homes = {listing for listing in names.codes if "." in listing}
    called = set(names.by_alias)
    for member in _members():
        name = fold(_short(member.name))
        code = f"{member.id}.{member.home.rpartition('.')[2]}"
        if member.id in seen or code in homes or name in called or fold(member.name) in called:
            continue
        seen.add(member.id)
        called.add(name)
        yield member


def _members() -> Iterator[_Member]:
    symbols = import_module("pytickersymbols").PyTickerSymbols()
    for index in _AMERICAN:
        for stock in symbols.get_stocks_by_index(index):
            yield _Member(stock["symbol"], stock["name"], "12", "USD", "")
    for index, currency in _FOREIGN.items():
        for stock in symbols.get_stocks_by_index(index):
            symbol = stock["symbol"].partition(".")[0]
            month = _FISCAL_YEAR_END.get(index, "12")
            yield _Member(symbol, stock["name"], month, currency, stock["symbol"])


def _short(name: str) -> str:
    return _LEGAL_FORM.sub("", name).removeprefix("The ").strip()


def _row(member: _Member) -> str:
    """Write a row; a name of one word may be an ordinary word, so it counts as doubtful."""
    short = _short(member.name)
    full = re.sub(r" \(.*\)$", "", member.name).replace("’", "'")
    short = short.replace("’", "'")
    certain = [full] if full != short or " " in short else []
    if " " in short and short != full:
        certain.append(short)
    doubtful = [] if " " in short else [short]
    fields = [member.id, short, member.month, member.currency, member.home]
    return "\t".join([*fields, "|".join(certain), "", "|".join(doubtful)])


if __name__ == "__main__":
    main()
