"""Facts against gold, in figures that may rise and must not fall.

The floors stand a little below what is reached; raise them with the extraction. The samples come
with the program; the shared documents lie beside the work tree where there are any.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from scoring import Document, Score, dates, score

from pipeline.batch import lines
from pipeline.samples import samples
from pipeline.stages import run
from schemas import Fact, TranscriptMessage

SHARED = Path(__file__).parents[2] / "shared"

SAMPLES = {"quantity_f1": 0.975, "fact_f1": 0.825}
EACH_SAMPLE = {"quantity_f1": 0.88, "fact_f1": 0.66}

# Aims: 0.97 and 0.90 for the seeds, 0.96 and 0.85 for the development documents.
SEEDS = {"q_f1": 0.99, "fact_f1": 0.965}
DEVELOPMENT = {"q_f1": 0.99, "fact_f1": 0.905}
# Aims: 0.95, 0.90 and 0.87.
NEWSWIRE = {"amount": 0.965, "+metric": 0.905, "+modality": 0.885}

SAMPLE_IDS = [message.transcript_id for message in samples()]


@pytest.mark.parametrize("transcript_id", SAMPLE_IDS)
def test_each_sample_reaches_the_floors(transcript_id: str) -> None:
    reached = _sample_score(transcript_id)
    assert _below(_figures(reached), EACH_SAMPLE) == {}, dict(reached.wrong_fields)


def test_samples_reach_their_floors() -> None:
    total = sum(map(_sample_score, SAMPLE_IDS), Score())
    assert total.required > 300
    assert _below(_figures(total), SAMPLES) == {}, dict(total.wrong_fields)


@pytest.mark.parametrize("transcript_id", SAMPLE_IDS)
def test_evidence_is_what_stands_in_the_text(transcript_id: str) -> None:
    message, facts = _facts(transcript_id)
    assert facts
    for fact in facts:
        for each in fact.evidence:
            assert message.text[each.start : each.end] == each.text


def test_the_measure_knows_right_from_wrong() -> None:
    gold = [
        {"id": "1", "class": "required", "quote": "$5 million", "entity": ["Acme"], "scope": [None],
         "metric": ["revenue"], "measure": ["level"], "value": 5_000_000, "unit": "USD",
         "period": ["2025Q3"], "modality": "actual"},
        {"id": "2", "class": "required", "quote": "7%", "entity": ["Acme"], "scope": [None],
         "metric": ["revenue"], "measure": ["growth"], "value": 7, "unit": "percent",
         "period": ["any"], "modality": "actual"},
    ]  # fmt: skip
    document = Document("Revenue was $5 million, up 7%.")
    (fact,) = _facts(SAMPLE_IDS[0])[1][:1]
    said = fact.evidence[0].model_copy(update={"start": 12, "end": 22, "text": "$5 million"})
    right = fact.model_copy(
        update={
            "entity": fact.entity and fact.entity.model_copy(update={"id": "Acme"}),
            "scope": None, "metric": "revenue", "measure": "level", "value": Decimal(5_000_000),
            "unit": "USD", "modality": "actual", "evidence": (said,),
            "period": _period("2025Q3"),
        }
    )  # fmt: skip
    wrong = right.model_copy(update={"metric": "net_income", "period": _period("2025")})
    assert score(document, gold, [right]) == Score(required=2, found=1, right=1)
    assert score(document, gold, [wrong, right]) == Score(required=2, found=1, right=1, invented=1)
    assert dict(score(document, gold, [wrong]).wrong_fields) == {"metric": 1, "period": 1}
    elsewhere = said.model_copy(update={"start": 0, "end": 7})
    assert score(document, gold, [right.model_copy(update={"evidence": (elsewhere,)})]).found == 0


@pytest.mark.parametrize(
    ("label", "first", "last"),
    [
        ("2025", "2025-01-01", "2025-12-31"),
        ("2025Q3", "2025-07-01", "2025-09-30"),
        ("2024H1", "2024-01-01", "2024-06-30"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("TTM@2024-02-29", "2023-03-01", "2024-02-29"),
        ("@2023-06-30", "2023-06-30", "2023-06-30"),
        ("2025..2027", "2025-01-01", "2027-12-31"),
    ],
)
def test_the_measure_knows_period_labels(label: str, first: str, last: str) -> None:
    assert dates(label) == (date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared documents are not here")
@pytest.mark.parametrize(
    ("golds", "folder", "manifests", "floors"),
    [
        ("gold/0*.jsonl", "seeds", ["seeds/manifest.json"], SEEDS),
        ("gold/dev/*.jsonl", "gold/dev", ["gold/dev/manifest-en.json", "gold/dev/manifest-zh.json"],
         DEVELOPMENT),
    ],
    ids=["seeds", "development"],
)  # fmt: skip
def test_shared_documents_reach_their_floors(
    golds: str, folder: str, manifests: list[str], floors: dict[str, float], tmp_path: Path
) -> None:
    gold_files = sorted(SHARED.glob(golds))
    wanted = {row["doc"] for path in gold_files for row in _rows(path.read_text("utf-8"))}
    about = [each for name in manifests for each in json.loads((SHARED / name).read_text("utf-8"))]
    facts = _write_facts(
        tmp_path,
        (
            TranscriptMessage(
                transcript_id=each["transcript_id"],
                text=(SHARED / folder / f"{each['transcript_id']}.txt").read_text("utf-8"),
                published_at=each["published_at"],
            )
            for each in about
            if each["transcript_id"] in wanted
        ),
    )
    printed = _run(
        SHARED / "gold" / "score",
        *("--gold", *gold_files, "--docs", SHARED / folder, "--facts", facts, "--json"),
        *("--manifest", *(SHARED / name for name in manifests)),
    )
    reached = json.loads(printed.splitlines()[-1])
    assert reached["grounded"] == reached["facts"]
    assert _below(reached, floors) == {}, printed


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared documents are not here")
def test_newswire_figures_reach_their_floors(tmp_path: Path) -> None:
    transcripts = SHARED / "ectsum" / "transcripts.jsonl"
    rows = _rows(transcripts.read_text("utf-8"))
    facts = _write_facts(tmp_path, (TranscriptMessage(**row) for row in rows))
    printed = _run(
        SHARED / "ectsum" / "score",
        *("--transcripts", transcripts, "--facts", facts),
        *("--bullets", SHARED / "ectsum" / "bullets.jsonl"),
    )
    reached = {name: float(value) for name, value in re.findall(r"(\S+) (\d\.\d+)", printed)}
    assert _below(reached, NEWSWIRE) == {}, printed


def _sample_score(transcript_id: str) -> Score:
    message, facts = _facts(transcript_id)
    about = next(each for each in _manifest() if each["transcript_id"] == transcript_id)
    call_day = date.fromisoformat(about["call_day"])
    golds = _rows(files("pipeline.samples").joinpath(f"{transcript_id}.gold.jsonl").read_text())
    return score(Document(message.text, about["quarter"], call_day), golds, facts)


@cache
def _facts(transcript_id: str) -> tuple[TranscriptMessage, list[Fact]]:
    message = next(each for each in samples() if each.transcript_id == transcript_id)
    return message, [fact for part in run(message) for fact in part.facts]


@cache
def _manifest() -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = json.loads(
        files("pipeline.samples").joinpath("manifest.json").read_text("utf-8")
    )
    return listed


def _rows(text: str) -> list[dict[str, Any]]:
    return [json.loads(row, parse_float=Decimal) for row in text.splitlines() if row.strip()]


def _write_facts(folder: Path, messages: Iterable[TranscriptMessage]) -> Path:
    path = folder / "facts.jsonl"
    path.write_bytes(b"".join(line + b"\n" for line in lines(messages, "facts")))
    return path


def _run(*command: object) -> str:
    done = subprocess.run([sys.executable, *map(str, command)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _figures(reached: Score) -> dict[str, float]:
    return {"quantity_f1": reached.quantity_f1, "fact_f1": reached.fact_f1}


def _below(reached: dict[str, float], floors: dict[str, float]) -> dict[str, float]:
    return {name: reached[name] for name, floor in floors.items() if reached[name] < floor}


def _period(label: str) -> Any:
    from schemas import Period

    start, end = dates(label)
    return Period(start=start, end=end, label=label)
