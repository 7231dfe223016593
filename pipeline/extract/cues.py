"""Cue words: direction, level, base, share, modality. The words are in cues.tsv."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from pipeline.lexicon.phrases import Phrases

_LATIN = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")


@dataclass(slots=True)
class Cue:
    """A cue word at its place in the folded text; ``kinds`` are all that it may mean there.

    ``tight`` kinds count only where the quantity follows at once. ``sure`` cues say a direction, a
    share, a gain or a loss whatever else their words may be.
    """

    start: int
    end: int
    kinds: frozenset[str]
    tight: frozenset[str]
    sure: bool = False


_SURE = frozenset({"up", "down", "rate", "gain", "loss", "share"})


@dataclass(slots=True)
class _Meaning:
    """What a phrase says, and whether its ends are letters, which must not go on."""

    kinds: frozenset[str]
    tight: frozenset[str]
    sure: bool
    idle: bool
    opens_latin: bool
    ends_latin: bool


@cache
def _phrases() -> Phrases[_Meaning]:
    table = files("pipeline.extract").joinpath("cues.tsv").read_text(encoding="utf-8")
    meanings: dict[str, tuple[set[str], set[str]]] = {}
    for line in table.splitlines():
        if line and not line.startswith("#"):
            kind, phrases = line.split("\t")
            for phrase in phrases.split("|"):
                anywhere, tight = meanings.setdefault(phrase.rstrip("^"), (set(), set()))
                (tight if phrase.endswith("^") else anywhere).add(kind)
    return Phrases(
        {
            phrase: _Meaning(
                kinds=frozenset(anywhere | tight),
                tight=frozenset(tight),
                sure=not _SURE.isdisjoint(anywhere | tight),
                idle="none" in anywhere | tight,
                opens_latin=phrase[0] in _LATIN,
                ends_latin=phrase[-1] in _LATIN,
            )
            for phrase, (anywhere, tight) in meanings.items()
        }
    )


def find_cues(folded: str) -> list[Cue]:
    """Find the cue words of a folded text, longest first at each place, in order, none overlapping.

    >>> [(cue.start, sorted(cue.kinds)) for cue in find_cues("收入同比下滑2.8%")]
    [(4, ['down', 'down_after'])]
    """
    found: list[Cue] = []
    idle = False
    phrases = _phrases()
    for which, start, end in phrases.places(folded):
        meaning: _Meaning = phrases.meanings[which]
        if meaning.opens_latin and start and folded[start - 1] in _LATIN:
            continue
        if meaning.ends_latin and end < len(folded) and folded[end] in _LATIN:
            continue
        while found and found[-1].start >= start:
            found.pop()
        if found and found[-1].end > start:
            continue
        found.append(Cue(start, end, meaning.kinds, meaning.tight, meaning.sure))
        idle = idle or meaning.idle
    return [cue for cue in found if "none" not in cue.kinds] if idle else found
