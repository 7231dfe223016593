"""Regular expressions that are compiled when they are first used.

The stages have some 600. A small transcript needs a part of them, and compiling the rest would
delay its first fact.
"""

import re
from typing import Any, cast

_METHODS = ("search", "match", "fullmatch", "finditer", "findall", "split", "sub", "pattern")


class _Uncompiled:
    """Stands for a compiled pattern; its methods are that one's own from the first use on."""

    __slots__ = (*_METHODS, "_flags", "_source")

    def __init__(self, source: str, flags: int) -> None:
        self._source, self._flags = source, flags

    def __getattr__(self, name: str) -> Any:
        compiled = re.compile(self._source, self._flags)
        for method in _METHODS:
            setattr(self, method, getattr(compiled, method))
        return getattr(compiled, name)


def regex(source: str, flags: int = 0) -> re.Pattern[str]:
    """Give what ``re.compile`` would, compiled at its first use.

    Raises ``re.error`` then, where the source is no regular expression.
    """
    return cast("re.Pattern[str]", _Uncompiled(source, flags))
