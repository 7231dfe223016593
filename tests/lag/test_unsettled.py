"""Which transcripts are open, whatever the order in which messages and completions are read."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.lag.observe import Reading
from pipeline.lag.probe import Unread
from pipeline.lag.unsettled import Landed, Unsettled, stage_of
from pipeline.lag.verdict import Sample
from pipeline.lag.watched import SOURCES, Reader
from pipeline.stream.stages import STAGES


def landed(name: str, revision: int | None = 1, offset: int = 0, time: float = 10.0) -> Landed:
    return Landed(name, revision, 0, offset, time)


def names(unsettled: Unsettled) -> list[str]:
    return [each.transcript_id for each in unsettled.open]


def test_a_transcript_is_open_until_its_revision_is_completed() -> None:
    unsettled = Unsettled()
    unsettled.land(landed("a", 1, 0, 10))
    unsettled.land(landed("b", 1, 1, 11))
    unsettled.land(landed("a", 2, 2, 12))
    unsettled.complete("a", 1, "processed", 10)
    assert [(each.transcript_id, each.revision) for each in unsettled.open] == [("b", 1), ("a", 2)]
    unsettled.complete("a", 2, "processed", 12)
    unsettled.complete("b", 1, "incomplete", 11)
    assert unsettled.open == []


def test_an_older_revision_that_comes_late_and_a_message_twice_are_settled() -> None:
    unsettled = Unsettled()
    unsettled.complete("a", 2, "processed", 10)
    unsettled.land(landed("a", 1, 5, 20))
    unsettled.land(landed("a", 2, 6, 21))
    assert unsettled.open == []


def test_a_completion_covers_what_landed_before_it_and_nothing_after() -> None:
    unsettled = Unsettled()
    unsettled.complete("t", 1, "processed", 100.0)
    assert unsettled.is_complete("t", 100.0)
    assert not unsettled.is_complete("t", 100.001)
    assert not unsettled.is_complete("other", 1.0)


def test_a_withdrawal_is_open_until_it_is_completed_and_so_is_a_return() -> None:
    unsettled = Unsettled()
    unsettled.complete("a", 1, "processed", 10)
    unsettled.land(landed("a", None, 1, 20))
    assert names(unsettled) == ["a"]
    unsettled.complete("a", 1, "withdrawn", 20)
    assert unsettled.open == []
    unsettled.land(landed("a", None, 2, 30))
    assert unsettled.open == []
    unsettled.land(landed("a", 1, 3, 40))
    assert names(unsettled) == ["a"]


def test_what_is_in_the_dead_letters_is_settled() -> None:
    unsettled = Unsettled()
    unsettled.bury(0, 7)
    unsettled.land(landed("a", 1, 7))
    unsettled.land(landed("b", 1, 8))
    unsettled.bury(0, 8)
    assert unsettled.open == []


EVENTS = st.lists(
    st.tuples(st.sampled_from("ab"), st.integers(1, 3), st.sampled_from(["land", "complete"])),
    max_size=12,
)


@given(EVENTS, st.randoms(use_true_random=False))
def test_the_order_of_reading_does_not_matter(
    events: list[tuple[str, int, str]], random: "object"
) -> None:
    """Topics are read one beside the other: completions may be read before what they complete."""

    def settle(of: list[tuple[int, tuple[str, int, str]]]) -> set[tuple[str, int]]:
        unsettled = Unsettled()
        for at, (name, revision, kind) in of:
            if kind == "land":
                unsettled.land(landed(name, revision, at, float(at)))
            else:
                unsettled.complete(name, revision, "processed", 0.5)
        return {(each.transcript_id, each.offset) for each in unsettled.open}

    numbered = list(enumerate(events, 1))
    shuffled = list(numbered)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert settle(shuffled) == settle(numbered)


def reading(stage: str, unread: int, origin: int | None, *, partition: int = 0) -> Reading:
    place = None if origin is None else (partition, origin)
    return Reading(
        Reader(stage, "live", "callfacts", dict(SOURCES)[stage]),
        partition,
        Sample(100.0, 0, 0, unread, unread),
        Unread(unread, 0, b"k", 90.0, 90.0, place),
        None,
    )


def test_a_transcript_is_at_the_first_stage_that_has_not_read_all_of_it() -> None:
    readings = [
        reading("segment", 4, 20),
        reading("normalize", 1, 15),
        reading("extract", 2, 10),
        reading("publish", 0, None),
        reading("publish", 3, 1, partition=1),
    ]
    assert stage_of(landed("new", offset=20), readings) == "segment"
    assert stage_of(landed("cut", offset=15), readings) == "normalize"
    assert stage_of(landed("behind it", offset=17), readings) == "normalize"
    assert stage_of(landed("older", offset=12), readings) == "extract"
    assert stage_of(landed("nowhere", offset=5), readings) == ""


def test_the_watched_topics_are_those_that_the_stages_read() -> None:
    assert {name: stage.source for name, stage in STAGES.items()}.items() <= dict(SOURCES).items()
