"""Which business and which company a quantity is about."""

from pipeline.extract.frame import Frame, Reading, Setting
from pipeline.extract.metric.background import is_in_whole
from pipeline.extract.metric.whole import (
    NAMES_ITS_BUSINESS,
    OF_ANY_BUSINESS,
    OF_THE_WHOLE,
    SUBSIDIARIES,
    TOLD_OF_ALL,
    WELL_KNOWN,
)
from pipeline.extract.place import Place, words_in
from pipeline.extract.reading import WINDOW, Mark, Sentence
from pipeline.extract.scope.apposed import apposed_business
from pipeline.extract.scope.behind import counts_part, named_with, scope_behind
from pipeline.extract.scope.leaving import (
    ends_contrast,
    is_moved_by,
    is_of_another,
    leaves_contrast,
    leaves_part,
    opens,
    told_side_by_side,
)
from pipeline.extract.scope.modifiers import business_before, head_of
from pipeline.extract.scope.passing import is_aside, is_in_passing, is_left_out, is_no_business
from pipeline.extract.scope.referring import (
    OF_A_GENERATION,
    generation_of,
    pointed_to,
    same_business,
    takes_up_topic,
)
from pipeline.extract.scope.whose import is_back_at_speaker
from pipeline.lexicon.companies import company
from pipeline.lexicon.metrics import MetricMatch
from pipeline.lexicon.scopes import ScopeMatch
from pipeline.patterns import regex
from schemas import Entity, Quantity

_JOINED = regex(r"\s*(?:and|&|plus|和|及|与|以及|跟|\+)\s*(?:the |our )?")
# Words that name the company as a whole at the head of a metric: 综合毛利率, "total revenue".
_WHOLE = regex(
    r"(?:综合|归母|归属|集团|整体|合并|总(?:收入|营收|体|利润)|consolidated|total|overall|company|group)"
)
# What headings speak of without its being a business, and what such a thing does not have.
_A_TOPIC = "AI"
_PHYSICAL = frozenset({"power_capacity", "facilities", "capex", "headcount", "job_cuts", "debt"})
# "The segment turned a profit of 190 million": what a heading's business has of its own.
_OF_SEGMENTS = frozenset({"net_income", "net_loss", "capex", "profit_before_tax"})
_OF_SEGMENT = regex(r"分部|该业务|本业务|业务板块|\b(?:segment|division|business unit)\b")
_SEGMENTS = ("分部", "业务", "segment", "division", "business unit")
# 7奈米以下先進製程: the first name only bounds the second.
_AND_BELOW = regex(r"(?:及|或|和)?(?:以[上下])的?|(?: and)? (?:below|above|smaller) ")
# A short noun between a kind of product and its name: 推理芯片VM2.
_NOUN = 2
# Where a sentence goes on about the company itself, or about what "we" count beside.
_ITSELF = regex(
    r"[，,；;]\s*(?:公司|集团|员工|最大客户|单一客户|前.{1,2}大客户)"
    r"(?!.{0,4}业务|的?目标|预计|计划|希望|表示|称|说|力争|认为|估计|强调|透露|提到|指引|预期|方面|给|将|会)|"
    r"[,;]\s+the company\b"
)
_WHO = ("公司", "集团", "员工", "客户", "the company")
_WE_TOO = regex(r"(?:,|\band|\bbut)\s+we\b")
# As in "DIY, which is roughly 35% of the company".
_RELATIVE = regex(r",\s*(?:which|who|that's|now)\b")
# "Velmira, our lead medicine, brought in $312 million": what a name is, told in passing.
_APPOSED = regex(r",\s(?:our|its|the company's|a|an|the) [^,.;:]{3,60},")
# "On Oxalar, we see a decline": a name that a clause begins by turning to.
_ON_A_NAME = regex(
    r"(?:^|[.,;?!] |\b(?:and|but|so) )(?:on|for|in|at|within|with|across|turning to)"
    r"(?: our| the| its)? $"
)
_PART_OF = ("占", "占了", "占到", "占去", "占整体", "占全部")
# 新签订单2,100亿元，其中海外订单490亿元，在手订单3,500亿元: the last is of the whole again.
_OF_WHICH = "其中"
# 顯示器占 55%、車用占 28%；毛利率…: so is what stands behind a row of parts.
_PART = regex(r" ?(?:约)?占(?!率)")
_IN_FRONT = regex(r"\s*(?:in|within|for|at|across) (?:the |our )?$")
# "In our largest segment, Flow Control, orders rose": a name that a common noun announces.
_ANNOUNCED = regex(r"\b(?:segment|business|division|brand|unit|product|franchise),? $")
# How many characters of Chinese a clause reaches back, and any speech.
_CLAUSE_REACH, _SPEECH_REACH = 12, 400
# What is so all over the world is so of the whole company.
_EVERYWHERE = "Worldwide"
# A heading "Stores" over how many there are narrows nothing.
_SHOPS = "Physical Stores"
# How many words may stand between a business and what is said of it.
_NEAR, _NEAR_KNOWN = 1, 3


def note_scope(frame: Frame, sentence: Sentence, at: int, about: Entity | None) -> None:
    """Take a scope mark into the frame where it can be what the next figures are about."""
    mark = sentence.marks[at]
    match = mark.value
    if not isinstance(match, ScopeMatch) or is_no_business(sentence, mark):
        return
    if match.scope == _EVERYWHERE and not sentence.text.isascii():
        # 全球门店3万家: what a company has all over the world is the company's.
        after = next((m for m in sentence.marks[at + 1 : at + 2] if m.kind == "quantity"), None)
        if frame.scope_mark is None or (after is not None and after.start == mark.end):
            frame.scope = frame.scope_mark = None  # 续费率美国92.3%，全球89.8%
        return
    subject = _stands_as_subject(sentence, at)
    if not match.known and not subject:
        return
    if (match.owner is None or not match.known) and _is_company(sentence, at, about):
        return
    if is_in_passing(sentence, mark, subject=subject) or _is_whole_of_share(frame, sentence, at):
        if frame.scope == match.scope and is_left_out(sentence, mark):
            frame.scope = frame.scope_mark = None
        return
    if is_in_whole(sentence, at):
        return
    if counts_part(frame, sentence, at):
        return
    foreign = about is not None and match.owner not in (None, about.id)
    if foreign and (not subject or is_aside(sentence, mark)):
        return
    earlier = frame.scope_mark
    if (
        earlier is not None
        and " and " not in (frame.scope or "")
        and _is_joined(earlier, sentence, mark)
    ):
        frame.scope, frame.scope_mark = f"{frame.scope} and {match.scope}", mark
        return
    if earlier is not None and _is_compound(earlier, sentence, mark):
        frame.scope, frame.scope_mark = f"{frame.scope} {match.scope}", mark
        frame.scope_is_line = match.kind == "line"
        if frame.opening is not None:
            frame.opening = frame.scope, frame.scope_is_line
        return
    if earlier is not None and not _takes_over(earlier, sentence, at):
        return
    if sentence.folded[max(0, mark.start - 3) : mark.start].rstrip(",，的").endswith(_OF_WHICH):
        frame.of_which = mark, frame.scope, frame.scope_mark
    elif _PART.match(sentence.folded, mark.end):
        inside = frame.of_which is not None and frame.of_which[0] is frame.scope_mark
        whole = frame.of_which[1:] if inside and frame.of_which else (frame.scope, frame.scope_mark)
        frame.of_which = mark, *whole
    frame.scope, frame.scope_mark, frame.scope_inherited = match.scope, mark, False
    frame.scope_is_line = match.kind == "line"
    if opens(sentence, mark.start):
        frame.opening = match.scope, frame.scope_is_line
    _note_owner(frame, match, mark, about)


def _note_owner(frame: Frame, match: ScopeMatch, mark: Mark, about: Entity | None) -> None:
    """Turn to the company whose business is named, where it is not the one spoken of."""
    if not match.known or match.owner is None or (about and match.owner == about.id):
        return
    if about is not None and not (match.scope in WELL_KNOWN and mark.end - mark.start > 2):
        return
    owner = company(match.owner)
    if owner is not None:
        frame.entity = Entity.trusted_fields({"id": owner.id, "name": owner.name})
        frame.last_company = mark


def _is_company(sentence: Sentence, at: int, about: Entity | None) -> bool:
    """Whether a name is that of a company as a whole."""
    mark = sentence.marks[at]
    match = mark.value
    for m in sentence.around(at):
        if m.kind == "company" and m.start <= mark.start and mark.end <= m.end:
            return not getattr(match, "known", False) or m.end - m.start > mark.end - mark.start
    name = getattr(match, "scope", "").casefold()
    return about is not None and name in (about.name.casefold(), about.id.casefold())


def note_metric(frame: Frame, sentence: Sentence, at: int) -> None:
    """Leave the business spoken of where a metric is named as the whole company's.

    Turn to the one that the words before the metric name ("wholesale footwear sales").
    """
    mark = sentence.marks[at]
    if _names_business(frame, sentence, at):
        return
    if frame.scope is None or sentence.folded.startswith(_OF_WHICH, mark.start - len(_OF_WHICH)):
        return
    if leaves_part(frame, sentence, at):
        return
    if frame.scope_mark is not None and is_of_another(frame.scope_mark, sentence, at):
        frame.scope = frame.scope_mark = None
        return
    if frame.opening is None and ends_contrast(frame, sentence, at):
        frame.scope = frame.scope_mark = None
        return
    if frame.opening is not None and leaves_contrast(frame, sentence, at):
        business = frame.scope_mark
        of_neither = business is not None and told_side_by_side(sentence, business)
        frame.scope = None if of_neither else frame.opening[0]
        frame.scope_mark = None
        return
    if is_moved_by(frame, sentence, mark):
        frame.scope = frame.scope_mark = None
        return
    if not _WHOLE.match(sentence.folded, mark.start):
        return
    scope_mark = frame.scope_mark
    if scope_mark is not None:
        between = sentence.folded[scope_mark.end : mark.start]
        if words_in(between) <= 1 and not any(c in between for c in ",，;；。"):
            return
    frame.scope, frame.scope_mark, frame.scope_inherited = None, None, False


def _is_whole_of_share(frame: Frame, sentence: Sentence, at: int) -> bool:
    """Whether a scope is what a share is of: "China 42% of systems" goes on about China."""
    mark = sentence.marks[at]
    if frame.scope_mark is not None and sentence.folded.endswith(_PART_OF, 0, mark.start):
        return frame.scope_mark.start >= sentence.start  # 5G 客戶佔後付客戶 55%
    before = [m for m in sentence.around(at) if m.end <= mark.start]
    if not before or frame.scope_mark is None or not isinstance(before[-1].value, Quantity):
        return False
    gap = sentence.folded[before[-1].end : mark.start]
    return before[-1].value.kind == "percent" and gap.lstrip().startswith("of ")


# What captions name before a metric as the object of a verb is no business of it.
_IS_OBJECT = regex(r"\b(?:set|sets|hit|hits|saw|posted|won|beat|broke|marked|notched) (?:new )?$")


def _names_business(frame: Frame, sentence: Sentence, at: int) -> bool:
    mark = sentence.marks[at]
    if not isinstance(mark.value, MetricMatch) or mark.value.metric.id not in OF_ANY_BUSINESS:
        return False
    head = head_of(sentence.folded, mark.start, mark.end)
    if head < 0:
        return False
    before = [m for m in sentence.around(at) if m.start < mark.end and m is not mark]
    start = max(
        (m.end for m in before if m.kind in ("quantity", "break") and m.end <= mark.start),
        default=sentence.start,
    )
    named = business_before(sentence.folded, start, head)
    if named is None:
        return False
    first, name = named
    if sentence.text.islower() and _IS_OBJECT.search(sentence.folded, start, first):
        return False  # "three segments set records gross margin was 59%"
    if mark.value.metric.id == "same_store_sales" and first > mark.start:
        return False  # "comparable restaurant sales"
    for other in before:
        if other.kind == "company" and other.end > first:
            return False
        if isinstance(other.value, ScopeMatch) and other.end > first:
            generic = other.value.known and other.value.owner is None
            if not generic or other.value.kind == "region" or other.start <= first:
                return False
    match = ScopeMatch(first, mark.end, name, known=False, kind="product")
    frame.scope, frame.scope_inherited = name, False
    frame.scope_mark = Mark(first, mark.end, "scope", match)
    frame.scope_is_line = False
    if opens(sentence, first):
        frame.opening = name, False
    return True


def _is_joined(earlier: Mark, sentence: Sentence, mark: Mark) -> bool:
    """Whether two businesses are spoken of together: "data center and automotive"."""
    was, now = earlier.value, mark.value
    if not isinstance(was, ScopeMatch) or not isinstance(now, ScopeMatch):
        return False
    if not (was.known and now.known) or (was.kind == "region") != (now.kind == "region"):
        return False
    return _JOINED.fullmatch(sentence.folded[earlier.end : mark.start]) is not None


def _is_compound(earlier: Mark, sentence: Sentence, mark: Mark) -> bool:
    """Whether a business goes with a place: 海外机器人 (Overseas Robotics), "European cloud"."""
    was, now = earlier.value, mark.value
    if not isinstance(was, ScopeMatch) or not isinstance(now, ScopeMatch):
        return False
    if not (was.known and now.known) or was.kind != "region" or now.kind == "region":
        return False
    if was.scope in now.scope or now.scope in was.scope:
        return False
    return sentence.folded[earlier.end : mark.start] in ("", " ", "的")


def _takes_over(earlier: Mark, sentence: Sentence, at: int) -> bool:
    """Whether a scope replaces the one named before it.

    Behind a figure always. Before one the first of a phrase stands ("iPhone in China"), but for a
    place at its head (在中国，iPhone…), for what a phrase leads up to (医疗侧的 Dragon Copilot) and
    where a new clause begins with a subject of its own.
    """
    mark = sentence.marks[at]
    between = [m for m in sentence.around(at) if earlier.end <= m.start < mark.start]
    if any(m.kind == "quantity" for m in between):
        return True
    was, now = earlier.value, mark.value
    if isinstance(was, ScopeMatch) and isinstance(now, ScopeMatch):
        if was.kind == "region" and now.kind != "region":
            return True
        if was.owner and was.owner == now.owner and now.scope.startswith(was.scope):
            return was.scope != now.scope
        if now.kind == "region" and was.kind != "region":
            # 產品 A 占三成；德州廠…: a place that a new part of the sentence begins with.
            last = between[-1] if between else None
            ended = last is not None and last.kind == "break" and last.weight == 3
            return ended and last is not None and not sentence.folded[last.end : mark.start].strip()
        gap = sentence.folded[earlier.end : mark.start]
        if _AND_BELOW.fullmatch(gap):
            return True
        if was.owner is None and now.owner and gap.strip().endswith("的") and len(gap) <= 6:
            return True
        if was.owner is None and now.kind == "product" and len(gap.strip()) <= _NOUN:
            return _stands_as_subject(sentence, at)
    if any(m.kind == "break" and m.weight == 3 for m in between):
        return True
    return any(m.kind == "break" for m in between) and _stands_as_subject(sentence, at)


def _stands_as_subject(sentence: Sentence, at: int) -> bool:
    """Whether a name is what the clause is about: a metric, a verb or a figure follows it."""
    folded = sentence.folded
    start, end = sentence.marks[at].start, sentence.marks[at].end
    near = _NEAR_KNOWN if getattr(sentence.marks[at].value, "known", False) else _NEAR
    for later in sentence.marks[at + 1 : at + WINDOW]:
        if later.start < end or folded[later.start : later.end] == "plus":
            continue
        if later.kind == "scope" and not folded[end : later.start].strip():
            end, near = later.end, _NEAR_KNOWN
        elif later.kind in ("metric", "cue", "quantity"):
            return words_in(folded[end : later.start]) <= near
        elif later.kind == "break":
            if later.start == end and folded[end] in ")）" and folded[start - 1] in "(（":
                end, near = later.end, _NEAR_KNOWN  # 核心数据中心（CDBU）收入: its other name
                continue
            if (apposed := _APPOSED.match(folded, later.start)) is not None:
                end, near = apposed.end(), _NEAR_KNOWN
                continue
            if _ON_A_NAME.search(folded, max(0, start - _CLAUSE_REACH), start) is not None:
                return True
            if _RELATIVE.match(folded, later.start) is not None:
                return True
            return later.weight == 2 or _is_announced(sentence, at)
    return False


def _is_announced(sentence: Sentence, at: int) -> bool:
    start = sentence.marks[at].start
    return _ANNOUNCED.search(sentence.folded, max(0, start - _CLAUSE_REACH), start) is not None


def choose_scope(reading: Reading, place: Place, frame: Frame, setting: Setting) -> None:
    """Settle scope and company."""
    if frame.scope_mark is not None and _leaves_business(place, frame, frame.scope_mark):
        frame.scope = frame.scope_mark = None
    behind = scope_behind(place, frame) or pointed_to(place)
    if behind is not None:
        reading.scope = behind
    elif reading.business is not None and (_is_of_words(frame) or not _named_before(place, frame)):
        reading.scope = reading.business
        if reading.measure == "growth" and "metric from words" in reading.doubts:
            _go_on_about(frame, place, reading.business)
    elif frame.scope_mark is None and (apposed := apposed_business(place)) is not None:
        reading.scope = apposed
    elif frame.scope is not None and (
        (frame.scope_is_line and not (frame.scope_inherited and reading.metric in TOLD_OF_ALL))
        or not frame.scope_inherited
        or "metric inherited" in reading.doubts
        or not (frame.metrics or place.kind in ("count", "measure"))
        or same_business(place)
    ):
        reading.scope = frame.scope
        if frame.scope_inherited:
            reading.doubts.append("business inherited")
    else:
        asked = setting.topic if setting.topic and takes_up_topic(place) else None
        above = setting.scope if _narrows(setting.scope, reading.metric) else None
        reading.scope = reading.scope or above or asked
    if reading.metric in NAMES_ITS_BUSINESS and not named_with(place, frame):
        reading.scope = NAMES_ITS_BUSINESS[reading.metric]
    if (
        reading.metric in OF_THE_WHOLE
        and not named_with(place, frame)
        and not (reading.metric in _OF_SEGMENTS and _is_of_segment(_since_break(place)))
        and not (reading.metric in _OF_SEGMENTS and _is_subsidiary(reading.scope, place, frame))
        and not (reading.metric in _OF_SEGMENTS and setting.labelled)
        and not _is_its_own(place)
        and not _goes_on_about_part(reading, frame)
    ):
        reading.scope = None
    if reading.scope is not None and reading.metric in OF_A_GENERATION:
        reading.scope = generation_of(reading.scope, place)
    if reading.scope == _EVERYWHERE or (reading.metric == "stores" and reading.scope == _SHOPS):
        reading.scope = None
    if frame.entity is not None and is_back_at_speaker(place, frame, setting):
        frame.entity = None
    if frame.entity is not None and _is_customer(place, frame.entity, setting):
        reading.scope, frame.entity = reading.scope or frame.entity.name, None
    equips = frame.equipped is not None and reading.scope == frame.scope
    if reading.metric == "target_price" and setting.about is not None:
        frame.entity = None  # 花旗由12元削至10.5元: whose target it is, not of what
    reading.entity = setting.about if equips and setting.about else frame.entity or setting.about


def _go_on_about(frame: Frame, place: Place, business: str) -> None:
    """Let what follows in the sentence be of the business that its own words name."""
    at = place.mark.start
    match = ScopeMatch(at, at, business, known=False, kind="product")
    frame.scope, frame.scope_mark = business, Mark(at, at, "scope", match)
    frame.scope_inherited = frame.scope_is_line = False


def _is_of_words(frame: Frame) -> bool:
    """Whether the business spoken of is one that an earlier clause named by its own words."""
    mark = frame.scope_mark
    return mark is not None and mark.start == mark.end


def _goes_on_about_part(reading: Reading, frame: Frame) -> bool:
    """Whether a move of earnings goes on with that of a business: "new plants added 13 cents"."""
    last = frame.last
    told = last is not None and last.metric == reading.metric and last.scope == reading.scope
    return told and reading.measure == "change" and frame.scope_is_line


# "FPL earned $1.5 billion; its full-year capital spending will be …": what a business has.
_ITS = regex(r"\bits (?:(?:full-year|own|annual|total|quarterly|net) )*$")


def _is_its_own(place: Place) -> bool:
    """Whether "its" gives a metric to the business that the sentence named before."""
    named = next((mark for mark in place.before() if mark.kind == "metric"), None)
    if named is None:
        return False
    folded = place.sentence.folded
    start = max(place.sentence.start, named.start - _CLAUSE_REACH * 2)
    if folded.find("its ", start, named.start) < 0:
        return False
    return _ITS.search(folded, start, named.start) is not None


# "Walmart accounted for 24% of our sales": one whom the company sells to.
_OF_OURS = regex(r"\s*of (?:our|the company's|total company|consolidated|group)\b")


def _is_customer(place: Place, named: Entity, setting: Setting) -> bool:
    """Whether another company is named for its part of what the company spoken of has."""
    if setting.about is None or place.kind != "percent":
        return False
    ours = _OF_OURS.match(place.sentence.folded, place.mark.end) is not None
    return ours and named != setting.about


def _is_subsidiary(scope: str | None, place: Place, frame: Frame) -> bool:
    """Whether the sentence's part goes on about a company of the group: 創投由虧轉盈，賺 1.8 億."""
    business = frame.scope_mark
    if scope is None or business is None or SUBSIDIARIES.search(scope) is None:
        return False
    return not any(
        m.kind == "break" and m.weight == 3 for m in place.back() if m.start >= business.end
    )


def _since_break(place: Place) -> str:
    """The sentence up to the number, as far as a clause and the one before it reach."""
    start = max(place.sentence.start, place.mark.start - _CLAUSE_REACH * 4)
    return place.sentence.folded[start : place.mark.start]


def _is_of_segment(said: str) -> bool:
    return any(word in said for word in _SEGMENTS) and _OF_SEGMENT.search(said) is not None


def _narrows(above: str | None, metric: str) -> bool:
    """Whether a heading's business has a metric: AI as a topic owns no power plants."""
    return above != _A_TOPIC or metric not in _PHYSICAL


def _leaves_business(place: Place, frame: Frame, business: Mark) -> bool:
    """Whether the sentence goes back from a business to the company before the figure."""
    folded, end = place.sentence.folded, place.mark.start
    start = max(business.end, end - _SPEECH_REACH)
    said = folded[start:end]
    if any(word in said for word in _WHO) and _ITSELF.search(folded, start, end):
        return True
    counts = place.kind == "count" and not frame.scope_is_line
    return counts and _WE_TOO.search(folded, start, end) is not None


def _named_before(place: Place, frame: Frame) -> bool:
    """Whether a known business is named with the figure: "in wealth management, assets rose"."""
    if named_with(place, frame):
        return True
    business, previous = frame.scope_mark, place.previous()
    if business is None or (previous is not None and previous.start > business.start):
        return False
    return _IN_FRONT.match(place.sentence.folded, place.sentence.start, business.start) is not None
