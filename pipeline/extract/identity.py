"""Identities that never change: of a claim over documents and languages, of a fact over replays."""

from decimal import Decimal
from hashlib import blake2b

from pipeline.claims.canonical import canonical
from pipeline.extract.said import Said
from schemas.event import plain


def claim_id(said: Said) -> str:
    """The same for all facts that say the same thing but for the amount, in any language."""
    return _digest(["claim", *canonical(said)])


def fact_id(
    *,
    transcript_id: str,
    claim: str,
    amounts: tuple[Decimal | None, Decimal | None, Decimal | None],
    qualifier: str,
    sentence: str,
    text: str,
    nth: tuple[int, int],
) -> str:
    """The same for the same evidence in the same transcript.

    Built from what the evidence says, not from where it stands, so that a revision that only moves
    a sentence keeps its facts. ``nth`` tells repetitions of one sentence in a transcript apart.
    """
    value, low, high = amounts
    spelled = [_plain(value), _plain(low), _plain(high), qualifier]
    told = [sentence, text, str(nth[0]), str(nth[1])]
    return _digest(["fact", transcript_id, claim, *spelled, *told])


def _plain(amount: Decimal | None) -> str:
    return "None" if amount is None else plain(amount)


def _digest(parts: list[str]) -> str:
    return blake2b("\x1f".join(parts).encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
