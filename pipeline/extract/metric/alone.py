"""A clause with a business and a figure, and no word for what is measured."""

from pipeline.extract.cues import Cue
from pipeline.extract.place import Place, words_in
from pipeline.extract.reading import Mark
from pipeline.patterns import regex

_NEAR = 3
_SUMMING = frozenset({"合共", "合计", "共", "总计", "约", "达", "为", "录得"})
_MULTIPLIED = ("doubled", "tripled", "quadrupled", "halved")
# 交通：122 億 (YoY +1%): a line whose label is all that its first amount is of.
_LABEL_BEFORE = regex(r"[^:;,，；。0-9]{1,16}[:：]\s*$")
_LONGEST_LABEL = 20


def stands_alone(place: Place) -> bool:
    """Whether a clause has a business, a figure of money or of a move, and no metric."""
    kind = place.kind
    moved = False
    for mark in place.before():
        if mark.kind == "cue" and kind == "percent" and isinstance(mark.value, Cue):
            moved |= bool(mark.value.kinds & {"up", "down", "rate"})
        elif mark.kind == "scope":
            near = words_in(place.gap_before(mark)) <= (_NEAR if kind == "percent" else 1)
            # "Mounjaro more than doubled to $6.5 billion": a verb of its own.
            verb = kind == "multiple" and place.quantity.text.lower().endswith(_MULTIPLIED)
            return near and (kind == "money" or moved or verb)
        elif mark.kind == "metric" or (mark.kind == "cue" and not _sums_up(place, mark)):
            return False
    return kind == "money" and _is_labelled(place)


def _sums_up(place: Place, mark: Mark) -> bool:
    """Whether a cue only says that an amount follows: 其他市場合共 2.25 億美元."""
    said = place.sentence.folded[mark.start : mark.end]
    return place.kind == "money" and said in _SUMMING


def _is_labelled(place: Place) -> bool:
    """Whether a business as a line's label leads up to its first amount."""
    sentence = place.sentence
    if place.mark.start - sentence.start > _LONGEST_LABEL or sentence.text.isascii():
        return False
    if _LABEL_BEFORE.fullmatch(sentence.folded, sentence.start, place.mark.start) is None:
        return False
    kinds = {mark.kind for mark in place.before(breaks=2)}
    return "scope" in kinds and "metric" not in kinds
