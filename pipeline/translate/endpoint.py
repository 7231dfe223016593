"""An OpenAI-compatible chat endpoint as an engine."""

import asyncio
import hashlib
import json
import logging
import time
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from pipeline.secret import Secret
from pipeline.settings import BadSetting
from pipeline.translate.backoff import retry_after, wait_before
from pipeline.translate.rest import Rest
from pipeline.translate.translator import Ask

_LOG = logging.getLogger("pipeline.translate")
_PATH = "/chat/completions"
_AT_ONCE = 4
_ATTEMPTS = 4
_TEXTS_A_REQUEST = 20
_CHARACTERS_A_REQUEST = 3000
_LARGEST_ANSWER = 4_000_000
_OK, _BAD_REQUEST = 200, 400
_PASSING = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})


class _HttpError(Exception):
    """A status other than 200. The body is not kept: it may repeat what was sent."""

    def __init__(self, status: int, wait: float | None) -> None:
        super().__init__(f"HTTP status {status}")
        self.status = status
        self.wait = wait
        self.lasting = status not in _PASSING


class _AnswerError(Exception):
    """A 200 whose body is not the asked-for JSON."""


class Endpoint:
    """Asks ``url`` (with or without ``/chat/completions``) for some texts a request.

    Passing failures (no connection, 429, 5xx, an answer that is no such JSON) are tried again with
    exponential back-off and jitter, or when Retry-After says, until time is up. The key travels in
    the Authorization header and stands nowhere else; redirects, which would carry it away, are
    refused. ``first_wait`` is the base of the back-off in seconds.
    """

    def __init__(
        self,
        url: str,
        *,
        model: str,
        key: Secret,
        first_wait: float = 0.5,
        rest: Rest | None = None,
    ) -> None:
        self._aiohttp = _package()
        self._url = _address(url)
        self._model = model
        self._key = key
        self._first_wait = first_wait
        self._rest = rest or Rest()
        self._temperature = True
        host = urlsplit(self._url).netloc
        self.identity = f"openai:{model}@{host}:{hashlib.sha256(_task().encode()).hexdigest()[:8]}"

    def drafts(self, asks: Sequence[Ask], until: float) -> list[str | None]:
        """Ask for all texts, several requests at once; the second time each text by itself."""
        if self._rest.resting():
            return [None] * len(asks)
        return asyncio.run(self._drafts(asks, until))

    async def _drafts(self, asks: Sequence[Ask], until: float) -> list[str | None]:
        chunks = list(_chunks(asks))
        turn = asyncio.Semaphore(_AT_ONCE)
        async with self._session() as session:
            answers = await asyncio.gather(
                *(self._chunk(session, turn, chunk, until) for chunk in chunks)
            )
        problems = [answer for answer in answers if isinstance(answer, Exception)]
        self._note(problems, answered=len(problems) < len(answers))
        return [
            draft
            for chunk, answer in zip(chunks, answers, strict=True)
            for draft in (_without(answer, chunk) if isinstance(answer, Exception) else answer)
        ]

    def _note(self, problems: Sequence[Exception], *, answered: bool) -> None:
        """Log what went wrong, and rest where the endpoint as a whole does."""
        rest = 0.0
        if answered or all(isinstance(problem, _AnswerError) for problem in problems):
            self._rest.succeeded()
        else:
            lasting = any(isinstance(each, _HttpError) and each.lasting for each in problems)
            rest = self._rest.failed(lasting=lasting)
        for said in dict.fromkeys(map(_said, problems)):
            _LOG.warning("%s: %s", self.identity, said)
        if rest:
            _LOG.warning("%s is left alone for %.0f seconds", self.identity, rest)

    def _session(self) -> Any:
        # The deadline is the caller's; aiohttp's own would cut off longer ones.
        timeout = self._aiohttp.ClientTimeout(total=None)
        return self._aiohttp.ClientSession(trust_env=True, timeout=timeout)

    async def _chunk(
        self, session: Any, turn: asyncio.Semaphore, asks: Sequence[Ask], until: float
    ) -> Sequence[str] | Exception:
        """Ask for one chunk until there is an answer, or asking on is in vain: then why."""
        problem: Exception = TimeoutError()
        for attempt in range(_ATTEMPTS):
            wait: float | None = None
            request = self._request(asks)
            try:
                async with asyncio.timeout(until - time.monotonic()), turn:
                    return await self._answer(session, request, len(asks))
            except TimeoutError as error:
                return error
            except _HttpError as error:
                problem, wait = error, error.wait
                if error.status == _BAD_REQUEST and "temperature" in request:
                    # Some models take no temperature but their own.
                    self._temperature = False
                    continue
                if error.lasting:
                    break
            except (self._aiohttp.ClientError, OSError, _AnswerError) as error:
                problem = error
            wait = wait_before(attempt, base=self._first_wait) if wait is None else wait
            if attempt + 1 == _ATTEMPTS or time.monotonic() + wait >= until:
                break
            await asyncio.sleep(wait)
        return problem

    async def _answer(self, session: Any, request: dict[str, Any], count: int) -> list[str]:
        headers = {"Authorization": f"Bearer {self._key.reveal()}"} if self._key else {}
        async with session.post(
            self._url, json=request, headers=headers, allow_redirects=False
        ) as response:
            if response.status != _OK:
                raise _HttpError(response.status, retry_after(response.headers.get("Retry-After")))
            body = bytearray()
            async for piece in response.content.iter_any():
                body += piece
                if len(body) > _LARGEST_ANSWER:
                    raise _AnswerError(f"the answer is larger than {_LARGEST_ANSWER:,} bytes")
        return _english(bytes(body), count)

    def _request(self, asks: Sequence[Ask]) -> dict[str, Any]:
        passages = {
            str(number): {
                "chinese": ask.text,
                "terms": {ask.text[term.start : term.end]: term.english for term in ask.terms},
            }
            for number, ask in enumerate(asks, start=1)
        }
        request: dict[str, Any] = {
            "model": self._model,
            "messages": [
                {"role": "system", "content": _task()},
                {"role": "user", "content": json.dumps(passages, ensure_ascii=False)},
            ],
        }
        if self._temperature:
            request["temperature"] = 0
        return request


def _without(problem: Exception, asks: Sequence[Ask]) -> list[str | None]:
    """Say of each text that there was no answer, or none that made sense."""
    return ["" if isinstance(problem, _AnswerError) else None] * len(asks)


def _said(problem: Exception) -> str:
    """Put a failure into words of our own: a library's might repeat what was sent."""
    if isinstance(problem, TimeoutError):
        return "there was no answer in time"
    if isinstance(problem, _HttpError | _AnswerError):
        return str(problem)
    return f"there was no answer ({type(problem).__name__})"


def _chunks(asks: Sequence[Ask]) -> Iterator[Sequence[Ask]]:
    chunk: list[Ask] = []
    characters = 0
    for ask in asks:
        full = len(chunk) == _TEXTS_A_REQUEST or characters + len(ask.text) > _CHARACTERS_A_REQUEST
        if chunk and (full or ask.again):
            yield chunk
            chunk, characters = [], 0
        chunk.append(ask)
        characters += len(ask.text)
    if chunk:
        yield chunk


def _english(body: bytes, count: int) -> list[str]:
    """Read the translations out of a chat completion; ``_AnswerError`` for any other thing."""
    try:
        content = json.loads(body)["choices"][0]["message"]["content"]
        answer = json.loads(_inside(content))
        english = [answer.pop(str(number)) for number in range(1, count + 1)]
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError):
        raise _AnswerError("the answer is not the JSON that was asked for") from None
    if answer or not all(isinstance(each, str) for each in english):
        raise _AnswerError(f"the answer has other members than the {count} that were asked for")
    return english


def _inside(content: str) -> str:
    """Give the JSON object in an answer, which some models put in a code fence or a sentence."""
    return content[content.index("{") : content.rindex("}") + 1]


def _address(url: str) -> str:
    parts = urlsplit(url)
    path = parts.path.rstrip("/")
    if not path.endswith(_PATH):
        path += _PATH
    return urlunsplit(parts._replace(path=path))


@cache
def _task() -> str:
    return files("pipeline.translate").joinpath("task.txt").read_text(encoding="utf-8")


def _package() -> Any:
    try:
        import aiohttp
    except ImportError:
        raise BadSetting(
            "CALLFACTS_TRANSLATOR is 'openai', which needs a package that is not installed"
            " (aiohttp); expected what pip install 'callfacts[translate]' installs"
        ) from None
    return aiohttp
