"""What holds for every text: places are right, nothing overlaps, reading is linear and pure."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.normalize.quantities import find_quantities, triggers
from pipeline.normalize.script import fold

PIECES = [
    "1", "2,500", "3.75", "12", "2025", "99.9", "007", "1,2,3", "5/6",
    "53/47", "2:30", "1-2-3", "(", ")", "$", "€", "¥", "US$", "HK$", "%",
    "bps", "bn", "m", "k", "+", "-", "–", "~", "±", "million", "billion",
    "hundred", "and", "a", "half", "third", "quarter", "point", "two",
    "twenty-five", "doubled", "flat", "to", "up", "down", "mid", "teens",
    "low", "single", "digits", "between", "of", "dollars", "cents", "shares",
    "per", "share", "about", "more", "than", "at", "least", "or", "plus",
    "ten", "of", "millions", "Q3", "FY26", "H100", "sorry", "一", "二", "三",
    "两", "十", "百", "千", "万", "亿", "兆", "零", "〇", "点", "半", "成", "折", "倍", "元",
    "美元", "港元", "%", "個", "百分之", "分之", "年", "月", "日", "季度", "个百分点", "个基点",
    "翻番", "腰斩", "三位数", "持平", "至", "到", "～", "约", "逾", "近", "超过", "以上", "左右",
    "多", "余", "每股", "上", "第", "前", "数", "几", "家", "台", "用户", "的", "，", "。",
    "、", "：", "（", "）", "１２", "３．５", "％", "https://a.b/1", "x@y.com", "1.",
    "2.1", "\n", "$.5", "块", "毛", "分", "角", "buck", "penny", "quarters", "out", "in",
    "five", "oh",
    "pounds", "hk", "sub-", "-plus", "-some", "日", "周转", "少", "TRY", "grand", ", ", "forty",
]  # fmt: skip
TEXTS = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=40).map(" ".join),
    st.lists(st.sampled_from(PIECES), max_size=40).map("".join),
    st.text(max_size=200),
)


@settings(max_examples=600, deadline=None)
@given(
    text=TEXTS,
    offset=st.integers(0, 10_000),
    language=st.sampled_from(["en", "zh-Hans", "zh-Hant", "und"]),
)
def test_places_are_right_and_in_order(text: str, offset: int, language: str) -> None:
    found = find_quantities(text, offset=offset, language=language, currency="TWD")
    end = offset
    for quantity in found:
        assert end <= quantity.start < quantity.end <= offset + len(text)
        assert quantity.text == text[quantity.start - offset : quantity.end - offset]
        assert quantity.text == quantity.text.strip()
        assert (quantity.value, quantity.low, quantity.high) != (None, None, None)
        if quantity.low is not None and quantity.high is not None:
            assert quantity.low <= quantity.high
        end = quantity.end


@settings(max_examples=200, deadline=None)
@given(text=TEXTS)
def test_the_same_text_reads_the_same(text: str) -> None:
    assert find_quantities(text, currency="CNY") == find_quantities(text, currency="CNY")


@settings(max_examples=200, deadline=None)
@given(text=st.lists(st.sampled_from(PIECES), max_size=30).map(" ".join))
def test_folded_text_reads_like_the_original(text: str) -> None:
    def amounts(written: str) -> list[tuple[object, ...]]:
        found = find_quantities(written, language="zh-Hans")
        return [(q.value, q.low, q.high, q.unit) for q in found if q.kind in ("money", "percent")]

    if text == text.lower():
        assert amounts(fold(text)) == amounts(text)


HOSTILE = [
    "1", "1,", "1,11,", "1.", "1-", "1 ", "1/2/", "(1", "$", "$1 to ",
    "twenty ", "one and a ", "half ", "tens of ", "a hundred ", "point two ",
    "5% sorry ", "between 1 and ", "-", "a@", "www.", "x.com ", "12:",
    "about ", "percent of ", "一", "一百", "二点", "一 ", "百分之", "三分之一", "数", "几十",
    "1亿", "1万1", "成", "三成", "年减3%～年增", "5元5", "第一", "多", "至", "low to mid ",
    "5, 6, ", "5 or ", "one in ", "a dollar forty ", "$1 of a b c d e f sorry ", "$.", ".5",
    "5 dollars 5 ", "and a quarter ", "a quarter of a ", "块五", "三块二毛", "少5日", "three to ",
    "20-plus ", "hk5 ", "sub-", "½", "分别为5、5 和", "5 and 5% respectively ",
]  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_text_is_read_in_linear_time(piece: str) -> None:
    def seconds(length: int) -> float:
        text = piece * (length // len(piece))
        spent = []
        for _ in range(4):
            begin = time.process_time()
            find_quantities(text, language="zh-Hans", currency="CNY")
            spent.append(time.process_time() - begin)
        return min(spent)

    find_quantities(piece)
    # Four times the text takes four times as long; sixteen times would be quadratic.
    assert seconds(16_000) < max(0.4, 12 * seconds(4_000))


NUMBERED = st.lists(
    st.sampled_from(
        ["a ", "one", "two", "low", "mid", "-", " ", "20s", "teens", "point", "half", "third",
         "dollar", "couple of ", "basis ", "points", "money", "3.5", "%", "few", "penny", "½",
         "multi", "million", "flat", "oh", "\n", "single-digit", "doubled", "full ", "per ",
         "低", "中", "两", "位数", "三", "一", "半", "倍", "增", "万", "2番", "翻", "第"]
    ),
    max_size=14,
)  # fmt: skip


@given(NUMBERED)
def test_looking_only_where_words_begin_finds_every_place(pieces: list[str]) -> None:
    text = "".join(pieces)
    pattern = (triggers._latin_patterns if text.isascii() else triggers._patterns)()[0]
    everywhere = [(m.start(), m.lastgroup) for m in pattern.finditer(text)]
    assert triggers.triggers(text) == everywhere


@given(st.lists(NUMBERED.map("".join), max_size=6))
def test_texts_read_together_have_the_numbers_that_each_has(texts: list[str]) -> None:
    assert triggers.triggers_in_each(texts) == [triggers.triggers(text) for text in texts]
