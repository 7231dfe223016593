"""Facts for people: a line each, as they arrive, under one heading."""

import sys
from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from pipeline.cli.cells import cell
from pipeline.readable import readable
from schemas import FactEvent

_PIPED_WIDTH = 160
_ABOUT, _METRIC, _PERIOD = 22, 26, 16


def show_facts(events: Iterable[FactEvent], console: Console | None = None) -> int:
    """Print a line for each fact at once when it comes; gives how many there were."""
    console = console or fact_console()
    count = 0
    for event in events:
        if count == 0:
            console.print(heading(), no_wrap=True, overflow="crop")
        console.print(line(event), no_wrap=True, overflow="ellipsis")
        count += 1
    return count


def fact_console() -> Console:
    """Give a console of the terminal's width, or of a readable one where there is no terminal."""
    return Console(width=None if sys.stdout.isatty() else _PIPED_WIDTH, highlight=False)


def heading() -> Text:
    """Name the columns, in the line above the facts."""
    return Text(
        "  " + "about".ljust(_ABOUT) + "metric".ljust(_METRIC) + "period".ljust(_PERIOD) + "fact",
        style="bold",
    )


def line(event: FactEvent) -> Text:
    """Write one fact; a retracted one is struck out."""
    gone = event.status == "retracted"
    about = " ".join(each for each in (event.entity and event.entity.id, event.scope) if each)
    text = Text("- " if gone else "+ ", style="red" if gone else "green")
    style = "dim strike" if gone else ""
    text.append(cell(about, _ABOUT), style="dim" if gone else "cyan")
    text.append(cell(event.metric.replace("_", " "), _METRIC), style=style)
    text.append(cell(event.period.label if event.period else "", _PERIOD), style=style)
    text.append(readable(event.statement), style=style)
    return text
