"""What holds for the repository as a whole: nothing of one machine in it, nothing untried."""

import re
import shlex
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path

import click
import pytest

from pipeline.cli import root
from pipeline.settings import documented
from pipeline.version import VERSION

ROOT = Path(__file__).parents[1]

LONGEST_FILE = 500
SHAPELESS_NAMES = re.compile(r"(utils?|helpers?|common|misc|manager)")
SECRETS = re.compile(
    r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{30}"
    r"|\bsk-[A-Za-z0-9_-]{24}|\bxox[abp]-[0-9A-Za-z-]{20}"
)
HOMES = re.compile(r"/(?:(?:home|Users)/[A-Za-z]|root/)|[A-Z]:\\Users\\")


def _tracked() -> list[Path]:
    """List the files under version control, or all sources where there is no Git."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout
        paths = [ROOT / name for name in listed.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        folders = ("pipeline", "topics", "schemas", "tests", "deploy")
        paths = [path for folder in folders for path in (ROOT / folder).rglob("*")]
    return [path for path in paths if path.is_file() and path.suffix != ".pyc"]


TRACKED = _tracked()
SOURCES = [path for path in TRACKED if path.suffix == ".py"]
TABLES = [
    path for path in TRACKED if path.suffix == ".tsv" and path.is_relative_to(ROOT / "pipeline")
]

# Tables whose examples are no corpus in the folder that mirrors theirs.
TESTED_BY = {
    "pipeline/normalize/traditional.tsv": "tests/normalize/test_script.py",
}


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def _text(path: Path) -> str:
    return path.read_text("utf-8")


def test_no_file_names_a_folder_of_one_machine() -> None:
    here = [f"{place}/" for place in (ROOT.parent, Path.home()) if len(place.parts) > 2]
    found = {
        _name(path)
        for path in TRACKED
        if path != Path(__file__)
        and (HOMES.search(_text(path)) or any(place in _text(path) for place in here))
    }
    assert found == set()


def test_no_file_holds_a_secret() -> None:
    assert {_name(path) for path in TRACKED if SECRETS.search(_text(path))} == set()


def test_only_tests_know_the_shared_documents() -> None:
    known = {_name(path) for path in TRACKED if "../" + "shared" in _text(path)}
    assert {name for name in known if not name.startswith("tests/")} == set()


def test_constraints_are_exact_versions_and_nothing_else() -> None:
    for line in _text(ROOT / "constraints.txt").splitlines():
        assert re.fullmatch(r"#.*|[A-Za-z0-9._-]+==[A-Za-z0-9.!+]+", line), line


def test_every_dependency_is_constrained() -> None:
    project = tomllib.loads(_text(ROOT / "pyproject.toml"))["project"]
    extras = [each for group in project["optional-dependencies"].values() for each in group]
    needed = {_package(each) for each in [*project["dependencies"], *extras]} - {"callfacts"}
    lines = _text(ROOT / "constraints.txt").splitlines()
    constrained = {_package(line) for line in lines if not line.startswith("#")}
    assert needed - constrained == set()


def _package(requirement: str) -> str:
    name = re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0]
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_a_file_is_one_idea_under_a_name_of_its_own(path: Path) -> None:
    assert not SHAPELESS_NAMES.fullmatch(path.stem)
    assert _text(path).count("\n") <= LONGEST_FILE


@pytest.mark.parametrize("path", TABLES, ids=_name)
def test_a_table_of_knowledge_has_tests_with_examples(path: Path) -> None:
    if _name(path) in TESTED_BY:
        assert (ROOT / TESTED_BY[_name(path)]).is_file()
        return
    folder = _folder_of_tests(path)
    assert list(folder.glob("test_*.py")), f"no tests in {_name(folder)}"
    corpus = [each for each in folder.rglob("*") if each.suffix in (".tsv", ".expected")]
    assert corpus, f"no corpus in {_name(folder)}"


def _folder_of_tests(path: Path) -> Path:
    """Give the folder under tests/ that mirrors the table's, or the nearest above it."""
    folder = ROOT / "tests" / path.parent.relative_to(ROOT / "pipeline")
    while not folder.is_dir():
        folder = folder.parent
    assert folder != ROOT / "tests", f"tests/ has no folder for {_name(path)}"
    return folder


def _blocks(language: str) -> Iterator[str]:
    yield from re.findall(
        rf"^```{language}\n(.*?)^```", _text(ROOT / "README.md"), re.DOTALL | re.MULTILINE
    )


COMMANDS = [
    line
    for block in _blocks("sh")
    for line in block.splitlines()
    if re.match(r"(\S*/)?callfacts ", line)
]


def test_readme_shows_commands() -> None:
    assert len(COMMANDS) >= 5


@pytest.mark.parametrize("line", COMMANDS)
def test_commands_of_the_readme_exist(line: str) -> None:
    words = shlex.split(line, comments=True)[1:]
    command: click.Command = root
    context = click.Context(root)
    while isinstance(command, click.Group):
        name = words.pop(0)
        found = command.get_command(context, name)
        assert found is not None, f"callfacts has no command {name!r}"
        command = found
    options = {option for each in command.params for option in each.opts}
    for word in words:
        if word.startswith("-") and word != "-":
            assert word.partition("=")[0] in options, word
        elif "/" in word:
            assert (ROOT / word).exists(), word


def test_run_knows_what_the_readme_calls() -> None:
    called = {word for block in _blocks("sh") for word in re.findall(r"\./run (\w+)", block)}
    assert {"demo", "test"} <= called
    usage = subprocess.run(
        ["bash", str(ROOT / "run"), "help"], capture_output=True, text=True, check=True
    ).stdout
    assert called <= set(re.findall(r"^  (\w+)  ", usage, re.MULTILINE))


def test_settings_of_the_readme_exist() -> None:
    rows = re.findall(
        r"^\| `(CALLFACTS_\w+)` \| (?:`([^`]*)`)? ", _text(ROOT / "README.md"), re.MULTILINE
    )
    defaults = {variable: default for variable, default, _ in documented()}
    assert rows
    for variable, default in rows:
        if not default.startswith("~"):
            assert defaults[variable] == default


def test_links_of_the_readme_lead_somewhere() -> None:
    targets = re.findall(r"\]\(([^)#:]+)\)", _text(ROOT / "README.md"))
    assert targets
    assert {target for target in targets if not (ROOT / target).exists()} == set()


def test_scripts_can_be_run() -> None:
    for script in (ROOT / "run", ROOT / ".ci" / "run"):
        assert script.stat().st_mode & 0o111, _name(script)
        subprocess.run(["bash", "-n", str(script)], check=True)


def test_licence_is_the_one_declared() -> None:
    project = tomllib.loads(_text(ROOT / "pyproject.toml"))["project"]
    assert project["license"] == "Apache-2.0"
    licence = " ".join(_text(ROOT / "LICENSE").split())
    assert licence.startswith("Apache License Version 2.0, January 2004")
    assert "END OF TERMS AND CONDITIONS" in licence


def test_version_is_that_of_the_package() -> None:
    project = tomllib.loads(_text(ROOT / "pyproject.toml"))["project"]
    assert version("callfacts") == project["version"] == VERSION
