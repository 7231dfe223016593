"""``callfacts facts``."""

from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.moments import optional_moment
from pipeline.cli.options import format_option, with_settings
from pipeline.cli.output import chosen_format, say, write_json
from pipeline.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from pipeline.stream.record import Record
    from schemas import FactEvent


@click.command()
@click.option("--follow", "-f", is_flag=True, help="Go on with facts as they arrive, until Ctrl-C.")
@click.option("--from-beginning", is_flag=True, help="Start with the oldest facts that are kept.")
@click.option("--since", metavar="TIME", help="Start at a time, such as 2025-10-30T21:00Z, or 15m, "
              "2h, 3d ago.")  # fmt: skip
@click.option("--as-of", metavar="TIME", help="The facts that stood at a time: asserted by then, "
              "and not retracted by then.")  # fmt: skip
@click.option("--entity", "entities", metavar="ID", multiple=True, help="Only of these companies.")
@click.option("--metric", "metrics", metavar="ID", multiple=True, help="Only these metrics.")
@format_option()
@with_settings("bootstrap_servers", "topic_prefix")
def command(
    follow: bool,
    from_beginning: bool,
    since: str | None,
    as_of: str | None,
    entities: tuple[str, ...],
    metrics: tuple[str, ...],
    output_format: str | None,
    settings: Settings,
) -> None:
    """Subscribe to the facts.

    Without --follow it prints the facts that are there and ends; with it, the facts that arrive
    from now on, or from where --from-beginning or --since say. JSON lines are the events as they
    are on the topic; a fact that is retracted comes again with the status "retracted". With --as-of
    it prints what a subscriber knew at that time, each fact once.

    \b
    Examples:
      callfacts facts --follow
      callfacts facts --since 2h --entity AMZN --entity MSFT
      callfacts facts --from-beginning --metric revenue --format jsonl | jq .statement
      callfacts facts --as-of 2025-10-30T21:00Z --entity AMZN
    """
    if sum((from_beginning, since is not None, as_of is not None)) > 1:
        raise click.UsageError("--from-beginning, --since and --as-of exclude each other")
    if as_of is not None and follow:
        raise click.UsageError("--as-of and --follow exclude each other: what was known is known")
    start, then = optional_moment(since, "--since"), optional_moment(as_of, "--as-of")
    if then is not None:
        chosen = _known(settings, then, set(entities), set(metrics))
    else:
        records = _records(settings, start, follow=follow, from_beginning=from_beginning)
        chosen = _chosen(records, set(entities), set(metrics))
    if chosen_format(output_format) == "jsonl":
        for value, _ in chosen:
            write_json(value, flush=follow)
    else:
        from pipeline.cli.facttable import show_facts

        show_facts(event for _, event in chosen)


def _records(
    settings: Settings, start: "datetime | None", *, follow: bool, from_beginning: bool
) -> "Iterator[Record | None]":
    from pipeline.stream.subscription import Subscription

    subscription = Subscription(settings, ["facts.events"])
    if start is not None:
        subscription.since(start)
    elif from_beginning or not follow:
        subscription.from_beginning()
    else:
        subscription.from_now()
    return subscription.records(follow=follow)


def _known(
    settings: Settings, then: "datetime", entities: set[str], metrics: set[str]
) -> "Iterator[tuple[bytes, FactEvent]]":
    from pipeline.stream.standing import as_of
    from schemas import FactEvent

    def fits(event: dict[str, Any]) -> bool:
        entity = event["entity"]
        of_entity = not entities or (entity is not None and entity["id"] in entities)
        return of_entity and (not metrics or event["metric"] in metrics)

    known = False
    for value in as_of(settings, then, fits):
        known = True
        yield value, FactEvent.model_validate_json(value)
    if not known:
        say(f"no such fact had been published by {then:%Y-%m-%d %H:%M:%S} UTC")


def _chosen(
    records: "Iterator[Record | None]", entities: set[str], metrics: set[str]
) -> "Iterator[tuple[bytes, FactEvent]]":
    from pipeline.subscribe.wanted import Wanted
    from schemas import FactEvent

    wanted = Wanted.of(entity=entities or None, metric=metrics or None)
    for record in records:
        if record is None or record.value is None:
            continue
        event = FactEvent.model_validate_json(record.value)
        if wanted.passes(event):
            yield record.value, event
