"""The stages can be compiled: by the look of them here, with a compiler at full size."""

import ast
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

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
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
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
    samples = sorted(map(str, (ROOT / "pipeline/samples").glob("*.txt")))
    plain, compiled = (
        subprocess.run(
            [sys.executable, "-c", _FACTS, *samples],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(folder)},
            capture_output=True,
            text=True,
            check=True,
        )
        for folder in (ROOT, tmp_path / "compiled")
    )
    assert compiled.stderr.strip().endswith(".so")
    assert compiled.stdout == plain.stdout
