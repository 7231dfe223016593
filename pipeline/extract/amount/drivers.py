"""Percentages of what moves a measure, named right behind them: "from 3% price and 2% volume"."""

from pipeline.extract.place import Place
from pipeline.lexicon.metrics import MetricMatch
from pipeline.patterns import regex

# What moves a measure: "up 5%, from 3% price and 2% volume".
_DRIVERS = frozenset(
    {"price", "units", "average_ticket", "transactions", "traffic", "fx_impact", "arpu",
     "average_selling_price", "net_price"}
)  # fmt: skip
_DRIVER_ENDS = regex(r"\s*(?:[,.;:)]|and\b|from\b|with\b|plus\b|partly\b|partially\b|offset|$)")


def is_driver(place: Place) -> bool:
    """Whether a percentage is of the driver named right behind it: "3% price"."""
    if place.kind not in ("percent", "points"):
        return False
    mark = next(iter(place.after()), None)
    if mark is None or not isinstance(mark.value, MetricMatch):
        return False
    if mark.value.metric.id not in _DRIVERS or place.gap_after(mark).strip():
        return False
    return _DRIVER_ENDS.match(place.sentence.folded, mark.end) is not None
