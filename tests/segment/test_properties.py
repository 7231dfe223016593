"""What holds for any text whatever."""

import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.segment import segment
from schemas.segmented import Segment, SegmentedPart
from schemas.transcript import TranscriptMessage

PIECES = st.sampled_from(
    [
        ">> Dana (CFO)",
        "[Dana Wu]",
        "<Q - Raj Patel>: Why?",
        "A - Dana Wu",
        "Our first question comes from Raj Patel with Stonebridge.",
        "Raj Patel",
        "【问题1】",
        "答复：约5亿元。",
        "3、请介绍海外业务。",
        "That concludes our call.",
        "\tQ1\tQ2",
        "Sales\t5\t6",
        "| | Q1 | Q2 |",
        "| Sales | 5 | 6 |",
        "Operator",
        "Dana Wu - Chief Financial Officer",
        "Raj Patel -- Analyst",
        "Q：明年毛利率會到四成嗎？",
        "A1：我們有信心。",
        "CEO：收入增长20%。",
        "一、业绩回顾",
        "2.1 云业务",
        "1) ALFA - ok",
        "  • 收入12亿元",
        "    ◦ 同比+14%",
        "- Rev $2.1bn, +12%",
        "# Outlook",
        "【问答环节】",
        "項目｜1H25｜1H24",
        "收入｜3,402｜3,619",
        "0:24",
        "speaker 1",
        "Revenue was $1.25 billion, up 7%.",
        "營收為 12.5 億美元，增長 7%。",
        "",
        "   ",
        "<完>",
        "© 2025 all rights reserved",
    ]
)
SEPARATORS = st.sampled_from(["\n", "\r\n", "\n\n", "\r", "\u2028", "\x0c"])
DOCUMENTS = st.one_of(
    st.text(max_size=300),
    st.lists(st.tuples(st.one_of(PIECES, st.text(max_size=30)), SEPARATORS), max_size=40).map(
        lambda pieces: "".join(line + separator for line, separator in pieces)
    ),
).filter(lambda text: bool(text.strip()))
SENTENCES = st.lists(
    st.sampled_from(
        [
            "We sold more lamps than ever before, and prices held up well.",
            "本季我们卖出的灯具比以往任何时候都多，价格也保持稳定。",
            "Margins were stable because freight became cheaper again.",
            "運費再度下降，因此利潤率保持穩定，管理層對此表示滿意。",
        ]
    ),
    min_size=1,
    max_size=30,
)


def read(text: str) -> list[SegmentedPart]:
    return list(segment(TranscriptMessage(transcript_id="t", text=text)))


def segments(text: str) -> list[Segment]:
    return [found for part in read(text) for found in part.segments]


@given(DOCUMENTS)
@settings(max_examples=800, deadline=None)
def test_places_are_exact_in_order_and_apart(text: str) -> None:
    taken: list[tuple[int, int]] = []
    starts = []
    for found in segments(text):
        assert found.text == text[found.start : found.end]
        assert found.text
        assert found.text == found.text.strip()
        starts.append(found.start)
        taken.append((found.start, found.end))
        if found.pair:
            assert found.pair.text == text[found.pair.start : found.pair.end]
            taken.append((found.pair.start, found.pair.end))
    assert starts == sorted(starts)
    taken.sort()
    assert all(a[1] <= b[0] for a, b in pairwise(taken))


@given(DOCUMENTS)
@settings(max_examples=200, deadline=None)
def test_parts_ids_and_answers_fit_together(text: str) -> None:
    parts = read(text)
    assert [part.part for part in parts] == list(range(len(parts)))
    assert {part.parts for part in parts} == {len(parts)}
    found = [one for part in parts for one in part.segments]
    names = [one.segment_id for one in found]
    assert len(set(names)) == len(names)
    questions = {one.segment_id for one in found if one.kind == "question"}
    for one in found:
        assert (one.question_id is not None) <= (one.kind != "question")
        assert one.question_id is None or one.question_id in questions
    assert parts == read(text)


@given(SENTENCES, SEPARATORS)
@settings(max_examples=100, deadline=None)
def test_no_sentence_is_lost(sentences: list[str], separator: str) -> None:
    text = separator.join(sentences)
    spans = [(one.start, one.end) for one in segments(text)]
    spans += [(one.pair.start, one.pair.end) for one in segments(text) if one.pair]
    place = 0
    for sentence in sentences:
        start = text.index(sentence, place)
        place = start + len(sentence)
        assert sum(a <= start and place <= b for a, b in spans) == 1


def test_an_enormous_line_is_cut_at_sentence_ends() -> None:
    text = "Revenue grew 5.2% to $3.1 million in the U.S. market. " * 400
    found = segments(text)
    assert len(found) > 5
    assert all(len(one.text) <= 4000 for one in found)
    assert all(one.text.endswith("market.") for one in found)


def test_an_enormous_line_without_sentences_keeps_numbers_whole() -> None:
    text = "营收1,234,567元同比增长" * 2000
    assert all(len(one.text) <= 4000 for one in segments(text))
    assert all(not one.text.startswith((",", "234", "567")) for one in segments(text))


def test_parts_are_bounded_and_do_not_cut_after_a_heading() -> None:
    text = "\n".join(
        f"# Topic {number}\n" + "\n".join(["A plain sentence of some length, said again."] * 7)
        for number in range(80)
    )
    parts = read(text)
    assert len(parts) > 3
    for part in parts:
        assert 20 <= len(part.segments) <= 170
        assert part.segments[-1].kind != "heading"


@pytest.mark.parametrize(
    "text",
    [
        "([" * 300_000,
        "【([\n" * 100_000,
        "a - " * 100_000,
        "a:" * 200_000,
        " " * 500_000 + "x",
        "1." * 300_000,
        "😀" * 100_000,
        "\x00\x01\x85\u2028" * 50_000 + "a",
        "Revenue was 5\n收入为5\n" * 3_000,
        "0:10\nada\nOur next question comes from Ada Bell with Cole & Co.\n" * 3_000,
        "".join(f"Next is Ada Bel{'l' * (step % 30)}, " for step in range(20_000)),
        "<Q - " * 20_000,
        "A. B, C. D, Chief " * 8_000,
        ">> Ada (CEO)\n>> Ada\n" * 8_000,
        "| | | a |\n| 1 | 2 | 3 |\n" * 6_000,
        "".join(" " * (step % 200) + "• x\n" for step in range(5_000)),
    ],
)
def test_hostile_text_takes_linear_time(text: str) -> None:
    begin = time.process_time()
    read(text)
    assert time.process_time() - begin < 6
