"""Bare numbers that are rates: "organic growth was four point six", 占收入的比例降到了四点九."""

from pipeline.extract.amount.lent import taken_for
from pipeline.extract.metric.meant import just_before
from pipeline.extract.place import Place
from pipeline.patterns import regex
from schemas import Quantity

_HUNDRED = 100


def of_ratio(place: Place, bare: Quantity) -> Quantity | None:
    """A rate that speech tells without its unit: 占收入的比例从五点九降到了四点九."""
    if bare.kind != "number" or not 0 < place.size <= _HUNDRED or bare.text.isascii():
        return None
    previous = place.previous()
    ended = (
        previous is not None
        and isinstance(previous.value, Quantity)
        and (previous.value.kind == "percent" or _is_rate(place, previous.start))
        and _MOVED_TO.fullmatch(place.gap_before(previous)) is not None
    )
    if not ended and not _is_rate(place, place.mark.start):
        return None
    return taken_for(bare, {"kind": "percent", "unit": "percent"})


def of_growth(place: Place, bare: Quantity) -> Quantity | None:
    """A rate of growth without its percent: "organic growth was four point six"."""
    if bare.kind != "number" or place.scaled or not 0 < place.size <= _HUNDRED:
        return None
    before = just_before(place, 24)
    if "growth" not in before and "pricing" not in before:
        return None
    start = max(place.sentence.start, place.mark.start - 24)
    if not _GROWTH_WAS.search(place.sentence.folded, start, place.mark.start):
        return None
    return taken_for(bare, {"kind": "percent", "unit": "percent"})


_GROWTH_WAS = regex(
    r"\bpricing (?:[a-z]+ ){0,3}(?:at|of|was|is|to)(?: (?:about|around|just))? $"
    r"|\bgrowth (?:rate )?(?:was|of|is|at|came in at|to)(?: (?:about|around|just))? $"
)


def _is_rate(place: Place, end: int) -> bool:
    start = max(place.sentence.start, end - _RATE_REACH)
    return _RATE_LEADS.search(place.sentence.folded, start, end) is not None


_RATE_REACH = 14
_RATE_LEADS = regex(
    r"(?:比例|比重|占比|费用率|费率)[呢啊]?(?:也|就|已经|大概|大约|约|差不多)?"
    r"(?:为|是|从|由|在|到|达到|降到|升到|降至|升至|下降到|上升到|提升到)?(?:了|大概|大约|约)?$"
)
_MOVED_TO = regex(
    r"(?:下?降|下滑|回落|减少|收窄|上?升|提升|提高|增加|优化|改善|涨|扩大)?(?:到|至)了?(?:大概|约)?"
)
