"""``callfacts extract``: the whole pipeline in this process, without a broker."""

import click

from pipeline.cli.options import format_option
from pipeline.cli.output import chosen_format, show, write_json, write_line
from pipeline.cli.transcripts import Reader, hints


@click.command()
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option(
    "--stage",
    type=click.Choice(["segmented", "normalized", "facts"]),
    default="facts",
    show_default=True,
    help="How far to go: a line a segment, a segment with its quantities, or a fact.",
)
@format_option("table", "jsonl", "html")
@click.option(
    "--jobs",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="How many processes share the transcripts; output keeps their order.",
)
@click.option("--published", metavar="DATE", help="When they were published, such as 2025-10-30.")
@click.option("--entity", metavar="ID", help="Whom they are about, such as AMZN; a hint.")
def command(
    inputs: tuple[str, ...],
    stage: str,
    output_format: str | None,
    jobs: int,
    published: str | None,
    entity: str | None,
) -> int:
    """Find the facts in transcripts.

    INPUT is a .txt file (its name without .txt is the transcript_id), a .json or .jsonl file of
    transcript messages, or - for such lines on standard input. Facts go to standard output: a
    table on a terminal, else a JSON object a line.

    \b
    callfacts extract call.txt --published 2025-10-30
    callfacts extract calls.jsonl --jobs 2 > facts.jsonl
    callfacts extract call.txt --format html > call.html
    callfacts extract call.txt --stage normalized | jq .quantities
    """
    reader = Reader(hints(published, entity))
    messages = reader.messages(inputs)
    chosen = chosen_format(output_format)
    if chosen == "html":
        from pipeline.page.documents import page

        write_line(page(messages).encode("utf-8", "replace"))
    elif chosen == "table":
        from pipeline.cli.rows import table_rows

        show(table_rows(messages, stage), output_format="table")
    else:
        from pipeline.batch import lines

        for number, line in enumerate(lines(messages, stage, jobs)):
            # Whoever waits for the first one has it at once, the others come in blocks.
            write_json(line, flush=number == 0)
    return 1 if reader.refused else 0
