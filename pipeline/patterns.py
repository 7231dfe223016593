"""Regular expressions that are compiled when they are first used.

The stages have some 900. A small transcript needs a part of them, and compiling the rest would
delay its first fact. An installation has that part compiled before (``pipeline/prepared.py``).
"""

import re
from collections.abc import Callable
from typing import Any, cast

from pipeline.prepared import prepared

_METHODS = ("search", "match", "fullmatch", "finditer", "findall", "split", "sub")


def compiled_regex(source: str, flags: int = 0) -> re.Pattern[str]:
    """Give what ``re.compile`` would, sooner where it has been prepared.

    Raises ``re.error`` where the source is no regular expression.
    """
    return prepared(source, int(flags)) or re.compile(source, flags)


def regex(source: str, flags: int = 0) -> re.Pattern[str]:
    """Give what ``compiled_regex`` would, compiled (or refused) at its first use."""
    return cast("re.Pattern[str]", _Uncompiled(source, flags))


class _Pattern:
    """Has the methods of a compiled pattern as its own, so that none is looked up in two steps."""

    __slots__ = (*_METHODS, "_flags", "pattern")

    pattern: str
    _flags: int

    @property
    def flags(self) -> int:
        """What ``re.compile`` makes of the flags that were given."""
        return re.compile(self.pattern, self._flags).flags


def _compiling(name: str) -> Callable[..., Any]:
    def method(self: "_Uncompiled", *arguments: Any, **named: Any) -> Any:
        pattern = compiled_regex(self.pattern, self._flags)
        for each in _METHODS:
            getattr(_Pattern, each).__set__(self, getattr(pattern, each))
        # Not before all of them are there: another thread may be about to use one.
        self.__class__ = _Pattern  # type: ignore[assignment]
        return getattr(pattern, name)(*arguments, **named)

    return method


class _Uncompiled(_Pattern):
    """Compiles at the first use of any method, and is a ``_Pattern`` from then on.

    A ``__getattr__`` would be simpler, but be asked at every later use too.
    """

    __slots__ = ()

    def __init__(self, source: str, flags: int) -> None:
        self.pattern, self._flags = source, flags

    search, match, fullmatch, finditer, findall, split, sub = map(_compiling, _METHODS)
