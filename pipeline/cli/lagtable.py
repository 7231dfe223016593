"""The lag for people: a line a stage, what is wrong in red, and what to do about it below."""

from collections.abc import Iterator, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from pipeline.lag.monitor import PartitionLag, ReaderLag
from pipeline.lag.report import Report
from pipeline.lag.verdict import Judgement, Verdict

NOTHING = "–"

_STYLES: dict[Verdict, str] = {
    "keeping_up": "green",
    "behind": "yellow",
    "rewound": "yellow",
    "stalled": "bold red",
    "stopped": "bold red",
}
_MEANINGS: dict[Verdict, str] = {
    "behind": "what is unread has waited for 10 s or longer, and it is read; more workers share "
    "the work, up to one for each partition",
    "rewound": "set back to an earlier offset, not read as far again; nothing is published twice",
    "stalled": "there are members, and they commit nothing: look at their logs, then restart them",
    "stopped": "nobody reads what waits: is a worker running? `callfacts worker` starts one",
}
_YEAR_HOURS = 365 * 24
_SOON_SECONDS = 24 * 3600.0


def lag_table(report: Report, *, partitions: bool = False) -> RenderableType:
    """Draw a report; ``partitions`` adds a line for each partition."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for name in ("stage", "verdict"):
        table.add_column(name, no_wrap=True)
    for name in ("unread", "waits", "read/s", "in/s", "caught up in", "kept for", "members"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("topic", overflow="fold")
    for each in report.readers:
        table.add_row(*_reader_row(each))
        for partition in each.partitions if partitions else ():
            table.add_row(*_partition_row(partition))
    return Group(table, Text(), *_notes(report))


def duration(seconds: float | None) -> str:
    """Write a span of time in its two largest units.

    >>> [duration(each) for each in (None, 0.25, 59.6, 192, 7500, 603_000, 315e6)]
    ['–', '0.2 s', '1 min 00 s', '3 min 12 s', '2 h 05 min', '6 d 23 h', '10.0 years']
    """
    if seconds is None:
        return NOTHING
    if seconds < 10:
        return f"{seconds:.1f} s"
    if round(seconds) < 60:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {minutes:02d} min"
    if hours < 2 * _YEAR_HOURS:
        return f"{hours // 24} d {hours % 24:02d} h"
    return f"{hours / _YEAR_HOURS:.1f} years"


def _reader_row(each: ReaderLag) -> Iterator[Text]:
    name = each.reader.stage or each.reader.group
    if each.reader.role == "replay":
        name = f"{each.reader.stage} of {each.reader.group}"
    yield Text(name, style="bold" if each.reader.role == "live" else "")
    yield from _numbers(each)
    missing = not each.members and each.reader.role == "live"
    yield Text(str(each.members), style="bold red" if missing else "")
    yield Text(each.reader.topic, style="dim")


def _partition_row(each: PartitionLag) -> Iterator[Text]:
    yield Text(f"  partition {each.reading.partition}", style="dim")
    yield from _numbers(each.judgement)
    yield Text("" if each.reading.member is None else "1", style="dim")
    committed = each.reading.sample.committed
    yield Text(f"{NOTHING if committed is None else committed} of {each.reading.sample.end}", "dim")


def _numbers(each: ReaderLag | Judgement) -> Iterator[Text]:
    style = _STYLES[each.verdict]
    yield Text(each.verdict.replace("_", " "), style=style)
    yield Text(f"{each.lag:,}", style=style if each.lag else "dim")
    yield Text(duration(each.lag_seconds) if each.lag else NOTHING, style=style)
    yield Text(_pace(each.velocity))
    yield Text(_pace(each.arrival))
    yield Text(duration(each.catch_up_seconds) if each.lag else NOTHING)
    kept = each.retention_seconds
    yield Text(
        duration(kept), style="bold red" if kept is not None and kept < _SOON_SECONDS else ""
    )


def _pace(velocity: float | None) -> str:
    if not velocity:
        return NOTHING
    return f"{velocity:,.0f}" if velocity >= 100 else f"{velocity:.1f}"


def _notes(report: Report) -> Iterator[Text]:
    oldest, count = report.transcripts.oldest, report.transcripts.open
    if oldest is None:
        yield Text("every transcript that landed is completed", style="green")
    else:
        revision = "" if oldest.revision is None else f" r{oldest.revision}"
        where = f"at {oldest.stage}" if oldest.stage else "read by every stage and never completed"
        yield Text.assemble(
            "oldest transcript not completed: ",
            (f"{oldest.transcript_id}{revision}", "bold"),
            f", landed {duration(report.transcripts.age)} ago, ",
            (where, "" if oldest.stage else "bold red"),
            f" ({count} open)",
        )
    yield from _advice(report.readers)


def _advice(readers: Sequence[ReaderLag]) -> Iterator[Text]:
    unread = [e for e in readers if e.reader.role == "live" and not e.members]
    if unread:
        names = ", ".join(dict.fromkeys(each.reader.stage for each in unread))
        yield Text(f"no worker runs {names}: what comes there waits", "bold red")
    for verdict, meaning in reversed(_MEANINGS.items()):
        bad = [e for e in readers if e.verdict == verdict and e.reader.role != "replay"]
        if bad:
            names = ", ".join(dict.fromkeys(e.reader.stage or e.reader.group for e in bad))
            yield Text(f"{verdict}: {names}: {meaning}", _STYLES[verdict])
    for each in readers:
        name = each.reader.stage or each.reader.group
        if each.lost:
            yield Text(
                f"{name}: retention deleted {each.lost:,} offsets of {each.reader.topic} unread; "
                "`callfacts replay` reads transcripts again",
                style="bold red",
            )
