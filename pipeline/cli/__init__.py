"""The command line ``callfacts``.

A command is a module of this package with a click command named ``command``. It is imported only
when it is called, so that one command does not wait for what another one needs. It may return its
exit status; None is 0.
"""

import contextlib
import gc
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import click

from pipeline.problem import Problem

# In the order in which a newcomer meets them.
COMMANDS = {
    "extract": "Find the facts in transcripts, in this process, without a broker.",
    "demo": "See everything work: broker, topics, worker, samples, facts as they arrive.",
    "broker": "Start, stop and look at a local Apache Kafka.",
    "topics": "Hold the declared topics against the cluster, and create or update them.",
    "worker": "Run the pipeline: transcripts in, facts out, until stopped.",
    "publish": "Send transcripts to the pipeline.",
    "facts": "Subscribe to the facts.",
    "claims": "See what the documents together say, and where they disagree.",
    "alerts": "Hold rules against the facts; each match once, to a topic, a webhook or here.",
    "replay": "Send old transcripts through today's code, here or beside what is live.",
    "deadletters": "See what failed and why, and send it again.",
    "lag": "How far each stage is behind, and whether it keeps up.",
    "board": "Serve a live page of facts, conflicts and lag.",
    "exporter": "Serve the lag to Prometheus.",
    "settings": "List all settings with their meaning, default and present value.",
}

# Values here hold no cycles, and tables are kept for good: to look for garbage every 700 objects
# took a tenth of the time to the first fact, every 50,000 a fiftieth.
COLLECTIONS = (200_000, 20, 50)

INTERRUPTED = 130
CLOSED_PIPE = 141


class ClosedPipe(Exception):  # noqa: N818 - nothing went wrong: the reader has seen enough
    """Nobody reads the standard output any more, as after ``| head``."""


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called, listed without being imported."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Give the commands in the order of the table."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's module and give its ``command``."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"pipeline.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands in the help text, importing none."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a closed pipe is told apart from other failures here."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise ClosedPipe from error


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="callfacts", prog_name="callfacts")
def root() -> None:
    """Earnings-call transcripts in, machine-readable facts out.

    \b
    Without a broker:
      callfacts extract call.txt
    With one:
      callfacts broker start
      callfacts topics apply
      callfacts worker &
      callfacts publish call.txt
      callfacts facts --from-beginning

    Settings come from CALLFACTS_* variables and from options of the same names; see `callfacts
    settings`. Data go to standard output, everything else to standard error. Exit status: 0 done,
    1 bad input or failure, 2 wrong usage.
    """


def main() -> None:
    """Run the command line on this process's arguments and end the process."""
    gc.set_threshold(*COLLECTIONS)
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run the command line and give its exit status; failures are one line on standard error."""
    try:
        result = root.main(list(arguments), prog_name="callfacts", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except Problem as problem:
        click.echo(f"callfacts: {problem}", err=True)
        return problem.exit_status
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except (ClosedPipe, BrokenPipeError):
        # What is still buffered has no reader; Python must not fail on it at exit.
        with contextlib.suppress(OSError), open(os.devnull, "w") as nowhere:  # noqa: PTH123
            os.dup2(nowhere.fileno(), sys.stdout.fileno())
        return CLOSED_PIPE
    except Exception as failure:
        # Only who uses Kafka has imported its library.
        kafka = sys.modules.get("kafka.errors")
        if kafka is None or not isinstance(failure, kafka.KafkaError):
            raise
        click.echo(f"callfacts: Kafka says {failure or type(failure).__name__}", err=True)
        return 1
    return result if isinstance(result, int) else 0
