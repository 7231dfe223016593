"""The checker on hand-made histories: silent on a right one, and it names each anomaly."""

import dataclasses
from collections.abc import Callable
from typing import Any

import orjson
import pytest

from tests.chaos.checker import KINDS, check
from tests.chaos.expectation import Document, expect
from tests.chaos.history import Completion, DeadLetter, Event, History, Sent


def text(revision: int, *facts: str) -> bytes:
    """Write a transcript whose facts are given; one called ``broken`` is a part that fails."""
    return orjson.dumps({"transcript_id": "call", "revision": revision, "facts": facts})


def fields(fact: str, revision: int) -> dict[str, Any]:
    evidence = {"start": revision, "end": revision + 1, "text": fact}
    return {"fact_id": fact, "value": fact, "revision": revision, "evidence": [evidence]}


def read(value: bytes, key: bytes) -> Document | None:
    try:
        message = orjson.loads(value)
    except orjson.JSONDecodeError:
        return None
    revision = message.pop("revision")
    facts = {each: fields(each, revision) for each in message["facts"] if each != "broken"}
    return Document("call", revision, message, facts, message["facts"].count("broken"))


def event(number: int, fact: str, status: str, cause: int, revision: int = 1) -> Event:
    said = fields(fact, revision)
    return Event((0, number), 1000 + number, "call", fact, status, (0, cause), said)


def completion(number: int, cause: int, revision: int, *counts: int, **more: Any) -> Completion:
    status = more.get("status", "processed")
    at, time = (0, number), 1000 + more.get("after", 100)
    return Completion(at, time, "call", revision, status, (0, cause), *counts)


SENT = (
    Sent((0, 0), b"call", text(1, "a", "b")),
    Sent((0, 1), b"call", b"{no json"),
    Sent((0, 2), b"call", text(2, "a", "c")),
    Sent((0, 3), b"call", text(2, "a", "c")),
    Sent((0, 4), b"call", text(1, "z")),
    Sent((0, 5), b"call", None),
    Sent((0, 6), b"call", text(3, "d")),
)
EVENTS = (
    event(0, "a", "asserted", 0),
    event(1, "b", "asserted", 0),
    event(2, "c", "asserted", 2, 2),
    event(3, "b", "retracted", 2),
    event(4, "a", "retracted", 5),
    event(5, "c", "retracted", 5, 2),
    event(6, "d", "asserted", 6, 3),
)
COMPLETIONS = (
    completion(0, 0, 1, 2, 0, 0),
    completion(1, 2, 2, 1, 1, 1),
    completion(2, 5, 2, 0, 0, 2, status="withdrawn"),
    completion(3, 6, 3, 1, 0, 0),
)
LETTERS = (
    DeadLetter((0, 1), True, b"call", b"{no json"),
    DeadLetter((0, 4), True, b"call", text(1, "z")),
)
RIGHT = History(SENT, EVENTS, COMPLETIONS, LETTERS, frozenset({(0, 0), (0, 6)}))


def kinds(history: History) -> set[str]:
    return {each.kind for each in check(history, expect(history.sent, read))}


def changed(**of: Any) -> History:
    return dataclasses.replace(RIGHT, **of)


def without(place: int) -> History:
    return changed(events=EVENTS[:place] + EVENTS[place + 1 :])


def with_event(more: Event) -> History:
    return changed(events=(*EVENTS, more))


def with_completion(place: int, **of: Any) -> History:
    altered = dataclasses.replace(COMPLETIONS[place], **of)
    return changed(completions=(*COMPLETIONS[:place], altered, *COMPLETIONS[place + 1 :]))


def with_fields(place: int, **of: Any) -> History:
    told = EVENTS[place]
    altered = dataclasses.replace(told, fields={**told.fields, **of})
    return changed(events=(*EVENTS[:place], altered, *EVENTS[place + 1 :]))


def moved(place: int, number: int) -> History:
    altered = dataclasses.replace(EVENTS[place], at=(0, number))
    return changed(events=(*EVENTS[:place], altered, *EVENTS[place + 1 :]))


ANOMALIES: dict[str, tuple[set[str], Callable[[], History]]] = {
    "an assertion is missing": ({"lost", "unequal"}, lambda: without(0)),
    "a retraction is missing": ({"lost", "unequal"}, lambda: without(3)),
    "a completion is missing": ({"lost"}, lambda: changed(completions=COMPLETIONS[:-1])),
    "an acknowledged message is missing": ({"lost"}, lambda: changed(acknowledged={(3, 9)})),
    "an assertion twice": (
        {"duplicate"},
        lambda: with_event(event(9, "d", "asserted", 6, 3)),
    ),
    "a retraction twice, the second after more was said": (
        {"duplicate", "reordered", "unequal"},
        lambda: with_event(event(9, "b", "retracted", 2)),
    ),
    "a fact that stands asserted again": (
        {"duplicate"},
        lambda: changed(
            sent=SENT[:4],
            events=(*EVENTS[:4], event(9, "a", "asserted", 2)),
            completions=COMPLETIONS[:2],
            dead_letters=LETTERS[:1],
            acknowledged=frozenset(),
        ),
    ),
    "a completion twice": (
        {"duplicate"},
        lambda: changed(completions=(*COMPLETIONS, dataclasses.replace(COMPLETIONS[3], at=(0, 9)))),
    ),
    "an event of an earlier message after one of a later": ({"reordered"}, lambda: moved(1, 9)),
    "completions in the wrong order": (
        {"reordered"},
        lambda: with_completion(0, at=(0, 9)),
    ),
    "a fact of no transcript": (
        {"orphan"},
        lambda: with_event(
            dataclasses.replace(event(9, "d", "asserted", 6), transcript_id="nobody")
        ),
    ),
    "a fact because of a message that was refused": (
        {"orphan", "reordered", "unequal"},
        lambda: with_event(event(9, "z", "asserted", 4)),
    ),
    "a fact that the transcript does not hold": (
        {"orphan", "unequal"},
        lambda: with_event(event(9, "y", "asserted", 6, 3)),
    ),
    "a completion of no message": (
        {"orphan"},
        lambda: changed(completions=(*COMPLETIONS, completion(9, 99, 3, 0, 0, 0))),
    ),
    "a completion before the last fact": ({"premature"}, lambda: with_completion(3, timestamp=1)),
    "a completion with too few facts": ({"premature"}, lambda: with_completion(0, asserted=1)),
    "a completion of another status": (
        {"premature"},
        lambda: with_completion(0, status="incomplete"),
    ),
    "a retraction of a fact that holds": (
        {"wrong retraction", "unequal"},
        lambda: with_event(event(9, "d", "retracted", 6, 3)),
    ),
    "a retraction with other fields": ({"wrong retraction"}, lambda: with_fields(3, value="x")),
    "a fact with other fields": ({"unequal"}, lambda: with_fields(6, value="x")),
    "a fact at other characters": ({"unequal"}, lambda: with_fields(6, evidence=[])),
    "a dead letter is missing": ({"dead letters"}, lambda: changed(dead_letters=LETTERS[:1])),
    "a dead letter with other bytes": (
        {"dead letters"},
        lambda: changed(
            dead_letters=(dataclasses.replace(LETTERS[0], value=b"{other"), LETTERS[1])
        ),
    ),
    "a good message in the dead letters": (
        {"dead letters"},
        lambda: changed(dead_letters=(*LETTERS, DeadLetter((0, 6), True, b"call", b""))),
    ),
}


def test_nothing_is_said_of_a_right_history() -> None:
    assert check(RIGHT, expect(SENT, read)) == []


@pytest.mark.parametrize("case", ANOMALIES)
def test_an_anomaly_is_named(case: str) -> None:
    expected, history = ANOMALIES[case]
    assert kinds(history()) == expected


def test_every_kind_of_anomaly_is_tried() -> None:
    assert set().union(*(expected for expected, _ in ANOMALIES.values())) == set(KINDS)


def test_while_a_part_is_missing_nothing_is_retracted() -> None:
    sent = (
        Sent((0, 0), b"call", text(1, "a", "b")),
        Sent((0, 1), b"call", text(2, "a", "broken")),
        Sent((0, 2), b"call", text(3, "a")),
    )
    history = History(
        sent,
        (
            event(0, "a", "asserted", 0),
            event(1, "b", "asserted", 0),
            event(2, "b", "retracted", 2),
        ),
        (
            completion(0, 0, 1, 2, 0, 0),
            completion(1, 1, 2, 0, 1, 0, status="incomplete"),
            completion(2, 2, 3, 0, 1, 1),
        ),
        (DeadLetter((0, 1), False, b"call", b"the part"),),
    )
    assert check(history, expect(sent, read)) == []


def test_a_message_that_is_refused_and_whose_parts_fail_is_a_dead_letter_twice() -> None:
    sent = (Sent((0, 0), b"call", text(2, "a")), Sent((0, 1), b"call", text(1, "broken")))
    assert expect(sent, read).dead == {(0, 1): {True, False}}


def test_a_tombstone_for_nothing_is_a_dead_letter_and_one_again_is_nothing() -> None:
    sent = (
        Sent((0, 0), b"never", None),
        Sent((0, 1), b"call", text(1, "a")),
        Sent((0, 2), b"call", None),
        Sent((0, 3), b"call", None),
        Sent((0, 4), b"call", text(1, "a")),
    )
    expected = expect(sent, read)
    assert expected.dead == {(0, 0): {True}}
    assert [step.place for step in expected.steps["call"]] == [(0, 1), (0, 2), (0, 4)]
    assert list(expected.steps["call"][-1].asserted) == ["a"]
