"""The cheap conditions before rules of language let every text pass that the rule is found in.

Who adds a word to a rule and not to its guard finds it here. Guards that stand before their rules
in the code are read from there (``tests/guards.py``); others are pairs of the table below.
"""

import pkgutil
import re
from collections.abc import Callable

import pytest

import pipeline
from pipeline.extract import reading, setting, spoken
from pipeline.extract.amount import sizes, units
from pipeline.extract.metric import meaning, naming, phrases
from pipeline.extract.scope import apposed, passing, referring
from pipeline.extract.time import asked, modality, prices, wording
from pipeline.normalize.periods import comparisons, head
from pipeline.normalize.quantities import after, number, spans
from pipeline.normalize.quantities.lexicon import lexicon
from pipeline.normalize.quantities.number import ahead
from pipeline.segment import boilerplate, context, introductions, lines, roundup
from tests.guards import guards_in
from tests.matching import texts_matching

STAGES = tuple(f"pipeline.{stage}." for stage in ("segment", "normalize", "extract", "lexicon"))
MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(pipeline.__path__, "pipeline.")
    if module.name.startswith(STAGES) and not module.ispkg and ".refresh" not in module.name
)
# Conditions that keep a rule from texts on purpose.
NARROWING = {
    # What only English or only Chinese is read so.
    "extract.amount.lead._ELLIPSIS: text.isascii() or ';' not in text",
    "extract.confidence._CROWDED: not (text.isascii())",
    "extract.confidence._CROWDED_IN_ENGLISH: text.isascii()",
    "extract.metric.unsaid._MEASURE: text.isascii()",
    "extract.time.comparing._MAY_COMPARE: not (text.isascii())",
    "extract.time.leaving._IS_NOW: text.isascii()",
    "segment.boilerplate._BYLINE: not (text.isascii())",
    "segment.parts._FIGURE: not (ord(text[-1]) <= _LAST_ASCII and text.isascii())",
    "lexicon.table._LATIN: not (text.isascii())",
    # No line begins with a blank, and these names are of so many characters.
    "segment.asking._NAMED: not (text[0] not in '<[(QA')",
    "segment.roundup._HAN: len(text) in _WHOLE_NAME",
}


def told(text: str) -> wording.Wording:
    return wording.Wording(reading.Sentence(0, len(text), text, ()))


def holds(*words: str) -> Callable[[str], bool]:
    return lambda text: any(word in text for word in words)


INITIALS = lexicon().initials


def may_be_margin(text: str) -> bool:
    return ahead(text, text[0] in spans._OPENS_MARGIN) in INITIALS.margins


def may_be_part(text: str) -> bool:
    behind = text[0] == " " and text[1] in number._PART_BEGINS
    return text[0] in number._BEFORE_PART or behind


# A rule, and what has to be so of each text that it is found in.
GUARDED = [
    (asked._WONDERED, lambda text: told(text).asks),
    (modality._REVISED, lambda text: told(text).guides),
    (modality._SUPPOSES, lambda text: told(text).supposes),
    (prices._THEN, lambda text: told(text).points_back),
    (naming._WHERE, holds(*naming._BEFORE_PLACES)),
    (setting._LABEL, holds(*setting._LABEL_ENDS)),
    (apposed._APPOSED, lambda text: apposed._EXPLAINS.match(text, text.find(","))),
    (phrases._AUTHORIZED, holds(*phrases._AUTHORITY)),
    (phrases._OF_CAPACITY, holds(*phrases._CAPACITY)),
    (roundup._APPOSED, holds(*roundup._ARTICLES)),
    (introductions._ASKING, holds(*introductions._ASKING_WORDS)),
    (introductions._ASKING, holds(*introductions._ASKING_OPENINGS)),
    (context._DAY, lambda text: not text.isascii() or list(context._days(text))),
    (after._scale_pattern(), lambda text: ahead(text, 0) in INITIALS.scales | after._BEFORE_SCALE),
    (after._more_pattern(), lambda text: ahead(text, 0) in after._BEGINS_MORE),
    (after._hedges_after(), lambda text: ahead(text, 0) in INITIALS.hedges_after),
    (number._MIXED, may_be_part),
    (spans._margin(), may_be_margin),
    (spans._opening(), holds(*spans._opening_words())),
    *((rule, passing._is_led_past) for rule, _ in passing._LEADING_PAST),
    *((rule, holds(letter)) for letter, rule, _ in units._SCALES),
]
# Rules that begin with a set of signs: what follows it has to begin with one of them.
SIGNS_FIRST = [
    passing._NO_BUSINESS, spoken._BEGINS, units._CONVERTED, meaning._SCALED, referring._POINTED,
    setting._OUTLOOK, head._DAY, boilerplate.FIGURE,
]  # fmt: skip
_SIGNS_AHEAD = re.compile(r"\(\?=(?:\[(?:[^\]\\]|\\.)+\]|[a-z|' \[\]]+)\)(?=\(\?:)")
_SIGNS_TAKEN = re.compile(r"^\[[^\]]+\](?=\(\?:\(\?<=)")


def opening_of(one: object) -> str:
    return getattr(one, "pattern", "")[:24]


@pytest.mark.parametrize("name", MODULES)
def test_guards_in_the_code_let_pass_what_their_rules_are_found_in(name):
    for guard in guards_in(name):
        if str(guard).removeprefix("pipeline.") not in NARROWING:
            texts = texts_matching(guard.rule.pattern, guard.rule.flags)
            assert not list(guard.kept_out(texts))[:3], guard


def test_what_narrows_its_rule_still_stands_in_the_code():
    named = {str(guard).removeprefix("pipeline.") for name in MODULES for guard in guards_in(name)}
    assert named >= NARROWING


@pytest.mark.parametrize(("rule", "guard"), GUARDED, ids=opening_of)
def test_guards_of_the_table_let_pass_what_their_rules_are_found_in(rule, guard):
    found = [text for text in texts_matching(rule.pattern, rule.flags) if rule.search(text)]
    assert found
    assert not [text for text in found if not guard(text)][:3]


@pytest.mark.parametrize("rule", SIGNS_FIRST, ids=opening_of)
def test_what_follows_a_set_of_signs_begins_with_one_of_them(rule):
    pattern = _SIGNS_AHEAD.sub("", rule.pattern)
    if _SIGNS_TAKEN.match(pattern):
        pattern = _SIGNS_TAKEN.sub("", pattern).replace("(?<=", "(?:")
    assert pattern != rule.pattern
    without = re.compile(pattern, rule.flags)
    found = [text for text in texts_matching(pattern, rule.flags) if without.search(text)]
    assert found
    assert not [text for text in found if not rule.search(text)][:3]


def test_sentences_end_where_the_rule_says_so():
    rule = reading._SENTENCE_END
    for text in texts_matching(rule.pattern, rule.flags):
        if text[:1] in reading._ENDS:
            found = rule.match(text)
            assert reading._end_at(text, 0) == (found.end() if found else 0), text


def test_usual_words_of_scale_are_words_of_scale():
    assert all(sizes._SCALED.search(word) for word in sizes._USUAL)


def test_comparisons_are_looked_for_by_the_language_they_begin_in():
    _, english, chinese = comparisons._cues()
    for rule, is_chinese in ((english, False), (chinese, True)):
        found = [text for text in texts_matching(rule.pattern, rule.flags) if rule.match(text)]
        assert found
        assert all((text[0] >= comparisons._HAN) is is_chinese for text in found)


def test_every_blank_may_be_one():
    assert all(lines.may_be_blank(ord(blank)) for blank in lines.BLANK)
