"""Business lines, products and regions: where a text names what a figure covers.

Known names stand in ``business_lines.tsv`` (of one company) and ``generic_scopes.tsv`` (of any);
what no table has is recognised by its capitals (``find_scopes``).
"""

from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache

from pipeline.lexicon.companies import CompanyMatch, company, find_companies
from pipeline.lexicon.metrics import find_metrics
from pipeline.lexicon.phrases import Phrases
from pipeline.lexicon.scope_names import (
    Kind,
    ScopeName,
    given_names,
    names_of_all,
    own_names,
    owned_words,
    plain_modifiers,
    stop_words,
)
from pipeline.lexicon.terse import abbreviates, heads_figure, row_words, rows_of_names
from pipeline.normalize.script import fold
from pipeline.patterns import regex

__all__ = ["ScopeMatch", "find_scopes"]

# No name is CHF45 or EUR3: behind its first letter, so that a search passes over all else at once.
_MONEY = r"(?!(?:HF|EK|OK|KK|MB|NR|RW|PY|UR|SD|BP|KD|WD)\d)"
_NAME = regex(
    r"[A-Z]"
    + _MONEY
    + r"(?<![A-Za-z0-9.@_/'’$&-][A-Z])(?:[A-Z]?&[A-Z]{1,2}(?![A-Za-z0-9&])|[A-Za-z0-9]*\+?)"
    r"(?:-\d{1,4}[A-Za-z]{0,2}(?![A-Za-z0-9_%]|[.,]\d|\s?(?:percent|bps|basis|points))"
    rf"|(?: & |[ -])(?:[A-Z]{_MONEY}[A-Za-z0-9]*\+?"
    r"|\d{1,2}(?:\.\d)?[A-Za-z]{0,2}(?![\w,.%+]|\s?(?:%|percent|[mbt]r?illion|bps|basis|points|x\b)))){0,7}"
)
# "New CEO Schulman" is a person.
_OFFICERS = frozenset(
    ("CEO", "CFO", "COO", "CTO", "Chairman", "Chairwoman", "Chair", "President", "Mgmt", "Founder",
     "Management", "Director", "Secretary", "Minister", "Governor", "Analyst", "Board", "Mr", "Ms")
)  # fmt: skip
# Short for times and bands of growth: FQ4, FY26, 2H, LSD, "YTD".
_SHORTHAND = regex(
    r"(?:(?:F?[QH][1-4]|[1-4][QH]|[FC]Y|[69]M)\d*[AEF]?){1,2}|(?:[LMH]SD|L?DD|[LMH]DD|YTD|TTM|LTM|NTM|[QYM]TD)\+?"
)
_HAN = regex(r"[\u3400-\u9fff]")
_SENTENCE_END = frozenset('.!?:;•·-–—"“”(*\n\t|')
_PEOPLE = regex(r"(?:mr|mrs|ms|dr|ceo|cfo|coo|cto|chairman|president|analyst)\.? $")
_LONGEST_NAME = 5
# What a name may end in without its being part of it, and names that look like adverbs.
_PARTS = frozenset(("Segment", "Division", "Segments", "Divisions"))
_NAMES_IN_LY = frozenset(("Family", "Supply", "Assembly", "Lilly", "Firefly", "Grizzly", "Italy"))
_BUSINESS = regex(
    r" (?:business|segment|division|franchise|banner|category)\b(?! model| plan| unit)"
)
_BUSINESS_REACH = 40
_PLAIN_WORD = regex(r"[a-z][a-z&-]{2,}(?<!ing)(?<!ed)|[a-z]+(?:ising|izing|aging|ating|ming|ding)")
# "Our Focus to Win program": a plan of the whole company, not a part of it.
_PROGRAM = regex(
    r"(?: (?:to|for|of|the|and|in|on|with) [A-Z]\w*){0,3} "
    r"(?:program|programme|initiative|strategy|plan|transformation|framework|roadmap)s?\b"
)
# What captions without capitals write for other words than the abbreviation or name.
_SMALL_WORDS = frozenset(
    {"us", "it", "row", "ess", "core", "pro", "plus", "live", "base", "raw", "sky"}
)


_OF_COUNTRY = regex(
    r" (?:revpar|revenues?|sales|net sales|business(?:es)?|markets?|consumers?|retail|commercial"
    r"|comps?|comparable|same[- ]store|operations|segment|stores?|hotels?|restaurants?|deposits"
    r"|dealers?|wholesales?|volumes?|organic|pricing|industry|supply|fleet|production|wireless"
    r"|broadband|upfront|government|federal|housing|economy|autos?|trucks?|light vehicles?|cards?"
    r"|loans?|wealth|traffic|transactions|adoption|subscribers?|customers|onshore|shale|gas|power"
    r"|beer|food|pharma(?:ceuticals?)?|prescriptions?|cloud|advertising|ad|sign ups|launch|growth)"
    r"(?![a-z])"
)
_GIVEN = regex(
    r"(?:give|gives|giving|gave|tell|tells|helps?|helped|helping|lets?|allow|allows|allowed|show"
    r"|shows|costs?|gets?|brings?|of|for|to|with|by|from|at|drives?|between|behind|around|among"
    r"|than|puts?|takes?|leaves?|left|drove|makes?|keeps?|driving) $"
)


# 广告201亿元，其他59亿元: what is left of a list of businesses.
_OTHERS = regex(
    r"(?:^|[，,、；;：:。\s])(其他)"
    r"(?:则?[为是占达共约近仅有]|增长|增|下降|下滑|跌|降){0,2}(?=[0-9])"
)


@dataclass(slots=True)
class ScopeMatch:
    """A stretch that names a part of a company's business; offsets as in the original text.

    ``scope`` is the canonical English name where it is ``known``, else the name as written.
    ``owner`` is the id of the company whose line or product it is; null for generic scopes.
    """

    start: int
    end: int
    scope: str
    known: bool
    kind: Kind
    owner: str | None = None


def find_scopes(
    text: str, company_id: str | None, *, folded: str | None = None
) -> tuple[ScopeMatch, ...]:
    """Find the business lines, products and regions that a text names, left to right.

    The longest name wins; the company's own names win over generic ones of the same length. With
    ``company_id`` None the names that tell whose they are (``AWS``) count, with their ``owner``.
    Capitalised names that no table has come as ``known=False``, kind ``product``.
    ``folded`` is the text folded, where the caller has it.
    """
    return _scopes_in(text, fold(text) if folded is None else folded, company_id)


# A sentence that leads to the next one and a heading are asked about twice.
@lru_cache(maxsize=64)
def _scopes_in(text: str, folded: str, company_id: str | None) -> tuple[ScopeMatch, ...]:
    companies = _Companies(text, folded, company_id)
    every = _known(text, folded, names_of_all())
    telling = [match for match in every if match.owner is not None]
    known = _known(text, folded, own_names(company_id)) if company_id else telling
    known += [
        match
        for match in every
        if match.owner is None and not _covered(companies, match, text, company_id)
    ]
    if company_id:
        known += [
            match
            for match in telling
            if match.owner != company_id
            and (match.kind == "product" or text[match.start : match.end].isupper())
            and not (
                folded[match.start : match.end] in _SMALL_WORDS
                and _opens_sentence(text, match.start)
            )
            and not companies.holds(match)
        ]
    found = _compounds(_longest(known), folded)
    unknown = _unknown(text, folded, found, companies, company_id)
    if unknown:
        found = [
            m for m in found if not any(u.start <= m.start and m.end <= u.end for u in unknown)
        ]
        found += unknown
    found += _called_business(text, folded, found)
    if "其他" in folded:
        found += [
            ScopeMatch(*match.span(1), "Other", True, "generic")
            for match in _OTHERS.finditer(folded)
            if not any(m.start < match.end(1) and match.start(1) < m.end for m in found)
        ]
    if text.isascii() or "€" in text or "£" in text:
        found += [
            ScopeMatch(start, end, name, True, "generic")
            for start, end, name in (*row_words(text), *rows_of_names(text))
            if not any(start < m.end and m.start < end for m in found)
        ]
    if len(found) > 1:
        found.sort(key=lambda match: match.start)
    return tuple(found)


class _Companies:
    """The companies that a text names, looked for when they are first asked for."""

    __slots__ = ("_folded", "_found", "_known", "_text")

    def __init__(self, text: str, folded: str, known: str | None) -> None:
        self._text, self._folded, self._known = text, folded, known
        self._found: list[CompanyMatch] | None = None

    def before(self, end: int) -> CompanyMatch | None:
        """Give the last company named before ``end``."""
        if self._found is None:
            known = frozenset((self._known,)) if self._known else frozenset[str]()
            self._found = find_companies(self._text, known, folded=self._folded)
        index = bisect_left(self._found, end, key=lambda named: named.start)
        return self._found[index - 1] if index else None

    def holds(self, name: ScopeMatch) -> bool:
        """Say whether a product's name is (part of) another company's: American "Express"."""
        named = self.before(name.end)
        if named is None or named.start > name.start or name.end > named.end:
            return False
        return named.company.id != name.owner

    def owner(self, start: int, end: int) -> str | None:
        """Give the company whose name the stretch holds, is, or lies in."""
        named = self.before(end)
        return named.company.id if named and start < named.end else None


def _covered(companies: _Companies, match: ScopeMatch, text: str, company_id: str | None) -> bool:
    """Whether a generic name is in a company's (中国移动) or is another's (Google Cloud)."""
    named = companies.before(match.start + 1)
    if named is None:
        return False
    if match.end <= named.end:
        return True
    foreign = company_id is not None and named.company.id != company_id
    return foreign and text[named.end : match.start] in ("", " ")


def _known(text: str, folded: str, names: Phrases[ScopeName] | None) -> list[ScopeMatch]:
    if names is None:
        return []
    found: list[ScopeMatch] = []
    caseless: bool | None = None
    for which, start, end in names.places(folded):
        if start and _latin(folded[start]) and _latin(folded[start - 1]):
            continue
        if end < len(folded) and _latin(folded[end]) and _latin(folded[end - 1]):
            continue
        if text[start] == "中" and text[start - 1 : start] == "其":
            # 其中国际业务: "of which", not China.
            continue
        name: ScopeName = names.meanings[which]
        if name.item and not _is_item(folded, start, end):
            continue
        if not _written(text, start, end, name):
            caseless = text == folded if caseless is None else caseless
            small = folded[start:end] in _SMALL_WORDS
            if not caseless or (small and not _is_country(folded, start, end)):
                continue
        found.append(ScopeMatch(start, end, name.scope, True, name.kind, name.owner))
    return found


# 消費 29%、其他 17%；測試占四成；銀行：淨利息收入…: a common word set off as an item of a row.
_ITEM_BEFORE = regex(r"(?:[、,，;；:：。|｜\s(（/・•▪\-–—*】]|其中|来自|以及|至于|[和与及而])$|^$")
_ITEM_BEHIND = regex(
    r" ?(?:[（(][^）)]{1,12}[）)] ?)?"
    r"(?:类|端|方面|产品线?|领域|应用|市场|业务|事业[部群]?|部门|板块|分部)?"
    r" ?(?:占|各占|[约则为] ?[0-9一二两三四五六七八九]|比重|[:：|｜]|营收|营业"
    r"|收入|销售|销量|毛利|出货|获利|利润|净利|溢利|贡献|年[增减成]|季[增减成]|同比|环比|按[年季]"
    r"|[增减升跌降] ?[约近逾]?[0-9一二两三四五六七八九]"
    r"|成长|衰退|持平|[+-]? ?[0-9][0-9.,]* ?[%亿万]|[一二两三四五六七八九]成|$)"
)


def _is_item(folded: str, start: int, end: int) -> bool:
    """Whether a word stands alone before a figure, a metric or a share of its own."""
    if _ITEM_BEFORE.search(folded, max(0, start - 2), start) is None:
        return False
    return _ITEM_BEHIND.match(folded, end) is not None


def _is_country(folded: str, start: int, end: int) -> bool:
    """Whether "us" is the country in a text without capitals: "us revpar", no "gives us sales"."""
    if folded[start:end] != "us" or _GIVEN.search(folded, max(0, start - 12), start):
        return False
    return _OF_COUNTRY.match(folded, end) is not None


def _written(text: str, start: int, end: int, name: ScopeName) -> bool:
    """Whether a name that needs capitals has them."""
    if name.exact:
        return text[start:end] == name.text
    return not name.capital or text[start].isupper() or text[start].isdigit()


def _latin(character: str) -> bool:
    return character < "\u2e80" and character.isalnum()


def _longest(found: list[ScopeMatch]) -> list[ScopeMatch]:
    if len(found) > 1:
        found.sort(key=lambda match: (match.start, -match.end, match.owner is None))
    kept: list[ScopeMatch] = []
    reached = 0
    for match in found:
        if match.start >= reached:
            kept.append(match)
            reached = match.end
    return kept


def _compounds(found: list[ScopeMatch], folded: str) -> list[ScopeMatch]:
    """Join kinds of business that make one Chinese word: 工业机器人 is Industrial Robotics."""
    joined: list[ScopeMatch] = []
    for match in found:
        last = joined[-1] if joined else None
        if (
            last is not None
            and last.end == match.start
            and last.kind == match.kind == "generic"
            and folded[last.end - 1] >= "\u2e80" <= folded[match.start]
            and not (last.scope in match.scope or match.scope in last.scope)
        ):
            name = f"{last.scope} {match.scope}"
            joined[-1] = ScopeMatch(last.start, match.end, name, True, "generic")
        else:
            joined.append(match)
    return joined


def _unknown(
    text: str,
    folded: str,
    known: list[ScopeMatch],
    companies: _Companies,
    company_id: str | None,
) -> list[ScopeMatch]:
    """Find names by their capitals where nothing known stands."""
    found: list[ScopeMatch] = []
    if text == folded or _NAME.search(text) is None:
        return found
    chinese: bool | None = None
    taken = iter([*sorted([(m.start, m.end) for m in known]), (len(text), len(text))])
    next_start, next_end = next(taken)
    for match in _NAME.finditer(text):
        start, end = match.span()
        while next_end <= start:
            next_start, next_end = next(taken)
        within = next_start < end
        if within and (next_end > end or next_start < start or " " not in match[0]):
            continue
        if chinese is None:
            chinese = not text.isascii() and _HAN.search(text) is not None
        if not within and _PROGRAM.match(text, end):
            continue
        if (span := _name_span(text, start, end, chinese)) is None:
            continue
        start, end = span
        if within:
            if longer := _longer_name(text, span, known, company_id):
                found.append(longer)
            continue
        owner = companies.owner(start, end)
        if owner is None or (owner == company_id and text[start:end].count(" ")):
            name = text[start:end]
            if company_id and _calls_itself(name, company_id):
                continue
            if fold(name) not in owned_words() and _OFFICERS.isdisjoint(name.split(" ")):
                found.append(ScopeMatch(start, end, name, False, "product", company_id))
    return found


def _calls_itself(name: str, company_id: str) -> bool:
    """Whether a name is the first word of the company's own: "Murphy", of Murphy Oil."""
    known = company(company_id)
    return (known.name if known else company_id).startswith(f"{name} ")


def _called_business(text: str, folded: str, found: list[ScopeMatch]) -> list[ScopeMatch]:
    """Find what a text itself calls a business: "our imaging business", "the pet food segment"."""
    called: list[ScopeMatch] = []
    if " " not in folded or _BUSINESS.search(folded) is None:
        return called
    for match in _BUSINESS.finditer(folded):
        words: list[str] = []
        at = match.start()
        for word in reversed(folded[max(0, at - _BUSINESS_REACH) : at].split(" ")[1:]):
            if not _PLAIN_WORD.fullmatch(word) or word in plain_modifiers() or len(words) == 3:
                break
            words.insert(0, word)
            at -= len(word) + 1
        if not words or at < 0 or folded[at : at + 1] != " ":
            continue
        start = at + 1
        if any(m.start < match.end() and start < m.end for m in found):
            continue
        written = text[start : match.start()]
        if not written[0].isupper():
            written = " ".join(word.capitalize() for word in words)
        called.append(ScopeMatch(start, match.end(), written, True, "generic"))
    return called


def _longer_name(
    text: str, span: tuple[int, int], known: list[ScopeMatch], company_id: str | None
) -> ScopeMatch | None:
    """Give the name that goes on from a generic one: Industrial Fastening, Consumer Products."""
    start, end = span
    inside = [m for m in known if start < m.end and m.start < end]
    if len(inside) == 1 and inside[0].owner not in (None, company_id) and " & " in text[start:end]:
        return ScopeMatch(start, end, text[start:end], True, "generic")  # "Fabric & Home"
    if len(inside) != 1 or inside[0].owner is not None or inside[0].kind == "region":
        return None
    if inside[0].start > start and inside[0].end == end:
        return _modified(text, start, inside[0])
    if (
        inside[0].start != start
        or inside[0].end == end
        or (
            _opens_sentence(text, start)
            and (not text[inside[0].end + 1 : inside[0].end + 2].isupper())
        )
    ):
        return None
    behind = find_metrics(fold(text[inside[0].end : end]))
    if any(not match.weak and match.metric.family != "count" for match in behind):
        return None  # "Luxury RevPAR" is no name but Luxury's
    return ScopeMatch(start, end, text[start:end], True, "generic")


def _modified(text: str, start: int, generic: ScopeMatch) -> ScopeMatch | None:
    """Give the name that ends in a generic one: Environmental Services, Well Site Services."""
    if _opens_sentence(text, start) and " " not in text[start : generic.start - 1]:
        return None  # "Growing Services": a word that a sentence opens with
    return ScopeMatch(start, generic.end, text[start : generic.end], True, "generic")


def _name_span(text: str, start: int, end: int, chinese: bool) -> tuple[int, int] | None:
    """Take stop words off both ends of a capitalised sequence; None if no name is left."""
    if _PEOPLE.search(text[max(0, start - 12) : start].lower()):
        return None
    words = text[start:end].split(" ")
    while words and (not words[0] or _idle(words[0])):
        start += len(words.pop(0)) + 1
    while words and (not words[-1] or _idle(words[-1]) or words[-1] in _PARTS):
        end -= len(words.pop()) + 1
    if len(words) > 1 and _opens_sentence(text, start):
        first = words[0]
        if first.endswith("ly") and first not in _NAMES_IN_LY:
            start += len(words.pop(0)) + 1  # "Similarly Trojan grew"
    if not words or len(words) > _LONGEST_NAME:
        return None
    if words[0] in given_names():
        return None
    name = text[start:end]
    if not name[0].isupper():
        return None
    if len(words) == 1:
        if len(name) < 3 and not abbreviates(text, start, end):
            return None
        if not chinese and _opens_sentence(text, start) and not _peculiar(name):
            return (start, end) if heads_figure(text, start, end) else None
    return start, end


def _idle(word: str) -> bool:
    """Whether a capitalised word names nothing by itself."""
    return word in stop_words() or word == "&" or _SHORTHAND.fullmatch(word) is not None


def _peculiar(name: str) -> bool:
    """Whether a single word cannot be an ordinary word with a capital: Trainium2, CoWoS, Alexa+."""
    return name[-1] == "+" or any(c.isdigit() for c in name) or not name[1:].islower()


def _opens_sentence(text: str, start: int) -> bool:
    before = text[max(0, start - 3) : start].rstrip(" ")
    return not before or before[-1] in _SENTENCE_END
