"""A match of a rule: the events on ``facts.alerts``."""

from typing import Literal

from schemas.claim import Claim
from schemas.event import Amount, Event, Moment
from schemas.fact import FactEvent, Period, Qualifier


class Stated(Event):
    """An amount that a document stated, and when."""

    fact_id: str
    transcript_id: str
    at: Moment
    period: Period | None
    value: Amount | None
    low: Amount | None
    high: Amount | None
    unit: str
    qualifier: Qualifier


class EarlierStatement(Stated):
    """What a fact was held against: the same thing as it was said before, and by how much it moved.

    ``change`` is in the fact's unit; ``change_percent`` is of the earlier amount, to two places,
    null where that is 0.
    """

    change: Amount
    change_percent: Amount | None


class Alert(Event):
    """A rule has fired, or what it had fired for holds no more.

    ``alert_id`` is the same however often the same facts are judged by the same rule. ``status``
    is ``withdrawn``, with the id of the alert that fired in ``withdraws``, when the fact has been
    retracted or the documents agree again. ``rules`` names the set of rules, ``rule`` the one that
    fired; ``text`` says it in a sentence; ``at`` is when the event that it fired for was published.
    A rule on facts gives ``fact`` (and ``earlier`` where it compares), one on claims ``claim``,
    with at most twenty of its statements and without its history; null where nobody states it now.
    """

    alert_id: str
    status: Literal["fired", "withdrawn"]
    withdraws: str | None = None
    rules: str
    rule: str
    text: str
    at: Moment
    fact: FactEvent | None = None
    earlier: EarlierStatement | None = None
    claim: Claim | None = None
