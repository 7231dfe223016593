"""The page in a real browser, where one is installed, while facts arrive."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Awaitable, Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from aiohttp import web
from browser import BROWSER, Page, a_page
from kafka import KafkaProducer
from kafka_view import Stream
from serving import ended, started
from told import a_fact, tell

from pipeline.board.board import Board
from pipeline.board.server import application
from pipeline.claims.merge import claims_of
from pipeline.metrics.http import listen
from pipeline.stages import run
from schemas import TranscriptMessage

pytestmark = [
    pytest.mark.broker,
    pytest.mark.skipif(BROWSER is None, reason="needs Chromium"),
]

ROWS = "[...document.querySelectorAll('.fact')]"
STATEMENTS = f"{ROWS}.map(row => row.querySelector('.statement').textContent)"

Seen = Callable[[Callable[[Page], Awaitable[Any]]], Any]


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    """A function that runs another one on the page of a browser, the same for all tests."""
    with asyncio.Runner() as runner:
        browser = a_page(tmp_path_factory.mktemp("browser"))
        page = runner.run(browser.__aenter__())
        try:
            yield lambda watch: runner.run(_watching(watch, page))
        finally:
            runner.run(browser.__aexit__(None, None, None))


async def _watching(watch: Callable[[Page], Awaitable[Any]], page: Page) -> Any:
    page.errors.clear()
    return await watch(page)


async def later(stream: Stream, *names: str, **fields: Any) -> None:
    await asyncio.to_thread(tell, stream, *names, **fields)


def test_facts_appear_as_they_arrive_with_their_evidence_marked(
    stream: Stream, board: str, seen: Seen
) -> None:
    sentence = "Sales were $15 million, of which $5 million in Asia."
    evidence = [{"start": 133, "end": 143, "text": "$5 million", "language": "en",
                 "sentence": sentence}]  # fmt: skip

    async def watch(page: Page) -> None:
        await page.open(f"{board}/?q=watched")
        await page.wait_for("!document.querySelector('#empty').hidden")
        assert "No fact that is kept" in await page.see("document.body.innerText")
        assert await page.wait_for("document.querySelector('#state').textContent") == "live"
        await later(stream, "w1", transcript_id="watched", evidence=evidence, confidence=0.72,
                    period={"start": "2025-07-01", "end": "2025-09-30", "label": "2025Q3"},
                    statement="Alpha revenue in Asia was USD 5 million.")  # fmt: skip
        await page.wait_for(f"{ROWS}.length === 1")
        row = await page.see(f"{ROWS}[0].innerText")
        for said in ("AAAA", "revenue", "USD 5", "2025Q3", "actual", "0.72", "watched", sentence):
            assert said in row, (said, row)
        marks = "[...document.querySelectorAll('.evidence mark')].map(mark => mark.textContent)"
        assert await page.see(marks) == ["$5 million"]
        assert (
            await page.see("document.querySelector('mark').previousSibling.textContent")
            == "Sales were $15 million, of which "
        )
        assert await page.wait_for("document.querySelector('#announcer').textContent") == (
            "Alpha revenue in Asia was USD 5 million."
        )
        await later(stream, "w2", transcript_id="watched", statement="Alpha said more.")
        await page.wait_for(f"{STATEMENTS}[0] === 'Alpha said more.'")
        assert page.errors == []

    seen(watch)


def test_retractions_are_struck_out_and_revisions_say_what_was(
    stream: Stream, board: str, seen: Seen
) -> None:
    some = {"transcript_id": "corrected", "claim_id": "corrected-claim"}
    tell(stream, "old", value="5", **some)
    tell(stream, "new", value="6", revision=2, **some)
    tell(stream, "old", value="5", revision=2, status="retracted", **some)
    style = "getComputedStyle({}.querySelector('.amount')).textDecorationLine"

    async def watch(page: Page) -> None:
        await page.open(f"{board}/?q=corrected")
        await page.wait_for(f"{ROWS}.length === 3")
        lines = [await page.see(style.format(f"{ROWS}[{number}]")) for number in range(3)]
        texts = await page.see(f"{ROWS}.map(row => row.innerText)")
        rows = list(zip(lines, texts, strict=True))
        assert [line for line, text in rows if "retracted" in text] == ["line-through"] * 2
        assert [line for line, text in rows if "revised, was USD 5" in text] == ["none"]

    seen(watch)


def test_hostile_text_is_shown_and_does_nothing(stream: Stream, board: str, seen: Seen) -> None:
    attack = "<script>window.ran = 1</script><img src=x onerror='window.ran = 1'>\u202e"
    message = TranscriptMessage(
        transcript_id="attack",
        text=f"Apple's revenue was $5 billion {attack} in 2025.\n{'[' * 200_000}\n",
    )
    facts = [fact for part in run(message) for fact in part.facts]
    assert facts
    tell(stream, "hostile", **{**facts[0].model_dump(exclude={"fact_id"}), "statement": attack,
         "entity": {"id": attack, "name": '"><svg onload=window.ran=1>'}})  # fmt: skip

    async def watch(page: Page) -> None:
        await page.open(f"{board}/?q=attack")
        await page.wait_for(f"{ROWS}.length === 1")
        shown = await page.see(f"{ROWS}[0].innerText")
        assert "<script>window.ran = 1</script>" in shown
        assert "<img src=x onerror='window.ran = 1'>\\u202e" in shown
        assert (
            await page.see("document.querySelector('.evidence mark').textContent") == "$5 billion"
        )
        assert await page.see("document.scripts.length") == 1
        assert await page.see("document.querySelectorAll('img, svg, iframe').length") == 0
        # Not even the page itself could run text, or make elements of it.
        refused = "(() => { try { %s; return 'done' } catch (error) { return error.name } })()"
        for attempt in (
            "document.body.innerHTML = '<b>x</b>'",
            "eval('window.ran = 1')",
            "document.createElement('script').textContent = 'window.ran = 1'",
        ):
            assert await page.see(refused % attempt) in ("TypeError", "EvalError"), attempt
        assert await page.see("window.ran ?? 0") == 0

    seen(watch)


def test_filters_narrow_down_and_are_in_the_address(stream: Stream, board: str, seen: Seen) -> None:
    some = {"transcript_id": "sifted"}
    tell(stream, "s1", statement="Alpha earned.", **some)
    tell(stream, "s2", statement="Alpha expects.", modality="forward", confidence=0.6, **some)
    tell(stream, "s3", statement="Beta earned.", entity={"id": "BBBB", "name": "Beta"}, **some)
    write = """(() => {{
      const field = document.querySelector('[name={name}]');
      field.value = '{value}';
      field.dispatchEvent(new Event('{event}', {{ bubbles: true }}));
    }})()"""

    async def shows(page: Page, *statements: str) -> None:
        wanted = sorted(statements)
        await page.wait_for(f"JSON.stringify({STATEMENTS}.sort()) === JSON.stringify({wanted!r})")

    async def watch(page: Page) -> None:
        await page.open(f"{board}/?q=sifted")
        await shows(page, "Alpha earned.", "Alpha expects.", "Beta earned.")
        assert await page.see("document.querySelector('[name=q]').value") == "sifted"
        await page.see(write.format(name="entity", value="bbbb", event="change"))
        await shows(page, "Beta earned.")
        assert await page.see("location.search") == "?entity=bbbb&q=sifted"
        await page.see("history.back()")
        await shows(page, "Alpha earned.", "Alpha expects.", "Beta earned.")
        await page.see("document.querySelector('[value=forward]').click()")
        await shows(page, "Alpha expects.")
        await page.see("document.querySelector('[value=forward]').click()")
        await page.see(write.format(name="confidence", value="0.8", event="change"))
        await shows(page, "Alpha earned.", "Beta earned.")
        await page.see(write.format(name="q", value="sifted EARNED beta", event="input"))
        await shows(page, "Beta earned.")
        await later(stream, "s4", statement="Nobody earned.", **some)
        await later(stream, "s5", statement="Beta earned more.",
                    entity={"id": "BBBB", "name": "Beta"}, **some)  # fmt: skip
        await shows(page, "Beta earned.", "Beta earned more.")
        await page.see("document.querySelector('.about .choice').click()")
        await page.wait_for(
            "location.search === '?entity=BBBB&confidence=0.8&q=sifted+EARNED+beta'"
        )
        await page.see("document.querySelector('#clear').click()")
        await page.wait_for("location.search === ''")
        assert page.errors == []

    seen(watch)


def test_claims_in_conflict_and_the_lag_are_shown(stream: Stream, board: str, seen: Seen) -> None:
    entity = {"id": "EEEE", "name": "Epsilon"}
    facts = [
        a_fact(fact_id=f"e{value}", claim_id="e", transcript_id=f"note-{value}", value=value,
               entity=entity)
        for value in ("5", "9")
    ]  # fmt: skip
    (claim,) = claims_of(facts).values()
    stream.send("e", claim.model_dump_json().encode(), "facts.claims")
    tell(stream, "e5", claim_id="e", transcript_id="note-5", value="5", entity=entity)

    async def watch(page: Page) -> None:
        await page.open(f"{board}/?entity=EEEE")
        text = await page.wait_for("document.querySelector('.claim')?.innerText")
        for said in ("EEEE", "USD 5", "USD 9", "note-5", "note-9", "use", "≠", "="):
            assert said in text, (said, text)
        assert "documents disagree" in await page.wait_for(f"{ROWS}[0]?.innerText")
        lag = await page.wait_for("document.querySelector('#lag table')?.innerText")
        for stage in ("segment", "normalize", "extract", "publish", "claims"):
            assert stage in lag
        assert await page.wait_for("document.querySelector('.oldest')?.textContent")

    seen(watch)


def test_what_cannot_be_seen_of_kafka_is_said(seen: Seen) -> None:
    state = "document.querySelector('#state').textContent"

    async def watch(page: Page) -> None:
        board, stop = Board(10), asyncio.Event()
        runner = web.AppRunner(application(board, stop), handle_signals=False)
        await runner.setup()
        opened = listen("127.0.0.1", 0)
        await web.SockSite(runner, opened).start()
        try:
            await page.open(f"http://127.0.0.1:{opened.getsockname()[1]}/")
            await page.wait_for(f"{state} === 'live'")
            await board.take_lag({"problem": "no Kafka answers at <b>", "kafka": False})
            await page.wait_for(f"{state} === 'Kafka does not answer'")
            assert await page.see("document.querySelector('#lag').innerText") == (
                "no Kafka answers at <b>"
            )
            await board.take_lag({"problem": "a topic is missing", "kafka": True})
            await page.wait_for(f"{state} === 'live'")
            assert "cannot be seen" in await page.see("document.querySelector('.lag').innerText")
        finally:
            stop.set()
            await runner.cleanup()

    seen(watch)


def test_a_phone_shows_one_thing_at_a_time_and_never_scrolls_sideways(
    stream: Stream, board: str, seen: Seen
) -> None:
    endless = "W" * 3_000
    tell(stream, "wide", transcript_id="phone", statement=endless, scope=endless,
         entity={"id": endless, "name": endless}, metric=endless, value="9" * 200,
         evidence=[{"start": 0, "end": 9, "text": endless[:9], "language": "en",
                    "sentence": endless}])  # fmt: skip
    shown = "getComputedStyle(document.querySelector('{}')).display !== 'none'"
    widest = "Math.max(document.documentElement.scrollWidth, document.body.scrollWidth)"

    async def watch(page: Page) -> None:
        for width in (390, 320):
            await page.open(f"{board}/?q=phone", width=width, height=840)
            await page.wait_for(f"{ROWS}.length === 1")
            for view in ("facts", "conflicts", "lag"):
                await page.see(f"document.querySelector('#views [data-view={view}]').click()")
                assert await page.see(widest) <= width, (width, view)
                assert await page.see(shown.format("main > .facts")) is (view == "facts")
                assert await page.see(shown.format("aside > .lag")) is (view == "lag")

    seen(watch)


def test_keys_walk_through_facts_and_hold_them_back(stream: Stream, board: str, seen: Seen) -> None:
    tell(stream, "k1", statement="First.", transcript_id="walked")
    tell(stream, "k2", statement="Second.", transcript_id="walked")
    focused = "document.activeElement.querySelector('.statement')?.textContent"

    async def watch(page: Page) -> None:
        async def press(key: str) -> None:
            for kind in ("keyDown", "keyUp"):
                await page.call("Input.dispatchKeyEvent", type=kind, key=key, text=key
                                if kind == "keyDown" else "")  # fmt: skip

        await page.open(f"{board}/?q=walked")
        await page.wait_for(f"{ROWS}.length === 2")
        order = await page.see(STATEMENTS)
        await page.see("document.querySelector('#feed').focus()")
        found = []
        for key in ("j", "j", "k"):
            await press(key)
            found.append(await page.see(focused))
        assert found == [order[0], order[1], order[0]]
        await press("p")
        assert await page.wait_for("document.querySelector('#state').textContent") == "paused"
        await later(stream, "k3", statement="Third.", transcript_id="walked")
        await page.wait_for("document.querySelector('#held').textContent.startsWith('1 new')")
        assert await page.see(f"{ROWS}.length") == 2
        await press("p")
        await page.wait_for(f"{STATEMENTS}[0] === 'Third.'")

    seen(watch)


def test_a_lost_connection_is_said_and_taken_up_again(stream: Stream, seen: Seen) -> None:
    tell(stream, "r1", statement="Before.", transcript_id="interrupted")
    process, address = started(stream)

    async def watch(page: Page) -> None:
        nonlocal process
        await page.open(f"{address}/?q=interrupted")
        await page.wait_for(f"{ROWS}.length === 1")
        process.send_signal(signal.SIGTERM)
        await page.wait_for("document.querySelector('#state').textContent.includes('lost')")
        await asyncio.to_thread(ended, process)
        await later(stream, "r2", statement="Meanwhile.", transcript_id="interrupted")
        port = str(urlsplit(address).port)
        process, _ = await asyncio.to_thread(started, stream, "--port", port)
        await page.wait_for(f"{ROWS}.length === 2")
        assert await page.see(STATEMENTS) == ["Meanwhile.", "Before."]
        assert await page.see("document.querySelector('#state').textContent") == "live"

    try:
        seen(watch)
    finally:
        ended(process)


def test_many_facts_at_once_are_shown_within_bounds(stream: Stream, board: str, seen: Seen) -> None:
    event = a_fact(transcript_id="flood")
    names = [f"flood-{number}" for number in range(700)]
    bootstrap, topic = stream.settings.bootstrap_servers, stream.settings.topic("facts.events")

    def flood() -> None:
        with contextlib.closing(KafkaProducer(bootstrap_servers=bootstrap)) as producer:
            for name in names:
                told = event.model_copy(update={"fact_id": name, "statement": name})
                producer.send(topic, key=name.encode(), value=told.model_dump_json().encode())

    async def watch(page: Page) -> None:
        await page.open(f"{board}/?q=flood")
        await page.wait_for("!document.querySelector('#empty').hidden")
        await asyncio.to_thread(flood)
        await page.wait_for(f"{STATEMENTS}.includes('flood-699')")
        assert 1 <= await page.see(f"{ROWS}.length") <= 400

    seen(watch)


def test_the_browser_leaves_nothing_behind(tmp_path: Any) -> None:
    async def look() -> int:
        async with a_page(tmp_path) as page:
            await page.open("about:blank")
            return page.process_id

    group = asyncio.run(look())
    with pytest.raises(ProcessLookupError):
        os.killpg(group, 0)
