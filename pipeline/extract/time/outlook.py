"""Outlooks that are moved from one figure to another, or go on in a list."""

from pipeline.extract.cues import Cue
from pipeline.extract.frame import Frame
from pipeline.extract.place import Place
from pipeline.extract.reading import Mark
from pipeline.patterns import regex

# 把增速预测从中双位数提到了高十几: a forecast moves to another.
_REVISED_TO = regex(
    r"(?:提|调|上|下|修|抬|降|改|砍|加|升|收窄)(?:高|升|低|降|修|调|抬|正)?(?:到|至|为|成)了?[“\"「]?(?:约|近)?$"
)


def revised_to(place: Place, frame: Frame) -> bool:
    """Whether a Chinese revision that began with a forecast before it ends at the number."""
    last, previous = frame.last, place.previous()
    if last is None or previous is None or previous is not last.mark or not last.base:
        return False
    return last.modality == "forward" and _REVISED_TO.search(place.lead) is not None


def moves_along(place: Place, frame: Frame) -> bool:
    """Whether a number is where a second forecast was before its move: NAND也从3%提到6%."""
    last, sentence = frame.last, place.sentence
    if last is None or last.mark is None or last.modality != "forward":
        return False
    if _ALSO_FROM.search(place.gap_before(last.mark)) is None:
        return False
    return _FORECAST.search(sentence.folded, sentence.start, place.mark.start) is not None


# …预测从 5% 提到 8%，NAND 也从 3% 提到 6%
_ALSO_FROM = regex(r"(?:也|亦|同样|则)(?:从|由)[“\"「]?$")
_FORECAST = regex(r"预测|预期|预估|指引|目标|展望")


# 预计四季度收入 67 亿元；毛利率 48%: what a clause behind a semicolon begins with.
_OWN_TIME = regex(r"[本上今去前截目现]|[一二三四]季|[1-4]季|[上下]半年|20\d\d|Q[1-4]")


def lists_on(place: Place, previous: Mark) -> bool:
    """Whether a Chinese sentence that opens with an outlook goes on with it behind a semicolon."""
    sentence = place.sentence
    gap = sentence.folded[previous.end : place.mark.start]
    if gap.isascii() or _OWN_TIME.search(gap) or ";" not in gap:
        return False
    for mark in sentence.marks:
        if mark.kind == "quantity":
            return False
        if isinstance(mark.value, Cue) and "forward" in mark.value.kinds:
            return True
    return False


# "For 2026 we expect revenue of $1 billion. Capital expenditures of $20 million. And a tax rate of
# 20%.": what has no verb of its own is still expected.
_NO_SENTENCE = regex(
    r"\b(?:was|were|is|are|be|been|being|am|has|had|have|did|does|do|we|i|they|he|she|you|it|who"
    r"|[a-z]{3,}ed|grew|rose|fell|came|made|sold|paid|spent|won|lost|went|drove|led|saw|took"
    r"|last|prior|previous|ago|year-ago|actual|same|including|excluding|with|driven|due|up|down"
    r"|compared|versus|from|record|again|while|this|that|these|here)\b|['’](?:s|re|ve)\b"
)
_LONGEST_ITEM = 70


def lists_guidance(place: Place, frame: Frame) -> bool:
    """Whether an English sentence without a verb goes on with the guidance of the one before it."""
    last, sentence = frame.last, place.sentence
    if last is None or last.modality != "forward" or last.base or place.previous() is not None:
        return False
    before = sentence.folded[sentence.start : place.mark.start]
    if len(before) > _LONGEST_ITEM or _OF_IT.search(before) is None:
        return False
    named = any(mark.kind == "metric" for mark in place.before())
    whole = sentence.folded[sentence.start : sentence.end]
    return named and _NO_SENTENCE.search(whole) is None


_OF_IT = regex(r"[a-z]{3,} of (?:about |approximately |roughly |around )?$")
