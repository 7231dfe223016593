"""A client of server-sent events, as a browser's: kinds, data and ids."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import aiohttp
import orjson

SECONDS = 60.0


@dataclass(frozen=True)
class Told:
    """One event."""

    kind: str
    data: Any
    event_id: str


class Listener:
    """Reads events of one stream."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self.response = response
        self.last_id = ""

    async def next(self) -> Told:
        """Wait for the next event; ``EOFError`` where the server has ended the stream."""
        fields: dict[str, str] = {}
        async with asyncio.timeout(SECONDS):
            while True:
                read = await self.response.content.readuntil(b"\n")
                if not read:
                    raise EOFError("the stream has ended")
                line = read.decode().rstrip("\n")
                if line:
                    name, _, value = line.partition(": ")
                    fields[name] = value
                    self.last_id = fields.get("id", self.last_id)
                elif "data" in fields:
                    data = orjson.loads(fields["data"])
                    return Told(fields["event"], data, self.last_id)
                else:
                    fields = {}

    async def of(self, kind: str, fits: Callable[[Any], bool] = lambda _: True) -> Any:
        """Wait for an event of a kind whose data fit."""
        async with asyncio.timeout(SECONDS):
            while True:
                told = await self.next()
                if told.kind == kind and fits(told.data):
                    return told.data

    async def facts(self, count: int) -> list[dict[str, Any]]:
        """Wait for so many facts, and give them; there may be no more with them."""
        found: list[dict[str, Any]] = []
        while len(found) < count:
            found += await self.of("facts")
        assert len(found) == count, [each["id"] for each in found]
        return found


@contextlib.asynccontextmanager
async def listening(
    board: str, query: str = "", last_id: str | None = None
) -> AsyncIterator[Listener]:
    """Open a stream of events; ``last_id`` is what a browser was told last."""
    headers = {} if last_id is None else {"Last-Event-ID": last_id}
    timeout = aiohttp.ClientTimeout(total=None)
    async with (
        aiohttp.ClientSession(timeout=timeout, read_bufsize=2**22) as session,
        session.get(f"{board}/events?{query}", headers=headers) as response,
    ):
        assert response.status == 200, await response.text()
        yield Listener(response)
