"""Line-by-line bilingual documents: each line is brought together with its translation.

Within a speaker's turn the lines of both languages keep their own order, so that an alignment is a
path through both (dynamic programming, as in Gale & Church 1993), scored by what a translation
keeps: figures, names in Latin letters, length.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.patterns import regex
from pipeline.segment.draft import Draft

_DIGITS = regex(r"\d[\d,.]*")
_LATIN = regex(r"[a-z][a-z0-9&+.\-]*[a-z0-9]|[a-z]{2,}")
_LONGEST_NAME = 28
_BAND = 6
_ALONE = -0.6
_NEAREST = 0.35
_SURE = 0.5
_LAST = 0.2
_RATIO = 0.31
"""Chinese characters for one character of English, in the middle of what translations show."""


@dataclass(slots=True)
class _Side:
    draft: Draft
    place: int
    length: int
    figures: frozenset[str]
    words: frozenset[str]


def pair_translations(drafts: list[Draft], folded: str) -> list[Draft]:
    """Merge drafts that say the same in English and Chinese; others stay as they are.

    The language that mostly comes first is the original. ``folded`` is the whole text, folded.
    """
    first = _first_language(drafts)
    if first is None:
        return drafts
    merged: dict[int, Draft] = {}
    gone: set[int] = set()
    for block in _blocks(drafts):
        places = {id(draft): place for place, draft in block}
        for originals, translations in _align_block(block, first, folded):
            draft = _merge(originals, translations)
            members = [places[id(member)] for member in (*originals, *translations)]
            gone.update(members)
            merged[places[id(originals[0])]] = draft
    kept = [
        merged.get(place, draft)
        for place, draft in enumerate(drafts)
        if place in merged or place not in gone
    ]
    return sorted(kept, key=lambda draft: draft.start)


def _is_chinese(draft: Draft) -> bool:
    return draft.language not in ("en", "und")


def _is_said(text: str) -> bool:
    """Whether an English line is more than a name: it is long, or ends as a sentence does."""
    return len(text) > _LONGEST_NAME or text[-1:] in ".?!"


def _first_language(drafts: Sequence[Draft]) -> str | None:
    """Tell which language comes first where a document's lines alternate; None in any other."""
    chinese = english = 0
    for draft in drafts:
        if draft.kind != "heading" and draft.language != "und":
            english += draft.language == "en"
            chinese += draft.language != "en"
    if min(chinese, english) < 2 or min(chinese, english) * 4 < chinese + english:
        return None
    bodies = [draft for draft in drafts if draft.kind != "heading" and draft.language != "und"]
    # Names of companies over lists of Chinese points are no lines of a call.
    if sum(not _is_chinese(d) and _is_said(d.text) for d in bodies) * 3 < english:
        return None
    changes = {"en": 0, "zh": 0}
    for before, after in pairwise(bodies):
        if _is_chinese(before) != _is_chinese(after) and before.turn == after.turn:
            changes["zh" if _is_chinese(before) else "en"] += 1
    if sum(changes.values()) * 3 < len(bodies):
        return None
    opening = next((d for d in bodies if d.turn), bodies[0])
    if changes["en"] == changes["zh"]:
        return "zh" if _is_chinese(opening) else "en"
    return "en" if changes["en"] > changes["zh"] else "zh"


def _blocks(drafts: Sequence[Draft]) -> Iterator[list[tuple[int, Draft]]]:
    """Give runs of drafts of one turn and section, with their indexes."""
    block: list[tuple[int, Draft]] = []
    for place, draft in enumerate(drafts):
        if block and (draft.turn != block[0][1].turn or draft.section != block[0][1].section):
            yield block
            block = []
        block.append((place, draft))
    if block:
        yield block


def _align_block(
    block: Sequence[tuple[int, Draft]], first: str, folded: str
) -> Iterator[tuple[list[Draft], list[Draft]]]:
    sides = [_side(draft, place, folded) for place, draft in block if draft.language != "und"]
    chinese = [side for side in sides if _is_chinese(side.draft)]
    english = [side for side in sides if not _is_chinese(side.draft)]
    if not chinese or not english:
        return
    matched: set[int] = set()
    for ours, theirs in _in_turns(english, chinese) or _align(english, chinese):
        matched.update(side.place for side in (*ours, *theirs))
        yield _ordered(ours, theirs, first)
    # What crosses over (a translation that slipped past another) keeps its figures, or is the only
    # one left to match.
    for one in english:
        if one.place not in matched:
            near = [z for z in chinese if z.place not in matched and abs(z.place - one.place) <= 8]
            best = max(near, key=lambda z: _score(one, z), default=None)
            if best is None:
                continue
            score = _score(one, best)
            if (len(near) == 1 and score > _LAST) or (score > 1.2 and one.figures & best.figures):
                matched.update((one.place, best.place))
                yield _ordered([one], [best], first)


def _ordered(
    english: Sequence[_Side], chinese: Sequence[_Side], first: str
) -> tuple[list[Draft], list[Draft]]:
    ours, theirs = [s.draft for s in english], [s.draft for s in chinese]
    return (ours, theirs) if first == "en" else (theirs, ours)


def _side(draft: Draft, place: int, folded: str) -> _Side:
    words = folded[draft.start : draft.end]
    figures = (
        found.group().replace(",", "").replace(".", "").strip("0")
        for found in _DIGITS.finditer(words)
    )
    return _Side(
        draft,
        place,
        len(words),
        frozenset(figure for figure in figures if figure),
        frozenset(_LATIN.findall(words)),
    )


def _score(english: _Side, chinese: _Side) -> float:
    """How well two lines go together: about 1 and more where they do, below 0 where not."""
    expected = english.length * _RATIO
    ratio = (min(expected, chinese.length) + 4) / (max(expected, chinese.length) + 4)
    score = (ratio - 0.45) * 1.5
    either = english.figures | chinese.figures
    if either:
        shared = len(english.figures & chinese.figures)
        score += 2.0 * shared / len(either) + (0.4 if shared else -0.8)
    if chinese.words:
        shared = len(english.words & chinese.words)
        score += 1.2 * shared / len(chinese.words) - (0.0 if shared else 0.3)
    return score + (_NEAREST if abs(english.place - chinese.place) == 1 else 0.0)


def _joined(sides: Sequence[_Side]) -> _Side:
    return _Side(
        sides[0].draft,
        sides[0].place,
        sum(side.length for side in sides),
        frozenset().union(*(side.figures for side in sides)),
        frozenset().union(*(side.words for side in sides)),
    )


def _in_turns(
    english: Sequence[_Side], chinese: Sequence[_Side]
) -> list[tuple[Sequence[_Side], Sequence[_Side]]]:
    """Pair lines that strictly alternate and go well together; nothing if any pair does not."""
    if len(english) != len(chinese):
        return []
    pairs: list[tuple[Sequence[_Side], Sequence[_Side]]] = []
    for one, other in zip(english, chinese, strict=True):
        if abs(one.place - other.place) != 1 or _score(one, other) < _SURE:
            return []
        pairs.append(((one,), (other,)))
    return pairs


def _align(
    english: Sequence[_Side], chinese: Sequence[_Side]
) -> list[tuple[Sequence[_Side], Sequence[_Side]]]:
    """Find the best path of 1:1, 1:2, 2:1 and unmatched lines through both, near the diagonal."""
    rows, columns = len(english), len(chinese)
    slope = columns / rows
    best: list[dict[int, tuple[float, int, int]]] = [{} for _ in range(rows + 1)]
    best[0][0] = (0.0, 0, 0)
    for row in range(rows + 1):
        middle = int(row * slope)
        reach = range(max(0, middle - _BAND), min(columns, middle + _BAND + int(slope) + 1) + 1)
        for column in reach:
            if not row and not column:
                continue
            options = []
            for up, left in ((1, 1), (1, 0), (0, 1), (1, 2), (2, 1)):
                before = best[row - up].get(column - left) if row >= up else None
                if before is None:
                    continue
                ours, theirs = english[row - up : row], chinese[column - left : column]
                options.append((before[0] + _step(ours, theirs), up, left))
            if options:
                best[row][column] = max(options)
    row, column = rows, columns
    if column not in best[row]:
        return []
    steps: list[tuple[Sequence[_Side], Sequence[_Side]]] = []
    while row or column:
        _, up, left = best[row][column]
        if up and left:
            steps.append((english[row - up : row], chinese[column - left : column]))
        row, column = row - up, column - left
    return steps[::-1]


def _step(ours: Sequence[_Side], theirs: Sequence[_Side]) -> float:
    if not ours or not theirs:
        return _ALONE
    if len(ours) == len(theirs) == 1:
        score = _score(ours[0], theirs[0])
        return score if score > -0.3 else -4.0
    several = ours if len(ours) == 2 else theirs
    if several[1].place != several[0].place + 1:
        return -9.0
    score = _score(_joined(ours), _joined(theirs)) - 0.4
    best_alone = max(_score(o, t) for o in ours for t in theirs)
    return score if score > best_alone - 0.2 and score > 0.2 else -9.0


def _merge(originals: Sequence[Draft], translations: Sequence[Draft]) -> Draft:
    draft, last = originals[0], originals[-1]
    draft.end = last.end
    draft.boilerplate = all(member.boilerplate for member in originals) or all(
        member.boilerplate for member in translations
    )
    draft.pair = (translations[0].start, translations[-1].end, translations[0].language)
    return draft
