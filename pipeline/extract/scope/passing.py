"""Names that stand in a sentence without being what its figures are about."""

import re

from pipeline.extract.reading import Mark, Sentence
from pipeline.lexicon.scopes import ScopeMatch
from pipeline.patterns import regex

# "U.S. dollars", "U.S. GAAP" and "Fortune 500" (财富500强) are no places or lines of business.
_NO_BUSINESS = regex(
    r"\s*(?=[-dg的etfal股存上国\d排最领首前第])(?:-?\s?dollar|gaap|的?gdp|econom|treasur|tax|federal|government|adr|ads\b|listed|"
    r"股|存托|上市|国债|\d+强|排名|最大|领先|首[家座]|前[一二三四五六七八九十\d]+大"
    r"|第[一二三四五六七八九十\d]+(?![一二三四五六七八九十\d]?(?:季|财|个|期|阶)))"
)
# American depositary shares; advertisements are "ads".
_DEPOSITARY = "ADS"
# Left out of the figure, held against it, or named as its cause: "without gas", 比通用GPU, 因为AI.
_LEFT_OUT = regex(
    r"(?:\b(?:ex|excluding|excl\.?|without|before|net of|other than|aside from|apart from|minus|"
    r"outside(?: of)?|inclusive of|beyond|besides|exclusive of|not counting|take out|adjusted for"
    r"|stripping out|non)[\s-]+(?:the |our )?|剔除|扣除|撇除|不含|"
    r"不计|不计入|不包括|不包含|除去|排除|未计入|未包含|不考虑|抛开|撇开|刨除|刨去|约当|折合"
    r"|相当于) ?$"
)
_LEFT_OUT_TOO = regex(r"(?:剔除|扣除|撇除|不含|不计|不考虑)[\u4e00-\u9fff]{2,8}[和与及、]$")
_HELD_AGAINST = regex(
    r"(?:\b(?:than|versus|vs\.?|compared (?:to|with)|relative to|against|unlike)\s+"
    r"(?:the |our |other |general )*|比|较|高于|低于|胜于|快过|相对|超越"
    r"|超过|多过|高过|胜过|优于|逊于|好于|差于|落后|落后于|领先|领先于|不及|不如|追上|赶上|多于|少于|大于|小于|挤下|取代|不输)$"
)
# 国内的三倍: what a multiple is of; 私有化恒生后，…: after it.
_BEHIND = regex(r"(?:之)?后[，,]|的?\s?[\d一二两三四五六七八九十百数好几半.]+\s?倍")
_JOINTS = ("之", "后", "的")
# …，风机2.5倍: at the head of a clause it is what the multiple is told of.
_OPENS_CLAUSE = regex(r"(?:^|[，,、；;：:])\s*$")
_CAUSE = regex(
    r"(?:\b(?:due to|driven by|because of|thanks to|led by|reflecting|reflects|owing to|offset by|"
    r"helped by|supported by|as a result of|attributable to|fueled by|impacted by|hurt by|"
    r"powered by|on the back of)\s+(?:\w+ ){0,2}|"
    r"(?:因为|由于|受惠于|得益于|受益于|主因|主要因|归功于|拜|受到|主要系|原因是)"
    r"(?:[^，。；;、,0-9]{0,6}(?:了|的))?)$"
)
# One of these stands in any of them: to look for them takes a quarter of the time.
_CAUSES = (
    " by", "due to", "because", "thanks", "reflect", "owing", "result", "attributable", "back of",
    *("因", "由于", "受", "得益", "归功", "拜", "主要系"),
)  # fmt: skip
# 主要受软件服务费提升的拉动: what moved something else.
_WEIGHED = regex(r"(?:^|[，,、；;：:（(]|主要|部分|也|则)受(?:到|益于|惠于)?[^，。；,;0-9]{0,8}$")
_ON_ANOTHER = regex(r"[^，。；,;0-9]{0,24}?(?:拉动|带动|影响|推动|拖累|驱动|提振|支撑|冲击|扰动)")
# Those whom a thing is done for: "the plan lets Prime members buy", 让Prime会员….
_FOR_WHOM = regex(
    r"\b(?:enabl(?:es?|ing)|allow(?:s|ing)?|let(?:s|ting)?|help(?:s|ing)?|giv(?:es?|ing)"
    r"|offer(?:s|ing)?) (?:the |our )?$|(?:让|帮助|面向)$"
)
# What money is spent on, not what it is earned with: 加大AI投资.
_SPENT = regex(
    r"(?:\b(?:investments?|investing|invest|spending) (?:in|on|into) (?:the |our )?|"
    r"加大|投资于)$"
)
# "Including our Payveris and Finovera acquisitions, revenue was …": deals, told in passing.
_BOUGHT = regex(r"(?:,? and [\w&.-]+)? (?:acquisition|transaction|divestiture|deal|merger)s?\b")
_OF_DEALS = regex(
    r"\b(?:inclusive of|including|with|after|since|from|by|of|excluding|reflecting) "
    r"(?:the |our |recent |recently completed )*(?:[\w&.-]+,? (?:and )?){0,3}$"
)
# "25% stake sold to Chico Pardo": a name behind these is a buyer's.
_BUYER = regex(r"\b(?:sold|sale|sell|sells|selling|stake|divested|disposal|spun)\b[^.;]{0,30} to $")
# "64 with a drive-through lane": what some of the things counted have.
_FITTED_WITH = regex(r"\bwith an? $")
# Companies in these places are not what the sentence is about: "with Microsoft", 与英伟达,
# "the acquisition of Arm", 私有化恒生.
_ASIDE = regex(
    r"(?:\b(?:(?:stakes?|investments?|shares|holdings?|interest) in|with|by"
    r"|versus|vs|from|to|for|like|inside|at|than|of"
    r"|acquired?|acquiring|buy|buying|"
    r"bought|sold|sell|selling|against|including|and partner|partner|customer|customers|supplier|"
    r"via|through|under|alongside)|"
    r"与|和|跟|对|比|给了?|由|向|同|私有化|收购|并购|出售|入股|分拆|持有|采购|客户|供应商|伙伴|包括|如|携手|"
    r"联手|来自|通过|在|获)\s*$"
)
_LEAD_ASIDE = (
    "in", "with", "by", "versus", "vs", "from", "to", "for", "like", "inside", "at", "than", "of",
    "acquire", "acquired", "acquiring", "buy", "buying", "bought", "sold", "sell", "selling",
    "against", "including", "partner", "customer", "customers", "supplier", "via", "through",
    "under", "alongside", *"与和跟对比给了由向同化购售股拆有户商伴括如手自过在获",
)  # fmt: skip
# "Daily active people across our apps": all that a company has is the company.
_ALL_OF = regex(r"\bacross (?:all )?(?:of )?(?:our|its|their|the)(?: family of)? $")
# 乐观的投行已把目标价喊到200美元: those who judge the company.
_BANKERS = regex(
    r"们|(?:[则也又都已纷]|已经|普遍)*(?:把|给|将|预计|认为|喊|上调|下调|看好|研报|分析师|报告|的)"
)
_REACH = 40


# What the words that a name is left out by, held against, spent on or helped by end in, and what
# may stand between them and the name.
_LEADING_PAST = (
    (_LEFT_OUT, (
        "ex", "excluding", "excl", "excl.", "without", "before", "net of", "other than",
        "aside from", "apart from", "minus", "outside", "outside of", "inclusive of", "beyond",
        "besides", "exclusive of", "not counting", "take out", "adjusted for", "stripping out",
        "non",
        *"除含计入括虑开去当合于",
    )),
    (_LEFT_OUT_TOO, tuple("和与及、")),
    (_HELD_AGAINST, (
        "than", "versus", "vs", "vs.", "compared to", "compared with", "relative to", "against",
        "unlike",
        *"比较于过对越后先及如上下代输",
    )),
    (_SPENT, (
        *(f"{ing} {word}" for ing in ("ment", "ments", "investing", "invest", "spending")
          for word in ("in", "on", "into")),
        *"大于",
    )),
    (_FOR_WHOM, (
        "enable", "enables", "enabling", "allow", "allows", "allowing", "let", "lets", "letting",
        "help", "helps", "helping", "give", "gives", "giving", "offer", "offers", "offering",
        *"让助向",
    )),
)  # fmt: skip
_FILLERS = ("-", "the", "our", "other", "general")


def _by_last_character() -> dict[str, list[tuple[str, re.Pattern[str]]]]:
    words: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
    for pattern, leading in _LEADING_PAST:
        for word in leading:
            words.setdefault(word[-1], []).append((word, pattern))
    return words


_LAST_WORDS = _by_last_character()


def _is_led_past(before: str, *, left_out: bool = False) -> bool:
    """Whether what stands before a name leaves it out, holds it against a figure and the like.

    ``left_out``: only the first. The last word is looked at first, which takes less than a search.
    """
    said = before.rstrip()
    while said.endswith(_FILLERS):
        for filler in _FILLERS:
            said = said.removesuffix(filler)
        said = said.rstrip()
    for word, pattern in _LAST_WORDS.get(said[-1:], ()):
        asked = not left_out or pattern is _LEFT_OUT or pattern is _LEFT_OUT_TOO
        if asked and said.endswith(word) and pattern.search(before):
            return True
    return False


def is_no_business(sentence: Sentence, mark: Mark) -> bool:
    """Whether a scope's name is part of another name ("U.S. dollars", "Fortune 500") or of all."""
    if _NO_BUSINESS.match(sentence.folded, mark.end) is not None:
        return True
    if sentence.text[mark.start - sentence.start : mark.end - sentence.start] == _DEPOSITARY:
        return True
    generic = isinstance(mark.value, ScopeMatch) and mark.value.kind == "generic"
    if sentence.folded[mark.start : mark.end] == "投行" and _BANKERS.match(
        sentence.folded, mark.end
    ):
        return True
    before = sentence.folded[max(sentence.start, mark.start - _REACH) : mark.start]
    return generic and "across" in before and _ALL_OF.search(before) is not None


def is_in_passing(sentence: Sentence, mark: Mark, *, subject: bool) -> bool:
    """Whether a business is only left out, compared with or named as a cause.

    A cause with words of its own (``subject``: "driven by iPhone, up 6%") is spoken of.
    """
    before = sentence.folded[max(sentence.start, mark.start - _REACH) : mark.start]
    compared = None if sentence.ascii else _BEHIND.match(sentence.folded, mark.end)
    if compared is not None and (compared[0][:1] in _JOINTS or not _OPENS_CLAUSE.search(before)):
        return True
    if "受" in before and _WEIGHED.search(before) and _ON_ANOTHER.match(sentence.folded, mark.end):
        return True
    if _is_led_past(before):
        return True
    goes_on = sentence.folded.startswith((" ", ","), mark.end)
    if goes_on and _BOUGHT.match(sentence.folded, mark.end) and _OF_DEALS.search(before):
        return True
    unknown = isinstance(mark.value, ScopeMatch) and not mark.value.known
    if unknown and " to " in before and _BUYER.search(before):
        return True
    if subject:
        return False
    if before.endswith(("with a ", "with an ")) and _FITTED_WITH.search(before):
        return True
    return any(word in before for word in _CAUSES) and _CAUSE.search(before) is not None


def is_left_out(sentence: Sentence, mark: Mark) -> bool:
    """Whether a business is named as what a figure does not hold: 扣除疫苗成長 4%."""
    before = sentence.folded[max(sentence.start, mark.start - _REACH) : mark.start]
    return _is_led_past(before, left_out=True)


def is_aside(sentence: Sentence, mark: Mark) -> bool:
    """Whether a company is named as a partner, an owner or a rival and not as the subject."""
    before = sentence.folded[max(sentence.start, mark.start - _REACH) : mark.start]
    if before.rstrip().endswith(_LEAD_ASIDE) and _ASIDE.search(before):
        return True
    return _is_led_past(before, left_out=True)
