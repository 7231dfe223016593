"""Filters and the memory of what was told, without a broker."""

import pytest
from told import a_fact

from pipeline.problem import Problem
from pipeline.stream.record import Record
from pipeline.subscribe import UnreadableEvent
from pipeline.subscribe.reading import event_of
from pipeline.subscribe.repeats import Repeats
from pipeline.subscribe.wanted import MODALITIES, SECTIONS, Wanted
from schemas import FactEvent


def test_nothing_asked_for_is_all() -> None:
    assert Wanted.of().passes(a_fact(entity=None, section=None, confidence=0.0))


@pytest.mark.parametrize(
    ("asked", "passes"),
    [
        ({"entity": "AAAA"}, True),
        ({"entity": ["BBBB", "AAAA"]}, True),
        ({"entity": "BBBB"}, False),
        ({"entity": []}, False),
        ({"metric": {"revenue", "capex"}}, True),
        ({"metric": "capex"}, False),
        ({"modality": "actual"}, True),
        ({"modality": ("forward", "question")}, False),
        ({"section": "prepared"}, True),
        ({"section": "qa"}, False),
        ({"least_confidence": 0.9}, True),
        ({"least_confidence": 0.91}, False),
        ({"entity": "AAAA", "metric": "capex"}, False),
        ({"entity": "AAAA", "metric": "revenue", "section": "prepared"}, True),
    ],
)
def test_every_filter_asked_for_must_pass(asked: dict[str, object], passes: bool) -> None:
    assert Wanted.of(**asked).passes(a_fact()) is passes  # type: ignore[arg-type]


def test_a_fact_of_no_company_is_of_none_asked_for() -> None:
    assert not Wanted.of(entity="AAAA").passes(a_fact(entity=None))


def test_the_values_are_those_of_the_schema() -> None:
    assert set(MODALITIES) == {"actual", "forward", "question"}
    assert set(SECTIONS) == {"prepared", "qa", "summary"}


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"modality": "actul"}, "modality is 'actul'; expected one of actual, forward, question"),
        ({"section": ["qa", "q&a"]}, "section is 'q&a'; expected one of prepared, qa, summary"),
        ({"least_confidence": 80}, "least_confidence is 80; expected 0 to 1"),
    ],
)
def test_names_what_nothing_can_pass(asked: dict[str, object], said: str) -> None:
    with pytest.raises(Problem) as problem:
        Wanted.of(**asked)  # type: ignore[arg-type]
    assert str(problem.value) == said


def test_remembers_the_last_so_many() -> None:
    repeats = Repeats(2)
    assert [repeats.again(each) for each in (b"a", b"b", b"a", b"c", b"a", b"b")] == [
        False,
        False,
        True,
        False,  # which forgets b: a came again since
        True,
        False,
    ]


def test_remembers_nothing_unless_told_to() -> None:
    repeats = Repeats(0)
    assert [repeats.again(b"a"), repeats.again(b"a")] == [False, False]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "no value"),
        (b"\xff", "expected a FactEvent in JSON"),
        (b"{}", "fact_id: Field required"),
    ],
)
def test_an_unreadable_event_says_where_and_why(value: bytes | None, said: str) -> None:
    record = Record("facts.events", 3, 17, 0, b"AAAA", value)
    with pytest.raises(UnreadableEvent, match=said) as unreadable:
        event_of(FactEvent, record)
    assert str(unreadable.value).startswith("facts.events [3] @17 cannot be read: ")
    assert unreadable.value.record is record
