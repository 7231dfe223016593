"""What all tests share: one broker for the session, and topics of its own for each test."""

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from pipeline.settings import PREFIX, Settings

# A busy machine is no failure: the first example of a test may well load the lexicons.
hypothesis.settings.register_profile(
    "busy", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("busy")


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(variable)


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real broker: a given one, else a container, else a Java process."""
    given = _GIVEN
    if given:
        yield given
        return
    from pipeline.broker import container

    if container.engine_answers():
        yield from _in_container()
    else:
        yield from _in_java(tmp_path_factory.mktemp("kafka"))


@pytest.fixture
def topic_prefix() -> str:
    """A prefix that no other test uses."""
    return f"test-{uuid.uuid4().hex[:8]}."


@pytest.fixture
def settings(broker: str, topic_prefix: str) -> Settings:
    """Settings for the session's broker and the test's own topics, with few partitions."""
    return Settings(bootstrap_servers=broker, topic_prefix=topic_prefix, partitions=2)


@pytest.fixture
def created_topics(settings: Settings) -> Iterator[Settings]:
    """The same settings, with all declared topics there for the length of the test."""
    from topics import DECLARED, cluster

    with cluster.connected(settings) as admin:
        cluster.apply(admin, settings)
        yield settings
        admin.delete_topics([settings.topic(topic.name) for topic in DECLARED])


def _in_container() -> Iterator[str]:
    from testcontainers.core.container import DockerContainer

    from pipeline.broker import container, readiness

    port = readiness.free_port()
    kafka = DockerContainer(container.image()).with_bind_ports(port, ("127.0.0.1", port))
    for name, value in container.environment(port, port - 1).items():
        kafka = kafka.with_env(name, value)
    with kafka:
        assert readiness.wait_until_ready(port, seconds=90), "the Kafka container does not serve"
        yield f"127.0.0.1:{port}"


def _in_java(folder: Path) -> Iterator[str]:
    from pipeline.broker import start, stop

    cache = Settings().cache_dir
    yield start(folder, cache=cache, port=0, how="jvm").bootstrap_servers
    stop(folder, cache=cache)


# Read before the tests hide the settings of the shell from themselves.
_GIVEN = os.environ.get("CALLFACTS_TEST_BOOTSTRAP_SERVERS")
