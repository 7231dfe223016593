"""Whether a broker answers: judged by a metadata request, not by an open port."""

import contextlib
import logging
import socket
import time
from collections.abc import Callable


def wait_until_ready(
    port: int, *, seconds: float, still_alive: Callable[[], bool] = lambda: True
) -> bool:
    """Wait until the broker on the loopback port serves; False when it dies or time is up."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if is_open(port) and serves(f"127.0.0.1:{port}", seconds=deadline - time.monotonic()):
            return True
        if not still_alive():
            return False
        time.sleep(0.03)
    return False


def serves(bootstrap_servers: str, *, seconds: float) -> bool:
    """Ask for the cluster's metadata: True when it names at least one broker in service."""
    from kafka import KafkaAdminClient
    from kafka.errors import KafkaError

    logging.getLogger("kafka").addHandler(logging.NullHandler())
    try:
        client = KafkaAdminClient(
            bootstrap_servers=bootstrap_servers,
            bootstrap_timeout_ms=max(100, int(seconds * 1000)),
            request_timeout_ms=5000,
        )
    except (KafkaError, OSError):
        return False
    try:
        brokers = client.describe_cluster()["brokers"]
        return any(not broker.get("is_fenced", False) for broker in brokers)
    except (KafkaError, OSError):
        return False
    finally:
        client.close()


def is_open(port: int) -> bool:
    """Tell whether anything accepts connections on the loopback port."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.5):
        return True
    return False


def free_port() -> int:
    """Find a loopback port that nothing uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
