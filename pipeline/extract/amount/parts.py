"""A bare number that is some, or as many again, of what was counted before it."""

from pipeline.extract.amount.lent import taken_for, with_lent
from pipeline.extract.frame import Frame, Setting
from pipeline.extract.place import Place
from pipeline.lexicon.scopes import ScopeMatch
from pipeline.normalize.script import fold
from pipeline.patterns import regex
from schemas import Quantity

# How many marks away the count may stand.
_NEAR = 40
# "Over 80% of them with a drive-through, and 350 to 370 next year, of which 10 to 15 abroad".
_OF_THOSE = regex(r"\s*of (?:them|those|these|which)\b")
_PART_BEFORE = regex(
    r"(?:\bof which|\bof those|\bof these|\bincluding|\bamong them|其中)"
    r"(?: about| around| roughly| nearly| over| some|有|约)?[, ]*$"
)
_PART_BEHIND = regex(r" (?:with|in|at|on|under|will|were|was|are|have|had|that|of them|abroad)\b")
# "We placed 427 systems, and 141 were trade-ins".
_AND_BEFORE = regex(r"\b(?:and|while) $")
_WERE = regex(r" (?:were|are|will be|have been) (?!up\b|down\b|flat\b|higher\b|lower\b)[a-z]")
_AND_THEN = regex(r"(?:\band|\bthen|\bversus|\bagainst|[,;]) (?:then |another |about |roughly )?$")
_NEXT_TIME = regex(
    r" (?:more )?(?:(?:in|for) (?:20\d\d|fiscal|the (?:second|third|fourth|first|following|next))"
    r"|(?:next|last|this) (?:year|quarter|fiscal)|the (?:year|quarter) (?:after|before)"
    r"|a year (?:ago|earlier))"
)


def of_same_count(place: Place, bare: Quantity) -> Quantity | None:
    """Some or as many again of what was counted before: "including 64 with", "12 of them"."""
    folded, start, end = place.sentence.folded, place.mark.start, place.mark.end
    if bare.signed or place.scaled:
        return None
    if (delivered := _delivered(place, bare)) is not None:
        return delivered
    before = folded[max(place.sentence.start, start - 28) : start]
    begins = place.next
    if not (
        (begins == "o" and _OF_THOSE.match(folded, end))
        or (begins in "wiaouht" and _PART_BEHIND.match(folded, end) and _PART_BEFORE.search(before))
        or (begins in "wah" and _WERE.match(folded, end) and _AND_BEFORE.search(before))
        or (begins in "mifnlta" and _NEXT_TIME.match(folded, end) and _AND_THEN.search(before))
    ):
        return None
    for mark in reversed(place.sentence.marks[max(0, place.at - _NEAR) : place.at]):
        model = mark.value
        if mark.kind != "quantity" or not isinstance(model, Quantity):
            continue
        if model.kind == "count" and model.counted:
            return taken_for(bare, {"kind": "count", "unit": "count", "counted": model.counted})
        if model.kind != "percent" or not _OF_THOSE.match(folded, mark.end):
            return None
    return None


# "F-35: 46 delivered vs 48, 143 ytd, FY tgt 175-190": units, and more of them in a row.
_DELIVERED = regex(r" (?:were |was )?(?:delivered|shipped|handed over|built|assembled)\b")
_AND_THEN_SO_MANY = regex(
    r"(?: (?:delivered|shipped|handed over|built|assembled|ytd|ly))?"
    r"(?:,| vs\.?| v| versus| from| against)"
    r"(?: (?:fy|full-year|full year|guide|guidance|tgt|target|plan|cons|st|ly)){0,2} "
)


def _delivered(place: Place, bare: Quantity) -> Quantity | None:
    folded, previous = place.sentence.folded, place.previous()
    units = {"kind": "count", "unit": "count", "counted": "unit"}
    if _DELIVERED.match(folded, place.mark.end):
        return taken_for(bare, units)
    if previous is None or not isinstance(previous.value, Quantity):
        return None
    so_many = previous.value.kind == "count" and previous.value.counted == "unit"
    if not so_many or folded[previous.end - 4 : previous.end].isalpha():
        return None
    alone = _AND_THEN_SO_MANY.fullmatch(folded, previous.end, place.mark.start)
    return taken_for(bare, units) if alone else None


_LISTED = 24


def counted_in_list(place: Place, frame: Frame) -> Place | None:
    """Read a bare amount as a count, where businesses share out what was counted before.

    訂戶合計 2.1 億；甲平台 1.4 億、乙平台 7,000 萬: they are subscribers, no money.
    """
    last, previous = frame.last, place.previous()
    if last is None or previous is None or last.mark is None or last.unit != "count":
        return None
    if last.mark.start != previous.start or last.family != "count":
        return None
    between = [m for m in place.back() if m.start >= previous.end]
    kinds = {m.kind for m in between}
    if "scope" not in kinds or kinds & {"metric", "cue", "period", "basis"}:
        return None
    if len(place.gap_before(previous)) > _LISTED:
        return None
    return with_lent(place, taken_for(place.quantity, {"kind": "count", "unit": "count"}))


# What parts an amount from how it moved, in notes: "Capex 2.64bn, +34", "equip 5.6bn +5.2".
_BESIDE = frozenset(
    {
        "",
        ",",
        ";",
        "(",
        "|",
        "/",
        ", i.e.",
        ", or",
        ", org",
        ", organic",
        ", cc",
        ", lfl",
        "org",
        "cc",
    }
)
_LETTERS = regex(r"\d\s?(?:bn|mn|tn|b|m|mm|mln|bln)\b")


def beside_amount(place: Place, bare: Quantity) -> bool:
    """Whether a signed bare number stands right behind an amount with a scale."""
    previous = place.previous()
    if previous is None or not isinstance(previous.value, Quantity):
        return False
    amount = previous.value
    own = amount.kind in ("money", "number", "count") and _LETTERS.search(fold(amount.text))
    # "Adj EPS $99.50 +19": of an amount in full only a whole number is a rate.
    whole = amount.kind == "money" and bare.value is not None and "." not in bare.text
    rate = own or (whole and place.size >= 1)
    return bool(rate) and place.gap_before(previous).strip() in _BESIDE


def sold_for(place: Place, frame: Frame, setting: Setting) -> Place | None:
    """Read a bare amount right behind a product's name as its sales: Casgevy 1,700 萬.

    So a note goes on that told of money before.
    """
    last = frame.last
    if place.kind != "number" or setting.currency is None:
        return None
    if last is not None and last.unit not in (setting.currency, "percent"):
        return None
    named = next(iter(place.before()), None)
    if named is None or not isinstance(named.value, ScopeMatch) or named.value.kind == "region":
        return None
    if place.gap_before(named).strip():
        return None
    money = {"kind": "money", "unit": setting.currency}
    return with_lent(place, taken_for(place.quantity, money))
