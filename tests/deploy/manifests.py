"""What the files of deploy/ say, read once for the tests."""

import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
KUBERNETES = DEPLOY / "k8s"


def read(path: Path) -> list[dict[str, Any]]:
    """Give the documents of a YAML file."""
    return [each for each in yaml.safe_load_all(path.read_text("utf-8")) if each is not None]


@cache
def compose() -> dict[str, Any]:
    (document,) = read(DEPLOY / "compose.yaml")
    return document


@cache
def kustomization() -> dict[str, Any]:
    (document,) = read(KUBERNETES / "kustomization.yaml")
    return document


@cache
def objects() -> tuple[dict[str, Any], ...]:
    """Give the Kubernetes objects as they are written, before kustomize."""
    return tuple(each for name in kustomization()["resources"] for each in read(KUBERNETES / name))


def of_kind(kind: str, name: str | None = None) -> dict[str, Any]:
    """Give the one object of a kind, and of a name where there are several."""
    (found,) = (
        each
        for each in objects()
        if each["kind"] == kind and name in (None, each["metadata"]["name"])
    )
    return found


def pods() -> dict[str, dict[str, Any]]:
    """Give what is run: the specifications of the pods by the names of their objects."""
    return {
        each["metadata"]["name"]: each["spec"]["template"]["spec"]
        for each in objects()
        if each["kind"] in ("Deployment", "Job")
    }


def container(name: str) -> dict[str, Any]:
    """Give the one container of a pod."""
    (found,) = pods()[name]["containers"]
    return dict(found)


@cache
def settings() -> dict[str, str]:
    """Give the variables that every pod is given."""
    lines = (KUBERNETES / "settings.env").read_text("utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def ran(*command: str) -> str:
    """Run a checker of the machine; what it complains of fails the test."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
