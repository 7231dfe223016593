"""What one rule remembers of one claim or series: what was said of it, and what it has told.

Small and bounded: the newest figures and the newest alerts. As JSON it lies on ``alerts.state``.
"""

from collections.abc import Collection
from datetime import date, timedelta

from pydantic import TypeAdapter

from schemas import FactEvent
from schemas.alert import Stated
from schemas.event import Event, Moment
from schemas.fact import Period

MOST_STATED = 256
MOST_TOLD = 256
MOST_FACTS = 64
_BEFORE = timedelta(days=8)
"""Between the end of one period and the start of the next; quarters of whole weeks do not abut."""
_MOMENTS_APART = timedelta(days=100)


class Told(Event):
    """A match, and the facts that hold it up: all that say the same.

    ``sent`` is false for what a rule was shown of the past: nobody was told, so nothing is
    withdrawn.
    """

    alert_id: str
    said: tuple[str, ...]
    facts: tuple[str, ...]
    sent: bool = True


class Memory(Event):
    """What a rule remembers of a claim or series."""

    stated: tuple[Stated, ...] = ()
    told: tuple[Told, ...] = ()

    def stating(self, statement: Stated) -> "Memory":
        """Remember a statement, as the newest; the oldest by time is forgotten where it is full."""
        others = [each for each in self.stated if each.fact_id != statement.fact_id]
        if len(others) >= MOST_STATED:
            oldest = min(range(len(others)), key=lambda index: others[index].at)
            del others[oldest]
        return self.model_copy(update={"stated": (*others, statement)})

    def without(self, fact_id: str) -> "Memory":
        """Forget what a fact stated."""
        left = tuple(each for each in self.stated if each.fact_id != fact_id)
        return self if len(left) == len(self.stated) else self.model_copy(update={"stated": left})

    def telling(self, told: Told) -> "Memory":
        """Remember an alert."""
        return self.model_copy(update={"told": (*self.told[-(MOST_TOLD - 1) :], told)})

    def unsent(self, alert_ids: Collection[str]) -> "Memory":
        """Note that nobody was told of these matches."""
        told = tuple(
            each.model_copy(update={"sent": False}) if each.alert_id in alert_ids else each
            for each in self.told
        )
        return self.model_copy(update={"told": told})

    def last_said(self, statement: Stated) -> tuple[Stated, ...]:
        """Give what the latest other document, up to this one's time, said in the same unit."""
        earlier = [
            each
            for each in self.stated
            if each.transcript_id != statement.transcript_id
            and each.unit == statement.unit
            and each.at <= statement.at
        ]
        return _of_newest_document(earlier)

    def period_before(self, statement: Stated) -> tuple[Stated, ...]:
        """Give what the latest document, up to this one's time, said of the period before."""
        if statement.period is None:
            return ()
        start, moment = statement.period.start, _is_moment(statement.period)
        apart = _MOMENTS_APART if moment else _BEFORE
        earlier = [
            each
            for each in self.stated
            if each.period is not None
            and each.unit == statement.unit
            and each.at <= statement.at
            and each.period.end < start <= each.period.end + apart
            and _is_moment(each.period) == moment
        ]
        if not earlier:
            return ()
        newest = max(_end(each) for each in earlier)
        return _of_newest_document([each for each in earlier if _end(each) == newest])

    def holding(self, said: tuple[str, ...], fact_id: str) -> "Memory | None":
        """Let a fact hold up the alert that said the same; None where there is none."""
        for index, told in enumerate(self.told):
            if told.said != said:
                continue
            if fact_id in told.facts or len(told.facts) >= MOST_FACTS:
                return self
            held = told.model_copy(update={"facts": (*told.facts, fact_id)})
            return self._with(index, held)
        return None

    def dropping(self, fact_id: str) -> "tuple[Memory, Told | None]":
        """Take a fact away; gives the alert that nothing holds up any more, if there is one."""
        for index, told in enumerate(self.told):
            if fact_id not in told.facts:
                continue
            facts = tuple(each for each in told.facts if each != fact_id)
            if facts:
                return self._with(index, told.model_copy(update={"facts": facts})), None
            return self._with(index, None), told
        return self, None

    def _with(self, index: int, told: Told | None) -> "Memory":
        middle = () if told is None else (told,)
        return self.model_copy(
            update={"told": (*self.told[:index], *middle, *self.told[index + 1 :])}
        )


NOTHING = Memory()
_ADAPTER = TypeAdapter(Memory)


def statement_of(fact: FactEvent, at: Moment) -> Stated:
    """Take from a fact what is remembered of it."""
    return Stated(
        fact_id=fact.fact_id,
        transcript_id=fact.transcript_id,
        at=at,
        period=fact.period,
        value=fact.value,
        low=fact.low,
        high=fact.high,
        unit=fact.unit,
        qualifier=fact.qualifier,
    )


def written(memory: Memory) -> bytes | None:
    """Write a memory; None where there is nothing to remember."""
    return None if memory == NOTHING else memory.model_dump_json().encode()


def read(value: bytes) -> Memory:
    """Read a memory back."""
    return _ADAPTER.validate_json(value)


def _of_newest_document(statements: list[Stated]) -> tuple[Stated, ...]:
    newest: Stated | None = None
    for each in statements:
        if newest is None or each.at >= newest.at:
            newest = each
    if newest is None:
        return ()
    return tuple(each for each in statements if each.transcript_id == newest.transcript_id)


def _end(statement: Stated) -> date:
    return statement.period.end if statement.period else date.min


def _is_moment(period: Period) -> bool:
    return period.start == period.end
