"""The board's stream of events on a real broker: facts as they come, resumed, filtered, bounded."""

import asyncio
from collections.abc import Coroutine
from datetime import UTC, datetime
from typing import Any, TypeVar

import pytest
from kafka_view import Stream
from listening import listening
from told import a_fact, tell

from pipeline.claims.merge import claims_of
from pipeline.stages import run
from schemas import Claim, FactEvent, TranscriptMessage

pytestmark = pytest.mark.broker

Given = TypeVar("Given")


def seen(watching: Coroutine[Any, Any, Given]) -> Given:
    return asyncio.run(watching)


def events_of(message: TranscriptMessage) -> list[FactEvent]:
    moment = datetime(2026, 1, 5, tzinfo=UTC)
    return [
        FactEvent(**fact.model_dump(), status="asserted", ingested_at=moment, extracted_at=moment)
        for part in run(message)
        for fact in part.facts
    ]


def put(stream: Stream, *events: FactEvent) -> None:
    for event in events:
        stream.send(event.transcript_id, event.model_dump_json().encode(), "facts.events")


def put_claim(stream: Stream, claim: Claim) -> None:
    stream.send(claim.claim_id, claim.model_dump_json().encode(), "facts.claims")


def test_facts_before_now_are_there_and_new_ones_come(stream: Stream, board: str) -> None:
    tell(stream, "early-1", "early-2", transcript_id="early")

    async def watch() -> None:
        async with listening(board, "q=early") as browser:
            counts = await browser.of("begin")
            assert counts["matching"] in (0, 1, 2)
            facts = await browser.facts(2)
            assert {each["id"] for each in facts} == {"early-1", "early-2"}
            await asyncio.to_thread(tell, stream, "early-3", transcript_id="early", value="7")
            (fact,) = await browser.facts(1)
            assert fact["amount"] == "USD 7"
            assert fact["evidence"][0]["pieces"] == [["$5", 1], [".", 0]]
            assert (fact["entity"]["id"], fact["metric"], fact["modality"], fact["confidence"]) == (
                "AAAA", "revenue", "actual", 0.9,
            )  # fmt: skip

    seen(watch())


def test_a_browser_that_comes_again_is_told_what_it_missed(stream: Stream, board: str) -> None:
    tell(stream, "before", transcript_id="resumed")

    async def watch() -> None:
        async with listening(board, "q=resumed") as browser:
            await browser.facts(1)
            last = browser.last_id
        await asyncio.to_thread(tell, stream, "missed-1", transcript_id="resumed")
        await asyncio.to_thread(tell, stream, "missed-2", transcript_id="resumed")
        async with listening(board, "q=resumed", last) as browser:
            first = await browser.next()
            while first.kind in ("lag", "names", "conflicts", "pulse"):
                first = await browser.next()
            assert first.kind == "facts"
            more = [] if len(first.data) == 2 else await browser.facts(1)
            assert {each["id"] for each in first.data + more} == {"missed-1", "missed-2"}
        # So may a script, for which a header is hard to set.
        async with listening(board, f"q=resumed&after={last}") as browser:
            assert len(await browser.facts(2)) == 2

    seen(watch())


@pytest.mark.parametrize("last", ["0123abcd-5", "nonsense", "-", "0123abcd-99999999999999999999"])
def test_what_cannot_be_resumed_begins_anew(stream: Stream, board: str, last: str) -> None:
    async def watch() -> None:
        async with listening(board, "q=nowhere", last) as browser:
            told = await browser.next()
            assert (told.kind, told.data["matching"]) == ("begin", 0)

    seen(watch())


def test_filters_choose(stream: Stream, board: str) -> None:
    some = {"transcript_id": "chosen"}
    tell(stream, "plain", **some)
    tell(stream, "theirs", entity={"id": "BBBB", "name": "Beta Co"}, **some)
    tell(stream, "outlook", modality="forward", **some)
    tell(stream, "margin", metric="gross_margin", **some)
    tell(stream, "doubtful", confidence=0.4, **some)
    tell(stream, "worded", statement="Cloud grew.", entity=None, **some)
    expected = {
        "entity=bbbb": {"theirs"},
        "entity=Beta+Co": {"theirs"},
        "entity=BBBB,AAAA&metric=gross_margin,revenue&modality=forward": {"outlook"},
        "entity=BBBB&entity=AAAA&modality=actual": {"plain", "theirs", "margin", "doubtful"},
        "metric=gross%20margin": {"margin"},
        "modality=forward": {"outlook"},
        "confidence=0.8": {"plain", "theirs", "outlook", "margin", "worded"},
        "q=CLOUD+grew": {"worded"},
    }

    async def watch(query: str, ids: set[str]) -> None:
        async with listening(board, f"{query}&q=chosen") as browser:
            facts = await browser.facts(len(ids))
            assert {each["id"] for each in facts} == ids

    async def all_of_them() -> None:
        async with listening(board, "q=chosen") as browser:
            await browser.facts(6)
        await asyncio.gather(*(watch(query, ids) for query, ids in expected.items()))

    seen(all_of_them())


def test_a_retraction_comes_as_one(stream: Stream, board: str) -> None:
    tell(stream, "gone", transcript_id="revised")
    tell(stream, "gone", transcript_id="revised", revision=2, status="retracted")

    async def watch() -> None:
        async with listening(board, "q=revised") as browser:
            facts = await browser.facts(2)
            assert [(each["status"], each["revision"]) for each in facts] == [
                ("asserted", 1), ("retracted", 2),
            ]  # fmt: skip

    seen(watch())


def test_claims_in_conflict_come_and_go(stream: Stream, board: str) -> None:
    facts = [
        a_fact(fact_id=f"c{value}", claim_id="c9", transcript_id=f"paper-{value}", value=value,
               entity={"id": "CCCC", "name": "Gamma"})
        for value in ("5", "9")
    ]  # fmt: skip
    (disputed,) = claims_of(facts).values()
    (settled,) = claims_of(facts[:1]).values()
    assert (disputed.agreement, settled.agreement) == ("conflict", "single")
    put_claim(stream, disputed)

    async def watch() -> None:
        async with listening(board, "entity=CCCC") as browser:
            news = await browser.of("conflicts", lambda data: bool(data["changed"]))
            (claim,) = news["changed"]
            assert claim["use"] in ("USD 5", "USD 9")
            assert {
                (each["amount"], each["transcript"], each["agrees"]) for each in claim["statements"]
            } == {
                ("USD 5", "paper-5", claim["use"] == "USD 5"),
                ("USD 9", "paper-9", claim["use"] == "USD 9"),
            }
            async with listening(board, "entity=DDDD") as another:
                assert (await another.of("conflicts"))["changed"] == []
            await asyncio.to_thread(put_claim, stream, settled)
            assert (await browser.of("conflicts"))["gone"] == ["c9"]

    seen(watch())


def test_the_lag_of_each_stage_comes(stream: Stream, board: str) -> None:
    stream.publish("waiting", "AAAA made 1")

    async def watch() -> None:
        async with listening(board) as browser:
            lag = await browser.of(
                "lag", lambda data: data.get("oldest") and data["readers"][0]["unread"] == 1
            )
            assert lag["oldest"]["transcript"] == "waiting"
            stages = [each["stage"] for each in lag["readers"]]
            assert stages[:4] == ["segment", "normalize", "extract", "publish"]

    seen(watch())


def test_hostile_text_is_told_as_text_and_cut(stream: Stream, board: str) -> None:
    attack = "<script>alert(1)</script>\u202e\u2066\x9b31m"
    brackets = "[" * 5_000_000
    message = TranscriptMessage(
        transcript_id="hostile",
        title=attack,
        text=f"Apple's revenue was $5 billion {attack} in 2025.\nApple's revenue of {brackets} "
        "rose to $6 billion in 2025.\n",
    )
    events = events_of(message)
    assert events
    long = a_fact(
        fact_id="long", transcript_id="hostile", statement=brackets[:500_000],
        scope=attack + brackets[:100_000], entity={"id": attack, "name": brackets[:100_000]},
        evidence=[{"start": 0, "end": 2, "text": "[[", "language": "en",
                   "sentence": brackets[:100_000]}],
    )  # fmt: skip
    put(stream, *events, long)

    async def watch() -> None:
        async with listening(board, "q=hostile") as browser:
            told = []
            while len(told) < len(events) + 1:
                event = await browser.next()
                if event.kind == "facts":
                    told += event.data
            assert len(str(told)) < 6_000 * len(told)
            said = str(told)
            assert "<script>" in said
            assert "\\\\u202e" in said
            for hidden in "\u202e\u2066\x9b":
                assert hidden not in said

    seen(watch())


def test_what_is_no_fact_is_passed_over(stream: Stream, board: str) -> None:
    stream.send("odd", b"{", "facts.events")
    stream.send("odd", b'{"fact_id": "odd"}', "facts.events")
    stream.send("odd", None, "facts.events")
    stream.send("odd", b"[]", "facts.claims")
    event = a_fact(transcript_id="oddity").model_dump_json()
    stream.send("odd", event.replace('"value":"5"', '"value":"1e999999999"').encode(),
                "facts.events")  # fmt: skip
    tell(stream, "good", transcript_id="oddity")

    async def watch() -> None:
        async with listening(board, "q=oddity") as browser:
            amounts = {each["amount"] for each in await browser.facts(2)}
            assert amounts == {"USD 5", "1E+999999999 USD"}

    seen(watch())


def test_a_browser_that_reads_nothing_holds_up_no_other(stream: Stream, board: str) -> None:
    async def watch() -> None:
        async with listening(board, "q=many"), listening(board, "q=many") as browser:
            names = [f"many-{number}" for number in range(250)]
            await asyncio.to_thread(tell, stream, *names, transcript_id="many")
            facts = await browser.facts(250)
            assert {each["id"] for each in facts} == set(names)

    seen(watch())
