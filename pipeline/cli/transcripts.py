"""Transcripts from the inputs of a command, with what its options say of them."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import click

from pipeline.cli.inputs import Given, Refused, read_inputs
from pipeline.cli.output import complain
from schemas import TranscriptMessage


def hints(published: str | None, entity: str | None) -> dict[str, Any]:
    """Give the fields of a transcript that options set; a usage error where one cannot be read."""
    hints: dict[str, Any] = {}
    if published is not None:
        try:
            moment = datetime.fromisoformat(published)
        except ValueError:
            raise click.BadParameter(
                f"{published!r} is no date; expected one such as 2025-10-30 or "
                "2025-10-30T21:00:00Z",
                param_hint="--published",
            ) from None
        hints["published_at"] = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if entity is not None:
        hints["entity"] = entity
    return hints


class Reader:
    """Reads the inputs, adds the hints of the command line, and remembers whether any was bad."""

    def __init__(self, hints: dict[str, Any]) -> None:
        """Take the fields that a transcript gets where it does not have them."""
        self._hints = hints
        self.refused = False

    def messages(self, inputs: Iterable[str]) -> Iterator[TranscriptMessage]:
        """Give the good transcripts; complain about the others."""
        for item in read_inputs(inputs):
            if isinstance(item, Refused):
                self.refused = True
                complain(item)
            elif isinstance(item, Given):
                missing = {k: v for k, v in self._hints.items() if getattr(item.message, k) is None}
                yield item.message.model_copy(update=missing) if missing else item.message
