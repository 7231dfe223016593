"""A board on topics of its own, for all tests of this folder."""

from collections.abc import Iterator

import pytest
from kafka_view import Stream, opened
from serving import ended, started


@pytest.fixture(scope="package")
def stream(broker: str) -> Iterator[Stream]:
    """Topics that no tests but those of the board use, and eyes on them."""
    with opened(broker) as stream:
        yield stream


@pytest.fixture(scope="package")
def board(stream: Stream) -> Iterator[str]:
    """The address of a board, without a slash at its end."""
    process, address = started(stream, "--facts", "300", "--hosts", "board.example.com")
    yield address
    assert ended(process) == 0
