"""The metric of a quantity that no list names: by its clause's subject, its unit, its noun."""

from pipeline.extract.frame import Frame, Reading
from pipeline.extract.metric.meaning import TIME_UNITS
from pipeline.extract.metric.naming import (
    begins_with_verb,
    counted_name,
    noun_that_moves,
    subject_of,
)
from pipeline.extract.place import Place
from pipeline.extract.reading import Mark
from pipeline.lexicon.metrics import MetricMatch
from pipeline.lexicon.scope_names import plain_modifiers
from pipeline.normalize.script import fold
from pipeline.patterns import regex
from schemas import Quantity

_DELIVERY = regex(r"deliver|order to|shipped|送达|配送|送餐")
_LARGE = regex(r"million|billion|trillion|亿")
_DOLLARS = 200
_PER_PIECE = regex(
    r" ?(?:a|an|per|each|/) ?(?:pound|lb|ounce|oz|ton|tonne|barrel|bbl|boe|gallon|bushel|case|unit"
    r"|mcf|mmbtu|kilo|kilogram|kg|watt|kilowatt|square foot|bottle|ticket|room|night)(?![a-z])"
    r"|一(?:吨|桶|磅|克|盎司|斤|台|辆|件|片)"
)
_EACH_PIECE = regex(r"每(?:吨|桶|磅|克|盎司|公斤|斤|台|辆|件|片|瓦|度)[^，。；0-9]{0,3}$")
# "$810 a foot was 6% better": what an amount is for each of is no subject.
_OF_EACH = regex(r"(?:an?|per|each) ")
# Gains and burdens that their own words name.
_CALLED = regex(
    r" ((?:[a-z0-9][a-z0-9-]+ ){1,2}(?:gain|charge|benefit|settlement|penalty|fine|headwind"
    r"|tailwind|allowance|release|reversal)"
    r"|gain(?: on (?:the |our |a )?sale)?|charge|settlement|write-down)\b"
)
# "We booked a one-time gain of $12 million".
BOOKED = regex(
    r"\b(?:booked|recorded|recognized|recognised|took|incurred|includes?|included|including"
    r"|realized"
    r"|realised|reflects|reflecting) (?:an? |the )?"
    r"((?:[a-z][a-z-]+ ){0,2}(?:gain|charge|benefit|write-down|settlement)) of"
    r"(?: about| roughly| approximately)? $"
)
_BOOKED_AS = ("gain of", "charge of", "benefit of", "write-down of", "settlement of")
# "$1.4 million of closure costs".
_OF_CALLED = regex(
    r" (?:of|in|for) ((?:charges|costs)(?= (?:for|related|associated|tied|from|on|in connection)\b)"
    r"|(?:our|its|their) (?:[a-z-]+ )?(?:reserves?|provisions?|allowance|portfolio|properties|fleet"
    r"|facility|revolver|mortgages?|receivables|vintage|land bank)(?= |[,.;]|$)"
    r"|(?:(?!our|the|its|total|higher|lower)[a-z][a-z-]+ ){1,2}"
    r"(?:costs|charges|expenses|fees))\b"
)


def run_on_subject(place: Place) -> str | None:
    """The business that captions name right before a verb of growth: "… compare aviation grew"."""
    if place.kind != "percent" or not place.spaced:
        return None
    marks = place.before()
    if any(mark.kind in ("scope", "company") for mark in marks):
        return None
    if not place.sentence.text.islower():
        return None
    start = max(place.sentence.start, place.mark.start - _RUN_ON)
    at = max((m.end for m in place.back() if m.kind in ("break", "quantity")), default=start)
    clause = place.sentence.folded[max(start, at) : place.mark.start]
    said = noun_that_moves(clause)
    if said is None:
        return None
    noun = place.mark.start - len(clause) + clause.rfind(said[0])
    taken = any(
        m.kind == "metric" and m.start < noun + len(said[0]) and noun < m.end for m in marks
    )
    return None if taken else said[0]


_EARNS = frozenset({"brought in", "bring in", "brings in", "pulled in", "took in"})


def earner(place: Place, chosen: MetricMatch | None) -> str | None:
    """The business that no list knows before a verb of earning: "instruments brought in $1.5bn"."""
    if chosen is None or not chosen.weak or place.kind != "money":
        return None
    mark = next((m for m in place.before() if m.value is chosen), None)
    folded = place.sentence.folded
    if mark is None or folded[mark.start : mark.end] not in _EARNS:
        return None
    if any(m.kind in ("scope", "company") for m in place.before()):
        return None
    start = max(place.sentence.start, mark.start - _RUN_ON)
    at = max((m.end for m in place.back() if m.kind in ("break", "quantity")), default=start)
    said = subject_of(folded[max(start, at) : mark.start].lstrip() + "grew ")
    return said[0] if said is not None else None


_RUN_ON = 64
_LETTER = regex(r"[a-z]")
_POSSESSIVE = regex(r"^(?:our|its|their) ")


def own_subject(place: Place) -> tuple[str, bool] | None:
    """What an English clause is about where no list knows it: "deposit costs averaged"."""
    before = place.before()
    if any(mark.kind in ("metric", "company") for mark in before):
        return None
    measured = place.kind == "measure" and _at_verb(place)
    scaled = place.kind == "number" and place.scaled
    rated = place.kind in ("percent", "points", "money")
    if not (rated or measured or scaled):
        return None
    if not measured and any(mark.kind == "scope" for mark in before):
        return None
    start = place.sentence.start
    for k in range(place.at - 1, -1, -1):
        mark = place.sentence.marks[k]
        if mark.kind in ("break", "quantity"):
            start = mark.end
            break
    clause = place.sentence.folded[start : place.mark.start].lstrip()
    if not place.ascii and _LETTER.search(clause) is None:
        return None
    if start > place.sentence.start and begins_with_verb(clause):
        clause = _before_aside(place, start) + clause
    last = place.previous()
    noun = getattr(last.value, "counted", None) if last is not None else None
    if noun and last is not None and last.end == start and clause.startswith(fold(noun)):
        return None  # "four vessels at $72 million apiece"
    named = _measure_named(clause) if place.kind != "money" else None
    if named is None and measured and _LASTED.search(clause) is not None:
        return subject_of(clause)
    if named is not None or measured:
        return (named, False) if named else None
    if _OF_EACH.match(clause):
        return None
    said = subject_of(clause)
    if said is None and place.kind == "percent" and place.sentence.text.islower():
        said = noun_that_moves(clause)
    return said


# "Outages lasted 38 minutes".
_LASTED = regex(
    r"\b(?:lasted|averaged|took|ran)(?: (?:about|around|roughly|only|just|an average of))? $"
)


def _before_aside(place: Place, start: int) -> str:
    """The subject that an aside parts from its verb: "professional fees, by contrast, were 11%"."""
    closing: Mark | None = None
    opening: Mark | None = None
    for mark in place.back():
        if mark.end > start:
            continue
        if opening is not None:
            if mark.kind in ("break", "quantity"):
                return place.sentence.folded[mark.end : opening.start].strip() + " "
            if mark.kind != "cue":
                return ""
        elif mark.kind == "quantity" or (mark.kind == "break" and mark.value != ","):
            return ""
        elif mark.kind == "break" and closing is not None:
            opening = mark
        elif mark.kind == "break":
            closing = mark
    if opening is None:
        return ""
    return place.sentence.folded[place.sentence.start : opening.start].strip() + " "


def _measure_named(clause: str) -> str | None:
    """The noun that an English clause opens with, where it says itself what is measured."""
    found = _MEASURE.match(clause) if clause.isascii() else None
    if found is None:
        return None
    words = found["name"].split()
    last = max((k for k, word in enumerate(words) if word in _SMALL_WORDS), default=-1)
    words = words[last + 1 :]
    return " ".join(words) if len(words) > 1 or words[0] not in _GENERIC else None


_SMALL_WORDS = frozenset(
    ("the", "a", "an", "our", "its", "their", "your", "this", "that", "in", "on", "of", "to", "and",
     "with", "for", "from", "by", "at", "increased", "improved", "reduced", "year's", "company's",
     "over", "including", "as", "we", "it", "end", "year-end", "quarter-end", "remaining", "same")
)  # fmt: skip
_GENERIC = frozenset(
    ("time", "times", "hours", "age", "life", "score", "rate", "ratio", "level", "size", "depth",
     "height", "cycle", "output", "coverage", "conversion", "visibility", "availability", "range",
     "recovery", "index", "length", "duration", "distance")
)  # fmt: skip


# A noun that says itself what is measured, before a verb: "terminal dwell fell", "wait times were".
_MEASURE = regex(
    r"(?:[^a-z]*\b(?:the|our|its|their|a|an|this|total|average|overall|and|in|while|but|then|also"
    r"|meanwhile)\b)*\s*"
    r"(?P<name>(?:[a-z][\w'/-]*\s){0,3}(?:dwell|velocity|speed|length|width|weight|density"
    r"|duration|index|turnover|attrition|absenteeism|attendance|enroll?ment|intensity|tenor"
    r"|maturity"
    r"|consumption|mileage|throughput|frequency|latency|uptime|downtime|availability|reliability"
    r"|accuracy|longevity|recovery|headway|punctuality|lag|queue|runway|vacancy|turnaround)"
    r"|(?!(?:this|that|same|every|first|last|long|some|any|one|each|all|at|of|by|for|next"
    r"|second)\b)"
    r"(?:[a-z][\w'/-]*\s){1,3}(?:times?|hours|age|life|distance|score|rate|ratio|level|size|depth"
    r"|height|cycle|output|coverage|conversion|satisfaction|visibility|waits?))"
    r"(?:\s(?:[a-z]+\s){0,4}?)?(?:was|were|is|are|hit|fell|rose|improved|averaged|stood|came"
    r"|reached|dropped|climbed|increased|decreased|declined|stretched|lengthened|shortened|slipped"
    r"|slid|jumped|ran|held|eased|edged|ticked|remains|remained|grew|narrowed|widened"
    r"|deteriorated|worsened|now|at|of|to|set)\b"
)
_VERB_NEAR = regex(
    r"\b(?:averag\w+|lasted|took|was|were|is|are|be|stood|stands|hit|reach\w*|total\w*|equal\w*"
    r"|measur\w+"
    r"|rose|fell|improved|dropped|climbed|increased|decreased|stretched|to|at|of|down|up|by|from)"
    r"(?: (?:about|a|an|record|new|just|only|roughly|nearly|almost|over|under|around|some|well"
    r"|approximately|more|less|than|to|by|at|low|high|all-time|historic))*\s*$"
)
_WHEN_ELSE = regex(
    r"\b(?:in|over|within|for|after|past|last|next|every|through|during|ago)\b[^,;]{0,12}$"
)


def _at_verb(place: Place) -> bool:
    """Whether a verb or preposition leads right up to a measured number."""
    before = place.sentence.folded[
        max(place.sentence.start, place.mark.start - 40) : place.mark.start
    ]
    if _AGO.match(place.sentence.folded, place.mark.end) or _VERB_NEAR.search(before) is None:
        return False
    return _WHEN_ELSE.search(before) is None


_AGO = regex(r"\s*(?:ago|earlier|later|before|out|from now|old)\b")


def called_behind(place: Place) -> str | None:
    """What the words right behind an amount call it: "the $593 million litigation gain"."""
    if place.kind != "money":
        return None
    start = max(place.sentence.start, place.mark.start - 72)
    booked = None
    before = place.sentence.folded[start : place.mark.start] if place.spaced else ""
    if " of" in before and any(word in before for word in _BOOKED_AS):
        booked = BOOKED.search(place.sentence.folded, start, place.mark.start)
    if booked is not None and not any(
        isinstance(m.value, MetricMatch) and m.start >= booked.start(1) for m in place.before()
    ):
        return booked[1]
    named = _CALLED.match(place.sentence.folded, place.mark.end)
    if named is None:
        return _called_costs(place)
    start, end = named.span(1)
    if any(m.kind in ("metric", "scope") and start <= m.start < end for m in place.after()):
        return None
    return "gain_on_sale" if named[1].endswith("sale") else named[1]


# "Dry-docking costs of $9 million": costs that their own words name.
_COST_WORDS = regex(r"((?:[a-z][a-z-]+ ){1,2})$")
_PLAIN_COSTS = frozenset(("cost", "costs", "expense", "expenses"))


def own_costs(chosen: MetricMatch, place: Place) -> str | None:
    """What bare "costs" in the clause of an amount are called by the words before them."""
    if not chosen.weak or chosen.metric.id != "operating_expenses":
        return None
    mark = next((m for m in place.before() if m.value is chosen), None)
    folded = place.sentence.folded
    if mark is None or folded[mark.start : mark.end] not in _PLAIN_COSTS:
        return None
    found = _COST_WORDS.search(folded, max(place.sentence.start, mark.start - 40), mark.start)
    if found is None:
        return None
    words = found[1].split()
    plain = plain_modifiers()
    while words and (words[0] in plain or words[0].endswith(("ly", "ed"))):
        words.pop(0)
    if not words or any(word in plain for word in words):
        return None
    return " ".join([*words, folded[mark.start : mark.end]])


def _called_costs(place: Place) -> str | None:
    """What the costs behind an amount are called, where no list knows them."""
    named = None
    if place.next in "oif":
        named = _OF_CALLED.match(place.sentence.folded, place.mark.end)
    if named is None:
        return None
    start, end = named.span(1)
    strong = (
        isinstance(m.value, MetricMatch) and not m.value.weak and start <= m.start < end
        for m in place.after()
    )
    return None if any(strong) else _POSSESSIVE.sub("", named[1])


def is_far(chosen: MetricMatch, place: Place, frame: Frame) -> bool:
    """Whether a metric was named in another clause of the sentence, or before the sentence."""
    if chosen is frame.used:
        return True
    return all(mark.value is not chosen for mark in place.before()) and all(
        mark.value is not chosen for mark in place.after()
    )


def without_words(reading: Reading, place: Place) -> None:
    """Name the metric of a quantity that no word names: by its unit, else by what is counted."""
    quantity, sentence, unit = place.quantity, place.sentence, place.unit
    reading.doubts.append("metric not named")
    cents = place.kind == "money" and _in_cents(quantity) and not _is_price_of(place)
    if place.kind == "money" and _of_piece(place):
        reading.metric, reading.family = "price", "money"
    elif place.kind == "money" and _is_deal(place):
        reading.metric, reading.family = "deal_value", "money"
    elif place.kind == "money" and _is_small_price(place):
        reading.metric, reading.family = "price", "money"
    elif unit.endswith("/share") or cents:
        reading.metric, reading.family = "eps", "money_per_share"
    elif unit == "token":
        reading.metric, reading.family = "tokens_processed", "token"
    elif unit in TIME_UNITS and _DELIVERY.search(sentence.folded, sentence.start, sentence.end):
        reading.metric, reading.family = "delivery_time", "time"
    elif place.kind in ("number", "count") and not quantity.counted and _spoken_money(place):
        reading.metric, reading.family = "revenue", "money"
    elif place.kind in ("count", "measure", "number"):
        reading.metric, reading.family = counted_name(quantity), "count"
    else:
        reading.metric, reading.family = "revenue", "money"


# 以 7 億英鎊出售…資產, 斥資 8 億元購入…: what is paid for something bought or sold as a whole.
_DEAL_BEFORE = regex(r"(?:出售|变卖|收购|购入|买入|售出|入股|投得|并购)[^，。；;,0-9]{0,16}$")
_DEAL_BEHIND = regex(
    r"(?:现金)?(?:出售|变卖|收购|购入|买入|售出|入股|投得|中标|并购|取得)[^，。；;,0-9]{2,}"
)
_DEAL_REACH = 24


def _is_deal(place: Place) -> bool:
    folded, start = place.sentence.folded, place.mark.start
    before = max(place.sentence.start, start - _DEAL_REACH)
    return (
        _DEAL_BEHIND.match(folded, place.mark.end) is not None
        or _DEAL_BEFORE.search(folded, before, start) is not None
    )


def _of_piece(place: Place) -> bool:
    """Whether an amount is that of one of something sold: "two forty a pound", 每吨 7.5 万元."""
    folded, start = place.sentence.folded, place.mark.start
    return (
        _PER_PIECE.match(folded, place.mark.end) is not None
        or _EACH_PIECE.search(folded[max(place.sentence.start, start - 8) : start]) is not None
    )


# "A chicken bowl is still under $10", "plans start at $7.99".
_COSTS_SO_MUCH = regex(
    r"\b(?:is|are|was|were|costs?|sells?|sold|starts?|starting|priced|remains?|stays?)"
    r"(?: (?:still|now|only|just|typically|at|for|from|around|about|roughly|well|priced))* ?$"
)
_LARGEST_PRICE = 10_000


def _is_small_price(place: Place) -> bool:
    """Whether a small amount is what a thing named in its clause costs."""
    quantity = place.quantity
    amount = quantity.value if quantity.value is not None else quantity.low
    if amount is None or not 0 < amount < _LARGEST_PRICE or place.scaled:
        return False
    if "/" in place.unit or not _SIGN_OF_MONEY.search(quantity.text):
        return False
    start = max(place.sentence.start, place.mark.start - 40)
    return _COSTS_SO_MUCH.search(place.sentence.folded, start, place.mark.start) is not None


_SIGN_OF_MONEY = regex(r"[$€£]")


def _is_price_of(place: Place) -> bool:
    """Whether a product named in the clause has this price: "the hot dog combo is still $1.50"."""
    return any(mark.kind == "scope" for mark in place.before())


def _in_cents(quantity: Quantity) -> bool:
    """Whether an amount is told to the cent: guidance of "$14.08 to $14.12" is of each share."""
    amount = quantity.value if quantity.value is not None else quantity.low
    if amount is None or not quantity.text.isascii():
        return False
    return abs(amount) < _DOLLARS and amount != amount.to_integral_value()


def _spoken_money(place: Place) -> bool:
    """Whether captions speak of money without its currency: "we're at roughly twelve billion"."""
    spoken = place.sentence.text.islower() and place.ascii
    return spoken and _LARGE.search(place.said) is not None
