"""deploy/compose.yaml against the files and the code that it names."""

import json
import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import orjson
import pytest

from pipeline.broker import container as broker_container
from pipeline.broker import definition
from pipeline.cli.exporter import command as exporter
from pipeline.metrics.http import Answer, listen, serve
from pipeline.settings import Settings
from pipeline.stream.worker import STOP_SECONDS
from tests.deploy.manifests import DEPLOY, compose, ran, read

SERVICES = compose()["services"]
OWN = ("topics", "worker", "exporter", "board")
PROMTOOL = shutil.which("promtool")
HADOLINT = shutil.which("hadolint") or shutil.which("hadolint", path=Path(sys.executable).parent)


def test_kafka_is_the_one_of_the_local_broker() -> None:
    kafka = SERVICES["kafka"]
    assert kafka["image"] == broker_container.image()
    declared = definition.as_environment(
        definition.server_properties(
            address="0.0.0.0", port=9092, controller_port=9093, data="/var/lib/kafka/data"
        )
    )
    # Inside and outside reach it by different names, so it listens twice.
    differing = {name for name in declared if declared[name] != kafka["environment"].get(name)}
    assert differing == {
        "KAFKA_LISTENERS",
        "KAFKA_ADVERTISED_LISTENERS",
        "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP",
        "KAFKA_INTER_BROKER_LISTENER_NAME",
    }
    assert set(kafka["environment"]) == set(declared)


def test_own_services_find_kafka_by_the_name_that_it_tells() -> None:
    advertised = SERVICES["kafka"]["environment"]["KAFKA_ADVERTISED_LISTENERS"]
    for name in OWN:
        address = SERVICES[name]["environment"]["CALLFACTS_BOOTSTRAP_SERVERS"]
        assert f"INSIDE://{address}" in advertised


def test_ports_are_published_on_loopback_only() -> None:
    published = [port for each in SERVICES.values() for port in each.get("ports", [])]
    assert len(published) == 4
    assert all(re.fullmatch(r"127\.0\.0\.1:(\d+):\1", port) for port in published)


def test_the_board_is_published_where_it_is_served() -> None:
    board = SERVICES["board"]
    assert board["ports"] == [f"127.0.0.1:{Settings().board_port}:{Settings().board_port}"]
    settings = Settings.load(board["environment"])
    assert (settings.board_bind, settings.board_port) == ("0.0.0.0", Settings().board_port)


def test_what_is_mounted_is_there() -> None:
    volumes = [volume for each in SERVICES.values() for volume in each.get("volumes", [])]
    files = [volume.split(":")[0] for volume in volumes if volume.startswith(".")]
    assert len(files) >= 5
    for name in files:
        assert (DEPLOY / name).exists(), name
    named = {volume.split(":")[0] for volume in volumes if not volume.startswith(".")}
    assert named == set(compose()["volumes"])


def test_own_services_have_no_rights_and_write_nowhere() -> None:
    for name in OWN:
        assert SERVICES[name]["read_only"] is True
        assert SERVICES[name]["cap_drop"] == ["ALL"]
        assert SERVICES[name]["security_opt"] == ["no-new-privileges:true"]
        assert SERVICES[name]["build"]["dockerfile"] == "deploy/Dockerfile"


def test_topics_are_there_before_the_workers() -> None:
    assert SERVICES["topics"]["command"] == ["topics", "apply"]
    for name in ("worker", "exporter"):
        assert SERVICES[name]["depends_on"]["topics"]["condition"] == (
            "service_completed_successfully"
        )


def test_a_worker_has_the_time_that_it_takes_to_stop() -> None:
    assert int(SERVICES["worker"]["stop_grace_period"].removesuffix("s")) > STOP_SECONDS + 5


def test_prometheus_scrapes_the_ports_that_are_served() -> None:
    (configuration,) = read(DEPLOY / "prometheus" / "prometheus.yml")
    jobs = {each["job_name"]: each for each in configuration["scrape_configs"]}
    (workers,) = jobs["callfacts-worker"]["dns_sd_configs"]
    environment = SERVICES["worker"]["environment"]
    assert workers["names"] == ["worker"]
    assert str(workers["port"]) == environment["CALLFACTS_METRICS_PORT"]
    assert environment["CALLFACTS_METRICS_ADDRESS"] == "0.0.0.0"
    command = SERVICES["exporter"]["command"]
    port = next(each for each in exporter.params if each.name == "port").default
    assert command == ["exporter", "--address", "0.0.0.0", "--port", str(port)]
    (target,) = jobs["callfacts-exporter"]["static_configs"]
    assert target["targets"] == [f"exporter:{port}"]
    assert f":{port}/healthz" in SERVICES["exporter"]["healthcheck"]["test"][-1]


def test_prometheus_has_the_rules() -> None:
    (configuration,) = read(DEPLOY / "prometheus" / "prometheus.yml")
    (rules,) = configuration["rule_files"]
    assert (DEPLOY / "prometheus" / rules).is_file()
    assert f"./prometheus/{rules}:/etc/prometheus/{rules}:ro" in SERVICES["prometheus"]["volumes"]


def test_grafana_has_the_dashboard_and_its_source() -> None:
    provisioning = DEPLOY / "grafana" / "provisioning"
    (sources,) = read(provisioning / "datasources" / "prometheus.yml")
    (source,) = sources["datasources"]
    assert source["isDefault"] is True
    host, port = source["url"].removeprefix("http://").split(":")
    assert SERVICES[host]["ports"] == [f"127.0.0.1:{port}:{port}"]
    (providers,) = read(provisioning / "dashboards" / "callfacts.yml")
    (provider,) = providers["providers"]
    mounted = f"./grafana/callfacts.json:{provider['options']['path']}/callfacts.json:ro"
    assert mounted in SERVICES["grafana"]["volumes"]
    dashboard = orjson.loads((DEPLOY / "grafana" / "callfacts.json").read_bytes())
    assert {each["type"] for each in dashboard["templating"]["list"]} == {"datasource"}


@pytest.mark.parametrize(("status", "healthy"), [(200, True), (503, False)])
def test_the_health_check_of_the_image_asks_the_worker(status: int, healthy: bool) -> None:
    found = re.search(r"HEALTHCHECK .+\n +CMD (\[.+\])$", _dockerfile(), re.MULTILINE)
    assert found is not None
    program, *arguments = json.loads(found[1])
    assert program == "python"
    opened = listen("127.0.0.1", 0)
    server = serve(opened, {"/healthz": lambda: Answer(status, b"", "text/plain")})
    threading.Thread(target=server.serve_forever, daemon=True).start()
    environment = {"CALLFACTS_METRICS_PORT": str(opened.getsockname()[1])}
    done = subprocess.run([sys.executable, *arguments], env=environment, capture_output=True)
    server.shutdown()
    server.server_close()
    assert (done.returncode == 0) is healthy


@pytest.mark.skipif(HADOLINT is None, reason="hadolint is not installed")
def test_the_dockerfile_is_as_hadolint_would_have_it() -> None:
    ran(str(HADOLINT), str(DEPLOY / "Dockerfile"))


@pytest.mark.skipif(PROMTOOL is None, reason="promtool is not installed")
def test_the_configuration_is_as_prometheus_would_have_it() -> None:
    ran(str(PROMTOOL), "check", "config", str(DEPLOY / "prometheus" / "prometheus.yml"))


def test_the_file_is_as_docker_would_have_it() -> None:
    docker = shutil.which("docker")
    if docker is None or subprocess.run([docker, "compose", "version"]).returncode != 0:
        pytest.skip("docker compose is not installed")
    ran(docker, "compose", "-f", str(DEPLOY / "compose.yaml"), "config", "--quiet")


def _dockerfile() -> str:
    return (DEPLOY / "Dockerfile").read_text("utf-8")
