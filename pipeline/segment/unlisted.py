"""Companies that no table knows: the names that a document's title and its welcome give them."""

import re

from pipeline.lexicon.companies import resolve_company
from pipeline.patterns import regex
from pipeline.segment.cues import places_of
from schemas.fact import Entity

_AT_ONCE = 40
_NAME = r"A-Za-z0-9\u00c0-\u024f&.'’ \-"
_CODE = r"(?:[A-Za-z]+\s?[:：]\s?)?(?P<code>[A-Z]{1,5}(?:\.[A-Z])?|\d{4,6})(?:[.\- ][A-Z]{1,3})?"
_MOVE = r"(?:\s[-+]?[\d.]+%)?"
_FORM = (
    r"(?:Incorporated|Inc|Corporation|Corp|Company|Co|Ltd|Limited|PLC|plc|LLC|LLP|L\.?P|N\.?V|S\.?A"
    r"|A\.?G|S\.?E|S\.p\.A|AB|ASA|Oyj|A/S|Trust|Bancorp|Bancshares|Holdings?|Group|Partners)"
)
_PERIOD_WORD = (
    r"(?:q[1-4]\b|[1-4]q|h[12]\b|[1-4]h|fy|f[1-4]q|fiscal|first|second|third|fourth|full|interim|"
    r"quarter|half|annual|earnings|results|conference|investor call|year[- ]end|nine[- ]month|"
    r"six[- ]month|20\d\d\s(?:q[1-4]|h[12]|fi|se|th|fo|an|full|half|interim|results|earnings))"
)
_FORMED = rf"(?:,? {_FORM}\b\.?)?"
_HEADED = regex(
    rf"(?P<name>[A-Z0-9][{_NAME},]{{1,60}}?|[\u4e00-\u9fff]{{2,12}})"
    rf"(?:[-－][A-Z]{{1,2}})?\s*[(（]{_CODE}{_MOVE}[)）]"
)
_TITLED = regex(
    rf"(?P<name>[A-Z][{_NAME}]{{1,60}}?{_FORMED})(?:'s|’s|s['’])?[,:]?(?:\s+[-–—|])?\s+"
    rf"(?i:{_PERIOD_WORD})"
)
# The same in a Chinese title: "Rivulet 2025 年第三季法說會".
_TITLED_AMONG_CHINESE = regex(
    rf"(?:^|[】：:|｜]\s?)(?P<name>(?![A-Z0-9]{{1,4}}(?![A-Za-z]))[A-Z][{_NAME}]{{1,40}}?)\s?"
    r"(?=20\d\d\s?(?:年|财年|財年)|(?:FY|fy)?\d\d\s?(?:财年|財年)|第[一二三四]季|[一二三四]季"
    r"|(?:中期|全年|年度|季度|半年)?(?:业绩|業績|财报|財報|法说|法說|电话会|電話會))",
    re.MULTILINE,
)
# The title of captions, which have no capitals.
_TITLED_SMALL = regex(
    r"^(?P<name>[a-z0-9][a-z0-9&.'’ \-]{1,40}?)(?:'s|’s)?,?(?:\s+[-–—|])?"
    rf"(?:\s+[(（](?P<code>[a-z]{{1,5}})[)）])?\s+{_PERIOD_WORD}",
    re.MULTILINE,
)
_WELCOMED = regex(
    rf"(?i:welcome (?:everyone |everybody |you |you all |all of you |all )?to|"
    rf"(?:thank you|thanks)(?: all)? for (?:joining|attending|participating in|dialing in to|"
    rf"being (?:here|with us|on))(?: us)?(?: today| this morning)?(?: for| on)?|"
    rf"\bto (?:discuss|review))\s+"
    rf"(?:(?i:the|today's|our discussion of)\s+)?"
    rf"(?P<name>[{_NAME}]{{2,60}}?{_FORMED})(?:'s|’s|['’])?,?\s+"
    rf"(?:(?i:financial|operating)\s+)?(?i:{_PERIOD_WORD}|call\b)"
)
# How such words begin.
_WELCOMES = ("welcome", "thank", "to discuss", "to review")
_TITLED_CHINESE = regex(
    r"^(?:【[^】]*】)?(?P<name>(?![一二三四五六七八九十两几各多])[\u4e00-\u9fff]{2,8}?)"
    r"(?=\s?(?:20\d\d|[Qq][1-4]|[1-4][Qq]|[12]H|第?[一二三四]季|半年|中期|年度|全年|业绩|業績|财报|財報))",
    re.MULTILINE,
)
_GENERIC = regex(
    r"财报|財報|业绩|業績|法说|法說|研报|点评|整理|笔记|行业|板块|[日周月季年]报|电话会"
    r"|晨会|早会|晨报|早报|晚报|纪要|速览|速递|合集|汇总|盘点|梳理|复盘|策略|观点|要闻|快讯|简评|跟踪|精选"
    r"|一览|解读|分析|研究|专题|日历|公告|披露|横评|对比|哪家|家公司|巨头|龙头们|概念|赛道|市场|消费|科技股"
    r"|对照|比较|横比|科网股|大厂|周度|月度|季度|合订本|同台|大比拼|[一二两三四五六七八九十]家|[双三四五六七八]雄|[三四五]强|一图|放榜|收官|大考|看点"
    # A market and nothing more: 美股財報, 台股法說, 本週科技財報.
    r"|^(?:美股|台股|臺股|港股|陆股|陸股|日股|韩股|韓股|中概股?|[ABH]股|美国|美國|华尔街|華爾街|全球|国际|國際|海外"
    r"|本周|本週|上周|上週|今日|昨夜|盘后|盤後|盘前|盤前|个股|個股|科技|大型|权值|權值|蓝筹|藍籌|热门|熱門|焦点|焦點"
    r"|外资|外資|公司|企业|企業|股市|投资|投資|我的|小编|小編|重点|重點)+$"
    # A trade and nothing more: 创新药三季报, 美股航空股季报, but not 宁波银行三季报.
    r"|^(?:美股|港股|[ABH]股|国内|全球|海外|中概|上市|头部|内地|大陆|台股)*(?:创新药|医药|药企|生物医药|医疗|医疗器械|器械"
    r"|白酒|啤酒|乳业|乳制品|食品饮料|食品|饮料|茶饮|奶茶|咖啡|餐饮|零售|商超|电商|直播|短视频|游戏|影视|院线|互联网|中概股?"
    r"|航空|航司|航运|机场|快递|物流|铁路|高速|公路|港口|酒店|旅游|出行|银行|大行|国有行|股份行|城商行|券商|保险|险企|寿险|金融"
    r"|信托|地产|房企|物业|建材|水泥|钢铁|钢企|煤炭|有色|黄金|锂矿|稀土|化工|石油|石化|油服|三桶油|油气|燃气|电力|火电|水电|核电"
    r"|风电|光伏|组件|逆变器|储能|锂电|电池|新能源|新能源车|新势力|车企|汽车|整车|汽配|轮胎|机械|工程机械|机器人|军工|船舶"
    r"|半导体|芯片|晶圆代工|代工|封测|存储|内存|设备|面板|消费电子|手机|家电|白电|黑电|苹果链|果链|服务器|云厂商|云计算|云"
    r"|软件|SaaS|安防|通信|运营商|三大运营商|光模块|CXO|CRO|中药|疫苗|医美|化妆品|美妆|运动品牌|服装|服饰|鞋服|纺织|家居|造纸"
    r"|教育|体育用品|体育|电力设备|酒店集团|厂商|港口航运|养殖|猪企|农业|种业|科技|传媒|广告|社交|音乐)(?:股|业|类)?$"
)
# A company's English name with its Chinese one in parentheses, or the other way round.
_BILINGUAL = regex(
    rf"(?P<name>[A-Z][{_NAME}]{{2,50}}?)\s?[(（][\u4e00-\u9fff]{{2,12}}(?:[)）]|[，,]\s?(?:{_CODE})?)"
)
_BILINGUAL_BACK = regex(
    rf"[\u4e00-\u9fff]{{2,12}}[(（](?P<name>[A-Z][{_NAME}]{{2,50}}?)(?:[)）]|[，,]\s?(?:{_CODE})?)"
)
_NO_NAMES = frozenset(
    re.findall(
        r"\S+",
        "our the this my today's today us your me you we a an all everyone everybody another",
    )
)
# What a title sets before the name: the kind of page, a quarter, a Reuters code, a label.
_BEFORE_NAME = regex(
    r"\A(?:(?i:edited |full |final |corrected |complete |rough |preliminary )*"
    r"(?i:transcript(?: of)?|call notes|notes)\b[\s:–—-]*|(?i:company|issuer|event|title)\s?:\s*"
    r"|(?:(?:F?Q[1-4]|[1-4]F?Q|[HS][12]|[12]H|FY|Fiscal(?: Year)?|(?i:first|second|third|fourth) "
    r"(?i:quarter))\s?(?:of\s)?)?(?:FY|Fiscal(?: Year)?)?\s?['’]?(?:20)?\d\d(?![\d%.,])"
    r"(?:\s(?:F?Q[1-4]|[HS][12]))?[\s:–—-]+"
    r"|[A-Z]{1,5}\.[A-Z]{1,2}\s?[-–—:]\s?|\W+)+"
)
# What a title goes on with behind it.
_BEHIND_NAME = regex(
    r",?\s+(?i:announces?|reports?|reported|posts?|delivers?|releases?|discusses|presents?|to|holds?"
    r"|financial|operating|investor|analyst|management|quarterly|group results|preliminary)\b.*$"
)
_LEGAL_FORM = regex(
    r"(?<![&+]),?\s+(?:Inc|Incorporated|Corp|Corporation|Company|Co|Ltd|Limited|PLC|plc|LLC|N\.V|S\.A|AG|SE)\.?$",
    re.IGNORECASE,
)
# The first line of a transcript that is a name and nothing else.
_BARE_NAME = regex(rf"[A-Z][{_NAME}]{{1,50}}{_FORMED}$")
_NO_BARE_NAME = regex(
    r"\b(?:transcripts?|call|conference|remarks|presentation|operator|earnings|results|quarter|"
    r"prepared|questions?|participants|webcast|event|date|contents|disclaimer|summary|highlights|"
    r"good|thank|thanks|welcome|hello|introduction|overview|moderator|corporate|speakers?"
    # The head of a note on several: "MORNING MEETING NOTES - Thu 30 Oct 2025".
    r"|notes?|daily|weekly|morning|evening|midday|desk|scorecard|recap|preview|review|wrap|round-?up"
    r"|pulse|monitor|tracker|brief(?:ing)?|digest|flash|sector|commentary|newsletter|takeaways?"
    r"|meeting|mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun"
    r"|\d{1,2} (?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)[a-z]*)\b",
    re.IGNORECASE,
)
_EVENT = regex(
    rf"\b(?:{_PERIOD_WORD}|call|transcript|teleconference|webcast|moderator)", re.IGNORECASE
)


# "证券代码：688901 证券简称：…", "公司简称：…": the particulars of a record of a meeting.
_DECLARED_CODE = regex(r"(?:证券|股票|股份|公司)代[码碼號号]\s?[:：]\s?(?P<code>\d{4,6})(?!\d)")
_DECLARED_NAME = regex(
    r"(?:证券|股票|公司)(?:简称|名称)\s?[:：]\s?(?P<name>[\u4e00-\u9fffA-Za-z]{2,12})"
)
_LEGAL_NAME = regex(r"(?P<name>[\u4e00-\u9fff]{2,16}?)(?:集团)?(?:股份)?有限公司")
_PARTICULARS = 600
_FIVE = 5


def declared_company(head: str) -> Entity | None:
    """Give the company whose code or short name a document's particulars declare."""
    head = head[:_PARTICULARS]
    code, name = _DECLARED_CODE.search(head), _DECLARED_NAME.search(head)
    known = resolve_company(code["code"]) if code else None
    if known is None and name:
        known = resolve_company(name["name"])
    if known is not None:
        return Entity(id=known.id, name=known.name)
    if code is None:
        return Entity(id=name["name"], name=name["name"]) if name else None
    legal = name or _LEGAL_NAME.search(head)
    own = _plain_code(code["code"]) or code["code"]
    return Entity(id=own, name=legal["name"] if legal else own)


def named_in_title(titles: str, code: str | None) -> Entity | None:
    """Name a company that the lexicon does not hold, from the document's title."""
    lines = "\n".join(_BEFORE_NAME.sub("", line, count=1) for line in titles.split("\n"))
    for pattern in (_HEADED, _BILINGUAL, _BILINGUAL_BACK, _TITLED, _TITLED_AMONG_CHINESE):
        found = pattern.search(titles if pattern is _HEADED else lines)
        if found:
            return _entity(found, code)
    if lines.islower() and (small := _TITLED_SMALL.search(lines)):
        own = small["code"]
        return _named(small["name"], own.upper() if own else None, code)
    return None


def named_in_opening(
    opening: str, head: str, titles: str, first: tuple[str, str], code: str | None
) -> Entity | None:
    """Name such a company from a first line that is its name, from the words of welcome or else.

    ``first`` holds the first line and the lines right below it; else its name in two languages, or
    a Chinese title, tells.
    """
    line = _BEFORE_NAME.sub("", first[0], count=1) if first[0] else ""
    bare = _BARE_NAME.match(line)
    if bare and not _NO_BARE_NAME.search(line) and _EVENT.search(first[1]):
        return _named(line, None, code)
    end = 0
    # The small form of one letter is two characters.
    for place in places_of(opening.replace("\u0130", "I").lower(), _WELCOMES):
        found = _WELCOMED.match(opening, place) if place >= end else None
        if found:
            end = found.end()
            if (welcomed := _entity(found, code)) is not None:
                return welcomed
    for pattern in (_BILINGUAL, _BILINGUAL_BACK) if not head.isascii() else ():
        names = {found["name"]: found for found in pattern.finditer(head)}
        if names:
            earliest = next(iter(names.values()))
            alone = len(names) == 1 or earliest.start() < _AT_ONCE
            return _entity(earliest, code) if alone else None
    chinese = _TITLED_CHINESE.search(titles)
    return _entity(chinese, code) if chinese else None


def _entity(found: re.Match[str], code: str | None) -> Entity | None:
    name = found["name"]
    if name.islower() and not found.string.islower():
        return None  # where others are written with capitals, these are no name's words
    return _named(name, found.groupdict().get("code"), code)


def _named(name: str, own_code: str | None, code: str | None) -> Entity | None:
    name = _LEGAL_FORM.sub("", _BEHIND_NAME.sub("", name).strip(" ,.'’-"))
    name = _LEGAL_FORM.sub("", name.strip(" ,.'’-"))
    if not name or name.split()[0].lower() in _NO_NAMES or _GENERIC.search(name):
        return None
    if re.fullmatch(rf"(?i:{_PERIOD_WORD})", name) or _NOTE_NAME.search(name):
        return None
    name = name.title() if name.islower() or (name.isupper() and " " in name) else name
    known = resolve_company(name) if not code else None
    if known is not None:
        return Entity(id=known.id, name=known.name)
    if name == code:
        return None
    return Entity(id=code or _plain_code(own_code) or name, name=name)


# "Semis Scorecard Q3 2025", "European luxury 3Q sales": the head of a note on several.
_NOTE_NAME = regex(
    r"\b(?:tidbits|quick takes?|first take|scorecard|snapshot|round-?up|rundown|recap|cheat sheet"
    r"|morning call|week ahead)\b"
    r"|(?:^|\s)(?:semis|autos|insurers|retailers|telcos|luxury|chipmakers|homebuilders|megacaps)$",
    re.IGNORECASE,
)


def _plain_code(code: str | None) -> str | None:
    """Write a code of Hong Kong with four digits: 06979 is 6979."""
    return code[1:] if code and len(code) == _FIVE and code.isdigit() and code[0] == "0" else code
