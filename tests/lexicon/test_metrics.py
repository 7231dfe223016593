"""The metrics: the tables are sound, the corpora are read as they say, and reading stays fast."""

import re
import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.lexicon.counted import counted_metric
from pipeline.lexicon.metrics import MetricMatch, find_metrics, metric, related
from pipeline.lexicon.table import read_table
from pipeline.normalize.script import fold

HERE = Path(__file__).parent
FAMILIES = frozenset(
    (
        "money",
        "money_per_share",
        "percent",
        "count",
        "time",
        "W",
        "bit/s",
        "mi",
        "x",
        "token",
        "any",
    )
)


def corpus(name: str) -> list[tuple[str, str]]:
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return [(text, expected) for text, expected in rows]


def clear(matches: list[MetricMatch]) -> list[str]:
    return [match.metric.id + "!" * match.loss for match in matches if not match.weak]


@pytest.mark.parametrize(("text", "expected"), corpus("metrics_en.tsv") + corpus("metrics_zh.tsv"))
def test_corpus(text: str, expected: str) -> None:
    matches = find_metrics(fold(text))
    wanted = [] if expected == "-" else expected.split()
    weak = {match.metric.id for match in matches if match.weak}
    assert clear(matches) == [name for name in wanted if not name.endswith("?")]
    assert {name[:-1] for name in wanted if name.endswith("?")} <= weak


@pytest.mark.parametrize(("text", "expected"), corpus("counted.tsv"))
def test_counted_corpus(text: str, expected: str) -> None:
    found = counted_metric(fold(text))
    got = "-" if found is None else found.metric.id + "?" * found.weak
    if found is not None and found.unit != "count":
        got += f" {found.unit}"
    assert got == expected


def phrases_of(row: list[str]) -> list[tuple[str, str]]:
    return [(words, words.rstrip("?!^")) for words in f"{row[3]}|{row[4]}".split("|") if words]


def test_every_metric_is_sound() -> None:
    rows = read_table("metrics.tsv")
    assert len({row[0] for row in rows}) == len(rows), "an id stands on two rows"
    for name, family, nature, *_ in rows:
        assert re.fullmatch(r"[a-z][a-z0-9_]*", name), name
        assert family in FAMILIES, name
        assert nature in ("flow", "stock"), name
        assert metric(name) is not None


def test_every_phrase_is_folded_and_names_one_metric() -> None:
    owner: dict[str, str] = {}
    for row in read_table("metrics.tsv"):
        for marked, words in phrases_of(row):
            assert fold(words) == words, f"{row[0]}: {marked} is not in folded form"
            assert words == words.strip(), f"{row[0]}: {marked!r} has spaces around it"
            assert owner.setdefault(words, row[0]) == row[0], (
                f"{words} names {owner[words]} and {row[0]}"
            )


def test_every_phrase_finds_its_own_metric() -> None:
    """A phrase that another phrase or a stop phrase shadows would be dead weight."""
    for row in read_table("metrics.tsv"):
        for marked, words in phrases_of(row):
            found = find_metrics(f"{words} 5" if marked.endswith("^") else words)
            assert found, words
            assert row[0] in {match.metric.id for match in found}, words


def test_every_stop_phrase_swallows_something() -> None:
    for _, phrases in read_table("metric_stop.tsv"):
        for words in phrases.split("|"):
            assert find_metrics(words) == [], words


def test_related_metrics_exist_and_are_of_the_family_they_are_for() -> None:
    for name, form, other in read_table("metric_related.tsv"):
        found = related(name, form)
        assert metric(name) is not None, name
        assert found is not None, other
        if form in FAMILIES:
            family = "money" if found.id == "price" else form
            assert found.family in (family, "any"), f"{name} as {form} is {other}"
        elif form == "of_revenue":
            assert found.family == "percent", other


def test_counted_nouns_are_metrics_and_folded() -> None:
    owner: dict[str, str] = {}
    for row in read_table("counted.tsv"):
        assert metric(row[0]) is not None, row[0]
        for marked in f"{row[3]}|{row[4]}".split("|"):
            words = marked.rstrip("?")
            assert fold(words) == words, words
            if words:
                assert owner.setdefault(words, f"{row[0]} {row[1]}") == f"{row[0]} {row[1]}", words


@pytest.mark.parametrize(
    ("name", "form", "other"),
    [
        ("net_income", "money_per_share", "eps"),
        ("adjusted_net_income", "money_per_share", "adjusted_eps"),
        ("net_income", "loss", "net_loss"),
        ("operating_income", "of_revenue", "operating_margin"),
        ("share_repurchases", "count", "shares_repurchased"),
        ("inventory", "time", "inventory_days"),
        ("revenue", "time", None),
    ],
)
def test_related(name: str, form: str, other: str | None) -> None:
    found = related(name, form)
    assert (found.id if found else None) == other


def test_a_match_is_the_phrase_with_its_modifier() -> None:
    text = fold("We saw Non-GAAP diluted EPS of $2, net income on an adjusted basis of $8.")
    spans = [(text[m.start : m.end], m.metric.id, m.adjusted) for m in find_metrics(text)]
    assert spans == [
        ("non-gaap diluted eps", "adjusted_eps", True),
        ("net income on an adjusted basis", "adjusted_net_income", True),
    ]


def test_an_adjusted_measure_without_an_id_of_its_own_keeps_its_id() -> None:
    (found,) = find_metrics("adjusted free cash flow was strong")
    assert (found.metric.id, found.adjusted) == ("free_cash_flow", True)


def test_core_is_no_modifier_before_what_has_no_adjusted_form() -> None:
    (found,) = find_metrics("our core free cash flow")
    assert (found.metric.id, found.adjusted) == ("free_cash_flow", False)


MIXED = st.text(
    alphabet=st.sampled_from(list("abcdeimnoprstu &-'.,%$0123456789營收净利率毛每股，。 \n")),
    max_size=80,
)


@given(st.lists(st.sampled_from(["revenue", "adjusted ", "eps", "净利润", "经调整", " "]) | MIXED))
def test_matches_are_in_order_without_overlap(pieces: list[str]) -> None:
    text = fold("".join(pieces))
    matches = find_metrics(text)
    for match in matches:
        assert 0 <= match.start < match.end <= len(text)
    for first, second in pairwise(matches):
        assert first.end <= second.start


@given(MIXED)
def test_a_counted_noun_lies_in_its_text(text: str) -> None:
    folded = fold(text)
    found = counted_metric(folded)
    assert found is None or 0 <= found.start < found.end <= len(folded)


@pytest.mark.parametrize(
    "piece", ["adjusted ", "eps", "亏", "经调整的", "core core ", "net income "]
)
def test_hostile_text_takes_linear_time(piece: str) -> None:
    text = piece * 20_000
    started = time.process_time()
    find_metrics(text)
    assert time.process_time() - started < 2
