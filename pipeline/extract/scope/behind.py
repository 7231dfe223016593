"""The business or place that stands behind a figure: "5.1% in the U.S.", "sold to members"."""

from pipeline.extract.frame import Frame
from pipeline.extract.place import Place
from pipeline.extract.reading import Mark, Sentence
from pipeline.extract.scope.passing import is_no_business
from pipeline.lexicon.metrics import MetricMatch
from pipeline.lexicon.scopes import ScopeMatch
from pipeline.normalize.script import fold
from pipeline.patterns import regex

# "12% in the U.S.", "25% growth in same-day delivery".
_IN_PLACE = regex(
    r"^\s*(?:(?:per|an?) [a-z]+ )?"
    r"(?:(?:growth|increase|decline|decrease|improvement|gains?|revenue|sales|more) )?"
    r"(?:(?:of (?:our |its |total |net )*(?:sales|revenues?|income|orders|profits?) )?"
    r"(?:came|comes|coming|were|was|are|is) (?:from|in)|in|for|at|from|of|across|"
    r"within|to weekly)\s+(?:the |our |its |all )?(?:(?:daily|weekly|monthly|total) )?$"
)
# As in "8% of TV time in the U.S.".
_OF_IN = regex(r"^\s*of (?:[\w'-]+ ){1,7}(?:in|across|throughout) (?:the )?$")
_IS_OF = frozenset(("is", "are", "was", "were"))
_OF = regex(r"^\s*of\s")
# As in "50,000 customers use Graviton", "units delivered to Prime members", and of money
# "$4 billion to expand our rural network".
_USING = regex(
    r"^\s*(?:(?:[\w'-]+ ){1,3}(?:(?:now |currently |already )?(?:use|uses|using|adopted|joined)"
    r"|on|to|with|through|via)"
    r"|to (?:expand|build|build out|grow|upgrade|modernize|develop|launch))\s+(?:the |our |its )?$"
)
_TO_DO = regex(r"\bto(?: (?:expand|build|grow|upgrade|develop|launch))?$")
# 50 萬顆 Trainium2 芯片: a measure word may stand between, or what money is spent to do.
_AT_ONCE = regex(
    r"\s*(?:的|来自于?|出自|投向了?|流向了?|投在了?|投到了?|花在了?|用在了?|给了?|[枚颗片台个件家座款种套辆]的?|用于?(?:扩建|建设|兴建|升级|发展|拓展)?"
    r"|扩建|建设|兴建|升级|发展|拓展)?\s*"
)
# "EUR 5.4 billion, of which EUR 3.6 billion was EUV".
_IS = regex(
    r" (?:was|is|were|are|came from|come from|related to|relates to|went to) (?:the |our )?"
)


# 逾七成收入來自海外, 六成訂單來自美國: where a part of the whole comes from or goes.
_COMES_FROM = regex(
    r" ?(?:的|以上的?|左右的?)?(?:总|营业|集团)?"
    r"(?:收入|营收|收益|营业额|销售额?|订单|利润|溢利|盈利|获利|销量|出货量?|产能|产量|客户|用户|保费|贷款|业务)?"
    r"(?:来自于?|来源于|源自|源于|出自|销往|出口[到至]|销售至|投向|位于|设在)"
)
_SOURCE_REACH = 4


def _comes_from(place: Place) -> str | None:
    if place.kind != "percent" or place.sentence.text.isascii():
        return None
    for mark in place.after():
        if mark.kind == "scope" and isinstance(mark.value, ScopeMatch) and mark.value.known:
            found = _COMES_FROM.match(place.sentence.folded, place.mark.end)
            near = found is not None and 0 <= mark.start - found.end() <= _SOURCE_REACH
            return mark.value.scope if near else None
        if mark.kind == "break":
            return None
    return None


def scope_behind(place: Place, frame: Frame) -> str | None:
    """The business or place that a figure is followed by: "5.1% in the U.S."."""
    folded = place.sentence.folded
    if (source := _comes_from(place)) is not None:
        return source
    for mark in place.after():
        if mark.kind == "scope" and isinstance(mark.value, ScopeMatch):
            gap = folded[place.mark.end : mark.start]
            if not mark.value.known or is_no_business(place.sentence, mark):
                return None
            if mark.value.owner is None and _is_counted(place, mark):
                continue
            if not gap.strip() and place.sentence.text.islower() and _has_scope(place):
                return None  # "health care up low single digits fabric and home care …"
            if mark.value.kind == "region" and _OF_IN.match(gap):
                return mark.value.scope
            if _OF.match(gap) and _is_part_of(place, frame):
                return None
            if mark.value.kind == "region" and _has_business(place, frame):
                return None
            if _AT_ONCE.fullmatch(gap) and _is_equipped(place, frame, mark):
                frame.equipped = mark.value.scope
                return None
            if _USING.match(gap) or _IN_PLACE.match(gap) or _AT_ONCE.fullmatch(gap):
                return mark.value.scope
            if mark.value.kind == "region" and _IN_PLACE.match(_without_noun(place, gap)):
                return mark.value.scope
            if _IS.fullmatch(gap) and place.is_part():
                return mark.value.scope
            return None
        if mark.kind == "metric" and isinstance(mark.value, MetricMatch):
            counted = place.quantity.counted is not None and mark.start - place.mark.end <= 1
            if mark.value.weak or counted or mark.value.metric.id == "subscribers":
                continue
        if (
            mark.kind == "break"
            and folded[mark.start : mark.end] == "with"
            and place.quantity.counted
        ):
            continue
        if mark.kind in ("metric", "break", "period"):
            return None
        apart = mark.kind == "cue" and mark.start - place.mark.end > 1
        if apart and not _TO_DO.search(folded, place.mark.end, mark.end):
            if place.kind == "percent" and folded[mark.start : mark.end] in _IS_OF:
                continue
            return None
    return None


def _without_noun(place: Place, gap: str) -> str:
    """The gap without the noun that the figure counts: "14 restaurants in the Middle East"."""
    noun = fold(place.quantity.counted or "")
    if not noun or not noun.isascii():
        return gap
    at = gap.find(noun.split()[-1])
    return gap[at + len(noun.split()[-1]) :] if 0 <= at <= len(noun) + 1 else gap


def _has_scope(place: Place) -> bool:
    """Whether a business is named before the figure in its clause."""
    return any(mark.kind == "scope" for mark in place.before())


def _is_counted(place: Place, mark: Mark) -> bool:
    """Whether a word is what the figure counts and no line of business: "200-plus services"."""
    counted = place.quantity.counted
    return counted is not None and fold(counted).endswith(
        place.sentence.folded[mark.start : mark.end]
    )


def _has_business(place: Place, frame: Frame) -> bool:
    """Whether the clause names a business, of which a place behind is no more than where."""
    business = frame.scope_mark.value if frame.scope_mark is not None else None
    named = isinstance(business, ScopeMatch) and business.kind != "region"
    return named and named_with(place, frame)


def _is_part_of(place: Place, frame: Frame) -> bool:
    """Whether "42% of systems" is the share that a business named before has in another."""
    return place.kind == "percent" and named_with(place, frame)


def _is_equipped(place: Place, frame: Frame, part: Mark) -> bool:
    """Whether a product is counted as a part of another: 天河集群搭载近50万枚Ascend芯片."""
    subject = frame.scope_mark.value if frame.scope_mark is not None else None
    if not isinstance(subject, ScopeMatch) or not isinstance(part.value, ScopeMatch):
        return False
    if frame.equipped == part.value.scope:
        return True
    owned = subject.known and subject.kind == "product" and subject.owner == part.value.owner
    named = any(mark == frame.scope_mark for mark in place.before(breaks=1))
    return owned and named and subject.scope != part.value.scope


def counts_part(frame: Frame, sentence: Sentence, at: int) -> bool:
    """Whether a product is named again as what another is equipped with.

    天河集群搭载50万枚Ascend芯片，年底将运行于100万枚Ascend之上: both counts are the cluster's.
    """
    mark = sentence.marks[at]
    if not isinstance(mark.value, ScopeMatch) or mark.value.scope != frame.equipped:
        return False
    counts = (m for m in sentence.around(at) if m.kind == "quantity" and m.end <= mark.start)
    return any(_AT_ONCE.fullmatch(sentence.folded[m.end : mark.start]) for m in counts)


def named_with(place: Place, frame: Frame) -> bool:
    """Whether the scope stands in the clause of the figure, or of one that it goes on from."""
    if frame.scope_mark is None:
        return False
    if any(m == frame.scope_mark for m in place.before()):
        return True
    last, previous = frame.last, place.previous()
    if last is None or previous is None or last.mark != previous:
        return False
    return last.scope == frame.scope and not any(m.kind == "metric" for m in place.before())
