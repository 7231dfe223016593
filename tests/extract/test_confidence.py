"""Confidence means what it says: of the facts that are called sure, so many are right."""

from pathlib import Path

from pipeline.extract.confidence import confidence
from tests.calibrate import rows

ROOT = Path(__file__).parents[2]


def test_sure_facts_of_the_samples_are_right():
    sure = [
        right for _, held, right in rows([ROOT / "pipeline/samples"]) if confidence(held) >= 0.9
    ]
    assert len(sure) > 25
    assert sum(sure) / len(sure) >= 0.93


def test_doubt_lowers_confidence():
    plain = confidence(frozenset())
    for doubt in ("metric inherited", "metric not named", "weak metric", "no direction"):
        assert confidence(frozenset({doubt})) < plain


def test_confidence_is_a_probability():
    every = {trait for _, held, _ in rows([ROOT / "pipeline/samples"]) for trait in held}
    assert 0 <= confidence(frozenset(every)) <= 1
