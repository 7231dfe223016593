"""States that so much of something is told to be in: "98% funded", "70% of our debt is fixed"."""

from pipeline.extract.metric.meaning import unnamed
from pipeline.extract.place import Place
from pipeline.lexicon.metrics import Metric, MetricMatch
from pipeline.patterns import regex

# "The pension is 98% funded", "the portfolio is 95% leased": the state that so much is in.
_STATES = {
    "funded": "funded_ratio", "hedged": "hedge_ratio", "leased": "occupancy",
    "pre-leased": "occupancy", "occupied": "occupancy", "sold out": "sold_share",
    "booked": "booked_share", "complete": "completion_rate", "completed": "completion_rate",
    "recycled": "recycled_share", "renewable": "renewable_share", "digital": "digital_share",
    "automated": "automation_rate", "franchised": "franchised_share", "insured": "insured_share",
    "on time": "on_time_performance", "subscribed": "subscription_rate",
    "staffed": "staffing_rate", "utilized": "utilization",
    "fixed": "fixed_rate_share", "floating": "floating_rate_share", "vertical": "vertical_share",
}  # fmt: skip
_STATES_BEGIN = frozenset(state[0] for state in _STATES)
_STATE = regex(
    r"\s*(?P<state>" + "|".join(_STATES) + r")\b(?![- ](?:rate|line|income|cost|price|share))"
)
_IS_IN_A_STATE = regex(
    r"\s*of (?:the |our |its |that |this |their |all )?(?:[a-z-]+ ){1,3}?(?:is|are|was|were"
    r"|has been)"
    r" (?:now |already |currently )?(?P<state>" + "|".join(_STATES) + r")\b"
)


def in_a_state(place: Place) -> MetricMatch | None:
    """The measure of the state that so much is told to be in, where its clause names none."""
    found = None
    if place.next in _STATES_BEGIN:
        found = _STATE.match(place.sentence.folded, place.mark.end)
    if found is None and place.next == "o":
        found = _IS_IN_A_STATE.match(place.sentence.folded, place.mark.end)
    if found is None:
        return None
    if any(isinstance(m.value, MetricMatch) and not m.value.weak for m in place.before()):
        return None
    told = Metric(_STATES[found["state"]], "percent", "stock")
    return unnamed(told.id) or MetricMatch(0, 0, told, weak=True, loss=False, adjusted=False)
