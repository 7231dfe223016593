import time
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.normalize.periods import Anchor, find_comparisons, find_periods, label_period
from pipeline.normalize.periods.rules import relation_cues, sections

ANCHOR = Anchor(label_period("2025Q3"), date(2025, 10, 30))
ANCHORS = st.builds(
    Anchor,
    st.one_of(st.none(), st.sampled_from(["2025Q3", "2024Q4", "2025Q1"]).map(label_period)),
    st.one_of(st.none(), st.dates(date(2000, 1, 1), date(2040, 1, 1))),
    st.integers(1, 12),
)
PIECES = (
    *("Q3", "q4", "2025", "25", "fy", "第", "三", "四", "季度", "季", "年", "月", "日", "底", "末"),
    *(
        "上半",
        "去",
        "今",
        "明",
        "同期",
        "截至",
        "止",
        "过去",
        "未来",
        "个",
        "两",
        "十二",
        "財年",
        "週",
    ),
    *(
        "third",
        "quarter",
        "last",
        "year",
        "the",
        "of",
        "to",
        "end",
        "by",
        "since",
        "twenty",
        "five",
    ),
    *("ended", "August", "31", "32", "months", "half", "0", "first", "nine", "TTM", "LY", "'26"),
    *("26E", "-", "–", "/", ",", ".", ":", "至", "到", "H1", "1H", "的", "ago", "fiscal", "may"),
)
TEXTS = st.one_of(
    st.text(max_size=80),
    st.lists(st.sampled_from(PIECES), max_size=14).map(" ".join),
    st.lists(st.sampled_from(PIECES), max_size=14).map("".join),
)


@settings(max_examples=300, deadline=None)
@given(TEXTS, ANCHORS, st.integers(0, 10_000))
def test_mentions_are_slices_in_order_and_never_overlap(
    text: str, anchor: Anchor, offset: int
) -> None:
    reach = offset
    for mention in find_periods(text, anchor, offset=offset):
        assert reach <= mention.start < mention.end <= offset + len(text)
        assert mention.text == text[mention.start - offset : mention.end - offset]
        assert mention.period.start <= mention.period.end
        days = label_period(mention.period.label)
        assert (days.start, days.end) == (mention.period.start, mention.period.end)
        reach = mention.end


def test_a_heading_that_looks_ahead_moves_the_full_year() -> None:
    anchor = Anchor(label_period("2024Q4"), date(2025, 2, 6))
    (behind,) = find_periods("Full year: revenue of $9 billion", anchor)
    (ahead,) = find_periods("Full year: revenue of $9 billion", anchor, ahead=True)
    assert (behind.period.label, ahead.period.label) == ("2024", "2025")


HOSTILE = (
    "2025" * 5000,
    "第" * 20000,
    "the " * 5000,
    "quarter of the " * 2000,
    "年" * 20000,
    "月1" * 9000,
    "twenty " * 4000,
    " " * 20000 + "quarter",
    "2025 " * 4000,
    "截至2025年" * 3000,
    "q" * 20000,
)


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda text: text.strip()[:8])
def test_hostile_text_takes_linear_time(hostile: str) -> None:
    started = time.process_time()
    find_periods(hostile, ANCHOR)
    find_comparisons(hostile)
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    ("text", "bases"),
    [
        ("up 5% year-over-year", ["yoy"]),
        ("up 5% y/y and 2% q/q", ["yoy", "qoq"]),
        ("YoY +3%, QoQ -1%", ["yoy", "qoq"]),
        ("8% more year on year", ["yoy"]),
        ("an increase of 8% from a year ago", ["yoy"]),
        ("down 3% sequentially", ["qoq"]),
        ("up 2% from last quarter", ["qoq"]),
        ("quarter-over-quarter growth", ["qoq"]),
        ("compared to the prior year quarter", ["yoy"]),
        ("同比增长5%，环比下降3%", ["yoy", "qoq"]),
        ("年增 7.8%、季減 5.5%", ["yoy", "qoq"]),
        ("年成長 8%", ["yoy"]),
        ("按年升 3%，按季微升", ["yoy", "qoq"]),
        ("季持平至季增 6%", ["qoq", "qoq"]),
        ("環比收窄", ["qoq"]),
        ("去年增长5%，每年增加5%，三季增长", []),
        ("this year we grew, and this quarter too", []),
    ],
)
def test_comparisons(text: str, bases: list[str]) -> None:
    found = find_comparisons(text)
    assert [basis for _, _, basis in found] == bases
    assert all(text[start:end].strip() == text[start:end] for start, end, _ in found)


@pytest.mark.parametrize("language", ["any", "en", "zh"])
def test_rule_files_are_in_order(language: str) -> None:
    for section in sections(language):
        assert section.trigger.search("") is None
        choices = set(section.choices()._by_phrase.values())
        assert choices
        for choice in choices:
            assert choice.rules
            assert choice.compiled().search("") is None
    before, _, after = relation_cues()
    assert before.relations
    assert after.relations
