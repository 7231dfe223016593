"""How sure a fact is, from the doubts that arose in reading it."""

from pipeline.extract.frame import Reading

# Each doubt takes this much; the figures are from the share of right facts on gold with it.
_COST = {
    "metric inherited": 0.10,
    "weak metric": 0.12,
    "metric not named": 0.35,
    "no direction": 0.15,
}
_BASE = 0.92


def confidence(reading: Reading, *, agrees: bool) -> float:
    """Between 0 and 1, in steps of a hundredth."""
    sure = _BASE - sum(_COST.get(doubt, 0.1) for doubt in set(reading.doubts))
    if reading.quantity.worded:
        sure -= 0.1
    if reading.modality != "actual":
        sure -= 0.06
    if not agrees:
        sure -= 0.05
    return round(max(0.05, min(0.99, sure)), 2)
