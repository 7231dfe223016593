"""Parts of a business that a metric told elsewhere cannot be of."""

from pipeline.extract.frame import Frame
from pipeline.extract.metric.unsaid import is_far
from pipeline.extract.place import Place
from pipeline.extract.reading import Mark
from pipeline.lexicon.metrics import MetricMatch
from pipeline.lexicon.scopes import ScopeMatch
from pipeline.patterns import regex

# Of these nothing is a part; what a row of parts goes through beside them are sales.
_WITHOUT_PARTS = frozenset(
    {"price", "average_selling_price", "freight_rate", "arpu", "operating_income",
     "adjusted_operating_income"}
)  # fmt: skip
# 總店數 7,280 店，鮮食占比 24%: what is sold there is no part of the shops.
_PLACES = frozenset({"stores", "facilities", "headcount", "countries"})


def _takes_part(frame: Frame) -> bool:
    """Whether the part is a company's that buys: Nike 佔 23.5%."""
    return frame.scope_mark is not None and frame.scope_mark.kind == "company"


def _is_kind_of_goods(business: Mark | None) -> bool:
    match = business.value if business is not None else None
    return isinstance(match, ScopeMatch) and match.known and match.kind != "region"


_SALES = regex(r"(?:销售|收入|营收|销售额|业务收入)$")


def is_part_of_business(chosen: MetricMatch, place: Place, frame: Frame) -> bool:
    """Whether a business is told of that a metric named elsewhere cannot be of.

    毛利率 40%；電商占三成 is a part of sales, and so moves 線上銷售 in 線上銷售升兩成.
    """
    if place.kind != "percent" or chosen.end == 0 or not is_far(chosen, place, frame):
        return False
    business = next((m for m in place.before() if m.kind == "scope"), None)
    if (
        chosen.metric.family in ("percent", "x", "money_per_share")
        or chosen.metric.id in _WITHOUT_PARTS
        or (chosen.metric.id in _PLACES and _is_kind_of_goods(business))
        or (chosen.metric.id == "customers" and _takes_part(frame))
    ):
        cue = next((m for m, kinds in place.cues_before() if "share" in kinds), None)
        if cue is not None and place.sentence.folded.startswith("占", cue.start):
            return True
    if business is None or chosen.metric.id == "revenue":
        return False
    return _SALES.search(place.sentence.folded, business.start, business.end) is not None
