"""A YAML file as a tree of nodes that know their places; what could do harm is refused.

Nothing is constructed from tags, and scalars are taken as they are written: a ticker ON stays ON,
0700 stays 0700, and no amount passes through binary floating point.
"""

import sys
from pathlib import Path
from typing import Any

import yaml

from pipeline.alerts.faults import BadRules, Fault
from pipeline.problem import Problem

LARGEST_BYTES = 256 * 1024
DEEPEST = 8

_TAGS = "tag:yaml.org,2002:"
_PLAIN = frozenset(
    _TAGS + name for name in ("str", "int", "float", "bool", "null", "timestamp", "map", "seq")
)


class _RefusedError(Exception):
    def __init__(self, mark: Any, problem: str, expected: str) -> None:
        self.fault = Fault(mark.line + 1, mark.column + 1, "", problem, expected)
        super().__init__(problem)


class _Loader(yaml.SafeLoader):  # type: ignore[misc]
    """Composes nodes; an alias could make a small file a huge tree, a deep one exhausts stacks."""

    depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        event = self.peek_event()
        mark = event.start_mark
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            raise _RefusedError(mark, "anchors and aliases (& and *) are not used here",
                                "the value itself, or a list under `lists`")  # fmt: skip
        tag = getattr(event, "tag", None)
        if tag is not None and tag not in _PLAIN:
            raise _RefusedError(mark, "tags (!) are not used here", "the value itself")
        self.depth += 1
        if self.depth > DEEPEST:
            raise _RefusedError(mark, "nested too deeply", f"at most {DEEPEST} levels")
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


def read_document(file: str) -> Any:
    """Read a file (``-`` is standard input) into its root node.

    Raises ``Problem`` where it cannot be read, ``BadRules`` where it is no YAML of this kind.
    """
    text = _text(file)
    try:
        loader = _Loader(text)
        try:
            node = loader.get_single_node()
        finally:
            loader.dispose()
    except _RefusedError as refused:
        raise BadRules(file, [refused.fault]) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        said = ", ".join(each for each in (error.context, error.problem) if each)
        raise BadRules(file, [Fault(line, column, "", said, "well-formed YAML")]) from None
    except yaml.reader.ReaderError as error:
        line, column = _place(text, error.position)
        said = f"the character U+{ord(str(error.character)[0]):04X} is not allowed"
        raise BadRules(file, [Fault(line, column, "", said, "printable text")]) from None
    if node is None:
        raise BadRules(file, [Fault(1, 1, "", "the file is empty", "`rules:` and a list of them")])
    return node


def _text(file: str) -> str:
    try:
        if file == "-":
            content = sys.stdin.buffer.read(LARGEST_BYTES + 1)
        else:
            with Path(file).open("rb") as opened:
                content = opened.read(LARGEST_BYTES + 1)
    except OSError as error:
        raise Problem(f"{file}: {error.strerror or error}; expected a file of rules") from None
    if len(content) > LARGEST_BYTES:
        raise Problem(f"{file} is too large; expected at most {LARGEST_BYTES:,} bytes of rules")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8", "replace")
        line, column = _place(before, len(before))
        fault = Fault(line, column, "", f"byte 0x{content[error.start]:02x} is no UTF-8", "UTF-8")
        raise BadRules(file, [fault]) from None


def _place(text: str, position: int) -> tuple[int, int]:
    before = text[:position]
    return before.count("\n") + 1, position - before.rfind("\n")
