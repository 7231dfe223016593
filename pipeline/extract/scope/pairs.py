"""前者 and 后者: the first and the second of the two businesses or companies named last."""

from pipeline.extract.frame import Frame
from pipeline.extract.reading import Mark
from pipeline.extract.scope.whose import entity_of
from pipeline.lexicon.scopes import ScopeMatch
from schemas import CompanyMention

# How far back the two may be named, in characters, and how many names are kept.
_REACH, _KEPT = 160, 8


def note_named(frame: Frame, mark: Mark) -> None:
    """Remember a business or a company that the paragraph names."""
    if isinstance(mark.value, ScopeMatch) and not mark.value.known:
        return
    if frame.named and _name(frame.named[-1]) == _name(mark):
        frame.named[-1] = mark
        return
    frame.named.append(mark)
    del frame.named[:-_KEPT]
    frame.two = None


def take_one_of_two(frame: Frame, mark: Mark, *, former: bool) -> None:
    """Turn to the business or company that 前者 or 后者 means, where two were named."""
    frame.two = frame.two or _last_two(frame, mark)
    if frame.two is None:
        return
    meant = frame.two[0 if former else 1].value
    if isinstance(meant, ScopeMatch):
        frame.scope, frame.scope_inherited = meant.scope, False
        frame.scope_mark = Mark(mark.start, mark.end, "scope", meant)
    elif isinstance(meant, CompanyMention):
        frame.entity, frame.last_company = entity_of(meant), mark
        frame.scope, frame.scope_mark = None, None


def _last_two(frame: Frame, mark: Mark) -> tuple[Mark, Mark] | None:
    near = [m for m in frame.named if mark.start - _REACH <= m.start < mark.start]
    if not near:
        return None
    last = near[-1]
    alike = [m for m in near if m.kind == last.kind and _name(m) != _name(last)]
    return (alike[-1], last) if alike else None


def _name(mark: Mark) -> str | None:
    if isinstance(mark.value, ScopeMatch):
        return mark.value.scope
    return mark.value.company.id if isinstance(mark.value, CompanyMention) else None
