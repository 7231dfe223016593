"""Topics of a test's own."""

from collections.abc import Iterator

import pytest
from kafka_view import Stream, opened


@pytest.fixture
def stream(broker: str) -> Iterator[Stream]:
    """Topics that no other test uses, and eyes on them."""
    with opened(broker) as stream:
        yield stream
