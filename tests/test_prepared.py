"""Patterns that an installation has compiled are what ``re`` would compile."""

import marshal
import re
from pathlib import Path
from typing import Any

import pytest

from pipeline import prepared as module
from pipeline.patterns import compiled_regex, regex

TEXT = "Sales rose 4% to $1,250m; 营收增长百分之四。"
SOURCES = [
    (r"(?P<sign>\$)?(\d[\d,.]*)(?P<unit>m|%)", 0),
    (r"SALES (?=rose)|增长", re.IGNORECASE),
    (r"[\u4e00-\u9fff]{4}|(?<![0-9])[0-9](?![,%])", 0),
    (r"(?P<sales>sales)\s+ # with a remark", re.VERBOSE | re.IGNORECASE),
    (r"(\w)(?:\1|x)*", re.ASCII),
]


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A table that was filled with the sources and written and read as an installation's is."""
    made = module._Table()
    made.filling = True
    for source, flags in SOURCES:
        made[source, int(flags)]
    read = module._Table(marshal.loads(marshal.dumps(dict(made))))
    monkeypatch.setattr(module, "_table", read)
    return read


@pytest.mark.parametrize(("source", "flags"), SOURCES)
def test_a_prepared_pattern_is_what_re_compiles(table: Any, source: str, flags: int) -> None:
    ours, theirs = module.prepared(source, int(flags)), re.compile(source, flags)
    assert ours == theirs
    assert ours.groupindex == theirs.groupindex
    found = [(each.span(), each.groupdict()) for each in ours.finditer(TEXT)]
    assert found == [(each.span(), each.groupdict()) for each in theirs.finditer(TEXT)]


def test_a_prepared_pattern_is_taken_from_the_table(table: Any) -> None:
    source, flags = SOURCES[0]
    table[source, flags] = table[SOURCES[2]]
    assert compiled_regex(source, flags).search(TEXT)[0] == "2"
    assert regex(source, flags).search(TEXT)[0] == "2"


def test_a_pattern_that_was_edited_is_compiled_anew(table: Any) -> None:
    source, flags = SOURCES[0]
    assert module.prepared(source + "?", flags) is None
    assert module.prepared(source, re.ASCII) is None
    assert compiled_regex(source + "?") == re.compile(source + "?")


def test_only_the_python_that_made_a_file_reads_it(tmp_path: Path) -> None:
    path, table = tmp_path / "prepared.bin", {("a", 0): (32, b"", 0, {}, (None,))}
    path.write_bytes(marshal.dumps((module._PYTHON, table)))
    assert module._read(path) == table
    path.write_bytes(marshal.dumps((("cpython", 0x30B0000, "little", 0), table)))
    assert module._read(path) == {}


@pytest.mark.parametrize("content", [b"", b"not a table", marshal.dumps(None), marshal.dumps((1,))])
def test_a_file_that_cannot_be_read_is_as_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "prepared.bin"
    path.write_bytes(content)
    assert module._read(path) == {}
    assert module._read(tmp_path / "missing") == {}
