"""Scopes are named by their canonical English names, in both scripts."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.lexicon.companies import company
from pipeline.lexicon.company_names import rows, table
from pipeline.lexicon.scopes import find_scopes

CORPUS = Path(__file__).with_name("scopes_corpus.tsv").read_text(encoding="utf-8")


@pytest.mark.parametrize(("company_id", "text", "expected"), list(rows(CORPUS)))
def test_corpus(company_id: str, text: str, expected: str) -> None:
    found = [
        f"{text[match.start : match.end]}>{match.scope}{'' if match.known else '?'}"
        for match in find_scopes(text, company_id or None)
    ]
    assert " | ".join(found) == expected


def test_own_names_carry_kind_and_owner() -> None:
    (line, product, region) = find_scopes("AWS, Trainium2, Germany", "AMZN")
    assert (line.kind, line.owner) == ("line", "AMZN")
    assert (product.kind, product.owner) == ("product", "AMZN")
    assert (region.kind, region.owner) == ("region", None)


def test_a_telling_name_gives_its_owner() -> None:
    (found,) = find_scopes("Demand for Trainium2 rose.", None)
    assert found.owner == "AMZN"


def test_tables_are_sound() -> None:
    for company_id, scope, kind, english, _ in rows(table("business_lines.tsv")):
        assert company(company_id) is not None, company_id
        assert kind in {"line", "product", "region"}, scope
        assert english, scope
    owners: dict[str, str] = {}
    for scope, kind, english, chinese in rows(table("generic_scopes.tsv")):
        assert kind in {"region", "generic"}, scope
        for alias in [*english.split("|"), *chinese.split("|")]:
            assert not alias or owners.setdefault(alias.lower(), scope) == scope, alias


@given(st.text(max_size=200), st.sampled_from([None, "AMZN", "BABA"]))
def test_offsets_lie_in_the_text(text: str, company_id: str | None) -> None:
    reached = 0
    for match in find_scopes(text, company_id):
        assert reached <= match.start < match.end <= len(text)
        reached = match.end
