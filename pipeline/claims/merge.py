"""A claim from the facts that state it: a fold over fact events, and the value to use.

The state depends only on the statements that stand, not on the order in which they came, so that
a replay, another worker and a run without a broker all come to the same claim.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Literal

from pipeline.claims.agreement import agree, all_agree, allowed, comparable
from pipeline.claims.precision import stated_precision
from schemas import Claim, ClaimRevision, ClaimStatement, FactEvent
from schemas.fact import FactFields

SUPERSEDED = timedelta(days=45)
"""What is expected is superseded by what is said this much later: at the next quarter's call."""

MOST_STATEMENTS = 1_000
"""How many statements a claim lists; a document that repeats one line for ever adds no more."""

_SIDES = {"company": 0, "publisher": 1, None: 2, "operator": 3, "analyst": 4}
_EXACTNESS = {
    "exact": 0, "approx": 1, "at_least": 2, "more_than": 2, "at_most": 2, "less_than": 2,
    "between": 3,
}  # fmt: skip
_NEVER = datetime.min.replace(tzinfo=UTC)


def fold(state: Claim | None, event: FactEvent) -> Claim | None:
    """Take one event of a claim: give the claim after it, None when no statement is left.

    The events of one fact come in their order, as a partition of ``facts.events`` gives them;
    those of different facts in any. An event that comes again, or that a later revision of the
    same fact has overtaken, changes nothing: the very same state is given back.
    """
    return stated(state, event) if event.status == "asserted" else retracted(state, event)


def stated(state: Claim | None, fact: FactFields) -> Claim:
    """Take a fact that holds."""
    statement = _statement(fact)
    if state is None:
        return _claim(fact.claim_id, fact.modality, (statement,))
    if state.claim_id != fact.claim_id:
        raise ValueError(f"fact {fact.fact_id} is of claim {fact.claim_id}, not {state.claim_id}")
    before = _of(state, fact.fact_id)
    if before is not None and before.revision >= statement.revision:
        return state
    if before is None and len(state.statements) >= MOST_STATEMENTS:
        return state
    others = [each for each in state.statements if each is not before]
    return _claim(state.claim_id, state.modality, (*others, statement))


def retracted(state: Claim | None, fact: FactFields) -> Claim | None:
    """Take a fact that holds no more."""
    before = None if state is None else _of(state, fact.fact_id)
    if state is None or before is None or before.revision > fact.revision:
        return state
    left = [each for each in state.statements if each is not before]
    return _claim(state.claim_id, state.modality, left) if left else None


def claims_of(facts: Iterable[FactFields]) -> Mapping[str, Claim]:
    """Give the claims that facts state together, by their ids, in the order of their first facts.

    The same as folding them one by one, in linear time.
    """
    grouped: dict[str, dict[str, FactFields]] = {}
    for fact in facts:
        of_claim = grouped.setdefault(fact.claim_id, {})
        before = of_claim.get(fact.fact_id)
        if before is None and len(of_claim) >= MOST_STATEMENTS:
            continue
        if before is None or before.revision < fact.revision:
            of_claim[fact.fact_id] = fact
    return {
        claim_id: _claim(
            claim_id, next(iter(group.values())).modality, map(_statement, group.values())
        )
        for claim_id, group in grouped.items()
    }


def _of(state: Claim, fact_id: str) -> ClaimStatement | None:
    return next((each for each in state.statements if each.fact_id == fact_id), None)


def _statement(fact: FactFields) -> ClaimStatement:
    text = fact.evidence[0].text
    amount = next((a for a in (fact.value, fact.high, fact.low) if a is not None), Decimal(0))
    return ClaimStatement.trusted(
        fact_id=fact.fact_id,
        transcript_id=fact.transcript_id,
        revision=fact.revision,
        published_at=fact.published_at,
        side=fact.speaker.side if fact.speaker else None,
        speaker=fact.speaker.name if fact.speaker else None,
        entity=fact.entity,
        scope=fact.scope,
        metric=fact.metric,
        measure=fact.measure,
        period=fact.period,
        comparison=fact.comparison,
        value=fact.value,
        low=fact.low,
        high=fact.high,
        unit=fact.unit,
        qualifier=fact.qualifier,
        text=text,
        precision=stated_precision(text, amount, fact.unit),
    )


def _claim(
    claim_id: str,
    modality: Literal["actual", "forward", "question"],
    given: Iterable[ClaimStatement],
) -> Claim:
    """Make the claim that statements make together; they are listed as they were published."""
    ordered = sorted(given, key=_published)
    use = value_to_use(ordered, forward=modality == "forward")
    statements = tuple(
        each.model_copy(update={"agrees": agree(each, use) if comparable(each, use) else None})
        for each in ordered
    )
    return Claim.trusted(
        claim_id=claim_id,
        entity=use.entity,
        scope=use.scope,
        metric=use.metric or "",
        measure=use.measure or "level",
        unit=use.unit,
        period=use.period,
        comparison=use.comparison,
        modality=modality,
        value=use.value,
        low=use.low,
        high=use.high,
        qualifier=use.qualifier,
        agreement=_agreement(statements),
        statements=statements,
        history=_history(ordered, forward=modality == "forward"),
    )


def _agreement(statements: tuple[ClaimStatement, ...]) -> Literal["single", "agree", "conflict"]:
    if len({each.transcript_id for each in statements}) == 1:
        return "single"  # what one document says twice, it does not deny
    by_unit: dict[str, dict[str, list[ClaimStatement]]] = {}
    for each in statements:
        by_unit.setdefault(each.unit, {}).setdefault(each.transcript_id, []).append(each)
    if not all(all_agree(documents.values()) for documents in by_unit.values()):
        return "conflict"
    return "agree" if any(len(documents) > 1 for documents in by_unit.values()) else "single"


def value_to_use(statements: Iterable[ClaimStatement], *, forward: bool) -> ClaimStatement:
    """Choose the statement to go by; there is at least one.

    Company before publisher, more exact before less, later before earlier. What is expected goes
    out of date: of the best side's expectations those of the newest call alone count.
    """
    statements = tuple(statements)
    if len(statements) == 1:
        return statements[0]
    best = min(_SIDES[each.side] for each in statements)
    candidates = [each for each in statements if _SIDES[each.side] == best]
    if forward:
        newest = max(each.published_at or _NEVER for each in candidates)
        candidates = [
            each for each in candidates if newest - (each.published_at or _NEVER) <= SUPERSEDED
        ]
    return min(candidates, key=_weight)


def _weight(statement: ClaimStatement) -> tuple[object, ...]:
    later = (statement.published_at or _NEVER) - _NEVER
    return (
        _EXACTNESS[statement.qualifier],
        allowed(statement).width,
        -later,
        -statement.revision,
        statement.fact_id,
    )


def _published(statement: ClaimStatement) -> tuple[object, ...]:
    return (statement.published_at or _NEVER, statement.transcript_id, statement.fact_id)


def _history(ordered: list[ClaimStatement], *, forward: bool) -> tuple[ClaimRevision, ...]:
    """Give the value to use as of each time at which something was published."""
    history: list[ClaimRevision] = []
    known: list[ClaimStatement] = []
    for position, each in enumerate(ordered):
        known.append(each)
        following = ordered[position + 1 : position + 2]
        if following and following[0].published_at == each.published_at:
            continue
        use = value_to_use(known, forward=forward)
        entry = ClaimRevision.trusted(
            at=each.published_at,
            fact_id=use.fact_id,
            value=use.value,
            low=use.low,
            high=use.high,
            qualifier=use.qualifier,
            unit=use.unit,
        )
        if not history or _said(history[-1]) != _said(entry):
            history.append(entry)
    return tuple(history)


def _said(entry: ClaimRevision) -> tuple[object, ...]:
    return entry.value, entry.low, entry.high, entry.qualifier, entry.unit
