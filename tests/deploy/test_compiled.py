"""The stages can be compiled, are used so while nobody edits them, and find the same facts."""

import ast
import os
import subprocess
import sys
import zipfile
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from typing import Any

import pytest

import pipeline
from hatch_build import with_constructors, with_final_constants, with_kept_answers
from pipeline.compiled import prefer_compiled
from pipeline.prepared import PLACE

ROOT = Path(__file__).parents[2]
STAGES = [
    path
    for folder in ("segment", "normalize", "extract", "lexicon")
    for path in (ROOT / "pipeline" / folder).rglob("*.py")
]
_FACTS = """
import sys
from pipeline import extract
from pipeline.extract import link
from pipeline.stages import run
from schemas import TranscriptMessage
for name in sys.argv[1:]:
    text = open(name, encoding="utf-8").read()
    for part in run(TranscriptMessage(transcript_id="t", text=text, published_at="2025-11-07")):
        print(part.model_dump_json())
print(link.__file__, file=sys.stderr)
"""


@pytest.mark.parametrize("path", STAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_nothing_stands_in_the_stages_that_mypyc_cannot_read(path: Path) -> None:
    for node in ast.walk(ast.parse(with_final_constants(path.read_text("utf-8")))):
        if isinstance(node, ast.Compare):
            for side in node.comparators:
                starred = isinstance(side, ast.Tuple) and any(
                    isinstance(element, ast.Starred) for element in side.elts
                )
                assert not starred, f"line {node.lineno}: name the tuple with * and compare with it"
        if isinstance(node, ast.ClassDef):
            for inner in node.body:
                alias = isinstance(inner, ast.Assign) and isinstance(inner.value, ast.Name)
                methods = {each.name for each in node.body if isinstance(each, ast.FunctionDef)}
                assert not (alias and inner.value.id in methods), (
                    f"line {inner.lineno}: a method is another's name; define one that calls it"
                )


def test_constants_become_final_where_they_stand() -> None:
    source = (
        '"""A module."""\n\nimport re\n\n_MOST = 3\n_NAME = f(\n    "x = y"\n)\n'
        "made = 1\n_MADE = 1\n_MADE = 2\n_A = _B = 2\n_ALL: set[int] = {1}\n_NONE: int\n"
    )
    assert with_final_constants(source) == (
        '"""A module."""\n\nfrom typing import Final; import re\n\n_MOST: Final = 3\n'
        '_NAME: Final = f(\n    "x = y"\n)\nmade = 1\n_MADE = 1\n_MADE = 2\n_A = _B = 2\n'
        "_ALL: Final[set[int]] = {1}\n_NONE: int\n"
    )


def test_functions_that_are_asked_nothing_keep_their_answers() -> None:
    source = (
        "from typing import Final\nfrom functools import cache\n\n\n"
        "@cache\ndef _table() -> list[int]:\n    made.append(1)\n    return [1, 2]\n\n\n"
        "@cache\ndef _of(number: int) -> int:\n    return number\n\n\n"
        "def _anew() -> int:\n    return 1\n"
    )
    written = with_kept_answers(source)
    assert written.count("\n") == source.count("\n")
    assert written.split("\n")[9:] == source.split("\n")[9:]
    made: list[int] = []
    module: dict[str, Any] = {"made": made}
    exec(written, module)
    assert module["_table"]() == [1, 2]
    assert module["_table"]() is module["_table"]()
    assert made == [1]


def test_constructors_of_dataclasses_stand_behind_their_fields() -> None:
    source = (
        "@dataclass(slots=True)\nclass Mark:\n    start: int\n    told: list[str] = "
        "field(default_factory=list)\n    said: str = field(default='a')\n\n    x = 1\n"
        "@dataclass(frozen=True)\nclass Fixed:\n    start: int\n\n"
        "@dataclass\nclass Further(Mark):\n    end: int\n\n"
        "@dataclass\nclass Checked:\n    end: int\n\n    def __post_init__(self) -> None: ...\n"
    )
    written = with_constructors(source)
    assert written == source.replace("(slots", "(init=False, slots").replace(
        "\n\n    x",
        "\n    def __init__(self, start: int, told: list[str] | None = None, said: str = 'a')"
        " -> None: self.start = start; self.told = told if told is not None else list();"
        " self.said = said\n    x",
    )


@pytest.fixture
def editable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with one module, and what an editable installation compiled of it."""
    source = tmp_path / "checkout/stage/figures.py"
    source.parent.mkdir(parents=True)
    source.write_text("ONE = 1\n")
    stamp = (source.stat().st_size, source.stat().st_mtime_ns)
    package = tmp_path / "site/callfacts_compiled"
    package.mkdir(parents=True)
    package.joinpath("__init__.py").write_text(
        f"ROOT = {str(tmp_path / 'checkout')!r}\nMODULES = ('stage/figures.py',)\n"
        f"SOURCES = {{'stage/figures.py': {stamp}}}\n"
    )
    monkeypatch.syspath_prepend(package.parent)
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path])
    monkeypatch.delitem(sys.modules, "callfacts_compiled", raising=False)
    monkeypatch.delenv("CALLFACTS_COMPILED", raising=False)
    return source


def test_an_unchanged_source_is_imported_as_it_was_compiled(editable: Path) -> None:
    root = editable.parents[1]
    assert prefer_compiled(root)
    finder = sys.meta_path[0]
    found = finder.find_spec("stage.figures", None)
    assert found is not None
    assert found.origin is not None
    assert Path(found.origin).parent == root.parent / "site/callfacts_compiled/stage"
    assert found.origin.endswith(EXTENSION_SUFFIXES[0])
    assert finder.find_spec("stage.others", None) is None


@pytest.mark.parametrize("change", ["edited", "gone", "elsewhere", "unwanted"])
def test_a_changed_source_is_imported_as_it_is_written(
    editable: Path, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = editable.parents[1]
    if change == "edited":
        editable.write_text("ONE = 2 - 1\n")
    elif change == "gone":
        editable.unlink()
    elif change == "elsewhere":
        root = root.rename(root.with_name("other"))
    else:
        monkeypatch.setenv("CALLFACTS_COMPILED", "0")
    finders = [*sys.meta_path]
    assert not prefer_compiled(root)
    assert sys.meta_path == finders


def test_the_stages_find_the_same_facts_compiled_and_as_they_are_written(tmp_path: Path) -> None:
    if not pipeline.COMPILED:
        pytest.skip("not compiled here: there was no C compiler, or a source has been edited since")
    texts = _texts(tmp_path)
    compiled, plain = (_facts(ROOT, texts, {"CALLFACTS_COMPILED": value}) for value in ("", "0"))
    assert compiled.stderr.strip().endswith(".so")
    assert plain.stderr.strip().endswith(".py")
    assert compiled.stdout == plain.stdout


@pytest.mark.large
@pytest.mark.timeout(3600)
def test_a_compiled_wheel_finds_the_same_facts(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if "large" not in (request.config.option.markexpr or ""):
        pytest.skip("only with -m large: it takes minutes")
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", tmp_path, ROOT],
        env={**os.environ, "CALLFACTS_COMPILED": "1"},
        check=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(tmp_path / "compiled")
    assert (tmp_path / "compiled" / PLACE).exists()
    texts = _texts(tmp_path)
    compiled = _facts(tmp_path / "compiled", texts, {})
    plain = _facts(ROOT, texts, {"CALLFACTS_COMPILED": "0"})
    assert compiled.stderr.strip().endswith(".so")
    assert compiled.stdout == plain.stdout


def _texts(folder: Path) -> list[Path]:
    """The samples, and documents that go through the sentences of the corpora of language."""
    texts = sorted((ROOT / "pipeline/samples").glob("*.txt"))
    for corpus in sorted((ROOT / "tests/extract").glob("*_corpus.tsv")):
        rows = [line.split("\t") for line in corpus.read_text("utf-8").splitlines()]
        sentences = [
            max(row[:3], key=len).replace("\\n", "\n") for row in rows if not row[0].startswith("#")
        ]
        for start in range(0, len(sentences), _A_DOCUMENT):
            path = folder / f"{corpus.stem}-{start}.txt"
            path.write_text("\n\n".join(sentences[start : start + _A_DOCUMENT]), "utf-8")
            texts.append(path)
    return texts


_A_DOCUMENT = 40


def _facts(
    folder: Path, texts: list[Path], environment: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    """The facts of texts, and on standard error the file that a stage was imported from."""
    return subprocess.run(
        [sys.executable, "-c", _FACTS, *map(str, texts)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), **environment},
        capture_output=True,
        text=True,
        check=True,
    )
