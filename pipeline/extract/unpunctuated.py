"""The breaks that speech without punctuation leaves out.

Captions of a call run on: 自营门店收入是一百一十亿同比增长百分之四十七联营门店收入三十八亿.
What stands between two quantities would be anybody's; the reader hears where the next clause
begins.
"""

from collections.abc import Sequence

from pipeline.extract.cues import Cue
from pipeline.extract.metric.background import end_of_whole
from pipeline.extract.metric.whole import OF_THE_WHOLE, TOLD_OF_ALL
from pipeline.extract.reading import Mark, Sentence
from pipeline.extract.spoken import sentence_starts
from pipeline.lexicon.metrics import MetricMatch
from pipeline.normalize.script import fold
from pipeline.patterns import regex
from schemas import Quantity

# A list, as the compiled loop over a tuple is slower.
_PUNCTUATION = ["，", ",", "；", ";", "、", "：", ":", "。", "．", "(", "（", "|", "｜", ". "]
# Breaks that are such punctuation.
_PARTING = frozenset(",，;、:(|")
_SUBJECTS = ("metric", "scope", "company", "period", "basis", "cue")
_NAMES = ("metric", "scope", "company")
# 百分之二十的增长, 三成是外卖: what goes on about the same quantity.
_GOES_ON = regex(r"\s*(?:左右|以上|多|吧|这样)?\s*[的之个]")
_CONNECTIVE = regex(
    r"那么|然后|但是|不过|所以|因为|另外|同时|其中|此外|嗯|呃|那(?=[个些]?[^个些里边时样])"
)
# "a twenty nine percent margin"
_ARTICLES = (" a ", " an ", " the ", " our ")
_HAN = "\u3400"
_MOSTLY = 20
_MOVING = frozenset({"up", "down"})
_VERB = regex(
    r" (?:was|were|is|are|came|grew|rose|fell|declined|increased|decreased|ended|went|of)(?![a-z])"
)
# What speech adds to a figure before it goes on to the next.
_AFTERTHOUGHTS = frozenset(
    ("", "before", "previously", "prior", "now", "today", "again", "too", "as well", "already",
     "there", "here", "overall", "in total", "total", "combined", "or so", "uh", "um", "okay",
     "right", "even", "net", "gross", "so far", "for the quarter", "in the quarter", "our", "the",
     "then", "before that", "uh our", "um our")
)  # fmt: skip
# The break before a sentence of speech.
SENTENCE = "."
_OF_ALL = OF_THE_WHOLE | TOLD_OF_ALL
_WHOLE = Cue(0, 0, frozenset({"whole"}), frozenset())


def with_breaks(sentence: Sentence) -> Sentence:
    """Put breaks where clauses begin, if a sentence has no punctuation.

    In Chinese that is where the clause of a next quantity begins, in English where a metric or a
    business stands right behind a quantity that needs none.
    """
    if sentence.figures < 2:
        return sentence
    for mark in sentence.marks:
        if mark.kind == "break" and mark.value in _PARTING:
            return sentence
    text = sentence.folded[sentence.start : sentence.end]
    if any(sign in text for sign in _PUNCTUATION):
        return sentence
    if not sentence.ascii and sum(char >= _HAN for char in text[:40]) > _MOSTLY:
        return _with_breaks(sentence, [_break(at) for at in _chinese(sentence, text)])
    starts = [Mark(at, at, "break", SENTENCE, 3) for at in sentence_starts(sentence)]
    if starts:
        sentence = _with_breaks(sentence, starts)
    return _with_breaks(sentence, _english(sentence))


def _break(at: int) -> Mark:
    return Mark(at, at, "break", "，", 1)


def _with_breaks(sentence: Sentence, breaks: list[Mark]) -> Sentence:
    if not breaks:
        return sentence
    marks = sorted([*sentence.marks, *breaks], key=lambda mark: (mark.start, mark.end > mark.start))
    return sentence.with_marks(tuple(marks))


def _chinese(sentence: Sentence, text: str) -> set[int]:
    """Chinese says what a quantity is before it; what comes after is about the next."""
    places = set()
    last: Mark | None = None
    for mark in sentence.marks:
        if mark.kind == "quantity":
            last = mark
        elif last is not None and mark.kind in _SUBJECTS and mark.start >= last.end:
            if not _GOES_ON.match(sentence.folded, last.end):
                places.add(mark.start)
            last = None
    for found in _CONNECTIVE.finditer(text):
        at = sentence.start + found.start()
        if not any(mark.start < at < mark.end for mark in sentence.marks):
            places.add(at)
    return places


def _english(sentence: Sentence) -> list[Mark]:
    """Give breaks before a name right behind a quantity that has its subject or direction before.

    Where the name is of a measure that only the whole company has, it is spoken of from there.
    """
    breaks: list[Mark] = []
    told = was = False
    for at, mark in enumerate(sentence.marks):
        if mark.kind == "break":
            told = was = False
        elif mark.kind == "metric":
            told = True
        elif isinstance(mark.value, Cue):
            told = told or bool(mark.value.kinds & _MOVING)
            was = was or "be" in mark.value.kinds
        elif mark.kind == "quantity":
            trails = _trailed_by_direction(sentence, at)
            opener = _opener(sentence, at) if told or was or trails else None
            told = told or trails
            if opener is not None and (told or _has_a_verb(sentence, opener)):
                breaks.append(_break(opener.start))
                if isinstance(opener.value, MetricMatch) and opener.value.metric.id in _OF_ALL:
                    breaks.append(Mark(opener.start, opener.start, "cue", _WHOLE))
            told = was = False
    return breaks


def _has_a_verb(sentence: Sentence, opener: Mark) -> bool:
    """Whether a verb follows a name: "it was nine percent North America wholesales were …"."""
    return opener.kind != "metric" or _VERB.match(sentence.folded, opener.end) is not None


def _opener(sentence: Sentence, at: int) -> Mark | None:
    """Give the name that follows the quantity at ``at`` at once, or right behind its basis."""
    marks, folded = sentence.marks, sentence.folded
    if f" {folded[max(0, marks[at].start - 5) : marks[at].start]}".endswith(_ARTICLES):
        return None
    end = _end(sentence, marks[at])
    for k in range(at + 1, len(marks)):
        mark = marks[k]
        if mark.start < end:
            continue
        if folded[end : mark.start].strip() not in _AFTERTHOUGHTS:
            return None
        if mark.kind in _NAMES:
            return mark if _has_quantity(marks, k + 1) else None
        if isinstance(mark.value, Cue) and mark.value.kinds & _MOVING and k + 1 < len(marks):
            behind = marks[k + 1]
            apart = folded[mark.end : behind.start].split()
            if behind.kind in _NAMES and not _leads_in(sentence, mark) and len(apart) <= 1:
                return behind if _has_quantity(marks, k + 2) else None  # "3% down menu price …"
            return mark if behind.kind == "quantity" and not apart else None
        if mark.kind not in ("basis", "period"):
            return None
        end = mark.end
    return None


def _trailed_by_direction(sentence: Sentence, at: int) -> bool:
    """Whether a direction stands right behind a quantity: "mid single digits down menu price …"."""
    if at + 1 >= len(sentence.marks):
        return False
    cue, mark = sentence.marks[at + 1], sentence.marks[at]
    if not isinstance(cue.value, Cue) or not cue.value.kinds & _MOVING:
        return False
    apart = sentence.folded[mark.end : cue.start].strip()
    return not apart and not _leads_in(sentence, cue)


_DOWN = regex(r"(?:up|down|higher|lower)$")


def _leads_in(sentence: Sentence, cue: Mark) -> bool:
    """Whether a direction behind a quantity leads up to what it names: "up from", "grew sales"."""
    return _DOWN.search(sentence.folded, cue.start, cue.end) is None


def _end(sentence: Sentence, mark: Mark) -> int:
    """Give where a quantity ends with what it counts: "two million shares"."""
    counted = fold(mark.value.counted or "") if isinstance(mark.value, Quantity) else ""
    at = sentence.folded.find(counted, mark.end, mark.end + len(counted) + 2) if counted else -1
    return at + len(counted) if at >= 0 else end_of_whole(sentence, mark)


def _has_quantity(marks: Sequence[Mark], begin: int) -> bool:
    """Say whether a quantity follows before the next break."""
    for mark in marks[begin:]:
        if mark.kind == "break":
            return False
        if mark.kind == "quantity":
            return True
    return False
