"""What is wrong with a file of rules: each fault with its line, column and key."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pipeline.problem import Problem
from pipeline.readable import readable

_LONGEST = 60
_MOST_TOLD = 100


@dataclass(frozen=True, order=True)
class Fault:
    """One fault; ``line`` and ``column`` count from 1, ``key`` is such as ``rules[2].metric``."""

    line: int
    column: int
    key: str
    problem: str
    expected: str

    def said(self, file: str) -> str:
        """Say it in one line that an editor can jump to."""
        where = f"{file}:{self.line}:{self.column}"
        key = f"{self.key}: " if self.key else ""
        return readable(f"{where}: {key}{self.problem}; expected {self.expected}").replace(
            "\n", " "
        )


class BadRules(Problem):
    """A file of rules that cannot be used; ``lines`` says each fault."""

    def __init__(self, file: str, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(set(faults)))
        more = len(self.faults) - _MOST_TOLD
        self.lines = (
            *(fault.said(file) for fault in self.faults[:_MOST_TOLD]),
            *([f"{file}: {more} more faults"] if more > 0 else []),
        )
        super().__init__("\n".join(self.lines))


class Faults:
    """Gathers faults, so that all of a file are told at once."""

    def __init__(self) -> None:
        self.found: list[Fault] = []

    def add(self, node: Any, key: str, problem: str, expected: str) -> None:
        """Note a fault at a node of the YAML document."""
        mark = node.start_mark
        self.found.append(Fault(mark.line + 1, mark.column + 1, key, problem, expected))


def shown(text: str) -> str:
    """Quote what stands in the file, shortened."""
    return repr(text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…")
