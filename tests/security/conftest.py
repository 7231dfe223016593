"""One broker with TLS, logins and ACLs for all tests of this folder."""

from collections.abc import Iterator

import pytest
from endpoint import Endpoint
from secured import Secured, secured_broker


@pytest.fixture(scope="session")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    """The broker."""
    with secured_broker(tmp_path_factory.mktemp("secured")) as running:
        yield running


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    """An endpoint that gives tokens."""
    with Endpoint() as running:
        yield running
