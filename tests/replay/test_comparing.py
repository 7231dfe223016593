"""What counts as the same fact, a changed one, a new one."""

from pipeline.replay.comparing import comparable
from pipeline.replay.newest import Newest
from pipeline.replay.selection import Selection


def newest(offset: int, *, digest: str = "d", status: str = "processed", run: int = 0) -> Newest:
    return Newest(0, offset, run, 1, digest, status)


def test_transcripts_are_compared_where_the_same_message_counts() -> None:
    live = {
        "same": newest(1),
        "replayed": newest(2, digest="made otherwise", run=9),
        "repeated": newest(3),
        "revised": newest(5, digest="e"),
        "busy": newest(6, status="in_work"),
    }
    beside = {
        "same": newest(1),
        "replayed": newest(2),
        "repeated": newest(4),
        "revised": newest(4),
        "busy": newest(6),
        "new": newest(7),
    }
    found, others = comparable(live, beside)
    assert found == {"same", "replayed", "repeated"}
    assert others.keys() == {"revised", "busy", "new"}


def test_a_selection_has_a_name_of_its_own() -> None:
    assert Selection(transcripts=("a", "b")).name == Selection(transcripts=("b", "a")).name
    assert Selection(transcripts=("a",)).name != Selection().name
    assert str(Selection()) == "everything"
