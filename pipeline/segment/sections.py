"""Prepared remarks, questions and answers, summary: told from headings."""

from functools import lru_cache

from pipeline.normalize.script import fold
from pipeline.patterns import regex
from pipeline.segment.cues import has_cue
from schemas.segmented import Section

_ASIDE = regex(r"[(（【\[][^)）】\]]*[)）】\]]")
_LONGEST_SUMMARY = 40
_ORDER: tuple[Section, ...] = ("qa", "prepared", "summary")


@lru_cache(maxsize=1024)
def section_of(heading: str) -> Section | None:
    """Tell the section that a heading opens; None where its words name none.

    >>> section_of("2.2 Q&A 問答"), section_of("管理层发言"), section_of("雲業務")
    ('qa', 'prepared', None)
    """
    if len(heading) > 60:
        return None
    folded = _ASIDE.sub("", fold(heading))
    return next((section for section in _ORDER if has_cue(folded, f"section:{section}")), None)


def section_under(heading: str, above: tuple[str, ...]) -> Section | None:
    """Tell the section under a heading: its own, else that of the headings above it.

    A summary is a short heading's of its own; within remarks or questions the word means a focus.
    """
    own = section_of(heading)
    outer = next((s for s in map(section_of, reversed(above)) if s), None)
    if own == "summary" and (outer in ("prepared", "qa") or len(heading) > _LONGEST_SUMMARY):
        return outer
    return own or outer


@lru_cache(maxsize=1024)
def closes_document(heading: str) -> bool:
    """Whether a heading is one that closes a document: conclusion, risks, disclaimer."""
    return len(heading) <= 24 and has_cue(fold(heading), "closing")
