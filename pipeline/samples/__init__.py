"""Transcripts of our own writing in all genres, with the facts that a reader finds in them."""

from importlib.resources import files

import orjson

from pipeline.transcript import transcript_from
from schemas import TranscriptMessage


def samples() -> list[TranscriptMessage]:
    """Read the sample transcripts that are packaged with the program."""
    folder = files("pipeline.samples")
    listed = orjson.loads(folder.joinpath("manifest.json").read_bytes())
    return [
        transcript_from(
            {
                "transcript_id": each["transcript_id"],
                "title": each["title"],
                "published_at": each["published_at"],
                "text": folder.joinpath(each["file"]).read_text("utf-8"),
            }
        )
        for each in listed
    ]
