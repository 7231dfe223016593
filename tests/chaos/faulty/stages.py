"""The stages of ``CHAOS_STAGES`` (the path of a module), slowed down or failing for a while.

``slow-STAGE`` in the folder ``CHAOS_CONTROL`` holds the seconds that each call of a stage takes
longer; while ``flaky-STAGE`` is there, the stage fails as it does when a service does not answer.
"""

import contextlib
import importlib.util
import os
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from types import ModuleType

from schemas import ExtractedPart, NormalizedPart, SegmentedPart, TranscriptMessage


def _load(path: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location("chaos_stages", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_stages = _load(os.environ["CHAOS_STAGES"])
_control = Path(os.environ["CHAOS_CONTROL"])


def segment(
    message: TranscriptMessage, *, ingested_at: datetime | None = None
) -> Iterator[SegmentedPart]:
    _suffer("segment", message.transcript_id)
    return _stages.segment(message, ingested_at=ingested_at)


def normalize(part: SegmentedPart) -> NormalizedPart:
    _suffer("normalize", part.transcript.transcript_id)
    return _stages.normalize(part)


def extract(part: NormalizedPart) -> ExtractedPart:
    _suffer("extract", part.transcript.transcript_id)
    return _stages.extract(part)


def _suffer(stage: str, transcript_id: str) -> None:
    if transcript_id == "warm-up":
        return
    with contextlib.suppress(FileNotFoundError):
        time.sleep(float((_control / f"slow-{stage}").read_text("ascii") or 0))
    if (_control / f"flaky-{stage}").exists():
        from pipeline.stream.guard import TransientError

        raise TransientError(f"{stage} fails for a while, as it was told to")
