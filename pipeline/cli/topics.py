"""``callfacts topics``."""

from datetime import timedelta
from typing import TYPE_CHECKING

import click

from pipeline.cli.options import Function, format_option, with_settings
from pipeline.cli.output import chosen_format, complain, say, show
from pipeline.problem import Problem
from pipeline.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topics.plan import ActualTopic, Change

_CONNECTION = ("bootstrap_servers", "topic_prefix", "partitions", "replication_factor")


def _with_acls(function: Function) -> Function:
    """Give a command the options that concern ACLs."""
    principals = click.option(
        "--principal",
        "principals",
        metavar="ROLE=User:NAME",
        multiple=True,
        help="Who plays a role, for --acls; several times for several. Left out: for each role "
        "the user callfacts-ROLE. A subscriber's groups are those that begin with its name; "
        "subscriber/GROUP=User:NAME says another one.",
    )
    whether = click.option(
        "--acls", "with_acls", is_flag=True, help="Also what each role may do, as Kafka's ACLs."
    )
    return whether(principals(function))


def _checked(principals: tuple[str, ...], with_acls: bool) -> tuple[str, ...]:
    if principals and not with_acls:
        raise click.UsageError("--principal is for --acls; give both")
    return principals


@click.group(name="topics")
def command() -> None:
    """Hold the declared topics against the cluster, create, update or delete them.

    Topics are declared in topics/declared.py; names, retention and sizes stand nowhere else.

    \b
    Examples:
      callfacts topics list
      callfacts topics diff
      callfacts topics apply
      callfacts topics apply --topic-prefix replay. --partitions 16
    """


@command.command(name="list")
@format_option()
@with_settings(*_CONNECTION)
def list_(output_format: str | None, settings: Settings) -> None:
    """List the declared topics: what they carry, how long it is kept, what the cluster has.

    JSON lines also say which roles write and read each topic; docs/security.md says what they are.

    \b
    Examples:
      callfacts topics list
      callfacts topics list --format jsonl | jq .topic
    """
    from topics import DECLARED, cluster
    from topics.roles import ROLES

    there: dict[str, ActualTopic] | None = None
    try:
        with cluster.connected(settings) as admin:
            there = cluster.read(admin, [settings.topic(topic.name) for topic in DECLARED])
    except Problem as problem:
        complain(problem)
    rows = []
    for topic in DECLARED:
        name = settings.topic(topic.name)
        actual = there.get(name) if there is not None else None
        rows.append(
            {
                "topic": name,
                "key": topic.key,
                "value": topic.value.__name__ if topic.value else None,
                "kept": "compacted" if topic.kept is None else _days(topic.kept),
                "compression": topic.compression,
                "largest_bytes": topic.largest,
                "in_cluster": None if there is None else actual is not None,
                "partitions": actual.partitions if actual else settings.partitions,
                "messages": actual.messages if actual else None,
                "written_by": [role.name for role in ROLES if role.may("write", topic.name)],
                "read_by": [role.name for role in ROLES if role.may("read", topic.name)],
                "meaning": topic.meaning,
            }
        )
    columns = ["topic", "key", "value", "kept", "largest_bytes", "partitions", "in_cluster"]
    show(rows, output_format=output_format, columns=[*columns, "messages"])


@command.command()
@format_option()
@click.option("--exit-code", is_flag=True, help="End with status 1 if anything differs.")
@_with_acls
@with_settings(*_CONNECTION)
def diff(
    output_format: str | None,
    exit_code: bool,
    with_acls: bool,
    principals: tuple[str, ...],
    settings: Settings,
) -> int:
    """Show what differs between the declared topics and the cluster's; change nothing.

    \b
    Examples:
      callfacts topics diff
      callfacts topics diff --exit-code && echo in step
      callfacts topics diff --acls --principal worker=User:callfacts-worker
    """
    from topics import acls, cluster

    held = acls.holders(_checked(principals, with_acls))
    with cluster.connected(settings) as admin:
        changes = cluster.differences(admin, settings)
        if with_acls:
            changes += acls.differences(admin, settings, held)
    _show_changes(changes, output_format)
    if not changes:
        say("the cluster's topics are as declared")
    return 1 if changes and exit_code else 0


@command.command()
@format_option()
@click.option(
    "--allow-harm",
    is_flag=True,
    help="Also make changes that lose messages or move keys; see `callfacts topics diff`.",
)
@_with_acls
@with_settings(*_CONNECTION)
def apply(
    output_format: str | None,
    allow_harm: bool,
    with_acls: bool,
    principals: tuple[str, ...],
    settings: Settings,
) -> int:
    """Create missing topics and update others until they are as declared.

    A change that would do harm (shorter retention, smaller messages, another clean-up policy, more
    partitions where there are messages, an ACL taken away) is refused without --allow-harm, and the
    exit status is 1. Topics and ACLs that are none of the pipeline's are left alone.

    \b
    Examples:
      callfacts topics apply
      callfacts topics apply --replication-factor 3 --bootstrap-servers kafka1:9092,kafka2:9092
      callfacts topics apply --acls --principal worker=User:etl --principal subscriber=User:desk
    """
    from topics import acls, cluster

    held = acls.holders(_checked(principals, with_acls))
    with cluster.connected(settings) as admin:
        applied = cluster.apply(admin, settings, allow_harm=allow_harm)
        if with_acls:
            granted = acls.apply(admin, settings, held, allow_harm=allow_harm)
            applied = cluster.Applied(
                [*applied.made, *granted.made], [*applied.refused, *granted.refused]
            )
    _show_changes(applied.made, output_format)
    for change in applied.refused:
        flag = "; --allow-harm does it all the same" if change.possible else ""
        complain(
            f"{change.topic}: {change.name} stays {change.actual} instead of "
            f"{change.declared or 'the default'}: {change.harm}{flag}"
        )
    if not applied.made and not applied.refused:
        say("nothing to change: the cluster's topics are as declared")
    return 1 if applied.refused else 0


@command.command()
@click.option("--prefix", metavar="NAME", help="Whose topics to delete, such as next.")
@click.option("--yes", is_flag=True, help="Delete them; without it they are only listed.")
@format_option()
@with_settings("bootstrap_servers", "topic_prefix", "worker_group")
def delete(prefix: str | None, yes: bool, output_format: str | None, settings: Settings) -> int:
    """Delete the topics of a replay, `callfacts replay --prefix NAME`, and its consumer groups.

    Never those of the prefix that the settings name, nor those without one: they are the live ones.
    It refuses too while workers are in the groups.

    \b
    Examples:
      callfacts topics delete --prefix next.
      callfacts topics delete --prefix next. --yes
    """
    from topics import cluster, generation

    if not prefix:
        raise click.UsageError("whose topics? expected --prefix NAME; those without one are live")
    chosen = Settings.load({}, topic_prefix=prefix, worker_group=settings.worker_group)
    if chosen.topic_prefix == settings.topic_prefix:
        raise click.UsageError(
            f"{prefix} is the prefix of the live topics (CALLFACTS_TOPIC_PREFIX); expected another"
        )
    with cluster.connected(settings) as admin:
        there = generation.found(admin, chosen)
        rows = [{"kind": "topic", "name": each} for each in there.topics]
        rows += [{"kind": "group", "name": each} for each in there.groups]
        if not rows:
            say(f"nothing is there under the prefix {prefix}")
            return 0
        if yes:
            generation.delete(admin, there)
    show(rows, output_format=output_format, columns=["kind", "name"])
    if not yes:
        complain("nothing is deleted; --yes deletes these")
        return 1
    return 0


def _show_changes(changes: "Sequence[Change]", output_format: str | None) -> None:
    if not changes and chosen_format(output_format) == "table":
        return
    columns = ("topic", "kind", "name", "actual", "declared", "harm")
    show(
        [{column: getattr(change, column) for column in columns} for change in changes],
        output_format=output_format,
        columns=columns,
    )


def _days(span: timedelta) -> str:
    years, days = divmod(span.days, 365)
    return f"{years} years" if years and not days else f"{span.days} days"
