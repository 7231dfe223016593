"""Which of the times that a sentence names is a quantity's, and which one it is compared with."""

from pipeline.extract.cues import Cue
from pipeline.extract.frame import Frame
from pipeline.extract.place import Place, words_in
from pipeline.extract.reading import Mark
from pipeline.normalize.script import fold
from pipeline.patterns import regex
from schemas import PeriodMention

_NEXT_CLAUSE = regex(
    r"\s+(?:it's|it is|it was|we're|we are|we expect|we'll|that's"
    r"|(?:the|our) \w+ (?:should|will|would|is|was))\b"
)
# "Twice what we sold in 2019": the time is that of what the multiple is of.
_WHAT = regex(r"\s*(?:what|that of|the (?:number|amount|level|size)|as (?:many|much) as)\b")
_RELATIVE = regex(r"\b(?:that|which) (?:we|they|it|i)\b")
_TELLING = regex(r"\b(?:i|we) (?:had )?(?:told|said|guided|gave)\b")
_QUARTERS_BACK = regex(r"(?:the |these |our )?(?:past|last|trailing)\b.*\bq(?:uarte|t)rs$")


# "We won't guide for 2026 until January, but volume should grow 2%".
_UNTIL = regex(r"\b(?:until|till) (?:the |our |late |early |mid-?)?$")


def _ends_another(place: Place, mark: Mark) -> bool:
    """Whether a time only tells how long another clause holds."""
    folded = place.sentence.folded
    if folded[mark.start - 1 : mark.start] not in " -d":
        return False
    if _UNTIL.search(folded, max(place.sentence.start, mark.start - 16), mark.start) is None:
        return False
    return any(m.kind == "break" and mark.end <= m.start for m in place.back())


def times_of(
    place: Place, frame: Frame, *, moves: bool, base: bool
) -> tuple[PeriodMention | None, PeriodMention | None]:
    """Give the time that the quantity is for, and the time that it is compared with.

    ``moves``: the quantity tells of a move; ``base``: it is where one started. A time behind a
    quantity that is taken for it is marked as spent.
    """
    versus: PeriodMention | None = None
    aside = _aside(place)
    if (record := _set_in(place)) is not None:
        return record, None
    for mark in place.before(breaks=2):
        if aside is not None and aside[0] <= mark.start < aside[1]:
            continue
        if mark.kind != "period" or not isinstance(mark.value, PeriodMention):
            continue
        gap = place.gap_before(mark)
        spaced = " " in gap
        if spaced and _OWNS_FIGURE.fullmatch(gap) is not None:
            return mark.value, versus
        if mark.start not in frame.spent:
            if (":" in gap and not _labels(place, mark)) or (spaced and _TELLING.search(gap)):
                continue
            if _is_owner(place, mark) or _ends_another(place, mark) or _is_in_sight(place, mark):
                continue
            if base and _is_of_the_figure_before(place, mark):
                continue
            if mark.value.relation == "since" and not moves and not base:
                continue  # "the fastest since 2022, with a backlog of $200 billion"
            if not base and _is_compared_with(place, mark, moves=moves):
                versus = versus or mark.value
            else:
                return mark.value, versus or _versus_behind(place, frame, moves=moves)
    for mark in place.after():
        if mark.kind == "period" and isinstance(mark.value, PeriodMention):
            if place.kind == "multiple" and _own_quantity_follows(place, mark):
                break
            if place.kind == "multiple" and (
                _WHAT.match(place.gap_after(mark)) or _is_its_level(place, mark)
            ):
                frame.spent.add(mark.start)
                versus = versus or mark.value
                break
            spans = moves and _spans_quarters(mark.value)
            if (mark.value.relation in ("versus", "since") or spans) and not base:
                frame.spent.add(mark.start)
                if not moves and place.gap_after(mark).strip() in _WITHIN:
                    return mark.value, versus
                versus = versus or mark.value
                break
            if _told_in_passing(place, mark):
                frame.spent.add(mark.start)
                break
            if _own_quantity_follows(place, mark):
                break
            frame.spent.add(mark.start)
            return mark.value, versus
    if (bracketed := _in_brackets(place)) is not None and not base:
        frame.spent.add(bracketed.start)
        return bracketed.value, versus  # type: ignore[return-value]
    return (_behind_where_it_led(place) if moves and not base else None), versus


def _in_brackets(place: Place) -> Mark | None:
    """The time that fills the bracket right behind an amount: 目標 72 億（2027 年底）."""
    if place.next not in "(（":
        return None
    onward = place.onward()[:3]
    if [mark.kind for mark in onward] != ["break", "period", "break"]:
        return None
    opening, mark, closing = onward
    if opening.value not in ("(", "（") or closing.value not in (")", "）"):
        return None
    folded = place.sentence.folded
    around = folded[place.mark.end : opening.start] + folded[opening.end : mark.start]
    around += folded[mark.end : closing.start]
    told = isinstance(mark.value, PeriodMention) and mark.value.relation in ("in", "by")
    return mark if told and not around.strip() else None


# "Nearly twice last year's", "double the 2019 level".
_LEVEL = regex(
    r"(?:'s)?(?: (?:level|rate|pace|figure|number|total|volume)s?\b"
    r"|(?<='s)\s*(?:[,.;:)]|$|and\b|but\b))"
)


def _is_its_level(place: Place, mark: Mark) -> bool:
    """Whether a multiple is told of what was so at the time right behind it."""
    if place.gap_after(mark).strip() not in ("", "the", "that of", "its", "our"):
        return False
    return _LEVEL.match(place.sentence.folded, mark.end) is not None


# "It was $4.90 in the prior-year quarter".
_WITHIN = ("", "in", "for", "during", "back in", "in the", "for the")
# "Up 7% to $116 billion in the first nine months".
_LED_TO = regex(r",?\s*to(?: (?:about|around|nearly|over|approximately|some|a record))?\s*$")


def _behind_where_it_led(place: Place) -> PeriodMention | None:
    """The time behind the level that a move led to, which the move shares."""
    led = False
    for mark in place.onward():
        if not led:
            led = mark.kind == "quantity" and _LED_TO.match(place.gap_after(mark)) is not None
            if mark.kind in ("break", "period") or (mark.kind == "quantity" and not led):
                return None
        elif mark.kind in ("break", "quantity", "metric"):
            return None
        elif mark.kind == "period" and isinstance(mark.value, PeriodMention):
            return mark.value if mark.value.relation == "in" else None
    return None


# "The full-year record of $7.42 set in 2018".
_SET = regex(
    r",? (?:that was )?(?:set|achieved|recorded|reached|established) (?:back )?(?:in|for)"
    r"(?: the)? $"
)


def _set_in(place: Place) -> PeriodMention | None:
    """The time in which a record was set that stands right behind it."""
    if place.next not in ",tsare":
        return None
    for mark in place.after()[:2]:
        if mark.kind == "period" and isinstance(mark.value, PeriodMention):
            return mark.value if _SET.match(place.gap_after(mark)) else None
    return None


# "For the fourth quarter, which has 14 weeks this year, we expect …".
_WHICH = regex(r", which [^,.;]{3,70},")


def _aside(place: Place) -> tuple[int, int] | None:
    """Where a clause about a time stands between it and the quantity."""
    if ", which " not in place.sentence.text:
        return None
    found = _WHICH.search(place.sentence.folded, place.sentence.start, place.mark.start)
    return found.span() if found is not None else None


def _told_in_passing(place: Place, mark: Mark) -> bool:
    """Whether a time behind a number is of something else: "came from last May's rise"."""
    gap = place.gap_after(mark)
    if _RELATIVE.search(gap):
        return True
    return _is_owner(place, mark)


# 訂單能見度到明年第二季，在手訂單 350 億: how far one can see is no time of what one has.
_IN_SIGHT = regex(r"(?:能见度|可见度|可视度)[^，。；,;0-9]{0,6}$")


def _is_in_sight(place: Place, mark: Mark) -> bool:
    start = max(place.sentence.start, mark.start - 12)
    if place.sentence.folded.find("度", start, mark.start) < 0:
        return False
    return _IN_SIGHT.search(place.sentence.folded, start, mark.start) is not None


def _is_owner(place: Place, mark: Mark) -> bool:
    """Whether a time owns a cause: "it came from last May's increase"."""
    folded = place.sentence.folded
    if "'" not in folded[max(0, mark.end - 2) : mark.end + 1]:
        return False
    owns = folded.startswith("'s", mark.end - 2) or folded.startswith("'s", mark.end)
    return owns and folded[max(0, mark.start - 6) : mark.start].rstrip().endswith("from")


def _versus_behind(place: Place, frame: Frame, *, moves: bool) -> PeriodMention | None:
    """The base behind a move whose time stands before it: "April ran 5 points below Q1"."""
    for mark in place.after():
        if mark.kind == "metric" or not moves:
            return None
        if (
            mark.kind == "period"
            and isinstance(mark.value, PeriodMention)
            and mark.value.relation == "versus"
        ):
            frame.spent.add(mark.start)
            return mark.value
    return None


def _is_of_the_figure_before(place: Place, mark: Mark) -> bool:
    """Whether a base has a time behind it, and this one ends what it is compared with.

    "Earnings were $1.18 for 2021, compared to $0.98 last year".
    """
    compared = any(
        other.start >= mark.end and isinstance(other.value, Cue) and "from" in other.value.kinds
        for other in place.before(breaks=2)
    )
    behind = next((other.kind for other in place.after()), None)
    return compared and behind == "period"


# "Above 2019's level of $446 million", "the prior-year quarter when EBITDA totaled $40 million".
_OWNS_FIGURE = regex(
    r"'s? (?:(?:level|result|figure|total|number|rate|base|amount|pace)s? )?(?:of )?"
    r"(?:about |approximately |roughly |nearly |some )?|,? when [^,;.]{2,40}"
)
_CLAUSE_ENDS = frozenset((";", "|", "."))


def _labels(place: Place, mark: Mark) -> bool:
    """Whether a time before a colon holds for what follows it: "(2Q: $4.4bn)", "FQ4 guide: rev"."""
    gap = place.gap_before(mark)
    if len(gap.strip()) <= 1 or mark.start - place.sentence.start <= 6:
        return True
    ahead = place.sentence.folded[max(0, mark.start - 3) : mark.start].rstrip()
    return ahead[-1:] in _CLAUSE_ENDS and gap.lstrip().startswith(":")


# "Flat with last year at $2.1 billion", 与上年同期基本持平: a time that is only held against.
_SAME_AS = regex(
    r"\b(?:flat|unchanged|in line|even|level|similar|comparable|consistent|steady|stable|equal)\b"
    r"[^.,;]{0,12}\b(?:with|to|on|from|versus|vs|against)\.? (?:the )?$"
)
_SAME_REACH = 36
_EVEN = regex(r"持平|相若|相当|打平")


def _is_compared_with(place: Place, mark: Mark, *, moves: bool) -> bool:
    """Whether a time before a number is what it, or its move, is measured against.

    比去年同期低了12.9个百分点, 去年的兩倍, "down from March 31 to $8bn"; but 去年同期 15.94 元
    and "a year ago we were growing at 8%" are the numbers' own times.
    """
    assert isinstance(mark.value, PeriodMention)  # noqa: S101 - callers pass period marks
    if mark.value.relation == "since":
        return moves
    folded = place.sentence.folded
    before = folded[mark.start - 1] if mark.start else ""
    start = max(place.sentence.start, mark.start - _SAME_REACH)
    if before == " " and _SAME_AS.search(folded, start, mark.start) is not None:
        return True
    if folded[mark.start - 1] in "与和跟同较比" and _EVEN.search(place.said):
        return True
    if place.kind == "multiple" and folded[mark.end : place.mark.start].strip() == "的":
        return True
    if (
        before in "到了至于为约"
        and _RECOVERED.search(folded, max(0, mark.start - 12), mark.start)
        and folded[mark.end : place.mark.start].strip() in ("的", "同期的")
    ):
        return True
    after_from = _follows_from(place, mark)
    if after_from and _moved(place, mark):
        return True
    if mark.value.relation == "versus":
        if moves:
            return after_from or not _opens_clause(place, mark)
        if after_from and any(m.kind == "break" and m.start > mark.end for m in place.back()):
            return True  # 雜音比上半年小，0.6% 的成本是驚喜
        return not (_leads(place, mark) or (not after_from and _opens_clause(place, mark)))
    return after_from and moves


# 恢复至2019年同期的140%: what it is held against, and no time of its own.
_RECOVERED = regex(r"(?:恢复|回升|回落|修复|相当)(?:到了?|至|于|为)约?$")


def _follows_from(place: Place, mark: Mark) -> bool:
    """Whether a word of comparison or origin stands right before a time."""
    for other in place.back():
        if other.end <= mark.start and isinstance(other.value, Cue):
            gap = place.sentence.folded[other.end : mark.start].strip()
            return "from" in other.value.kinds and gap in ("", "the", "in", "on")
    return False


def _moved(place: Place, mark: Mark) -> bool:
    """Whether the number's move, or where it led, stands between a time and the number."""
    return any(
        other.start >= mark.end
        and isinstance(other.value, Cue)
        and other.value.kinds & {"to", "up", "down"}
        for other in place.before()
    )


def _opens_clause(place: Place, mark: Mark) -> bool:
    """Whether a time stands at the start of the number's own clause."""
    folded = place.sentence.folded
    left = folded[max(place.sentence.start, mark.start - 6) : mark.start].strip()
    opens = not left or left[-1] in ",，;；:：(（、" or left in ("and", "but")
    return opens and not any(m.kind == "break" for m in _between(place, mark))


def _between(place: Place, mark: Mark) -> list[Mark]:
    return [m for m in place.back() if m.start >= mark.end]


def _leads(place: Place, mark: Mark) -> bool:
    """Whether a time stands right before the number as its own: 去年同期 15.94 元, "LY 90%"."""
    return words_in(place.gap_before(mark)) <= 2


def _spans_quarters(mention: PeriodMention) -> bool:
    """Whether a time counts quarters back: "over the past five quarters"."""
    return _QUARTERS_BACK.match(fold(mention.text)) is not None


def _own_quantity_follows(place: Place, mark: Mark) -> bool:
    """Whether the time behind a number rather belongs to the next one: "+8% 去年同期 5%"."""
    if _NEXT_CLAUSE.match(place.sentence.folded, mark.end):
        return not _next_has_its_own(place, mark)
    for later in place.onward():
        if later.kind == "quantity":
            to_next = len(place.sentence.folded[mark.end : later.start].strip())
            to_this = len(place.gap_after(mark).strip())
            return to_next < to_this or (to_next == to_this == 0 and place.kind == "multiple")
        if later.start >= mark.end and later.kind == "break":
            return False
    return False


def _next_has_its_own(place: Place, mark: Mark) -> bool:
    """Whether the next number has a time right behind it: "83 for the year it was 84 in 2024"."""
    behind = [m for m in place.onward() if m.start >= mark.end]
    numbers = [at for at, m in enumerate(behind) if m.kind == "quantity"]
    return bool(numbers) and any(m.kind == "period" for m in behind[numbers[0] + 1 :][:1])


def mark_of(place: Place, mention: PeriodMention) -> Mark | None:
    """Give the mark of a time in the sentence of a quantity."""
    for mark in place.back():
        if mark.value is mention:
            return mark
    for mark in place.onward():
        if mark.value is mention:
            return mark
    return None


_CLOSING = regex(r"(?:finish|end|exit|clos)(?:ed|es|ing)? (?:the |out )?(?:month of )?$")
_ENDING = ["finish", "end", "exit", "clos"]
_CLOSING_YEAR = regex(r"(?:finish|end|clos|exit|complet)(?:ed|ing)\b")


def closes(place: Place, mention: PeriodMention) -> bool:
    """Whether a stock is told for the end of a time: "finished June at 38 million"."""
    mark = mark_of(place, mention)
    if mark is None:
        return False
    folded = place.sentence.folded
    said = folded[max(place.sentence.start, mark.start - 16) : mark.start]
    if said.endswith(" ") and any(word in said for word in _ENDING) and _CLOSING.search(said):
        return True
    begins = folded[mark.start] in "fec"
    return begins and _CLOSING_YEAR.match(folded, mark.start, mark.end) is not None


def labels(place: Place, mention: PeriodMention) -> bool:
    """Whether a quarter to come is the label of a line: "4Q: revenue down 4-6% q/q"."""
    marks = place.sentence.marks
    first = next((at for at, mark in enumerate(marks) if mark.value is mention), len(marks))
    if first > 0 or len(marks) < _LABEL or marks[1].value not in (":", "："):
        return False
    return not place.sentence.folded[marks[0].end : marks[1].start].strip()


_LABEL = 3


def adds_aside(place: Place, mention: PeriodMention) -> bool:
    """Whether a Chinese note only adds what a figure came to over a longer time.

    營收 96 億，全年 372 億，每股盈餘 0.5 元: what is named next is of the quarter again.
    """
    previous, mark = place.previous(), mark_of(place, mention)
    if previous is None or mark is None or place.ascii:
        return False
    if not previous.end <= mark.start < place.mark.start:
        return False
    if any(m.kind == "break" and m.weight == 3 for m in place.before(breaks=3)):
        return False  # 第三季 373 億元；前三季 837 億元，EPS 5.5 元
    return not any(m.kind == "metric" and m.start >= previous.end for m in place.before(breaks=3))


def leave_aside(place: Place, frame: Frame) -> None:
    """Go back to the time that held before such an addition, where a metric is named again."""
    if frame.aside is None or frame.here is not frame.aside[0]:
        return
    if any(mark.kind == "metric" for mark in place.before(breaks=3)):
        frame.here, frame.aside = frame.aside[1], None
