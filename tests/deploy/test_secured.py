"""The files of deploy/ for a Kafka with TLS and logins, against the settings, roles and pods."""

import re
import shutil
import subprocess
from typing import Any

import pytest
import yaml

from pipeline.settings import Settings
from tests.deploy.manifests import DEPLOY, of_kind, ran, read
from tests.deploy.manifests import settings as plain
from topics.roles import ROLES

SECURED = DEPLOY / "k8s-secured"
PLAYED = {"worker": "worker", "exporter": "monitor", "topics": "administrator"}
(COMPOSE,) = read(DEPLOY / "compose.secured.yaml")
(KUSTOMIZATION,) = read(SECURED / "kustomization.yaml")


def given(text: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in text.splitlines() if line and line[0] != "#")


def files_of(settings: Settings) -> set[str]:
    return {settings.ssl_cafile, settings.sasl_password_file}


def checked(environment: dict[str, str], user: str) -> Settings:
    """Load settings, which contradict each other nowhere; the password itself is not among them."""
    settings = Settings.load(environment)
    assert settings.security_protocol == "SASL_SSL"
    assert settings.sasl_username == user
    assert not settings.sasl_password
    return settings


@pytest.mark.parametrize(("service", "role"), PLAYED.items())
def test_each_service_logs_in_as_its_role(service: str, role: str) -> None:
    assert role in {each.name for each in ROLES}
    described = COMPOSE["services"][service]
    environment = {**described["environment"], "CALLFACTS_BOOTSTRAP_SERVERS": "kafka:9093"}
    settings = checked(environment, f"callfacts-{role}")
    mounted = {
        each if isinstance(each, str) else each["source"]: (
            each if isinstance(each, str) else each["target"]
        )
        for each in described["secrets"]
    }
    assert {f"/run/secrets/{each}" for each in mounted.values()} == files_of(settings)
    assert set(mounted) == {"kafka-ca", f"kafka-{role}"}
    assert set(mounted) <= set(COMPOSE["secrets"])


@pytest.mark.parametrize(("pod", "role"), PLAYED.items())
def test_each_pod_logs_in_as_its_role(pod: str, role: str) -> None:
    (patch,) = read(SECURED / f"{pod}.yaml")
    specification = patch["spec"]["template"]["spec"]
    (container,) = specification["containers"]
    (user,) = container["env"]
    environment = {
        **plain(),
        **given((SECURED / "security.env").read_text("utf-8")),
        user["name"]: user["value"],
    }
    settings = checked(environment, f"callfacts-{role}")
    secrets = {each["name"]: each["secret"] for each in specification["volumes"]}
    mounted = {
        f"{mount['mountPath']}/{item['path']}"
        for mount in container["volumeMounts"]
        for item in secrets[mount["name"]]["items"]
    }
    assert mounted == files_of(settings)
    assert all(mount["readOnly"] for mount in container["volumeMounts"])
    assert {each["secretName"] for each in secrets.values()} == {
        "callfacts-kafka-ca",
        f"callfacts-{role}",
    }


def test_every_trigger_logs_in() -> None:
    (patch,) = (each for each in KUSTOMIZATION["patches"] if "target" in each)
    patched = {each["path"] for each in yaml.safe_load(patch["patch"])}
    triggers = of_kind("ScaledObject")["spec"]["triggers"]
    assert patched == {
        f"/spec/triggers/{number}/authenticationRef" for number in range(len(triggers))
    }


def test_no_secret_is_in_the_files() -> None:
    kinds = {each["kind"] for path in SECURED.glob("*.yaml") for each in read(path)}
    assert "Secret" not in kinds
    for path in [*SECURED.iterdir(), DEPLOY / "compose.secured.yaml"]:
        assert not re.search(r"(_PASSWORD|_SECRET|_KEY)[:=]", path.read_text("utf-8"))


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not installed")
def test_kustomize_builds_it() -> None:
    built: list[dict[str, Any]] = list(
        yaml.safe_load_all(ran("kubectl", "kustomize", str(SECURED)))
    )
    pods = {
        each["metadata"]["name"]: each["spec"]["template"]["spec"]
        for each in built
        if each["kind"] in ("Deployment", "Job")
    }
    for name, role in PLAYED.items():
        (container,) = pods[f"callfacts-{name}"]["containers"]
        assert {"name": "CALLFACTS_SASL_USERNAME", "value": f"callfacts-{role}"} in container["env"]
        assert len(container["envFrom"]) == 2
        assert {each["mountPath"] for each in container["volumeMounts"]} >= {"/tmp"}
    (settings,) = (
        each
        for each in built
        if each["kind"] == "ConfigMap" and "CALLFACTS_WORKER_GROUP" in each["data"]
    )
    assert settings["data"].items() >= plain().items()
    assert settings["data"]["CALLFACTS_SECURITY_PROTOCOL"] == "SASL_SSL"
    (login,) = (each for each in built if each["kind"] == "TriggerAuthentication")
    (scaling,) = (each for each in built if each["kind"] == "ScaledObject")
    for trigger in scaling["spec"]["triggers"]:
        assert trigger["authenticationRef"] == {"name": login["metadata"]["name"]}


def test_the_file_is_as_docker_would_have_it(monkeypatch: pytest.MonkeyPatch) -> None:
    docker = shutil.which("docker")
    if docker is None or subprocess.run([docker, "compose", "version"]).returncode != 0:
        pytest.skip("docker compose is not installed")
    monkeypatch.setenv("CALLFACTS_BOOTSTRAP_SERVERS", "kafka.example:9093")
    files = [DEPLOY / name for name in ("compose.yaml", "compose.secured.yaml")]
    named = [part for file in files for part in ("-f", str(file))]
    ran(docker, "compose", *named, "config", "--quiet")
