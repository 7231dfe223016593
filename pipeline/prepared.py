"""Regular expressions that were compiled when the project was installed.

To compile those that a small transcript needs takes longer than all the rest until its first fact,
and Python keeps them nowhere. So an installation keeps what ``re`` makes of the patterns that the
samples need (``hatch_build.py`` calls ``prepare``) in a file beside the compiled stages. A pattern
is found there by its very text, so that one that was edited is compiled anew, and only by the
Python that made it; without the file, or with one that cannot be read, all are compiled as ever.
"""

import marshal
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from pipeline import COMPILED

PLACE = "pipeline/prepared.bin"
_sre = import_module("_sre")
_PYTHON = (sys.implementation.name, sys.hexversion, sys.byteorder, _sre.MAGIC)


class _Table(dict[tuple[str, int], tuple[Any, ...]]):
    """What the engine of ``re`` is given for a pattern with these flags, its code as bytes."""

    filling = False

    def __missing__(self, key: tuple[str, int]) -> tuple[Any, ...]:
        """Make what is not there yet, while the table is being filled."""
        if not self.filling:
            raise KeyError(key)
        self[key] = made = _made(*key)
        return made


def prepared(source: str, flags: int) -> Any:
    """Give the compiled pattern, None for one that has not been prepared."""
    try:
        all_flags, code, *groups = _table[source, flags]
    except KeyError:
        return None
    return _sre.compile(source, all_flags, memoryview(code).cast("I").tolist(), *groups)


def prepare(folder: Path) -> None:
    """Write the patterns that the samples need, below the folder of the compiled modules."""
    from pipeline.samples import samples
    from pipeline.stages import run

    _table.clear()
    _table.filling = True
    for sample in samples():
        for _ in run(sample):
            pass
    (folder / PLACE).write_bytes(marshal.dumps((_PYTHON, dict(_table))))


def _made(source: str, flags: int) -> tuple[Any, ...]:
    from array import array
    from unittest.mock import patch

    with patch("_sre.compile", lambda *arguments: arguments):
        _, all_flags, code, *groups = import_module("re._compiler").compile(source, flags)
    return (all_flags, array("I", code).tobytes(), *groups)


def _read(path: Path) -> _Table:
    try:
        python, table = marshal.loads(path.read_bytes())  # noqa: S302 - as Python reads its .pyc
    except (OSError, EOFError, ValueError, TypeError):
        return _Table()
    return _Table(table if python == _PYTHON else {})


_table = _read((COMPILED or Path(__file__).parents[1]) / PLACE)
