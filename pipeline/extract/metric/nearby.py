"""The metric that stands nearest a quantity: before it, or bound to it from behind."""

import re

from pipeline.extract.amount.drivers import is_driver
from pipeline.extract.frame import Frame, Setting
from pipeline.extract.metric.background import names_whole
from pipeline.extract.metric.carried import continued
from pipeline.extract.metric.meaning import unnamed
from pipeline.extract.metric.meant import means
from pipeline.extract.place import Place, words_in
from pipeline.extract.reading import Mark
from pipeline.lexicon.metrics import MetricMatch
from pipeline.patterns import regex

# Between a quantity and the metric behind it that it belongs to: "$7.2 billion of total revenue",
# "a 29 percent margin", 39% 的 Azure 增速.
_BOUND_EN = regex(
    r"^[\s-]*(?:(?:increase|decrease|growth|decline|rise|improvement|reduction|drop) "
    r"(?:in|of) (?:[\w&'/-]+\s+){0,4}|the number of (?:[\w&'/-]+\s+){0,2}"
    r"|(?:(?:of|in|for|worth of)\s)?\s*(?:the |our |its |their |a |an )?"
    r"(?:(?:[\w&'/-]+|p\.a\.)\s+){0,2})$"
)
_BREAKING = regex(
    r"\b(?:o/w|incl|including|excluding|ex|and|on|from|with|by|to|versus|vs|than|as|was|were|is|"
    r"are|had|has|we|which|at|while|but|above|below|since|until|after|before)\b"
)
_BOUND_ZH = regex(r"^\s*(?:左右|以上|以下|多)?\s*(?:的)?[^，。；,;、：]{0,4}$")
# "merchants had a 10x increase in orders": what the words say that it is an increase in.
_MOVE_OF = regex(r"^[\s-]*(?:increase|decrease|decline|rise|reduction|drop) in\b")
# "On 7% more capacity", "partly offset by 4% lower prices": of what is right behind.
_MORE_OF = regex(
    r"^ (?:more|higher|lower|less|fewer|greater|better|weaker|stronger|softer) (?:[\w-]+ ){0,2}$"
)
# "10% rate base growth": the rate of what.
_RATE_OF = regex(r" (?:growth|cagr|increases?|declines?|reduction|expansion)\b")
_MOVE_WORDS = regex(r"growth|increase|decline|decrease|的")
# "33x '26E EPS" is a price over earnings.
_EARNINGS = frozenset({"eps", "adjusted_eps"})
# How many words may part a bare number from the metric that gives it its unit.
_FAR, _CLOSE = 8, 2
# A bare number that is an amount, and no version or list number: "1,400", "1.4 billion".
_LARGE = regex(r",|(?:thousand|million|billion)$|[万萬亿億]$", re.IGNORECASE)


def nearby(place: Place, frame: Frame, setting: Setting) -> MetricMatch | None:
    """Give the metric that the sentence names for a quantity; None where it names none."""
    if (delivered := _how_delivered(place)) is not None:
        return delivered
    if (part := _part_spent(place, setting) or _part_of_noun(place)) is not None:
        return part
    behind = _metric_behind(place)
    ahead = _metric_ahead(place, frame, setting)
    if behind is not None and not means(behind, place, setting):
        behind = None
    if behind is not None and place.kind == "multiple" and behind.metric.id in _EARNINGS:
        return unnamed("price_to_earnings")
    if behind is not None and (ahead is None or _binds_tighter(place, behind, ahead)):
        return behind
    return ahead


# "Cash from operations was $1.2 billion, of which $400 million went to capex".
_WENT_TO = regex(
    r" (?:went (?:to|into|toward|towards)|was|were|is|funded|was (?:used|spent) (?:for|on)) "
    r"(?:our |the )?$"
)


def _part_spent(place: Place, setting: Setting) -> MetricMatch | None:
    """The metric that a part of the figure before is said to be behind it."""
    if not place.is_part():
        return None
    for mark in place.after():
        if mark.kind == "metric" and isinstance(mark.value, MetricMatch):
            told = _WENT_TO.match(place.gap_after(mark)) and means(mark.value, place, setting)
            return mark.value if told else None
    return None


# 逾七成收入來自海外, 約三成債務明年到期: what stands right behind a part that opens its clause.
_OF_NOUN = regex(r"(?:的|总|的总)?")
_RATE_BEHIND = regex(r"(?:增|成长|升|涨|跌|降|衰退|率)")


def _part_of_noun(place: Place) -> MetricMatch | None:
    if place.kind != "percent" or place.signed or place.ascii:
        return None
    if any(m.kind in ("metric", "scope", "cue", "quantity") for m in place.before()):
        return None
    after = place.after()
    behind = after[0] if after else None
    if behind is None or not isinstance(behind.value, MetricMatch):
        return None
    if behind.value.metric.family not in ("money", "count"):
        return None
    if _OF_NOUN.fullmatch(place.gap_after(behind)) is None:
        return None
    folded = place.sentence.folded
    return None if _RATE_BEHIND.match(folded, behind.end) else behind.value.as_weak(False)


def _metric_behind(place: Place) -> MetricMatch | None:
    for mark in place.after():
        if mark.kind == "metric" and isinstance(mark.value, MetricMatch):
            gap = _without_names(place, mark)
            if place.sentence.folded[mark.start : mark.end].isascii():
                bound = bool(_BOUND_EN.match(gap)) and not _BREAKING.search(gap)
                bound = bound or (_SPENT_ON.match(gap) is not None and _spent(place))
            else:
                bound = bool(_BOUND_ZH.match(gap))
            return mark.value if bound else None
        if mark.kind == "break" or names_whole(place.sentence, mark):
            return None
    return None


# "We spent $156 million on capex": what money goes to.
_SPENT_ON = regex(r"^ (?:on|in|for|toward|towards) (?:our |the )?(?:[\w-]+ )?$")
_SPENDS = regex(r"\b(?:spen[dt]|spending|invest(?:ed|ing)?|paid|allocated)\b[^,;]{0,24}$")


def _spent(place: Place) -> bool:
    start = max(place.sentence.start, place.mark.start - 40)
    return _SPENDS.search(place.sentence.folded, start, place.mark.start) is not None


def _without_names(place: Place, metric_mark: Mark) -> str:
    """The gap between quantity and metric, less the scopes, companies, times and bases in it."""
    folded = place.sentence.folded
    pieces, at = [], place.mark.end
    for mark in place.after():
        if mark.start >= metric_mark.start:
            break
        if mark.kind in ("scope", "company", "basis", "period") and mark.start >= at:
            pieces.append(folded[at : mark.start])
            at = mark.end
    pieces.append(folded[at : metric_mark.start])
    return "".join(pieces)


def _metric_ahead(place: Place, frame: Frame, setting: Setting) -> MetricMatch | None:
    """The best of the metrics that the sentence has named so far, or the one used just before."""
    if frame.subject is not None and means(frame.subject, place, setting):
        return frame.subject
    if (same := continued(place, frame, setting)) is not None:
        return same
    best: MetricMatch | None = None
    least = 0.0
    named = frame.metrics
    for order in range(len(named)):
        if best is not None and least <= order:
            break  # what stands farther off costs more
        mark = named[-1 - order]
        match = mark.value
        if not isinstance(match, MetricMatch) or not means(match, place, setting):
            continue
        if place.kind == "number":
            large = match.metric.family != "count" or _LARGE.search(place.quantity.text) is not None
            if words_in(place.gap_before(mark)) > (_FAR if large else _CLOSE):
                continue
        cost = float(order)
        if match.weak:
            at_home = match.metric.family == place.kind
            cost += 0.4 if at_home or _is_own(match, place, setting) else 1.5
        if best is None or cost < least:
            best, least = match, cost
    if best is not None and best.weak:
        return _pointed_to(best, place, frame) or best
    return best


def _is_own(weak: MetricMatch, place: Place, setting: Setting) -> bool:
    """Whether an ambiguous word of the quantity's clause beats a clear one of another.

    Within a clause it yields.
    """
    own = False
    for mark in place.before():
        match = mark.value
        if match is weak:
            own = True
        elif isinstance(match, MetricMatch) and not match.weak and means(match, place, setting):
            return False
    return own


_POINTERS = ("these", "those", "this", "such", "that", "该", "这些", "此", "上述")
_POINTING = regex(r"(?:\b(?:these|those|this|such|that)|该|这些|此|上述)\s*$")


def _pointed_to(match: MetricMatch, place: Place, frame: Frame) -> MetricMatch | None:
    """The metric that an ambiguous word points back to: "These investments were $54 billion"."""
    mark = next((m for m in frame.metrics if m.value is match), None)
    earlier = frame.used
    if mark is None or earlier is None or earlier.metric.family != match.metric.family:
        return None
    before = place.sentence.folded[place.sentence.start : mark.start]
    pointing = before.rstrip().endswith(_POINTERS) and _POINTING.search(before)
    return earlier if pointing else None


def _stands_ahead(place: Place, ahead: MetricMatch) -> bool:
    """Whether the metric before a number stands in the number's own clause."""
    return any(mark.value is ahead for mark in place.before())


def _binds_tighter(place: Place, behind: MetricMatch, ahead: MetricMatch) -> bool:
    """Whether the metric behind the number takes it from the one before it."""
    folded = place.sentence.folded
    tail = next((m for m in place.after() if m.value is behind), None)
    if tail is None:
        return False
    if _without_names(place, tail).strip() in ("的", "用于", "用来", "用作"):
        return True
    if not behind.weak and _behind_their_figures(place, tail):
        return True
    after = folded[place.mark.end : place.mark.end + 4]
    kind = place.kind
    gap = place.gap_after(tail)
    summed = kind == "money" or (kind == "number" and place.scaled)
    bound = after.startswith(" of ") or gap == " in "
    if summed and bound and not _stands_ahead(place, ahead):
        return True
    if kind == "percent" and _RATE_OF.match(folded, tail.end) and not behind.weak:
        return True
    if kind in ("percent", "points") and is_driver(place):
        return True
    if _MOVE_OF.match(gap) or (kind in ("percent", "points") and _MORE_OF.match(gap)):
        return True
    if kind == "percent" and re.match(r"\s*of\b", after):
        return False
    if kind == "percent" and behind.metric.family == "money":
        return _MOVE_WORDS.search(gap) is not None and not behind.weak
    if kind == "percent" and behind.metric.family == "percent":
        return words_in(gap) == 0 or ahead.metric.family != "percent"
    if ahead.weak and not behind.weak:
        return True
    nearest = next((m for m in place.before() if m.kind == "metric"), None)
    if nearest is None:
        return not behind.weak
    return words_in(place.gap_before(nearest)) > 3 and not behind.weak


def _behind_their_figures(place: Place, tail: Mark) -> bool:
    """Whether a row names its metrics behind the figures: 25亿和解金及18亿遣散费."""
    folded, before = place.sentence.folded, place.previous()
    if before is None or folded[place.mark.end : tail.start].strip(" 的"):
        return False
    named = next((m for m in place.before() if m.kind == "metric"), None)
    if named is None or named.start < before.end:
        return False
    if place.ascii:  # "$2.6bn divs + $1.3bn buybacks"
        joined = folded[named.end : place.mark.start].strip() in ("+", "and", "&", "plus", "")
        return joined and not folded[before.end : named.start].strip()
    return _SHORT_GAP.fullmatch(folded, before.end, named.start) is not None


_SHORT_GAP = regex(r"[^，。；;、,：:]{0,6}")
# What part of their orders came how: "half of members' orders arrived the same day".
_HOW_DELIVERED = frozenset({"delivery_speed", "in_region_fulfillment"})
_OF = regex(r"\s*of\b|的")


def _how_delivered(place: Place) -> MetricMatch | None:
    """The way of delivery that a share of orders behind the number is told of."""
    if place.kind != "percent" or place.next not in "o的":
        return None
    if not _OF.match(place.sentence.folded, place.mark.end):
        return None
    for mark in place.after():
        if isinstance(mark.value, MetricMatch) and mark.value.metric.id in _HOW_DELIVERED:
            return mark.value
    return None
