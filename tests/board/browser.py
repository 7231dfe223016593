"""A headless Chromium, driven by its DevTools protocol."""

import asyncio
import base64
import contextlib
import json
import os
import shutil
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp

NAMES = ("chromium", "chromium-browser", "google-chrome")
BROWSER = next(filter(None, map(shutil.which, NAMES)), None)

_OPTIONS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage", "--remote-debugging-port=0",
)  # fmt: skip
_SECONDS = 60.0


class Page:
    """One page: what it says, and what is done to it. All that it logs as errors is kept."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, process_id: int) -> None:
        self.process_id = process_id
        self._socket = socket
        self._number = 0
        self.errors: list[str] = []

    async def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send one command and wait for its answer."""
        self._number += 1
        await self._socket.send_json({"id": self._number, "method": method, "params": parameters})
        async with asyncio.timeout(_SECONDS):
            while True:
                said = await self._socket.receive_json()
                if said.get("id") == self._number:
                    assert "error" not in said, said["error"]
                    answer: dict[str, Any] = said["result"]
                    return answer
                self._note(said)

    async def open(self, address: str, *, width: int = 1400, height: int = 900) -> None:
        """Go to an address in a window of that size; a narrow one is a phone's."""
        for domain in ("Page", "Runtime", "Log"):
            await self.call(f"{domain}.enable")
        await self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=1, mobile=width < 600,
        )  # fmt: skip
        await self.call("Page.navigate", url=address)
        there = f"location.href === {json.dumps(address)}"
        await self.wait_for(f"{there} && document.readyState === 'complete'")

    async def see(self, script: str) -> Any:
        """Give what a script finds in the page."""
        answer = await self.call(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True,
            allowUnsafeEvalBlockedByCSP=False,
        )  # fmt: skip
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    async def wait_for(self, script: str) -> Any:
        """Wait until a script finds something, and give it."""
        deadline = asyncio.get_running_loop().time() + _SECONDS
        while not (found := await self.see(script)):
            assert asyncio.get_running_loop().time() < deadline, f"never so: {script}"
            await asyncio.sleep(0.1)
        return found

    async def picture(self, file: Path) -> None:
        """Write a screenshot."""
        shot = await self.call("Page.captureScreenshot", format="png")
        file.write_bytes(base64.b64decode(shot["data"]))

    def _note(self, said: dict[str, Any]) -> None:
        entry = said.get("params", {})
        if said["method"] == "Runtime.exceptionThrown":
            self.errors.append(str(entry["exceptionDetails"]))
        elif said["method"] == "Log.entryAdded" and entry["entry"]["level"] == "error":
            self.errors.append(entry["entry"]["text"])


@contextlib.asynccontextmanager
async def a_page(folder: Path) -> AsyncIterator[Page]:
    """Start a browser with a new profile in a folder; it has ended when this is left."""
    process = await asyncio.create_subprocess_exec(
        str(BROWSER), *_OPTIONS, f"--user-data-dir={folder}", "about:blank",
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        port = await _port(folder, process)
        async with aiohttp.ClientSession() as session:
            address = await _address(session, port)
            async with session.ws_connect(address, max_msg_size=0) as socket:
                yield Page(socket, process.pid)
    finally:
        # The browser's own processes are in its group, and end with it.
        for sign in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, sign)
            with contextlib.suppress(TimeoutError, ProcessLookupError):
                async with asyncio.timeout(10):
                    await process.wait()
                    while True:
                        os.killpg(process.pid, 0)
                        await asyncio.sleep(0.05)


async def _port(folder: Path, process: asyncio.subprocess.Process) -> int:
    """Wait for the file in which the browser says where it listens."""
    told = folder / "DevToolsActivePort"
    async with asyncio.timeout(_SECONDS):
        while True:
            with contextlib.suppress(FileNotFoundError, IndexError, ValueError):
                return int(told.read_text().splitlines()[0])
            assert process.returncode is None, f"{BROWSER} ended with {process.returncode}"
            await asyncio.sleep(0.1)


async def _address(session: aiohttp.ClientSession, port: int) -> str:
    async with asyncio.timeout(_SECONDS):
        while True:
            async with session.get(f"http://127.0.0.1:{port}/json/list") as listed:
                for each in await listed.json(content_type=None):
                    if each["type"] == "page":
                        return str(each["webSocketDebuggerUrl"])
            await asyncio.sleep(0.1)
