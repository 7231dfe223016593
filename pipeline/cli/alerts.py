"""``callfacts alerts``."""

import signal
from typing import TYPE_CHECKING

import click

from pipeline.cli.moments import optional_moment
from pipeline.cli.options import format_option, with_settings
from pipeline.cli.output import chosen_format, say, show
from pipeline.settings import Settings

if TYPE_CHECKING:
    from datetime import datetime

    from pipeline.alerts.rules import RuleSet, Target


@click.group()
def command() -> None:
    """Rules over the facts: each match once, to a topic, a webhook or here.

    Rules are plain YAML; docs/alerts.md explains them. RULES is a file, or - for standard input.

    \b
    Examples:
      callfacts alerts check rules.yaml
      callfacts alerts run rules.yaml --dry-run --since 30d
      callfacts alerts run rules.yaml
    """


@command.command()
@click.argument("file", metavar="RULES")
@format_option()
def check(file: str, output_format: str | None) -> int:
    """Check a file of rules, and say how each rule is understood.

    Every fault is told in a line, as FILE:LINE:COLUMN: KEY: what is wrong; what would be right.
    The exit status is 1 if there is any.

    \b
    Example:
      callfacts alerts check rules.yaml
    """
    rules = _rules(file)
    if rules is None:
        return 1
    from pipeline.alerts.described import described

    rows = [{"rule": rule.name, "fires_for": described(rule)} for rule in rules.rules]
    show(rows, output_format=output_format)
    return 0


@command.command()
@click.argument("file", metavar="RULES")
@click.option("--to", "targets", metavar="TARGET", multiple=True, help="Where alerts go beside the "
              "topic: stdout, a webhook's address, or topic for nowhere else. Goes before what the "
              "file says; left out by both: stdout.")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Print what would have fired by now, and change "
              "nothing.")  # fmt: skip
@click.option("--since", metavar="TIME", help="Begin with facts of a time or later, such as "
              "2025-10-30T21:00Z, or 15m, 2h, 3d ago.")  # fmt: skip
@click.option("--from-beginning", is_flag=True, help="Begin with the oldest facts that are kept; "
              "a dry run does.")  # fmt: skip
@format_option()
@with_settings("bootstrap_servers", "topic_prefix", "worker_group", "log_level", "log_format",
               "metrics_port", "metrics_address")  # fmt: skip
def run(
    file: str,
    targets: tuple[str, ...],
    dry_run: bool,
    since: str | None,
    from_beginning: bool,
    output_format: str | None,
    settings: Settings,
) -> int:
    """Hold rules against facts and claims as they come, until stopped.

    Each match is on the topic facts.alerts once, and goes from there to its targets. A set of rules
    that has run before goes on where it was; one that has not begins with what comes from now on,
    unless --since or --from-beginning say otherwise; it compares with all that was before. Any
    number of runs of one set share the work. Logs go to standard error; with a port for metrics
    they are served at /metrics.

    \b
    Examples:
      callfacts alerts run rules.yaml
      callfacts alerts run rules.yaml --to https://alerts.example.com/desk
      callfacts alerts run rules.yaml --dry-run --since 30d --format jsonl
    """
    if since is not None and from_beginning:
        raise click.UsageError("--since and --from-beginning exclude each other")
    start = optional_moment(since, "--since")
    chosen = _targets(targets)
    rules = _rules(file)
    if rules is None:
        return 1
    as_json = chosen_format(output_format) == "jsonl"
    if dry_run:
        _show_past(settings, rules, start, as_json=as_json)
    else:
        _run(settings, rules, chosen, start or ("beginning" if from_beginning else "now"), as_json)
    return 0


def _run(
    settings: Settings,
    rules: "RuleSet",
    targets: "tuple[Target, ...] | None",
    start: "datetime | str",
    as_json: bool,
) -> None:
    import threading

    from pipeline.alerts.running import Run
    from pipeline.problem import Problem
    from pipeline.stream.guard import StageStoppedError
    from pipeline.stream.logs import configure

    configure(settings, "alerts")
    stop = threading.Event()
    run = Run(settings, rules, targets, as_json=as_json)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    count = len(rules.rules)
    try:
        run.run(start, stop, lambda: say(f"watching: {rules.name}, {count} rules"))  # type: ignore[arg-type]
    except StageStoppedError as stopped:
        raise Problem(str(stopped)) from stopped


def _show_past(
    settings: Settings, rules: "RuleSet", since: "datetime | None", *, as_json: bool
) -> None:
    from pipeline.alerts.history import would_have_fired
    from pipeline.alerts.printing import Printer

    printer, count = Printer(as_json=as_json), 0
    for alert in would_have_fired(settings, rules, since):
        printer.send(alert.alert_id, alert.model_dump_json().encode())
        count += 1
    say(f"{count} alerts; nothing was changed")


def _rules(file: str) -> "RuleSet | None":
    """Read the rules; None where they are wrong, which has been said then."""
    from pipeline.alerts.faults import BadRules
    from pipeline.alerts.parsing import read_rules

    try:
        return read_rules(file)
    except BadRules as bad:
        for line in bad.lines:
            say(line)
        return None


def _targets(given: tuple[str, ...]) -> "tuple[Target, ...] | None":
    if not given:
        return None
    from pipeline.alerts.rules import Target
    from pipeline.alerts.targets import web_address

    found = []
    for each in given:
        if each == "topic":
            continue
        if each == "stdout":
            found.append(Target())
            continue
        try:
            found.append(Target(web_address(each)))
        except ValueError as error:
            raise click.BadParameter(
                f"{error}; expected topic, stdout or such as https://alerts.example.com/desk",
                param_hint="--to",
            ) from None
    return tuple(dict.fromkeys(found))
