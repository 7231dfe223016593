from hypothesis import given
from hypothesis import strategies as st

from pipeline.page.pieces import pieces

TEXTS = st.text(alphabet="ab\n<&五", max_size=40)
PLACES = st.integers(min_value=-5, max_value=50)


@given(TEXTS, st.lists(st.tuples(PLACES, PLACES), max_size=12), st.lists(PLACES, max_size=6))
def test_joined_the_pieces_are_the_text_and_each_knows_what_covers_it(
    text: str, spans: list[tuple[int, int]], edges: list[int]
) -> None:
    found = list(pieces(text, spans, edges))

    assert "".join(piece.text for piece in found) == text
    opened: list[int] = []
    for piece in found:
        assert piece.text == text[piece.start : piece.start + len(piece.text)]
        opened.extend(piece.opens)
        for at in range(piece.start, piece.start + len(piece.text)):
            covering = {n for n, (start, end) in enumerate(spans) if start <= at < end}
            assert set(piece.spans) == covering
        assert not any(piece.start < edge < piece.start + len(piece.text) for edge in edges)
    visible = {n for n, (a, b) in enumerate(spans) if max(a, 0) < min(b, len(text))}
    assert sorted(opened) == sorted(visible)


def test_overlapping_and_nested_spans_share_pieces() -> None:
    found = list(pieces("from 12% to 13%", [(5, 15), (5, 8), (12, 15), (7, 13)]))

    assert [(piece.text, set(piece.spans), piece.opens) for piece in found] == [
        ("from ", set(), ()),
        ("12", {0, 1}, (0, 1)),
        ("%", {0, 1, 3}, (3,)),
        (" to ", {0, 3}, ()),
        ("1", {0, 2, 3}, (2,)),
        ("3%", {0, 2}, ()),
    ]
