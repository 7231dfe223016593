from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.translate.backoff import retry_after, wait_before
from pipeline.translate.rest import Rest
from pipeline.translate.sentences import sentences

NOW = datetime(2025, 10, 30, 20, 0, tzinfo=UTC)


@given(st.integers(0, 100))
def test_waits_double_up_to_a_ceiling_with_jitter(attempt: int) -> None:
    ceiling = min(8.0, 0.5 * 2.0**attempt)
    assert ceiling / 2 <= wait_before(attempt) <= ceiling


def test_two_that_failed_together_come_back_apart() -> None:
    assert len({wait_before(3) for _ in range(20)}) > 1


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("7", 7.0),
        ("Thu, 30 Oct 2025 20:00:05 GMT", 5.0),
        ("Thu, 30 Oct 2025 19:00:00 GMT", 0.0),
        ("soon", None),
        ("-3", None),
        ("９", None),
        ("9" * 400, None),
    ],
)
def test_retry_after_is_read_as_seconds_or_a_date(
    header: str | None, seconds: float | None
) -> None:
    assert retry_after(header, NOW) == seconds


@given(st.text(max_size=40))
def test_any_retry_after_is_read_or_not(header: str) -> None:
    read = retry_after(header, NOW)
    assert read is None or read >= 0


def test_rest_grows_with_failures_and_ends_with_success() -> None:
    now = [0.0]
    rest = Rest(failures=2, first=10, longest=25, clock=lambda: now[0])
    assert rest.failed() == 0
    assert not rest.resting()
    assert [rest.failed() for _ in range(3)] == [10, 20, 25]
    assert rest.resting()
    now[0] += 25
    assert not rest.resting()
    rest.succeeded()
    assert rest.failed() == 0
    assert rest.failed(lasting=True) == 10


def test_sentences_end_at_their_marks_and_keep_closing_quotes() -> None:
    assert sentences("他说：「收入增长20.2%。」利润持平！\n\n下一季", len, 50) == [
        "他说：「收入增长20.2%。」",
        "利润持平！",
        "下一季",
    ]


@given(st.text(alphabet="收入增长1.2%。，；\n「」", max_size=200))
def test_no_character_is_lost_but_spaces_and_stray_marks(text: str) -> None:
    pieces = sentences(text, len, 20)
    if pieces is not None:
        assert all(0 < len(piece) <= 20 for piece in pieces)
        kept = [c for c in "".join(pieces) if c in "收入增长1.2%「"]
        assert kept == [c for c in text if c in "收入增长1.2%「"]
