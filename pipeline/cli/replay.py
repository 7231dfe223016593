"""``callfacts replay``."""

import os
import signal
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.moments import optional_moment
from pipeline.cli.options import format_option, with_settings
from pipeline.cli.output import complain, say, show
from pipeline.settings import Settings

if TYPE_CHECKING:
    from pipeline.replay.sitting import Outcome

_MOST_JOBS = 64
_NAMED = 20


@click.command()
@click.option("--from", "start", metavar="TIME", help="Transcripts that landed at a time or later, "
              "such as 2025-10-30T21:00Z, or 15m, 2h, 3d ago.")  # fmt: skip
@click.option("--to", "end", metavar="TIME", help="Transcripts that landed before a time.")
@click.option("--transcript", "transcripts", metavar="ID", multiple=True, help="Only these.")
@click.option("--prefix", metavar="NAME", help="Into topics of this prefix, made for it, not "
              "the live ones.")  # fmt: skip
@click.option("--compare", is_flag=True, help="Report which facts were added, lost or changed.")
@click.option("--jobs", type=click.IntRange(1, _MOST_JOBS), help="How many processes share the "
              "work.  [default: the processors there are]")  # fmt: skip
@format_option()
@with_settings("bootstrap_servers", "topic_prefix", "worker_group", "log_level", "log_format")
def command(
    start: str | None,
    end: str | None,
    transcripts: tuple[str, ...],
    prefix: str | None,
    compare: bool,
    jobs: int | None,
    output_format: str | None,
    settings: Settings,
) -> int:
    """Send old transcripts through today's code.

    Into the live topics: facts that have not changed are not sent again, others are retracted and
    asserted. With --prefix: into a second set of topics beside them, which --compare holds against
    the live one, also later. The live consumer groups are not touched.

    Ctrl-C stops it; the same command goes on where it was. With --compare the exit status is 1 if
    any fact differs; without, if a transcript could not be processed.

    \b
    Examples:
      callfacts replay --prefix next. --compare
      callfacts replay --from 2025-10-01 --to 2025-11-01
      callfacts replay --transcript amzn-2025q3 --compare
    """
    from pipeline.replay.selection import Selection
    from pipeline.replay.sitting import (
        Sitting,
        compare_beside,
        compare_here,
        replay_beside,
        replay_here,
    )

    chosen = Selection(optional_moment(start, "--from"), optional_moment(end, "--to"), transcripts)
    if prefix is not None:
        prefix = Settings.load({}, topic_prefix=prefix).topic_prefix
    with _Stopping() as stopping:
        from pipeline.cli.replayprogress import shown

        with shown() as report:
            sitting = Sitting(jobs or os.cpu_count() or 1, stopping.event, report, say)
            if prefix is None:
                outcome = replay_here(settings, chosen, sitting)
            else:
                outcome = replay_beside(settings, prefix, chosen, sitting, extend=not compare)
    failed = _summarize(outcome, to_stdout=not compare, output_format=output_format)
    if not outcome.finished:
        say("stopped; the same command goes on where it was")
        return stopping.status
    if not compare:
        return 1 if failed else 0
    from pipeline.cli.comparisontable import show_comparison

    comparison = (
        compare_here(settings, outcome) if prefix is None else compare_beside(settings, prefix)
    )
    show_comparison(comparison, output_format)
    return 0 if comparison.same else 1


def _summarize(outcome: "Outcome", *, to_stdout: bool, output_format: str | None) -> bool:
    """Say what a sitting did; gives whether a transcript could not be processed."""
    progress = outcome.progress
    if progress is None:
        say("nothing is left to replay")
        return False
    for key, reason in list(progress.failed.items())[:_NAMED]:
        complain(f"{key} could not be processed: {reason}")
    if len(progress.failed) > _NAMED:
        complain(f"{len(progress.failed) - _NAMED} more could not be processed")
    seconds = max(progress.seconds, 0.001)
    row: dict[str, Any] = {
        "finished": outcome.finished,
        "done": progress.done,
        "total": progress.total,
        "replayed": progress.replayed,
        "passed_over": progress.passed_over,
        "bad": progress.bad,
        "failed": len(progress.failed),
        "megabytes": round(progress.bytes / 1e6, 3),
        "seconds": round(seconds, 1),
        "per_second": round(progress.replayed / seconds, 1),
    }
    if to_stdout:
        show([row], output_format=output_format)
    else:
        say(", ".join(f"{name} {value}" for name, value in row.items()))
    return bool(progress.failed)


class _Stopping:
    """Turns SIGINT and SIGTERM into an event for as long as it is open."""

    def __enter__(self) -> "_Stopping":
        from threading import Event

        self.event = Event()
        self.status = 0
        self._former = {
            number: signal.signal(number, self._stop) for number in (signal.SIGINT, signal.SIGTERM)
        }
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._former.items():
            signal.signal(number, handler)

    def _stop(self, number: int, _: object) -> None:
        self.status = 128 + number
        self.event.set()
