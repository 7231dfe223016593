"""The sentences of English speech that captions write without punctuation.

A caption's paragraph runs on for minutes. Where a figure has been told and the speaker begins again
("uh", "okay", "so on margin", "we opened …") the next sentence begins.
"""

from pipeline.extract.reading import Mark, Sentence
from pipeline.patterns import regex

_LONG = 120
# What goes on about the figure before it: "uh up seven percent", "so better than we thought".
_GOES_ON = (
    r"(?:up|down|versus|vs|from|or|which|who|compared|about|roughly|around|to|over|of|in|at|and|but"
    r"|with|than|by|for|on a|as|per|a year|year|basically|that's|that is|it's|better|worse|a bit|a"
    r" little|slightly|almost|nearly|call it|not|higher|lower|more|less|ahead|below|above|both"
    r"|all|is|was|were"
    r"|are|far|much|many|that|flat|plus|minus|i think|i said|i mean|sorry|no|excluding|including"
    r"|before|after|so|again|if you|again|still|just|only|i guess|you know|i'd say|even)"
)
# What parts it from the word before comes first, so that a search passes over all letters at once,
# then the letters that one of them begins with.
_BEGINS = regex(
    r"[^a-z](?=a[lns]|bu|i[ 'n]|lo|m[eo]|no|ok|s[ohw]|the[ry]|tu|u[hm]|w[ehi]|ye)"
    r"(?:so (?<!or so )(?=(?:[a-z']+ ))(?!" + _GOES_ON + r"\b)"
    r"|(?:uh|um|okay|alright|anyway|meanwhile|look) (?!" + _GOES_ON + r"\b)"
    r"|now (?=(?:let|turning|on|for|the|moving|looking|what|in|to|if|as|with|our|when)\b)"
    r"|(?:and |but |yeah )?(?:we|they|i(?='ll | want | would like ))(?:'re|'ve|'ll"
    r"|'d)? (?!(?:printed|guided|gave|said|saw|reported"
    r"|posted|promised|told|spoke|talked|showed|put up|mentioned|expected|planned|thought"
    r"|used to|think i"
    r"|did (?:last|a year|in)|were (?:at|expecting|guiding|saying|thinking)|was (?:at|saying)|said"
    r"|had (?:last|a year|in|before|previously|expected|guided|thought|planned|said|been|told)"
    r"|mean|guess"
    r"|been|earn|make|made (?:last|a)|serve|sell|operate in|have (?:today|now|in|at|left)|call)\b)"
    r"|(?:and )?(?:(?:turning|moving|shifting|switching|looking ahead) (?:now )?(?:on )?to"
    r"|in terms of|as for|with respect to|as it relates to|when it comes to|when we look at"
    r"|there(?:'s| is| are| were| was))\b)"
)


def sentence_starts(sentence: Sentence) -> list[int]:
    """Give where the sentences of a paragraph of captions begin, from the second on.

    A piece holds a quantity; the next begins behind the last quantity of the one before.
    """
    if sentence.end - sentence.start < _LONG:
        return []
    quantities = [mark for mark in sentence.marks if mark.kind == "quantity"]
    starts: list[int] = []
    periods = [mark for mark in sentence.marks if mark.kind == "period"]
    told = seen = period = end = 0
    while told < len(quantities):
        if told == seen:  # none begins before the next quantity has been told
            end = max(end, quantities[told].end - 1)
        found = _BEGINS.search(sentence.folded, max(end, sentence.start), sentence.end)
        if found is None:
            break
        at, end = found.start() + 1, found.end()
        while period < len(periods) and periods[period].end <= at:
            period += 1
        if period:
            at = _with_its_time(sentence, periods[period - 1], at)
        if starts and at <= starts[-1]:
            continue
        while told < len(quantities) and quantities[told].end <= at:
            told += 1
        if seen < told < len(quantities) and quantities[told].start >= at:
            starts.append(at)
            seen = told
    return starts


# "Inflation in the mid single digits next year we'll open …", "for the december quarter we expect".
_LED_BY = regex(
    r"(?:\b(?:and |but |so )?(?:for|during|over|through|in|by|on|as of)(?: the| our| all of)? )$"
)
_ALWAYS = regex(r"\b(?:for|during)(?: the| our)? $")
_AHEAD = regex(
    r"(?:uh |um |so |and )*(?:we|they|i)(?:'ll| will| now expect| still expect| expect| see"
    r"| still see"
    r"| anticipate| plan| intend| guide| forecast| should| think| (?:a|')re (?:guiding|looking"
    r"|expecting"
    r"|planning|targeting|assuming|calling|at)|'d)\b"
)
_SO_FAR = regex(
    r"(?:year[ -]to[ -]date|so far|during|since|over the|in the last|for the (?:full )?year)"
)
_TIME_REACH = 24


def _with_its_time(sentence: Sentence, named: Mark, at: int) -> int:
    """Give where a sentence begins whose time, ``named``, stands before its subject."""
    folded = sentence.folded
    if folded[named.end : at].strip():
        return at
    if _SO_FAR.match(folded, named.start):
        return named.start
    led = _LED_BY.search(folded, max(sentence.start, named.start - _TIME_REACH), named.start)
    start = led.start() if led is not None else named.start
    always = led is not None and _ALWAYS.search(folded, start, named.start) is not None
    return start if always or _AHEAD.match(folded, at) is not None else at
