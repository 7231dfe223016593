"""Compiles the stages with mypyc while the project is being installed, where there is a C compiler.

The compiled modules do the same as the Python ones, 2.5 times as fast. Regular expressions
that the samples need are compiled as well, for every start to come (``pipeline/prepared.py``).
In a wheel all of it lies beside the Python modules, where imports prefer it; an editable
installation has it in a folder of its own, and uses it as long as the sources are as they were
(``pipeline/compiled.py``). It takes a minute or two. ``CALLFACTS_COMPILED=0`` leaves it out,
``CALLFACTS_COMPILED=1`` makes a failure an error.
"""

import ast
import contextlib
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

VARIABLE = "CALLFACTS_COMPILED"
_NEEDED = ("mypy[mypyc]>=2.4,<3", "ahocorasick_rs>=1.0", "orjson>=3.10", "pydantic>=2.11,<3")
# What every figure of every transcript goes through, and every fact that comes of it.
FOLDERS = ("segment", "normalize", "extract", "lexicon")
MODULES = (
    "pipeline/claims/agreement.py",
    "pipeline/claims/canonical.py",
    "pipeline/claims/merge.py",
    "pipeline/claims/precision.py",
    "pipeline/unbroken.py",
    "pipeline/written.py",
)
# Where the compiled modules of an editable installation go: a package beside its libraries' names.
EDITABLE = "callfacts_compiled"
_PREPARE = """
import sys
from pathlib import Path
from pipeline.prepared import prepare
prepare(Path(sys.argv[1]))
"""
_CONSTANT = re.compile(r"_?[A-Z][A-Z0-9_]*")


class CompiledStages(BuildHookInterface):  # type: ignore[misc]
    """Adds the compiled modules to a wheel, or to what an editable installation installs."""

    _folder: Path | None = None

    def dependencies(self) -> list[str]:
        """Name what compiling needs, and what the stages need to run."""
        return [*_NEEDED] if _is_wanted() else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile before a wheel is put together."""
        if not _is_wanted():
            return
        root = Path(self.root)
        folder = self._folder = Path(tempfile.mkdtemp(prefix="callfacts-compiled-"))
        try:
            compile_modules(root, folder)
            prepare_patterns(root, folder)
        except (Exception, SystemExit) as error:
            if os.environ.get(VARIABLE) == "1":
                raise
            self.app.display_warning(f"callfacts stays as it is written, not compiled: {error}")
            return
        included = "force_include"
        if version == "editable":
            included, folder = "force_include_editable", _set_apart(root, folder)
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                build_data[included][str(path)] = path.relative_to(folder).as_posix()
        build_data["pure_python"] = False
        build_data["infer_tag"] = True

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove what was compiled: the wheel holds it."""
        del version, build_data, artifact_path
        if self._folder is not None:
            shutil.rmtree(self._folder)


def modules(root: Path) -> list[str]:
    """Give the modules to compile: those of the stages but for the ones that make their tables."""
    paths = [
        path.relative_to(root).as_posix()
        for folder in FOLDERS
        for path in sorted((root / "pipeline" / folder).rglob("*.py"))
        if path.name != "__init__.py" and not path.name.startswith("refresh")
    ]
    return [*paths, *MODULES]


def compile_modules(root: Path, folder: Path) -> None:
    """Compile the modules of the checkout at ``root``; the libraries go below ``folder``."""
    from setuptools import Distribution

    with tempfile.TemporaryDirectory() as between:
        sources = Path(between, "sources")
        for package in ("pipeline", "schemas"):
            shutil.copytree(root / package, sources / package)
        for path in modules(root):
            source = (root / path).read_text("utf-8")
            source = with_kept_answers(with_constructors(with_final_constants(source)))
            (sources / path).write_text(source, "utf-8")
        with contextlib.chdir(sources):
            extensions = in_c(modules(root), between)
            command = Distribution({"ext_modules": extensions}).get_command_obj("build_ext")
            command.build_lib, command.build_temp = str(folder), between
            command.ensure_finalized()
            command.run()


def prepare_patterns(root: Path, folder: Path) -> None:
    """Compile regular expressions of the checkout at ``root``, too (``pipeline/prepared.py``)."""
    subprocess.run(  # noqa: S603 - this very Python
        [sys.executable, "-c", _PREPARE, folder],
        cwd=root,
        env={**os.environ, VARIABLE: "0"},
        check=True,
    )


def in_c(paths: list[str], folder: str) -> list[Any]:
    """Write modules of the checkout that is the working directory in C, below ``folder``."""
    from mypyc.build import mypycify

    extensions: list[Any] = mypycify(
        ["--ignore-missing-imports", *paths],
        opt_level="1",
        debug_level="0",
        multi_file=True,
        target_dir=folder,
        group_name="callfacts_stages",
    )
    if os.name == "posix":
        # The modules call each other directly, not by the loader's table: 1 % of all instructions.
        for each in extensions:
            each.extra_compile_args += ["-fvisibility=hidden", "-fno-plt"]
    return extensions


def with_final_constants(source: str) -> str:
    """Declare the constants of a module ``Final``: no line moves, and none is looked up by name.

    ``import re`` and ``_MOST = 3`` become ``from typing import Final; import re`` and
    ``_MOST: Final = 3``, ``_ALL: set[int] = set()`` becomes ``_ALL: Final[set[int]] = set()``.
    """
    body = ast.parse(source).body
    imports = [node for node in body if isinstance(node, ast.Import | ast.ImportFrom)]
    lines = source.split("\n")
    assigned: dict[str, list[int]] = {}
    for node in body:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    places = assigned.setdefault(target.id, [])
                    places += [node.lineno - 1] * len(node.targets)
        elif isinstance(node, ast.AnnAssign) and imports and node.value is not None:
            kind = ast.get_source_segment(source, node.annotation) or ""
            if _CONSTANT.fullmatch(ast.unparse(node.target)) and not kind.startswith("Final"):
                place = node.lineno - 1
                lines[place] = lines[place].replace(f": {kind} =", f": Final[{kind}] =", 1)
    for constant, places in assigned.items():
        if imports and len(places) == 1 and _CONSTANT.fullmatch(constant):
            lines[places[0]] = lines[places[0]].replace(" = ", ": Final = ", 1)
    if imports:
        first = imports[0].lineno - 1
        lines[first] = f"from typing import Final; {lines[first]}"
    return "\n".join(lines)


def with_kept_answers(source: str) -> str:
    """Let functions that are asked nothing and marked ``@cache`` keep their answers themselves.

    Compiled modules then call them as any other: a tenth of what ``functools`` takes for it, which
    was 2 % of all instructions. What is added stands on the blank line above and in the place of
    ``@cache``, so that no line moves.
    """
    lines = source.split("\n")
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and node.returns and _answers_once(node):
            name, answer = node.name, ast.unparse(node.returns)
            kept, made, mark = f"_kept{name}", f"_made{name}", node.decorator_list[0].lineno - 1
            if lines[mark - 1]:
                continue
            lines[mark - 1] = f"{kept}: Final[list[{answer}]] = []"
            lines[mark] = (
                f"def {name}() -> {answer}: return {kept}[0] if {kept} else "
                f"({kept}.append({made}()) or {kept}[0])  # type: ignore[func-returns-value]"
            )
            lines[node.lineno - 1] = lines[node.lineno - 1].replace(f"def {name}", f"def {made}", 1)
    return "\n".join(lines)


def _answers_once(node: ast.FunctionDef) -> bool:
    marks = [ast.unparse(each) for each in node.decorator_list]
    return marks == ["cache"] and not ast.unparse(node.args)


def with_constructors(source: str) -> str:
    """Write the constructors of dataclasses out: those that dataclasses make are not compiled.

    They take several times as long, and every figure makes dozens of values; to have them made as
    well would delay every start. A constructor stands on the blank line behind the fields, so that
    no line moves.
    """
    lines = source.split("\n")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef) and _is_plain(node):
            fields = [each for each in node.body if isinstance(each, ast.AnnAssign)]
            behind = fields[-1].end_lineno or 0
            if not lines[behind]:
                lines[behind] = f"    {_constructor(fields)}"
                above = node.lineno - 2
                lines[above] = lines[above].replace("(slots=True", "(init=False, slots=True")
    return "\n".join(lines)


def _constructor(fields: list[ast.AnnAssign]) -> str:
    given, takes = "self", []
    for each in fields:
        name, kind = ast.unparse(each.target), ast.unparse(each.annotation)
        value, said = ast.unparse(each.value) if each.value else "", name
        if isinstance(each.value, ast.Call) and ast.unparse(each.value.func) == "field":
            (option,) = each.value.keywords
            value = ast.unparse(option.value)
            if option.arg == "default_factory":
                kind, said = f"{kind} | None", f"{name} if {name} is not None else {value}()"
                value = "None"
        given += f", {name}: {kind}" + (f" = {value}" if value else "")
        takes.append(f"self.{name} = {said}")
    return f"def __init__({given}) -> None: {'; '.join(takes)}"


def _is_plain(node: ast.ClassDef) -> bool:
    """Whether a class is a dataclass that only takes its own fields, which can be set later too."""
    methods = {each.name for each in node.body if isinstance(each, ast.FunctionDef)}
    decorators = [ast.unparse(each) for each in node.decorator_list]
    return (
        any(each.startswith("dataclass") and "frozen" not in each for each in decorators)
        and not node.bases
        and not methods & {"__init__", "__post_init__"}
    )


def _set_apart(root: Path, compiled: Path) -> Path:
    """Lay the modules into a package that knows the sources they were made from; give its parent.

    The library that holds the code of all of them stays outside: they look for it by its name.
    """
    parent = compiled / "editable"
    package = parent / EDITABLE
    package.mkdir(parents=True)
    for path in [each for each in compiled.iterdir() if each != parent]:
        shutil.move(path, parent if path.is_file() else package)
    sources = sorted(
        {*modules(root), *(f"schemas/{path.name}" for path in (root / "schemas").glob("*.py"))}
    )
    found = {path: (root / path).stat() for path in sources}
    stamps = {path: (each.st_size, each.st_mtime_ns) for path, each in found.items()}
    package.joinpath("__init__.py").write_text(
        f"ROOT = {str(root)!r}\nMODULES = {tuple(modules(root))!r}\nSOURCES = {stamps!r}\n", "utf-8"
    )
    return parent


def _is_wanted() -> bool:
    asked = os.environ.get(VARIABLE)
    if asked in ("0", "1"):
        return asked == "1"
    compiler = (os.environ.get("CC") or sysconfig.get_config_var("CC") or "").split()
    header = Path(sysconfig.get_path("include"), "Python.h")
    return bool(compiler) and shutil.which(compiler[0]) is not None and header.exists()
