"""Where in its sentence a quantity stands.

An event gives the quantity's place in the transcript, and the sentence as text without its place.
Where the same characters stand in the sentence twice, the other facts of that sentence tell which
of them are meant: all have to fit one and the same place of the sentence.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Iterator

from schemas import Evidence

Key = tuple[str, int, bytes]

_REMEMBERED = 2_000
_MOST_PLACES = 50
_WITHIN_NUMBERS = frozenset("0123456789.,")


class Sentences:
    """Knows of the sentences seen last where they may begin in their transcripts."""

    def __init__(self) -> None:
        self._starts: OrderedDict[Key, frozenset[int]] = OrderedDict()

    def see(self, transcript_id: str, revision: int, evidence: Evidence) -> None:
        """Take note of one quantity of a sentence."""
        key = _key(transcript_id, revision, evidence.sentence)
        starts = frozenset(evidence.start - place for place in _places(evidence))
        known = self._starts.pop(key, None)
        both = starts if known is None else known & starts
        self._starts[key] = both or starts
        if len(self._starts) > _REMEMBERED:
            self._starts.popitem(last=False)

    def places(self, transcript_id: str, revision: int, evidence: Evidence) -> list[int]:
        """Give where the quantity's text stands in the sentence: one place, or all that may be."""
        places = list(_places(evidence))
        known = self._starts.get(_key(transcript_id, revision, evidence.sentence), frozenset())
        return [place for place in places if evidence.start - place in known] or places


def _key(transcript_id: str, revision: int, sentence: str) -> Key:
    digest = hashlib.blake2b(sentence.encode("utf-8", "replace"), digest_size=16).digest()
    return transcript_id, revision, digest


def _places(evidence: Evidence) -> Iterator[int]:
    """Find the text in the sentence, first where it is no part of a longer number."""
    found = list(_all_places(evidence.sentence, evidence.text))
    whole = [at for at in found if not _within_number(evidence.sentence, at, evidence.text)]
    yield from whole or found


def _all_places(sentence: str, text: str) -> Iterator[int]:
    at = sentence.find(text) if text else -1
    for _ in range(_MOST_PLACES):
        if at < 0:
            return
        yield at
        at = sentence.find(text, at + 1)


def _within_number(sentence: str, at: int, text: str) -> bool:
    """Whether a digit before or behind makes it another number: the 5% of 15%, the $5 of $5.2."""
    end = at + len(text)
    before, behind = sentence[max(0, at - 1) : at], sentence[end : end + 2]
    if text[0] in "0123456789" and before in _WITHIN_NUMBERS and before:
        return True
    if text[-1] not in "0123456789":
        return False
    return behind[:1].isdecimal() or (behind[:1] in (".", ",") and behind[1:2].isdecimal())
