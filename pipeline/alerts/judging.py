"""Rules held against facts: a pure fold over events, the same whenever it is done again.

A rule fires once for what a document says of a claim: the same amount said again in that document
(in another sentence, in a revision) is the same match. When the last fact that says it is retracted
the alert is withdrawn.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from hashlib import blake2b

from pipeline.alerts.amounts import difference, middle, percentage
from pipeline.alerts.memory import NOTHING, Memory, Told, statement_of
from pipeline.alerts.rules import Move, Rule
from pipeline.extract.statement import amount_in_words
from schemas import Alert, EarlierStatement, FactEvent
from schemas.alert import Stated
from schemas.event import plain

_KEPT_APART = "\x1f"


@dataclass(frozen=True)
class Cause:
    """The event that is judged: its own id, when it was published, and the set of the rules."""

    identity: str
    at: datetime
    rules: str


def judge(
    rule: Rule, memory: Memory, fact: FactEvent, cause: Cause
) -> tuple[Memory, tuple[Alert, ...]]:
    """Hold a fact event against a rule and what it remembers of the fact's claim or series.

    Gives what it remembers from then on (the very same memory if nothing changed) and the alerts
    to send.
    """
    if fact.status == "retracted":
        return _judge_retraction(rule, memory, fact, cause)
    if not rule.wants(fact, cause.at):
        return memory, ()
    statement = statement_of(fact, fact.published_at or fact.ingested_at or cause.at)
    earlier, before = None, memory
    if rule.move is not None:
        if fact.entity is None:
            return memory, ()
        memory = memory.stating(statement)
    if "asserted" not in rule.statuses or not all(each.holds(fact) for each in rule.bounds):
        return memory, ()
    if rule.move is not None:
        earlier = _moved(rule.move, before, statement)
        if earlier is None:
            return memory, ()
    said = _said(fact)
    held = memory.holding(said, fact.fact_id)
    if held is not None:
        return held, ()
    alert = _alert(rule, fact, cause, earlier)
    told = Told(alert_id=alert.alert_id, said=said, facts=(fact.fact_id,))
    return memory.telling(told), (alert,)


def alert_id(cause: Cause, rule: Rule, status: str) -> str:
    """Give the id of what a rule says of an event."""
    parts = (cause.rules, rule.name, cause.identity, status)
    return blake2b(_KEPT_APART.join(parts).encode(), digest_size=12).hexdigest()


def _judge_retraction(
    rule: Rule, memory: Memory, fact: FactEvent, cause: Cause
) -> tuple[Memory, tuple[Alert, ...]]:
    alerts: list[Alert] = []
    if memory is not NOTHING:
        memory, dropped = memory.without(fact.fact_id).dropping(fact.fact_id)
        if dropped is not None and dropped.sent:
            alerts.append(_withdrawn(rule, fact, cause, dropped))
    if (
        "retracted" in rule.statuses
        and rule.wants(fact, cause.at)
        and all(each.holds(fact) for each in rule.bounds)
    ):
        alerts.append(_alert(rule, fact, cause, None))
    return memory, tuple(alerts)


def _moved(move: Move, memory: Memory, statement: Stated) -> EarlierStatement | None:
    """Give what an amount has moved against, None where it has not moved so far.

    Where the document before gave several figures, all of them have to be passed.
    """
    if move.against == "last value":
        earlier = memory.last_said(statement)
    else:
        earlier = memory.period_before(statement)
    new = middle(statement)
    figures = [(figure, each) for each in earlier if (figure := middle(each)) is not None]
    if new is None or not figures:
        return None
    old, passed = _passed(move, figures, new)
    if passed is None or not move.size.reached(old, new, statement.unit):
        return None
    return EarlierStatement(
        **{name: getattr(passed, name) for name in Stated.model_fields},
        change=difference(old, new),
        change_percent=percentage(old, new),
    )


def _passed(
    move: Move, figures: Sequence[tuple[Decimal, Stated]], new: Decimal
) -> tuple[Decimal, Stated | None]:
    by_figure: Callable[[tuple[Decimal, Stated]], Decimal] = lambda each: each[0]  # noqa: E731
    highest, lowest = max(figures, key=by_figure), min(figures, key=by_figure)
    if move.direction != "lowered" and new > highest[0]:
        return highest
    if move.direction != "raised" and new < lowest[0]:
        return lowest
    return new, None


def _alert(rule: Rule, fact: FactEvent, cause: Cause, earlier: EarlierStatement | None) -> Alert:
    status = " (retracted)" if fact.status == "retracted" else ""
    return Alert(
        alert_id=alert_id(cause, rule, "fired"),
        status="fired",
        rules=cause.rules,
        rule=rule.name,
        text=f"{rule.name}: {fact.statement}{status}{_compared(fact, earlier)}",
        at=cause.at,
        fact=fact,
        earlier=earlier,
    )


def _withdrawn(rule: Rule, fact: FactEvent, cause: Cause, told: Told) -> Alert:
    return Alert(
        alert_id=alert_id(cause, rule, "withdrawn"),
        status="withdrawn",
        withdraws=told.alert_id,
        rules=cause.rules,
        rule=rule.name,
        text=f"{rule.name}: no longer holds: {fact.statement}",
        at=cause.at,
        fact=fact,
    )


def _compared(fact: FactEvent, earlier: EarlierStatement | None) -> str:
    if earlier is None:
        return ""
    direction = "Up" if earlier.change > 0 else "Down"
    amount = middle(earlier)
    was = "" if amount is None else f" from {amount_in_words(amount, earlier.unit)}"
    when = f" in {earlier.period.label}" if earlier.period else ""
    if fact.unit in ("percent", "percentage_points") or earlier.change_percent is None:
        unit = "percentage_points" if fact.unit == "percent" else fact.unit
        moved = amount_in_words(abs(earlier.change), unit)
    else:
        moved = f"{plain(abs(earlier.change_percent))}%"
    return f" {direction} {moved}{was}{when} ({earlier.transcript_id}, {earlier.at:%Y-%m-%d})."


def _said(fact: FactEvent) -> tuple[str, ...]:
    """Name what is said, of which claim, in which document."""
    amounts = ("" if each is None else plain(each) for each in (fact.value, fact.low, fact.high))
    return fact.claim_id, fact.transcript_id, *amounts, fact.unit, fact.qualifier
