"""``callfacts claims``."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from pipeline.cli.options import format_option, with_settings
from pipeline.cli.output import chosen_format, write_json
from pipeline.settings import Settings

if TYPE_CHECKING:
    from schemas import Claim, TranscriptMessage


@click.command()
@click.argument("inputs", nargs=-1, metavar="[INPUT]...")
@click.option("--entity", "entities", metavar="ID", multiple=True, help="Only of these companies.")
@click.option("--metric", "metrics", metavar="ID", multiple=True, help="Only these metrics.")
@click.option("--conflicting", is_flag=True, help="Only where documents disagree.")
@click.option("--from-topic", is_flag=True, help="Read facts.claims; what happens without INPUT.")
@click.option("--published", metavar="DATE", help="When the INPUT was published, if it does not "
              "say, such as 2025-10-30.")  # fmt: skip
@format_option()
@with_settings("bootstrap_servers", "topic_prefix")
def command(
    inputs: tuple[str, ...],
    entities: tuple[str, ...],
    metrics: tuple[str, ...],
    conflicting: bool,
    from_topic: bool,
    published: str | None,
    output_format: str | None,
    settings: Settings,
) -> int:
    """See what the documents together say, and where they disagree.

    Without INPUT it reads the claims that the workers keep on facts.claims. With INPUT, the same
    as extract's, it holds those documents against each other in this process, without a broker.
    Figures are compared as rounded: "about 20%" agrees with 20.2%. JSON lines are the claims as
    they are on the topic.

    \b
    Examples:
      callfacts claims --entity AMZN --conflicting
      callfacts claims call.txt its-translation.txt
      callfacts claims --metric revenue --format jsonl | jq .statements
    """
    if from_topic and inputs:
        raise click.UsageError("--from-topic and INPUT exclude each other")
    if inputs:
        from pipeline.cli.transcripts import Reader, hints

        reader = Reader(hints(published, None))
        claims = _of_documents(reader.messages(inputs))
        refused = reader.refused
    else:
        claims, refused = _of_topic(settings), False
    chosen = [
        claim
        for claim in claims
        if (not entities or (claim.entity is not None and claim.entity.id in entities))
        and (not metrics or any(each.metric in metrics for each in claim.statements))
        and (not conflicting or claim.agreement == "conflict")
    ]
    if chosen_format(output_format) == "jsonl":
        for claim in chosen:
            write_json(claim.model_dump_json().encode())
    else:
        from pipeline.cli.claimtable import show_claims

        show_claims(chosen)
    return 1 if refused else 0


def _of_documents(messages: "Iterable[TranscriptMessage]") -> "Iterable[Claim]":
    """Extract the facts and merge them; of several revisions of a transcript the highest counts."""
    from pipeline.claims.merge import claims_of
    from pipeline.stages import run

    newest: dict[str, TranscriptMessage] = {}
    for message in messages:
        before = newest.get(message.transcript_id)
        if before is None or message.revision > before.revision:
            newest[message.transcript_id] = message
    facts = (fact for message in newest.values() for part in run(message) for fact in part.facts)
    return claims_of(facts).values()


def _of_topic(settings: Settings) -> "Iterable[Claim]":
    from pipeline.stream.subscription import Subscription
    from schemas import Claim

    subscription = Subscription(settings, ["facts.claims"])
    subscription.from_beginning()
    newest: dict[bytes | None, bytes] = {}
    for record in subscription.records(follow=False):
        if record is None:
            continue
        newest.pop(record.key, None)
        if record.value is not None:
            newest[record.key] = record.value
    return map(Claim.model_validate_json, newest.values())
