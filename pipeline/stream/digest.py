"""What makes two transcript messages the same."""

import hashlib

import orjson

from schemas import TranscriptMessage


def digest_of(message: TranscriptMessage) -> str:
    """Give a digest of all that a transcript message says, but its revision."""
    said = message.model_dump(mode="json", exclude={"revision"})
    return hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()[:32]
