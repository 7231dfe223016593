"""Regular expressions that are compiled when they are first used.

The stages have some 600. A small transcript needs a part of them, and compiling the rest would
delay its first fact.
"""

import re
from functools import partial
from typing import Any, cast

_METHODS = ("search", "match", "fullmatch", "finditer", "findall", "split", "sub")


class _Uncompiled:
    """Stands for a compiled pattern; its methods are that one's own from the first use on.

    A ``__getattr__`` would be simpler, but be asked at every later use too.
    """

    __slots__ = (*_METHODS, "_flags", "pattern")

    def __init__(self, source: str, flags: int) -> None:
        self.pattern, self._flags = source, flags
        for name in _METHODS:
            setattr(self, name, partial(self._first_used, name))

    @property
    def flags(self) -> int:
        """What ``re.compile`` makes of the flags that were given."""
        return re.compile(self.pattern, self._flags).flags

    def _first_used(self, name: str, *arguments: Any, **named: Any) -> Any:
        compiled = re.compile(self.pattern, self._flags)
        for method in _METHODS:
            setattr(self, method, getattr(compiled, method))
        return getattr(compiled, name)(*arguments, **named)


def regex(source: str, flags: int = 0) -> re.Pattern[str]:
    """Give what ``re.compile`` would, compiled at its first use.

    Raises ``re.error`` then, where the source is no regular expression.
    """
    return cast("re.Pattern[str]", _Uncompiled(source, flags))
