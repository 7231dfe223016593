"""``callfacts lag``."""

import contextlib
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from pipeline.cli.options import with_settings
from pipeline.cli.output import say, write_json_line
from pipeline.settings import Settings

if TYPE_CHECKING:
    from rich.console import RenderableType

    from pipeline.lag.report import Report, Watch

_PIPED_WIDTH = 160
_DECIDES_SECONDS = 50.0
_DECIDES_INTERVAL = 1.0


@click.command()
@click.option("--watch", is_flag=True, help="A screen that is drawn again and again, until Ctrl-C.")
@click.option(
    "--interval",
    type=click.FloatRange(min=0.2),
    default=5.0,
    show_default=True,
    metavar="SECONDS",
    help="Seconds between two looks of --watch.",
)
@click.option("--partitions", is_flag=True, help="A line for each partition as well.")
@click.option("--all-groups", is_flag=True, help="Also groups of others that read these topics.")
@click.option("--once", is_flag=True, help="One look only, even if it leaves a verdict open.")
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["table", "json"]),
    help="How to print it; left out: a table on a terminal, else JSON.",
)
@with_settings("bootstrap_servers", "topic_prefix", "worker_group")
def command(
    watch: bool,
    interval: float,
    partitions: bool,
    all_groups: bool,
    once: bool,
    output_format: str | None,
    settings: Settings,
) -> int:
    """How far each stage is behind, in messages and in seconds, and whether it keeps up.

    Everything comes from the brokers, nothing from the workers, so that one that hangs cannot hide.
    Where something waits and nothing moves, the command looks for up to 50 seconds to tell a stage
    that is behind from one that is stalled. The exit status is 1 when a stage is behind, rewound,
    stalled or stopped; replays, which are behind by nature, do not count.

    \b
    keeping up  nothing waits for longer than 10 seconds
    behind      something does, and it is read
    rewound     the group was set back and has not read as far again
    stalled     something waits, and for 45 seconds no commit has come
    stopped     something waits for 10 seconds or longer, and nobody reads

    \b
    Examples:
      callfacts lag
      callfacts lag --watch --interval 2
      callfacts lag --once --format json | jq .transcripts.oldest
    """
    from pipeline.lag.report import Watch

    as_json = (output_format or ("table" if sys.stdout.isatty() else "json")) == "json"
    with contextlib.closing(Watch(settings, subscribers=all_groups)) as watching:
        if watch:
            return _follow(watching, interval, as_json=as_json, partitions=partitions)
        report = watching.look() if once else _decided(watching)
    _print(report, as_json=as_json, partitions=partitions)
    return _status(report)


def _decided(watching: "Watch") -> "Report":
    """Look until more looks would not change a verdict."""
    report = watching.look()
    deadline = time.monotonic() + _DECIDES_SECONDS
    if report.undecided:
        names = ", ".join(each.stage or each.group for each in report.undecided)
        say(f"{names}: something waits; looking whether anything moves …")
    while report.undecided and time.monotonic() < deadline:
        time.sleep(_DECIDES_INTERVAL)
        report = watching.look()
    return report


def _follow(watching: "Watch", interval: float, *, as_json: bool, partitions: bool) -> int:
    status = 0
    with contextlib.suppress(KeyboardInterrupt):
        if as_json or not sys.stdout.isatty():
            for report in _reports(watching, interval):
                _print(report, as_json=as_json, partitions=partitions)
                status = _status(report)
        else:
            for report in _on_screen(watching, interval, partitions=partitions):
                status = _status(report)
    return status


def _on_screen(watching: "Watch", interval: float, *, partitions: bool) -> "Iterator[Report]":
    from rich.console import Group
    from rich.live import Live
    from rich.text import Text

    from pipeline.cli.lagtable import lag_table
    from pipeline.problem import Problem

    shown: RenderableType = Text("looking …")
    with Live(shown, screen=True, auto_refresh=False) as live:
        while True:
            try:
                report = watching.look()
            except Problem as problem:
                said = Text(f"{_now()}  {problem}", style="bold red")
                live.update(Group(said, Text(), shown), refresh=True)
            else:
                shown = Group(_heading(report), Text(), lag_table(report, partitions=partitions))
                live.update(shown, refresh=True)
                yield report
            time.sleep(interval)


def _reports(watching: "Watch", interval: float) -> "Iterator[Report]":
    while True:
        yield watching.look()
        time.sleep(interval)


def _print(report: "Report", *, as_json: bool, partitions: bool) -> None:
    if as_json:
        write_json_line(report.as_json(), flush=True)
        return
    from rich.console import Console

    from pipeline.cli.lagtable import lag_table

    console = Console(width=None if sys.stdout.isatty() else _PIPED_WIDTH, highlight=False)
    console.print(lag_table(report, partitions=partitions))


def _heading(report: "Report") -> "RenderableType":
    from rich.text import Text

    moment = datetime.fromtimestamp(report.observation.time, UTC)
    verdict = report.verdict.replace("_", " ")
    style = "green" if report.verdict == "keeping_up" else "bold red"
    return Text.assemble(
        ("callfacts lag  ", "bold"), f"{moment:%Y-%m-%d %H:%M:%S} UTC  ", (verdict, style)
    )


def _status(report: "Report") -> int:
    return 0 if report.verdict == "keeping_up" else 1


def _now() -> str:
    return f"{datetime.now(UTC):%H:%M:%S}"
