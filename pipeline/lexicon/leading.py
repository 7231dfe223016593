"""Which company a heading or a paragraph of running prose is about: the one that it opens with."""

import re
from collections.abc import Iterable

from pipeline.lexicon.companies import Company, company, find_companies
from pipeline.lexicon.company_names import company_names
from pipeline.normalize.script import fold
from pipeline.patterns import regex

_OPENING, _OPENING_CHINESE = 110, 30
_SENTENCE_END = regex(r"[.!?](?=\s+[A-Z“\"])|[。！？]")
# "Unlike Nvidia, AMD …", "A day after Shell reported, BP …": a name that only sets off another.
_SETS_OFF = regex(
    r"(?:\b(?:unlike|than|like|versus|vs\.?|after|besides|against|alongside|apart from|"
    r"compared (?:with|to)|while|before|rival|rivals|following|since)\s+(?:the\s+)?"
    r"|(?:不同于|相比|相较于?|较之|除了|继|随着|与|和|对手))$",
    re.IGNORECASE,
)
# "Goldman reckons that …", "Morgan Stanley analysts": who only tells of somebody else.
_TELLS = regex(
    r"(?:'s|’s)?\s+(?:reckons|thinks|estimates|forecasts|analysts?|economists?|strategists?)\b"
)


# What such a paragraph turns to instead: the trade, all of them together, a summary.
_TURNS_AWAY = regex(
    r"[\s#•·●・◦▪*\-–—▍（(【「\d.、)）一二三四五六七八九十]*(?:最后[,，]?)?(?:从|就)?"
    r"(?:行业|板块|横向|纵向|整体|总体|综合|综上|总结|总的来|小结|结论|对比|三家|两家|四家|五家|几家"
    r"|双方|两者|三者|二者|我的|我们认为|我认为|笔者|风险提示|免责|一句话|估值方面|政策面|宏观"
    r"|看点|点评|总之|归纳|放在一起|合起来|横着|把三家|把两家|三者|几家)"
)


def turns_away(text: str) -> bool:
    """Whether a Chinese paragraph opens by leaving the company that the one before was about."""
    return _TURNS_AWAY.match(fold(text[:_OPENING_CHINESE])) is not None


# "AMZN › AWS", "LIN | Linde 3Q25", "2) $TXN.US: beat": a ticker that a heading sets off;
# "ZLAB 再鼎医药": or has before its name.
_SET_OFF = regex(
    r"[\s#•●◦▪*>»\-–—▍【\[(\d.、)）]*\$?(?P<code>[A-Z]{1,5}(?:\.[AB])?)"
    r"(?:[ .:](?:US|HK|LN|NA|GR|GY|FP|JP|TT|CH|SS|SZ|OQ|N))?"
    r"(?P<sign>\s*(?:[|｜:：›»>→】\]/(（]|\s[-–—]\s|$))?\s*"
)
_SHORTEST_CODE = 2
# Words too, but at the head of a note and set off they are the companies: "CRM - ok", "LOW: beat".
_HEADED_CODES = frozenset(
    ("CRM", "COP", "DOW", "KEY", "LOW", "MET", "NOW", "SHOP", "SPOT", "TEAM", "NICE", "POOL")
)
# "三家電話會重點(V / UAL / CAT)": tickers that a title lists.
_LISTED = regex(r"(?<![A-Za-z&])[A-Z]{1,5}(?:\s?[/、,，&+＋｜|]\s?[A-Z]{1,5})+(?![A-Za-z&])")
_CODE = regex(r"[A-Z]+")
# "01801.HK 信达生物", "600519 贵州茅台": what a heading may have before the name.
_BEFORE_NAME = regex(
    r"(?:(?i:part|no\.?|section)\s?\d{1,2}\s?[|｜:：.])?"
    r"[\s#•·●・◦▪*>»\-–—▍（(【「\d.、)）一二三四五六七八九十]*"
    r"(?:\$?(?:[A-Z]{1,5}|\d{4,6})(?:[.:][A-Z]{1,3})?\s+(?=[\u4e00-\u9fff]))?"
)


def name_begins(heading: str) -> int:
    """Give where a heading's words begin, behind its number, its bullet and a code.

    >>> name_begins("1、01801.HK 信达生物（10月）"), name_begins("Linde 3Q25")
    (11, 0)
    """
    match = _BEFORE_NAME.match(heading)
    return match.end() if match else 0


def listed_codes(title: str) -> frozenset[str]:
    """Give the tickers that a title lists, those too that are a word or one letter.

    One of them at least is a ticker and nothing else: "V / UAL" lists two, "AI / PC" none.

    >>> sorted(listed_codes("Airlines and cards (V / UAL)"))
    ['UAL', 'V']
    """
    listed: set[str] = set()
    for match in _LISTED.finditer(title):
        codes = _CODE.findall(match[0])
        known = [code for code in codes if company(code) is not None]
        if len(known) == len(codes) and not all(map(_is_doubtful, codes)):
            listed.update(codes)
    return frozenset(listed)


# Letters that stand at the head of a line for answer and question.
_ASKING = ("A", "Q")


def codes_alike(headings: Iterable[str]) -> frozenset[str]:
    """Give the tickers of one letter that headings set off as others set off a certain ticker.

    >>> sorted(codes_alike(["V › Volumes", "UAL › Fleet"]))
    ['V']
    """
    by_sign: dict[str, set[str]] = {}
    for heading in headings:
        match = _SET_OFF.match(heading)
        sign = (match["sign"] or "").strip() if match is not None else ""
        if match is not None and sign and company(match["code"]) is not None:
            by_sign.setdefault(sign, set()).add(match["code"])
    found: set[str] = set()
    for codes in by_sign.values():
        if not all(map(_is_doubtful, codes)):
            found.update(code for code in codes if len(code) == 1 and code not in _ASKING)
    return frozenset(found)


def _is_doubtful(code: str) -> bool:
    if code in _HEADED_CODES:
        return False
    return len(code) < _SHORTEST_CODE or code in company_names().ticker_words


def heading_company(heading: str, known: frozenset[str] = frozenset()) -> Company | None:
    """Give the company whose ticker a heading opens with and sets off from what follows.

    A ticker that is also a word, or one letter, counts where the company's name stands behind it
    or where the document is known to be about the company.

    >>> [found and found.id for found in map(heading_company, ("AMZN › AWS", "AI | what is new"))]
    ['AMZN', None]
    >>> heading_company("ZLAB 再鼎医药（11月6日披露）").id
    'ZLAB'
    """
    match = _SET_OFF.match(heading)
    found = company(match["code"]) if match else None
    if match is None or found is None:
        return None
    code = match["code"]
    behind = find_companies(heading[match.end() :][:60])
    named = any(each.company.id == found.id for each in behind)
    if match["sign"] is None:  # the code and the name, and nothing between them
        if found.id in known and heading[match.end() - 1] == " ":
            return found  # "V 財務", where the title lists V
        return found if named and behind[0].start == 0 and heading[match.end() - 1] == " " else None
    return found if named or found.id in known or not _is_doubtful(code) else None


_APART = regex(r"[^\S\n]*(?:[|｜:：›»(（】\]]|\s[-–—]\s?|——)")


def sets_off_company(heading: str) -> bool:
    """Whether a line opens with a company's name and sets it off: "BOEING (BA) - 777X pain".

    >>> sets_off_company("BOEING (BA) - 777X pain"), sets_off_company("Boeing sold 5 jets")
    (True, False)
    """
    if heading_company(heading) is not None:
        return True
    first = next(iter(find_companies(heading[:_OPENING])), None)
    if first is None or first.start > name_begins(heading):
        return False
    return _APART.match(heading, first.end) is not None


def leading_company(text: str, known: frozenset[str] = frozenset()) -> tuple[int, Company] | None:
    """Give the company that a paragraph's first sentence opens with, and where its name begins.

    A name that only sets another off is passed over. ``known`` as in ``find_companies``.

    >>> found = leading_company("Unlike Nvidia, AMD sells fewer systems.")
    >>> found and found[1].id
    'AMD'
    """
    opening = text[: _OPENING if text[:20].isascii() else _OPENING_CHINESE]
    end = _SENTENCE_END.search(opening)
    reach = end.start() + 1 if end and end.start() > len(opening) // 3 else len(opening)
    for match in find_companies(opening, known):
        told = _SETS_OFF.search(opening, 0, match.start) or _TELLS.match(text, match.end)
        if match.start < reach and not told:
            return match.start, match.company
    return None
