"""Confidence means what it says: of the facts that are called sure, so many are right."""

from pathlib import Path

import pytest

from pipeline.extract.confidence import confidence, traits_of
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


@pytest.mark.parametrize("and_so_on", [" and", "、"])
@pytest.mark.parametrize("figures", [6, 7])
def test_more_than_six_figures_crowd_a_sentence(figures, and_so_on):
    sentence = and_so_on.join(["1,200.5"] * figures)
    assert ("crowded sentence" in traits_of(sentence)) is (figures > 6)


def test_confidence_is_a_probability():
    every = {trait for _, held, _ in rows([ROOT / "pipeline/samples"]) for trait in held}
    assert 0 <= confidence(frozenset(every)) <= 1
