"""Bare numbers take the unit that their neighbours, or the habits of terse notes, lend them.

"100 basis points, about 60 of that is markdowns"; "four dollars versus eleven sixty"; "N America
5,020 +4" under "$m unless stated".
"""

from decimal import Decimal

from pipeline.extract.amount.hundreds import spoken_hundreds, worth_of_one
from pipeline.extract.amount.lent import taken_for, with_lent
from pipeline.extract.amount.parts import beside_amount, counted_in_list, of_same_count, sold_for
from pipeline.extract.amount.rates import of_growth, of_ratio
from pipeline.extract.amount.sizes import is_scaled, size_of
from pipeline.extract.amount.units import in_basis_points, scale_of
from pipeline.extract.frame import Frame, Setting
from pipeline.extract.place import Place
from pipeline.lexicon.metrics import MetricMatch
from pipeline.normalize.script import fold
from pipeline.patterns import regex
from schemas import Quantity

# A number that goes on from the one before says so right at itself.
_GOES_ON = regex(
    r"(?:\b(?:was|were|is|are|be|been|of which|at|from|versus|vs|than|against|saying|said|or"
    r"|around|about"
    r"|back"
    r"|added|adding|lost|took|thought|think|actually|really|running|contributed|leveraged"
    r"|deleveraged|consensus|street|it's|that's"
    r"|guided|cost)"
    r"(?: us)?(?: (?:about|around|roughly|nearly|just|only|the))?|closer to)\.?\s*$"
)
_OF_THE = regex(
    r" (?:out )?of (?:the |our |its |their |these |those |a |an )?(?:planned |targeted |total )?"
)
# "214 company-owned and 38 franchised locations".
_AND_OTHER = regex(r" [a-z]+(?:-[a-z]+)? and (?:another |about |roughly )?")
_OF_IT = regex(r"\s*of (?:that|those|which|it|them)\b")
_OF_THEM = regex(r"\s*of (?:those|them)\b")
# "We returned three point eight billion two point five five in dividends".
_PAID_IN = regex(
    r" (?:in|of|for|on|through) (?:the |share |stock )?(?:dividends?|repurchases?|buybacks?"
    r"|capex)\b"
)
_FAR = 90
# So many characters hold what the end of a gap is asked for.
_ENDS = 40
# How many marks away a neighbour may be; a text with more marks to a sentence is no prose.
_NEAR, _MOST_MARKS = 10, 2000
_MOVED = regex(r"\b(?:up|down|plus|minus|grew|rose|fell|declined|increased|decreased|off)\s*$")
_MOVE_ENDS = regex(
    r"\s*(?:[,.;:)]|$|(?:and|but|while|with|or|sequentially|year|yoy|y/y|organically|reported|in|on"
    r"|excluding|ex|driven|as|which|so|from last|versus|we|the|our)\b)"
)
_NEXT_MOVES = regex(
    r" (?:[a-z]+ ){1,4}(?:up|down|flat|grew|fell|rose|plus|minus|was|were|both)(?![a-z])"
)
_LARGEST_MOVE = 100
_HUNDRED = 100
_MILLION, _SUMS_APART = Decimal(1_000_000), Decimal(50)
_SCALE_SAID = regex(r"thousand|[mbt]illion")
_OF_A_SUM = regex(
    r"\b(?:(?:loss|dividend|income|profit|charge|gain|balance|cost|benefit|total|provision|expense"
    r"|impact|headwind|tailwind|contribution|earnings|ebitda?|revenue|sales|inflow|outflow|debt"
    r"|cash)"
    r" (?:of|is|was|were|at)|versus|compared (?:to|with)|(?:up|down) from|from|sg and a|against)"
    r"(?: (?:about|a|around|roughly|just))?\s*$"
)
_GROWTH_SAID = regex(r"\bgrowth(?: of| was| is| at)?\s*$")
_SPOKEN_AMOUNT = 20
_MOST_DAYS = 1000
_OF_DAYS = frozenset(
    {"days_sales_outstanding", "inventory_days", "days_payable_outstanding", "days_claims_payable",
     "cash_conversion_cycle"}
)  # fmt: skip
_HAN_SIZES = frozenset("万亿萬億")
_COME_TO = regex(
    r"[户戶个個人名位家台次件杯单單]{0,2}[，,、]?(?:并|又|已|现|進一步|进一步|随后|到期末|期末|目前)?"
    r"(?:达到|達到|达|達|升至|增至|增长到|增長到|增加到|提升到|上升到|来到|來到|到|至)了?"
)
_ADDED = regex(
    r"(?:净增|净开|新增|新开|净关|关闭"
    r"|\b(?:net|net new|opened|closed|added|another|a further|an additional))\s*$"
)
_ROUNDING = Decimal("0.1")
_MOST_RATIO = Decimal(10)
_BARE_RATE = Decimal(1000)
_DOLLARS = regex(r"dollar|[$€£]")
_CENTS = regex(r"cents?\b|¢|\dc\b|pence|\dp\b|仙|美分")
# "1.5 million shares for 1.9 billion", "saves us forty million a year", "deals over one million".
_PAID = regex(
    r"(?:\b(?:for|saves?|saving|saved|costs?|costing|spent|spend|spending|paid|pay|pays|paying"
    r"|invest|invested|raised|worth)(?: (?:us|them|you|about|around|roughly|over|nearly))*)\s*$"
)
_ENDS_AT = regex(r"(?:\b(?:to|at|reached|reaching|hit|total(?:ing|s)?|now)|[到至达破])\s*$")
# "Twelve million subscribers and the premium tier is over five hundred thousand"
_NOW_AT = regex(r"\b(?:and|while|with) (?:[a-z]+ ){1,4}(?:is|are|was|were|has|have)(?: now)?\s*$")
_LARGER = frozenset({"more_than", "at_least"})
# "the basic plan is seven ninety nine" is a price in dollars.
_PRICE_TAG = regex(r"^[a-z]+(?: [a-z]+)? ninety (?:nine|five)$")
_LETTERS = regex(r"\d\s?(?:bn|mn|tn|b|m|mm|mln|bln)\b")
_NOT_MONEY = frozenset({"count", "percent", "money_per_share", "x", "time"})


def lend_unit(place: Place, frame: Frame, setting: Setting) -> Place:
    """Give the place with its bare number read in the unit that is lent to it.

    The place itself comes back where the number has a unit, counts something, or no neighbour
    is like it.
    """
    bare, kind = place.quantity, place.kind
    if kind not in ("money", "number", "count"):
        return place
    if bare.text[-1:] in _HAN_SIZES:
        listed = counted_in_list(place, frame)
        if kind == "money":
            return listed or _counted_on(place, bare)
        if (told := listed or sold_for(place, frame, setting)) is not None:
            return told
    if kind == "money" or bare.counted or bare.worded or len(place.sentence.marks) > _MOST_MARKS:
        return place
    lent = (
        _part_of_count(place, bare)
        or of_same_count(place, bare)
        or _in_days(place, bare, frame)
        or of_ratio(place, bare)
        or of_growth(place, bare)
        or _held_against_level(place, bare)
        or _moved_in_percent(place, bare, frame)
        or _from_before(place, bare)
        or _terse(place, bare, frame, setting)
    )
    return with_lent(place, lent) if lent is not None else place


# "Rev 33.8bn +1.5% vs cons 34.2", "8.68bn +5.3% (cons 8.58)", "28.0bn (26.5)".
_AGAINST = regex(
    r"(?:\b(?:cons(?:ensus)?|street|st|guide|guidance|est|exp|expected|vs|v|versus|ly|py|lq|pq"
    r"|prior|prev|previously|was|from|e|bbg|ours?|we had)\b\.?[\s:]*"
    r"(?:was|at|of|had|cons\.?|st\.?)?\s*[~(c.]*|\()$"
)
_LEAST_LIKE, _MOST_LIKE = Decimal("0.6"), Decimal("1.67")


def _held_against_level(place: Place, bare: Quantity) -> Quantity | None:
    """A bare number held against the amount with a scale before it, in that amount's scale."""
    if bare.kind != "number" or place.scaled or not place.size:
        return None
    folded = place.sentence.folded
    start = max(place.sentence.start, place.mark.start - 16)
    bracketed = bare.text[:1] in "(（" and bare.text[-1:] in ")）"
    if not bracketed and not _AGAINST.search(folded, start, place.mark.start):
        return None
    for mark in reversed(place.sentence.marks[max(0, place.at - _NEAR) : place.at]):
        level = mark.value
        if mark.kind == "break" and mark.weight > 2:
            return None
        if mark.kind != "quantity" or not isinstance(level, Quantity) or level.value is None:
            continue
        if level.kind == "percent":
            rate = size_of(level)
            if not level.signed and rate and _LEAST_LIKE <= place.size / rate <= _MOST_LIKE:
                return None
            continue
        scale = _step(level)
        of_share = level.kind == "money" and bare.value is None  # "$4.21, vs guide 4.10-4.20"
        if (scale == 1 and not of_share) or level.kind not in ("number", "money", "count"):
            return None
        ratio = place.size * scale / size_of(level) if level.value else Decimal(0)
        as_fine = not bracketed or _places(bare.text) == _places(level.text)
        if not _LEAST_LIKE <= ratio <= _MOST_LIKE or not as_fine:
            return None
        lent = _like(bare, level, scale)
        return (
            taken_for(lent, {"value": abs(lent.value), "signed": False})
            if (bracketed and lent.value is not None)
            else lent
        )
    return None


def _places(text: str) -> int:
    """How many decimal places a number is told to."""
    found = _DECIMALS.search(text)
    return len(found[1]) if found else 0


_DECIMALS = regex(r"\d\.(\d+)")


def _counted_on(place: Place, bare: Quantity) -> Place:
    """Read a bare amount as what a count has come to: 用户突破 1.1 亿，达到 1.12 亿."""
    previous = place.previous()
    if previous is None or not isinstance(previous.value, Quantity):
        return place
    model = previous.value
    if model.kind != "count" or not _COME_TO.fullmatch(place.gap_before(previous)):
        return place
    lent = taken_for(bare, {"kind": "count", "unit": "count", "counted": model.counted})
    return with_lent(place, lent)


def _restates(bare: Quantity, model: Quantity, gap: str) -> bool:
    """Whether a number rounds the one right before it: 40,397，破四万."""
    size = size_of(model)
    near = size > 0 and abs(size_of(bare) / size - 1) <= _ROUNDING
    return near and bare.qualifier != "exact" and not gap.strip(" ,，、(（")


def _moved_in_percent(place: Place, bare: Quantity, frame: Frame) -> Quantity | None:
    """A bare move where others are in percent: "up 22 sequentially and 46% year over year"."""
    if place.scaled or bare.kind != "number" or place.size > _LARGEST_MOVE:
        return None
    folded = place.sentence.folded
    if not _MOVED.search(
        folded[max(place.sentence.start, place.mark.start - 16) : place.mark.start]
    ):
        return None
    ends = _MOVE_ENDS.match(folded, place.mark.end) or _NEXT_MOVES.match(folded, place.mark.end)
    if not ends and " point " not in bare.text:
        return None
    near = place.sentence.marks[max(0, place.at - 4 * _NEAR) : place.at + _NEAR]
    beside = (m.value for m in near if isinstance(m.value, Quantity))
    last = frame.last
    before = last is not None and last.quantity.kind == "percent" and "." in bare.text
    if not before and not any(quantity.kind == "percent" for quantity in beside):
        return None
    return taken_for(bare, {"kind": "percent", "unit": "percent"})


def _in_days(place: Place, bare: Quantity, frame: Frame) -> Quantity | None:
    """Days of a measure that is told in them: "inventory days were 126, down from 135"."""
    if not 1 <= place.size <= _MOST_DAYS:
        return None
    named = next(
        (m.value for m in place.before(breaks=1) if isinstance(m.value, MetricMatch)), None
    )
    if named is None and place.previous() is not None and frame.last is not None:
        told = frame.last.unit == "day" and frame.last.mark is place.previous()
        named = (
            frame.used
            if told and _GOES_ON.search(place.sentence.folded[: place.mark.start][-24:])
            else None
        )
    if named is None or named.metric.id not in _OF_DAYS:
        return None
    days = spoken_hundreds(bare) or bare.value
    return taken_for(bare, {"kind": "measure", "unit": "day", "value": days})


def _part_of_count(place: Place, bare: Quantity) -> Quantity | None:
    """Some of what the next number counts: "closed 7 of the 9 plants"."""
    marks = place.sentence.marks
    behind = marks[place.at + 1 : place.at + _NEAR]
    following = next((m for m in behind if m.kind == "quantity"), None)
    if following is None or not isinstance(following.value, Quantity) or bare.signed:
        return None
    whole = following.value
    gap = place.sentence.folded[place.mark.end : following.start]
    joined = _OF_THE.fullmatch(gap) or _AND_OTHER.fullmatch(gap)
    if whole.kind != "count" or not whole.counted or not joined:
        return None
    return taken_for(bare, {"kind": "count", "unit": "count", "counted": whole.counted})


def _from_before(place: Place, bare: Quantity) -> Quantity | None:
    previous = place.previous()
    model = _with_own_unit(place)
    if previous is None or model is None:
        return None
    gap = place.gap_before(previous)
    if len(gap) > _FAR:
        return None
    if bare.value is None and ";" in gap and not _GOES_ON.search(gap):
        return None  # a range in a clause of its own
    if (millions := _in_millions(place, bare, model, gap)) is not None:
        return millions
    if place.scaled:
        if _restates(bare, model, gap):
            return taken_for(bare, {"kind": model.kind, "unit": model.unit})
        return _as_money(place, bare, model, gap) or _as_count(place, bare, model, gap)
    if bare.signed and model.kind == "percent" and place.size < _BARE_RATE:
        return taken_for(bare, {"kind": "percent", "unit": "percent"})
    of_them = _OF_IT.match(place.sentence.folded, place.mark.end) is not None
    part = of_them and place.size < size_of(model)
    if model.kind == "count" and model.counted and (part or _ADDED.search(gap)):
        return taken_for(bare, {"kind": "count", "unit": "count", "counted": model.counted})
    if part and model.kind == "measure" and (worth := worth_of_one(model)) is not None:
        return _like(bare, model, worth)
    if _ANOTHER.search(gap) and model.kind in ("money", "points", "percent"):
        return _like(bare, model, _step(model))
    if model.kind not in ("percent", "points", "money") and not is_scaled(fold(model.text)):
        return None
    if model.kind == "points" and _names_ratio(place, gap):
        return taken_for(bare, {"kind": "percent", "unit": "percent"})
    if _restates(bare, model, gap):
        return taken_for(bare, {"kind": model.kind, "unit": model.unit})
    step = _step(model)
    first = size_of(model) / step
    if not first or not 1 / _MOST_RATIO <= _shown(bare) / first <= _MOST_RATIO:
        return None
    after = place.sentence.folded[place.mark.end : place.mark.end + 12]
    of_it = (_OF_IT.match(after) and not _OF_THEM.match(after)) or (
        bare.value is not None
        and bare.value != int(bare.value)
        and _PAID_IN.match(place.sentence.folded, place.mark.end)
    )
    if not of_it and not _continues(place, bare, model, gap):
        return None
    return _like(bare, model, step)


# "Interest cost us 4 cents and overhead another 3".
_ANOTHER = regex(r"\b(?:another|a further|an additional)\s*$")


# "Costs were down sixty basis points labor was twenty five point two": another ratio's level.
_STANDS_AT = regex(
    r"\b(?:was|were|is|are|came in at|at|stood at|ran)(?: (?:about|around|roughly))? $"
)


def _names_ratio(place: Place, gap: str) -> bool:
    nearest = next(
        (m.value for m in place.before(breaks=1) if isinstance(m.value, MetricMatch)), None
    )
    if nearest is None or nearest.metric.family not in ("any", "percent", "money"):
        return False
    return "." not in gap and _STANDS_AT.search(gap) is not None


def _in_millions(place: Place, bare: Quantity, model: Quantity, gap: str) -> Quantity | None:
    """Hundreds of the millions before: "equity income was eighty million from a loss of 137"."""
    size = spoken_hundreds(bare) if bare.kind == "number" else None
    if size is None or model.kind not in ("money", "number"):
        return None
    million = scale_of(fold(model.text))
    if million != _MILLION or not _OF_A_SUM.search(gap):
        return None
    named = next((m.value for m in place.before() if isinstance(m.value, MetricMatch)), None)
    if named is not None and named.metric.family not in ("money", "any", "money_per_share"):
        return None
    if not 1 / _SUMS_APART <= size * million / (size_of(model) or million) <= _SUMS_APART:
        return None
    unit = model.unit if model.kind == "money" else "USD"
    return taken_for(bare, {"kind": "money", "unit": unit, "value": size * million})


def _with_own_unit(place: Place) -> Quantity | None:
    """The number before, or the one that lent it its unit."""
    before = place.sentence.marks[max(0, place.at - 4 * _NEAR) : place.at]
    nearest: Quantity | None = None
    for mark in reversed(before):
        value = mark.value
        if mark.kind != "quantity" or not isinstance(value, Quantity):
            continue
        nearest = nearest or value
        own = value.kind not in _LENT or _UNIT_OF_ITS_OWN.search(fold(value.text))
        if own or value.kind != nearest.kind:
            return value if value.kind == nearest.kind else nearest
    return nearest


def _continues(place: Place, bare: Quantity, model: Quantity, gap: str) -> bool:
    """Whether the words at the number take up the one before, with no other subject between."""
    named = next((m for m in place.before() if isinstance(m.value, MetricMatch)), None)
    # "Operating cash flow was $5.1 billion, capex 2.6."
    if model.kind == "percent" and _GROWTH_SAID.search(gap):
        return True
    told = "." in bare.text or (bare.text.islower() and place.size >= _SPOKEN_AMOUNT)
    listed = named is not None and not place.gap_before(named).strip() and told
    if bare.qualifier == "exact" and not listed and not _GOES_ON.search(gap.rstrip()[-_ENDS:]):
        return False
    between = [m.value for m in place.before() if isinstance(m.value, MetricMatch)]
    if model.kind == "percent" and _STANDS_AT.search(gap) and _in_lines_of_cost(place, bare):
        return True
    return all(match.metric.family in _FAMILIES.get(model.kind, ()) for match in between)


# "Wages were 48.5 percent of revenue up from 47.2 depreciation was 6.4".
_OF_SALES = regex(r"(?:percent|%) of (?:[a-z]+ )?(?:revenues?|sales)\b")
_LINES = 200


def _in_lines_of_cost(place: Place, bare: Quantity) -> bool:
    if bare.value is None or bare.value == int(bare.value) or place.size >= _HUNDRED:
        return False
    start = max(place.sentence.start, place.mark.start - _LINES)
    return _OF_SALES.search(place.sentence.folded, start, place.mark.start) is not None


_LENT = frozenset({"percent", "points", "money"})
_UNIT_OF_ITS_OWN = regex(
    r"%|per ?cent|pct|point|\d\s?bps?\b|p[tp]s?\b|[$€£¥元圆分点成]|dollar|cent|\d\s?c\b"
)
# What a metric between two numbers may be measured in; expenses move by points of sales.
_FAMILIES = {
    "percent": ("percent", "any"), "points": ("percent", "money", "any"),
    "money": ("money",), "number": ("money",),
}  # fmt: skip


def _as_money(place: Place, bare: Quantity, model: Quantity, gap: str) -> Quantity | None:
    """A bare amount with a scale beside one of money, or paid for what was counted."""
    if bare.kind != "number":
        return None
    counted = place.sentence.folded[: place.mark.start].rfind(fold(model.counted or "-"))
    named = any(
        isinstance(m.value, MetricMatch)
        and m.value.metric.family in _NOT_MONEY
        and m.start != counted
        for m in (*place.before(), *place.after())
    )
    if model.kind == "money" and not named and "/" not in (model.unit or ""):
        return taken_for(bare, {"kind": "money", "unit": model.unit})
    if model.kind in ("count", "percent") and (
        _PAID.search(gap)
        or (bare.qualifier in _LARGER and model.counted and not named and not _NOW_AT.search(gap))
    ):
        return taken_for(bare, {"kind": "money", "unit": "USD"})
    return None


def _as_count(place: Place, bare: Quantity, model: Quantity, gap: str) -> Quantity | None:
    """A bare amount that what was counted comes to: "added 2 million users and ended at 40"."""
    named = any(isinstance(m.value, MetricMatch) for m in place.before())
    if bare.kind != "number" or model.kind != "count" or not model.counted:
        return None
    folded = fold(model.counted)
    if not (_ENDS_AT.search(gap) or (_NOW_AT.search(gap) and not named)):
        return None
    if named and folded not in place.gap_before(place.previous() or place.mark):
        return None
    return taken_for(bare, {"kind": "count", "unit": "count", "counted": model.counted})


def _terse(place: Place, bare: Quantity, frame: Frame, setting: Setting) -> Quantity | None:
    """What a bare number is in notes: a rate if signed, money with bn or under a stated scale."""
    stated = setting.scale != 1
    if bare.signed and not place.scaled:
        rate = (stated or beside_amount(place, bare)) and place.size < _BARE_RATE
        return taken_for(bare, {"kind": "percent", "unit": "percent"}) if rate else None
    if bare.kind != "number" or _names_other(place, frame):
        return None
    if "ninety" in place.said and _PRICE_TAG.search(place.said):
        return taken_for(bare, {"kind": "money", "unit": setting.currency or "USD"})
    if bare.kind == "number" and _PER_SHARE.match(place.sentence.folded, place.mark.end):
        unit = f"{setting.currency or 'USD'}/share"
        return taken_for(bare, {"kind": "money", "unit": unit})
    if bare.signed and _THOUSANDS.search(place.said) and not frame.metrics:
        return taken_for(bare, {"kind": "count", "unit": "count", "counted": "net adds"})
    lettered = _LETTERS.search(place.said) is not None
    if not lettered and (not stated or place.scaled or place.size >= setting.bare_below):
        return None
    money = _like(bare, bare, Decimal(1) if lettered else setting.scale)
    return taken_for(money, {"kind": "money", "unit": setting.currency or "USD"})


# "divi 1.50/sh"
_PER_SHARE = regex(r"\s?/\s?(?:sh|shr|share)\b")
# "FWA: +506k": what a line of subscribers gains or loses, for no money is told in thousands.
_THOUSANDS = regex(r"\d\s?k\b|\)\s?k\b")


def _names_other(place: Place, frame: Frame) -> bool:
    """Whether the clause, or what the line speaks of so far, is measured in something else."""
    named = [m.value.metric.family for m in frame.metrics if isinstance(m.value, MetricMatch)]
    if named:
        return named[-1] in _NOT_MONEY
    behind = (m.value for m in place.after() if isinstance(m.value, MetricMatch))
    following = next(behind, None)
    return following is not None and following.metric.family in _NOT_MONEY


def _step(model: Quantity) -> Decimal:
    """What one in the model's own wording is worth: 0.01 for basis points and cents."""
    text = fold(model.text)
    cents = model.kind == "money" and _CENTS.search(text) and not _DOLLARS.search(text)
    if in_basis_points(model) or cents:
        return Decimal("0.01")
    return scale_of(text) or Decimal(1)


def _shown(quantity: Quantity) -> Decimal:
    return size_of(quantity) / _step(quantity)


def _like(bare: Quantity, model: Quantity, factor: Decimal) -> Quantity:
    amounts = {
        key: None if amount is None else amount * factor
        for key, amount in (("value", bare.value), ("low", bare.low), ("high", bare.high))
    }
    return taken_for(bare, {"kind": model.kind, "unit": model.unit, **amounts})
