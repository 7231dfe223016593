"""Folding keeps every offset, and scripts are told by the characters that only they use."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.normalize.script import fold, language_of


@given(st.text())
def test_folding_moves_no_character(text):
    assert len(fold(text)) == len(text)


@given(st.text())
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("營收 １,３４４ 億", "营收 1,344 亿"),
        ("AWS’s −3％", "aws's -3%"),
        ("什麼、什么", "什么、什么"),
        ("收入100億，200家", "收入100亿，200家"),
        ("衞星、枱面、裏", "卫星、台面、里"),
    ],
)
def test_both_scripts_read_alike(text, folded):
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("AWS 營收年增 20%", "zh-Hant"),
        ("毛利率 46.5%，什麼都沒變", "zh-Hant"),
        ("营收955亿元，同比增长2.0%", "zh-Hans"),
        ("为什么这样", "zh-Hans"),
        ("Revenue of 騰訊 grew 14% in the third quarter", "en"),
        ("Café revenue rose", "en"),
        ("12.5%", "und"),
        ("😀", "und"),
    ],
)
def test_language(text, language):
    assert language_of(text) == language


def test_shared_characters_take_the_scripts_of_their_document():
    assert language_of("收入 10%", default="zh-Hant") == "zh-Hant"
    assert language_of("收入 10%") == "zh-Hans"
