"""The company that a paragraph opens with, as its topic: 再看顺丰（002352.SZ）：…"""

import re

from pipeline.lexicon.companies import CompanyMatch, find_companies
from pipeline.normalize.script import fold

# Behind its number and bullet, and behind words that turn to the next one, a paragraph opens with
# the name.
_LEAD = re.compile(
    r"[\s#•·●・◦▪■□▶*\-–—▍（(【「]*(?:[\d一二三四五六七八九十]{1,2}[、.)）]\s*)?"
    r"(?:(?:那么|而|但|首先|其次|最后|接着|接下来|然后|另外|此外|先|再|第[一二三四五六]家)[,，]?(?:是|来)?)?"
    r"(?:(?:我们)?(?:来)?(?:看看|看|说说|说到|说回|说|聊聊|聊|谈谈|谈到|谈谈|讲讲|轮到|回到|转向|来到)(?:一?下)?)?"
    r"(?:至于|关于|反观|相比之下[,，]?|相较之下[,，]?|对比之下[,，]?|与此同时[,，]?)?"
    r"[\s【「《“]*"
)
_REACH = 48
# Two names in a row are compared, not spoken of one by one.
_JOINED = re.compile(r"\s*(?:[、/&]|和|与|及|跟|vs)", re.IGNORECASE)
# What such a paragraph turns to instead: the trade, all of them together, a summary.
_TURNS_AWAY = re.compile(
    r"[\s#•·●・◦▪*\-–—▍（(【「\d.、)）一二三四五六七八九十]*"
    r"(?:最后[,，]?)?(?:行业|板块|横向|纵向|整体|总体|综合|综上|总结|总的|小结|结论|对比|比较|三家|两家|四家|五家|几家"
    r"|双方|两者|三者|二者|展望|机构|我的|我们认为|我认为|笔者|风险|免责|一句话|从行业|估值|市场|政策|宏观)"
)


def opening_company(text: str, known: frozenset[str] = frozenset()) -> CompanyMatch | None:
    """Give the company that a Chinese paragraph is about because it opens with its name.

    >>> opening_company("再看顺丰：三季度件量43亿票").company.id
    '002352'
    """
    head = text[:_REACH]
    if head.isascii():
        return None
    lead = _LEAD.match(fold(head))
    start = lead.end() if lead else 0
    first = next(iter(find_companies(head, known)), None)
    if first is None or first.start > start or _JOINED.match(head, first.end):
        return None
    return first


def turns_away(text: str) -> bool:
    """Whether a paragraph opens by leaving the company that the one before was about."""
    return _TURNS_AWAY.match(fold(text[:_REACH])) is not None
