"""``callfacts publish``."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.options import format_option, with_settings
from pipeline.cli.output import complain, show
from pipeline.settings import Settings

if TYPE_CHECKING:
    from pipeline.stream.record import Message


@click.command()
@click.argument("inputs", nargs=-1, metavar="INPUT...")
@click.option("--published", metavar="DATE", help="When they were published, such as 2025-10-30.")
@click.option("--entity", metavar="ID", help="Whom they are about, such as AMZN; a hint.")
@click.option("--revision", type=click.IntRange(1), help="Their revision; a higher one corrects.")
@click.option(
    "--withdraw", metavar="TRANSCRIPT_ID", multiple=True, help="Withdraw a transcript: all its "
    "facts are retracted."
)  # fmt: skip
@click.option(
    "--raw", is_flag=True, help="Send files as they are, unread, to see what becomes of bad input."
)
@format_option()
@with_settings("bootstrap_servers", "topic_prefix")
def command(
    inputs: tuple[str, ...],
    published: str | None,
    entity: str | None,
    revision: int | None,
    withdraw: tuple[str, ...],
    raw: bool,
    output_format: str | None,
    settings: Settings,
) -> int:
    """Send transcripts to the pipeline, and say what landed where.

    INPUT is what `callfacts extract` takes: a .txt file (its name without .txt is the
    transcript_id), a .json or .jsonl file of transcript messages, or - for such lines on standard
    input. Bad input is named and not sent; the rest is; the exit status is then 1.

    \b
    Examples:
      callfacts publish call.txt --published 2025-10-30
      callfacts publish calls.jsonl corrected.json
      callfacts publish call.txt --revision 2
      callfacts publish --withdraw call
    """
    if not inputs and not withdraw:
        raise click.UsageError("nothing to send; expected INPUT or --withdraw TRANSCRIPT_ID")
    from pipeline.stream.sending import NotTaken, send, withdrawal
    from pipeline.stream.traces import stop_tracing, trace_process

    trace_process("publish")
    hints = {"published_at": _moment(published), "entity": entity, "revision": revision}
    outbox = _Outbox({name: value for name, value in hints.items() if value is not None})

    def messages() -> "Iterator[Message]":
        yield from outbox.bytes_of(inputs) if raw else outbox.transcripts(inputs)
        yield from (withdrawal(each) for each in withdraw)

    def rows() -> Iterator[dict[str, Any]]:
        for outcome in send(settings, messages()):
            if isinstance(outcome, NotTaken):
                outbox.refused = True
                complain(f"{outcome.transcript_id}: {outcome.reason}")
            else:
                yield {
                    "transcript_id": outcome.transcript_id,
                    "topic": outcome.topic,
                    "partition": outcome.partition,
                    "offset": outcome.offset,
                }

    show(rows(), output_format=output_format)
    stop_tracing()
    return 1 if outbox.refused else 0


def _moment(published: str | None) -> datetime | None:
    if published is None:
        return None
    try:
        moment = datetime.fromisoformat(published)
    except ValueError:
        raise click.BadParameter(
            f"{published!r} is no date; expected one such as 2025-10-30 or 2025-10-30T21:00:00Z",
            param_hint="--published",
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


class _Outbox:
    """Turns inputs into messages, and remembers whether any was bad."""

    def __init__(self, hints: dict[str, Any]) -> None:
        self._hints = hints
        self.refused = False

    def transcripts(self, inputs: tuple[str, ...]) -> "Iterator[Message]":
        from pipeline.cli.inputs import Refused, read_inputs
        from pipeline.stream.sending import transcript

        for item in read_inputs(inputs):
            if isinstance(item, Refused):
                self.refused = True
                complain(item)
                continue
            given = item.message.model_fields_set
            missing = {name: value for name, value in self._hints.items() if name not in given}
            yield transcript(item.message.model_copy(update=missing))

    def bytes_of(self, inputs: tuple[str, ...]) -> "Iterator[Message]":
        from pipeline.stream.sending import bare

        for name in inputs:
            try:
                yield bare(Path(name).stem, Path(name).read_bytes())
            except OSError as error:
                self.refused = True
                complain(f"{name}: cannot be read: {error.strerror or error}")
