"""Companies: who they are, how they are called, and where a text names them.

``company`` and ``resolve_company`` look one up; ``find_companies`` reads a text. What is known
stands in ``companies.tsv`` (see ``README.md`` for its columns).
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

from pipeline.lexicon.company_names import Alias, Company, company_names
from pipeline.normalize.script import fold
from pipeline.patterns import regex

__all__ = ["Company", "CompanyMatch", "company", "find_companies", "resolve_company"]

_EXCHANGE = r"(?:NYSE|NASDAQ|Nasdaq|AMEX|HKEX|HKSE|SEHK|HKG|TWSE|TPE|SSE|SZSE|SHA|SHE|LSE|TSE|TYO)"
_CODE = regex(
    r"[$A-Z0-9](?![a-z])(?<![A-Za-z0-9&.,$@_/-][$A-Z0-9])"
    # A bare number is a code only behind a bracket or a colon, which most are not.
    r"(?!(?<=[0-9])(?<![:：(（][0-9])(?<![\s:：] [0-9])[0-9]*(?![A-Za-z0-9&.-]| [A-Z]))"
    r"[A-Z0-9]{0,6}+(?:&[A-Z]{1,2})?"
    r"(?:\.[AB](?![A-Za-z0-9]))?"
    r"(?P<market>[.-](?:US|HK|SH|SS|SZ|TWO|TW|OQ|N|T|L|DE|PA|KS)"
    r"| (?:US|HK|NA|CH|TT|LN|GR|JP|KS|FP|SW)(?: Equity)?)?"
    r"(?![A-Za-z0-9])(?!\.[A-Za-z0-9])"
)
# A number alone is one only in brackets or behind a colon.
_MAY_BE_CODED = regex(r"[$A-Z(（:：]")
_PREFIX = regex(rf"^\s*(?:{_EXCHANGE}|US|HK|股票代[码號号])\s*[:：]\s*", re.IGNORECASE)
_ENDS_IN_EXCHANGE = regex(rf"(?:{_EXCHANGE}|股票代[码號号]|股[份票]代[码號号])\s*[:：]\s*$")
_BEFORE_CODES = frozenset(" :：")
_OPENS, _CLOSES = frozenset("(（"), frozenset(")）")
_WORD_START = regex(r"(?<![A-Za-z0-9'’])[A-Z]")
# Longer texts are asked once.
_REMEMBERED = 1_000
_NEAR_YEARS = range(1990, 2050)
# "V 的支付量", "GM 管理層": what a Chinese note says of a company that it calls by its ticker.
_SPOKEN_OF = regex(
    r"\s?(?:的|[今去明]年|本季|上季|下季|管理[层層]|公司|[财財][报報測测]|指引|股[价價]|表示|[会會]不?[会會]?"
    r"|[与與和跟、]|[财財法][说說]|[电電][话話]|全年|第[一二三四])"
)
_JOINTS = frozenset({"、", ",", "，", "/", "和", "与", "及", "&", "and", "、和", ", and", "以及"})


@dataclass(slots=True)
class CompanyMatch:
    """A stretch of the text that names a company; offsets are those of the original text.

    ``weak`` is true for a name that is also an ordinary word ("Target", 理想) and counted because
    the context bears it out; ``ticker`` for a ticker or listing code.
    """

    start: int
    end: int
    company: Company
    weak: bool
    ticker: bool


@dataclass(slots=True)
class _Found:
    start: int
    end: int
    ids: tuple[str, ...]
    weak: bool
    ticker: bool


_NamePlace = tuple[int, int, Alias]
# Start and end of a code with its market, the code itself, the market or "".
_CodePlace = tuple[int, int, str, str]


def company(company_id: str) -> Company | None:
    """Give the company with exactly this id (``AMZN``, ``2454``, ``OpenAI``)."""
    return company_names().companies.get(company_id)


@cache
def all_companies() -> frozenset[str]:
    """Give the ids of all companies: as ``known``, every doubtful name counts."""
    return frozenset(company_names().companies)


def resolve_company(hint: str) -> Company | None:
    """Find the company that a ticker in any spelling or a name in either language means.

    >>> [resolve_company(hint).id for hint in ("AMZN.US", "$AMZN", "03690.HK", "2454.TW", "汇丰")]
    ['AMZN', 'AMZN', '3690', '2454', 'HSBC']
    """
    names = company_names()
    hint = _PREFIX.sub("", hint.strip()).strip("$()（） ")
    alias = names.by_alias.get(fold(hint))
    named = names.companies[alias.ids[0]] if alias and alias.ids else None
    if named and alias and not alias.weak:
        return named
    if found := names.companies.get(hint) or named:
        return found
    code = hint.upper().removesuffix(" EQUITY").replace(" ", ".").replace("-", ".")
    return names.by_code(code)


def find_companies(
    text: str, known: frozenset[str] = frozenset(), *, folded: str | None = None
) -> list[CompanyMatch]:
    """Find every mention of a company, left to right, without overlaps; the longest name wins.

    ``known`` holds the ids of companies that the document is about for other reasons (a ticker, a
    full name, a heading): their doubtful names ("Target", 理想) and bare tickers then count.
    ``folded`` is the text folded, where the caller has it.
    """
    names = company_names()
    folded = fold(text) if folded is None else folded
    names_in, codes_in = (_places if len(text) > _REMEMBERED else _remembered_places)(text, folded)
    found = _named(text, folded, known, names_in)
    found += _coded(text, known, codes_in)
    found = _resolve_overlaps(found)
    if not found:
        return []
    sure = {match.ids[0] for match in found if match.ids and not match.weak}
    certain = known if sure <= known else sure | known  # all there are may be known
    chosen = [_identity(match, certain) for match in found]
    borne_out = _borne_out(folded, found, chosen, certain)
    return [
        CompanyMatch(match.start, match.end, names.companies[identity], match.weak, match.ticker)
        for match, identity, counts in zip(found, chosen, borne_out, strict=True)
        if counts and identity is not None
    ]


def _places(text: str, folded: str) -> tuple[list[_NamePlace], list[_CodePlace]]:
    """Find the names in a text, and what could be a listing code in it."""
    codes: list[_CodePlace] = []
    if _MAY_BE_CODED.search(text):
        for match in _CODE.finditer(text):
            start, end = match.span()
            market = match["market"] or ""
            codes.append((start, end, text[start : end - len(market)], market))
    return company_names().phrases.find(folded), codes


# A segment is asked for its companies by normalize, and its sentences by extract.
_remembered_places = lru_cache(maxsize=64)(_places)


def _named(text: str, folded: str, known: frozenset[str], places: list[_NamePlace]) -> list[_Found]:
    caseless: bool | None = None
    found: list[_Found] = []
    alias: Alias
    for start, end, alias in places:
        if not _stands_alone(folded, start, end):
            continue
        if alias.ids and not _cased(text, start, end, alias):
            if alias.weak or alias.length < 5:
                continue
            if caseless is None:
                caseless = text == text.lower()
            if not caseless and known.isdisjoint(alias.ids):
                continue
        found.append(_Found(start, end, alias.ids, alias.weak, ticker=False))
    return found


def _stands_alone(folded: str, start: int, end: int) -> bool:
    """Whether a name in Latin letters is a whole word and not part of an address."""
    if start and _latin(folded[start]):
        before = folded[start - 1]
        if before in "@_/" or _latin(before):
            return False
    if end < len(folded) and _latin(folded[end - 1]):
        after = folded[end]
        if after == "_" or _latin(after):
            return False
        if after in ".@" and folded[end + 1 : end + 4] in ("com", "cn", "net", "org"):
            return False
    return True


def _latin(character: str) -> bool:
    return character < "\u2e80" and character.isalnum()


def _cased(text: str, start: int, end: int, alias: Alias) -> bool:
    """Whether the text capitalises the name as a name: each word that should be, or all of it."""
    capitals = _capitals(alias.text)
    written = text[start:end]
    if capitals and alias.weak:
        return written in (alias.text, alias.text.upper())
    if capitals and alias.length < 5 and written.isalpha():
        return written in (alias.text, alias.text.upper(), alias.text.title())
    return all(text[start + offset].isupper() for offset in capitals)


@cache
def _capitals(name: str) -> tuple[int, ...]:
    """Where the words of a name begin that are written with a capital."""
    return tuple(match.start() for match in _WORD_START.finditer(name))


def _coded(text: str, known: frozenset[str], places: list[_CodePlace]) -> list[_Found]:
    """Find listing codes, bare upper-case tickers and names that are abbreviations."""
    names = company_names()
    found: list[_Found] = []
    for start, until, token, market in places:
        if market and (identity := _listed(token, market)):
            found.append(_Found(start, until, (identity,), weak=False, ticker=True))
            continue
        end = start + len(token)
        if alias := names.abbreviations.get(token):
            found.append(_Found(start, end, alias.ids, alias.weak, ticker=False))
            if not alias.weak:
                continue
        if identity := _ticker(text, token, start, end, known):
            found.append(_Found(start, end, (identity,), weak=False, ticker=True))
    return found


def _listed(token: str, market: str) -> str | None:
    code = token.lstrip("$")
    place = market[1:].removesuffix(" Equity")
    if market[0] == " ":
        if code.isdigit() and int(code) in _NEAR_YEARS:
            return None
        if not code.isdigit() and (len(code) < 3 or code in company_names().ticker_words):
            return None
    resolved = company_names().by_code(f"{code}.{place}")
    return resolved.id if resolved else None


def _ticker(text: str, token: str, start: int, end: int, known: frozenset[str]) -> str | None:
    names = company_names()
    if token[0] == "$":
        return token[1:] if token[1:] in names.companies and not token[1:].isdigit() else None
    last = text[start - 1] if start else ""
    if last in _BEFORE_CODES:
        before = text[max(0, start - 12) : start]
        if before.rstrip().endswith((":", "：")) and _ENDS_IN_EXCHANGE.search(before):
            resolved = names.by_code(token)
            return resolved.id if resolved else None
    bracketed = last in _OPENS and text[end : end + 1] in _CLOSES
    if token.isdigit():
        if not bracketed or len(token) < 4:
            return None
        return _bracketed_number(text, token, start)
    if (found := names.companies.get(token)) is None:
        return None
    if token in known and (
        (len(token) >= 3 and token not in names.ticker_words) or _SPOKEN_OF.match(text, end)
    ):
        return token
    if bracketed and _named_before(text, start - 1, token):
        return token
    if found.home and found.home.startswith(f"{token}."):
        # A home code such as CAP (Paris) is no ticker that a reader would take for one.
        return None
    if bracketed and len(token) >= 3 and token not in names.ticker_words:
        return None if _initials_before(text, start - 1, token) else token
    return None


def _bracketed_number(text: str, token: str, start: int) -> str | None:
    """Read a number in brackets right after the company's name as its code: 聯發科（2454）."""
    resolved = company_names().by_code(token)
    if resolved is None or (len(token) < 6 and not _named_before(text, start - 1, resolved.id)):
        return None
    return resolved.id


def _named_before(text: str, bracket: int, company_id: str) -> bool:
    """Whether one of the company's own names ends right before the bracket."""
    window = fold(text[max(0, bracket - 40) : bracket]).rstrip()
    return any(window.endswith(name) for name in company_names().names_of(company_id))


def _initials_before(text: str, bracket: int, token: str) -> bool:
    """Whether the bracket explains an abbreviation: "average selling price (ASP)"."""
    words = re.split(r"[\s-]+", text[max(0, bracket - 80) : bracket].strip())[-len(token) :]
    return "".join(word[:1] for word in words).upper() == token


def _resolve_overlaps(found: list[_Found]) -> list[_Found]:
    """Keep the leftmost and of those the longest; what is known not to be a company goes last."""
    if len(found) > 1:
        found.sort(key=lambda match: (match.start, -match.end, match.weak))
    kept: list[_Found] = []
    reached = 0
    for match in found:
        if match.start >= reached:
            kept.append(match)
            reached = match.end
    return [match for match in kept if match.ids]


def _identity(match: _Found, certain: set[str] | frozenset[str]) -> str | None:
    if len(match.ids) == 1:
        return match.ids[0]
    return next((identity for identity in match.ids if identity in certain), match.ids[0])


def _borne_out(
    folded: str, found: list[_Found], chosen: list[str | None], certain: set[str] | frozenset[str]
) -> list[bool]:
    """Say for each match whether it counts: for itself, by its neighbours, or as said elsewhere."""
    counts = [
        not match.weak or identity in certain or _in_context(folded, match)
        for match, identity in zip(found, chosen, strict=True)
    ]
    joined = [
        folded[left.end : right.start].strip() in _JOINTS and not folded[right.start].isdigit()
        for left, right in pairwise(found)
    ]
    for index in range(len(joined)):
        counts[index + 1] = counts[index + 1] or (joined[index] and counts[index])
    for index in reversed(range(len(joined))):
        counts[index] = counts[index] or (joined[index] and counts[index + 1])
    meant = {identity for identity, counted in zip(chosen, counts, strict=True) if counted}
    return [identity in meant for identity in chosen]


# "Target 2025财年三季度", "Visa 业绩": a name among Chinese words that a report goes by.
_REPORTS = regex(
    r"\s?(?:20\d\d\s?(?:年|财年|q[1-4])|(?:fy)?\d\d\s?财年|第?[一二三四]季"
    r"|(?:中期|全年|年度|季度|半年)?(?:业绩|财报|法说|电话会))"
)


def _in_context(folded: str, match: _Found) -> bool:
    """Whether a doubtful name stands by a company word, its ticker or a figure (理想989亿)."""
    words = company_names().context
    if words.after.match(folded, match.end) or words.before.search(
        folded, max(0, match.start - 8), match.start
    ):
        return True
    chinese = folded[match.end - 1] >= "\u2e80"
    if not chinese and _REPORTS.match(folded, match.end):
        return True
    if chinese and folded[match.end : match.end + 1].isdigit():
        return True
    before = folded[max(0, match.start - 8) : match.start].rstrip()
    return chinese and any(
        before.endswith(identity.lower()) and not before[: -len(identity)][-1:].isalnum()
        for identity in match.ids
        if not identity.isdigit()
    )
