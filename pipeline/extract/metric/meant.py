"""Whether words that name a metric can name it for the quantity at a place."""

from pipeline.extract.amount.units import MILLIONS, size_of
from pipeline.extract.frame import Setting
from pipeline.extract.metric.meaning import meaning
from pipeline.extract.place import Place, unspaced
from pipeline.lexicon.metrics import Metric, MetricMatch


def meant(match: MetricMatch, place: Place, setting: Setting) -> Metric | None:
    """Give the metric that a match names for the quantity at a place; None if it cannot."""
    per_share = "每股" in place.lead and size_of(place.quantity) < MILLIONS
    scaled = place.kind in ("money", "number") and setting.scale != 1
    return meaning(match, place.quantity, per_share=per_share, scaled=scaled)


def means(match: MetricMatch, place: Place, setting: Setting) -> bool:
    """Whether a match can name the metric of the quantity at a place."""
    return meant(match, place, setting) is not None


def just_before(place: Place, reach: int) -> str:
    """Give the ``reach`` characters of the folded sentence right before the quantity."""
    start = max(place.sentence.start, place.mark.start - reach)
    return unspaced(place.sentence.folded[start : place.mark.start])
