"""``python -m tests.chaos``: rounds of faults, and a table of what they did to the stream."""

import signal
import sys

import click
import orjson
from rich.console import Console

from tests.chaos.crew import STAGES
from tests.chaos.nemesis import FAULTS
from tests.chaos.rounds import Plan, run
from tests.chaos.table import as_json, show


@click.command()
@click.option("--rounds", default=1, show_default=True, help="Rounds of each fault.")
@click.option(
    "--fault",
    "faults",
    type=click.Choice(FAULTS),
    multiple=True,
    help="May be given several times; left out: mixed.",
)
@click.option("--strikes", default=4, show_default=True, help="Faults injected in a round.")
@click.option("--seed", default=1, show_default=True, help="Decides on load and moments.")
@click.option("--workers", default=2, show_default=True, help="Workers at the start.")
@click.option("--rate", default=10.0, show_default=True, help="Messages published in a second.")
@click.option("--outage", default=60.0, show_default=True, help="Seconds that a broker is down.")
@click.option(
    "--stages",
    type=click.Choice(("standin", "real")),
    default="standin",
    show_default=True,
    help="Small stages that a text can command, or those of the pipeline.",
)
@click.option("--no-claims", is_flag=True, help="Leave the keeper of claims out of the workers.")
@click.option("--json", "json_", is_flag=True, help="Print JSON instead of a table.")
def main(json_: bool, no_claims: bool, outage: float, **given: object) -> None:
    """Inject faults into workers and broker, and check what subscribers read.

    Exit status 1 if there is any anomaly, or a round does not come to its end.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    stages = [each for each in STAGES if not (no_claims and each == "claims")]
    plan = Plan(
        **{**given, "faults": given["faults"] or ("mixed",)},  # type: ignore[arg-type]
        worker_stages=stages,
        outage_seconds=outage,
    )
    outcome = run(plan, tell=lambda line: click.echo(line, err=True))
    if json_:
        click.echo(orjson.dumps(as_json(outcome), option=orjson.OPT_INDENT_2))
    else:
        show(outcome, Console(width=None if sys.stdout.isatty() else 200))
    if outcome.anomalies:
        found = f"{len(outcome.anomalies)} anomalies"
        click.echo(f"{found}; the workers' log and the records: {outcome.folder}", err=True)
    if outcome.anomalies or any(row.stalled for row in outcome.rows):
        sys.exit(1)


if __name__ == "__main__":
    main()
