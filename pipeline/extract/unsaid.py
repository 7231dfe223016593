"""The metric of a quantity that no list names: by its clause's subject, its unit, its noun."""

import re

from pipeline.extract.frame import Frame, Reading
from pipeline.extract.meaning import TIME_UNITS
from pipeline.extract.naming import counted_name, subject_of
from pipeline.extract.place import Place
from pipeline.lexicon.metrics import MetricMatch
from schemas import Quantity

_DELIVERY = re.compile(r"deliver|order to|shipped|送达|配送|送餐")
_LARGE = re.compile(r"million|billion|trillion|亿")
_DOLLARS = 200
_PER_PIECE = re.compile(
    r" ?(?:a|an|per|each|/) ?(?:pound|lb|ounce|oz|ton|tonne|barrel|bbl|boe|gallon|bushel|case|unit"
    r"|mcf|mmbtu|kilo|kilogram|kg|watt|kilowatt|square foot|bottle|ticket|room|night)(?![a-z])"
    r"|一(?:吨|桶|磅|克|盎司|斤|台|辆|件|片)"
)
_EACH_PIECE = re.compile(r"每(?:吨|桶|磅|克|盎司|公斤|斤|台|辆|件|片|瓦|度)[^，。；0-9]{0,3}$")
# "$810 a foot was 6% better": what an amount is for each of is no subject.
_OF_EACH = re.compile(r"(?:an?|per|each) ")
# Gains and burdens that their own words name.
_CALLED = re.compile(
    r" ((?:[a-z][a-z-]+ ){1,2}(?:gain|charge|benefit|settlement|penalty|fine|headwind|tailwind)"
    r"|gain(?: on (?:the |our |a )?sale)?|charge|settlement|write-down)\b"
)


def own_subject(place: Place) -> tuple[str, bool] | None:
    """What an English clause is about where no list knows it: "deposit costs averaged"."""
    if place.quantity.kind not in ("percent", "points", "money"):
        return None
    start = place.sentence.start
    for mark in place.before(breaks=0):
        if mark.kind in ("metric", "scope", "company"):
            return None
    for k in range(place.at - 1, -1, -1):
        mark = place.sentence.marks[k]
        if mark.kind in ("break", "quantity"):
            start = mark.end
            break
    clause = place.sentence.folded[start : place.mark.start].lstrip()
    return None if _OF_EACH.match(clause) else subject_of(clause)


def called_behind(place: Place) -> str | None:
    """What the words right behind an amount call it: "the $593 million litigation gain"."""
    if place.quantity.kind != "money":
        return None
    named = _CALLED.match(place.sentence.folded, place.mark.end)
    if named is None:
        return None
    start, end = named.span(1)
    if any(m.kind in ("metric", "scope") and start <= m.start < end for m in place.after()):
        return None
    return "gain_on_sale" if named[1].endswith("sale") else named[1]


def is_far(chosen: MetricMatch, place: Place, frame: Frame) -> bool:
    """Whether a metric was named in another clause of the sentence, or before the sentence."""
    if chosen is frame.used:
        return True
    for near in (place.before(), place.after()):
        for mark in near:
            if mark.value is chosen:
                return False
    return True


def without_words(reading: Reading, place: Place) -> None:
    """Name the metric of a quantity that no word names: by its unit, else by what is counted."""
    quantity, sentence = place.quantity, place.sentence
    reading.doubts.append("metric not named")
    unit = quantity.unit or ""
    cents = quantity.kind == "money" and _in_cents(quantity) and not _is_price_of(place)
    if quantity.kind == "money" and _of_piece(place):
        reading.metric, reading.family = "price", "money"
    elif unit.endswith("/share") or cents:
        reading.metric, reading.family = "eps", "money_per_share"
    elif unit in TIME_UNITS and _DELIVERY.search(sentence.folded, sentence.start, sentence.end):
        reading.metric, reading.family = "delivery_time", "time"
    elif quantity.kind in ("number", "count") and not quantity.counted and _spoken_money(place):
        reading.metric, reading.family = "revenue", "money"
    elif quantity.kind in ("count", "measure", "number"):
        reading.metric, reading.family = counted_name(quantity), "count"
    else:
        reading.metric, reading.family = "revenue", "money"


def _of_piece(place: Place) -> bool:
    """Whether an amount is that of one of something sold: "two forty a pound", 每吨 7.5 万元."""
    folded, start = place.sentence.folded, place.mark.start
    return (
        _PER_PIECE.match(folded, place.mark.end) is not None
        or _EACH_PIECE.search(folded[max(place.sentence.start, start - 8) : start]) is not None
    )


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
    spoken = place.sentence.text.islower() and place.sentence.text.isascii()
    return spoken and _LARGE.search(place.said) is not None
