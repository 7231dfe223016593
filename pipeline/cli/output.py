"""What commands print: data to standard output, everything else to standard error."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import click

# A table that is piped has no terminal to ask for its width.
_PIPED_WIDTH = 200


def chosen_format(output_format: str | None) -> str:
    """Give the format asked for, else ``table`` on a terminal and ``jsonl`` elsewhere."""
    return output_format or ("table" if sys.stdout.isatty() else "jsonl")


def show(
    rows: Iterable[Mapping[str, Any]],
    *,
    output_format: str | None = None,
    columns: Sequence[str] | None = None,
    title: str | None = None,
) -> None:
    """Print rows as a table of ``columns`` (all of the first row's, if left out) or JSON lines."""
    if chosen_format(output_format) == "jsonl":
        for row in rows:
            write_json_line(row)
    else:
        _show_table(list(rows), columns, title)


def write_json_line(value: Any, *, flush: bool = False) -> None:
    """Print a value as one line of JSON; ``flush`` for a stream that is read as it comes."""
    import orjson

    write_json(orjson.dumps(value, default=str), flush=flush)


def write_json(line: bytes, *, flush: bool = False) -> None:
    """Print one line of JSON, such as a message's value, as it is.

    On a terminal, what that would act on is written as an escape, which says the same in JSON.
    """
    if sys.stdout.isatty():
        from pipeline.readable import readable

        line = readable(line.decode("utf-8", "replace")).encode("utf-8", "replace")
    write_line(line, flush=flush)


def write_line(line: bytes, *, flush: bool = False) -> None:
    """Print one line of bytes as it is."""
    sys.stdout.buffer.write(line + b"\n")
    if flush:
        sys.stdout.buffer.flush()


def say(message: str) -> None:
    """Tell the user what goes on, on standard error."""
    click.echo(message, err=True)


def complain(message: object) -> None:
    """Tell the user in one line what is wrong, on standard error; the command goes on."""
    click.echo(f"callfacts: {message}", err=True)


def _show_table(
    rows: Sequence[Mapping[str, Any]], columns: Sequence[str] | None, title: str | None
) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from pipeline.readable import readable

    names = columns or list(rows[0] if rows else ())
    table = Table(title=title, box=SIMPLE_HEAD, title_justify="left", pad_edge=False)
    for name in names:
        table.add_column(name.replace("_", " "), overflow="fold")
    for row in rows:
        table.add_row(*(Text(readable(_cell(row.get(name)))) for name in names))
    Console(width=None if sys.stdout.isatty() else _PIPED_WIDTH).print(table)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return "\n".join(f"{name}={each}" for name, each in value.items())
    return "\n".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
