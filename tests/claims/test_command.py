"""``callfacts claims`` on documents and on the topic."""

import json
import re
from pathlib import Path

import pytest
from kafka_view import Stream

from pipeline.cli import run
from schemas import Claim

CALL = """Harbourline Inc. (HBRL) Q3 2025 Earnings Call, October 30, 2025

Mara Lindqvist, Chief Financial Officer: Third quarter revenue was $134.4 billion, up 20.2% \
year over year. Operating income was $13.3 billion.
"""
NOTE = """Harbourline Inc. (HBRL)2025年第三季度财报解读

三季度收入1344亿美元，同比增长约20%。营业利润为242亿美元。
"""


@pytest.fixture
def documents(tmp_path: Path) -> list[str]:
    paths = [tmp_path / "call.txt", tmp_path / "note.txt"]
    for path, text in zip(paths, (CALL, NOTE), strict=True):
        path.write_text(text, "utf-8")
    return [*map(str, paths), "--published", "2025-10-31"]


def claims(capfdbinary: pytest.CaptureFixture[bytes], *arguments: str) -> list[Claim]:
    assert run(["claims", *arguments, "--format", "jsonl"]) == 0
    return [Claim.model_validate_json(line) for line in capfdbinary.readouterr().out.splitlines()]


def test_documents_in_two_languages_are_held_against_each_other(
    documents: list[str], capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    found = {(each.metric, each.measure): each for each in claims(capfdbinary, *documents)}
    assert found["revenue", "level"].agreement == "agree"
    assert found["revenue", "growth"].agreement == "agree"
    assert str(found["revenue", "growth"].value) == "20.2"
    profit = found["operating_income", "level"]
    assert profit.agreement == "conflict"
    assert str(profit.value) == "13300000000"
    assert [(each.transcript_id, each.agrees) for each in profit.statements] == [
        ("call", True),
        ("note", False),
    ]


def test_choices(documents: list[str], capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    (only,) = claims(capfdbinary, *documents, "--conflicting")
    assert only.metric == "operating_income"
    chosen = claims(capfdbinary, *documents, "--metric", "revenue")
    assert {each.metric for each in chosen} == {"revenue"}
    assert claims(capfdbinary, *documents, "--entity", "NOBODY") == []


def test_the_table_begins_with_conflicts(
    documents: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["claims", *documents, "--format", "table"]) == 0
    _, first, company, publisher, *rest, total = capsys.readouterr().out.splitlines()
    assert re.search(r"✗ .*operating income .*USD 13.3 billion .*2 documents conflict", first)
    assert re.search(r"= \$13.3 billion .*company, Mara Lindqvist +call", company)
    assert re.search(r"≠ 242亿美元 .*USD 24.2 billion .*note", publisher)
    assert sum(line.startswith("✓") for line in rest) == 2
    assert total == ("3 claims of 2 documents: 1 in conflict, 2 agreed on, 0 of one document alone")


def test_of_two_revisions_the_later_counts(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    path = tmp_path / "calls.jsonl"
    texts = [(2, CALL), (1, CALL.replace("13.3", "24.2"))]
    lines = [
        json.dumps({"transcript_id": "call", "text": text, "revision": revision})
        for revision, text in texts
    ]
    path.write_text("\n".join(lines))
    (profit,) = claims(capfdbinary, str(path), "--metric", "operating_income")
    assert str(profit.value) == "13300000000"


def test_bad_input_is_told_and_the_rest_is_read(
    documents: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["claims", "missing.txt", *documents, "--format", "table"]) == 1
    captured = capsys.readouterr()
    assert "missing.txt" in captured.err
    assert "2 documents" in captured.out


def test_a_source_is_chosen(documents: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["claims", "--from-topic", *documents]) == 2
    assert "exclude" in capsys.readouterr().err


@pytest.mark.broker
def test_the_topic_gives_the_newest_state_of_each_claim(
    stream: Stream, capfdbinary: pytest.CaptureFixture[bytes], documents: list[str]
) -> None:
    first, second, *_ = claims(capfdbinary, *documents)
    older = second.model_copy(update={"agreement": "single"})
    for key, claim in (("a", first), ("b", older), ("b", second), ("a", None)):
        value = None if claim is None else claim.model_dump_json().encode()
        stream.send(key, value, topic="facts.claims")
    settings = stream.settings
    options = ["--bootstrap-servers", settings.bootstrap_servers]
    options += ["--topic-prefix", settings.topic_prefix]
    assert claims(capfdbinary, *options) == [second]
    assert claims(capfdbinary, "--from-topic", *options) == [second]
