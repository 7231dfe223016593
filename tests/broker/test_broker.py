import socket
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pipeline import broker as local
from pipeline.broker import container, definition, instance, jvm, readiness
from pipeline.settings import Settings

CACHE = Settings().cache_dir
needs_java = pytest.mark.skipif(
    jvm.what_is_missing(CACHE) is not None, reason="no Java or no Maven here"
)


@pytest.mark.broker
def test_the_broker_of_the_session_serves(broker: str) -> None:
    assert readiness.serves(broker, seconds=60)


@pytest.mark.broker
@needs_java
def test_start_is_idempotent_keeps_data_and_stop_leaves_nothing(tmp_path: Path) -> None:
    from kafka import KafkaAdminClient

    folder = tmp_path / "a broker"
    try:
        with ThreadPoolExecutor(2) as pool:  # two commands at once start one broker
            first, second = pool.map(
                lambda _: local.start(folder, cache=CACHE, port=0, how="jvm"), range(2)
            )
        assert first == second == local.status(folder)
        with pytest.raises(local.BrokerProblem, match="already runs on port"):
            local.start(folder, cache=CACHE, port=first.port + 1, how="jvm")
        with KafkaAdminClient(bootstrap_servers=first.bootstrap_servers) as admin:
            admin.create_topics({"kept": {"num_partitions": 1}})

        assert local.stop(folder, cache=CACHE)
        assert not readiness.is_open(first.port)
        assert not jvm.is_running(int(first.identity), folder)
        assert local.status(folder) is None

        again = local.start(folder, cache=CACHE, port=0, how="jvm")
        with KafkaAdminClient(bootstrap_servers=again.bootstrap_servers) as admin:
            assert "kept" in admin.list_topics()
    finally:
        assert local.stop(folder, cache=CACHE, delete_data=True)
    assert not (folder / "data").exists()
    assert not local.stop(folder, cache=CACHE)


def test_a_state_file_of_another_process_is_not_believed(tmp_path: Path) -> None:
    with subprocess.Popen(["sleep", "60"]) as bystander:
        state = f'{{"port": 9, "how": "jvm", "identity": "{bystander.pid}", "version": "4"}}'
        (tmp_path / "broker.json").write_text(state)
        assert local.status(tmp_path) is None
        assert not local.stop(tmp_path, cache=CACHE)
        assert bystander.poll() is None
        bystander.kill()


@pytest.mark.parametrize("state", ["", "{", "[]", '{"port": 1}'])
def test_a_broken_state_file_means_not_running(tmp_path: Path, state: str) -> None:
    (tmp_path / "broker.json").write_text(state)
    assert local.status(tmp_path) is None


def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(local.BrokerProblem, match=f"port {port} is in use"):
            local.start(tmp_path, cache=CACHE, port=port, how="jvm")


def test_one_line_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(local.BrokerProblem) as problem:
        local.start(tmp_path / "broker", cache=tmp_path, port=0)
    line = str(problem.value)
    assert "Docker" in line
    assert "Java 17" in line
    assert "Maven" in line
    assert "\n" not in line


def test_maven_is_needed_only_while_the_jars_are_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jvm, "java_version", lambda: "17.0.1")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert jvm.what_is_missing(tmp_path) == "Maven (mvn)"
    (tmp_path / "kafka" / definition.version() / "libs").mkdir(parents=True)
    assert jvm.what_is_missing(tmp_path) is None


@pytest.mark.parametrize(
    ("says", "version"),
    [
        ('openjdk version "17.0.15" 2025-04-15', "17.0.15"),
        ('java version "1.8.0_402"', None),
        ('openjdk version "25" 2025-09-16', "25"),
        ("no such thing", None),
    ],
)
def test_java_must_be_new_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, says: str, version: str | None
) -> None:
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text(f"#!/bin/sh\necho '{says}' >&2\n")
    java.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert jvm.java_version() == version


def test_a_container_runs_the_node_that_the_properties_describe() -> None:
    variables = container.environment(19092, 19093)
    assert variables["KAFKA_LISTENERS"] == ("BROKER://0.0.0.0:19092,CONTROLLER://127.0.0.1:19093")
    assert variables["KAFKA_ADVERTISED_LISTENERS"] == "BROKER://127.0.0.1:19092"
    assert variables["KAFKA_AUTO_CREATE_TOPICS_ENABLE"] == "false"
    assert variables["KAFKA_LOG_DIRS"] == "/var/lib/kafka/data"
    assert not any("$" in value for value in variables.values())
    assert container.image() == f"apache/kafka:{definition.version()}"


def test_docker_is_used_where_an_engine_answers_and_java_stands_by(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(container, "engine_answers", lambda: True)
    monkeypatch.setattr(jvm, "what_is_missing", lambda _: None)
    assert instance._ways("auto", tmp_path) == ["container", "jvm"]
    assert instance._ways("jvm", tmp_path) == ["jvm"]
    monkeypatch.setattr(container, "engine_answers", lambda: False)
    assert instance._ways("auto", tmp_path) == ["jvm"]
    with pytest.raises(local.BrokerProblem, match="no Docker engine answers"):
        instance._ways("container", tmp_path)
