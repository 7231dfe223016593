"""Compiles the stages of a wheel with mypyc where ``CALLFACTS_COMPILED=1`` asks for it.

The compiled modules lie beside the Python ones and are preferred by imports; they do the same,
some 1.4 times as fast. It takes a C compiler and two to three minutes. An editable installation is
never compiled, as edits would change nothing then.
"""

import contextlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

VARIABLE = "CALLFACTS_COMPILED"
# What every figure of every transcript goes through.
FOLDERS = ("segment", "normalize", "extract", "lexicon")
MODULES = ("pipeline/claims/canonical.py",)


class CompiledStages(BuildHookInterface):  # type: ignore[misc]
    """Adds the compiled modules to a wheel."""

    _folder: Path | None = None

    def dependencies(self) -> list[str]:
        """Name what compiling needs, types of the values that the stages exchange among it."""
        return ["mypy[mypyc]>=2.4,<3", "pydantic>=2.11,<3"] if _is_asked_for() else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile before a wheel is put together."""
        if version == "editable" or not _is_asked_for():
            return
        folder = self._folder = Path(tempfile.mkdtemp(prefix="callfacts-compiled-"))
        compile_modules(Path(self.root), folder)
        for library in folder.rglob("*.so"):
            build_data["force_include"][str(library)] = library.relative_to(folder).as_posix()
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

    with tempfile.TemporaryDirectory() as between, contextlib.chdir(root):
        extensions = in_c(modules(root), between)
        command = Distribution({"ext_modules": extensions}).get_command_obj("build_ext")
        command.build_lib, command.build_temp = str(folder), between
        command.ensure_finalized()
        command.run()


def in_c(paths: list[str], folder: str) -> list[Any]:
    """Write modules of the checkout that is the working directory in C, below ``folder``."""
    from mypyc.build import mypycify

    return mypycify(
        ["--ignore-missing-imports", *paths],
        opt_level="1",
        debug_level="0",
        multi_file=True,
        target_dir=folder,
        group_name="callfacts_stages",
    )


def _is_asked_for() -> bool:
    return os.environ.get(VARIABLE) == "1"
