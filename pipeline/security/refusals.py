"""Why Kafka was not reached, in one line, where TLS or the login was the reason.

kafka-python goes on trying until its time is up and then says only that; what a broker answers to
a failed login it does not see where the broker hangs up at once. So when it has failed, one more
attempt is made with aiokafka, which tells.
"""

import contextlib
import logging
from collections.abc import Iterator
from typing import Any

from pipeline.problem import Problem
from pipeline.security.tokens import NoToken
from pipeline.settings import Settings

_PATIENCE_SECONDS = 10.0


class Refused(Problem):
    """TLS or the login keeps this program and Kafka apart."""


@contextlib.contextmanager
def explained(settings: Settings) -> Iterator[None]:
    """Make a failure to connect ``Refused`` where TLS or the login was the reason.

    Any other failure stays what it is.
    """
    from kafka.errors import KafkaError

    logging.getLogger("kafka").addHandler(logging.NullHandler())
    try:
        yield
    except (KafkaError, OSError) as error:
        said = refusal(settings)
        if said is None:
            raise
        raise Refused(f"Kafka at {settings.bootstrap_servers} was not reached: {said}") from error


def absent(settings: Settings, topic: str) -> Problem:
    """Say that a topic (by its full name) is not there; Kafka hides those that we may not see."""
    if settings.security_protocol == "PLAINTEXT":
        return Problem(f"the topic {topic} is not there; `callfacts topics apply` creates it")
    return Problem(
        f"the topic {topic} is not there, or not for this user to see; `callfacts topics apply "
        "--acls` creates it and grants what each role needs"
    )


def refusal(settings: Settings) -> str | None:
    """Try once more and say what stands in the way; None if it is neither TLS nor the login."""
    import asyncio
    from concurrent.futures import ThreadPoolExecutor

    for address in settings.bootstrap_servers.split(","):
        host, _, port = address.rpartition(":")
        host = host.strip("[]")
        if not _is_open(host, int(port)):
            continue
        # In a thread of its own: the caller may be within an event loop.
        with ThreadPoolExecutor(1) as thread:
            failure = thread.submit(asyncio.run, _failure(settings, host, int(port))).result()
        if failure is not None:
            return _in_words(settings, failure)
    return None


class _TokenRefusedError(Exception):
    """What the broker says of a token, aiokafka does not see: it gets no brokers to speak with."""


async def _failure(settings: Settings, host: str, port: int) -> Exception | None:
    """Give what a connection fails with, None where it does not."""
    from aiokafka.conn import create_conn
    from aiokafka.errors import KafkaError
    from aiokafka.protocol.metadata import MetadataRequest

    from pipeline.security.connection import for_aiokafka

    logging.getLogger("aiokafka").addHandler(logging.NullHandler())
    milliseconds = int(_PATIENCE_SECONDS * 1000)
    try:
        connection: Any = await create_conn(
            host, port, request_timeout_ms=milliseconds, **for_aiokafka(settings)
        )
        try:
            answer = await connection.send(MetadataRequest([]))
        finally:
            connection.close()
    except (KafkaError, OSError, TimeoutError) as error:
        return error
    if settings.sasl_mechanism == "OAUTHBEARER" and not answer.brokers:
        return _TokenRefusedError("it may be of another issuer or for another audience")
    return None


def _in_words(settings: Settings, failure: Exception) -> str | None:
    reason = " ".join(str(failure).split()) or type(failure).__name__
    if isinstance(failure, NoToken):
        return reason
    if isinstance(failure, _TokenRefusedError):
        return f"it refuses the token; {reason}"
    for mark, words in _KNOWN:
        if mark in reason:
            return f"{words.format(settings=settings)} ({reason})"
    return None


def _is_open(host: str, port: int) -> bool:
    import socket

    with contextlib.suppress(OSError), socket.create_connection((host, port), _PATIENCE_SECONDS):
        return True
    return False


_BY_NAME = (
    "; use a name in CALLFACTS_BOOTSTRAP_SERVERS, and in the broker's advertised.listeners, that "
    "the certificate has"
)
_NO_SUCH_LOGIN = "it offers no login by {settings.sasl_mechanism}; see CALLFACTS_SASL_MECHANISM"
_NO_TLS = "it speaks no TLS on this port; see CALLFACTS_SECURITY_PROTOCOL and the port"
_BAD_LOGIN = "it refuses the login by {settings.sasl_mechanism}: user or password is wrong"
_HUNG_UP = (
    "it hangs up; CALLFACTS_SECURITY_PROTOCOL is {settings.security_protocol}, while it may want "
    "TLS, a login, or a certificate of ours (CALLFACTS_SSL_CERTFILE)"
)

_KNOWN = (
    ("ostname mismatch", "its certificate is for another host name" + _BY_NAME),
    ("IP address mismatch", "its certificate is not for this address" + _BY_NAME),
    ("certificate has expired", "its certificate has expired"),
    (
        "CERTIFICATE_VERIFY_FAILED",
        "its certificate is not of an authority that is trusted; see CALLFACTS_SSL_CAFILE",
    ),
    ("CERTIFICATE_REQUIRED", "it wants a certificate of ours; see CALLFACTS_SSL_CERTFILE"),
    ("ALERT", "it does not take our certificate or TLS version; see CALLFACTS_SSL_CERTFILE"),
    ("WRONG_VERSION_NUMBER", _NO_TLS),
    ("UNEXPECTED_EOF", _NO_TLS),
    ("UnsupportedSaslMechanismError", _NO_SUCH_LOGIN),
    ("SaslAuthenticationFailed", _BAD_LOGIN),
    ("KafkaConnectionError", _HUNG_UP),
    ("ConnectionResetError", _HUNG_UP),
)
"""Marks of what libraries and brokers say, the more telling first, and what that means."""
