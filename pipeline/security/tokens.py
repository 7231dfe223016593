"""OAuth tokens for the login: from a file, or from an endpoint for client credentials.

Both libraries ask for a token at each connection. A file is read each time, since whoever put it
there renews it. What an endpoint gave is used again until four fifths of its time are over.
"""

import functools
import re
import threading
import time
from pathlib import Path
from typing import Any, Protocol

from pipeline.problem import Problem
from pipeline.secret import Secret
from pipeline.settings import Settings

_PATIENCE_SECONDS = 10.0
_RENEWED_AFTER = 0.8
_LARGEST_ANSWER = 256 * 1024


class NoToken(Problem, OSError):  # noqa: N818 - a problem
    """There is no token to log in with; client libraries take it for a lost connection."""


class Tokens(Protocol):
    """Where tokens come from."""

    def token(self) -> str:
        """Give a token that is good now; ``NoToken`` where there is none."""


class FileTokens:
    """Tokens from a file that somebody else keeps up to date."""

    def __init__(self, file: Path) -> None:
        """Take the file; it is read when a token is wanted."""
        self._file = file

    def token(self) -> str:
        """Read the token; white space around it does not count."""
        try:
            return _checked(self._file.read_text("utf-8").strip())
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise NoToken(
                f"CALLFACTS_OAUTH_TOKEN_FILE is {str(self._file)!r}, which gives no token: {reason}"
            ) from None


class EndpointTokens:
    """Tokens from an OAuth endpoint, by client credentials (RFC 6749, 4.4)."""

    def __init__(self, settings: Settings) -> None:
        """Take the settings; the endpoint is asked when a token is wanted."""
        self._settings = settings
        self._url = settings.oauth_token_url
        self._lock = threading.Lock()
        self._token = Secret("")
        self._renew = self._expires = 0.0

    def token(self) -> str:
        """Give the token at hand, or a new one; the old one as long as it lasts if that fails."""
        with self._lock:
            if time.monotonic() >= self._renew:
                try:
                    self._take(_asked(self._settings))
                except NoToken:
                    if time.monotonic() >= self._expires:
                        raise
            return self._token.reveal()

    def _take(self, answer: dict[str, Any]) -> None:
        try:
            self._token = Secret(_checked(answer["access_token"]))
            lifetime = max(0.0, float(answer.get("expires_in") or 0))
        except (KeyError, TypeError, ValueError):
            raise NoToken(
                f"CALLFACTS_OAUTH_TOKEN_URL: {self._url} gave no access_token with expires_in"
            ) from None
        # Without a lifetime it is for this connection only.
        self._renew = time.monotonic() + lifetime * _RENEWED_AFTER
        self._expires = time.monotonic() + lifetime


def for_kafka_python(settings: Settings) -> Any:
    """Give the tokens of these settings as kafka-python takes them."""
    from kafka.net.sasl.oauth import AbstractTokenProvider

    tokens = tokens_of(settings)

    class Provider(AbstractTokenProvider):  # type: ignore[misc]
        def token(self) -> str:
            return tokens.token()

    return Provider()


def for_aiokafka(settings: Settings) -> Any:
    """Give the tokens of these settings as aiokafka takes them; its loop does not wait."""
    import asyncio

    from aiokafka.abc import AbstractTokenProvider

    tokens = tokens_of(settings)

    class Provider(AbstractTokenProvider):  # type: ignore[misc]
        async def token(self) -> str:
            return await asyncio.to_thread(tokens.token)

    return Provider()


@functools.cache
def tokens_of(settings: Settings) -> Tokens:
    """Give where the tokens of these settings come from; the same for all clients of a process."""
    if settings.oauth_token_file:
        return FileTokens(Path(settings.oauth_token_file))
    return EndpointTokens(settings)


def _asked(settings: Settings) -> dict[str, Any]:
    """Ask the endpoint; what it answers to a refusal is told by its error code alone."""
    import http.client
    import json
    import urllib.error
    import urllib.request

    url = settings.oauth_token_url
    try:
        with _opener(settings).open(_request(settings), timeout=_PATIENCE_SECONDS) as answer:
            found = json.loads(answer.read(_LARGEST_ANSWER))
    except urllib.error.HTTPError as error:
        with error:
            code = re.search(rb'"error"\s*:\s*"([\w.-]{1,60})"', error.read(_LARGEST_ANSWER) or b"")
        said = f" ({code[1].decode()})" if code else ""
        raise NoToken(
            f"CALLFACTS_OAUTH_TOKEN_URL: {url} gives no token to {settings.oauth_client_id}: "
            f"status {error.code}{said}"
        ) from None
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        raise NoToken(f"CALLFACTS_OAUTH_TOKEN_URL: {url} does not answer: {reason}") from None
    except ValueError:
        raise NoToken(f"CALLFACTS_OAUTH_TOKEN_URL: {url} does not answer in JSON") from None
    if not isinstance(found, dict):
        raise NoToken(f"CALLFACTS_OAUTH_TOKEN_URL: {url} answers with no JSON object")
    return found


def _request(settings: Settings) -> Any:
    import base64
    import urllib.parse
    import urllib.request

    wanted = {"grant_type": "client_credentials"}
    if settings.oauth_scope:
        wanted["scope"] = settings.oauth_scope
    # RFC 6749, 2.3.1: both are form-encoded before they are joined.
    login = ":".join(
        urllib.parse.quote_plus(each)
        for each in (settings.oauth_client_id, settings.secret("oauth_client_secret").reveal())
    )
    return urllib.request.Request(  # noqa: S310 - the setting takes https, and http to loopback
        settings.oauth_token_url,
        data=urllib.parse.urlencode(wanted).encode(),
        headers={
            "Authorization": "Basic " + base64.b64encode(login.encode()).decode(),
            "Accept": "application/json",
        },
    )


def _opener(settings: Settings) -> Any:
    """Make what opens the endpoint; it follows no redirect, which could lead secrets elsewhere."""
    import ssl
    import urllib.request

    from pipeline.security.connection import authorities

    class NoRedirect(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: Any) -> None:
            """Follow none: its status is then the answer."""

    context = ssl.create_default_context()
    if settings.oauth_cafile:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(cadata=authorities(settings, "oauth_cafile"))
    handlers: list[Any] = [NoRedirect, urllib.request.HTTPSHandler(context=context)]
    if settings.oauth_token_url.startswith("http:"):
        handlers.append(urllib.request.ProxyHandler({}))
    return urllib.request.build_opener(*handlers)


def _checked(token: str) -> str:
    """Check a token by its characters (RFC 6750, 2.1) and time; ``ValueError`` if it is none."""
    if not re.fullmatch(r"[A-Za-z0-9._~+/-]+=*", token):
        raise ValueError("a token is letters, digits and . _ ~ + / - alone")
    expiry = _expiry(token)
    if expiry is not None and expiry < time.time():
        raise ValueError(f"the token has expired {time.time() - expiry:.0f} s ago")
    return token


def _expiry(token: str) -> float | None:
    """Read until when a signed token (RFC 7519) is good; None where it does not say so.

    aiokafka does not notice that a broker refuses an expired one.
    """
    import base64
    import json

    try:
        claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
        return float(claims["exp"])
    except (IndexError, KeyError, TypeError, ValueError):
        return None
