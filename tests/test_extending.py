"""docs/extending.md, followed on a copy: each step makes a fact of what was none."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "extending.md").read_text("utf-8")
SECONDS = 300.0
CORPORA = (
    "tests/normalize/quantities/test_corpus.py",
    "tests/lexicon/test_companies.py",
    "tests/lexicon/test_metrics.py",
    "tests/extract/test_linking.py",
)


@dataclass
class Recipe:
    """A section of the page: lines to add, edits, a note to read, and facts that it then has."""

    name: str
    note: str
    facts: list[dict[str, Any]]
    added: list[tuple[str, str]] = field(default_factory=list)
    edits: list[tuple[str, str, str]] = field(default_factory=list)

    def apply(self, folder: Path) -> None:
        for path, lines in self.added:
            there = folder / path
            there.parent.mkdir(exist_ok=True)
            before = there.read_text("utf-8") if there.exists() else ""
            assert before == "" or before.endswith("\n")
            there.write_text(before + lines, "utf-8")
        for path, old, new in self.edits:
            text = (folder / path).read_text("utf-8")
            assert text.count(old) == 1, (path, old)
            (folder / path).write_text(text.replace(old, new), "utf-8")


def recipes() -> list[Recipe]:
    found = []
    for section in re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]:
        note = re.search(r"^> (.*)$", section, re.MULTILINE)
        if note is None:
            continue
        facts = re.findall(r"^```json\n(.*?)^```", section, re.DOTALL | re.MULTILINE)
        recipe = Recipe(
            section.splitlines()[0],
            note[1],
            [orjson.loads(line) for block in facts for line in block.splitlines()],
        )
        for kind, named, block in re.findall(
            r"^```(tsv|diff)(?: (\S+))?\n(.*?)^```", section, re.DOTALL | re.MULTILINE
        ):
            path = named or _last_path(section, block)
            if kind == "tsv":
                recipe.added.append((path, block))
            else:
                old, new = (line[1:] for line in block.splitlines())
                recipe.edits.append((path, old, new))
        found.append(recipe)
    return found


def _last_path(section: str, block: str) -> str:
    """The file that the page names last before a block."""
    before = section[: section.index(block)]
    return re.findall(r"`((?:pipeline|tests)/\S+\.(?:tsv|py))`", before)[-1]


RECIPES = recipes()


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A copy as it is, and one on which everything has been done that the page says."""
    folders = []
    for name in ("before", "after"):
        folder = tmp_path_factory.mktemp(name)
        for each in ("pipeline", "schemas", "topics", "tests"):
            shutil.copytree(
                ROOT / each, folder / each, ignore=shutil.ignore_patterns("__pycache__")
            )
        shutil.copy(ROOT / "pyproject.toml", folder)
        folders.append(folder)
    before, after = folders
    for recipe in RECIPES:
        recipe.apply(after)
    return before, after


def ran(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run Python with the packages of a folder."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )


def facts(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """What the notes of all recipes say, by the recipe."""
    for number, recipe in enumerate(RECIPES):
        (folder / f"{number}.txt").write_text(recipe.note + "\n", "utf-8")
    program = (
        "import sys, pipeline; assert pipeline.__file__.startswith(sys.argv.pop(1));"
        "from pipeline.cli import main; main()"
    )
    notes = [f"{number}.txt" for number in range(len(RECIPES))]
    arguments = ("extract", "--format", "jsonl", "--published", "2025-10-30", *notes)
    done = ran(folder, "-c", program, str(folder), *arguments)
    assert done.returncode == 0, done.stderr
    found: dict[str, list[dict[str, Any]]] = {each.name: [] for each in RECIPES}
    for line in done.stdout.splitlines():
        fact = orjson.loads(line)
        found[RECIPES[int(fact["transcript_id"])].name].append(fact)
    return found


def test_there_is_a_recipe_for_each_thing() -> None:
    assert [each.name for each in RECIPES] == [
        *("A currency", "A unit word", "A metric", "A company", "A cue", "A language")
    ]
    assert all(each.added and each.facts for each in RECIPES)


@pytest.mark.timeout(2 * SECONDS)
def test_the_steps_give_the_facts_that_the_page_shows(copies: tuple[Path, Path]) -> None:
    before, after = (facts(each) for each in copies)
    for recipe in RECIPES:
        for wanted in recipe.facts:
            assert any(fact.items() >= wanted.items() for fact in after[recipe.name]), wanted
            assert not any(fact.items() >= wanted.items() for fact in before[recipe.name]), wanted


@pytest.mark.timeout(2 * SECONDS)
def test_the_lines_for_the_corpora_hold(copies: tuple[Path, Path]) -> None:
    done = ran(copies[1], "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *CORPORA)
    assert done.returncode == 0, done.stdout[-3000:]


def test_links_of_the_pages_lead_somewhere() -> None:
    for page in sorted((ROOT / "docs").glob("*.md")):
        targets = re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8"))
        missing = {each for each in targets if not (page.parent / each).exists()}
        assert missing == set(), page.name
