"""An alert sent to a webhook: signed, once for each receiver that knows its Idempotency-Key.

As https://www.standardwebhooks.com has it: ``webhook-signature`` is ``v1,`` and the base64 of the
HMAC-SHA256 of ``webhook-id.webhook-timestamp.body``, one for each secret. A secret that begins
with ``whsec_`` is base64 behind that, any other is its own bytes.
"""

import base64
import binascii
import contextlib
import hashlib
import hmac
import http.client
import ssl
import threading
import time
from typing import Final
from urllib.parse import urlsplit

from pipeline.alerts.sink import RefusedError, RetryLaterError
from pipeline.alerts.targets import web_address
from pipeline.problem import Problem
from pipeline.secret import Secret
from pipeline.settings import BadSetting, Settings
from pipeline.translate.backoff import retry_after
from pipeline.version import VERSION

ATTEMPT_SECONDS = 10.0

_LARGEST_ANSWER = 65_536
_SHORTEST_SECRET = 16
# What the receiver says of the message itself: the same again would be refused again.
_LASTING: Final = frozenset({400, 410, 413, 415, 422})


class Webhook:
    """Sends alerts to one address; used by one thread."""

    def __init__(self, url: str, settings: Settings) -> None:
        """Take the address; ``Problem`` where it is not allowed or there is no secret."""
        self._parts = urlsplit(web_address(url))
        self._secrets = _secrets(settings.secret("webhook_secret"))
        host = self._parts.hostname or ""
        if not allowed(host, settings.webhook_hosts):
            raise Problem(
                f"webhook: the host {host} is not among CALLFACTS_WEBHOOK_HOSTS; expected one of "
                f"{settings.webhook_hosts}"
            )
        # The path may be what the receiver knows its senders by, so it is not said anywhere.
        self.name = f"webhook {self._parts.scheme}://{self._parts.netloc}"

    def send(self, alert_id: str, body: bytes) -> None:
        """Send one alert; raises ``RetryLaterError`` or ``RefusedError`` unless it is accepted.

        Redirects are not followed.
        """
        stamp = str(int(time.time()))
        headers = {
            "Content-Type": "application/json",
            "User-Agent": f"callfacts/{VERSION}",
            "Idempotency-Key": alert_id,
            "webhook-id": alert_id,
            "webhook-timestamp": stamp,
            "webhook-signature": signature(self._secrets, alert_id, stamp, body),
        }
        try:
            status, wait = self._post(body, headers)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise RetryLaterError(f"there was no answer ({type(error).__name__})") from None
        if 200 <= status < 300:
            return
        if status in _LASTING:
            raise RefusedError(f"it answered {status}")
        raise RetryLaterError(f"it answered {status}", wait)

    def _post(self, body: bytes, headers: dict[str, str]) -> tuple[int, float | None]:
        connection = self._connection()
        # A timeout holds for one read only; an answer that drips in would never end.
        limit = threading.Timer(ATTEMPT_SECONDS, _cut, [connection])
        limit.daemon = True
        limit.start()
        try:
            path = self._parts.path or "/"
            target = f"{path}?{self._parts.query}" if self._parts.query else path
            connection.request("POST", target, body, headers)
            answer = connection.getresponse()
            answer.read(_LARGEST_ANSWER)
            return answer.status, retry_after(answer.getheader("Retry-After"))
        finally:
            limit.cancel()
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        host, port = self._parts.hostname or "", self._parts.port
        if self._parts.scheme == "https":
            context = ssl.create_default_context()
            return http.client.HTTPSConnection(host, port, timeout=ATTEMPT_SECONDS, context=context)
        return http.client.HTTPConnection(host, port, timeout=ATTEMPT_SECONDS)


def signature(secrets: tuple[bytes, ...], alert_id: str, stamp: str, body: bytes) -> str:
    """Sign a message as Standard Webhooks has it, once with each secret."""
    signed = f"{alert_id}.{stamp}.".encode() + body
    digests = (hmac.new(secret, signed, hashlib.sha256).digest() for secret in secrets)
    return " ".join("v1," + base64.b64encode(digest).decode() for digest in digests)


def allowed(host: str, hosts: str) -> bool:
    """Whether a host is among those of the setting; an empty one allows all."""
    names = [each for each in hosts.split(",") if each]
    host = host.lower().rstrip(".")
    return not names or any(
        host.endswith(name[1:]) if name.startswith("*.") else host == name for name in names
    )


def _secrets(setting: Secret) -> tuple[bytes, ...]:
    found = []
    for each in setting.reveal().split(","):
        if not each:
            continue
        secret = each.encode()
        if each.startswith("whsec_"):
            try:
                secret = base64.b64decode(each.removeprefix("whsec_"), validate=True)
            except binascii.Error:
                raise BadSetting(
                    "CALLFACTS_WEBHOOK_SECRET is not as it should be; expected base64 behind whsec_"
                ) from None
        if len(secret) < _SHORTEST_SECRET:
            raise BadSetting(
                "CALLFACTS_WEBHOOK_SECRET is too short; expected at least "
                f"{_SHORTEST_SECRET} bytes, such as `openssl rand -hex 32` gives"
            )
        found.append(secret)
    if not found:
        raise BadSetting(
            "CALLFACTS_WEBHOOK_SECRET is not set, and alerts are sent to webhooks signed; expected "
            "a secret that the receiver knows too, such as `openssl rand -hex 32` gives"
        )
    return tuple(found)


def _cut(connection: http.client.HTTPConnection) -> None:
    opened = connection.sock
    if opened is not None:
        with contextlib.suppress(OSError):
            opened.shutdown(2)
