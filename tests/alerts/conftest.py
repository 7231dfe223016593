"""Topics of a test's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from kafka_view import Stream, opened

FOLDER = Path(__file__).parent


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if "large" in (config.option.markexpr or ""):
        return
    for item in items:
        if item.path.parent == FOLDER and item.get_closest_marker("large"):
            item.add_marker(pytest.mark.skip(reason="only with -m large"))


@pytest.fixture
def stream(broker: str) -> Iterator[Stream]:
    """Topics that no other test uses, and eyes on them."""
    with opened(broker) as stream:
        yield stream
