"""Identities that never change: of a claim over documents and languages, of a fact over replays."""

from decimal import Decimal
from hashlib import blake2b

from pipeline.claims.canonical import canonical
from pipeline.extract.said import Said
from schemas.event import plain

# Copied for each digest: to make one takes three times as long.
_EMPTY = blake2b(digest_size=12)


def claim_id(said: Said) -> str:
    """The same for all facts that say the same thing but for the amount, in any language."""
    return _digest(encoded("claim\x1f" + "\x1f".join(canonical(said))))


def fact_id(
    *,
    transcript_id: str,
    claim: str,
    said: Said,
    sentence: bytes,
    text: str,
    nth: tuple[int, int],
) -> str:
    """The same for the same evidence in the same transcript.

    Built from what the evidence says, not from where it stands, so that a revision that only moves
    a sentence keeps its facts. ``nth`` tells repetitions of one sentence in a transcript apart.
    The sentence is given ``encoded``, once for all of its figures.
    """
    value, low, high = _spelled(said.value), _spelled(said.low), _spelled(said.high)
    echo, before = nth
    amounts = f"{value}\x1f{low}\x1f{high}\x1f{said.qualifier}"
    told = encoded(f"fact\x1f{transcript_id}\x1f{claim}\x1f{amounts}\x1f")
    return _digest(told + sentence + encoded(f"\x1f{text}\x1f{echo}\x1f{before}"))


def encoded(text: str) -> bytes:
    """Give the bytes that a text counts with; half of a surrogate pair is no error."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def _spelled(amount: Decimal | None) -> str:
    return "None" if amount is None else plain(amount)


def _digest(told: bytes) -> str:
    digest = _EMPTY.copy()
    digest.update(told)
    return digest.hexdigest()
