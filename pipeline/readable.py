"""Text of others, such as a transcript's, shown on a terminal."""

import re

# Controls but tab and line end, and marks that turn the direction of what follows.
_UNSEEN = re.compile(
    r"[^\t\n\x20-\x7e\xa0-\U0010ffff]|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]"
)


def readable(text: str) -> str:
    r"""Replace what a terminal would act on instead of showing it.

    >>> print(readable("up 5%\x9b2J"))
    up 5%\u009b2J
    """
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
