"""``callfacts board``."""

import click

from pipeline.cli.options import with_settings
from pipeline.cli.output import say
from pipeline.settings import Settings


@click.command()
@with_settings(
    "board_bind",
    "board_port",
    "board_hosts",
    "board_facts",
    "bootstrap_servers",
    "topic_prefix",
    "worker_group",
    "log_level",
    "log_format",
    short="board_",
)
def command(settings: Settings) -> None:
    """Serve a live page: facts as they arrive, claims in conflict, the lag of each stage.

    Each fact is shown with its evidence marked in its sentence. The page starts with the facts
    before now; its filters are in its address, so that a view can be bookmarked. It is read only,
    asks nobody who they are, and is on loopback unless told otherwise.

    \b
    Examples:
      callfacts board
      callfacts board --port 8080 --facts 5000
      curl -N 'http://127.0.0.1:9310/events?entity=AMZN&modality=forward'
    """
    from pipeline.board.server import run
    from pipeline.stream.logs import configure

    configure(settings, "board")
    run(settings, lambda address: say(f"the board is at {address}"))
