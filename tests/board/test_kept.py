"""What is kept and told, without Kafka: windows, positions, filters, conflicts."""

import asyncio
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from told import a_fact

from pipeline.board.board import Board
from pipeline.board.conflicts import Conflicts
from pipeline.board.followers import ClaimState
from pipeline.board.view import BadView, Searchable, View
from pipeline.board.watcher import SHOWN_FACTS, Watcher
from pipeline.board.window import Entry, Window

ALL = View()


def entry(name: str, **fields: Any) -> Entry:
    fields = {"names": frozenset(), "metric": "revenue", "modality": "actual", "confidence": 0.9,
              "text": name, **fields}  # fmt: skip
    return Entry(orjson.dumps(name), Searchable(**fields), ("AAAA", "Alpha"))


def names(found: list[Any]) -> list[str]:
    return [orjson.loads(shown) for _, shown in found]


@given(
    st.integers(1, 20),
    st.lists(st.text("abc", min_size=1, max_size=3), max_size=60),
    st.integers(0, 70),
)
def test_nothing_is_missed_or_told_twice_after_a_position(
    size: int, given: list[str], at: int
) -> None:
    window, at = Window(size), min(at, len(given))
    window.add(map(entry, given[:at]))
    position = window.position(str(window.end))
    assert position is not None
    window.add(map(entry, given[at:]))
    assert len(window) == min(size, len(given))
    if len(given) - at <= size:
        assert names(window.since(position, ALL)) == given[at:]
    else:
        assert not window.holds(position)
    found, count = window.newest(3, View(words=("a",)))
    kept = [each for each in given[-size:] if "a" in each]
    assert (names(found), count) == (kept[-3:], len(kept))


def test_a_beginning_ends_all_positions() -> None:
    window = Window(5)
    window.add([entry("a")])
    before = str(window.end)
    window.begin([entry("a"), entry("b")])
    assert window.position(before) is None
    assert names(window.newest(9, ALL)[0]) == ["a", "b"]


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ([], True),
        ([("entity", "amzn")], True),
        ([("entity", " TSM , Amazon.com ")], True),
        ([("entity", "AMZ")], False),
        ([("metric", "Operating Income")], True),
        ([("metric", "income")], False),
        ([("modality", "forward,actual")], True),
        ([("modality", "question")], False),
        ([("confidence", "0.9")], True),
        ([("confidence", "0.91")], False),
        ([("confidence", "")], True),
        ([("q", "AWS  backlog")], True),
        ([("q", "aws margin")], False),
        ([("q", "aws"), ("entity", "TSM")], False),
    ],
)
def test_a_view_wants_what_passes_all_its_filters(query: list[Any], wanted: bool) -> None:
    found = Searchable(
        names=frozenset({"amzn", "amazon.com"}),
        metric="operating_income",
        modality="forward",
        confidence=0.9,
        text="the backlog of aws grew",
    )
    assert View.of(query).wants(found) is wanted


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ([("colour", "red")], "'colour' is no filter; expected entity"),
        ([("modality", "maybe")], "modality is 'maybe'; expected actual, forward, question"),
        ([("confidence", "high")], "confidence is 'high'; expected a number from 0 to 1"),
        ([("confidence", "nan")], "from 0 to 1"),
        ([("entity", ",".join(map(str, range(101))))], "entity has 101 values"),
        ([("q", "a" * 2000)], "q has 2000 characters"),
    ],
)
def test_a_view_that_cannot_be_names_the_filter(query: list[Any], words: str) -> None:
    with pytest.raises(BadView, match=words):
        View.of(query)


def test_of_conflicts_the_last_changed_are_kept() -> None:
    conflicts = Conflicts(2)
    for name in ("a", "b", "a", "c"):
        conflicts.put(name, b"{}", entry(name).found_by)
    assert [each.claim_id for each in conflicts.wanted(9, ALL)] == ["a", "c"]
    before = conflicts.version
    conflicts.drop("b")
    assert conflicts.version == before
    conflicts.drop("a")
    assert [each.claim_id for each in conflicts.wanted(9, ALL)] == ["c"]


def told(watcher: Watcher) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for event in watcher.news():
        fields = dict(line.split(b": ", 1) for line in event.strip().split(b"\n"))
        found.setdefault(fields[b"event"].decode(), []).append(orjson.loads(fields[b"data"]))
    return found


def on_a_board(watch: Callable[[Board], Any]) -> None:
    async def run() -> None:
        await watch(Board(kept=2 * SHOWN_FACTS))

    asyncio.run(run())


def test_a_watcher_tells_each_thing_once() -> None:
    async def watch(board: Board) -> None:
        watcher = Watcher(board, ALL, None)
        assert told(watcher) == {"pulse": [{}]}
        assert told(watcher) == {}
        await board.take_facts([entry("a"), entry("b")], True)
        first = told(watcher)
        assert first["begin"] == [{"kept": 2, "matching": 2}]
        assert first["facts"] == [["a", "b"]]
        assert first["names"] == [
            {"companies": [["AAAA", "Alpha", 2]], "metrics": [["revenue", 2]]}
        ]
        await board.take_facts([entry("c")], False)
        assert told(watcher) == {"facts": [["c"]]}
        await board.take_claims([ClaimState("x", 1, b'"x"', entry("x").found_by)], True)
        assert told(watcher)["conflicts"] == [{"begin": True, "gone": [], "changed": ["x"]}]
        await board.take_claims([ClaimState("y", 2), ClaimState("x", 3)], False)
        assert told(watcher)["conflicts"] == [{"begin": False, "gone": ["x"], "changed": []}]
        await board.take_lag({"verdict": "behind"})
        assert told(watcher) == {"lag": [{"verdict": "behind"}]}
        assert told(watcher) == {}

    on_a_board(watch)


def test_a_watcher_that_falls_behind_begins_anew_within_bounds() -> None:
    async def watch(board: Board) -> None:
        await board.take_facts([entry("old")], True)
        watcher = Watcher(board, ALL, None)
        told(watcher)
        await board.take_facts([entry(str(number)) for number in range(3 * SHOWN_FACTS)], False)
        found = told(watcher)
        assert found["begin"] == [{"kept": 2 * SHOWN_FACTS, "matching": 2 * SHOWN_FACTS}]
        assert [each for some in found["facts"] for each in some] == [
            str(number) for number in range(2 * SHOWN_FACTS, 3 * SHOWN_FACTS)
        ]

    on_a_board(watch)


def test_a_reader_that_begins_anew_replaces_what_was_told() -> None:
    async def watch(board: Board) -> None:
        await board.take_facts([entry("a"), entry("b")], True)
        watcher = Watcher(board, ALL, None)
        told(watcher)
        await board.take_facts([entry("b")], True)
        found = told(watcher)
        assert (found["begin"], found["facts"]) == ([{"kept": 1, "matching": 1}], [["b"]])

    on_a_board(watch)


def test_an_amount_is_shown_as_it_is_to_the_last_digit() -> None:
    from datetime import UTC, datetime

    from pipeline.board.sentences import Sentences
    from pipeline.board.shown import fact_shown

    fact = a_fact(value=Decimal("1840000000.01"), measure="change", qualifier="approx")
    huge = a_fact(value=Decimal("1e999999999"))
    moment = datetime(2026, 1, 5, tzinfo=UTC)
    assert fact_shown(huge, moment, Sentences())["amount"] == "1E+999999999 USD"
    shown = fact_shown(fact, moment, Sentences())
    assert shown["at"] == "2026-01-05T00:00:00.000Z"
    assert shown["amount"].startswith("about USD 1.84")
