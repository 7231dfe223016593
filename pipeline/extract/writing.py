"""Facts written down from the readings of a segment."""

from typing import Any, cast

from pipeline.extract.confidence import confidence, traits
from pipeline.extract.evidence import Citing
from pipeline.extract.frame import Reading
from pipeline.extract.identity import claim_id, fact_id
from pipeline.extract.said import Said
from pipeline.extract.statement import statement
from pipeline.unbroken import as_written
from pipeline.version import EXTRACTOR
from schemas import Fact, NormalizedSegment, TranscriptHeader

_fact = Fact.trusted_fields


class Writing:
    """Writes the facts of one segment; what they have in common is read off it once."""

    def __init__(
        self, header: TranscriptHeader, written: NormalizedSegment, segment: NormalizedSegment
    ) -> None:
        self._written, self._broken = written, written is not segment
        self._transcript_id, self._revision = header.transcript_id, header.revision
        self._published_at = header.published_at
        self._segment_id, self._echo = segment.segment_id, segment.echo
        self._speaker, self._section = segment.speaker, segment.section
        self._citing = Citing(segment)
        self._repeated: dict[tuple[str, str], int] = {}

    def fact(self, reading: Reading) -> Fact:
        """Write a reading as a fact."""
        evidence = self._citing.evidence_of(reading)
        sentence, text = evidence[0].sentence, evidence[0].text
        agrees = len(evidence) == 1 or evidence[1].agrees
        fields = self._fields(reading)
        said = cast("Said", fields)
        claim = claim_id(said)
        key = (claim, sentence + text)
        before = self._repeated.get(key, 0)
        self._repeated[key] = before + 1
        fields["fact_id"] = fact_id(
            transcript_id=self._transcript_id,
            claim=claim,
            amounts=(reading.value, reading.low, reading.high),
            qualifier=said["qualifier"],
            sentence=sentence,
            text=text,
            nth=(self._echo, before),
        )
        held = traits(reading, agrees=agrees, section=self._section, sentence=sentence)
        fields["claim_id"] = claim
        fields["evidence"] = as_written(evidence, self._written) if self._broken else evidence
        fields["statement"] = statement(said)
        fields["confidence"] = confidence(held)
        return _fact(fields)

    def _fields(self, reading: Reading) -> dict[str, Any]:
        """Give the fields of a fact in their order; None for those made from the others."""
        return {
            "fact_id": None,
            "claim_id": None,
            "transcript_id": self._transcript_id,
            "revision": self._revision,
            "segment_id": self._segment_id,
            "entity": reading.entity,
            "scope": reading.scope,
            "metric": reading.metric,
            "measure": reading.measure,
            "value": reading.value,
            "low": reading.low,
            "high": reading.high,
            "unit": reading.unit,
            "qualifier": reading.quantity.qualifier,
            "comparison": reading.comparison,
            "modality": reading.modality,
            "period": reading.period,
            "speaker": self._speaker,
            "section": self._section,
            "evidence": None,
            "statement": None,
            "confidence": None,
            "extractor": EXTRACTOR,
            "published_at": self._published_at,
        }
