"""Whether a sentence tells of a question, so that its figures are an analyst's."""

from pipeline.extract.place import Place
from pipeline.extract.time.wording import wording_of
from pipeline.patterns import regex

_ASKED_WITHIN = 200
_ASKS = regex(
    r"分析[师员]|法人|(?:投资者|投资人|外资|券商|投信|记者|媒体|股东|有人|市场)(?:也|则|再|又)?[提追发]?问"
    r"|[提追]问|被问|analysts?\b"
)
# "One analyst wondered whether churn might be above 10%": a question that is told.
_WONDERED = regex(
    r"\b(?:analysts?|investors?|shareholders?|he|she|they|somebody|someone|(?:one|a) caller) "
    r"(?:[a-z]+ ){0,5}?(?:wondered|asked|queried|wanted to know|pressed (?:him|her|them|management)"
    r"|enquired|inquired)\b(?: \w+){0,3}? (?:whether|if|how|about|why|when|what)\b"
    r"|分析师(?:追问|问到|问及|提问|问)|有分析师问|被问到|被问及"
)


def is_asked(place: Place) -> bool:
    """Whether the sentence reports an analyst's question."""
    sentence = place.sentence
    wondered = (
        _WONDERED.search(sentence.folded, sentence.start, place.mark.start)
        if wording_of(sentence).asks
        else None
    )
    if wondered is not None and place.mark.start - wondered.end() < _ASKED_WITHIN // 2:
        return True
    last = max(sentence.start, sentence.end - 6)
    if sentence.folded.find("?", last, sentence.end) < 0:
        return False
    end = sentence.folded[last : sentence.end].rstrip('"”」』 \n')
    start = max(sentence.start, place.mark.start - _ASKED_WITHIN)
    return end[-1:] == "?" and _ASKS.search(sentence.folded, start, place.mark.start) is not None
