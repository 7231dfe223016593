"""What holds of all files of deploy/: settings, images, files and versions that are there."""

import re
from pathlib import Path

import pytest
import yaml

from pipeline.settings import Settings, documented
from pipeline.version import VERSION
from tests.deploy.manifests import (
    DEPLOY,
    KUBERNETES,
    ROOT,
    compose,
    kustomization,
    objects,
    settings,
)

FILES = sorted(
    path
    for path in DEPLOY.rglob("*")
    if path.suffix in (".yaml", ".yml", ".env") or path.name == "Dockerfile"
)
VARIABLE = re.compile(r"\bCALLFACTS_[A-Z_]+\b")
VERSIONED = re.compile(r"[\w./-]+:v?\d+\.\d+\.\d+[\w.-]*(@sha256:[0-9a-f]{64})?")


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(DEPLOY)))
def test_every_variable_is_a_setting(path: Path) -> None:
    known = {variable for variable, _, _ in documented()}
    assert set(VARIABLE.findall(path.read_text("utf-8"))) - known == set()


@pytest.mark.parametrize("path", [each for each in FILES if each.suffix in (".yaml", ".yml")])
def test_yaml_is_read_and_says_nothing_twice(path: Path) -> None:
    assert list(yaml.load_all(path.read_text("utf-8"), Loader=_NothingTwice))


def test_settings_have_values_that_they_can_have() -> None:
    Settings.load(settings())
    for service in compose()["services"].values():
        Settings.load(service.get("environment", {}))


def test_every_image_has_a_version() -> None:
    images = {each["image"] for each in compose()["services"].values()}
    images |= set(re.findall(r"^FROM (\S+)", dockerfile(), re.MULTILINE))
    images |= {f"{each['newName']}:{each['newTag']}" for each in kustomization()["images"]}
    images |= set(re.findall(r"^ +image: (\S+)", _all_of("*.yaml", KUBERNETES), re.MULTILINE))
    assert len(images) >= 6
    assert {each for each in images if not VERSIONED.fullmatch(each)} == set()


def test_the_images_are_of_this_version() -> None:
    own = set(re.findall(r"callfacts:(\d[\w.]*)", _all_of("*")))
    own |= {str(each["newTag"]) for each in kustomization()["images"]}
    assert own == {VERSION}


def test_python_is_the_one_that_the_constraints_were_tried_with() -> None:
    bases = re.findall(
        r"^FROM python:(\d+\.\d+)\.\d+-(?:slim-)?bookworm", dockerfile(), re.MULTILINE
    )
    assert len(bases) == 2
    assert set(bases) == {"3.11"}
    assert "--constraint constraints.txt" in dockerfile()


def test_all_that_the_dockerfile_copies_is_there_and_let_in() -> None:
    copied = [
        name
        for line in re.findall(r"^COPY (?!--from)(.+) \S+$", dockerfile(), re.MULTILINE)
        for name in line.split()
    ]
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text("utf-8").splitlines()
    assert "*" in ignored
    for name in copied:
        assert (ROOT / name).exists(), name
        assert f"!{name}" in ignored, name
    packages = re.search(r"packages = \[(.+)\]", (ROOT / "pyproject.toml").read_text("utf-8"))
    assert packages is not None
    assert set(re.findall(r'"([\w/]+)"', packages[1])) <= set(copied)


def test_the_image_runs_as_somebody_without_rights() -> None:
    users = re.findall(r"^USER (\d+):(\d+)$", dockerfile(), re.MULTILINE)
    assert len(users) == 1
    for each in objects():
        if each["kind"] in ("Deployment", "Job"):
            context = each["spec"]["template"]["spec"]["securityContext"]
            assert (str(context["runAsUser"]), str(context["runAsGroup"])) == users[0]
            assert context["runAsNonRoot"] is True


def test_every_resource_of_kustomize_is_there_and_none_is_left_out() -> None:
    files = {path.name for path in KUBERNETES.glob("*.yaml")} - {"kustomization.yaml"}
    assert set(kustomization()["resources"]) == files
    for generator in kustomization()["configMapGenerator"]:
        for name in generator["envs"]:
            assert (KUBERNETES / name).is_file()


def test_documents_name_files_that_are_there() -> None:
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_alert_is_explained() -> None:
    rules = (DEPLOY / "prometheus" / "rules.yml").read_text("utf-8")
    alerts = re.findall(r"- alert: (\w+)", rules)
    explained = re.findall(r"^\| `(Callfacts\w+)`", _text("docs/operating.md"), re.MULTILINE)
    assert explained == alerts


def dockerfile() -> str:
    return _text("deploy/Dockerfile")


def _text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def _all_of(pattern: str, folder: Path = DEPLOY) -> str:
    return "\n".join(path.read_text("utf-8") for path in folder.rglob(pattern) if path.is_file())


class _NothingTwice(yaml.SafeLoader):
    """Reads YAML as others do, and refuses a mapping that has a key twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[object, object]:
        keys = [key.value for key, _ in node.value if key.value != "<<"]
        assert len(keys) == len(set(keys)), f"{node.start_mark}: a key stands twice"
        return super().construct_mapping(node, deep)
