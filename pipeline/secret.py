"""A value that is used and never shown."""


class Secret:
    """A value that no log, error or listing shows; ``reveal`` gives it to the one who uses it.

    >>> f"{Secret('s3cr3t')}", repr(Secret("s3cr3t")), str(Secret(""))
    ('(hidden)', "Secret('(hidden)')", '')
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Give the value itself."""
        return self._value

    def __bool__(self) -> bool:
        """Whether there is a value at all."""
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        """Whether the other is a secret of the same value."""
        return isinstance(other, Secret) and self._value == other._value

    def __hash__(self) -> int:
        """Hash the value, so that settings can be a key."""
        return hash(self._value)

    def __str__(self) -> str:
        """Say only whether there is a value."""
        return "(hidden)" if self._value else ""

    def __repr__(self) -> str:
        """Say only whether there is a value."""
        return f"Secret({str(self)!r})"


class Unshown(str):
    """The text of a secret, for libraries that log what they are configured with.

    >>> {"password": Unshown("s3cr3t")}
    {'password': '(hidden)'}
    """

    __slots__ = ()

    def __repr__(self) -> str:
        """Say nothing of it."""
        return repr("(hidden)")
