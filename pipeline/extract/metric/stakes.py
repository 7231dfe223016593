"""Stakes that are bought and sold, and what is paid for them."""

from pipeline.extract.metric.meaning import unnamed
from pipeline.extract.place import Place
from pipeline.lexicon.metrics import MetricMatch
from pipeline.patterns import regex

# "Sells 75% of its bottler to HBC for $2.6bn", "bought a 20% stake for €1bn".
_SELLS = regex(
    r"\b(?:sells?|sold|selling|buys?|bought|buying|acquires?|acquired|acquiring|takes?|took|taking"
    r"|divests?|divested|exits?)(?: an?| the| its| another| about| roughly| c\.)? ?[~c.]*$"
)
_PART_OF_NAME = regex(
    r" (?:of (?:the |its |our )?"
    r"(?!(?:price|pricing|revenue|sales|its|total|output|production|volume|cost|share)\b)[\w&-]+"
    r"(?: [\w&-]+){0,2} (?:to|from|for)\b"
    r"|(?:equity |minority |majority )?(?:stake|interest|holding)\b)"
)
_PAID_FOR = regex(
    r"(?:%|stake|interest|holding|business|unit|division|arm)[^.;$€£]{0,48} "
    r"for(?: about| around| c\.| ~)? $"
)
_WINDOW = 64


def of_stake(place: Place) -> MetricMatch | None:
    """The part of a company that is bought or sold, or the price of it; None for all else."""
    folded, kind = place.sentence.folded, place.quantity.kind
    if kind not in ("percent", "money"):
        return None
    before = folded[max(place.sentence.start, place.mark.start - _WINDOW) : place.mark.start]
    if kind == "money":
        return unnamed("deal_value") if _PAID_FOR.search(before) else None
    if _SELLS.search(before) and _PART_OF_NAME.match(folded, place.mark.end):
        return unnamed("ownership")
    return None
