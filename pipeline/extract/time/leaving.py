"""Whether a sentence has left the time to come that it spoke of."""

from pipeline.extract.frame import Setting
from pipeline.extract.place import Place
from pipeline.extract.time.times import mark_of
from pipeline.patterns import regex
from schemas import PeriodMention


def is_left(place: Place, here: PeriodMention) -> bool:
    """Whether a semicolon, or what has happened already, parts a figure from a time to come."""
    return _parted(place, here) or _has_come(place, here)


def _parted(place: Place, mention: PeriodMention) -> bool:
    """Whether a Chinese semicolon ends what was told of a time to come."""
    if place.ascii:
        return False
    for mark in place.back():
        if mark.value is mention:
            return False
        if mark.kind == "break" and mark.weight == 3:
            return True
    return False


# "… early next year and Canada is past 65": what a clause of its own tells of the present.
_HAS_COME = regex(
    r"\b(?:has|have|'s|'ve) (?:already |now |also |just )?(?:gone|grown|risen|fallen|been|come"
    r"|improved"
    r"|reached|passed|increased|declined|doubled|tripled|added|seen|got|moved|dropped|opened)\b"
)


def _has_come(place: Place, here: PeriodMention) -> bool:
    """Whether an English clause behind the one with a time to come tells what has happened."""
    mark = mark_of(place, here)
    if mark is None or not place.ascii or place.mark.start < mark.end:
        return False
    clause = next((m.end for m in place.back() if m.kind == "break"), mark.end)
    if clause < mark.end:
        return False
    return _HAS_COME.search(place.sentence.folded, clause, place.mark.start) is not None


# "For the year, organic growth is now about 5.5%": what is told in the present of a time to come.
_FOR = regex(r"\bfor (?:the |our |all of |fiscal |full )*$")
_IS_NOW = regex(
    r"[^.;]{0,80}?\b(?:is|are|stays|stay|remains|remain|goes to|go to|sits at)\b"
    r"(?: (?:now|still|unchanged|at|about|around|roughly|between|expected))*[^.;a-z]{0,2}"
)
_WAS = regex(
    r"\b(?:was|were|had|grew|rose|fell|came|ended|delivered|did|totaled|so far|to date|today)\b"
)


def stands_for_what_comes(place: Place, mention: PeriodMention, setting: Setting) -> bool:
    """Whether an English clause gives in the present what a time that is not over will bring."""
    day = setting.day
    if day is None or mention.period.end <= day or not place.ascii:
        return False
    mark = mark_of(place, mention)
    if mark is None or mark.end > place.mark.start:
        return False
    folded = place.sentence.folded
    near = max(place.sentence.start, mark.start - _FOR_REACH)
    opens = folded.startswith("for ", mark.start) or (
        folded.find("for ", near, mark.start) >= 0 and _FOR.search(folded, near, mark.start)
    )
    if not opens or _WAS.search(folded, mark.end, place.mark.start):
        return False
    return _IS_NOW.fullmatch(folded, mark.end, place.mark.start) is not None


_FOR_REACH = 16
