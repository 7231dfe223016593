"""The normalize stage as a whole: which segments are read."""

import pytest

from pipeline.stages import normalize, segment
from schemas.normalized import Quantity
from schemas.transcript import TranscriptMessage


def quantities(text: str) -> list[Quantity]:
    message = TranscriptMessage(transcript_id="t", text=text)
    return [
        quantity
        for part in segment(message)
        for found in normalize(part).segments
        for quantity in found.quantities
    ]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("two thirds of stores", ["two thirds"]),
        ("十五美元", ["十五美元"]),
        ("9.5成", ["9.5成"]),
        ("3.14 人民币", ["3.14 人民币"]),
        (
            "營收成長三成\n\n董事長表示，第三季接單暢旺，下半年維持樂觀看法，庫存去化已近尾聲。",
            ["三成"],
        ),
    ],
)
def test_short_texts_and_headings_are_read(text: str, read: list[str]) -> None:
    assert [quantity.text for quantity in quantities(text)] == read


def test_a_paragraph_is_about_the_company_that_it_opens_with() -> None:
    filler = "The rest of the call was about the weather, and nobody had anything new to say. " * 2
    text = (
        "Three calls\n\n"
        f"Start with Deere, where sales fell 9%. {filler}\n\n{filler}Margins were 12%.\n\n"
        f"Goldman reckons that it gets worse. Caterpillar saw sales rise 10%. {filler}\n"
    )
    message = TranscriptMessage(transcript_id="t", text=text)
    about = [
        found.about.id if found.about else None
        for part in segment(message)
        for found in normalize(part).segments
        if found.kind == "paragraph"
    ]
    assert about == ["DE", "DE", "CAT"]
