"""Cells of tables that are printed line by line."""

from rich.text import Text

from pipeline.readable import readable


def cell(text: str, width: int) -> str:
    """Cut or pad to a width on the terminal, where a Chinese character takes two columns.

    What a terminal would act on is replaced.
    """
    written = Text(readable(text))
    written.truncate(width - 1, overflow="ellipsis", pad=True)
    return written.plain + " "
