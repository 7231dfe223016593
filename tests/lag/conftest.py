"""Eyes on the topics of one test of the lag."""

from collections.abc import Iterator

import pytest
from kafka_view import Stream

from pipeline.settings import Settings


@pytest.fixture
def stream(created_topics: Settings) -> Iterator[Stream]:
    opened = Stream(created_topics)
    yield opened
    opened.close()
