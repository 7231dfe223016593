"""Topics for each test of dead letters."""

import uuid
from collections.abc import Iterator

import pytest
from kafka_view import Stream

from pipeline.settings import Settings
from topics import DECLARED, cluster


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is large unless it is asked for."""
    if "large" in (config.option.markexpr or ""):
        return
    for item in items:
        if item.get_closest_marker("large"):
            item.add_marker(pytest.mark.skip(reason="only with -m large"))


@pytest.fixture
def stream(broker: str) -> Iterator[Stream]:
    """Topics of the test's own."""
    settings = Settings(
        bootstrap_servers=broker,
        topic_prefix=f"test-{uuid.uuid4().hex[:8]}.",
        partitions=2,
        log_level="error",
    )
    with cluster.connected(settings) as admin:
        cluster.apply(admin, settings)
        opened = Stream(settings)
        yield opened
        opened.close()
        admin.delete_topics([settings.topic(topic.name) for topic in DECLARED])
