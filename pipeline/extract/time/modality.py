"""Whether a quantity has happened, is expected, or is what somebody expected."""

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from pipeline.extract.cues import Cue
from pipeline.extract.frame import Frame, Setting
from pipeline.extract.place import Place, words_in
from pipeline.extract.reading import Mark, Sentence
from pipeline.extract.time.comparing import differs_by_it
from pipeline.extract.time.guided import was_guided
from pipeline.extract.time.leaving import stands_for_what_comes
from pipeline.extract.time.outlook import lists_guidance, lists_on, moves_along, revised_to
from pipeline.extract.time.present import is_so_already
from pipeline.extract.time.times import labels
from pipeline.extract.time.wording import GUIDING, wording_of
from pipeline.normalize.script import fold
from pipeline.patterns import regex
from schemas import NormalizedSegment, Period, PeriodMention

_REACH = 14
_EXPECTED_REACH = 4
_WHOLE_YEAR = regex(r"全年|full|fy|year|财年|\d ?年$")
# A sentence that turns to guidance: "Let me move to guidance", "Looking ahead, …".
_TOPIC = regex(
    r"\b(?:turn(?:ing)?|mov(?:e|ing)|now|shift(?:ing)?|com(?:e|ing)|on|let me|let's)\b[^.?!]{0,30}"
    r"\b(?:guidance|outlook)\b|\blooking (?:ahead|forward|out)\b"
    r"|\bour (?:full-year |annual |\d{4} )?(?:guidance|outlook|view) "
    r"(?:for|is|remains|hasn't|has not|as follows)"
)
_TURNING = ["guidance", "outlook", "looking ", "view"]


_GUIDANCE_NOUN = regex(r"\s(?:guidance |guided )?(?:range|guidance|outlook|guide)\b")
_HELD_AGAINST = regex(
    r"\b(?:above|exceed\w*|beat|beating|within|ahead of|below|compared (?:to|with)|versus|vs)"
    r"\b[^,;.]{0,36}$"
)


# "May replace half of today's spending": the verbs of which what is so now is the object.
_REPLACED = regex(
    r"(?:替代|取代|颠覆|影响|改变|replac\w+|displac\w+|disrupt\w*|affect\w*)"
    r"(?: what(?:'s| is| are)?| the)?\s*$"
)
_ESTIMATED = regex(r"\de$")
_FORECAST = ["预测", "预估", "盈测", "forecast", "estimate", "forward", "fwd"]
_PAST_VERB = regex(r"\b(?:doubled|tripled|quadrupled|halved)$")


def note_topic(frame: Frame, sentence: Sentence, segment: NormalizedSegment) -> None:
    """Mark in the frame that a sentence, or one without figures before it, turns to guidance.

    A time to come that the sentence without figures names holds for what follows.
    """
    start, frame.told = frame.told, sentence.end
    first = next((m.start for m in sentence.marks if m.kind == "quantity"), sentence.end)
    said = sentence.folded[start:first]
    if not any(word in said for word in _TURNING):
        return
    if not _TOPIC.search(sentence.folded, start, first):
        return
    frame.outlook = True
    low, high = segment.start + start, segment.start + sentence.start
    named = [period for period in segment.periods if low <= period.start < high]
    if named:
        frame.ahead = named[-1]


def future(period: Period, setting: Setting) -> bool:
    """Whether a time lies ahead of the call, or is not over yet."""
    if setting.reporting is not None and period.end <= setting.reporting.end:
        return False
    day: date | None = setting.day or (setting.reporting.end if setting.reporting else None)
    return day is not None and period.end > day


# "We raised our guidance by $100 million to $3 billion": what is revised is still to come.
_REVISED = regex(
    r"\b(?:rais|lift|increas|boost|bump|nudg|mov|lower|cut|reduc|trim|narrow|tighten|updat|revis"
    r"|reaffirm|reiterat|maintain|confirm|introduc|initiat|issu|provid)\w*(?: up| down)? "
    r"[^.,;]{0,48}\b(?:guidance|outlook|forecast|guide)\b"
    r"|\b(?:guidance|outlook|forecast|guide)\b[^.,;]{0,28}"
    r"\b(?:moves?|goes|raised|lifted|increased|lowered|cut|trimmed|narrowed|unchanged|reiterated"
    r"|embeds?|assumes?|includes?|implies|calls for|contemplates?|reflects?|incorporates?)\b"
)


# What ends the telling of a revision: "we raised guidance, and revenue was $3 billion".
_TOLD_APART = regex(r"[;:]|\b(?:and|while|but|as|after|with|when)\b|, (?!to )")


def _revision(place: Place) -> re.Match[str] | None:
    """The last revision of guidance that is told before the number."""
    sentence = place.sentence
    if not wording_of(sentence).guides:
        return None
    return _last_revision(sentence.folded, sentence.start, place.mark.start)


@lru_cache(maxsize=8)
def _last_revision(folded: str, start: int, end: int) -> re.Match[str] | None:
    last = None
    if any(folded.find(word, start, end) >= 0 for word in GUIDING):
        for last in _REVISED.finditer(folded, start, end):  # noqa: B007
            pass
    return last


def _is_revised(place: Place) -> bool:
    """Whether the number is where a revised guidance went: "guidance was raised to $3 billion"."""
    told = _revision(place)
    if told is None:
        return False
    return _TOLD_APART.search(place.sentence.folded, told.end(), place.mark.start) is None


# "$3 billion versus guidance", 30亿元高于市场预期: a result, and what it is held against.
_MEASURED_BY = regex(
    r"\b(?:versus|vs|above|below|against|ahead of|compared|than|relative to|in line with|within"
    r"|beat\w*|beating|exceed\w*|miss\w*|topp\w*|surpass\w*)\b|[高低优逊好差]于|超|不及|符合|胜"
)


def expected(place: Place) -> bool:
    """Whether somebody's expectation of this very figure is quoted: consensus, guidance."""
    if _revision(place) is not None:
        return False
    for mark, kinds in place.cues_before():
        if "expectation" in kinds and words_in(place.gap_before(mark)) <= _EXPECTED_REACH:
            return not (differs_by_it(place, mark) or _attached(place, mark))
    if _beaten_range(place):
        return True
    for mark, kinds in place.cues_after():
        if "expectation" in kinds and words_in(place.gap_after(mark)) <= 2:
            return not (_MEASURED_BY.search(place.gap_after(mark)) or _leads_on(place, mark))
    return _is_marked_estimate(place)


def _beaten_range(place: Place) -> bool:
    """Whether a result is held against this guidance: "above the high end of our $5-6 range"."""
    folded = place.sentence.folded
    if place.next not in "rgo" or not _GUIDANCE_NOUN.match(folded, place.mark.end):
        return False
    ahead = folded[max(place.sentence.start, place.mark.start - 48) : place.mark.start]
    return _HELD_AGAINST.search(ahead) is not None


def revises(place: Place, frame: Frame, setting: Setting) -> bool:
    """Whether a base is a guidance before its revision: 由約 420 億調高至 430 億, "(was $1bn)"."""
    quantity = place.quantity
    if quantity.qualifier == "between" and not quantity.worded and quantity.low is not None:
        return True  # results are figures, outlooks are ranges
    previous, last = place.previous(), frame.last
    follows = previous is not None and last is not None and last.mark is previous
    bracketed = previous is not None and "(" in place.gap_before(previous)
    told = previous is not None and any(_cue(mark, "revise") for mark in _since(place, previous))
    outlook = last is not None and last.modality == "forward"
    if follows and outlook and (bracketed or told):
        return True
    if follows and moves_along(place, frame):
        return True
    goal = any(
        isinstance(mark.value, Cue) and "target" in mark.value.kinds
        for mark in place.before(breaks=1)
    )
    if goal:
        return True
    if _revision(place) is not None:
        return True
    if not any(_cue(mark, "revise") for near in (place.back(), place.onward()) for mark in near):
        return False
    if setting.outlook or any(_cue(mark, "forward") for mark in place.back()):
        return True
    # 關稅成本全年由 10 億調高到 15 億: what is revised of a year under way.
    named = (m.value for m in place.back() if isinstance(m.value, PeriodMention))
    return any(whole_year(each) and future(each.period, setting) for each in named)


def _cue(mark: Mark, kind: str) -> bool:
    return isinstance(mark.value, Cue) and kind in mark.value.kinds


def forward(
    place: Place,
    frame: Frame,
    setting: Setting,
    mention: PeriodMention | None,
    here: PeriodMention | None,
    *,
    base: bool,
) -> bool:
    """Whether the quantity is guidance, a plan, a target, an expectation.

    ``mention`` is its time, ``here`` the time that the sentence had set before it.
    """
    if named_as_target(place) or _is_forecast(place):
        return True
    if was_guided(place, frame):
        return True
    if base:
        return False
    if _is_revised(place):
        return True
    if place.quantity.qualifier == "between" and "range" in place.said:
        return True
    if _is_supposed(place):
        return True
    if revised_to(place, frame):
        return True
    if mention is not None and stands_for_what_comes(place, mention, setting):
        return True
    led = led_by(place)
    if led is not None:
        return led and not is_so_already(place)
    if _ends_what_began(place, frame):
        return True
    if _goes_on(place, frame) and (mention is None or mention is here or mention == here):
        return True
    if mention is not None and mention is here and _goes_on(place, frame, "actual"):
        return False
    ahead = mention is not None and future(mention.period, setting)
    ahead = ahead and not _reached(place, mention, setting)
    past = _past(place)
    if _range_of_money(place) and not past and (mention is None or ahead):
        return True
    if mention is not None and ahead:
        told = setting.outlook or frame.outlook
        past = past and not labels(place, mention)
        return not (past or _happened_since(place, mention)) and (
            _speaks_of_what_comes(mention, setting) or told
        )
    if mention is None and lists_guidance(place, frame):
        return True
    open_time = mention is None or mention.relation == "by"
    return open_time and (setting.outlook or (frame.outlook and not past))


# 若運價每變動 100 點，…: what would follow; but 若撇除一次性項目，… tells of what was.
_SUPPOSES = regex(
    r"[^，。；,;]{0,6}(?:倘若|倘|如果|假如|假设|假若|一旦|若)"
    r"(?!撇除|剔除|扣除|扣掉|不计|不含|排除|以|按|依|从|加回|还原|冲回|计入|加计|加上|包括|包含|连同|未计|干|论|再?加入)"
)


# 油价每变动5%: the step of which the next clause tells the effect.
_EACH_STEP = regex(
    r"每(?:上涨|下跌|变动|波动|增加|减少|提升|下降|上升|升值|贬值|降低|提高|变化|涨|跌|升|降)"
    r"[^，。；;,]{0,4}$"
)


def _is_supposed(place: Place) -> bool:
    """Whether the part of the sentence that the number stands in begins with an "if"."""
    folded, start = place.sentence.folded, place.sentence.start
    if place.ascii:
        return False
    if "每" in place.lead and _EACH_STEP.search(place.lead) is not None:
        return True
    if not wording_of(place.sentence).supposes:
        return False
    part = folded.rfind(";", start, place.mark.start) + 1
    return _SUPPOSES.match(folded, max(start, part), place.mark.start) is not None


def is_present(place: Place, mark: Mark, kinds: frozenset[str]) -> bool:
    """Whether a cue says that the number holds now; 现在的 only names what it is compared with."""
    folded = place.sentence.folded
    if "present" not in kinds or folded.startswith("的", mark.end):
        return False
    return _REVISES_NOW.match(folded, mark.end) is None


# 现在上调到 22 亿: what is revised now is still to come.
_REVISES_NOW = regex(r"(?:则|又|已|已经|把|将|重新)?(?:[上下]调|[上下]修|调[高低]|上看)")


def led_by(place: Place) -> bool | None:
    """What the nearest cue before says: expected, happened or is so; None where none does."""
    if place.said.endswith("ed") and _PAST_VERB.search(place.said):
        _, helped = place.nearest_cue()
        return None if helped & {"be", "forward"} else False
    for mark, kinds in place.cues_before(breaks=2):
        if "happened" in kinds:
            return False
        if is_present(place, mark, kinds):
            return _to_be_replaced(place, mark)
        near = "forward" in kinds and words_in(place.gap_before(mark)) <= _REACH
        if near and not _attached(place, mark):
            return None if differs_by_it(place, mark) else True
    return None


def _to_be_replaced(place: Place, present: Mark) -> bool:
    """Whether what is so now is told as what may end: 有可能替代现在50%的支出."""
    folded = place.sentence.folded
    start = max(place.sentence.start, present.start - 24)
    if _REPLACED.search(folded, start, present.start) is None:
        return False
    return any(
        mark.start < present.start and "forward" in kinds for mark, kinds in place.cues_before()
    )


def _attached(place: Place, mark: Mark) -> bool:
    """Whether a noun such as target belongs to the figure before it: 佔 15 億美元目標約三分之二."""
    assert isinstance(mark.value, Cue)  # noqa: S101 - callers pass cue marks
    previous = place.previous()
    if previous is None or "target" not in mark.value.kinds:
        return False
    return place.sentence.folded[previous.end : mark.start].strip(" 的") == ""


def _leads_on(place: Place, mark: Mark) -> bool:
    """Whether a cue behind the number is of the next one: "37 cents consensus was around 30"."""
    marks = place.sentence.marks
    at = marks.index(mark, place.at)
    later = marks[at + 1 : at + 3]
    a_noun = isinstance(mark.value, Cue) and "target" in mark.value.kinds
    apart = place.gap_after(mark).strip() or not a_noun
    if later and later[0].kind == "quantity" and apart:
        return words_in(place.sentence.folded[mark.end : later[0].start]) <= 3
    return (
        bool(later)
        and isinstance(later[0].value, Cue)
        and "be" in later[0].value.kinds
        and any(m.kind == "quantity" for m in later)
    )


def named_as_target(place: Place) -> bool:
    """Whether a noun right behind the number calls it a target: "our $500 million target"."""
    if place.kind == "multiple":
        return False  # "tripled the budget"
    for mark, kinds in place.cues_after():
        near = words_in(place.gap_after(mark))
        if "target" in kinds and near <= 1:
            # "Shipments were up in the low teens percentage range": a range may be told of results.
            told = "forward" not in kinds and _past(place)
            return not (told or _leads_on(place, mark))
        if "planned" in kinds and near <= 3:
            return not _at_the_next(place, mark)
        if "forward" in kinds and near <= 3:
            return not _quantity_follows(place, mark)
    return False


def _is_marked_estimate(place: Place) -> bool:
    """Whether the shorthand of notes marks a figure as an estimate: "10,950E"."""
    if place.next == "e":
        behind = place.sentence.folded[place.mark.end : place.mark.end + 2]
        if behind[:1] == "e" and not behind[1:].isalnum():
            return True
    return place.said.endswith("e") and _ESTIMATED.search(place.said) is not None


def _at_the_next(place: Place, mark: Mark) -> bool:
    """Whether a participle behind the number is the next one's: "1,150 of a planned 1,400"."""
    later = next((m for m in place.onward() if m.start >= mark.end), None)
    return (
        later is not None
        and later.kind == "quantity"
        and not place.sentence.folded[mark.end : later.start].strip()
    )


def _is_forecast(place: Place) -> bool:
    """Whether the metric's own name says that it is estimated: 盈利预测, 预测市盈率."""
    for mark in place.before(breaks=1):
        if mark.kind == "metric":
            name = place.sentence.folded[mark.start : mark.end]
            return any(word in name for word in _FORECAST)
    return False


def _quantity_follows(place: Place, mark: Mark) -> bool:
    """Whether a cue behind the number leads up to another one in its clause."""
    for later in place.onward():
        if later.start > mark.start and later.kind == "break":
            return False
        if later.kind == "quantity":
            return True
    return False


def _ends_what_began(place: Place, frame: Frame) -> bool:
    """Whether a plan is told from its base on: 月產能將由 4,500 台增至 9,000 台."""
    last, previous = frame.last, place.previous()
    if last is None or previous is None or previous is not last.mark or not last.base:
        return False
    if any(mark.kind == "break" and mark.weight > 1 for mark in _since(place, previous)):
        return False
    steps = next((k for k, mark in enumerate(place.back(), 1) if mark is previous), None)
    return steps is not None and led_by(Place(place.sentence, place.at - steps)) is True


def _since(place: Place, previous: Mark) -> Iterator[Mark]:
    """The marks between the quantity before and this one."""
    for mark in place.back():
        if mark is previous:
            return
        yield mark


def _goes_on(place: Place, frame: Frame, modality: str = "forward") -> bool:
    """Whether the number continues a list of what is expected, or of what has happened."""
    last, previous = frame.last, place.previous()
    if last is None or previous is None or previous is not last.mark:
        return False
    told = modality if last.base and last.of_outlook and modality == "forward" else last.modality
    if told != modality or last.expected:
        return False
    for mark in place.back():
        if mark.start < previous.end:
            break
        if mark.kind == "break" and mark.weight >= 2:
            if modality != "forward" or _past(place) or not lists_on(place, previous):
                return False
            continue
        if mark.kind == "company" and not place.ascii:
            return False  # another company's figure
        noun = isinstance(mark.value, Cue) and "target" in mark.value.kinds
        if noun and mark.start - previous.end <= 1:
            return False  # only the number before was a target
    return True


def _past(place: Place) -> bool:
    """Whether the clause says that it has happened."""
    return any(kinds & {"past", "happened"} for _, kinds in place.cues_before(breaks=1))


def _happened_since(place: Place, mention: PeriodMention) -> bool:
    """Whether something that has happened was told between a time and the number."""
    for mark in place.back():
        if mark.value is mention:
            return False
        in_brackets = place.sentence.folded[mark.start - 1 : mark.start] in ("(", "（")
        if isinstance(mark.value, Cue) and "happened" in mark.value.kinds and not in_brackets:
            return True
    return False


# 截至8月中旬: told up to a time that has begun.
_UP_TO = regex(r"截[至止]到?目?前?(?:今年|本年|20\d\d年)?$")


def _reached(place: Place, mention: PeriodMention | None, setting: Setting) -> bool:
    """Whether a time that is not over yet is the one up to which something is told."""
    if mention is None or setting.day is None or mention.period.start > setting.day:
        return False
    for mark in place.back():
        if mark.value is mention:
            start = max(place.sentence.start, mark.start - 10)
            return _UP_TO.search(place.sentence.folded, start, mark.start) is not None
    return False


def _speaks_of_what_comes(mention: PeriodMention, setting: Setting) -> bool:
    """Whether a time that is not over speaks of what is to come.

    A quarter after the reported one does; of a year under way only the whole of it ("full year"),
    for "this year" may as well be the year so far.
    """
    reporting = setting.reporting
    if reporting is None or mention.period.start > reporting.end:
        return not _all_but_over(mention.period, setting)
    return whole_year(mention)


def _all_but_over(period: Period, setting: Setting) -> bool:
    """Whether months behind the quarter are told of when they are gone: 十至十一月同店銷售升 5%."""
    if setting.day is None or not _MONTHS[0] <= (period.end - period.start).days <= _MONTHS[1]:
        return False
    return (period.end - setting.day).days <= _DAYS_LEFT


_MONTHS = 27, 75
_DAYS_LEFT = 10


def whole_year(mention: PeriodMention) -> bool:
    """Whether a time is told as a whole year: "full year", 全年, but not "this year"."""
    said = fold(mention.text)
    return _WHOLE_YEAR.search(said) is not None and "this year" not in said


def _range_of_money(place: Place) -> bool:
    """Whether the quantity is a range of money: results are figures, outlooks are ranges."""
    quantity = place.quantity
    summed = place.kind == "money" or (place.kind == "number" and place.scaled)
    return quantity.qualifier == "between" and summed and not quantity.worded
