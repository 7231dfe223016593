"""``callfacts deadletters``."""

import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

import click

from pipeline.cli.moments import optional_moment
from pipeline.cli.options import format_option, with_settings
from pipeline.cli.output import chosen_format, complain, say, show, write_json_line
from pipeline.problem import Problem
from pipeline.settings import Settings

if TYPE_CHECKING:
    from pipeline.deadletters.letter import Letter
    from pipeline.deadletters.reading import Choice
    from pipeline.deadletters.requeueing import NotSent, Sent

Function = TypeVar("Function", bound=Callable[..., Any])

_CONNECTION = ("bootstrap_servers", "topic_prefix")
_SHOWN = 10


@click.group()
def command() -> None:
    """What failed, why, and again.

    A message that cannot be processed is kept on pipeline.deadletters as it came, with the reason
    in its headers. A dead letter is named by its place there, partition:offset.

    \b
    Examples:
      callfacts deadletters list
      callfacts deadletters show 3:17
      callfacts deadletters requeue --fingerprint 8c1f --dry-run
    """


def _choosing(function: Function) -> Function:
    """Give a command the options that choose dead letters; all that are given must fit."""
    for option in reversed(
        [
            click.option(
                "--fingerprint",
                "fingerprints",
                metavar="HEX",
                multiple=True,
                help="Of this cause; the first digits do.",
            ),
            click.option(
                "--stage",
                "stages",
                metavar="STAGE",
                multiple=True,
                help="Of this stage, such as extract.",
            ),
            click.option(
                "--transcript", "transcripts", metavar="ID", multiple=True, help="Of this one."
            ),
            click.option(
                "--since",
                metavar="TIME",
                help="That failed at a time or later, such as "
                "2025-10-30T21:00Z, or 15m, 2h, 3d ago.",
            ),
        ]
    ):
        function = option(function)
    return function


_PLACES = click.option(
    "--id", "places", metavar="PARTITION:OFFSET", multiple=True, help="This dead letter."
)


@command.command(name="list")
@_choosing
@format_option()
@with_settings(*_CONNECTION)
def list_(output_format: str | None, settings: Settings, **chosen: Any) -> None:
    """Group the dead letters by cause, the latest first.

    \b
    Examples:
      callfacts deadletters list
      callfacts deadletters list --since 1d --stage extract
      callfacts deadletters list --format jsonl | jq -r .example
    """
    from pipeline.deadletters.causes import causes
    from pipeline.deadletters.reading import letters, requeued

    found = causes(letters(settings, _choice(chosen)), requeued(settings))
    table = chosen_format(output_format) == "table"
    rows = (
        {
            "fingerprint": each.fingerprint,
            "stage": each.stage,
            "count": each.count,
            "requeued": each.requeued,
            "reason": _readable(each.reason) if table else each.reason,
            "exception": each.exception,
            "first_seen": _time(each.first_seen, table),
            "last_seen": _time(each.last_seen, table),
            "example": each.example,
            "transcript_id": _readable(each.transcript_id or "") if table else each.transcript_id,
            "came_from": each.origin,
            "versions": sorted(each.versions),
        }
        for each in found
    )
    columns = ["fingerprint", "stage", "count", "requeued", "reason", "first_seen", "last_seen"]
    if not found and table:
        say("there are no dead letters that fit" if any(chosen.values()) else "no dead letters")
        return
    show(rows, output_format=output_format, columns=[*columns, "example", "transcript_id"])


@command.command(name="show")
@click.argument("places", nargs=-1, metavar="[PARTITION:OFFSET]...")
@_choosing
@click.option("--raw", is_flag=True, help="Write the original bytes of one, and nothing else.")
@click.option("--full", is_flag=True, help="Show long values to their end, and however many.")
@format_option()
@with_settings(*_CONNECTION)
def show_(
    raw: bool, full: bool, output_format: str | None, settings: Settings, **chosen: Any
) -> int:
    """Show dead letters: the reason, the headers, and the original value.

    JSON is laid out, other text is shown as it is, all else as a hexadecimal dump. Without a place
    or a choice the first ten are shown.

    \b
    Examples:
      callfacts deadletters show 3:17
      callfacts deadletters show --fingerprint 8c1f
      callfacts deadletters show 3:17 --raw > message.bin
    """
    from pipeline.deadletters.reading import letters, requeued
    from pipeline.deadletters.showing import lines, row

    found = letters(settings, _choice(chosen))
    if raw:
        return _write_bytes(list(_first(found, 2)))
    again = requeued(settings)
    count = 0
    for count, letter in enumerate(_first(found, None if full or chosen["places"] else _SHOWN), 1):
        if chosen_format(output_format) == "jsonl":
            write_json_line(row(letter, again))
        else:
            if count > 1:
                click.echo()
            for line in lines(letter, again, full=full):
                click.echo(line)
    if not count:
        complain("no dead letter fits; `callfacts deadletters list` shows those that are there")
        return 1
    return 0


@command.command()
@_choosing
@_PLACES
@click.option("--again", is_flag=True, help="Also those that were requeued before.")
@click.option("--dry-run", is_flag=True, help="Only say what would be sent.")
@format_option()
@with_settings("bootstrap_servers", "topic_prefix", "worker_group")
def requeue(
    again: bool, dry_run: bool, output_format: str | None, settings: Settings, **chosen: Any
) -> int:
    """Send dead letters again to the topic they came from; all of them if none are chosen.

    Each goes with its own key, value and headers, in the order in which they failed, and once: a
    second requeue leaves it out unless --again is given. What fails again is a new dead letter.

    \b
    Examples:
      callfacts deadletters requeue --dry-run
      callfacts deadletters requeue --fingerprint 8c1f
      callfacts deadletters requeue --transcript amzn-2025q3 --since 1d
      callfacts deadletters requeue --id 3:17 --id 0:4 --again
    """
    from pipeline.deadletters.reading import letters, requeued
    from pipeline.deadletters.requeueing import NotSent
    from pipeline.deadletters.requeueing import requeue as send_again

    before = requeued(settings)
    left_out = refused = sent = 0

    def wanted() -> "Iterator[Letter]":
        nonlocal left_out
        for letter in letters(settings, _choice(chosen)):
            if letter.place in before and not again:
                left_out += 1
            else:
                yield letter

    def rows() -> Iterator[dict[str, Any]]:
        nonlocal refused, sent
        outcomes = _intended(settings, wanted()) if dry_run else send_again(settings, wanted())
        for outcome in outcomes:
            if isinstance(outcome, NotSent):
                refused += 1
                complain(f"{outcome.letter.place} cannot be requeued: {outcome.reason}")
            else:
                sent += 1
                yield _requeued_row(outcome, dry_run)

    show(rows(), output_format=output_format)
    did = "would be requeued" if dry_run else "requeued"
    rest = f", {left_out} left out: requeued before (--again sends them too)" if left_out else ""
    say(f"{sent} dead letter{'' if sent == 1 else 's'} {did}{rest}")
    return 1 if refused else 0


def _intended(settings: Settings, letters: "Iterator[Letter]") -> "Iterator[Sent | NotSent]":
    from pipeline.deadletters.requeueing import NotSent, Sent, sendable

    for letter in letters:
        original = sendable(settings, letter)
        if isinstance(original, NotSent):
            yield original
        else:
            yield Sent(letter, original, original.partition, -1)


def _requeued_row(sent: "Sent", dry_run: bool) -> dict[str, Any]:
    failure = sent.letter.failure
    return {
        "dead_letter": sent.letter.place,
        "transcript_id": sent.letter.transcript_id,
        "stage": failure.stage if failure else None,
        "fingerprint": failure.fingerprint if failure else None,
        "topic": sent.original.topic,
        "partition": sent.partition,
        "offset": None if dry_run else sent.offset,
    }


def _choice(chosen: dict[str, Any]) -> "Choice":
    from pipeline.deadletters.reading import Choice, place_of

    return Choice(
        fingerprints=chosen["fingerprints"],
        stages=chosen["stages"],
        transcripts=chosen["transcripts"],
        places=tuple(place_of(each) for each in chosen.get("places", ())),
        since=optional_moment(chosen["since"], "--since"),
    )


def _write_bytes(found: "list[Letter]") -> int:
    if len(found) != 1:
        raise Problem(
            "--raw writes the bytes of one dead letter, and "
            + ("none fits" if not found else "several fit; name one as partition:offset")
        )
    sys.stdout.buffer.write(found[0].original().value or b"")
    return 0


def _first(found: "Iterator[Letter]", count: int | None) -> "Iterator[Letter]":
    from itertools import islice

    return islice(found, count)


def _readable(text: str) -> str:
    from pipeline.readable import readable

    return readable(text)


def _time(moment: Any, table: bool) -> str:
    from pipeline.stream.record import rfc3339

    return f"{moment:%Y-%m-%d %H:%M:%S}" if table else rfc3339(moment)
