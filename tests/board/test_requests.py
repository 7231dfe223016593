"""What the board answers to whom: its headers, who is refused, how it starts and ends."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest
from kafka_view import Stream
from listening import listening
from serving import ended, started

from pipeline.settings import Settings

pytestmark = pytest.mark.broker

SAMPLE = Path(__file__).parents[2] / "pipeline" / "samples" / "mapletarn-2025q3-bilingual.txt"


def asked(
    address: str, method: str = "GET", **headers: str
) -> tuple[int, "aiohttp.typedefs.LooseHeaders", str]:
    async def ask() -> tuple[int, aiohttp.typedefs.LooseHeaders, str]:
        async with (
            aiohttp.ClientSession() as session,
            session.request(method, address, headers=headers) as response,
        ):
            return response.status, response.headers, await response.text()

    return asyncio.run(ask())


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/", "text/html"), ("/board.js", "text/javascript"), ("/board.css", "text/css"),
     ("/icon.svg", "image/svg+xml")],
)  # fmt: skip
def test_the_page_and_its_files_may_run_and_load_nothing_else(
    board: str, path: str, kind: str
) -> None:
    status, headers, text = asked(board + path)
    assert status == 200
    assert headers["Content-Type"] == f"{kind}; charset=utf-8"
    policy = headers["Content-Security-Policy"].split("; ")
    assert {"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"} <= set(policy)
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in headers
    assert "Server" not in headers
    assert "http://" not in text.replace("http://www.w3.org/2000/svg", "")
    assert "https://" not in text


def test_the_page_has_no_script_or_style_within(board: str) -> None:
    text = asked(board)[2]
    assert text.count("<script") == text.count('<script type="module" src=') == 1
    assert "<style" not in text
    assert " style=" not in text
    assert " on" not in text.replace(" one", "")


@pytest.mark.parametrize(
    ("path", "status"),
    [("/nothing", 404), ("/../cli/board.py", 404), ("/static/board.js", 404), ("/page.html", 404),
     ("/events?entitty=AMZN", 400), ("/events?modality=maybe", 400), ("/events?confidence=2", 400),
     ("/events?confidence=nan", 400), (f"/events?q={'a' * 1001}", 400)],
)  # fmt: skip
def test_what_is_not_there_or_cannot_be_is_refused(board: str, path: str, status: int) -> None:
    found, headers, text = asked(board + path)
    assert found == status
    assert headers["Content-Type"] == "text/plain; charset=utf-8"
    assert "Content-Security-Policy" in headers
    assert text.strip()


def test_a_bad_filter_is_named_with_what_would_be_right(board: str) -> None:
    text = asked(f"{board}/events?modality=maybe")[2]
    assert text == "modality is 'maybe'; expected actual, forward, question\n"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_nothing_can_be_changed(board: str, method: str) -> None:
    assert asked(board, method)[0] == 405
    assert asked(f"{board}/events", method)[0] == 405


def test_whether_the_page_is_there_can_be_asked(board: str) -> None:
    assert asked(board, "HEAD")[0] == 200
    assert asked(f"{board}/events", "HEAD")[0] == 405


@pytest.mark.parametrize("path", ["/", "/events", "/nothing"])
@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:{port}", "127.0.0.1.evil.example", "", "localhost.evil:1",
     "user@127.0.0.1", "[::1].evil"],
)  # fmt: skip
def test_a_name_that_is_not_the_boards_is_refused(board: str, path: str, host: str) -> None:
    """A page of somebody else's may have its name lead here: DNS rebinding."""
    given = host.format(port=urlsplit(board).port)
    assert asked(board + path, Host=given)[0] in (400, 421)


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1", "LOCALHOST:{port}", "[::1]:{port}", "10.1.2.3",
             "board.example.com", "Board.Example.Com:443"],
)  # fmt: skip
def test_addresses_and_names_that_were_given_are_the_boards(board: str, host: str) -> None:
    assert asked(board, Host=host.format(port=urlsplit(board).port))[0] == 200


def test_it_listens_at_one_loopback_address_only(board: str) -> None:
    port = urlsplit(board).port
    assert port is not None
    with socket.create_connection(("127.0.0.1", port), timeout=10):
        pass
    with (
        pytest.raises(ConnectionRefusedError),
        socket.create_connection(("127.0.0.2", port), timeout=10),
    ):
        pass


def test_ctrl_c_ends_it_cleanly_while_browsers_look(stream: Stream) -> None:
    process, address = started(stream)

    async def look() -> None:
        async with listening(address) as browser:
            await browser.of("begin")
            process.send_signal(signal.SIGINT)
            with pytest.raises(EOFError):
                await browser.of("nothing more")

    try:
        asyncio.run(look())
        assert process.wait(60) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""
    finally:
        ended(process)


def command(**variables: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", "from pipeline.cli import main; main()", "board"],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=100,
    )


def test_without_kafka_topics_or_port_it_says_so_in_a_line(settings: Settings, board: str) -> None:
    topicless = {
        "CALLFACTS_BOOTSTRAP_SERVERS": settings.bootstrap_servers,
        "CALLFACTS_TOPIC_PREFIX": settings.topic_prefix,
    }
    tried: dict[str, dict[str, str]] = {
        "no Kafka answers at 127.0.0.1:1": {"CALLFACTS_BOOTSTRAP_SERVERS": "127.0.0.1:1"},
        "callfacts topics apply": topicless,
        "cannot be listened at": {"CALLFACTS_BOARD_PORT": str(urlsplit(board).port)},
    }
    with ThreadPoolExecutor() as at_once:
        runs = at_once.map(lambda given: command(**{"CALLFACTS_BOARD_PORT": "0", **given}),
                           tried.values())  # fmt: skip
    for words, run in zip(tried, runs, strict=True):
        assert run.returncode == 1
        assert words in run.stderr.splitlines()[-1]
        assert run.stdout == ""


def test_extracting_does_not_wait_for_it() -> None:
    program = (
        "import sys; from pipeline.cli import run; run(sys.argv[1:]); "
        "print(sorted(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "extract", str(SAMPLE)], capture_output=True, text=True
    )
    assert "'pipeline.stages'" in done.stderr
    assert "'aiohttp'" not in done.stderr
    assert "'pipeline.board'" not in done.stderr
