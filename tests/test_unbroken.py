"""Words that captions break over lines, and their places in the text as written."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.segment import segment
from pipeline.stages import extract, normalize
from pipeline.unbroken import unbroken
from schemas import TranscriptMessage

BREAKS = (
    "\n",
    "\r\n",
    "\n\n7\n00:01:02,000 --> 00:01:04,500\n",
    "\n\n00:01:02.000 --> 00:01:04.500\n",
)
PIECES = st.lists(st.text(alphabet="ab 收入3.", min_size=1, max_size=6).map(str.strip).filter(bool))


@given(PIECES, st.sampled_from((*BREAKS, "\n0:12 ", "\n[00:01:02] ")))
def test_every_character_of_the_words_is_found_in_the_text(pieces: list[str], gap: str) -> None:
    written = gap.join(pieces)
    broken = unbroken(written)
    if broken is None:
        assert len(pieces) < 2
        return
    for place, char in enumerate(broken.text):
        if char != " ":
            assert written[broken.origin(place)] == char
            assert broken.place(broken.origin(place)) == place


def test_chinese_words_are_joined_without_a_blank() -> None:
    broken = unbroken("收入是一百\n二十亿")
    assert broken is not None
    assert broken.text == "收入是一百二十亿"


def test_a_number_that_runs_over_a_cue_is_one_fact_with_its_place_as_written() -> None:
    cues = [
        "ferncliff tools third quarter 2025 earnings call",
        "good afternoon i'm dana and with me is sam",
        "so revenue was two hundred",
        "and fourteen million up",
        "seven percent from a year ago",
        "gross margin was forty",
        "one percent that's up a",
        "bit and we opened four plants",
        "thanks and now over to sam",
    ]
    text = "WEBVTT\n\n" + "\n\n".join(
        f"00:00:{at:02}.000 --> 00:00:{at + 4:02}.000\n{cue}" for at, cue in enumerate(cues)
    )
    message = TranscriptMessage(
        transcript_id="x", text=text, published_at="2025-10-30T00:00:00Z", entity="Ferncliff Tools"
    )
    facts = [fact for part in segment(message) for fact in extract(normalize(part)).facts]
    found = {(fact.metric, str(fact.value)) for fact in facts}
    assert found >= {("revenue", "214000000"), ("revenue", "7"), ("gross_margin", "41")}
    for fact in facts:
        for each in fact.evidence:
            assert text[each.start : each.end] == each.text
