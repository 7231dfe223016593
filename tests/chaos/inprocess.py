"""Transcripts read in this process, without a broker: what the stream should come to."""

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

import orjson

from pipeline.transcript import BadTranscript, decode_transcript, transcript_key
from schemas import ExtractedPart, SegmentedPart
from tests.chaos.expectation import Document
from tests.stream.kafka_view import STANDIN

Stages = Literal["standin", "real"]


def stages_file(stages: Stages) -> Path:
    """Find the module with the stages: those of the tests, or those of the pipeline."""
    if stages == "standin":
        return STANDIN / "stages.py"
    import pipeline.stages

    return Path(pipeline.stages.__file__)


class Reader:
    """Reads messages with the functions of the stages; each message once."""

    def __init__(self, stages: Stages) -> None:
        self._stages = _load(stages_file(stages))
        self._read: dict[tuple[bytes, bytes], Document | None] = {}

    def __call__(self, value: bytes, key: bytes) -> Document | None:
        if (value, key) not in self._read:
            self._read[value, key] = self._document(value, key)
        return self._read[value, key]

    def _document(self, value: bytes, key: bytes) -> Document | None:
        try:
            transcript_key(key)
            message = decode_transcript(value, key)
        except BadTranscript:
            return None
        try:
            segmented = list(self._stages.segment(message))
        except RuntimeError:
            segmented = None
        parts, failed = ([], 1) if segmented is None else self._parts(segmented)
        said = orjson.loads(value)
        said.pop("revision", None)
        facts: dict[str, dict[str, Any]] = {}
        for part in parts:
            for fact in part.facts:
                facts.setdefault(fact.fact_id, orjson.loads(fact.model_dump_json()))
        return Document(
            message.transcript_id, message.revision, said, facts, failed, segmented is None
        )

    def _parts(self, segmented: list[SegmentedPart]) -> tuple[list[ExtractedPart], int]:
        """Give the parts that the stages can process, and the number of those that they cannot."""
        parts, failed = [], 0
        for part in segmented:
            try:
                parts.append(self._stages.extract(self._stages.normalize(part)))
            except RuntimeError:
                failed += 1
        return parts, failed


def _load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("stages_in_process", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
