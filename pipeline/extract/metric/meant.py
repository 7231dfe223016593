"""Whether words that name a metric can name it for the quantity at a place."""

from pipeline.extract.frame import Setting
from pipeline.extract.metric.meaning import meaning
from pipeline.extract.place import Place, unspaced
from pipeline.lexicon.metrics import MetricMatch


def means(match: MetricMatch, place: Place, setting: Setting) -> bool:
    """Whether a match can name the metric of the quantity at a place."""
    return meaning(match, place, setting) is not None


def just_before(place: Place, reach: int) -> str:
    """Give the ``reach`` characters of the folded sentence right before the quantity."""
    start = max(place.sentence.start, place.mark.start - reach)
    before = place.sentence.folded[start : place.mark.start]
    return before if place.ascii else unspaced(before)
