"""Many phrases at once: all of them, in order, also where a long text is read in pieces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.lexicon import phrases
from pipeline.lexicon.phrases import Phrases


@given(
    st.dictionaries(st.text("ab收入", min_size=1, max_size=4), st.integers(), max_size=8),
    st.text("ab收入 \U0001f600", max_size=60),
)
def test_every_phrase_is_found_by_its_end_the_longest_first(
    meanings: dict[str, int], text: str
) -> None:
    everywhere = [
        (end - length, end, meanings[text[end - length : end]])
        for end in range(1, len(text) + 1)
        for length in range(end, 0, -1)
        if text[end - length : end] in meanings
    ]
    assert Phrases(meanings).find(text) == everywhere
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(phrases, "_PIECE", 7)
        assert Phrases(meanings).find(text) == everywhere


def test_half_of_a_surrogate_pair_is_in_no_phrase() -> None:
    assert Phrases({"收入": 1}).find("\ud800收入") == [(1, 3, 1)]


def test_it_knows_its_phrases() -> None:
    known = Phrases({"收入": 1})
    assert "收入" in known
    assert "支出" not in known
