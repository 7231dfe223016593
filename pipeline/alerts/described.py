"""A rule in plain words, so that whoever wrote it sees how it was understood."""

from datetime import timedelta

from pipeline.alerts.amounts import Bound
from pipeline.alerts.rules import Choice, Choices, Rule

_MOVED = {"raised": "raised", "lowered": "lowered", "changed": "raised or lowered"}
_SHOWN = 6


def described(rule: Rule) -> str:
    """Say what a rule fires for."""
    parts = ["claims" if rule.disagree else "facts", *_chosen(rule.chosen, "is")]
    parts += _chosen(rule.excluded, "is not")
    if rule.least_confidence:
        parts.append(f"confidence is at least {rule.least_confidence:g}")
    if rule.published_within:
        parts.append(f"landed within {span(rule.published_within)} of publication")
    if rule.statuses != {"asserted"}:
        parts.append("status is " + " or ".join(sorted(rule.statuses)))
    parts += [_bound(bound) for bound in rule.bounds]
    if rule.move:
        size = "" if rule.move.size.least is None else f" by {rule.move.size}"
        against = {
            "last value": "what another document said before",
            "previous period": "the period before",
        }[rule.move.against]
        parts.append(f"{_MOVED[rule.move.direction]}{size} against {against}")
    if rule.disagree:
        apart = "" if rule.disagree.least is None else f" by {rule.disagree}"
        parts.append(f"documents disagree{apart}")
    return "; ".join(parts)


def span(length: timedelta) -> str:
    """Write a length of time as rules do.

    >>> span(timedelta(hours=36))
    '36h'
    """
    seconds = int(length.total_seconds())
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds and seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def _chosen(choices: Choices, verb: str) -> list[str]:
    return [f"{name} {verb} {_values(choice)}" for name, choice in choices]


def _values(choice: Choice) -> str:
    more = len(choice.given) - _SHOWN
    shown = (*choice.given[:_SHOWN], *([f"{more} more"] if more > 0 else []))
    return " or ".join(shown)


def _bound(bound: Bound) -> str:
    return f"{bound.key.replace('_', ' ')} {' and '.join(map(str, bound.limits))}"
