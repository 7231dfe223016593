"""Facts, claims and the lag made ready for the page: words and pieces of text, bounded, harmless.

All text of a transcript's is cut to a length, put on one line, and its controls and direction marks
are written out; the page puts it in as text and nothing else.
"""

from datetime import UTC, datetime
from typing import Any

from pipeline.board.sentences import Sentences
from pipeline.board.view import Searchable
from pipeline.lag.report import Report
from pipeline.page.cards import amount, company, span
from pipeline.readable import readable
from schemas import Claim, ClaimStatement, Entity, Evidence, FactEvent, Period

_SHORT, _LONG, _AROUND = 120, 400, 320
_MOST_STATEMENTS = 12
_MOST_ZEROS = 60


def fact_shown(event: FactEvent, at: datetime, sentences: Sentences) -> dict[str, Any]:
    """Give what the page shows of a fact event that was published ``at`` a time."""
    speaker = event.speaker
    said_by = (speaker.name or speaker.side, speaker.role) if speaker else ()
    return {
        "id": event.fact_id,
        "claim": event.claim_id,
        "status": event.status,
        "at": _moment(at),
        "transcript": line(event.transcript_id),
        "revision": event.revision,
        "published": event.published_at.date().isoformat() if event.published_at else None,
        "entity": _entity(event.entity),
        "scope": _optional(event.scope),
        "metric": line(event.metric),
        "measure": event.measure,
        "comparison": _optional(event.comparison),
        "amount": line(_amount(event)),
        "period": _period(event.period),
        "modality": event.modality,
        "confidence": round(event.confidence, 2),
        "speaker": line(", ".join(each for each in said_by if each)),
        "side": speaker.side if speaker else None,
        "section": event.section,
        "statement": line(event.statement, _LONG),
        "evidence": [
            {
                "language": line(each.language, 20),
                "agrees": each.agrees,
                "pieces": pieces(each, sentences.places(event.transcript_id, event.revision, each)),
            }
            for each in event.evidence[:2]
        ],
    }


def fact_found_by(event: FactEvent) -> Searchable:
    """Give what a fact is found by."""
    entity, speaker = event.entity, event.speaker
    texts = [
        event.statement, event.scope, event.transcript_id,
        speaker.name if speaker else None, event.period.label if event.period else None,
        *(each.sentence[:_LONG] for each in event.evidence[:2]),
        *(each.text for each in event.evidence[:2]),
    ]  # fmt: skip
    return _found_by(entity, event.metric, event.modality, event.confidence, texts)


def claim_shown(claim: Claim, at: datetime) -> dict[str, Any]:
    """Give what the page shows of a claim that changed ``at`` a time: what each document says."""
    shown: dict[tuple[Any, ...], dict[str, Any]] = {}
    # Where there are too many to show, those that disagree are what is looked for.
    for each in sorted(claim.statements, key=lambda each: each.agrees is not False):
        said = _statement(each)
        again = shown.setdefault(tuple(said.values()), {**said, "times": 0})
        again["times"] += 1
        if len(shown) >= _MOST_STATEMENTS:
            break
    return {
        "id": claim.claim_id,
        "at": _moment(at),
        "entity": _entity(claim.entity),
        "scope": _optional(claim.scope),
        "metric": line(claim.metric),
        "measure": claim.measure,
        "comparison": _optional(claim.comparison),
        "period": _period(claim.period),
        "modality": claim.modality,
        "use": line(_amount(claim)),
        "documents": len({each.transcript_id for each in claim.statements}),
        "statements": list(shown.values()),
    }


def claim_found_by(claim: Claim) -> Searchable:
    """Give what a claim is found by; it has no confidence."""
    some = claim.statements[:_MOST_STATEMENTS]
    texts = [
        claim.scope, claim.period.label if claim.period else None, _amount(claim),
        *(each.transcript_id for each in some), *(each.text for each in some),
    ]  # fmt: skip
    return _found_by(claim.entity, claim.metric, claim.modality, None, texts)


def lag_shown(report: Report) -> dict[str, Any]:
    """Give what the page shows of the lag: a line a stage, and the oldest open transcript."""
    oldest = report.transcripts.oldest
    return {
        "verdict": report.verdict,
        "readers": [
            {
                "stage": line(each.reader.stage or each.reader.group),
                "role": each.reader.role,
                "topic": line(each.reader.topic),
                "verdict": each.verdict,
                "unread": each.lag,
                "waits": round(each.lag_seconds, 1),
                "speed": None if each.velocity is None else round(each.velocity, 1),
                "catch_up": None if each.catch_up_seconds is None else round(each.catch_up_seconds),
                "members": each.members,
            }
            for each in report.readers
        ],
        "open": report.transcripts.open,
        "oldest": None
        if oldest is None
        else {
            "transcript": line(oldest.transcript_id),
            "revision": oldest.revision,
            "stage": oldest.stage,
            "age": round(report.transcripts.age, 1),
        },
    }


def pieces(evidence: Evidence, places: list[int]) -> list[list[str | int]]:
    """Cut a sentence into pieces, ``[text, 0]`` as it is and ``[text, 1]`` marked.

    Where it is not known which of several places is meant each is ``[text, 2]``. A long sentence is
    cut to what is around the first of them. A text that its sentence does not hold comes first.
    """
    sentence, length = evidence.sentence, len(evidence.text)
    if not places:
        return [[line(evidence.text), 1], [" · " + line(sentence, _AROUND), 0]]
    first = max(0, places[0] - _AROUND)
    last = min(len(sentence), places[0] + length + _AROUND)
    kind, cut, at = (1 if len(places) == 1 else 2), [], first
    for place in places:
        if at <= place and place + length <= last:
            cut += [(sentence[at:place], 0), (sentence[place : place + length], kind)]
            at = place + length
    cut.append((sentence[at:last], 0))
    found: list[list[str | int]] = [[_on_a_line(text), each] for text, each in cut if text]
    if first:
        found.insert(0, ["…", 0])
    if last < len(sentence):
        found.append(["…", 0])
    return found


def line(text: str, most: int = _SHORT) -> str:
    r"""Put a text of others on one line of a length, its controls and direction marks written out.

    >>> line("a\tb", 3)
    'a b'
    >>> line("[" * 9, 4)
    '[[[…'
    """
    return _on_a_line(text if len(text) <= most else text[: most - 1] + "…")


def _on_a_line(text: str) -> str:
    return readable(text.replace("\n", " ").replace("\t", " ").replace("\r", " "))


def _optional(text: str | None) -> str | None:
    return None if text is None else line(text)


def _entity(entity: Entity | None) -> dict[str, str] | None:
    return None if entity is None else {"id": line(entity.id), "name": line(entity.name)}


def _period(period: Period | None) -> dict[str, str] | None:
    if period is None:
        return None
    return {"label": line(period.label), "days": f"{period.start} to {period.end}"}


def _statement(each: ClaimStatement) -> dict[str, Any]:
    who = [part for part in (each.speaker, each.side) if part]
    return {
        "agrees": each.agrees,
        "text": line(each.text or ""),
        "amount": line(_amount(each)),
        "who": line(", ".join(who)),
        "transcript": line(each.transcript_id),
        "revision": each.revision,
        "published": each.published_at.date().isoformat() if each.published_at else None,
    }


def _amount(stated: FactEvent | Claim | ClaimStatement) -> str:
    """Write an amount in words; one that would take pages of zeros, which none does, as it is."""
    for each in (stated.value, stated.low, stated.high):
        if each is not None and each and abs(each.adjusted()) > _MOST_ZEROS:
            return f"{each} {stated.unit}"
    return amount(stated) if isinstance(stated, FactEvent) else span(stated, stated.unit)


def _found_by(
    entity: Entity | None,
    metric: str,
    modality: str,
    confidence: float | None,
    texts: list[str | None],
) -> Searchable:
    names = frozenset() if entity is None else frozenset((entity.id, entity.name))
    named = () if entity is None else (company(entity),)
    words = (*named, metric.replace("_", " "), metric, *(each[:_LONG] for each in texts if each))
    return Searchable(
        names=frozenset(each.casefold() for each in names),
        metric=metric,
        modality=modality,
        confidence=confidence,
        text="\n".join(words).casefold(),
    )


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
