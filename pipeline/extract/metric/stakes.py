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
_WINDOW, _FOR = 64, 14


def of_stake(place: Place) -> MetricMatch | None:
    """The part of a company that is bought or sold, or the price of it; None for all else."""
    folded, kind = place.sentence.folded, place.kind
    if kind not in ("percent", "money"):
        return None
    start = max(place.sentence.start, place.mark.start - _WINDOW)
    if kind == "money":
        if folded.find(" for", max(start, place.mark.start - _FOR), place.mark.start) < 0:
            return None
        paid = _PAID_FOR.search(folded, start, place.mark.start)
        return unnamed("deal_value") if paid else None
    part = _PART_OF_NAME.match(folded, place.mark.end)
    sells = part and _SELLS.search(folded, start, place.mark.start)
    return unnamed("ownership") if sells else None
