"""``callfacts facts``."""

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click

from pipeline.cli.options import format_option, with_settings
from pipeline.cli.output import chosen_format, write_line
from pipeline.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemas import FactEvent

_AGO = re.compile(r"([0-9]{1,6})([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


@click.command()
@click.option("--follow", "-f", is_flag=True, help="Go on with facts as they arrive, until Ctrl-C.")
@click.option("--from-beginning", is_flag=True, help="Start with the oldest facts that are kept.")
@click.option("--since", metavar="TIME", help="Start at a time, such as 2025-10-30T21:00Z, or 15m, "
              "2h, 3d ago.")  # fmt: skip
@click.option("--entity", "entities", metavar="ID", multiple=True, help="Only of these companies.")
@click.option("--metric", "metrics", metavar="ID", multiple=True, help="Only these metrics.")
@format_option()
@with_settings("bootstrap_servers", "topic_prefix")
def command(
    follow: bool,
    from_beginning: bool,
    since: str | None,
    entities: tuple[str, ...],
    metrics: tuple[str, ...],
    output_format: str | None,
    settings: Settings,
) -> None:
    """Subscribe to the facts.

    Without --follow it prints the facts that are there and ends; with it, the facts that arrive
    from now on, or from where --from-beginning or --since say. JSON lines are the events as they
    are on the topic; a fact that is retracted comes again with the status "retracted".

    \b
    Examples:
      callfacts facts --follow
      callfacts facts --since 2h --entity AMZN --entity MSFT
      callfacts facts --from-beginning --metric revenue --format jsonl | jq .statement
    """
    if from_beginning and since is not None:
        raise click.UsageError("--from-beginning and --since exclude each other")
    moment = None if since is None else _moment(since)
    from pipeline.stream.subscription import Subscription

    subscription = Subscription(settings, ["facts.events"])
    if moment is not None:
        subscription.since(moment)
    elif from_beginning or not follow:
        subscription.from_beginning()
    else:
        subscription.from_now()
    chosen = _chosen(subscription.records(follow=follow), set(entities), set(metrics))
    if chosen_format(output_format) == "jsonl":
        for value, _ in chosen:
            write_line(value, flush=follow)
    else:
        from pipeline.cli.facttable import show_facts

        show_facts(event for _, event in chosen)


def _chosen(
    records: "Iterator[object]", entities: set[str], metrics: set[str]
) -> "Iterator[tuple[bytes, FactEvent]]":
    from pipeline.stream.record import Record
    from schemas import FactEvent

    for record in records:
        if not isinstance(record, Record) or record.value is None:
            continue
        event = FactEvent.model_validate_json(record.value)
        if entities and (event.entity is None or event.entity.id not in entities):
            continue
        if metrics and event.metric not in metrics:
            continue
        yield record.value, event


def _moment(since: str) -> datetime:
    ago = _AGO.fullmatch(since)
    if ago:
        return datetime.now(UTC) - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
    try:
        moment = datetime.fromisoformat(since)
    except ValueError:
        raise click.BadParameter(
            f"{since!r}; expected a time such as 2025-10-30T21:00Z, or 15m, 2h, 3d ago",
            param_hint="--since",
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
