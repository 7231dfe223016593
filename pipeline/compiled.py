"""The stages as an editable installation compiled them, used while their sources stay the same.

``hatch_build.py`` makes them. A wheel needs nothing of this: its compiled modules lie beside the
Python ones, where imports prefer them. Sources are the same if their sizes and times of change
are, as Python itself tells of its ``.pyc`` files; once one of them was edited, all modules are
taken as they are written. So they are with ``CALLFACTS_COMPILED=0`` in the environment.
"""

import importlib
import os
import sys
from collections.abc import Sequence
from importlib.machinery import EXTENSION_SUFFIXES, ModuleSpec
from importlib.util import spec_from_file_location
from pathlib import Path
from types import ModuleType

_PACKAGE = "callfacts_compiled"


class _CompiledModules:
    """Finds compiled modules for imports."""

    def __init__(self, folder: Path, paths: Sequence[str]) -> None:
        self._places = {path.removesuffix(".py").replace("/", "."): folder / path for path in paths}

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Give where a module lies that was compiled, None for others."""
        del path, target
        place = self._places.get(name)
        if place is None:
            return None
        return spec_from_file_location(name, place.with_suffix(EXTENSION_SUFFIXES[0]))


def prefer_compiled(root: Path) -> Path | None:
    """Let imports find the compiled modules of the checkout at ``root``, and give their folder.

    None where all modules are taken as they are written.
    """
    if os.environ.get("CALLFACTS_COMPILED") == "0":
        return None
    try:
        made = importlib.import_module(_PACKAGE)
    except ImportError:
        return None
    if str(root) != made.ROOT or not all(
        _stamp(root / path) == stamp for path, stamp in made.SOURCES.items()
    ):
        return None
    folder = Path(made.__file__ or "").parent
    sys.meta_path.insert(0, _CompiledModules(folder, made.MODULES))
    return folder


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns
