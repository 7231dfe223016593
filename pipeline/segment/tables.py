"""Tables in plain text: rows of cells between bars, tabs or wide gaps."""

from pipeline.patterns import regex
from pipeline.segment.lines import Line

_BARS = regex(r"\s*[|｜\t]\s*")
_GAPS = regex(r"[ \u3000\xa0]{2,}")
_LEADER = regex(r"\d{1,2}[.、)）]\s?")
_VALUE = regex(
    r"[(（+\-−–~約约]?\s?(?:US|NT|HK|RMB)?[$€£¥]?\s?\d[\d,.，]*\s?(?:%|％|[bmk]n?|bps|pts?|x|倍|[億亿万萬]元?|元|pp)?[)）]?$"
)
_YEAR = regex(r"(?:19|20)\d\d(?:[EAF])?$")


def _cells(line: Line) -> tuple[str, int]:
    text = line.text
    if "|" in text or "｜" in text or "\t" in text:
        return "bar", len(_bar_cells(text))
    if "  " in text or "\u3000" in text:
        return "gap", len(_GAPS.split(text))
    return "", 1


def find_tables(lines: list[Line]) -> dict[int, int | None]:
    """Give for the index of each line in a table the index of its header row.

    A header row maps to itself; in a table without one (its first row holds values) all rows map
    to None. A table is two or more rows in succession with as many cells each (three and more cells
    where only gaps part them); a numbered list with bars is no table.
    """
    rows: dict[int, int | None] = {}
    begin = 0
    while begin < len(lines):
        if lines[begin].is_prose:
            begin += 1
            continue
        kind, width = _cells(lines[begin])
        end = begin + 1
        if width < 2 or (kind == "gap" and width < 3):
            begin = end
            continue
        while end < len(lines) and _cells(lines[end]) == (kind, width):
            end += 1
        if end - begin >= 2 and not _LEADER.match(lines[begin].text):
            header = begin if _is_header(lines[begin].text, kind) else None
            if header is None and begin and _heads_columns(lines[begin - 1], width):
                header = begin - 1
            rows.update(dict.fromkeys(range(begin if header is None else header, end), header))
        begin = end
    return rows


def row_span(text: str) -> tuple[int, int]:
    """Give the place of a row's cells within the bars that frame it.

    >>> row_span("| Revenue | 1,240 |")
    (2, 17)
    """
    if text[0] not in "|｜" and text[-1] not in "|｜":
        return 0, len(text)
    begin, end = int(text[0] in "|｜"), len(text) - (text[-1] in "|｜")
    cells = text[begin:end]
    begin += len(cells) - len(cells.lstrip())
    return begin, begin + len(cells.strip())


def _heads_columns(line: Line, width: int) -> bool:
    """Say whether a line is a header row whose first cell is empty: a tab opens it."""
    cells = _BARS.split(line.text)
    return line.indent > 0 and len(cells) == width - 1 and _is_header(f"\t{line.text}", "bar")


def _bar_cells(text: str) -> list[str]:
    cells = _BARS.split(text)
    return cells[not cells[0] and len(cells) > 2 : len(cells) - (not cells[-1])]


def _is_header(text: str, kind: str) -> bool:
    cells = _bar_cells(text) if kind == "bar" else _GAPS.split(text)
    values = [bool(_VALUE.match(cell)) and not _YEAR.match(cell) for cell in cells[1:] if cell]
    return not any(values)
