"""Topics of a test module's own."""

from collections.abc import Iterator

import pytest
from kafka_view import Stream, opened


@pytest.fixture(scope="module")
def stream(broker: str) -> Iterator[Stream]:
    """Topics that no other module uses, and eyes on them."""
    with opened(broker) as stream:
        yield stream
