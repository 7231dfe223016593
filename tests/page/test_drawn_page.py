import re
from base64 import b64encode
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from page_reader import read_page

from pipeline.page.cards import LABELS, amount
from pipeline.page.documents import page
from pipeline.page.marks import marks
from pipeline.page.render import Document, render
from pipeline.samples import samples
from pipeline.stages import extract, normalize, segment
from schemas import Evidence, Fact, NormalizedSegment, TranscriptMessage

SAMPLES = {message.transcript_id: message for message in samples()}
HOSTILE = (
    '<script>alert(1)</script><img src=x onerror="alert(1)">\'"`&amp;{{ 7*7 }}{% raw %}]]>--><!--'
)


def _document(message: TranscriptMessage) -> Document:
    segments: list[NormalizedSegment] = []
    facts: list[Fact] = []
    for part in segment(message):
        normal = normalize(part)
        segments += normal.segments
        facts += extract(normal).facts
    return Document(message.transcript_id, message.title, message.text, segments, facts)


def _message(text: str, title: str | None = None) -> TranscriptMessage:
    return TranscriptMessage(transcript_id="one", text=text, title=title)


@pytest.fixture(scope="module")
def one() -> Document:
    return _document(_message("Revenue was $12 billion, up 9%. We opened 7 stores.\n"))


@pytest.mark.parametrize("transcript_id", SAMPLES)
def test_a_sample_is_shown_whole_and_every_fact_is_reached(transcript_id: str) -> None:
    document = _document(SAMPLES[transcript_id])
    shown = read_page(render([document]))

    assert shown.transcripts == [document.text]
    headlines = [fields[0] for fields in shown.cards["cards"]]
    places = {mark.attributes["id"]: mark for mark in shown.marks if "id" in mark.attributes}
    for number, fact in enumerate(document.facts):
        assert headlines[number] == fact.statement
        [row] = [row for row in shown.rows if row.attributes["data-f"] == str(number)]
        target = places[row.attributes["href"].removeprefix("#")]
        assert str(number) in target.attributes["data-f"].split()
        cited = "".join(
            mark.text for mark in shown.marks if str(number) in mark.attributes["data-f"].split()
        )
        for evidence in fact.evidence:
            assert evidence.text.replace("\n", "") in cited.replace("\n", "")
    assert all(len(fields) == 1 + len(LABELS) for fields in shown.cards["cards"])


def test_counts_are_those_of_the_marks_and_every_quantity_without_a_fact_is_listed() -> None:
    document = _document(SAMPLES["halverstone-2025q3-call"])
    html = render([document])
    shown = read_page(html)
    counts = dict(re.findall(r'<i class="(\w+)">(\d+)</i> ', html))

    assert sum(int(counts.get(kind, 0)) for kind in ("actual", "forward", "asked")) == len(
        document.facts
    )
    bare = [mark for mark in shown.marks if mark.attributes["class"] == "bare"]
    assert int(counts["bare"]) == sum("id" in mark.attributes for mark in bare)
    assert int(counts["bare"]) == sum(row.attributes["class"] == "bare" for row in shown.rows)
    assert int(counts["low"]) == sum("low" in row.attributes["class"].split() for row in shown.rows)


def test_facts_on_the_same_and_on_overlapping_characters_all_stay_reachable(one: Document) -> None:
    fact = one.facts[0]
    [evidence] = fact.evidence
    wider = evidence.model_copy(update={"end": evidence.end + 4})
    twin = fact.model_copy(update={"fact_id": "twin", "statement": "The same place."})
    wide = fact.model_copy(update={"fact_id": "wide", "evidence": (wider,)})
    shown = read_page(render([_with_facts(one, [fact, twin, wide])]))

    assert shown.transcripts == [one.text]
    places = {mark.attributes.get("id"): mark.attributes["data-f"] for mark in shown.marks}
    for number, row in enumerate(shown.rows[:3]):
        assert row.attributes["data-f"] == str(number)
        assert str(number) in places[row.attributes["href"][1:]].split()


def test_a_quantity_that_overlaps_a_fact_is_not_marked_a_second_time(one: Document) -> None:
    fact = one.facts[0]
    part = fact.evidence[0].model_copy(update={"end": fact.evidence[0].end - 2})
    found = marks([fact.model_copy(update={"evidence": (part,)})], one.segments)

    assert all(
        mark.facts or mark.end <= part.start or mark.start >= fact.evidence[0].end for mark in found
    )
    assert any(mark.quantity for mark in found)


def test_a_translation_that_says_otherwise_is_shown_as_such(one: Document) -> None:
    fact = one.facts[0]
    at = one.text.index("7 stores")
    wrong = Evidence(
        start=at, end=at + 1, text="7", language="en", sentence="We opened 7.", agrees=False
    )
    doubted = fact.model_copy(update={"evidence": (*fact.evidence, wrong)})
    shown = read_page(render([_with_facts(one, [doubted])]))

    [mark] = [mark for mark in shown.marks if "differs" in mark.attributes["class"].split()]
    assert mark.text == "7"
    card = dict(zip(LABELS, shown.cards["cards"][0][1:], strict=True))
    assert card["translation says"] == "7"
    assert card["says"] == fact.evidence[0].sentence


def test_what_is_written_in_a_transcript_never_becomes_mark_up(one: Document) -> None:
    fact = one.facts[0]
    evidence = fact.evidence[0].model_copy(update={"sentence": HOSTILE})
    hostile = fact.model_copy(
        update={"scope": HOSTILE, "metric": HOSTILE, "statement": HOSTILE, "fact_id": HOSTILE,
                "unit": HOSTILE, "evidence": (evidence,)}
    )  # fmt: skip
    text = f"{one.text}{HOSTILE}\n</div></body>\x0c\r\nQ: {HOSTILE}\n"
    document = Document(HOSTILE, HOSTILE, text, one.segments, [hostile], published=HOSTILE)
    shown = read_page(render([document, document]))
    plain = read_page(render([one, one]))

    assert shown.transcripts == [text, text]
    assert shown.cards["cards"][0][0] == HOSTILE
    assert len(shown.scripts) == 2
    assert not any(tag.tag == "img" for tag in shown.tags)
    known = {name for tag in plain.tags for name in tag.attributes} | {"lang", "role", "data-n"}
    assert {name for tag in shown.tags for name in tag.attributes} <= known


def test_the_policy_lets_only_the_page_s_own_style_and_script_run(one: Document) -> None:
    html = render([one])
    shown = read_page(html)
    policy = dict(rule.split(" ", 1) for rule in shown.policy.split("; "))

    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == f"'{_hash(shown.scripts[1])}'"
    assert policy["style-src"] == f"'{_hash(shown.styles[0])}'"
    assert not any(
        name in ("src", "style") or name.startswith("on")
        for tag in shown.tags
        for name in tag.attributes
    )
    assert "http://" not in html
    assert "https://" not in html
    assert "url(" not in html


@settings(deadline=None, max_examples=60)
@given(
    st.text(
        alphabet=st.sampled_from("a5%$ \t\r\n\x0c<>&\"'[五億元Q：:-•1.「」"),
        min_size=1,
        max_size=200,
    ).filter(str.strip)
)
def test_any_text_is_shown_character_by_character(text: str) -> None:
    assert read_page(page([_message(text)])).transcripts == [text]


def test_many_transcripts_share_one_page_with_an_index() -> None:
    html = page(SAMPLES.values())
    shown = read_page(html)

    assert shown.transcripts == [message.text for message in SAMPLES.values()]
    ids = [tag.attributes["id"] for tag in shown.tags if "id" in tag.attributes]
    assert len(ids) == len(set(ids))
    index = [f'href="#d{number}"' for number in range(1, len(SAMPLES) + 1)]
    assert all(link in html for link in index)
    assert page(SAMPLES.values()) == html


def test_one_endless_line_is_shown_in_stretches() -> None:
    text = "a" + "[(<" * 20_000
    document = Document("one", None, text, (), ())
    html = render([document])

    assert read_page(html).transcripts == [text]
    assert max(map(len, re.findall(r'class="body">([^/]*)</span>', html))) < 40_000


def test_amounts_say_currency_and_scale_once_and_changes_have_a_sign(one: Document) -> None:
    revenue, growth = one.facts[:2]
    assert revenue.value is not None
    assert growth.value is not None
    between = revenue.model_copy(
        update={"value": None, "low": revenue.value, "high": revenue.value * 2}
    )

    assert amount(revenue) == "USD 12 billion"
    assert amount(between) == "USD 12 – 24 billion"
    assert amount(growth) == "+9%"
    assert amount(growth.model_copy(update={"value": -growth.value})) == "−9%"


def _with_facts(document: Document, facts: list[Fact]) -> Document:
    return Document("one", None, document.text, document.segments, facts)


def _hash(text: str) -> str:
    return "sha256-" + b64encode(sha256(text.encode()).digest()).decode()
