"""A claim from the facts that state it: a fold over fact events, and the value to use.

The state depends only on the statements that stand, not on the order in which they came, so that
a replay, another worker and a run without a broker all come to the same claim.
"""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Literal

from pipeline.claims.agreement import agree, all_agree, allowed, comparable
from pipeline.claims.precision import stated_precision
from schemas import Claim, ClaimRevision, ClaimStatement, FactEvent
from schemas.fact import FactFields, Modality

SUPERSEDED = timedelta(days=45)
"""What is expected is superseded by what is said this much later: at the next quarter's call."""

MOST_STATEMENTS = 1_000
"""How many statements a claim lists; a document that repeats one line for ever adds no more."""

_SIDES = {"company": 0, "publisher": 1, None: 2, "operator": 3, "analyst": 4}
_EXACTNESS = {
    "exact": 0, "approx": 1, "at_least": 2, "more_than": 2, "at_most": 2, "less_than": 2,
    "between": 3,
}  # fmt: skip
_Weight = tuple[int, Decimal, timedelta, int, str]
_NEVER = datetime.min.replace(tzinfo=UTC)
_made_statement = ClaimStatement.trusted_fields


class Folding:
    """A claim while events of it are taken one by one; it is made once, when all are taken.

    The events of one fact come in their order, as a partition of ``facts.events`` gives them;
    those of different facts in any. An event that comes again, or that a later revision of the
    same fact has overtaken, changes nothing.
    """

    def __init__(self, state: Claim | None) -> None:
        """Begin with the claim as it is, None where nobody states it yet."""
        self._claim_id = state.claim_id if state else None
        self._modality: Modality = state.modality if state else "actual"
        self._statements = {each.fact_id: each for each in state.statements} if state else {}

    def take(self, event: FactEvent) -> bool:
        """Take one event; tell whether it changes what is stated."""
        if event.status == "asserted":
            return self.add(event)
        before = self._statements.get(event.fact_id)
        if before is None or before.revision > event.revision:
            return False
        del self._statements[event.fact_id]
        return True

    def add(self, fact: FactFields) -> bool:
        """Take a fact that holds; tell whether it changes what is stated."""
        if self._claim_id is not None and self._claim_id != fact.claim_id:
            raise ValueError(
                f"fact {fact.fact_id} is of claim {fact.claim_id}, not {self._claim_id}"
            )
        before = self._statements.get(fact.fact_id)
        if before is not None and before.revision >= fact.revision:
            return False
        if before is None and len(self._statements) >= MOST_STATEMENTS:
            return False
        self._statements[fact.fact_id] = _statement(fact)
        self._claim_id, self._modality = fact.claim_id, fact.modality
        return True

    def claim(self) -> Claim | None:
        """Make the claim; None when no statement is left."""
        if self._claim_id is None or not self._statements:
            return None
        return _claim(self._claim_id, self._modality, self._statements.values())


def claims_of(facts: Iterable[FactFields]) -> Mapping[str, Claim]:
    """Give the claims that facts state together, by their ids, in the order of their first facts.

    The same as folding them one by one, in linear time.
    """
    claims: dict[str, Folding] = {}
    for fact in facts:
        claims.setdefault(fact.claim_id, Folding(None)).add(fact)
    made = ((claim_id, folding.claim()) for claim_id, folding in claims.items())
    return {claim_id: claim for claim_id, claim in made if claim is not None}


def _statement(fact: FactFields) -> ClaimStatement:
    text = fact.evidence[0].text
    amount = next((a for a in (fact.value, fact.high, fact.low) if a is not None), Decimal(0))
    return _made_statement(
        {
            "fact_id": fact.fact_id,
            "transcript_id": fact.transcript_id,
            "revision": fact.revision,
            "published_at": fact.published_at,
            "side": fact.speaker.side if fact.speaker else None,
            "speaker": fact.speaker.name if fact.speaker else None,
            "entity": fact.entity,
            "scope": fact.scope,
            "metric": fact.metric,
            "measure": fact.measure,
            "period": fact.period,
            "comparison": fact.comparison,
            "value": fact.value,
            "low": fact.low,
            "high": fact.high,
            "unit": fact.unit,
            "qualifier": fact.qualifier,
            "text": text,
            "precision": stated_precision(text, amount, fact.unit),
            "agrees": None,
        }
    )


def _claim(
    claim_id: str,
    modality: Modality,
    given: Iterable[ClaimStatement],
) -> Claim:
    """Make the claim that statements make together; they are listed as they were published."""
    ordered = sorted(given, key=_published)
    used = _used(ordered, forward=modality == "forward")
    use = used[-1]
    statements = tuple(_held_against(each, use) for each in ordered)
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
        history=_history(ordered, used),
    )


def _held_against(statement: ClaimStatement, use: ClaimStatement) -> ClaimStatement:
    """Say of a statement whether it agrees with the one to go by."""
    agrees = None
    if comparable(statement, use):
        agrees = statement is use or agree(statement, use)
    if agrees is statement.agrees:
        return statement
    return _made_statement({**statement.__dict__, "agrees": agrees})


def _agreement(statements: tuple[ClaimStatement, ...]) -> Literal["single", "agree", "conflict"]:
    if len({each.transcript_id for each in statements}) == 1:
        return "single"  # what one document says twice, it does not deny
    by_unit: dict[str, dict[str, list[ClaimStatement]]] = {}
    for each in statements:
        by_unit.setdefault(each.unit, {}).setdefault(each.transcript_id, []).append(each)
    if not all(all_agree(documents.values()) for documents in by_unit.values()):
        return "conflict"
    return "agree" if any(len(documents) > 1 for documents in by_unit.values()) else "single"


def _used(ordered: Sequence[ClaimStatement], *, forward: bool) -> Sequence[ClaimStatement]:
    """Choose for each statement the one to go by once it is published, itself and those before it.

    Company before publisher, more exact before less, later before earlier. What is expected goes
    out of date: of the best side's expectations those of the newest call alone count.
    """
    if len(ordered) == 1:
        return ordered
    used = []
    best = max(_SIDES.values())
    # Those that may yet be used, the lightest first; each lasts longer than the one before it.
    candidates: deque[tuple[_Weight, ClaimStatement]] = deque()
    for each in ordered:
        side = _SIDES[each.side]
        if side < best:
            best = side
            candidates.clear()
        if side == best:
            while forward and candidates and _superseded(candidates[0][1], each):
                candidates.popleft()
            weight = _weight(each)
            while candidates and weight < candidates[-1][0]:
                candidates.pop()
            candidates.append((weight, each))
        used.append(candidates[0][1])
    return used


def _superseded(former: ClaimStatement, newest: ClaimStatement) -> bool:
    return (newest.published_at or _NEVER) - (former.published_at or _NEVER) > SUPERSEDED


def _weight(statement: ClaimStatement) -> _Weight:
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


def _history(
    ordered: Sequence[ClaimStatement], used: Sequence[ClaimStatement]
) -> tuple[ClaimRevision, ...]:
    """Give the value to use as of each time at which something was published."""
    history: list[ClaimRevision] = []
    for position, (each, use) in enumerate(zip(ordered, used, strict=True)):
        following = ordered[position + 1 : position + 2]
        if following and following[0].published_at == each.published_at:
            continue
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
