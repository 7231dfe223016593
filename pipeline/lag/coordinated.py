"""Asking after groups while the brokers are still to say who coordinates them.

A cluster on which no group has committed yet makes the topic for it when it is first asked, and a
broker that has just started loads it; meanwhile the answer is an error that passes.
"""

import time
from collections.abc import Callable
from typing import TypeVar

Answer = TypeVar("Answer")

PATIENCE_SECONDS = 30.0


def once_coordinated(
    ask: Callable[[], Answer], *, patience: float = PATIENCE_SECONDS, pause: float = 0.2
) -> Answer:
    """Ask until there is a coordinator; raises Kafka's error where there is none for so long."""
    from kafka.errors import (
        CoordinatorLoadInProgressError,
        CoordinatorNotAvailableError,
        NotCoordinatorError,
    )

    deadline = time.monotonic() + patience
    while True:
        try:
            return ask()
        except (
            CoordinatorLoadInProgressError,
            CoordinatorNotAvailableError,
            NotCoordinatorError,
        ):
            if time.monotonic() > deadline:
                raise
            time.sleep(pause)
