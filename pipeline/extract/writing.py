"""Facts written down from the readings of a segment."""

from typing import Any

from pipeline.extract.confidence import confidence, traits, traits_of
from pipeline.extract.evidence import Citing
from pipeline.extract.frame import Reading
from pipeline.extract.identity import claim_id, encoded, fact_id
from pipeline.extract.said import Said, said_in
from pipeline.extract.statement import statement
from pipeline.unbroken import as_written
from pipeline.version import EXTRACTOR
from schemas import Fact, NormalizedSegment, TranscriptHeader

_fact = Fact.trusted_fields
# In the order in which events write them.
_FIELDS: dict[str, Any] = dict.fromkeys(Fact.model_fields)


class Writing:
    """Writes the facts of one segment; what they have in common is read off it once."""

    def __init__(
        self, header: TranscriptHeader, written: NormalizedSegment, segment: NormalizedSegment
    ) -> None:
        self._written, self._broken = written, written is not segment
        # Field by field of the models would take twice as long.
        above, told = header.__dict__, segment.__dict__
        self._transcript_id: str = above["transcript_id"]
        self._section: str | None = told["section"]
        self._echo: int = told["echo"]
        shared = _FIELDS.copy()
        shared["transcript_id"] = self._transcript_id
        shared["revision"] = above["revision"]
        shared["segment_id"] = told["segment_id"]
        shared["speaker"] = told["speaker"]
        shared["section"] = self._section
        shared["extractor"] = EXTRACTOR
        shared["published_at"] = above["published_at"]
        self._shared = shared
        self._citing = Citing(segment)
        self._sentence, self._encoded = "", b""
        self._of_sentence: tuple[str, ...] = ()
        self._repeated: dict[tuple[str, str, str], int] = {}

    def fact(self, reading: Reading) -> Fact:
        """Write a reading as a fact."""
        evidence = self._citing.evidence_of(reading)
        cited = evidence[0].__dict__
        sentence, text = cited["sentence"], cited["text"]
        agrees = len(evidence) == 1 or evidence[1].agrees
        if sentence is not self._sentence:
            self._sentence, self._encoded = sentence, encoded(sentence)
            self._of_sentence = traits_of(sentence)
        held = traits(reading, agrees=agrees, section=self._section, of_sentence=self._of_sentence)
        said = said_in(reading)
        claim = claim_id(said)
        key = (claim, sentence, text)
        before = self._repeated.get(key, 0)
        self._repeated[key] = before + 1
        fields = self._said(said)
        fields["fact_id"] = fact_id(
            transcript_id=self._transcript_id,
            claim=claim,
            said=said,
            sentence=self._encoded,
            text=text,
            nth=(self._echo, before),
        )
        fields["claim_id"] = claim
        fields["evidence"] = as_written(evidence, self._written) if self._broken else evidence
        fields["statement"] = statement(said)
        fields["confidence"] = confidence(held)
        return _fact(fields)

    def _said(self, said: Said) -> dict[str, Any]:
        """Give the fields of a fact in their order: what it says, and what the segment tells."""
        fields = self._shared.copy()
        fields["entity"] = said.entity
        fields["scope"] = said.scope
        fields["metric"] = said.metric
        fields["measure"] = said.measure
        fields["value"] = said.value
        fields["low"] = said.low
        fields["high"] = said.high
        fields["unit"] = said.unit
        fields["qualifier"] = said.qualifier
        fields["comparison"] = said.comparison
        fields["modality"] = said.modality
        fields["period"] = said.period
        return fields
