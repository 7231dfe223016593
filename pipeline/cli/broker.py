"""``callfacts broker``."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from pipeline.cli.options import format_option, with_settings
from pipeline.cli.output import say, show
from pipeline.settings import Settings

if TYPE_CHECKING:
    from pipeline.broker import How

Function = TypeVar("Function", bound=Callable[..., Any])


@click.group(name="broker")
def command() -> None:
    """Start, stop and look at a local Apache Kafka for development and tests.

    It listens on loopback only: a container of the official image where a Docker engine answers,
    else a Java process (Java 17 or newer; Maven fetches the jars, once). Its data stay in the
    user's cache until `stop --delete-data`.

    \b
    Examples:
      callfacts broker start
      callfacts broker start --name other --port 19092
      callfacts broker stop --name other --delete-data
    """


def _which(function: Function) -> Function:
    name = click.option(
        "--name", default="default", show_default=True, help="Which of several local brokers."
    )
    folder = click.option(
        "--data-dir",
        type=click.Path(file_okay=False, path_type=Path),
        help="Its folder, instead of one in the cache by its name.",
    )
    return name(folder(function))


@command.command()
@_which
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=9092,
    show_default=True,
    help="Loopback port; 0 takes any free one.",
)
@click.option(
    "--how",
    type=click.Choice(["auto", "container", "jvm"]),
    default="auto",
    show_default=True,
    help="Run as a container or as a Java process.",
)
@with_settings("cache_dir")
def start(name: str, data_dir: Path | None, port: int, how: "How", settings: Settings) -> None:
    """Start the broker; it is ready when this returns. Does nothing if it runs already.

    \b
    Examples:
      callfacts broker start
      callfacts broker start --name scratch --port 0
    """
    from pipeline import broker

    running = broker.start(
        _folder(settings, name, data_dir), cache=settings.cache_dir, port=port, how=how, tell=say
    )
    click.echo(f"ready on {running.bootstrap_servers} ({running.how}, data in {running.folder})")
    if running.bootstrap_servers != settings.bootstrap_servers:
        say(f"for other commands: export CALLFACTS_BOOTSTRAP_SERVERS={running.bootstrap_servers}")


@command.command()
@_which
@click.option("--delete-data", is_flag=True, help="Delete its topics and messages too.")
@with_settings("cache_dir")
def stop(name: str, data_dir: Path | None, delete_data: bool, settings: Settings) -> None:
    """Stop the broker; nothing of it runs when this returns. Its data are kept.

    \b
    Examples:
      callfacts broker stop
      callfacts broker stop --delete-data
    """
    from pipeline import broker

    folder = _folder(settings, name, data_dir)
    stopped = broker.stop(folder, cache=settings.cache_dir, delete_data=delete_data)
    click.echo("stopped" if stopped else "was not running")


@command.command()
@_which
@format_option()
@with_settings("cache_dir")
def status(name: str, data_dir: Path | None, output_format: str | None, settings: Settings) -> int:
    """Say whether the broker runs, and where; the exit status is 1 if it does not.

    \b
    Examples:
      callfacts broker status
      callfacts broker status --name other --format jsonl
    """
    from pipeline import broker
    from pipeline.broker.readiness import serves

    folder = _folder(settings, name, data_dir)
    running = broker.status(folder)
    row: dict[str, object] = {"running": running is not None, "folder": str(folder)}
    if running is not None:
        row |= {
            "serving": serves(running.bootstrap_servers, seconds=5),
            "bootstrap_servers": running.bootstrap_servers,
            "how": running.how,
            "identity": running.identity,
            "version": running.version,
        }
    show([row], output_format=output_format)
    return 0 if running is not None else 1


def _folder(settings: Settings, name: str, data_dir: Path | None) -> Path:
    if data_dir is not None:
        return data_dir.expanduser().absolute()
    if not name.replace("-", "").replace("_", "").isalnum():
        raise click.BadParameter(
            f"{name!r}: expected letters, digits, - and _", param_hint="--name"
        )
    return settings.cache_dir / "kafka" / "brokers" / name
