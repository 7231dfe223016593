"""Fit the weights of confidence on gold, and print how well confidence holds.

``python -m tests.calibrate`` reads the packaged samples and, where they lie beside the checkout,
``../shared`` and the folders named on the command line (documents, gold and a manifest each), fits
a logistic model over the traits of every fact, and prints for each band of confidence how many of
its facts are right. ``--write`` stores the weights in pipeline/extract/confidence.tsv.

Every fifth document is held out of the fit; the bands are printed for those and for the others.
Documents that rules were made from are read better than others, and would make the model too sure:
those in folders named with ``--unseen``, which no rule was made from, count for more, and it is of
their facts that enough have to be right.
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date
from decimal import Decimal
from math import exp
from pathlib import Path
from typing import Any

import pipeline.extract.writing as writing
from pipeline.stages import run
from schemas import TranscriptMessage
from tests.scoring import Document, same_amount, wrong_fields

ROOT = Path(__file__).parents[1]
WEIGHTS = ROOT / "pipeline/extract/confidence.tsv"
SHARED = ROOT.parent / "shared"
STEPS, RATE, SHRINK = 1500, 0.8, 0.002
SURE, PROMISE = 0.9, 0.95
UNSEEN_COUNTS = 4
Row = tuple[str, frozenset[str], bool]


def rows(folders: list[Path]) -> Iterator[Row]:
    """Give for each fact its document, its traits and whether it is right; optional ones aside."""
    for folder, manifest, gold in _documents(folders):
        text = folder.read_text(encoding="utf-8")
        document = Document(text, manifest.get("quarter"), _day(manifest.get("call_day")))
        message = TranscriptMessage(
            transcript_id=folder.stem, text=text, published_at=manifest.get("published_at")
        )
        for held, fact in _facts(message):
            near = [line for line in gold if _near(line, fact, text) and same_amount(line, fact)]
            if any(line["class"] == "optional" for line in near):
                continue
            right = any(not wrong_fields(line, fact, document) for line in near)
            yield folder.stem, held, right


def _facts(message: TranscriptMessage) -> Iterator[tuple[frozenset[str], Any]]:
    seen: list[frozenset[str]] = []
    original = writing.confidence

    def noting(held: Collection[str]) -> float:
        seen.append(frozenset(held))
        return original(held)

    writing.confidence = noting
    try:
        facts = [fact for part in run(message) for fact in part.facts]
    finally:
        writing.confidence = original
    yield from zip(seen, facts, strict=True)


def _documents(folders: list[Path]) -> Iterator[tuple[Path, dict[str, Any], list[dict[str, Any]]]]:
    for folder in folders:
        manifest: dict[str, Any] = {}
        for path in sorted(folder.glob("manifest*.json")):
            manifest |= {row["transcript_id"]: row for row in json.loads(path.read_text("utf-8"))}
        for path in sorted(folder.glob("*.txt")):
            places = (path.with_suffix(".gold.jsonl"), path.with_suffix(".jsonl"),
                      SHARED / "gold" / f"{path.stem[:3]}.jsonl")  # fmt: skip
            gold = next((place for place in places if place.is_file()), None)
            if gold is not None:
                lines = [
                    json.loads(line, parse_float=Decimal)
                    for line in gold.read_text("utf-8").splitlines()
                    if line
                ]
                yield path, manifest.get(path.stem, {}), lines


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _near(line: dict[str, Any], fact: Any, text: str) -> bool:
    for place in (line, *line.get("alt", [])):
        at = -1
        for _ in range(place.get("nth", 1)):
            at = text.find(place["quote"], at + 1)
        end = at + len(place["quote"])
        if at >= 0 and any(e.start < end and at < e.end for e in fact.evidence):
            return True
    return False


def fit(sample: list[Row], unseen: list[Row]) -> dict[str, float]:
    """Fit by gradient ascent, weights shrunk a little towards nothing.

    Then all is taken down until of the facts that are given 0.9 and more enough are right: of the
    ``unseen``, where there are any.
    """
    judged = unseen or sample
    sample = sample + unseen * UNSEEN_COUNTS
    names = sorted({trait for _, held, _ in sample for trait in held})
    weights = {"always": 1.0} | dict.fromkeys(names, 0.0)
    for _ in range(STEPS):
        gradient: dict[str, float] = defaultdict(float)
        for _, held, right in sample:
            miss = right - _sure(weights, held)
            gradient["always"] += miss
            for trait in held:
                gradient[trait] += miss
        for name in weights:
            weights[name] += RATE * (gradient[name] / len(sample) * 10 - SHRINK * weights[name])
    while (kept := _kept(judged, weights)) is not None and kept < PROMISE:
        weights["always"] -= 0.02
    return {name: round(weight, 2) for name, weight in weights.items()}


def _kept(sample: list[Row], weights: dict[str, float]) -> float | None:
    """The part that is right of the facts that are given 0.9 and more; None where none are."""
    sure = [right for _, held, right in sample if round(_sure(weights, held), 2) >= SURE]
    return sum(sure) / len(sure) if sure else None


def _sure(weights: dict[str, float], held: frozenset[str]) -> float:
    return 1 / (1 + exp(-weights["always"] - sum(weights.get(trait, 0.0) for trait in held)))


def bands(sample: list[Row], weights: dict[str, float]) -> None:
    """Print how many facts are right in each band of confidence."""
    table: dict[float, list[int]] = defaultdict(lambda: [0, 0])
    for _, held, right in sample:
        sure = _sure(weights, held)
        low = 0.95 if sure >= 0.95 else int(round(sure, 2) * 10) / 10
        table[low][0] += right
        table[low][1] += 1
    for low in sorted(table, reverse=True):
        right, count = table[low]
        print(f"  from {low:.2f}  {count:5} facts  {right / count:6.1%} right")  # noqa: T201


def main() -> None:
    """Fit, print, and write where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--unseen", action="append", default=[], type=Path, metavar="FOLDER")
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    folders = [ROOT / "pipeline/samples", SHARED / "gold/dev", SHARED / "seeds", *chosen.folders]
    unseen = list(rows(chosen.unseen))
    kept_apart = {name for name, _, _ in unseen}
    sample = [
        row
        for row in rows([folder for folder in folders if folder.is_dir()])
        if row[0] not in kept_apart
    ]
    documents = sorted({name for name, _, _ in sample})
    aside = set(documents[::5])
    weights = fit([row for row in sample if row[0] not in aside], unseen)
    print(f"{len(sample)} facts of {len(documents)} documents; fitted without {len(aside)}")  # noqa: T201
    bands([row for row in sample if row[0] not in aside], weights)
    print("held out")  # noqa: T201
    bands([row for row in sample if row[0] in aside], weights)
    if unseen:
        print("unseen")  # noqa: T201
        bands(unseen, weights)
    if chosen.write:
        final = fit(sample, unseen)
        head = "# trait\tweight in confidence.py's model, by `python -m tests.calibrate --write`\n"
        body = "".join(f"{name}\t{weight:g}\n" for name, weight in final.items())
        WEIGHTS.write_text(head + body, encoding="utf-8")


if __name__ == "__main__":
    main()
