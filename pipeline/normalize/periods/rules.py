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

from pipeline.normalize.periods.resolve import SUFFIXES, VERBS
from pipeline.patterns import regex

_TOKEN = regex(r"\[[^\]]*\]|\{(?P<slot>[a-z]+)(?P<second>2?)(?P<form>:[a-z]+)?\}| \?| ")
_UNKNOWN_NAME = regex(r"<[A-Z0-9]+>")
_NO_DIGITS = regex(r"[^0-9]+")
_BLANKS = {"en": (r"[\s-]{0,3}", r"[\s-]{1,3}")}
_OPTIONAL_BLANKS = (r"\s{0,2}", r"\s{0,2}")
_EDGES = {
    "any": (r"(?=['0-9fhlpqty])(?<![a-z0-9])(?<![0-9][.,])(?:", r")(?![a-z0-9]|[.,][0-9])"),
    "en": (r"(?=[a-z0-9])(?<![a-z0-9])(?:", r")(?![a-z0-9])"),
    # A number in front that goes on into the expression would be cut in two: 19 月, 十二月, i6 月.
    "zh": (r"(?:(?<![0-9a-z.十百千万亿])(?<![0-9],)|(?![0-9一二三四五六七八九十]))(?:", ")"),
}
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


@dataclass(frozen=True, slots=True)
class Section:
    """Rules that are tried around a trigger: ``before`` characters to its left, ``after`` right.

    ``rules`` go by the number of the outer group that their alternative has in ``pattern``, which
    is compiled when its trigger is first met: that takes longer than to read a short transcript.
    """

    language: str
    trigger: re.Pattern[str]
    before: int
    after: int
    pattern: str
    rules: dict[int, Rule]
    values: dict[str, dict[str, int]]

    def matches(self, text: str) -> Iterator[re.Match[str]]:
        """Give the matches of the rules in folded text, left to right."""
        windows: list[list[int]] = []
        for hit in self.trigger.finditer(text):
            start, end = hit.span()
            # Windows that touch are one, so that no expression is cut.
            if windows and start - self.before <= windows[-1][1]:
                windows[-1][1] = end + self.after
            else:
                windows.append([max(0, start - self.before), end + self.after])
        if windows:
            regex = _compiled(self.pattern)
            for start, end in windows:
                yield from regex.finditer(text, start, end)

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
        known = self.values[vocabulary].get(" ".join(words.replace("-", " ").split()))
        if known is not None:
            return known
        digits = _NO_DIGITS.sub("", words)
        if not digits:
            return None
        value = int(digits)
        return value + 2000 if vocabulary.startswith("year") and value < 100 else value


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


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
    return tuple(_section(language, *both) for both in zip(heads, bodies, strict=True))


def _section(language: str, head: list[str], body: list[tuple[str, list[str]]]) -> Section:
    alternatives: list[str] = []
    rules: dict[int, Rule] = {}
    group = 1
    for where, columns in body:
        pattern, slots = _alternative(columns[0], language)
        if unknown := _UNKNOWN_NAME.search(pattern):
            raise ValueError(f"{where}: {unknown[0]} is not defined by a line @NAME above")
        rules[group] = _rule(where, [*columns, "", ""], slots)
        alternatives.append(f"({pattern})")
        group += 1 + len(slots)
    _, trigger, before, after, *starts = head
    left, right = _EDGES[language]
    return Section(
        language,
        re.compile(_alternative(trigger, language)[0]),
        int(before),
        int(after),
        "".join(f"(?={first})" for first in starts) + left + "|".join(alternatives) + right,
        rules,
        _vocabulary(language),
    )


# "Versus a very strong second quarter", "over what was a record, COVID-impacted 2021".
_DESCRIBED = (
    "(?: an?| what was an?)?(?: (?:very|so|already|unusually|extremely|particularly|exceptionally"
    "|relatively|really|quite|more|strong(?:er)?|tough(?:er)?|difficult|challenging|weak(?:er)?"
    "|soft(?:er)?|eas(?:y|ier)|robust|record|exceptional|outstanding|high|low|elevated|depressed"
    "|solid|stellar|great|good|poor|normal|normalized|entire|comparable|historic"
    "|[a-z]+-(?:impacted|affected|depressed|era|high|low|driven|pandemic|covid)),?){0,4}"
)


@cache
def relation_cues(side: str) -> tuple[re.Pattern[str], dict[int, str]]:
    """Compile the words ``before`` or ``after`` an expression; relations by group number."""
    patterns: list[str] = []
    relations: dict[int, str] = {}
    for _, (_, beside, relation, pattern) in _lines("relations.tsv"):
        if beside == side:
            relations[len(relations) + 1] = relation
            whole = pattern.replace("<described>", _DESCRIBED)
            patterns.append(f"({whole.replace(' ', '[ -]')})")
    cues = "|".join(patterns)
    if side == "before":
        return re.compile(rf"(?:(?<![a-z])|(?=[^a-z]))(?:{cues})\s{{0,2}}$"), relations
    return re.compile(rf"\s{{0,2}}(?:{cues})(?![a-z])"), relations


def _rule(where: str, columns: list[str], slots: list[tuple[str, str, int]]) -> Rule:
    verb, *rest = columns[1].split()
    number = next((int(part) for part in rest if part.lstrip("+-").isdigit()), 0)
    suffix = next((part for part in rest if part in SUFFIXES), "")
    if verb not in VERBS or len(rest) != (suffix != "") + any(c.isdigit() for c in columns[1]):
        raise ValueError(f"{where}: unknown expression {columns[1]!r}; see resolve.VERBS")
    return Rule(verb, number, suffix, columns[2], columns[3], tuple(slots))


def _alternative(pattern: str, language: str) -> tuple[str, list[tuple[str, str, int]]]:
    slots: list[tuple[str, str, int]] = []
    optional, between = _BLANKS.get(language, _OPTIONAL_BLANKS)

    def expand(token: re.Match[str]) -> str:
        if token["slot"]:
            vocabulary = token["slot"] + (token["form"] or "")
            slots.append((token["slot"] + token["second"], vocabulary, len(slots) + 1))
            return f"({_surfaces(language)[vocabulary]})"
        return {" ?": optional, " ": between}.get(token[0], token[0])

    compiled = _TOKEN.sub(expand, pattern)
    return compiled, slots


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
    return {slot: "|".join(surfaces) for slot, surfaces in patterns.items()}


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
