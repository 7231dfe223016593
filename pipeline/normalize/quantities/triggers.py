"""Where a quantity may begin: one pass over the folded text."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from pipeline.lexicon.phrases import Phrases
from pipeline.normalize.quantities.lexicon import alternation, lexicon
from pipeline.normalize.quantities.number import VULGAR
from pipeline.normalize.quantities.numberwords import latin_words, word_end
from pipeline.patterns import compiled_regex, regex

_IDEOGRAPHIC = "\u3000"
_ONLY_AFTER_ARTICLE = ("hundred", "scale", "dozen", "part")
_NEVER_FIRST = ("point", "oh", "o")
_OF_POINTS_AND_COINS = (
    "full", "whole", "basis", "percentage", "point", "couple", "dollar", "buck", "penny", "euro"
)  # fmt: skip
_DIGIT = rf"[0-9]+|[{VULGAR}]"
_DIGITS = frozenset("0123456789")
# The ends of "a" and "per".
_ARTICLE_ENDS = frozenset(("a ", "r "))
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz")
_WORD = regex("[a-z][a-z][a-z]")
# What parts the first word of a wording from the second.
_PARTS = frozenset(" -")
_WEB_SIGN = regex(r"\.(?:com|net|org|cn|io|ai|hk|tw|example)(?![a-z])")
_WEB = regex(
    r"(?:https?://|www\.)[^\s，。、；）】]+"
    r"|[a-z0-9._%+-]{1,64}@[a-z0-9.-]{1,99}"
    r"|[a-z0-9-]{1,64}\.(?:com|net|org|cn|io|ai|tw|example)(?:/[^\s，。、；）】]*)?(?![a-z])"
)


def triggers(folded: str) -> list[tuple[int, str]]:
    """Give the places where a quantity may begin, each with what stands there.

    That is digit; word (a number word in Latin letters), part (the lower half of a fraction after
    an article), point_of ("a point", "a couple of points"), coin ("a dollar twenty", "a penny"),
    point (a decimal without a whole part); worded and band (a band or multiple in words, Latin and
    Chinese); run (a numeral in Chinese characters).
    """
    return triggers_in_each((folded,))[0]


def triggers_in_each(texts: Sequence[str]) -> list[list[tuple[int, str]]]:
    """Give the triggers of each of several folded texts, in a search that goes through all.

    Most texts are short and have none, so that to begin a search takes longer than the search.
    """
    found: list[list[tuple[int, str]]] = [[] for _ in texts]
    latin: list[int] = []
    mixed: list[int] = []
    for number, text in enumerate(texts):
        (latin if text.isascii() else mixed).append(number)
    if latin:
        joined = "\n".join([texts[number] for number in latin])
        _part(_latin_places(joined), texts, latin, _latin_patterns(), found)
    if mixed:
        joined = "\n".join([texts[number] for number in mixed])
        _part(_mixed_places(joined), texts, mixed, _patterns(), found)
    return found


def _part(
    places: list[int],
    texts: Sequence[str],
    numbers: list[int],
    patterns: tuple[re.Pattern[str], re.Pattern[str]],
    found: list[list[tuple[int, str]]],
) -> None:
    """Look at the places that lie in each of the texts with these numbers, which stand in a row."""
    behind, beyond = 0, len(places)
    begin = 0
    for number in numbers:
        text = texts[number]
        end = begin + len(text)
        first = behind
        while behind < beyond and places[behind] < end:
            behind += 1
        if behind > first:
            here = [place - begin for place in places[first:behind]]
            found[number] = _found(text, here, patterns)
        begin = end + 1


def _mixed_places(folded: str) -> list[int]:
    """Give where digits, words or characters of a quantity may begin."""
    places: list[int] = []
    known = word_beginnings()
    for match in _starts().finditer(folded):
        place = match.start()
        if folded[place] not in _LETTERS or folded[place : place + 3] in known:
            places.append(place)
    return places


def _found(
    folded: str, places: list[int], patterns: tuple[re.Pattern[str], re.Pattern[str]]
) -> list[tuple[int, str]]:
    """Look only where a match can begin, which is seldom."""
    behind_article, alone = patterns
    plain = _plain_words()
    found: list[tuple[int, str]] = []
    end = 0
    for place in places:
        if place < end:
            continue
        if folded[place] in _DIGITS:
            found.append((place, "digit"))
            continue
        before = folded[max(0, place - 2) : place]
        behind = word_end(folded, place)
        if folded[place:behind] in plain and before[-1:] not in _LETTERS:
            found.append((place, "word"))
            end = behind
        elif match := (behind_article if before in _ARTICLE_ENDS else alone).match(folded, place):
            found.append((place, match.lastgroup or ""))
            end = match.end()
    return found


def _latin_places(folded: str) -> list[int]:
    """Give where digits begin, and the wordings whose first word and what is behind it stand."""
    places: list[int] = []
    beginnings = _beginnings()
    meanings = beginnings.meanings
    for which, start, end in beginnings.places(folded):
        before = folded[start - 1] if start else ""
        beginning = meanings[which]
        if beginning is None:
            if before not in _DIGITS:
                places.append(start)
        elif before not in _LETTERS and _may_begin(folded, start, end, beginning):
            places.append(start)
    places.sort()
    return places


def _may_begin(folded: str, start: int, end: int, beginning: "_Beginning") -> bool:
    """Whether a wording may begin with this word: most words that some begin with stand alone."""
    behind = folded[end : end + 1]
    if behind in _LETTERS:
        return behind == "f" and folded.startswith("fold", end)
    if beginning.alone or (behind in _PARTS and folded[end + 1 : end + 2] in beginning.second):
        return True
    return folded[max(0, start - 2) : start] in _ARTICLE_ENDS


def web_addresses(folded: str) -> list[tuple[int, int]]:
    """Give the places of links and e-mail addresses, whose digits are no quantities."""
    if (
        "http" in folded
        or "www." in folded
        or "@" in folded
        or ("." in folded and _WEB_SIGN.search(folded) is not None)
    ):
        return [match.span() for match in _WEB.finditer(folded)]
    return []


@cache
def _latin(*, alone: bool = False) -> str:
    """Write what stands in Latin letters; ``alone`` leaves out what only stands behind articles."""
    words = latin_words()
    free = [word for word in words if _stands_alone(word)]
    large = [word for word, entry in words.items() if entry.role in ("hundred", "scale", "dozen")]
    parts = [word for word, entry in words.items() if entry.role == "part"]
    digits = [word for word, entry in words.items() if entry.role == "digit"]
    bands = alternation(band for band in lexicon().bands if band[0].isascii())
    initials = {word[0] for word in (*words, *lexicon().bands) if word[0].isascii()}
    article = r"(?:(?<=^a )|(?<=[^a-z]a )|(?<= per ))"
    of_points_and_coins = (
        rf"|{article}(?P<point_of>(?:full |whole )?(?:basis |percentage )?point(?![a-z])"
        rf"|couple of (?:basis |percentage )?points(?![a-z]))"
        rf"|{article}(?P<coin>(?:dollar|buck|penny|euro)(?![a-z]))"
    )
    large_words = f"|{article}{alternation(large)}"
    of_parts = f"|{article}(?P<part>{alternation(parts)})"
    if alone:
        of_points_and_coins = large_words = of_parts = ""
    return (
        rf"(?P<digit>{_DIGIT})|(?=[{_sorted(initials)}])(?<![a-z])(?:(?P<worded>{bands})"
        rf"{of_points_and_coins}"
        rf"|(?P<word>(?:{alternation(free, inside=True)}{large_words})(?:fold)?(?![a-z]))"
        rf"{of_parts}"
        rf"|(?P<point>point(?= {alternation(digits)})))"
    )


@cache
def _latin_patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Compile what stands behind an article, and elsewhere."""
    return compiled_regex(_latin()), compiled_regex(_latin(alone=True))


@dataclass(slots=True)
class _Beginning:
    """The first word of wordings: it is one ``alone``, or only behind an article.

    Others go on with a blank or a hyphen and one of the letters in ``second``.
    """

    alone: bool = False
    second: frozenset[str] = frozenset()


@cache
def _first_words() -> dict[str, _Beginning]:
    words, bands = latin_words(), lexicon().bands
    found: dict[str, _Beginning] = {}
    for wording in [*words, *bands, *_OF_POINTS_AND_COINS]:
        first, _, rest = wording.partition(" ")
        if not wording.isascii() or not _WORD.match(first):
            continue
        beginning = found.setdefault(first, _Beginning())
        if rest:
            beginning.second |= {rest[0]}
        else:
            beginning.alone |= wording in bands or _stands_alone(wording)
    found["point"].second |= {word[0] for word, entry in words.items() if entry.role == "digit"}
    return found


def _stands_alone(word: str) -> bool:
    """Whether a number may begin with a word that no article precedes."""
    entry = latin_words().get(word)
    return entry is not None and entry.role not in _ONLY_AFTER_ARTICLE and word not in _NEVER_FIRST


@cache
def _plain_words() -> frozenset[str]:
    """Give the number words that begin no other wording: they are sooner looked up than matched."""
    bands = lexicon().bands
    return frozenset(
        word
        for word, beginning in _first_words().items()
        if _stands_alone(word) and not beginning.second and word not in bands
    )


@cache
def _beginnings() -> Phrases[_Beginning | None]:
    """Give the digits and the first words of wordings."""
    beginnings: dict[str, _Beginning | None] = dict.fromkeys(_DIGITS)
    beginnings.update(_first_words())
    return Phrases(beginnings)


@cache
def word_beginnings() -> frozenset[str]:
    """Give how these words begin."""
    return frozenset(word[:3] for word in _first_words())


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    behind_article, alone = (f"{_latin(alone=alone)}|{_chinese()}" for alone in (False, True))
    return compiled_regex(behind_article), compiled_regex(alone)


@cache
def _starts() -> re.Pattern[str]:
    """Compile where digits, Chinese numerals, the words of a band and Latin ones may begin."""
    bands = [band for band in lexicon().bands if not band[0].isascii()]
    initials = "".join(sorted({band[0] for band in bands} - set(_core())))
    after = _sorted(band[1] for band in bands)
    behind_core = _sorted(after, *_behind_core())
    # In the order in which most is told soonest. Digits are taken together.
    return compiled_regex(
        rf"[a-z0-9{VULGAR}{_core()}{initials}]"
        rf"(?:(?<=[0-9])[0-9]*+|(?<![a-z{initials}])(?:(?= {{0,4}}[{behind_core}])|(?<=[{VULGAR}]))"
        rf"|(?=[a-z{after}])(?:(?<![a-z])|(?<![a-z][a-z])(?=[a-z][a-z])))"
    )


@cache
def _chinese() -> str:
    bands = alternation(band for band in lexicon().bands if not band[0].isascii())
    others = _core().replace("一", "")
    behind_others, behind_one = _behind_core()
    return (
        rf"(?P<band>{bands})"
        rf"|(?P<run>[{others}](?= {{0,4}}[{behind_others}])|一(?= {{0,4}}[{behind_one}]))"
    )


def _behind_core() -> tuple[str, str]:
    """Give what stands behind a character of a numeral, and behind 一."""
    known, core = lexicon(), _core()
    units = {unit[0] for unit in known.units if unit[0] > _IDEOGRAPHIC}
    nouns = {noun[0] for noun in known.roles["noun"]} | known.roles["measure"]
    amounts = (unit[0] for unit, entry in known.units.items() if entry.kind != "measure")
    after_one = {char for char in amounts if char > _IDEOGRAPHIC} | set("分点年季天周小到至")
    return _sorted(core, units, nouns, "分点多余来半到至%"), _sorted(core, after_one)


def _core() -> str:
    """Give the characters of Chinese numerals."""
    return "".join(
        char
        for char, entry in lexicon().number_words.items()
        if not char.isascii() and entry.role in ("digit", "hundred", "scale", "few")
    )


def _sorted(*characters: Iterable[str]) -> str:
    return "".join(sorted(set().union(*characters)))
