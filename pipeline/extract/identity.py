"""Identities that never change: of a claim over documents and languages, of a fact over replays."""

import re
from hashlib import blake2b

from pipeline.extract.said import Said
from schemas.event import plain

_FAMILY = re.compile(r"^[A-Z]{3}")


def unit_family(unit: str) -> str:
    """The kind of unit that a claim is about, whatever the currency: money, money/share, percent…

    >>> unit_family("USD/share")
    'money/share'
    """
    return _FAMILY.sub("money", unit)


def claim_id(said: Said) -> str:
    """The same for all facts that say the same thing but for the amount, in any language."""
    entity, period = said["entity"], said["period"]
    return _digest(
        "claim",
        entity.id if entity else "",
        (said["scope"] or "").casefold(),
        said["metric"],
        said["measure"],
        unit_family(said["unit"]),
        f"{period.start}/{period.end}" if period else "",
        said["comparison"] or "",
        said["modality"],
    )


def fact_id(
    *,
    transcript_id: str,
    claim: str,
    amounts: tuple[object, ...],
    sentence: str,
    text: str,
    nth: tuple[int, int],
) -> str:
    """The same for the same evidence in the same transcript.

    Built from what the evidence says, not from where it stands, so that a revision that only moves
    a sentence keeps its facts. ``nth`` tells repetitions of one sentence in a transcript apart.
    """
    spelled = [plain(a) if hasattr(a, "as_tuple") else str(a) for a in amounts]  # type: ignore[arg-type]
    return _digest("fact", transcript_id, claim, *spelled, sentence, text, *map(str, nth))


def _digest(*parts: str) -> str:
    return blake2b("\x1f".join(parts).encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
