"""What is looked for only where it can begin is found everywhere."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.normalize.periods import comparisons, rules
from pipeline.normalize.periods.openings import openings

LANGUAGES = ("any", "en", "zh")
PIECES = st.lists(
    st.sampled_from(
        ["year", " ", "-", "quarter", "q", "1", "2", "202", "19", "'2", "e", "h", "fy", "half",
         "same", "period", "time", "may", "sept", "end", "twenty ", "to", "date", "so", "far",
         "over", "the ", "prior ", "last ", "from ", "a ", "ago", "on ", "vs", ".", "y/y", "年",
         "季", "月", "第", "三", "近", "个", "之内", "同比", "环比", "较", "去", "期", "累计", "\n"]
    ),
    max_size=14,
).map("".join)  # fmt: skip


@pytest.mark.parametrize(
    ("pattern", "longest", "beginnings"),
    [
        ("year|quarter", 2, {"ye", "qu"}),
        ("(?:the )?[a-c]x", 3, {"the", "ax", "bx", "cx"}),
        ("[1-4]q(?![0-9])", 5, {"1q", "2q", "3q", "4q"}),
        ("(?<![a-z])l[yq]", 5, {"ly", "lq"}),
        ("ab+c", 5, {"ab"}),
        ("ab??c", 5, {"abc", "ac"}),
        ("ab{0,2}c", 5, {"ab", "ac"}),
        ("(a|b(?:c|d))e", 5, {"ae", "bce", "bde"}),
        (r"vs\.?[^a]", 5, {"vs"}),
        ("[x-]y", 5, {"xy", "-y"}),
        (r"a[^\s]", 5, {"a"}),
    ],
)
def test_openings(pattern: str, longest: int, beginnings: set[str]) -> None:
    assert openings(pattern, longest) == beginnings


def test_a_blank_in_a_class_is_any_blank() -> None:
    found = openings(r"a[\s-]b", 5)
    assert {"a b", "a-b", "a\nb", "a\u3000b"} <= found
    assert all(len(one) == 3 and (one[1] == "-" or one[1].isspace()) for one in found)


@given(PIECES)
def test_rules_are_tried_where_they_can_match(text: str) -> None:
    for section in (section for language in LANGUAGES for section in rules.sections(language)):
        left, right = rules._EDGES[section.language]
        left = "".join(f"(?={first})" for first in section._starts) + left
        known = section._choices_in(text, 0, len(text))
        for place in range(len(text)):
            met = [choice for start, _, choice in known.find(text[place:]) if start == 0]
            tried = set(met[-1].rules.values()) if met else set()
            for rule, _, pattern in section._body:
                if rule not in tried:
                    assert not re.compile(left + pattern + right).match(text, place)


@pytest.mark.parametrize("pattern", ["", "a?", ".x", r"\w+", "[^a]b", "(?=a)"])
def test_what_can_begin_with_anything_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="can begin with anything"):
        openings(pattern, 1)


@given(PIECES)
def test_triggers_are_found_where_they_can_begin(text: str) -> None:
    met = {id(section): places for section, places in rules.sections_met(text, LANGUAGES)}
    for section in (section for language in LANGUAGES for section in rules.sections(language)):
        found = list(section.trigger.finditer(text))
        everywhere = section._windows(text, [each.start() for each in found])
        assert section._windows(text, met.get(id(section), [])) == everywhere
        for each in found:
            assert section._lengths.get(each[0][0], len(each[0])) == len(each[0])


@given(PIECES)
def test_comparisons_are_found_where_they_can_begin(text: str) -> None:
    _, *patterns = comparisons._cues()
    everywhere = sorted(found.span() for each in patterns for found in each.finditer(text))
    assert [(start, end) for start, end, _ in comparisons.comparisons_in(text)] == everywhere
