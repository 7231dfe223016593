"""What is counted: from the noun that follows a number to the metric that it is a count of.

The knowledge is in ``counted.tsv`` beside this file.
"""

import re
from dataclasses import dataclass
from functools import cache

from pipeline.lexicon.metrics import Metric, metric
from pipeline.lexicon.table import read_table
from pipeline.patterns import regex


@dataclass(frozen=True, slots=True)
class CountedMatch:
    """The metric of a counted noun, which is ``counted[start:end]``.

    ``unit`` is "count", or the unit that the noun itself gives ("h", "token", "mi"). ``scope`` is
    what the noun narrows the count to, or None. ``weak``: the noun is ambiguous ("locations",
    "人", a bare 家), to be used only where nothing better is near.
    """

    start: int
    end: int
    metric: Metric
    unit: str
    scope: str | None
    weak: bool


_Entry = tuple[Metric, str, str | None, bool]

_LOOKED_AT = 60
_ENGLISH_WORD = regex(r"[a-z0-9][a-z0-9'&+./-]*")
# A noun phrase ends at its sentence's punctuation, or at a word that no noun phrase holds.
_ENGLISH_END = regex(
    r"[^a-z0-9'&+./\- \n]|[.](?= |$)"
    r"|\b(?:and|or|in|on|at|to|for|from|with|by|that|which|who|as|than|across|during|over|under"
    r"|is|are|was|were|be|been|will|would|have|has|had|we|they|it|versus|vs|compared|per|after"
    r"|before|since|through|this|last|year|quarter|today|now|up|down|into|within|out|worldwide)\b"
)
_HEAD_WORDS = frozenset(("of", "our", "the", "its", "their", "more", "new", "these", "those"))
# Words in -s that are no plural noun.
_NOT_PLURAL = frozenset(
    ["sales", "plus", "wireless", "business", "gas", "us", "gross", "express", "various", "always"]
) | frozenset(["previous", "savings", "campus", "status", "bonus", "this", "basis", "across"])
_IRREGULAR = {"people": "people", "staff": "staff", "feet": "foot", "aircraft": "aircraft"}
_CHINESE = regex(r"[\u4e00-\u9fff]")
_CHINESE_LEAD = regex(r"[\s多余来几约的]*")
# Beyond these a Chinese noun no longer belongs to the count before it.
_CHINESE_END = regex(r"[，。、；：,:;()（）“”\"增减升降涨跌达为是由将已至到从及与或同环占超]")
_CHINESE_DISTANCE = 8
_LONGEST_CHINESE = 8


def counted_metric(counted: str) -> CountedMatch | None:
    """Tell what a count is a count of, from the folded text that follows the number.

    >>> counted_metric("paid memberships, 6% more").metric.id
    'subscribers'
    >>> counted_metric("多家企业客户").metric.id
    'customers'
    """
    head = counted[:_LOOKED_AT]
    first = head.lstrip()[:1]
    if not first:
        return None
    if first.isascii() and not _CHINESE.search(head[:12]):
        return _english(head)
    return _chinese(head)


def _english(text: str) -> CountedMatch | None:
    phrases = _english_phrases()
    words = list(_ENGLISH_WORD.finditer(text))
    whole = _whole_phrase(words[:5], phrases)
    if whole is not None:
        return whole
    end = _ENGLISH_END.search(text)
    nouns = [word for word in words if end is None or word.end() <= end.start()]
    while nouns and nouns[0][0] in _HEAD_WORDS:
        nouns.pop(0)
    for index, word in enumerate(nouns):
        singular = _singular(word[0])
        tail = index == len(nouns) - 1
        if singular is None and not tail:
            continue
        found = _longest_to(nouns[: index + 1], singular or word[0], phrases)
        if found is not None:
            return found
        if singular is not None and "'" not in word[0]:
            return None
    return None


def _whole_phrase(words: list[re.Match[str]], phrases: dict[str, _Entry]) -> CountedMatch | None:
    """Look for a phrase that goes on after its noun: "hours of work", "people on staff"."""
    if not words:
        return None
    first = _singular(words[0][0]) or words[0][0]
    for count in range(len(words), 1, -1):
        entry = phrases.get(" ".join([first, *(word[0] for word in words[1:count])]))
        if entry is not None:
            return CountedMatch(words[0].start(), words[count - 1].end(), *entry)
    return None


def _longest_to(
    words: list[re.Match[str]], last: str, phrases: dict[str, _Entry]
) -> CountedMatch | None:
    """Look for the longest phrase that ends with ``words``, the last of them read as ``last``."""
    for first in range(max(0, len(words) - 4), len(words)):
        lead = [word[0] for word in words[first:-1]]
        entry = phrases.get(" ".join([*lead, last]))
        if entry is not None:
            return CountedMatch(words[first].start(), words[-1].end(), *entry)
    return None


def _singular(word: str) -> str | None:
    """Give the singular of a plural noun; None for any other word."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) < 3 or word[-1] != "s" or word in _NOT_PLURAL or word.endswith("ss"):
        return None
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "xes", "sses", "buses")):
        return word[:-2]
    return word[:-1]


def _chinese(text: str) -> CountedMatch | None:
    phrases = _chinese_phrases()
    lead = _CHINESE_LEAD.match(text)
    start = lead.end() if lead else 0
    head = _longest_at(text, start, phrases)
    if head is not None and (head.end - head.start > 1 or text[head.start].isascii()):
        return head
    cut = _CHINESE_END.search(text, start)
    end = min(cut.start() if cut else len(text), start + _CHINESE_DISTANCE)
    # A Chinese noun phrase ends in its head: 900 个非门店岗位 are jobs.
    last: CountedMatch | None = None
    loose: CountedMatch | None = None
    reached = 0
    for position in range(start + 1, end):
        found = _longest_at(text, position, phrases)
        if found is not None and found.end - found.start > 1:
            if not found.weak and found.end > reached:
                last, reached = found, found.end
            loose = loose or found
    return last or head or loose


def _longest_at(text: str, start: int, phrases: dict[str, _Entry]) -> CountedMatch | None:
    for end in range(min(len(text), start + _LONGEST_CHINESE), start, -1):
        entry = phrases.get(text[start:end])
        if entry is not None:
            return CountedMatch(start, end, *entry)
    return None


def _phrases(column: int) -> dict[str, _Entry]:
    phrases: dict[str, _Entry] = {}
    for row in read_table("counted.tsv"):
        name, unit, scope = row[:3]
        named = metric(name)
        if named is None:
            raise ValueError(f"counted.tsv: {name} is no metric; use an id of metrics.tsv")
        for marked in row[column].split("|"):
            words = marked.rstrip("?")
            if words:
                phrases[words] = (named, unit, scope or None, words != marked)
    return phrases


@cache
def _english_phrases() -> dict[str, _Entry]:
    return _phrases(3)


@cache
def _chinese_phrases() -> dict[str, _Entry]:
    return _phrases(4)
