"""Facts folded into claims, in whatever order they come."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from folding import fold
from hypothesis import given
from hypothesis import strategies as st

from pipeline.claims import merge
from pipeline.claims.merge import MOST_STATEMENTS, Folding, claims_of
from schemas import Claim, ClaimStatement, FactEvent
from schemas.examples import FACT

CALL = datetime(2025, 10, 30, tzinfo=UTC)
_TIMES = [CALL + timedelta(days=days) for days in (0, 30, 60, 90)]


def fact(fact_id: str = "f", said: str = "20.2%", **fields: Any) -> FactEvent:
    """A fact of the example's claim; ``said`` gives the evidence and, in percent, the value."""
    evidence = FACT.evidence[0].model_copy(update={"text": said})
    fields = {"value": Decimal(said.strip("%")), "published_at": CALL, **fields}
    side = fields.pop("side", "company")
    speaker = FACT.speaker and FACT.speaker.model_copy(update={"side": side})
    update = {"fact_id": fact_id, "evidence": (evidence,), "speaker": speaker, **fields}
    return FACT.model_copy(update=update)


def folded(*events: FactEvent) -> Claim | None:
    state: Claim | None = None
    for event in events:
        state = fold(state, event)
    return state


def used(*events: FactEvent) -> str:
    claim = folded(*events)
    assert claim is not None
    return str(claim.value)


def retraction(of: FactEvent) -> FactEvent:
    return of.model_copy(update={"status": "retracted"})


@st.composite
def facts(draw: st.DrawFn, most: int = 6) -> list[FactEvent]:
    """Facts with ids of their own, of several documents, sides, times and exactness."""
    count = draw(st.integers(1, most))
    return [
        fact(
            f"f{number}",
            draw(st.sampled_from(["20%", "20.2%", "24.25%", "21%"])),
            transcript_id=draw(st.sampled_from(["a", "b", "c"])),
            side=draw(st.sampled_from(["company", "publisher", "analyst"])),
            qualifier=draw(st.sampled_from(["exact", "approx", "more_than"])),
            published_at=draw(st.sampled_from([None, *_TIMES])),
            revision=draw(st.integers(1, 3)),
        )
        for number in range(count)
    ]


@given(facts(), st.randoms(use_true_random=False))
def test_the_order_makes_no_difference(given: list[FactEvent], random: Any) -> None:
    shuffled = random.sample(given, len(given))
    claim = folded(*given)
    assert claim == folded(*shuffled)
    assert claims_of(given) == {FACT.claim_id: claim}


@given(facts(), st.lists(st.tuples(st.integers(0, 5), st.booleans())), st.integers(1, 7))
def test_events_taken_together_are_events_taken_one_by_one(
    given: list[FactEvent], order: list[tuple[int, bool]], at_once: int
) -> None:
    chosen = [(given[number % len(given)], is_gone) for number, is_gone in order]
    events = [retraction(each) if is_gone else each for each, is_gone in chosen]
    state: Claim | None = None
    for begin in range(0, len(events), at_once):
        folding = Folding(state)
        taken = [folding.take(each) for each in events[begin : begin + at_once]]
        one_by_one = folded(*events[: begin + at_once])
        assert folding.claim() == one_by_one
        assert any(taken) or one_by_one == state
        state = one_by_one


def _to_go_by(known: list[ClaimStatement], *, forward: bool) -> ClaimStatement:
    """The choice as the rules put it, from all that is known."""
    best = min(merge._SIDES[each.side] for each in known)
    known = [each for each in known if merge._SIDES[each.side] == best]
    if forward:
        newest = max(each.published_at or merge._NEVER for each in known)
        known = [e for e in known if newest - (e.published_at or merge._NEVER) <= merge.SUPERSEDED]
    return min(known, key=merge._weight)


@given(facts(most=12), st.sampled_from(["actual", "forward"]))
def test_at_each_time_the_best_that_was_known_is_to_be_used(
    given: list[FactEvent], modality: str
) -> None:
    claim = folded(*(each.model_copy(update={"modality": modality}) for each in given))
    assert claim is not None
    times = {each.published_at for each in given}
    said = []
    for at in sorted(times, key=lambda at: at or merge._NEVER):
        until = at or merge._NEVER
        known = [e for e in claim.statements if (e.published_at or merge._NEVER) <= until]
        use = _to_go_by(known, forward=modality == "forward")
        said.append((at, (use.value, use.qualifier)))
    changes = [each for n, each in enumerate(said) if not n or said[n - 1][1] != each[1]]
    assert [(each.at, (each.value, each.qualifier)) for each in claim.history] == changes
    assert (claim.value, claim.qualifier) == said[-1][1]


@given(facts(), st.randoms(use_true_random=False))
def test_retracted_facts_leave_no_trace(given: list[FactEvent], random: Any) -> None:
    gone = random.sample(given, random.randint(0, len(given)))
    left = [each for each in given if each not in gone]
    queues = [[each, retraction(each)] if each in gone else [each] for each in given]
    events = []
    while queues:
        queue = random.choice(queues)
        events.append(queue.pop(0))
        queues = [each for each in queues if each]
    assert folded(*events) == folded(*left)


@given(facts())
def test_what_comes_again_changes_nothing(given: list[FactEvent]) -> None:
    claim = folded(*given)
    assert claim is not None
    for each in given:
        assert fold(claim, each) is claim
    without = fold(claim, retraction(given[0]))
    assert fold(without, retraction(given[0])) is without


def test_asserted_and_retracted_is_nothing() -> None:
    assert folded(fact(), retraction(fact())) is None
    assert folded(retraction(fact())) is None


def test_a_late_event_of_an_earlier_revision_changes_nothing() -> None:
    newer = fact(revision=2, said="24%")
    assert used(newer, fact(revision=1)) == "24"
    assert used(newer, retraction(fact(revision=1))) == "24"
    assert used(fact(revision=1), newer) == "24"


def test_a_fact_that_comes_back_holds_again() -> None:
    assert used(fact(), retraction(fact()), fact()) == "20.2"


def test_company_goes_before_publisher_before_analyst() -> None:
    company = fact("a", "20%", side="company", qualifier="approx")
    publisher = fact("b", "21.2%", side="publisher")
    analyst = fact("c", "22.25%", side="analyst")
    assert used(analyst, publisher, company) == "20"
    assert used(analyst, publisher) == "21.2"


def test_more_exact_goes_before_less() -> None:
    later = CALL + timedelta(days=1)
    assert used(fact("a", "20.2%"), fact("b", "20%", published_at=later)) == "20.2"
    assert used(fact("a", "20%"), fact("b", "20.2%", qualifier="approx")) == "20"
    between = fact("c", "30%", value=None, low=Decimal(10), high=Decimal(30), qualifier="between")
    assert used(between, fact("a", "20%", qualifier="more_than")) == "20"


def test_later_goes_before_earlier() -> None:
    earlier, later = fact("a", "20.2%"), fact("b", "24.2%", published_at=CALL + timedelta(days=1))
    assert used(later, earlier) == "24.2"


def test_an_expectation_is_superseded_at_the_next_call() -> None:
    old = fact("a", "20.2%", modality="forward")
    new = fact(
        "b",
        "25%",
        modality="forward",
        qualifier="approx",
        published_at=CALL + timedelta(days=90),
    )
    assert used(new, old) == "25"
    claim = folded(old, new)
    assert claim is not None
    assert [(each.at, str(each.value)) for each in claim.history] == [
        (CALL, "20.2"),
        (CALL + timedelta(days=90), "25"),
    ]


def test_agreement_compares_documents() -> None:
    one, same = fact("a", transcript_id="one"), fact("b", transcript_id="one")
    about = fact("c", "20%", transcript_id="two", qualifier="approx")
    other = fact("d", "24.2%", transcript_id="three")
    assert folded(one).agreement == "single"  # type: ignore[union-attr]
    assert folded(one, same).agreement == "single"  # type: ignore[union-attr]
    assert folded(one, about).agreement == "agree"  # type: ignore[union-attr]
    assert folded(one, fact("e", "24.2%", transcript_id="one")).agreement == "single"  # type: ignore[union-attr]
    conflict = folded(one, about, other)
    assert conflict is not None
    assert conflict.agreement == "conflict"
    # As exact as each other: the fact ids decide, always alike.
    assert [(s.fact_id, s.agrees) for s in conflict.statements] == [
        ("a", True), ("d", False), ("c", True),
    ]  # fmt: skip


def test_currencies_are_not_compared() -> None:
    dollars = fact("a", "20", unit="USD", transcript_id="one")
    yuan = fact("b", "144", unit="CNY", transcript_id="two")
    claim = folded(dollars, yuan)
    assert claim is not None
    assert claim.agreement == "single"
    assert [each.agrees for each in claim.statements] in ([True, None], [None, True])


def test_facts_of_another_claim_are_refused() -> None:
    with pytest.raises(ValueError, match="of claim other"):
        folded(fact(), fact("g", claim_id="other"))


def test_a_line_repeated_for_ever_adds_no_more() -> None:
    given = [fact(f"f{number:04}") for number in range(MOST_STATEMENTS + 4)]
    before = claims_of(given[:MOST_STATEMENTS])
    assert len(before[FACT.claim_id].statements) == MOST_STATEMENTS
    assert claims_of(given) == before
    held = Folding(before[FACT.claim_id])
    assert not any(held.add(each) for each in given[MOST_STATEMENTS:])
