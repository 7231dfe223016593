"""Companies are found where they are named, and nowhere else."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.lexicon.companies import company, find_companies, resolve_company
from pipeline.lexicon.company_names import company_names, rows, table

CORPUS = Path(__file__).with_name("companies_corpus.tsv").read_text(encoding="utf-8")


@pytest.mark.parametrize(("text", "known", "expected"), list(rows(CORPUS)))
def test_corpus(text: str, known: str, expected: str) -> None:
    found = [
        f"{text[match.start : match.end]}>{match.company.id}"
        for match in find_companies(text, frozenset(known.split()))
    ]
    assert " ".join(found) == expected


@pytest.mark.parametrize(
    ("hint", "identity"),
    [
        ("AMZN", "AMZN"),
        ("amzn", "AMZN"),
        ("AMZN.US", "AMZN"),
        ("$AMZN", "AMZN"),
        ("NASDAQ:AMZN", "AMZN"),
        ("NYSE: BRK.B", "BRK.B"),
        ("BRK-B", "BRK.B"),
        ("GOOG", "GOOGL"),
        ("03690.HK", "3690"),
        ("MPNGY", "3690"),
        ("9988", "BABA"),
        ("700 HK", "TCEHY"),
        ("00700.HK", "TCEHY"),
        ("0005.HK", "HSBC"),
        ("2454.TW", "2454"),
        ("2330 TT", "TSM"),
        ("2382.HK", "SOTGY"),
        ("2382.TW", "2382"),
        ("600519.SS", "600519"),
        ("7203.T", "TM"),
        ("BYD", "1211"),
        ("Target", "TGT"),
        ("台積電", "TSM"),
        ("滙豐", "HSBC"),
        ("OpenAI", "OpenAI"),
        ("Nestlé", "NESN"),
    ],
)
def test_resolves_every_spelling(hint: str, identity: str) -> None:
    found = resolve_company(hint)
    assert found is not None
    assert found.id == identity


@pytest.mark.parametrize("hint", ["", "ZZZZZZ", "not a company at all", "99999.HK"])
def test_resolves_nothing_from_nothing(hint: str) -> None:
    assert resolve_company(hint) is None


@pytest.mark.parametrize(
    ("identity", "month", "currency"),
    [
        ("AAPL", 9, "USD"),
        ("MSFT", 6, "USD"),
        ("NVDA", 1, "USD"),
        ("ORCL", 5, "USD"),
        ("COST", 8, "USD"),
        ("BABA", 3, "CNY"),
        ("TCEHY", 12, "CNY"),
        ("TSM", 12, "TWD"),
        ("ASML", 12, "EUR"),
        ("HSBC", 12, "USD"),
        ("0992", 3, "USD"),
        ("TM", 3, "JPY"),
        ("NVO", 12, "DKK"),
    ],
)
def test_fiscal_year_and_currency(identity: str, month: int, currency: str) -> None:
    found = company(identity)
    assert found is not None
    assert (found.fiscal_year_end, found.currency) == (month, currency)


def test_table_is_sound() -> None:
    seen: set[str] = set()
    for fields in rows(table("companies.tsv")):
        identity, _, month, currency, home, english, chinese, doubtful = fields
        assert identity not in seen
        seen.add(identity)
        assert 1 <= int(month) <= 12, identity
        assert len(currency) == 3, identity
        assert currency.isupper(), identity
        assert english or chinese or doubtful, identity
        certain = {*english.split("|"), *chinese.split("|")} - {""}
        assert not certain & set(doubtful.split("|")), identity
        assert all("." in listing for listing in home.split("|") if listing), identity


def test_a_certain_name_is_one_companys() -> None:
    shared = {key for key, alias in company_names().by_alias.items() if len(alias.ids) > 1}
    assert shared <= {"saic"}


@given(st.text(max_size=200))
def test_offsets_lie_in_the_text(text: str) -> None:
    reached = 0
    for match in find_companies(text):
        assert reached <= match.start < match.end <= len(text)
        reached = match.end
