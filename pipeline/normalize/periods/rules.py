"""The rule files of this folder, compiled: one regular expression a language.

A rule is a line ``pattern<TAB>expression<TAB>relation<TAB>guard``. The pattern is a regular
expression in which ``{slot}`` stands for the words or digits that ``words.tsv`` lists for the slot,
``<NAME>`` for what a line ``@NAME`` defined, and a space for the blanks (in English also hyphens)
between words. The expression (``quarter -1``) is what :mod:`pipeline.normalize.periods.resolve`
works out. A new wording is a new line; no code changes.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import chain
from typing import NamedTuple

from pipeline.lexicon.phrases import Phrases
from pipeline.normalize.periods.openings import Openings, openings, read
from pipeline.normalize.periods.resolve import SUFFIXES, VERBS
from pipeline.patterns import compiled_regex, regex

_TOKEN = regex(r"\[[^\]]*\]|\{(?P<slot>[a-z]+)(?P<second>2?)(?P<form>:[a-z]+)?\}| \?| ")
_UNKNOWN_NAME = regex(r"<[A-Z0-9]+>")
# What makes a pattern more than a choice of characters in a row.
_NOT_PLAIN = regex(r"[\\()?*+{}.^$]")
_IN_WORD = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")
_MANY_LETTERS = 20
_NO_DIGITS = regex(r"[^0-9]+")
_BLANKS = {"en": (r"[\s-]{0,3}", r"[\s-]{1,3}")}
_OPTIONAL_BLANKS = (r"\s{0,2}", r"\s{0,2}")
_EDGES = {
    "any": (r"(?=['0-9fhlpqty])(?<![a-z0-9])(?<![0-9][.,])(?:", r")(?![a-z0-9]|[.,][0-9])"),
    "en": (r"(?=[a-z0-9])(?<![a-z0-9])(?:", r")(?![a-z0-9])"),
    # A number in front that goes on into the expression would be cut in two: 19 月, 十二月, i6 月.
    "zh": (r"(?:(?<![0-9a-z.十百千万亿])(?<![0-9],)|(?![0-9一二三四五六七八九十]))(?:", ")"),
}
HAN = "\u2e80"
# So much of a trigger tells where it stands; of rules, which have many slots, less is read.
_LONGEST_BEGINNING = 5
_LONGEST_START = {"any": 2, "en": 3, "zh": 2}
_FILES = {"any": "symbols.tsv", "en": "en.tsv", "zh": "zh.tsv"}


@dataclass(frozen=True, slots=True)
class Rule:
    """What a matched alternative means: a verb with its number, a relation, a guard."""

    verb: str
    number: int
    suffix: str
    relation: str
    guard: str
    slots: tuple[tuple[str, str, int], ...]
    """Of each slot in the pattern: its name, its vocabulary, and the offset of its group."""


class _Alternative(NamedTuple):
    """A pattern, the number of groups in it, and how its matches can begin."""

    pattern: str
    groups: int
    beginnings: set[str]


class Choice:
    """Rules whose matches can begin with the same characters; of two the first one counts.

    ``pattern`` is None until it is compiled; ``rules`` are by the number of their group in it.
    """

    __slots__ = ("_source", "pattern", "rules")

    def __init__(self, left: str, rules: list[tuple[Rule, str]], right: str) -> None:
        self.pattern: re.Pattern[str] | None = None
        self.rules: dict[int, Rule] = {}
        group = 1
        for rule, _ in rules:
            self.rules[group] = rule
            group += 1 + len(rule.slots)
        self._source = left + "|".join(f"({pattern})" for _, pattern in rules) + right

    def compiled(self) -> re.Pattern[str]:
        """Compile them, as is done when one of their beginnings is first met."""
        pattern = self.pattern = compiled_regex(self._source)
        return pattern


class Section:
    """Rules that are tried around a trigger: ``before`` characters to its left, ``after`` right.

    A match of the trigger begins with one of ``beginnings``.
    """

    def __init__(self, language: str, head: list[str], body: list[tuple[str, list[str]]]) -> None:
        _, trigger, before, after, *starts = head
        trigger = _expanded(trigger, language)[0]
        self.language = language
        self.trigger = compiled_regex(trigger)
        self.beginnings = openings(trigger, _LONGEST_BEGINNING)
        self._lengths = _lengths(trigger, self.beginnings)
        self._before, self._after = int(before), int(after)
        self._starts = starts
        self._body = [_rule(where, columns, language) for where, columns in body]
        self._openings: list[set[str]] = []
        self._loose: re.Pattern[str] | None = None
        self._choices: dict[bool, Phrases[Choice]] = {}
        self._values = _vocabulary(language)

    def matches(self, text: str, places: list[int]) -> list[tuple[re.Match[str], Rule]]:
        """Give the matches of the rules in folded text; ``places`` are those of beginnings."""
        windows = self._windows(text, places)
        matches: list[tuple[re.Match[str], Rule]] = []
        if not windows:
            return matches
        whole_words = self.language != "zh"
        for first, end in windows:
            choices = self._choices_in(text, first, end)
            meanings = choices.meanings
            reached = first
            met: dict[int, Choice] = {}
            for which, start, _ in choices.places(text[first:end]):
                place = first + start
                if not (whole_words and place and text[place - 1] in _IN_WORD):
                    # Of those that begin at one place the longest comes last.
                    met[place] = meanings[which]
            for place in sorted(met):
                if place < reached:
                    continue
                choice = met[place]
                pattern = choice.pattern or choice.compiled()
                if match := pattern.match(text, place, end):
                    reached = match.end()
                    matches.append((match, choice.rules[match.lastindex or 0]))
        return matches

    def _windows(self, text: str, places: list[int]) -> list[tuple[int, int]]:
        windows: list[tuple[int, int]] = []
        reached = 0
        for place in sorted(places):
            if place < reached:
                continue
            if text[place] in self._lengths:
                reached = place + self._lengths[text[place]]
            elif hit := self.trigger.match(text, place):
                reached = hit.end()
            else:
                continue
            start, end = max(0, place - self._before), reached + self._after
            # Windows that touch are one, so that no expression is cut.
            if windows and place - self._before <= windows[-1][1]:
                start = windows.pop()[0]
            windows.append((start, end))
        return windows

    def _choices_in(self, text: str, first: int, end: int) -> Phrases[Choice]:
        """Give the choices for a window.

        Rules that any word can open would be tried at all of its words: they are left out unless
        one of them matches somewhere in it.
        """
        firm = self._choices.get(False) or self.choices(loose=False)
        if self._loose is None or self._loose.search(text, first, end) is None:
            return firm
        return self.choices()

    def choices(self, *, loose: bool = True) -> Phrases[Choice]:
        """Give how matches of the rules can begin, and for each the rules that can begin so.

        Of several beginnings at a place the longest has the rules of all of them. That is read off
        the rules when the trigger is first met: to do so for all takes longer than to read a short
        transcript. Without ``loose`` ones the rules that any word can open are left out.
        """
        if loose not in self._choices:
            self._read_openings()
            owners: dict[str, set[int]] = {}
            for place, each in enumerate(self._openings):
                if loose or not _any_word(each):
                    for beginning in map(self._told, each):
                        if self._begins(beginning):
                            owners.setdefault(beginning, set()).add(place)
            left, right = self._edges()
            known: dict[tuple[int, ...], Choice] = {}
            choices: dict[str, Choice] = {}
            for beginning in owners:
                places = tuple(sorted(_owners_of(beginning, owners)))
                if places not in known:
                    rules = [self._body[place] for place in places]
                    alike = [(rule, pattern) for rule, _, pattern in rules]
                    known[places] = Choice(left, alike, right)
                choices[beginning] = known[places]
            self._choices[loose] = Phrases(choices)
        return self._choices[loose]

    def _read_openings(self) -> None:
        """Read how the match of each rule can begin, and put those that any word opens together."""
        if self._openings:
            return
        longest, slots = _LONGEST_START[self.language], _stand_ins(self.language)[1]
        self._openings = [
            openings(_expanded(source, self.language, short=True)[0], longest, slots)
            for _, source, _ in self._body
        ]
        both = zip(self._body, self._openings, strict=True)
        opened = [pattern for (_, _, pattern), each in both if _any_word(each)]
        if opened:
            left, right = self._edges()
            self._loose = compiled_regex(left + "|".join(opened) + right)

    def _edges(self) -> tuple[str, str]:
        left, right = _EDGES[self.language]
        return "".join(f"(?={first})" for first in self._starts) + left, right

    def _told(self, beginning: str) -> str:
        """Give what is looked for of a beginning: of English numbers no blanks, which are many."""
        numeric = self.language == "en" and beginning[0].isdigit()
        return beginning.rstrip() if numeric else beginning

    def _begins(self, beginning: str) -> bool:
        """Whether a match may begin so: it has to begin as all of the section's do."""
        return not self._starts or re.match(self._starts[0], beginning) is not None

    def slots_of(self, found: re.Match[str], rule: Rule) -> dict[str, int] | None:
        """Read the numbers in the slots that took part in a match; None if one holds no number."""
        outer = found.lastindex or 0
        read = {}
        for name, vocabulary, group in rule.slots:
            words = found[outer + group]
            if words is not None:
                value = self._value(vocabulary, words)
                if value is None:
                    return None
                read[name] = value
        return read

    def _value(self, vocabulary: str, words: str) -> int | None:
        said = words if words.isalnum() else " ".join(words.replace("-", " ").split())
        known = self._values[vocabulary].get(said)
        if known is not None:
            return known
        digits = words if words.isdigit() and words.isascii() else _NO_DIGITS.sub("", words)
        if not digits:
            return None
        value = int(digits)
        return value + 2000 if vocabulary.startswith("year") and value < 100 else value


def _any_word(beginnings: set[str]) -> bool:
    """Whether nearly every letter is a beginning by itself."""
    return sum(one in _IN_WORD and one.isalpha() for one in beginnings) >= _MANY_LETTERS


def _lengths(trigger: str, beginnings: set[str]) -> dict[str, int]:
    """Give by its first character how long a match is, where the beginnings are all of a trigger.

    None of these has then to be matched once more.
    """
    lengths = {one[0]: len(one) for one in beginnings}
    whole = _NOT_PLAIN.search(trigger) is None and all(
        len(one) == lengths[one[0]] and re.fullmatch(trigger, one) for one in beginnings
    )
    return lengths if whole else {}


def _owners_of(beginning: str, owners: dict[str, set[int]]) -> set[int]:
    """Give the owners of the beginnings that a beginning begins with, and its own."""
    ways = (beginning[:length] for length in range(1, len(beginning) + 1))
    return set().union(*(owners.get(way, ()) for way in ways))


def _either(alternatives: list[_Alternative]) -> tuple[str, dict[int, int]]:
    """Put a group around each alternative; give its place in the list by the group's number.

    Those that begin with the same characters stand together behind a look at these. Of two that can
    match at one place the first stays the first.
    """
    blocks: list[list[int]] = []
    initials_of = [{one[0] for one in each.beginnings} for each in alternatives]
    for place, initials in enumerate(initials_of):
        block: list[int] = []
        for earlier in reversed(blocks):
            known = initials_of[earlier[0]]
            if known == initials:
                block = earlier
            if not known.isdisjoint(initials):
                break
        if not block:
            blocks.append(block)
        block.append(place)
    places: dict[int, int] = {}
    group = 1
    for place in chain.from_iterable(blocks):
        places[group] = place
        group += 1 + alternatives[place].groups
    either = (
        f"(?=[{''.join(map(re.escape, sorted(initials_of[block[0]])))}])"
        f"(?:{'|'.join(f'({alternatives[place].pattern})' for place in block)})"
        for block in blocks
    )
    return "|".join(either), places


@cache
def _beginnings(languages: tuple[str, ...]) -> tuple[list[Section], Phrases[list[int]]]:
    """Give the sections of some languages, and how the trigger of each can begin."""
    known = [section for language in languages for section in sections(language)]
    owners: dict[str, list[int]] = {}
    for number, section in enumerate(known):
        for beginning in section.beginnings:
            owners.setdefault(beginning, []).append(number)
    return known, Phrases(owners)


def sections_met(folded: str, languages: tuple[str, ...]) -> list[tuple[Section, list[int]]]:
    """Give the sections whose triggers may stand in a text, in order, each with the places."""
    known, beginnings = _beginnings(languages)
    places: dict[int, list[int]] = {}
    meanings = beginnings.meanings
    for which, start, _ in beginnings.places(folded):
        for owner in meanings[which]:
            places.setdefault(owner, []).append(start)
    return [(known[owner], places[owner]) for owner in sorted(places)]


@cache
def sections(language: str) -> tuple[Section, ...]:
    """Compile the rules of ``en``, ``zh`` or ``any`` (what both write alike).

    Raises ValueError, naming file and line, for a rule that cannot be read.
    """
    definitions: dict[str, str] = {}
    heads: list[list[str]] = []
    bodies: list[list[tuple[str, list[str]]]] = []
    for where, columns in _lines(_FILES[language]):
        for name, meaning in definitions.items():
            columns[0 if columns[0][0] != "@" else 1] = columns[
                0 if columns[0][0] != "@" else 1
            ].replace(f"<{name}>", meaning)
        if columns[0].startswith("@"):
            definitions[columns[0][1:]] = columns[1]
        elif columns[0].startswith("%"):
            heads.append(columns)
            bodies.append([])
        else:
            bodies[-1].append((where, columns))
    return tuple(Section(language, *both) for both in zip(heads, bodies, strict=True))


# "Versus a very strong second quarter", "over what was a record, COVID-impacted 2021".
_DESCRIBED = (
    "(?: an?| what was an?)?(?: (?:very|so|already|unusually|extremely|particularly|exceptionally"
    "|relatively|really|quite|more|strong(?:er)?|tough(?:er)?|difficult|challenging|weak(?:er)?"
    "|soft(?:er)?|eas(?:y|ier)|robust|record|exceptional|outstanding|high|low|elevated|depressed"
    "|solid|stellar|great|good|poor|normal|normalized|entire|comparable|historic"
    "|[a-z]+-(?:impacted|affected|depressed|era|high|low|driven|pandemic|covid)),?){0,4}"
)


class Cues(NamedTuple):
    """Words beside an expression: their pattern, relations by group number, Chinese characters.

    The characters are all that stand in the words.
    """

    pattern: re.Pattern[str]
    relations: dict[int, str]
    characters: frozenset[str]


@cache
def relation_cues() -> tuple[Cues, Phrases[None], Cues]:
    """Give the words before an expression, how they can begin, and the words after it."""
    patterns = (pattern for _, pattern in _cues("before"))
    beginnings = {one: None for each in patterns for one in openings(each, _LONGEST_BEGINNING)}
    return _compiled_cues("before"), Phrases(beginnings), _compiled_cues("after")


def _compiled_cues(side: str) -> Cues:
    cues = [
        _Alternative(pattern, 0, openings(pattern, _LONGEST_BEGINNING))
        for _, pattern in _cues(side)
    ]
    either, places = _either(cues)
    relations = {group: _cues(side)[place][0] for group, place in places.items()}
    pattern = rf"\s{{0,2}}(?:{either})(?![a-z])"
    if side == "before":
        pattern = rf"(?:(?<![a-z])|(?=[^a-z]))(?:{either})\s{{0,2}}$"
    characters = frozenset(one for each in cues for one in each.pattern if one > HAN)
    return Cues(compiled_regex(pattern), relations, characters)


@cache
def _cues(side: str) -> list[tuple[str, str]]:
    """Give each relation with its pattern."""
    return [
        (relation, pattern.replace("<described>", _DESCRIBED).replace(" ", "[ -]"))
        for _, (_, beside, relation, pattern) in _lines("relations.tsv")
        if beside == side
    ]


def _rule(where: str, columns: list[str], language: str) -> tuple[Rule, str, str]:
    """Read a line; give its pattern too, as written and as a regular expression."""
    pattern, slots = _expanded(columns[0], language)
    if unknown := _UNKNOWN_NAME.search(pattern):
        raise ValueError(f"{where}: {unknown[0]} is not defined by a line @NAME above")
    relation, guard = [*columns, "", ""][2:4]
    verb, *rest = columns[1].split()
    number = next((int(part) for part in rest if part.lstrip("+-").isdigit()), 0)
    suffix = next((part for part in rest if part in SUFFIXES), "")
    if verb not in VERBS or len(rest) != (suffix != "") + any(c.isdigit() for c in columns[1]):
        raise ValueError(f"{where}: unknown expression {columns[1]!r}; see resolve.VERBS")
    return Rule(verb, number, suffix, relation, guard, tuple(slots)), columns[0], pattern


def _expanded(
    pattern: str, language: str, *, short: bool = False
) -> tuple[str, list[tuple[str, str, int]]]:
    """Expand a pattern and list its slots, for each of which ``short`` gives one character."""
    slots: list[tuple[str, str, int]] = []
    optional, between = _BLANKS.get(language, _OPTIONAL_BLANKS)

    def expand(token: re.Match[str]) -> str:
        if token["slot"]:
            vocabulary = token["slot"] + (token["form"] or "")
            slots.append((token["slot"] + token["second"], vocabulary, len(slots) + 1))
            return (_stand_ins(language)[0] if short else _surfaces(language))[vocabulary]
        return {" ?": optional, " ": between}.get(token[0], token[0])

    return _TOKEN.sub(expand, pattern), slots


@cache
def _surfaces(language: str) -> dict[str, str]:
    """Give the regular expression of each slot: its pattern if it has one, else its words."""
    between = _BLANKS.get(language, _OPTIONAL_BLANKS)[1]
    words: dict[str, list[str]] = {}
    patterns: dict[str, list[str]] = {}
    for _, (spoken, slot, surface, value) in _lines("words.tsv"):
        if spoken not in (language, "any"):
            continue
        if surface == "pattern":
            patterns.setdefault(slot, []).append(value.replace(" ", between))
        elif surface.startswith("/"):
            patterns.setdefault(slot, []).append(surface[1:-1])
        else:
            words.setdefault(slot, []).append(surface.replace(" ", between))
    spelled = {slot for _, (_, slot, surface, _) in _lines("words.tsv") if surface == "pattern"}
    for slot, surfaces in words.items():
        if slot not in spelled:
            patterns.setdefault(slot, []).extend(sorted(surfaces, key=len, reverse=True))
    return {slot: f"({'|'.join(surfaces)})" for slot, surfaces in patterns.items()}


@cache
def _stand_ins(language: str) -> tuple[dict[str, str], dict[str, Openings]]:
    """Give each slot a character of its own, and how what stands for it can begin."""
    characters = {slot: chr(0xE000 + n) for n, slot in enumerate(_surfaces(language))}
    return characters, {
        characters[slot]: read(surface, _LONGEST_START[language])
        for slot, surface in _surfaces(language).items()
    }


@cache
def _vocabulary(language: str) -> dict[str, dict[str, int]]:
    values: dict[str, dict[str, int]] = {}
    for _, (spoken, slot, surface, value) in _lines("words.tsv"):
        if spoken in (language, "any"):
            known = values.setdefault(slot, {})
            if value.isdigit():
                known[surface] = int(value)
    return values


def _lines(name: str) -> Iterator[tuple[str, list[str]]]:
    table = files("pipeline.normalize.periods").joinpath(name).read_text(encoding="utf-8")
    for number, line in enumerate(table.splitlines(), start=1):
        if line and not line.startswith("#"):
            columns = line.split("\t")
            if len(columns) < 2:
                raise ValueError(f"{name}:{number}: expected at least two columns, got {line!r}")
            yield f"{name}:{number}", columns
