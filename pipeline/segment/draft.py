"""A segment in the making: what the steps of this stage fill in one after another."""

from dataclasses import dataclass

from schemas.fact import Speaker
from schemas.segmented import Language, Section, SegmentKind


@dataclass(slots=True)
class Draft:
    """``turn`` counts the speakers' turns; 0 where nobody speaks.

    ``asks`` holds what a label says of the turn itself (question, answer), ``question`` the draft
    that an answer answers, ``pair`` the place and language of the translation, ``name`` what its
    segment is called, in the end.
    """

    start: int
    end: int
    text: str
    language: Language
    kind: SegmentKind
    path: tuple[str, ...]
    speaker: Speaker | None = None
    section: Section | None = None
    turn: int = 0
    asks: str | None = None
    boilerplate: bool = False
    question: "Draft | None" = None
    is_title: bool = False
    pair: tuple[int, int, Language] | None = None
    name: str = ""
