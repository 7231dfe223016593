"""Rules held against claims: a rule fires when documents begin to disagree."""

from collections.abc import Iterable
from decimal import Decimal

from pipeline.alerts.amounts import Size, middle
from pipeline.alerts.judging import Cause, alert_id
from pipeline.alerts.memory import NOTHING, Memory, Told
from pipeline.alerts.rules import Rule
from pipeline.extract.statement import amount_in_words
from schemas import Alert, Claim, ClaimStatement

_MOST_STATEMENTS = 20
_NAMED = 4


def judge_claim(
    rule: Rule, memory: Memory, claim_id: str, claim: Claim | None, cause: Cause
) -> tuple[Memory, tuple[Alert, ...]]:
    """Hold the state of a claim, None where it is gone, against a rule with ``disagree``.

    It fires when the state comes to fit, and is withdrawn when it fits no more.
    """
    fits = claim is not None and _fits(rule, claim, cause)
    if fits == bool(memory.told):
        return memory, ()
    if claim is not None and fits:
        alert = _fired(rule, claim, cause)
        told = Told(alert_id=alert.alert_id, said=(claim_id,), facts=())
        return memory.telling(told), (alert,)
    if not memory.told[-1].sent:
        return NOTHING, ()
    about = claim_id if claim is None else _about(claim)
    withdrawn = Alert(
        alert_id=alert_id(cause, rule, "withdrawn"),
        status="withdrawn",
        withdraws=memory.told[-1].alert_id,
        rules=cause.rules,
        rule=rule.name,
        text=f"{rule.name}: no longer holds: documents disagree on {about}.",
        at=cause.at,
        claim=None if claim is None else _short(claim),
    )
    return NOTHING, (withdrawn,)


def _fits(rule: Rule, claim: Claim, cause: Cause) -> bool:
    return (
        claim.agreement == "conflict"
        and rule.wants(claim, cause.at)
        and all(each.holds(claim) for each in rule.bounds)
        and rule.disagree is not None
        and _apart(rule.disagree, claim)
    )


def _apart(size: Size, claim: Claim) -> bool:
    """Whether two documents' figures in one unit are that far apart."""
    if size.least is None:
        return True
    by_unit: dict[str, list[Decimal]] = {}
    for each in claim.statements:
        figure = middle(each)
        if figure is not None:
            by_unit.setdefault(each.unit, []).append(figure)
    return any(size.reached(min(figures), max(figures), unit) for unit, figures in by_unit.items())


def _fired(rule: Rule, claim: Claim, cause: Cause) -> Alert:
    said = "; ".join(_named(_apart_first(claim)[:_NAMED]))
    return Alert(
        alert_id=alert_id(cause, rule, "fired"),
        status="fired",
        rules=cause.rules,
        rule=rule.name,
        text=f"{rule.name}: documents disagree on {_about(claim)}: {said}.",
        at=cause.at,
        claim=_short(claim),
    )


def _about(claim: Claim) -> str:
    entity = claim.entity.name if claim.entity else None
    measure = "" if claim.measure == "level" else f" ({claim.measure})"
    period = claim.period.label if claim.period else None
    parts = (entity, claim.scope, claim.metric.replace("_", " ") + measure, period)
    return " ".join(each for each in parts if each)


def _named(statements: Iterable[ClaimStatement]) -> list[str]:
    named = []
    for each in statements:
        figure = middle(each)
        amount = "an amount" if figure is None else amount_in_words(figure, each.unit)
        named.append(f"{each.transcript_id} says {amount}")
    return list(dict.fromkeys(named))


def _short(claim: Claim) -> Claim:
    statements = tuple(_apart_first(claim)[:_MOST_STATEMENTS])
    return claim.model_copy(update={"statements": statements, "history": ()})


def _apart_first(claim: Claim) -> list[ClaimStatement]:
    """Give the statements with one that agrees with the value to use, then those that do not."""
    agreeing = [each for each in claim.statements if each.agrees]
    others = [each for each in claim.statements if each.agrees is not True]
    return agreeing[:1] + others + agreeing[1:]
