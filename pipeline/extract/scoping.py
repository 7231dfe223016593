"""Which business and which company a quantity is about."""

import re

from pipeline.extract.frame import Frame, Reading, Setting
from pipeline.extract.place import Place, words_in
from pipeline.extract.reading import Mark, Sentence
from pipeline.lexicon.companies import company
from pipeline.lexicon.scopes import ScopeMatch
from schemas import CompanyMention, Entity

_IN_PLACE = re.compile(
    r"^\s*(?:in|for|at|from|of|for the|in the|from the|of the|at the|within)\s+(?:the |our )?$"
)
# Companies in these places are not what the sentence is about: "with Microsoft", 与英伟达.
_ASIDE = re.compile(
    r"(?:\b(?:with|by|versus|vs|from|to|for|like|inside|at|than|of)|与|和|跟|对|比|给|由|向|同)\s*$"
)
_LISTED = re.compile(r"\s*(?:,|、|，|and|和|及|与|&|/|\s)*")


def note_scope(frame: Frame, sentence: Sentence, at: int) -> None:
    """Take a scope mark into the frame where it can be what the next figures are about."""
    mark = sentence.marks[at]
    match = mark.value
    if not isinstance(match, ScopeMatch):
        return
    if not match.known and not _stands_as_subject(sentence, at):
        return
    earlier = frame.scope_mark
    if earlier is not None and isinstance(earlier.value, ScopeMatch):
        between = sentence.folded[earlier.end : mark.start]
        # "AWS in North America": of two scopes in one phrase the first is what is measured.
        if match.kind == "region" and len(between) < 8 and not re.search(r"[,，;；、/]", between):
            return
    frame.scope, frame.scope_mark, frame.scope_inherited = match.scope, mark, False


def _stands_as_subject(sentence: Sentence, at: int) -> bool:
    """Whether a name that no list knows is what the clause is about."""
    mark = sentence.marks[at]
    for later in sentence.marks[at + 1 :]:
        if later.kind in ("metric", "cue", "quantity"):
            return words_in(sentence.folded[mark.end : later.start]) <= 1
        if later.kind == "break":
            return later.weight == 2
    return False


def note_company(frame: Frame, sentence: Sentence, mark: Mark) -> None:
    """Take a company mark into the frame unless it stands aside from the subject."""
    if not isinstance(mark.value, CompanyMention):
        return
    if _ASIDE.search(sentence.folded[sentence.start : mark.start]) and frame.entity is None:
        frame.last_company = mark
        return
    if frame.last_company is not None and frame.entity is None:
        between = sentence.folded[frame.last_company.end : mark.start]
        if _LISTED.fullmatch(between):
            frame.last_company = mark
            return
    frame.entity, frame.last_company = entity_of(mark.value), mark


def entity_of(mention: CompanyMention) -> Entity:
    """The entity of a company mention, under its canonical name."""
    known = company(mention.company.id)
    return Entity(id=known.id, name=known.name) if known else mention.company


def choose_scope(reading: Reading, place: Place, frame: Frame, setting: Setting) -> None:
    """Settle scope and company."""
    behind = _scope_behind(place)
    if behind is not None:
        reading.scope = behind
    elif frame.scope is not None and not (frame.scope_inherited and frame.metrics):
        reading.scope = frame.scope
    else:
        reading.scope = reading.scope or setting.scope
    reading.entity = frame.entity or setting.about


def _scope_behind(place: Place) -> str | None:
    for mark in place.after():
        if mark.kind == "scope" and isinstance(mark.value, ScopeMatch):
            gap = place.gap_after(mark)
            if mark.value.known and (_IN_PLACE.match(gap) or gap.strip() in ("", "的", "来自")):
                return mark.value.scope
            return None
        if mark.kind in ("metric", "break", "period", "cue"):
            return None
    return None
