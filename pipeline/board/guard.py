"""What every request has to pass and every answer says: who may ask, and what a browser may do.

The board asks nobody who they are, so that a page of somebody else's that is open in the same
browser must not read it. Such a page can have its own name lead to this address (DNS rebinding);
but the browser then says that name in ``Host``.
"""

import ipaddress
import re
from collections.abc import Awaitable, Callable, Iterable

from aiohttp import web
from aiohttp.typedefs import Middleware

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}

_HOST = re.compile(r"(\[[0-9a-fA-F:.]+\]|[^:\[\]]+)(?::[0-9]{1,5})?")


def guarded(names: Iterable[str]) -> Middleware:
    """Make what refuses requests that are not for this server, or that would change something.

    ``names`` are host names by which it may be asked for, beside IP addresses and localhost.
    """
    known = frozenset({"localhost", *(name.casefold() for name in names)})

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not is_for_us(request.headers.get("Host", ""), known):
            return _refused(
                421,
                "this server is not asked for by that name; use its IP address or localhost, or "
                "name it in CALLFACTS_BOARD_HOSTS",
            )
        if request.method not in ("GET", "HEAD"):
            return _refused(405, "nothing can be changed here; expected GET")
        try:
            return await handler(request)
        except web.HTTPException as refused:
            return _refused(refused.status, refused.reason)

    return guard


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:  # noqa: ARG001
    """Put the headers on an answer that every answer has."""
    for name, value in HEADERS.items():
        response.headers[name] = value
    response.headers.pop("Server", None)


def is_for_us(host: str, known: frozenset[str]) -> bool:
    """Say whether a ``Host`` is an IP address, which no name was made to lead to, or known."""
    found = _HOST.fullmatch(host)
    if found is None:
        return False
    name = found[1].strip("[]").casefold()
    if name in known:
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _refused(status: int, reason: str) -> web.Response:
    return web.Response(status=status, text=f"{reason}\n")
