"""What the words around a number say of it: its direction, its base, a share, a loss."""

import re
from dataclasses import dataclass
from decimal import Decimal

from pipeline.extract.cues import Cue
from pipeline.extract.frame import Frame
from pipeline.extract.metric.meant import just_before
from pipeline.extract.place import Place, words_in
from pipeline.lexicon.metrics import MetricMatch
from pipeline.patterns import regex
from schemas import Quantity

# Metrics in percent that are rates of growth themselves: "same-store sales of 5%" is growth.
GROWTH_METRICS = frozenset(
    {
        "same_store_sales",
        "market_growth",
        "average_ticket",
        "same_store_noi",
        "traffic",
        "rent_growth",
        "rental_reversion",
        "wages",
        "same_store_gallons",
        "premium_rate_increase",
        "renewal_premium_change",
    }
)
# How many words a cue reaches over to its number.
_REACH = 9
_PARALLEL = regex(
    r"^(?:\s*(?:as reported|reported|on a reported basis|nominally))?"
    r"[\s,，、(（]*(?:or|and|to|or about|及|和|与|或|即|以及|also)?[\s(（]*$"
)
# "100 basis points below last year: about 60 of that is markdowns".
_PART_OF_MOVE = regex(r" of (?:that|those|which|it)\b")
# 收缩690个基点，其中450个基点是重组费用
_OF_WHICH = regex(r"其中(?:有|的|大约|约|近|将近|大概)*$")
# "down mid single digits and home 3.5 percent": the verb is left out, the name is not.
_ELLIPSIS = regex(r"^\s*(?:,|;|and|,? while|，|；)\s*(?:and |in |at )?(?:[^\s,，;；]++\s*+){1,3}$")


@dataclass(slots=True)
class Lead:
    """What the words around a number say of it: its direction, and whether it is a level.

    ``direction`` is +1 or -1, 0 where none is said; ``to``: the number is where the move ended;
    ``base``: where it started; ``share``: a part of a whole; ``rate``: a noun of growth governs it;
    ``additional``: it comes on top.
    """

    direction: int = 0
    to: bool = False
    base: bool = False
    share: bool = False
    rate: bool = False
    additional: bool = False
    loss: bool = False
    gain: bool = False
    be: bool = False


def with_right(lead: Lead, place: Place, frame: Frame) -> Lead:
    """Add to what the cues before a quantity say what those behind it do."""
    direction = _read_right(lead, place)
    lead.direction = lead.direction or direction
    if not (lead.direction or lead.to or lead.base):
        lead.direction = _parallel_direction(place, frame)
    return lead


_LEAST_LIKE, _MOST_LIKE = Decimal("0.3"), Decimal("3.3")


def stands_bracketed(place: Place) -> bool:
    """Whether a bare figure in brackets is what the like one before it was: "2.3m (1.6m)"."""
    previous = place.previous()
    if previous is None or not isinstance(previous.value, Quantity):
        return False
    folded, quantity, like = place.sentence.folded, place.quantity, previous.value
    at = place.mark.start
    while at > previous.end and folded[at - 1].isspace():
        at -= 1
    if at > previous.end and folded[at - 1] != "(":
        return False
    gap = folded[previous.end : place.mark.start].strip()
    if gap not in ("", "("):
        return False
    own = quantity.text[:1] in "(（"
    if gap != ("" if own else "(") or (
        not own and folded[place.mark.end : place.mark.end + 1] != ")"
    ):
        return False
    if place.kind != like.kind or place.signed or like.signed or quantity.worded:
        return False
    first, second = _first(like), _first(quantity)
    return bool(first) and _LEAST_LIKE <= abs(second / first) <= _MOST_LIKE


# "Up 54%, on top of 46% growth last year", "lapping a 9% increase": growth to be compared with.
_LAPPED = regex(
    r"(?:\b(?:lapp(?:ed|ing)|on top of|coming off(?: of)?|cycling|following|up against|against"
    r"|over|after)"
    r"(?: an?| the| our| last year's| prior-year| very| strong| tough| difficult| record| of)*"
    r"|\bcompare of)"
    r" (?:about |roughly |nearly |over )?$"
)
_GREW = regex(
    r"[- ](?:[a-z-]+ ){0,2}(?:growth|gain|increase|rise|comparison|compare|comp|jump|surge"
    r"|advance)\b"
    r"(?! (?:rate|target|guid|outlook|in the (?:second|third|fourth|first|next)))"
)
_LAPPED_REACH = 48


def is_lapped(place: Place) -> bool:
    """Whether a growth is named as the one that a new growth comes on top of."""
    if place.kind != "percent" or not place.spaced or place.next > "z":
        return False
    if _GREW.match(place.sentence.folded, place.mark.end) is None:
        return False
    start = max(place.sentence.start, place.mark.start - _LAPPED_REACH)
    return _LAPPED.search(place.sentence.folded, start, place.mark.start) is not None


def _first(quantity: Quantity) -> Decimal:
    amounts = (quantity.value, quantity.low, quantity.high)
    return next((amount for amount in amounts if amount is not None), Decimal(0))


def _parallel_direction(place: Place, frame: Frame) -> int:
    """Give the direction of the figure that this one only joins: "up $212 million, or 14%"."""
    last, previous = frame.last, place.previous()
    if last is None or previous is None or last.mark is not previous:
        return 0
    if last.measure not in ("growth", "change"):
        return 0
    of_which = place.kind == "points" and _OF_WHICH.search(place.lead) is not None
    of_it = place.next == "o" and _PART_OF_MOVE.match(place.sentence.folded, place.mark.end)
    if of_which or of_it:
        return last.sign
    gap = place.gap_before(previous)
    joined = _PARALLEL.match(gap) is not None or (
        last.quantity.kind == place.kind
        and (gap.isascii() or ";" not in gap)
        and _ELLIPSIS.match(gap) is not None
        and any(mark.kind in ("scope", "metric") for mark in place.before(breaks=3))
        and not any(
            mark.kind == "cue"
            or (isinstance(mark.value, MetricMatch) and not _of_volume(mark.value))
            for mark in place.before(breaks=3)
        )
    )
    return last.sign if joined or _goes_on(place, gap) else 0


# "Down 5% in North America and 8% in Europe", "fell 3% in April, 5% in May and 1% in June".
_GOES_ON = regex(
    r"^,? ?(?:in|at|for|on|within|across|during|among|throughout|from|with|year|sequential|yoy|qoq"
    r"|organic|versus|vs|compared|quarter|on an?)[^.;:()]{0,60}?(?:,? and|,|, but| and then)"
    r"(?: by)? ?$"
)
_TELLS_ANEW = frozenset({"up", "down", "to", "forward", "happened", "share", "from"})


def _goes_on(place: Place, gap: str) -> bool:
    """Whether a number only goes on with another time or place of what the one before tells."""
    if _GOES_ON.match(gap) is None or place.sentence.folded.startswith(" of ", place.mark.end):
        return False
    return not any(
        mark.kind == "metric" or (isinstance(mark.value, Cue) and mark.value.kinds & _TELLS_ANEW)
        for mark in place.before(breaks=3)
    )


# "From operating 191 more stores": a cause, and no base.
_DOING = regex(r" (?:[a-z]+ly )?[a-z]{3,}ing (?!to\b)")
# "To grow EBITDA from our base business mid single digits": where it comes from.
_FROM_WHOM = regex(
    r" (?:our|its|the|these|new|existing) (?:[a-z-]+ )?(?:business(?:es)?|operations|acquisitions?"
    r"|customers|products|platforms?|portfolio|stores|markets|segments?|clients) (?!of\b|was|were)"
)


def lead_before(place: Place) -> Lead:
    """Read the cues before a quantity."""
    lead = Lead()
    settled = falls = False
    for mark, kinds in place.cues_before():
        near = words_in(place.gap_before(mark))
        if near > _REACH:
            break
        lead.loss |= near <= 3 and "loss" in kinds
        lead.gain |= near <= 3 and "gain" in kinds
        lead.be |= near == 0 and "be" in kinds
        if "rate" in kinds:
            lead.rate = True
            falls |= "down" in kinds
        lead.additional |= (
            near <= 4 and "additional" in kinds and not _IS.search(place.gap_before(mark))
        )
        lead.share |= near <= 5 and "share" in kinds
        if settled:
            continue
        settled = True
        if "from" in kinds and near <= 6 and _FROM_WHOM.match(place.gap_before(mark)):
            settled = False
        elif "from" in kinds and near <= 6 and not _DOING.match(place.gap_before(mark)):
            lead.base = True
        elif "to" in kinds and near <= 2:
            lead.to = True
        elif "up" in kinds or "down" in kinds:
            lead.direction = 1 if "up" in kinds else -1
        else:
            settled = False
    if falls and (lead.to or lead.base) and not lead.direction:
        # 降幅将收窄至5%: where a fall ends is a fall.
        lead.direction = -1
    if not settled and place.spaced:
        _read_distant_move(lead, place)
    clause = "" if settled else _clause(place)
    rated = "幅" in clause or "增速" in clause
    if rated and (told := _RATE_BEFORE.search(clause)) is not None:
        lead.rate, lead.direction = True, -1 if told[1][0] in "降跌减" else 1
    if lead.direction and not lead.rate and _BOUND.match(place.said):
        # "Margin fell below 40%", 毛利率跌破四成: where it ended, not how far it went.
        lead.to, lead.direction = True, 0
    lead.base = lead.base or stands_bracketed(place)
    return lead


_BOUND = regex(r"(?:below|under|beneath|above|north of|south of|past|beyond)\b")


def _read_distant_move(lead: Lead, place: Place) -> None:
    """Read the English word of a move that names what it moves before it says how far."""
    before = just_before(place, _DISTANT)
    has_in = " in " in before
    grown = _RISE_IN.search(before) if has_in and " of " in before else None
    moved = grown
    if moved is None and " by" in before:
        moved = _CHANGES_BY.search(before[-64:])
    if moved is None and has_in and (" in the" in before or " in a " in before):
        moved = _MOVES_IN.search(before[-28:])
    if moved is not None:
        lead.rate, lead.direction = lead.rate or grown is not None, 1 if moved["up"] else -1


_DISTANT = 72
# "Will lower earnings per share by $0.20".
_CHANGES_BY = regex(
    r"\b(?:(?P<up>raise|boost|lift|grow|expand|benefit|improve|increase)|lower|reduce|cut|hurt"
    r"|decrease|dilute|shrink|trim)(?:s|d|ed|ing|ting)? (?:[a-z&/-]+ ){1,6}by"
    r"(?: (?:about|approximately|roughly|nearly|over|some|another))? $"
)
# "Planning increases in shipments and depletions of between 35% and 45%".
_RISE_IN = regex(
    r"\b(?:(?P<up>increase|rise|gain|jump|improvement|expansion)|decrease|decline|drop|reduction|fall)s?"
    r" in (?:[a-z&/-]+,? ){1,5}of (?:about |approximately |roughly |nearly |over )?$"
)


def rise_in(place: Place) -> re.Match[str] | None:
    """Find the noun of a move that "of" gives its size: "a reduction in costs of $5 million"."""
    before = just_before(place, _DISTANT)
    return _RISE_IN.search(before) if " of " in before and " in " in before else None


# "To decline in the high teens", "will fall in a range of 3% to 5%": how far something moves.
_MOVES_IN = regex(
    r"\b(?:(?P<up>increase|rise|grow|expand|improve|climb)|decline|decrease|fall|drop|contract"
    r"|shrink)(?:s|d|ed|ing)? in (?:the|a)(?: (?:range|area|neighborhood|order) of)?(?: about)? $"
)


# 精装修市场的降幅更大，接近三成: a rate of growth whose size the next clause tells.
_RATE_BEFORE = regex(
    r"(降幅|跌幅|减幅|增幅|涨幅|升幅|增速)[^，。；;,0-9]{0,14}[，,]"
    r"(?:大概|大约|约|预计|估计|应该|可能|将|会|仍|还|在|为|达|到|落在|维持在|保持在)*\s*$"
)


def _clause(place: Place) -> str:
    """The words of two clauses before the quantity, as far as they may tell its rate."""
    return place.sentence.folded[
        max(place.sentence.start, place.mark.start - 28) : place.mark.start
    ]


def _of_volume(match: MetricMatch) -> bool:
    """Whether a metric is an amount, whose percentage can only be a move."""
    return match.metric.family in ("count", "money", "any") or match.metric.id in GROWTH_METRICS


# A time may hold the words: "21% more than a year earlier".
_THAN = regex(
    r"\s*(?:(?P<up>more|higher|greater|better|above|as (?:much|many) again)"
    r"|fewer|less|lower|below)\b"
)


_IS = regex(r"\b(?:was|were|is|are)\b")


def _read_right(lead: Lead, place: Place) -> int:
    """Read the cues behind a quantity; give the direction that they tell."""
    direction = 0
    for mark, kinds in place.cues_after():
        gap = place.gap_after(mark)
        near = words_in(gap)
        # "A margin of 50.2% was down 290 basis points": the next figure is how far.
        if near > 3 or _IS.search(gap):
            break
        lead.share = lead.share or (near == 0 and "share" in kinds)
        lead.rate = lead.rate or (near <= 1 and "rate" in kinds)
        if not direction and "up_after" in kinds and near <= 2:
            direction = 1
            lead.rate = lead.rate or "rate" in kinds
        elif not direction and "down_after" in kinds and near <= 2:
            direction = -1
        lead.additional = lead.additional or (near <= 1 and "additional" in kinds)
    if not direction and place.next in "mhgbafl":
        than = _THAN.match(place.sentence.folded, place.mark.end)
        direction = 0 if than is None else 1 if than["up"] else -1
    return direction
