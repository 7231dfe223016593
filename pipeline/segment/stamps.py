"""Time stamps of captions and recordings: "0:12", "[00:01:02]", "00:00:01,000 --> 00:00:04,000"."""

from pipeline.patterns import regex

_STAMP = regex(
    r"[\[(（<]?\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?[\])）>]?(?:\s*-->\s*[\d:.,]+)?\s*"
)
_LAST_COLON = 4
_STAMP_END = regex(r"\s*[\[(（]?\d{1,2}:\d{2}(?::\d{2})?[\])）]?$")


def leading_stamp(text: str, begin: int = 0) -> int:
    """Where a time stamp at ``begin`` of a caption line ends; ``begin`` where there is none.

    >>> leading_stamp("0:12 Thanks."), leading_stamp("Thanks.")
    (5, 0)
    """
    first = text[begin : begin + 1]
    found = _STAMP.match(text, begin) if first.isdigit() or first in "[(（<" else None
    return found.end() if found else begin


def without_stamp(short: str) -> str:
    """Give a name's line without the time behind it.

    >>> without_stamp("Dana Wu (01:05)"), without_stamp("01:05")
    ('Dana Wu', '01:05')
    """
    last = short[-1:]
    if not (last.isdigit() or last in (")", "]", "）")) or len(short) > 60:
        return short
    if ":" not in short[-_LAST_COLON:]:
        return short
    return _STAMP_END.sub("", short) or short
