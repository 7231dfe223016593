"""The board's HTTP server: a page, its files, and a stream of events for each browser."""

import asyncio
import contextlib
import ipaddress
import logging
import signal
from collections.abc import Callable, Coroutine, Mapping
from importlib.resources import files
from typing import Any

from aiohttp import web

from pipeline.board.board import Board
from pipeline.board.followers import Followers, Taking
from pipeline.board.guard import add_headers, guarded
from pipeline.board.view import BadView, View
from pipeline.board.watcher import PULSE_SECONDS, Watcher
from pipeline.metrics.http import listen
from pipeline.settings import Settings

logger = logging.getLogger(__name__)

MOST_BROWSERS = 100
"""How many streams of events there may be at once."""

_TYPES = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}
_TOGETHER_SECONDS = 0.1
_SLOW_SECONDS = 30.0
_STOP_SECONDS = 3.0
# A browser that was not noticed to be gone asks for what came after this event.
_AFTER = "after"


def run(settings: Settings, ready: Callable[[str], None]) -> None:
    """Serve until SIGTERM or Ctrl-C; ``ready`` is told the address.

    Raises ``Problem`` where no Kafka answers, topics are missing or the port is not to be had.
    """
    asyncio.run(_run(settings, ready))


async def _run(settings: Settings, ready: Callable[[str], None]) -> None:
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    opened = listen(settings.board_bind, settings.board_port)
    board = Board(settings.board_facts)
    followers = Followers(settings, settings.board_facts, _taking(board, loop))
    runner = web.AppRunner(
        application(board, stop, _names(settings)),
        access_log=None,
        handle_signals=False,
        shutdown_timeout=_STOP_SECONDS,
    )
    try:
        await asyncio.to_thread(followers.start)
        await runner.setup()
        await web.SockSite(runner, opened).start()
        host = f"[{settings.board_bind}]" if ":" in settings.board_bind else settings.board_bind
        ready(f"http://{host}:{opened.getsockname()[1]}/")
        if not ipaddress.ip_address(opened.getsockname()[0]).is_loopback:
            logger.warning(
                "this is not loopback: whoever reaches it reads facts and sentences, and nobody is "
                "asked who they are"
            )
        await stop.wait()
    finally:
        await runner.cleanup()
        opened.close()
        await asyncio.to_thread(followers.stop, _STOP_SECONDS)


def application(board: Board, stop: asyncio.Event, names: tuple[str, ...] = ()) -> web.Application:
    """Make the application; ``names`` are the host names by which it may be asked for."""
    streams = _Streams(board, stop)
    made = web.Application(middlewares=[guarded(names)])
    made.on_response_prepare.append(add_headers)
    made.router.add_get("/events", streams.serve, allow_head=False)
    for path, answer in _files().items():
        made.router.add_get(path, answer)
    return made


class _Streams:
    """The streams of events that are open."""

    def __init__(self, board: Board, stop: asyncio.Event) -> None:
        self._board = board
        self._stop = stop
        self._open = 0

    async def serve(self, request: web.Request) -> web.StreamResponse:
        try:
            view = View.of((name, each) for name, each in request.query.items() if name != _AFTER)
        except BadView as bad:
            return web.Response(status=400, text=f"{bad}\n")
        if self._open >= MOST_BROWSERS:
            text = f"{MOST_BROWSERS} browsers are looking already; try again later\n"
            return web.Response(status=503, text=text, headers={"Retry-After": "30"})
        after = request.headers.get("Last-Event-ID") or request.query.get(_AFTER)
        watcher = Watcher(self._board, view, self._board.window.position(after))
        response = web.StreamResponse()
        response.content_type, response.charset = "text/event-stream", "utf-8"
        response.headers["X-Accel-Buffering"] = "no"
        self._open += 1
        try:
            await response.prepare(request)
            await response.write(b"retry: 1000\n\n")
            await self._follow(watcher, response)
        except (ConnectionError, TimeoutError):
            # The browser is gone, or takes nothing any more; it comes again if it wants to.
            request.protocol.force_close()
        finally:
            self._open -= 1
        return response

    async def _follow(self, watcher: Watcher, response: web.StreamResponse) -> None:
        while not self._stop.is_set():
            change = self._board.change
            for event in watcher.news():
                async with asyncio.timeout(_SLOW_SECONDS):
                    await response.write(event)
            # Facts come in bursts. The first is told at once; for what follows, one answer for many
            # costs a browser less than many answers.
            await asyncio.sleep(_TOGETHER_SECONDS)
            await self._wait_for(change)

    async def _wait_for(self, change: asyncio.Event) -> None:
        waiting = [asyncio.ensure_future(each.wait()) for each in (change, self._stop)]
        await asyncio.wait(waiting, timeout=PULSE_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        for each in waiting:
            each.cancel()


def _names(settings: Settings) -> tuple[str, ...]:
    return (settings.board_bind, *filter(None, settings.board_hosts.split(",")))


def _files() -> Mapping[str, Callable[[web.Request], Coroutine[Any, Any, web.Response]]]:
    """Read the page and its files, each with its path; there is nothing else to be had."""
    found = {}
    for each in files("pipeline.board").joinpath("static").iterdir():
        kind = _TYPES.get("." + each.name.rpartition(".")[2])
        if kind is not None:
            path = "/" if each.name == "page.html" else f"/{each.name}"
            found[path] = _answer(each.read_bytes(), kind)
    return found


def _answer(body: bytes, kind: str) -> Callable[[web.Request], Coroutine[Any, Any, web.Response]]:
    async def answer(request: web.Request) -> web.Response:  # noqa: ARG001
        return web.Response(body=body, content_type=kind, charset="utf-8")

    return answer


def _taking(board: Board, loop: asyncio.AbstractEventLoop) -> Taking:
    """Have followers' threads hand over to the loop, and wait until it has taken it."""

    def hand(taken: Coroutine[Any, Any, None]) -> None:
        future = asyncio.run_coroutine_threadsafe(taken, loop)
        with contextlib.suppress(asyncio.CancelledError):
            future.result()

    return Taking(
        facts=lambda entries, begin: hand(board.take_facts(entries, begin)),
        claims=lambda states, begin: hand(board.take_claims(states, begin)),
        lag=lambda shown: hand(board.take_lag(shown)),
    )
